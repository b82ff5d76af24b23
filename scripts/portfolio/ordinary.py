"""Ordinary licences around the stories: families of a base and its dependents, renewed, let lapse, paid."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from portfolio.accounts import ACCOUNTS, CURRENCY, PRICE_BOOK
from portfolio.book import REFERENCE_DAY, Book, is_recordable, term_end
from portfolio.catalogue import PREFIX, PRODUCTS, price

BASES = {"CALLISTO": 34, "TILIA": 24, "ORIOL": 16, "PAPERLINE": 13, "VETTA": 13}
"""How often a base product is chosen, of a hundred."""
SEATS = {"CALLISTO-DESKTOP": (20, 400), "TILIA-SEAT": (5, 80)}
FIRST_DAY, NEWEST_DAY = date(2019, 3, 4), date(2026, 10, 30)
DEPENDENTS = {
    base: [code for code, _, kind, _, bases, *_ in PRODUCTS if kind not in {"BASE", "HARDWARE"} and base in bases]
    for base in BASES
}


@dataclass
class Family:
    """A base licence and what hangs on it, while it is being written."""

    account: str
    product: str
    base: str
    starts: date
    ends: date
    anchor: int
    plan: str
    units: list[tuple[str, int]]


def write(book: Book, random: Random, wanted: int) -> None:
    """As many licences as are wanted beyond those of the stories, the accounts taken in turn."""
    accounts: list[str] = []
    while wanted:
        accounts = accounts or random.sample([row[0] for row in ACCOUNTS], len(ACCOUNTS))
        account = accounts.pop()
        if random.random() < 0.08:  # noqa: PLR2004 - a device now and then
            _device(book, random, account)
            wanted -= 1
            continue
        dependents = min(wanted - 1, random.choices((0, 1, 2, 3), (30, 35, 25, 10))[0])
        wanted -= 1 + _family(book, random, account, dependents)


def _device(book: Book, random: Random, account: str) -> None:
    product = random.choice(("BASTION-GATE", "BASTION-TABLE"))
    registered = _day(random, NEWEST_DAY - timedelta(days=900), NEWEST_DAY)
    quantity = random.randint(1, 40) if product == "BASTION-TABLE" else 1
    serial = book.license(_serial(book, random, product), account, product, str(registered), quantity=quantity)
    book.add("warranties", serial, "Bastion Devices", term_end(registered, 24, registered.day))


def _family(book: Book, random: Random, account: str, dependents: int) -> int:
    """A base with up to so many dependents; answers how many it got."""
    product = random.choices(list(BASES), list(BASES.values()))[0]
    registered = _day(random, FIRST_DAY, NEWEST_DAY)
    subscribed = random.random() < 0.2  # noqa: PLR2004 - a subscription in five
    executed = registered - timedelta(days=random.randint(1, 20)) if subscribed else None
    starts = executed or registered
    cloud = random.choice((("true", "true"), ("true", "true"), ("false", "false"), ("true", ""), ("", "")))
    serial = _serial(book, random, product)
    model = "SUBSCRIPTION" if subscribed else "PERPETUAL"
    base = book.license(
        serial, account, product, str(registered), model=model, executed=str(executed or ""), cloud=cloud
    )
    chosen = random.sample(DEPENDENTS[product], min(dependents, len(DEPENDENTS[product])))
    ends = term_end(starts, 12, starts.day)
    family = Family(account, product, base, starts, ends, starts.day, "BASIC", [(product, 1)])
    attached = sorted((_attached_on(random, registered), code, _units(random, code)) for code in chosen)
    _raised_at_first(book, random, family)
    while _renewed(book, random, family, attached):
        pass
    for day, code, units in attached:
        name = _serial(book, random, code)
        book.license(name, account, code, str(day), base=base, model=model, quantity=units)
    _upgraded(book, random, family, subscribed=subscribed)
    return len(chosen)


def _units(random: Random, product: str) -> int:
    """How many seats; one of anything else."""
    return random.randint(*SEATS[product]) if product in SEATS else 1


def _attached_on(random: Random, registered: date) -> date:
    """Most dependents are registered with their base, some in its first year."""
    together = random.random() < 0.6  # noqa: PLR2004 - three in five
    latest = min(registered + timedelta(days=360), date(2026, 11, 16))
    return registered if together else _day(random, registered, latest)


def _raised_at_first(book: Book, random: Random, family: Family) -> None:
    """Some take Gold or Platinum from the first day."""
    plan = random.choices(("BASIC", "GOLD", "PLATINUM"), (62, 28, 10))[0]
    if plan == "BASIC":
        return
    family.plan = plan
    order = book.term(family.base, plan, str(family.starts), str(family.ends), str(family.starts))
    _charged(book, random, family, order, 12, family.starts)


def _renewed(book: Book, random: Random, family: Family, attached: list[tuple[date, str, int]]) -> bool:
    """Renews a family's last term early, within the window, late, or not at all; answers whether it did."""
    how = random.choices(("early", "window", "late", "never"), (74, 13, 5, 8))[0]
    ranges = {"early": (-45, 0), "window": (3, 110), "late": (125, 420)}
    if how == "never":
        return False
    ordered = family.ends + timedelta(days=random.randint(*ranges[how]))
    if not is_recordable(ordered):
        return False
    months = random.choices((12, 24, 36), (70, 12, 18))[0]
    family.plan = random.choices((family.plan, "BASIC", "GOLD", "PLATINUM"), (80, 6, 10, 4))[0]
    family.starts = ordered if how == "late" else family.ends + timedelta(days=1)
    family.anchor = ordered.day if how == "late" else family.anchor
    family.ends = term_end(family.starts, months, family.anchor)
    # A dependent that is attached by the day of the order is renewed with its base.
    family.units = [(family.product, 1), *((code, units) for day, code, units in attached if day <= ordered)]
    dates = (str(family.starts), str(family.ends), str(ordered))
    order = book.term(family.base, family.plan, *dates, renewed=True)
    _charged(book, random, family, order, months, ordered)
    return family.ends < REFERENCE_DAY


def _charged(book: Book, random: Random, family: Family, order: str, months: int, ordered: date) -> None:
    """The order's charge, due a month after it; paid in time, or now and then late."""
    on, currency = str(ordered), CURRENCY[family.account]
    where = (PRICE_BOOK[family.account], currency)
    due = ordered + timedelta(days=30)
    amount = sum((price(*where, code, family.plan, 12, on) * units for code, units in family.units), Decimal(0))
    amount *= months // 12
    late = random.random() < 0.06  # noqa: PLR2004 - a late payer now and then
    paid = due + timedelta(days=random.randint(4, 40) if late else -random.randint(1, 26))
    settled = str(paid) if is_recordable(paid) else ""
    if not settled and due < REFERENCE_DAY:
        settled = str(ordered + timedelta(days=1))
    recorded = next(row[-1] for row in reversed(book.rows["coverage"]) if row[0] == order)
    book.charge(order, family.base, str(amount), str(due), settled, currency=currency, recorded=recorded)


def _upgraded(book: Book, random: Random, family: Family, *, subscribed: bool) -> None:
    """Most have moved to a recent release since; a subscription runs as long as its coverage."""
    changes: dict[str, str] = {}
    if random.random() < 0.7:  # noqa: PLR2004 - seven in ten
        changes["installed_release"] = random.choice(("Summer 2026", "Summer 2026", "Spring 2026", "Summer 2025"))
    if subscribed:
        changes["license_expires_on"] = str(family.ends)
    if changes:
        book.again(family.base, f"2026-{random.choice(('10', '11'))}-{random.randint(1, 19):02}T09:00:00Z", **changes)


def _serial(book: Book, random: Random, product: str) -> str:
    """A serial that nothing else has."""
    taken = {row[0] for row in book.rows["licenses"]}
    while (serial := f"{PREFIX[product]}-{random.randint(20000, 99999)}") in taken:
        pass
    return serial


def _day(random: Random, first: date, last: date) -> date:
    """A working day between two days."""
    day = first + timedelta(days=random.randint(0, max((last - first).days, 0)))
    return day - timedelta(days=max(day.weekday() - 4, 0))
