"""A portfolio of any size for the benchmarks: a few hundred different contracts, told again under new names.

What lists derive is worked out by the rules, once for each different contract; so a million licences are made of rows
that the rules would give, in the minutes that it takes to write them. A contract has a base and 0 to 5 dependents, 3
licences on average. The same size gives the same rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from random import Random
from uuid import UUID

from api.editions import load_guide
from entitlements.dates import ONE_DAY, last_day_of_term
from entitlements.editing.policies import FILE
from entitlements.facts import (
    Account,
    License,
    LicenseModel,
    Milestone,
    MilestoneKind,
    Product,
    ProductKind,
    Term,
    TermKind,
)
from entitlements.stretches import stretches

GUIDE = load_guide("imagicle-care-4.1")
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

CONTRACTS = 600
"""Different contracts."""
LICENSES_A_CONTRACT = 3
CONTRACTS_AN_ACCOUNT = 12
ACCOUNTS_A_PARTNER = 25
PRODUCTS = 20
PLANS = ("BASIC", "BASIC", "GOLD", "GOLD", "PLATINUM")
RECORDED = datetime(2018, 1, 1, tzinfo=UTC)

POLICY = """[[policy]]
name = "TENTH"
summary = "A tenth of the annual fee for each started year of lateness."
effective = 2018-01-01
per_year = true
tiers = [{ percent = 10 }]
"""

Table = tuple[str, tuple[str, ...]]

LICENSES: Table = ("licenses", ("id", "account_id", "serial", "search"))
LICENSE_FACTS: Table = (
    "license_facts",
    (
        "id", "recorded_at", "account_id", "license_id", "holder_id", "product_id", "base_id", "model", "quantity",
        "registered_on", "retired_on",
    ),
)  # fmt: skip
COVERAGE: Table = (
    "coverage",
    (
        "id", "recorded_at", "account_id", "license_id", "order_reference", "plan", "starts_on", "expires_on",
        "order_date", "kind",
    ),
)  # fmt: skip
CHARGES: Table = (
    "charges",
    (
        "id", "recorded_at", "account_id", "license_id", "reference", "order_reference", "amount", "currency", "due_on",
        "paid_on",
    ),
)  # fmt: skip
DERIVED: Table = (
    "derived_coverage",
    ("account_id", "license_id", "from_on", "through_on", "state", "plan", "expires_on"),
)


def identifier(kind: int, number: int) -> UUID:
    """Identifiers in the order in which things were registered."""
    return UUID(int=kind << 100 | number + 1)


# ---------------------------------------------------------------- the catalogue, accounts and prices

BASES = [
    Product(
        identifier(1, number),
        f"BASE-{number:02}",
        f"Product {number}",
        ProductKind.BASE,
        milestones=(Milestone(MilestoneKind.END_OF_SUPPORT, date(2026, 3, 31) + timedelta(days=150 * number)),)
        if number < PRODUCTS // 4
        else (),
    )
    for number in range(PRODUCTS)
]
MODULES = [
    Product(identifier(2, number), f"MODULE-{number:02}", f"Module {number}", ProductKind.MODULE)
    for number in range(PRODUCTS)
]


def catalogue(size: int) -> Iterator[tuple[Table, Iterator[tuple[object, ...]]]]:
    """The small tables, in the order of what refers to what."""
    accounts = size // (LICENSES_A_CONTRACT * CONTRACTS_AN_ACCOUNT) + 1
    partners = accounts // ACCOUNTS_A_PARTNER + 1
    names = [*((identifier(3, n), f"P-{n:05}", None) for n in range(partners))]
    names += [(identifier(4, n), f"A-{n:06}", identifier(3, n % partners)) for n in range(accounts)]
    products = [*BASES, *MODULES]
    yield ("accounts", ("id", "reference")), ((id_, name) for id_, name, _ in names)
    yield (
        ("account_facts", ("id", "recorded_at", "account_id", "partner_id", "theater", "currency", "search")),
        (
            (id_, RECORDED, id_, partner, ("EUROPE", "AMERICAS")[n % 2], ("EUR", "USD")[n % 2], name.casefold())
            for n, (id_, name, partner) in enumerate(names)
        ),
    )
    yield (
        ("personal_data", ("id", "account_id", "text", "search")),
        ((id_, id_, name, name.casefold()) for id_, name, _ in names),
    )
    yield ("products", ("id", "code")), ((one.id, one.code) for one in products)
    yield (
        ("product_facts", ("id", "recorded_at", "product_id", "name", "kind", "bases")),
        ((one.id, RECORDED, one.id, one.name, one.kind.value, _bases(one)) for one in products),
    )
    yield (
        ("milestones", ("id", "recorded_at", "product_id", "version", "kind", "on")),
        ((one.id, RECORDED, one.id, "", m.kind.value, m.on) for one in BASES for m in one.milestones),
    )
    yield (
        (
            "prices",
            ("id", "recorded_at", "book", "currency", "product_id", "plan", "months", "effective_from", "amount"),
        ),
        _prices(products),
    )
    yield (
        ("documents", ("id", "recorded_at", "name", "text", "digest")),
        iter([(identifier(5, 0), RECORDED, FILE, POLICY, sha256(POLICY.encode()).hexdigest())]),
    )
    yield ("derived_edition", ("id", "digest")), iter([(1, GUIDE.digest)])


def _bases(product: Product) -> str:
    return f";{product.code.replace('MODULE', 'BASE')};" if product.kind is ProductKind.MODULE else ""


def _prices(products: list[Product]) -> Iterator[tuple[object, ...]]:
    number = 0
    for product in products:
        worth = 400 if product.kind is ProductKind.BASE else 90
        for currency in ("EUR", "USD"):
            for rank, plan in enumerate(("BASIC", "GOLD", "PLATINUM"), start=2):
                for year in range(2018, 2027):
                    number += 1
                    amount = Decimal(worth * rank + 7 * (year - 2018)) + Decimal("0.95")
                    key = identifier(6, number), RECORDED, "LIST", currency, product.id
                    yield (*key, plan, 12, date(year, 1, 1), amount)


# ---------------------------------------------------------------- different contracts


@dataclass(frozen=True, slots=True)
class Kept:
    """A licence of a contract: the rows of its own tables, without identifiers."""

    license: License
    terms: tuple[Term, ...]
    charges: tuple[tuple[str, Decimal, date, date | None], ...]
    stretches: tuple[tuple[object, ...], ...]


def contracts() -> list[list[Kept]]:
    """The different contracts, each a base and its dependents."""
    random = Random(1)  # noqa: S311 - a portfolio, not a secret
    return [_contract(number, random) for number in range(CONTRACTS)]


def _contract(number: int, random: Random) -> list[Kept]:
    began = date(2018, 1, 1) + timedelta(days=random.randrange(3240))
    terms = tuple(_terms(began, random))
    retired_on = TODAY - timedelta(days=random.randrange(900)) if random.random() < 0.03 else None
    model = LicenseModel.EVALUATION if not terms and random.random() < 0.1 else LicenseModel.PERPETUAL
    base = License(
        id=UUID(int=0),
        serial="",
        account=Account(UUID(int=0), "", "", ""),
        product=BASES[number % PRODUCTS],
        model=model,
        registered_on=began,
        retired_on=retired_on,
        terms=terms,
    )
    dependents = [
        License(
            id=UUID(int=0),
            serial="",
            account=base.account,
            product=MODULES[number % PRODUCTS],
            base=base,
            quantity=random.choice((1, 1, 1, 5)),
            registered_on=began + timedelta(days=random.randrange(700)),
        )
        for _ in range(number % 5 if number % 10 < 5 else random.choice((0, 2, 3, 5)))
    ]
    return [_kept(license, random) for license in (base, *dependents)]


def _terms(began: date, random: Random) -> Iterator[Term]:
    """Renewals after the included year until today, some late, some too late, some with a higher plan in mid-term."""
    plan, starts_on = random.choice(PLANS), last_day_of_term(began, 12) + ONE_DAY
    number = 0
    while starts_on < TODAY + timedelta(days=200) and random.random() < 0.88:
        months = random.choice((12, 12, 12, 36))
        late = random.choice((0, 0, 0, 0, 30, 90, 200, 500)) if number else 0
        ordered = min(starts_on + timedelta(days=late - 20), TODAY)
        grace = timedelta(days=120)
        begins = starts_on if ordered - starts_on < grace else ordered
        expires_on = last_day_of_term(begins, months)
        yield Term(f"SO-{number}", plan, begins, expires_on, TermKind.RENEWED, ordered)
        if plan == "BASIC" and random.random() < 0.1:
            yield Term(f"UP-{number}", "GOLD", begins + timedelta(days=100), expires_on, TermKind.ORDERED, begins)
        starts_on, number = expires_on + ONE_DAY, number + 1


def _kept(license: License, random: Random) -> Kept:
    charges = tuple(
        (term.order_reference, Decimal(1200) + Decimal(random.randrange(10_000)) / 100, due, paid)
        for term in license.terms
        for due in [(term.order_date or term.starts_on) + timedelta(days=30)]
        for paid in [None if random.random() < 0.04 else due - timedelta(days=random.randrange(-40, 30))]
    )
    derived = tuple(
        (one.from_on, one.through_on, one.state.value, one.plan, one.expires_on or date.max)
        for one in stretches(license, GUIDE)
    )
    return Kept(license, license.terms, charges, derived)


# ---------------------------------------------------------------- as many as are wanted


@dataclass(slots=True)
class Chunk:
    """The rows of some contracts, by table."""

    rows: dict[Table, list[tuple[object, ...]]]
    licenses: int


def portfolio(size: int, chunk: int = 20_000) -> Iterator[Chunk]:
    """The rows of so many licences, some at a time."""
    different, random = contracts(), Random(2)  # noqa: S311 - a portfolio, not a secret
    accounts = size // (LICENSES_A_CONTRACT * CONTRACTS_AN_ACCOUNT) + 1
    found = Chunk({table: [] for table in (LICENSES, LICENSE_FACTS, COVERAGE, CHARGES, DERIVED)}, 0)
    made = 0
    while made < size:
        contract = random.choice(different)[: size - made]
        _tell(contract, made, identifier(4, random.randrange(accounts)), found.rows)
        made += len(contract)
        found.licenses += len(contract)
        if found.licenses >= chunk or made == size:
            yield found
            found = Chunk({table: [] for table in found.rows}, 0)


def _tell(contract: list[Kept], first: int, account: UUID, rows: dict[Table, list[tuple[object, ...]]]) -> None:
    """The rows of one contract whose first licence has a number."""
    base_id = identifier(7, first)
    for number, kept in enumerate(contract, start=first):
        license, id_, serial = kept.license, identifier(7, number), f"S-{number:07}"
        base = base_id if license.base is not None else None
        rows[LICENSES].append((id_, account, serial, serial.casefold()))
        rows[LICENSE_FACTS].append(
            (
                id_, RECORDED, account, id_, account, license.product.id, base, license.model.value, license.quantity,
                license.registered_on, license.retired_on,
            )
        )  # fmt: skip
        for position, term in enumerate(kept.terms):
            key = identifier(8, number << 8 | position), RECORDED, account, id_, f"{term.order_reference}-{number}"
            rows[COVERAGE].append((*key, term.plan, term.starts_on, term.expires_on, term.order_date, term.kind.value))
        for position, (order, amount, due_on, paid_on) in enumerate(kept.charges):
            key = identifier(9, number << 8 | position), RECORDED, account, id_
            reference = f"{order}-{number}"
            rows[CHARGES].append((*key, f"INV-{reference}", reference, amount, "EUR", due_on, paid_on))
        rows[DERIVED] += [(account, id_, *one) for one in kept.stretches]
