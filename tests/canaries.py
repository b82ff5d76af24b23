"""Accounts of others, with a canary in every text of theirs; and everything that can be asked, generated.

ACME is a customer of the partner NORTH. BETA, GAMMA and the partner SOUTH are foreign to both: whatever text is
recorded of them holds a canary, each one its own, and one that is found in an answer was leaked. Until February ACME
was SOUTH's customer and one of its licences GAMMA's: what was recorded of them then still names who had them.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from sqlalchemy import select, text, update

from api.deployment import deployed
from api.interchange.importing import import_folder
from api.operations import operation
from api.settings import Settings
from api.store import tables
from api.store.deliveries import route
from api.store.tables import SQLModel, table_of
from schema.costs import MOST_NODES
from schema.errors import QUERY_TOO_COMPLEX
from schema.nodes import Kind, write_id
from schema.permissions import MAY_HOLD
from schema.root import Schema
from schema.store import Viewer, ViewerKind
from tests.ordering import CUSTOMER, OPERATOR, ORDER, PARTNER, Ticking, order
from tests.portfolio import NOW, PRICING, write_files

SCHEMA, SUBGRAPH = Schema(), Schema(federation=True)
CANARY = re.compile(r"KANARIE-[\w./-]*", re.IGNORECASE)
PACKED = re.compile(r"[\w-]{12,}", re.ASCII)
THEN = "2026-01-15T10:00:00Z"
FOREIGN = ("KANARIE-BETA", "KANARIE-GAMMA", "KANARIE-SOUTH")
BETA, GAMMA = (Viewer(ViewerKind.CUSTOMER, one, scopes=MAY_HOLD[ViewerKind.CUSTOMER]) for one in FOREIGN[:2])
SOUTH = Viewer(ViewerKind.PARTNER, FOREIGN[2], scopes=MAY_HOLD[ViewerKind.PARTNER])

FILES = {
    "accounts.csv": """reference,name,partner,country,theater,language,currency,price_book,segment,recorded_at
NORTH,North,,IT,EUROPE,en,EUR,,,2025-01-01T00:00:00Z
KANARIE-SOUTH,KANARIE-name-south,,IT,EUROPE,en,EUR,KANARIE-book,KANARIE-segment-south,2025-01-01T00:00:00Z
ACME,Acme,KANARIE-SOUTH,IT,EUROPE,en,EUR,,,2025-01-01T00:00:00Z
KANARIE-BETA,KANARIE-name-beta,KANARIE-SOUTH,FR,EUROPE,fr,EUR,KANARIE-book,KANARIE-segment-beta,2025-01-01T00:00:00Z
KANARIE-GAMMA,KANARIE-name-gamma,,US,AMERICAS,en,USD,,KANARIE-segment-gamma,2025-01-01T00:00:00Z
""",
    "products.csv": "code,name,kind,family,bases\nFAX,Digital Fax,BASE,,\nFAX-HA,Digital Fax HA,REDUNDANCY,,FAX\n",
    "releases.csv": "name,season,year,released_on\nWinter '26,WINTER,2026,2026-01-19\n",
    "licenses.csv": """serial,account,product,base,model,quantity,registered_on,installed_release,recorded_at
OWN-1,ACME,FAX,,PERPETUAL,1,2025-06-01,Winter '26,2025-06-01T00:00:00Z
OWN-1-HA,ACME,FAX-HA,OWN-1,PERPETUAL,2,2025-07-01,,2025-07-01T00:00:00Z
MOVED-1,KANARIE-GAMMA,FAX,,PERPETUAL,1,2025-06-01,,2025-06-01T00:00:00Z
KANARIE-GONE,ACME,FAX,,PERPETUAL,1,2025-06-01,,2025-06-01T00:00:00Z
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
    "prices.csv": PRICING["prices.csv"]
    + """KANARIE-book,EUR,FAX,GOLD,12,2020-01-01,1000.00
""",
}
HANDED_OVER = {
    "accounts.csv": """reference,name,partner,country,theater,language,currency,price_book,segment,recorded_at
ACME,Acme,NORTH,IT,EUROPE,en,EUR,,,2026-02-01T00:00:00Z
KANARIE-GAMMA,KANARIE-name-gamma,,US,AMERICAS,en,USD,KANARIE-book,KANARIE-segment-gamma,2026-02-01T00:00:00Z
""",
    "licenses.csv": """serial,account,product,model,quantity,registered_on,recorded_at
MOVED-1,ACME,FAX,PERPETUAL,1,2025-06-01,2026-02-01T00:00:00Z
KANARIE-GONE,KANARIE-BETA,FAX,PERPETUAL,1,2025-06-01,2026-02-01T00:00:00Z
""",
}
RECORD, HOOK, CORRECT = (
    operation("record_decision"),
    operation("create_webhook"),
    "mutation ($input: CorrectLicenseInput!) { correctLicense(input: $input) { __typename } }",
)


def deciding(serial: str, key: str, ticket: str) -> dict[str, Any]:
    """The input of a decision to record: a no, whose remedies cost something."""
    check = {"license": {"serial": serial}, "at": "2027-06-01T10:00:00Z"}
    return {"check": check, "idempotencyKey": key, "ticket": ticket}


def correcting(serial: str, key: str, reason: str) -> dict[str, Any]:
    """The input of a correction."""
    return {"license": {"serial": serial}, "effectiveOn": "2025-05-31", "idempotencyKey": key, "reason": reason}


def hooking(account: str) -> dict[str, Any]:
    """The input of a webhook of events of an account."""
    return {"url": f"https://hooks.example.com/{account}", "accounts": [account], "idempotencyKey": "KANARIE-key"}


Act = tuple[Viewer, str, dict[str, Any]]
IN_JANUARY: list[Act] = [
    (SOUTH, ORDER, order("KANARIE-key", "1400.00", "PO-own", serial="OWN-1")),
    (SOUTH, RECORD, deciding("OWN-1", "KANARIE-key", "T-own")),
    (GAMMA, ORDER, order("KANARIE-key", "1100.00", "PO-moved", serial="MOVED-1")),
    (GAMMA, RECORD, deciding("MOVED-1", "KANARIE-key", "T-moved")),
    (OPERATOR, CORRECT, correcting("MOVED-1", "KANARIE-moved", "KANARIE-reason")),
]
"""What was done while ACME had another partner, and GAMMA a licence that is now ACME's.

What was ordered and asked for a licence goes with it; who had it, who did it and why, do not.
"""
IN_MARCH: list[Act] = [
    (CUSTOMER, HOOK, hooking("ACME")),
    (PARTNER, HOOK, hooking("ACME")),
    *((one, HOOK, hooking(str(one.account))) for one in (BETA, GAMMA, SOUTH)),
    (OPERATOR, HOOK, hooking("KANARIE-BETA")),
    (OPERATOR, ORDER, order("KANARIE-key", "1000.00", "KANARIE-ordered", serial="KANARIE-GONE")),
    (OPERATOR, RECORD, deciding("KANARIE-1", "KANARIE-key", "KANARIE-ticket")),
    (BETA, RECORD, deciding("KANARIE-NOBODY", "KANARIE-key", "KANARIE-ticket-beta")),
    (OPERATOR, CORRECT, correcting("OWN-1", "k", "ours")),
    (CUSTOMER, RECORD, deciding("OWN-1", "k", "T-1")),
]
ENUMERATED = {
    "account_facts": {"country", "theater", "language", "currency"},
    "license_facts": {"model", "installed_release"},
    "coverage": {"plan", "kind"},
    "options": {"feature"},
    "charges": {"currency"},
    "derived_coverage": {"state", "plan"},
    "changes": {"viewer", "mutation", "digest", "subject", "key_id"},
    "audit_entries": {"action", "actor", "key_id", "details", "previous", "hash"},
    "audit_heads": {"hash"},
    "events": {"type", "name", "product"},
    "webhook_endpoints": {"event_types", "state", "products"},
    "webhook_deliveries": {"state", "error"},
    "decision_records": {"verdict", "request_hash", "facts_hash", "policy_hash", "result_hash", "edition_digest"},
}
"""Texts that are one of a few, or a digest, which no canary can be."""


async def plant(settings: Settings, folder: Path) -> None:
    """Fills a migrated database, in the order of what happened."""
    january = datetime.fromisoformat("2026-01-12T10:00:00Z").astimezone(UTC)
    for number, (files, acts, at) in enumerate(((FILES, IN_JANUARY, january), (HANDED_OVER, IN_MARCH, NOW))):
        async with deployed(settings, Ticking(at), ephemeral_key=True) as deployment:
            written = write_files(folder / str(number), files)
            report = await import_folder(deployment.database, written, now=NOW, guide=deployment.guide)
            assert report.is_loaded, report.errors
            for viewer, document, given in acts:
                context = deployment.context(viewer)
                result = await SCHEMA.execute(document, variable_values={"input": given}, context_value=context)
                assert not result.errors, result.errors
                assert "Problem" not in str(result.data), result.data
            personal = table_of(tables.PersonalData)
            reason = update(personal).where(personal.c.id.in_(foreign_changes())).values(text="KANARIE-reason")
            async with deployment.database.writing() as connection:
                await connection.execute(reason)
                await route(connection, NOW)


def foreign() -> Any:
    """The ids of foreign accounts, within a statement."""
    accounts = table_of(tables.Account)
    return select(accounts.c.id).where(accounts.c.reference.in_(FOREIGN))


def foreign_changes() -> Any:
    """The ids of changes that the audit log tells of foreign accounts, within a statement."""
    entries = table_of(tables.AuditEntry)
    return select(entries.c.change_id).where(entries.c.chain.in_(foreign()), entries.c.change_id.is_not(None))


OWNERS = {"accounts": "id", "changes": "id", "audit_entries": "chain", "audit_heads": "chain"}
"""What says whose a row is, where that is not the account's id."""


async def unplanted(settings: Settings) -> list[str]:
    """Every text column of foreign rows without a canary in it."""
    found: list[str] = []
    async with deployed(settings) as deployment, deployment.database.reading() as connection:
        for name, table in SQLModel.metadata.tables.items():
            owner: Any = table.c.get(OWNERS.get(name, "account_id"))
            if name == "api_keys" or owner is None:
                continue
            chosen = select(table).where(owner.in_(foreign_changes() if name == "changes" else foreign()))
            rows = (await connection.execute(chosen)).mappings().all()
            assert rows, name
            # A decision about nothing knows nothing.
            rows = [row for row in rows if row.get("license_id", "") is not None]
            for column in table.c:
                is_text = column.type.python_type is str and column.name not in ENUMERATED.get(name, set())
                values = [row[column.name] for row in rows if row[column.name] not in {None, ""}] if is_text else []
                if is_text and not (values and all(canaries(value) for value in values)):
                    found.append(f"{name}.{column.name}")
    return found


# ---------------------------------------------------------------- everything that can be asked

NO_TENANT = {
    "Clause", "Conflict", "ConflictEffect", "Guide", "Plan", "Theater", "Milestone", "PageInfo", "Redaction",
    "_Service",
}  # fmt: skip
"""Types that tell of nobody, and lead to nobody."""
FREE = ("Connection", "Edge")
"""Steps to the items of a list, which are no edges of the graph."""
Way = tuple[str, ...]
Asked = tuple[str, dict[str, Any]]


def schema_of(field: str) -> Schema:
    """The schema that has a field of the root; what both have is asked of the plain one."""
    return SUBGRAPH if field.startswith("_") else SCHEMA


def paths(type_: Any, edges: int, to: Way = ()) -> Iterator[Way]:
    """Every path over so many edges to an object, its last step all that the object itself tells."""
    if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
        for one in SUBGRAPH._schema.get_possible_types(type_):
            yield from paths(one, edges, (*to, f"... on {one.name}"))
        return
    leaves = [name for name, field in type_.fields.items() if is_leaf_type(get_named_type(field.type))]
    yield (*to, " ".join(("__typename", *leaves)))
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        left = edges - _length(inner)
        if is_leaf_type(inner) or left < 0 or inner.name in NO_TENANT or _needs_more(field):
            continue
        for step in _steps(name, field):
            yield from paths(inner, left, (*to, step))


def _length(type_: Any) -> int:
    return 0 if type_.name.endswith(FREE) else 1


def _needs_more(field: GraphQLField) -> bool:
    return any(is_required_argument(one) for one in field.args.values())


def _steps(name: str, field: GraphQLField) -> Iterator[str]:
    """A field as it is now, and as it was known then."""
    yield f"{name}(first: 5)" if "first" in field.args else name
    if "knownAt" in field.args:
        yield f'then_{name}: {name}(knownAt: "{THEN}")'


def documents(edges: int, asked: Iterable[Asked]) -> dict[str, list[str]]:
    """For each field of the root the documents with everything below it, its arguments as variables.

    They are within the limits for all that is asked; what no document may ask for is left out.
    """
    found: dict[str, list[str]] = {}
    given_to: dict[str, list[dict[str, Any]]] = {}
    for name, variables in asked:
        given_to.setdefault(name, []).append(variables)
    for name, every in given_to.items():
        query = schema_of(name)._schema.query_type
        assert query is not None
        field = query.fields[name]
        inner = get_named_type(field.type)
        given = ", ".join(f"${one}: {argument.type}" for one, argument in field.args.items())
        passed = ", ".join(f"{one}: ${one}" for one in field.args)
        head = f"query ({given}) {{ {name}({passed})"

        def written(some: Sequence[Way], head: str = head) -> str:
            return f"{head} {{ {_merged(some)} }} }}"

        def fits(text: str, name: str = name, every: list[dict[str, Any]] = every) -> bool:
            return _is_bearable(schema_of(name), text, every)

        found[name] = list(_divided(list(paths(inner, edges - _length(inner))), written, fits))
    return found


def _merged(some: Sequence[Way]) -> str:
    """A selection of several paths, what they have in common written once."""
    below: dict[str, list[Way]] = {}
    for step, *rest in some:
        below.setdefault(step, []).append(tuple(rest))
    return " ".join(f"{step} {{ {_merged(rests)} }}" if rests != [()] else step for step, rests in below.items())


def _divided(some: list[Way], written: Callable[[Sequence[Way]], str], fits: Callable[[str], bool]) -> Iterator[str]:
    """Documents of halves of the paths, and of their halves, until each fits."""
    text = written(some)
    if fits(text):
        yield text
    elif len(some) > 1:
        for half in (some[: len(some) // 2], some[len(some) // 2 :]):
            yield from _divided(half, written, fits)


def _is_bearable(schema: Schema, text: str, given: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a document is within the limits, whatever of this is given; fields of one name may not differ in it."""
    try:
        document = schema.documents.read(text)
    except GraphQLError as refusal:
        if (refusal.extensions or {}).get("code") == QUERY_TOO_COMPLEX:
            return False
        raise
    if document.errors:
        assert all("conflict" in error.message for error in document.errors), (text, document.errors)
        return False
    bill = document.bill(None)
    assert bill is not None
    return all(bill.asked(one) <= MOST_NODES for one in given)


async def asked_of_everything(settings: Settings) -> list[Asked]:
    """Each field of the root with every id, serial and reference that there is, foreign ones too."""
    async with deployed(settings) as deployment, deployment.database.reading() as connection:
        names = await _names(connection)
    found: list[Asked] = [("nodes", {"ids": some}) for some in _batches(names["id"])]
    found += [("node", {"id": one}) for one in names["id"]]
    found += [("webhook", {"id": one}) for one in names[Kind.WEBHOOK]]
    found.append(("webhooks", {"first": 9}))
    found += [("decisionRecord", {"id": one}) for one in names[Kind.DECISION_RECORD]]
    refs = [*({"serial": one} for one in names["serial"]), *({"id": one} for one in names[Kind.LICENSE])]
    found += [("license", {"by": one}) for one in refs]
    found += [("account", {"reference": one}) for one in names["reference"]]
    found += [("accounts", {"search": one, "first": 9}) for one in (None, "KANARIE", "a")]
    for wanted in ({}, {"search": "KANARIE"}, *({"account": one} for one in names["reference"])):
        found += [("licenses", {"filter": wanted, "orderBy": by, "first": 9}) for by in ("SERIAL", "EXPIRES_ON")]
    for known in ({}, {"knownAt": THEN}):
        found += [("entitlementCheck", {"input": {"license": one, **known}}) for one in refs]
        checks = [{"license": one, **known} for one in refs]
        found += [("entitlementChecks", {"inputs": some}) for some in _batches(checks)]
        found += [("accountChecks", {"account": one, "check": known}) for one in names["reference"]]
        for one in refs:
            quote = {"license": one, "plan": "GOLD", "months": 12, **known}
            found.append(("renewalQuote", {"input": quote}))
            found.append(("attachmentQuote", {"input": {"license": one, "product": "FAX-HA", **known}}))
            found.append(("planChangeQuote", {"input": {"license": one, "plan": "PLATINUM", **known}}))
        found += _reports(names["reference"], known)
    for one in refs:
        span = {"from": "2026-03-11", "to": "2026-05-11"}
        found.append(("costOfDelay", {"input": {"license": one, "plan": "GOLD", "months": 12, **span}}))
        for change in (
            {"pay": {"charge": "KANARIE-charge-1", "on": "2026-03-11"}},
            {"activate": {"license": {"serial": "KANARIE-1"}, "on": "2026-03-11"}},
        ):
            found.append(("whatIf", {"changes": [change], "check": {"license": one}}))
    found.append(("product", {"code": "FAX"}))
    found += [("_entities", {"representations": some}) for some in _batches(list(_referred(names)))]
    return found


def _batches(items: list[Any]) -> Iterator[list[Any]]:
    """A few at a time, so that what is asked of each may go deep."""
    for begun in range(0, len(items), 4):
        yield items[begun : begun + 4]


def _reports(references: list[str], known: dict[str, str]) -> Iterator[Asked]:
    """The reports, of everything, of each account and of each partner."""
    scopes = [{}, *({kind: one} for one in references for kind in ("account", "partner"))]
    for number, scope in enumerate(scopes):
        # What is grouped by an account bears its name.
        more = {"of": scope | known, "groupBy": ("ACCOUNT", "PARTNER", "KIND")[number % 3]}
        for name in ("renewalsDue", "coverageGaps", "endOfSupportSchedule", "revenueLeakage"):
            yield name, {"from": "2025-06-01", "to": "2027-06-01", **more}
        for name in ("lateFeeExposure", "outstandingCharges"):
            yield name, {"on": "2027-01-11", **more}


def _referred(names: Mapping[str, list[str]]) -> Iterator[dict[str, str]]:
    """Everything as another subgraph refers to it."""
    for kind, key in ((Kind.LICENSE, "serial"), (Kind.ACCOUNT, "reference")):
        yield from ({"__typename": kind, "id": one} for one in names[kind])
        yield from ({"__typename": kind, key: one} for one in names[key])


async def files_of_everything(settings: Settings) -> list[str]:
    """The paths of every quote, of every order's quote and of every pack."""
    async with deployed(settings) as deployment, deployment.database.reading() as connection:
        names = await _names(connection)
    asked = ("renewal/{}?plan=GOLD&months=12", "attachment/{}?product=FAX-HA", "plan-change/{}?plan=PLATINUM")
    return [
        *(f"/quotes/{one.format(serial)}" for serial in names["serial"] for one in asked),
        *(f"/orders/{one}/quote?format=text" for one in names[Kind.RENEWAL_ORDER]),
        *(f"/records/{one}/pack" for one in names[Kind.DECISION_RECORD]),
    ]


async def _names(connection: Any) -> dict[str, list[str]]:
    async def column(statement: str) -> list[Any]:
        return list((await connection.execute(text(statement))).scalars())

    def uuids(model: type[SQLModel], of: str = "id") -> Any:
        return select(table_of(model).c[of])

    ids = {
        kind.value: [str(write_id(kind, one)) for one in (await connection.execute(uuids(model))).scalars()]
        for kind, model in (
            (Kind.LICENSE, tables.License),
            (Kind.ACCOUNT, tables.Account),
            (Kind.PRODUCT, tables.Product),
            (Kind.RENEWAL_ORDER, tables.Order),
            (Kind.DECISION_RECORD, tables.DecisionRecord),
            (Kind.WEBHOOK_DELIVERY, tables.WebhookDelivery),
        )
    }
    hooks = (await connection.execute(uuids(tables.WebhookEndpoint, "endpoint_id"))).scalars()
    ids[Kind.WEBHOOK.value] = [str(write_id(Kind.WEBHOOK, one)) for one in hooks]
    return {
        **ids,
        "id": [one for kind in ids.values() for one in kind],
        "serial": [*await column("SELECT serial FROM licenses ORDER BY serial"), "NOBODYS-1"],
        "reference": [*await column("SELECT reference FROM accounts ORDER BY reference"), "NOBODY"],
    }


def canaries(told: Any) -> set[str]:
    """The canaries in what was told, and in what is packed in cursors and tokens."""
    plain = str(told)
    unpacked = (
        base64.b64decode(one + "=" * (-len(one) % 4), altchars=b"-_")
        for one in PACKED.findall(plain)
        if len(one) % 4 != 1
    )
    return set(CANARY.findall(" ".join((plain, *(one.decode("latin-1") for one in unpacked)))))


def leaked(answer: Any, asked: Any) -> set[str]:
    """The canaries in an answer, but for those that were sent."""
    return canaries(answer) - canaries(asked)
