"""Accounts of others, with a canary in every text of theirs; and everything that can be asked, generated.

ACME is a customer of the partner NORTH. BETA, GAMMA and the partner SOUTH are foreign to both: whatever text is
recorded of them holds a canary, each one its own, and one that is found in an answer was leaked.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from sqlalchemy import select, text, update

from api.auth import INTERNAL
from api.deployment import deployed
from api.interchange.importing import import_folder
from api.settings import Settings
from api.store import tables
from api.store.tables import SQLModel, table_of
from schema.nodes import Kind, write_id
from schema.root import Schema
from tests.ordering import ORDER, Ticking, order
from tests.portfolio import NOW, PRICING, write_files

SCHEMA = Schema()
CANARY = re.compile(r"KANARIE-[\w./-]*", re.IGNORECASE)
THEN = "2026-01-15T10:00:00Z"
FOREIGN = ("KANARIE-BETA", "KANARIE-GAMMA", "KANARIE-SOUTH")

FILES = {
    "accounts.csv": """reference,name,partner,country,theater,language,currency,price_book,segment,recorded_at
NORTH,North,,IT,EUROPE,en,EUR,,,2025-01-01T00:00:00Z
KANARIE-SOUTH,KANARIE-name-south,,IT,EUROPE,en,EUR,,KANARIE-segment-south,2025-01-01T00:00:00Z
ACME,Acme,KANARIE-SOUTH,IT,EUROPE,en,EUR,,,2025-01-01T00:00:00Z
ACME,Acme,NORTH,IT,EUROPE,en,EUR,,,2026-02-01T00:00:00Z
KANARIE-BETA,KANARIE-name-beta,KANARIE-SOUTH,FR,EUROPE,fr,EUR,,KANARIE-segment-beta,2025-01-01T00:00:00Z
KANARIE-GAMMA,KANARIE-name-gamma,,US,AMERICAS,en,USD,,KANARIE-segment-gamma,2025-01-01T00:00:00Z
""",
    "products.csv": "code,name,kind,family,bases\nFAX,Digital Fax,BASE,,\nFAX-HA,Digital Fax HA,REDUNDANCY,,FAX\n",
    "releases.csv": "name,season,year,released_on\nWinter '26,WINTER,2026,2026-01-19\n",
    "licenses.csv": """serial,account,product,base,model,quantity,registered_on,installed_release,recorded_at
OWN-1,ACME,FAX,,PERPETUAL,1,2025-06-01,Winter '26,2025-06-01T00:00:00Z
OWN-1-HA,ACME,FAX-HA,OWN-1,PERPETUAL,2,2025-07-01,,2025-07-01T00:00:00Z
MOVED-1,KANARIE-GAMMA,FAX,,PERPETUAL,1,2025-06-01,,2025-06-01T00:00:00Z
MOVED-1,ACME,FAX,,PERPETUAL,1,2025-06-01,,2026-02-01T00:00:00Z
KANARIE-GONE,ACME,FAX,,PERPETUAL,1,2025-06-01,,2025-06-01T00:00:00Z
KANARIE-GONE,KANARIE-BETA,FAX,,PERPETUAL,1,2025-06-01,,2026-02-01T00:00:00Z
KANARIE-1,KANARIE-BETA,FAX,,PERPETUAL,1,2025-06-01,Winter '26,2025-06-01T00:00:00Z
KANARIE-1-HA,KANARIE-BETA,FAX-HA,KANARIE-1,PERPETUAL,1,2025-06-01,,2025-06-01T00:00:00Z
KANARIE-2,KANARIE-SOUTH,FAX,,PERPETUAL,1,2025-06-01,,2025-06-01T00:00:00Z
""",
    "coverage.csv": """order_reference,serial,plan,starts_on,expires_on,order_date,kind,recorded_at
SO-1,OWN-1,GOLD,2025-10-01,2026-09-30,2025-09-20,ORDERED,2025-09-20T09:00:00Z
KANARIE-order-1,KANARIE-1,GOLD,2025-10-01,2026-09-30,2025-09-20,ORDERED,2025-09-20T09:00:00Z
""",
    "options.csv": "serial,feature,starts_on,expires_on\nKANARIE-1,DELIVERY_ON_SITE,2025-10-01,\n",
    "charges.csv": """reference,order_reference,serial,amount,currency,due_on,paid_on,recorded_at
CH-1,SO-1,OWN-1,1200.50,EUR,2025-10-20,2025-10-15,2025-09-20T09:00:00Z
KANARIE-charge-1,KANARIE-order-1,KANARIE-1,777.77,EUR,2025-10-20,,2025-09-20T09:00:00Z
KANARIE-charge-2,,KANARIE-2,777.77,EUR,2025-10-20,,2025-09-20T09:00:00Z
""",
    "warranties.csv": "serial,supplier,expires_on\nKANARIE-1,KANARIE-supplier,2027-01-01\n",
    "prices.csv": PRICING["prices.csv"],
}
ENUMERATED = {
    "account_facts": {"country", "theater", "language", "currency"},
    "license_facts": {"model", "installed_release"},
    "coverage": {"plan", "kind"},
    "options": {"feature"},
    "charges": {"currency"},
    "derived_coverage": {"state", "plan"},
    "changes": {"viewer", "mutation", "digest", "subject", "key_id"},
}
"""Texts that are one of a few, which no canary can be."""


async def plant(settings: Settings, folder: Path) -> None:
    """Fills a migrated database; an order of BETA's among it."""
    async with deployed(settings, Ticking()) as deployment:
        report = await import_folder(deployment.database, write_files(folder, FILES), now=NOW, guide=deployment.guide)
        assert report.is_loaded, report.errors
        asked = order("KANARIE-key", "1000.00", "KANARIE-ordered", serial="KANARIE-GONE")
        context = deployment.context(INTERNAL)
        result = await SCHEMA.execute(ORDER, variable_values={"input": asked}, context_value=context)
        assert not result.errors, result.errors
        assert result.data is not None
        assert result.data["orderRenewal"]["__typename"] == "RenewalOrder", result.data
        facts, accounts, changes = (table_of(one) for one in (tables.AccountFacts, tables.Account, tables.Change))
        foreign = select(accounts.c.id).where(accounts.c.reference.in_(FOREIGN))
        book = update(facts).where(facts.c.account_id.in_(foreign)).values(price_book="KANARIE-book")
        async with deployment.database.writing() as connection:
            await connection.execute(book)
            await connection.execute(update(changes).values(reason="KANARIE-reason"))


async def unplanted(settings: Settings) -> list[str]:
    """Every text column of foreign rows without a canary in it."""
    found: list[str] = []
    async with deployed(settings) as deployment, deployment.database.reading() as connection:
        accounts = table_of(tables.Account)
        foreign = select(accounts.c.id).where(accounts.c.reference.in_(FOREIGN))
        for name, table in SQLModel.metadata.tables.items():
            owner: Any = table.c.get("account_id", table.c.id if name == "accounts" else None)
            if name == "api_keys" or (owner is None and name != "changes"):
                continue
            chosen = select(table) if owner is None else select(table).where(owner.in_(foreign))
            rows = (await connection.execute(chosen)).mappings().all()
            for column in table.c:
                is_text = column.type.python_type is str and column.name not in ENUMERATED.get(name, set())
                values = [row[column.name] for row in rows if row[column.name] not in {None, ""}] if is_text else []
                if is_text and not (values and all(CANARY.search(value) for value in values)):
                    found.append(f"{name}.{column.name}")
    return found


# ---------------------------------------------------------------- everything that can be asked

NO_TENANT = {"Clause", "Conflict", "ConflictEffect", "Guide", "Plan", "Theater", "Milestone", "PageInfo", "Redaction"}
"""Types that tell of nobody, and lead to nobody."""
FREE = ("Connection", "Edge")
"""Steps to the items of a list, which are no edges of the graph."""


def selection(type_: Any, edges: int) -> str:
    """Every field that is reached over so many edges."""
    if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
        every = SCHEMA._schema.get_possible_types(type_)
        return "{ __typename " + " ".join(f"... on {one.name} {selection(one, edges)}" for one in every) + " }"
    return "{ __typename " + " ".join(_fields(type_, edges)) + " }"


def _fields(type_: GraphQLObjectType, edges: int) -> Iterator[str]:
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            # One alias for each type that a union may hold: fields of one name differ in type among them.
            yield f"{type_.name}_{name}: {name}"
            continue
        left = edges if inner.name.endswith(FREE) else edges - 1
        if left < 0 or inner.name in NO_TENANT or any(is_required_argument(one) for one in field.args.values()):
            continue
        yield f"{type_.name}_{name}: {name}{_paged(field)} {selection(inner, left)}"


def _paged(field: GraphQLField) -> str:
    return "(first: 5)" if "first" in field.args else ""


def documents(edges: int) -> dict[str, str]:
    """A document for each field of the root, with its arguments as variables and everything below it."""
    query = SCHEMA._schema.query_type
    assert query is not None
    found: dict[str, str] = {}
    for name, field in query.fields.items():
        inner = get_named_type(field.type)
        if inner.name in NO_TENANT or isinstance(inner, GraphQLEnumType):
            continue
        left = edges if inner.name.endswith(FREE) else edges - 1
        given = ", ".join(f"${one}: {argument.type}" for one, argument in field.args.items())
        passed = ", ".join(f"{one}: ${one}" for one in field.args)
        found[name] = f"query ({given}) {{ {name}({passed}) {selection(inner, left)} }}"
    return found


async def asked_of_everything(settings: Settings) -> list[tuple[str, dict[str, Any]]]:
    """Each field of the root with every id, serial and reference that there is, foreign ones too."""
    async with deployed(settings) as deployment, deployment.database.reading() as connection:
        names = await _names(connection)
    found: list[tuple[str, dict[str, Any]]] = [("nodes", {"ids": names["id"]})]
    found += [("node", {"id": one}) for one in names["id"]]
    refs = [*({"serial": one} for one in names["serial"]), *({"id": one} for one in names["License"])]
    found += [("license", {"by": one}) for one in refs]
    found += [("account", {"reference": one}) for one in names["reference"]]
    found += [("accounts", {"search": one, "first": 9}) for one in (None, "KANARIE", "a")]
    for wanted in ({}, {"search": "KANARIE"}, *({"account": one} for one in names["reference"])):
        found += [("licenses", {"filter": wanted, "orderBy": by, "first": 9}) for by in ("SERIAL", "EXPIRES_ON")]
    for known in ({}, {"knownAt": THEN}):
        found += [("entitlementCheck", {"input": {"license": one, **known}}) for one in refs]
        found.append(("entitlementChecks", {"inputs": [{"license": one, **known} for one in refs]}))
        found += [("accountChecks", {"account": one, "check": known}) for one in names["reference"]]
        for one in refs:
            quote = {"license": one, "plan": "GOLD", "months": 12, **known}
            found.append(("renewalQuote", {"input": quote}))
            found.append(("attachmentQuote", {"input": {"license": one, "product": "FAX-HA", **known}}))
            found.append(("planChangeQuote", {"input": {"license": one, "plan": "PLATINUM", **known}}))
    for one in refs:
        span = {"from": "2026-03-11", "to": "2026-05-11"}
        found.append(("costOfDelay", {"input": {"license": one, "plan": "GOLD", "months": 12, **span}}))
        for change in (
            {"pay": {"charge": "KANARIE-charge-1", "on": "2026-03-11"}},
            {"activate": {"license": {"serial": "KANARIE-1"}, "on": "2026-03-11"}},
        ):
            found.append(("whatIf", {"changes": [change], "check": {"license": one}}))
    found.append(("product", {"code": "FAX"}))
    return found


async def _names(connection: Any) -> dict[str, list[str]]:
    async def column(statement: str) -> list[Any]:
        return list((await connection.execute(text(statement))).scalars())

    def uuids(model: type[SQLModel]) -> Any:
        return select(table_of(model).c.id)

    ids = {
        kind.value: [str(write_id(kind, one)) for one in (await connection.execute(uuids(model))).scalars()]
        for kind, model in (
            (Kind.LICENSE, tables.License),
            (Kind.ACCOUNT, tables.Account),
            (Kind.PRODUCT, tables.Product),
            (Kind.RENEWAL_ORDER, tables.Order),
        )
    }
    return {
        **ids,
        "id": [one for kind in ids.values() for one in kind],
        "serial": [*await column("SELECT serial FROM licenses ORDER BY serial"), "NOBODYS-1"],
        "reference": [*await column("SELECT reference FROM accounts ORDER BY reference"), "NOBODY"],
    }


def leaked(answer: Any, asked: Any) -> set[str]:
    """The canaries in an answer, but for those that were sent."""
    return set(CANARY.findall(str(answer))) - set(CANARY.findall(str(asked)))
