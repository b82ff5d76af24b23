"""Hypothesis strategies for facts and questions, and `for_all`, by which a property is tested with them.

Days lie within 2015–2035, mostly at the ends of months and years, on leap days and where a rule changes. Histories are
built forwards, each term by its gap to the one before, so that the days around 0, 1, 120 and 121 come up all the time;
questions are asked around the days that their facts name. Everything shrinks to a licence registered on 2015-01-01.
"""

import uuid
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from entitlements.facts import (
    Account,
    Charge,
    Facts,
    License,
    LicenseModel,
    Milestone,
    MilestoneKind,
    Option,
    Product,
    ProductKind,
    Release,
    Term,
    TermKind,
    Warranty,
)
from entitlements.messages import said
from entitlements.parameters import HOLIDAYS, Priority
from entitlements.requests import Cause, Channel, CheckRequest, Duty, Malformed, Pause, Requester, Service
from tests.builders import GUIDE, RELEASES

# ---------------------------------------------------------------- running a property

settings.register_profile(
    "short",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("long", settings.get_profile("short"), derandomize=False, print_blob=True)

LONG = 10
"""How many times as many examples `make test-long` tries."""


def for_all(examples: int, **drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[[str], None]]:
    """A property as a test: the same examples every time, and many more, other ones each time, as a long test."""

    def decorate(check: Callable[..., None]) -> Callable[[str], None]:
        @pytest.mark.parametrize("profile", ["short", pytest.param("long", marks=pytest.mark.long)])
        def test(profile):
            most = examples * (LONG if profile == "long" else 1)
            settings(settings.get_profile(profile), max_examples=most)(given(**drawn)(check))()

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return decorate


def examples_of(strategy: st.SearchStrategy[Any], count: int, draw: int | None = None) -> list[Any]:
    """So many examples of a strategy, the same ones every time; others by the number of a draw."""
    found: list[Any] = []

    @(seed(draw) if draw is not None else lambda test: test)
    @settings(settings.get_profile("short"), max_examples=count, phases=[Phase.generate])
    @given(strategy)
    def collect(example: Any) -> None:
        found.append(example)

    collect()
    return found


# ---------------------------------------------------------------- days

ONE_DAY = timedelta(days=1)
FIRST, LAST = date(2015, 1, 1), date(2035, 12, 31)
TURNS = (date(2020, 3, 1), date(2020, 4, 1), date(2022, 1, 1), date(2016, 3, 27), date(2021, 3, 14), date(2026, 10, 25))
"""Where the guide's own values begin, and where clocks are changed."""
ROME = ZoneInfo("Europe/Rome")


def _edges() -> Iterator[date]:
    for year in range(FIRST.year, LAST.year + 1):
        for month in range(1, 13):
            yield date(year, month, monthrange(year, month)[1])
            yield date(year, month, 1)
        yield date(year, 2, 28)


LEAP_DAYS = [date(year, 2, 29) for year in range(2016, LAST.year + 1, 4)]
EDGES = sorted({*_edges(), *TURNS})


@cache
def days(first: date = FIRST, last: date = LAST) -> st.SearchStrategy[date]:
    """Any day, with more of those at which calendars go wrong."""
    edges = [edge for edge in EDGES if first <= edge <= last]
    leap_days = [leap_day for leap_day in LEAP_DAYS if first <= leap_day <= last]
    return st.dates(first, last) | st.sampled_from(edges) | st.sampled_from(leap_days or edges)


STARTS = days(last=date(2030, 12, 31))
MODELS = st.sampled_from([LicenseModel.PERPETUAL, *LicenseModel])
MONTHS = st.sampled_from([12, 1, 2, 3, 6, 11, 24, 36])
GAPS = st.sampled_from([0, 0, 0, 1, 2, 119, 120, 121, 122, 400, -1, -30, -365])
"""Days between the end of a term and the start of the next: none, some, or an overlap."""


@cache
def rarely(one_in: int) -> st.SearchStrategy[bool]:
    """True once in so many times."""
    return st.sampled_from([False] * (one_in - 1) + [True])


def mostly(usual: st.SearchStrategy[Any], unusual: st.SearchStrategy[Any], one_in: int) -> st.SearchStrategy[Any]:
    """The unusual once in so many times."""
    return rarely(one_in).flatmap(lambda there: unusual if there else usual)


@cache
def steps(most: int) -> st.SearchStrategy[timedelta]:
    """Some days forwards, or a few backwards."""
    usual = st.sampled_from([0, 1, 30, 364, 365, 366, -1, -40])
    return (usual | st.integers(-100, most)).map(lambda step: timedelta(days=step))


def days_after(day: date, most: int = 2000) -> st.SearchStrategy[date]:
    """A day some time after another, or a little before it."""
    return steps(most).map(lambda step: day + step)


@st.composite
def ends(draw: st.DrawFn, starts_on: date) -> date:
    """The last day of a term that starts on a day: so many months, or so many days."""
    if draw(rarely(4)):
        return starts_on + timedelta(days=draw(st.integers(0, 800)))
    return starts_on + relativedelta(months=draw(MONTHS)) - ONE_DAY


# ---------------------------------------------------------------- products, accounts, releases

PLANS = st.sampled_from(["GOLD", "PLATINUM", "BASIC"])
THEATER_ZONES = {
    "EUROPE": ROME,
    "AMERICAS": ZoneInfo("America/New_York"),
    "MIDDLE_EAST": ZoneInfo("Asia/Dubai"),
    "MIDDLE_EAST_UAE": ZoneInfo("Asia/Dubai"),
}
THEATERS = st.sampled_from(list(THEATER_ZONES))
OTHER_THEATERS = st.sampled_from([None] * 4 + [*THEATER_ZONES])
SERVED_PLANS = st.sampled_from(["GOLD", "PLATINUM", "PLATINUM", "BASIC"])
COUNTRIES = st.sampled_from(["IT", "US", "AE", "IR", "IT", "FR", None, "IN", "JP", "AU"])
RELEASE_NAMES = st.sampled_from([None, *(release.name for release in RELEASES)])
CLOUD = st.sampled_from(list(product([None, True, False], repeat=2)))
ALTERED = st.sampled_from([None] * 14 + [False, True])
ENDINGS = [MilestoneKind.END_OF_SUPPORT, MilestoneKind.END_OF_LIFE]
KINDS = st.sampled_from([*ENDINGS, *MilestoneKind])
TURNING_KINDS = st.sampled_from([*ENDINGS, MilestoneKind.END_OF_FIXES])


RELEASES_KNOWN = st.sampled_from([RELEASES, RELEASES, RELEASES, RELEASES[:4], ()])


@st.composite
def milestones(draw: st.DrawFn, near: date) -> Milestone:
    """A milestone some time after a day, sometimes one of a version only."""
    version = draw(RELEASE_NAMES) if draw(rarely(3)) else None
    return Milestone(draw(KINDS), draw(days_after(near)), version)


@st.composite
def products(draw: st.DrawFn, code: str, kind: ProductKind, near: date) -> Product:
    """A product with up to three milestones some time after a day."""
    found = draw(st.lists(milestones(near), max_size=3)) if draw(rarely(2)) else []
    return Product(_id(code), code, code.title(), kind, milestones=tuple(found))


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """A customer somewhere."""
    return Account(_id("ACME"), "ACME", "Acme", draw(THEATERS), draw(COUNTRIES), currency="EUR")


def _id(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, name)


# ---------------------------------------------------------------- licences


@st.composite
def histories(draw: st.DrawFn, begins: date, most: int = 4) -> tuple[Term, ...]:
    """Recorded terms, each by its gap to the one before; the first lies about the included year."""
    terms: list[Term] = []
    after = draw(st.sampled_from([begins + relativedelta(years=1), begins]))
    for number in range(draw(st.sampled_from(range(most + 1)))):
        starts_on = after + timedelta(days=draw(GAPS))
        expires_on = draw(ends(starts_on))
        kind = draw(st.sampled_from([TermKind.RENEWED, TermKind.ORDERED]))
        terms.append(Term(f"PO-{number}", draw(PLANS), starts_on, expires_on, kind))
        after = expires_on + ONE_DAY
    return tuple(draw(st.permutations(terms))) if draw(rarely(4)) else tuple(terms)


@st.composite
def options(draw: st.DrawFn, near: date) -> Option:
    """A feature agreed for some days."""
    starts_on = draw(days_after(near, 800))
    feature = draw(st.sampled_from(["DELIVERY_ON_SITE", "LEVEL_1_END_USER"]))
    return Option(feature, starts_on, draw(ends(starts_on)) if draw(rarely(3)) else None)


RECORDED_STARTS = st.sampled_from(
    [
        *[["registered_on"]] * 12,
        ["effective_on"],
        ["executed_on"],
        ["effective_on", "registered_on"],
        ["executed_on", "registered_on"],
        ["effective_on", "executed_on", "registered_on"],
        [],
    ]
)


@st.composite
def activations(draw: st.DrawFn, begins: date) -> dict[str, date]:
    """Recorded dates that start coverage: mostly the registration alone, seldom none."""
    found = dict.fromkeys(draw(RECORDED_STARTS), begins)
    if len(found) == 1:
        return found
    return {name: draw(days_after(begins, 400)) for name in found}


@st.composite
def recorded(draw: st.DrawFn, begins: date) -> dict[str, Any]:
    """What may be recorded of any licence."""
    connected, licensed = draw(CLOUD)
    return {
        **draw(activations(begins)),
        "retired_on": draw(days_after(begins)) if draw(rarely(10)) else None,
        "installed_release": draw(RELEASE_NAMES),
        "cloud_connected": connected,
        "cloud_licensed": licensed,
        "altered": draw(ALTERED),
        "options": tuple(draw(st.lists(options(begins), max_size=2))) if draw(rarely(3)) else (),
    }


@st.composite
def base_licenses(draw: st.DrawFn, kind: ProductKind = ProductKind.BASE) -> License:
    """A licence that depends on no other, with its history."""
    begins = draw(STARTS)
    return License(
        id=_id("B-1"),
        serial="B-1",
        account=draw(accounts()),
        product=draw(products("FAX", kind, begins)),
        model=draw(MODELS),
        terms=draw(histories(begins)),
        warranty=Warranty("Gateways Ltd", draw(ends(begins))) if draw(rarely(6)) else None,
        **draw(recorded(begins)),
    )


@st.composite
def dependents_of(draw: st.DrawFn, base: License, serial: str = "M-1") -> License:
    """A licence that depends on another, started some time before, during or after its coverage."""
    begins = draw(st.sampled_from(landmarks(base) or [FIRST]).flatmap(lambda day: days_after(day, 100)))
    kinds = [kind for kind in ProductKind if kind.is_dependent]
    return License(
        id=_id(serial),
        serial=serial,
        account=base.account,
        product=draw(products(serial, draw(st.sampled_from(kinds)), begins)),
        model=draw(MODELS),
        base=base,
        **draw(recorded(begins)),
    )


@st.composite
def dependent_licenses(draw: st.DrawFn) -> License:
    """A dependent licence, with its base."""
    return draw(dependents_of(draw(base_licenses())))


def licenses() -> st.SearchStrategy[License]:
    """Any licence: mostly a base, often a dependent one, sometimes hardware."""
    hardware = base_licenses(kind=ProductKind.HARDWARE)
    return mostly(base_licenses() | dependent_licenses(), hardware, 12)


# ---------------------------------------------------------------- facts


CHARGED = st.sampled_from([0, 0, 0, 0, 0, 0, 0, 1, 1, 2])


@st.composite
def charges(draw: st.DrawFn, license: License, reference: str) -> Charge:
    """A charge of a licence, paid late, in time, or not at all; the order's own date is not always recorded."""
    due_on = draw(st.sampled_from(landmarks(license) or [FIRST]).flatmap(lambda day: days_after(day, 400)))
    ordered_on = draw(st.none() | st.integers(0, 90).map(lambda before: due_on - timedelta(days=before)))
    paid_on = draw(days_after(due_on, 200) | st.none())
    return Charge(reference, license.serial, Decimal(100), "EUR", due_on, paid_on, "PO-0", ordered_on)


@st.composite
def contracts(draw: st.DrawFn) -> Facts:
    """What is known of a licence: its whole contract, with charges and releases."""
    license = draw(licenses())
    base = license.contract_base
    dependents = [license] if license.is_dependent else []
    if base.product.kind is ProductKind.BASE and draw(rarely(4)):
        dependents.append(draw(dependents_of(base, "M-2")))
    owners = [base, *dependents]
    due = [draw(charges(draw(st.sampled_from(owners)), f"INV-{number}")) for number in range(draw(CHARGED))]
    return Facts(license, draw(RELEASES_KNOWN), tuple(dependents), tuple(due))


def landmarks(known: object) -> list[date]:
    """Every day that facts name, in order, those of a licence's base among them."""
    return sorted(set(_dates(known)))


def _dates(known: object) -> Iterator[date]:
    if isinstance(known, date) and not isinstance(known, datetime):
        yield known
    elif isinstance(known, tuple):
        for item in known:
            yield from _dates(item)
    elif is_dataclass(known) and not isinstance(known, Release):
        for each in fields(known):
            yield from _dates(getattr(known, each.name))


# ---------------------------------------------------------------- questions


class Question(NamedTuple):
    """Facts and what is asked of them."""

    facts: Facts
    request: CheckRequest


NOW = datetime(2036, 1, 1, tzinfo=UTC)
"""When everything is asked; what is asked about may lie later."""
STEPS = st.sampled_from([0, 1, -1, 2, 119, 120, 121, 122, 364, 365, 366, 400, 500, 30])
PRIORITIES = st.sampled_from([None, Priority.P1, *Priority])
SERVICES = st.sampled_from([Service.TICKET, Service.TICKET, Service.TICKET, *Service])
CHANNELS = st.sampled_from([Channel.ONLINE, Channel.PHONE, Channel.PHONE, *Channel])
REQUESTERS = st.sampled_from([Requester.ADMINISTRATOR, *Requester])
CAUSES = st.lists(st.sampled_from(Cause), min_size=1, max_size=2).map(tuple)
DUTIES = st.lists(st.sampled_from(Duty), min_size=1, max_size=2).map(tuple)
FLAGS = st.sampled_from(list(product([False, False, False, True], [False, False, False, True], [False, True])))
"""Vendor agreed, planned maintenance, PIN verified."""
INSIDE = st.integers(0, 365)
LOCAL_TIMES = st.sampled_from(
    [time(hour, minute) for hour in (10, 7, 9, 12, 17, 18) for minute in (0, 1)]
    + [time(hour, 59) for hour in (6, 8, 11, 16, 17, 23)]
    + [time(hour) for hour in (0, 3, 20, 22)]
)
"""Mostly about the hours at which some theater opens or closes."""
ZONES = st.sampled_from([ROME, THEATER_ZONES["AMERICAS"], THEATER_ZONES["MIDDLE_EAST"]])
CALENDARS_END = date(2050, 12, 31)
PUBLIC_HOLIDAYS = sorted(
    holiday
    for code in GUIDE.codes(HOLIDAYS)
    for entry in GUIDE.series(HOLIDAYS, code).entries
    for holiday in entry.value
    if FIRST <= holiday <= LAST
)
SERVED_DAYS = st.one_of(
    days(),
    st.builds(lambda day, step: day + timedelta(days=step), st.sampled_from(PUBLIC_HOLIDAYS), st.integers(-3, 1)),
    st.dates(CALENDARS_END - timedelta(days=40), CALENDARS_END),
)
LANGUAGES = st.sampled_from([None] * 14 + ["en", "EN-gb", "it", "fr", "AR", "zh", "tr-TR"])


def instants(on: st.SearchStrategy[date]) -> st.SearchStrategy[datetime]:
    """An instant on a day, mostly in or about somebody's business hours; UTC, whole minutes."""
    return st.builds(lambda day, at, zone: datetime.combine(day, at, zone).astimezone(UTC), on, LOCAL_TIMES, ZONES)


def asked_days(known: Facts) -> st.SearchStrategy[date]:
    """A day near those that the facts name, a day in the year after one that starts coverage, or any other."""
    near = landmarks(known.license) + landmarks(known.charges)
    if known.license is None or not near:
        return days()
    own = known.license
    starts = [own.registered_on or own.effective_on, *(term.starts_on for term in own.contract_base.terms)]
    starts = [start for start in starts if start] or near
    around = st.builds(lambda day, step: day + timedelta(days=step), st.sampled_from(near), STEPS)
    inside = st.builds(lambda day, step: day + timedelta(days=step), st.sampled_from(starts), INSIDE)
    return mostly(around | inside, days(), 12)


@st.composite
def pauses(draw: st.DrawFn, at: datetime) -> Pause:
    """A pause about an instant, of whole minutes."""
    starts_at = at + timedelta(minutes=draw(st.sampled_from([0, -30, 30, 59, 60]) | st.integers(-1000, 8000)))
    return Pause(starts_at, starts_at + timedelta(minutes=draw(st.integers(1, 60) | st.integers(1, 6000))))


@st.composite
def requests(draw: st.DrawFn, known: Facts) -> CheckRequest:
    """A valid question about facts."""
    at = draw(instants(asked_days(known)))
    names = st.sampled_from([None, *(release.name for release in known.releases)])
    agreed, planned, verified = draw(FLAGS)
    service = draw(SERVICES)
    return CheckRequest(
        at=at,
        known_at=NOW,
        now=NOW,
        serial=known.license.serial if known.license else "X-1",
        service=service,
        channel=draw(CHANNELS),
        priority=draw(PRIORITIES),
        requester=draw(REQUESTERS),
        language=draw(LANGUAGES),
        theater=draw(OTHER_THEATERS),
        installed_release=draw(names) if draw(rarely(4)) else None,
        release=draw(names) if service is Service.FEATURE_RELEASE else None,
        causes=draw(CAUSES) if draw(rarely(10)) else (),
        vendor_agreed=agreed,
        unmet_duties=draw(DUTIES) if draw(rarely(8)) else (),
        planned_maintenance=planned,
        pin_verified=verified,
        pauses=tuple(draw(st.lists(pauses(at), max_size=2))) if draw(rarely(6)) else (),
    )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A valid question about a licence that exists."""
    known = draw(contracts())
    return Question(known, draw(requests(known)))


ON_CALL = st.sampled_from([(True, True), (True, True), (False, True), (False, True), (True, False)])
"""P1, or planned maintenance; PIN verified or not."""
SERVED_LANGUAGES = st.sampled_from([None, "en", "EN-gb", "fr"])


@st.composite
def served_questions(draw: st.DrawFn) -> Question:
    """A question about a licence that is covered throughout, asked mostly about weekends and public holidays."""
    plan, theater = draw(SERVED_PLANS), draw(THEATERS)
    level_1 = Option("LEVEL_1_END_USER", FIRST) if draw(st.booleans()) else None
    license = License(
        id=_id("B-1"),
        serial="B-1",
        account=draw(accounts()),
        product=Product(_id("FAX"), "FAX", "Fax", ProductKind.BASE),
        registered_on=FIRST,
        terms=(Term("PO-0", plan, FIRST, CALENDARS_END),),
        options=(level_1,) if level_1 else (),
    )
    at = datetime.combine(draw(SERVED_DAYS), draw(LOCAL_TIMES), THEATER_ZONES[theater]).astimezone(UTC)
    _, planned, verified = draw(FLAGS)
    request = CheckRequest(
        at=at,
        known_at=NOW,
        now=NOW,
        channel=draw(st.sampled_from([Channel.PHONE, *Channel])),
        priority=draw(st.sampled_from([Priority.P1, *Priority])),
        requester=draw(REQUESTERS),
        language=draw(SERVED_LANGUAGES),
        theater=theater,
        planned_maintenance=planned,
        pin_verified=verified,
        pauses=tuple(draw(st.lists(pauses(at), max_size=3))),
    )
    return Question(Facts(license, RELEASES), request)


@st.composite
def on_call_questions(draw: st.DrawFn) -> Question:
    """A question that the on-call service is meant for, most of its conditions met; by day or by night."""
    known, asked = draw(served_questions())
    license = known.license
    assert license is not None
    license = replace(license, terms=(replace(license.terms[0], plan="PLATINUM"),))
    grave, verified = draw(ON_CALL)
    asked = replace(
        asked,
        channel=Channel.PHONE,
        requester=Requester.ADMINISTRATOR,
        priority=Priority.P1 if grave else asked.priority,
        planned_maintenance=asked.planned_maintenance or not grave,
        pin_verified=verified,
    )
    return Question(replace(known, license=license), asked)


TURNING = st.sampled_from(
    ["option", "option ends", "charge", "payment", "retirement", "base retires", "base starts", "start", "release",
     "milestone", "base's milestone", "expiry", "other plan"]
)  # fmt: skip
"""What may happen on a day that a question is asked shortly before."""
ASKED_ABOUT = {
    "option": Service.ON_SITE,
    "option ends": Service.ON_SITE,
    "release": Service.FEATURE_RELEASE,
    "milestone": Service.BUG_FIX,
}
"""What is mostly asked for when something happens; else a ticket."""


@st.composite
def turning_questions(draw: st.DrawFn) -> Question:
    """A question about a licence that is covered throughout, but for one or two events soon after it is asked."""
    events = {event: draw(days()) for event in draw(st.lists(TURNING, min_size=1, max_size=2))}
    first = min(events.values())
    events = {event: first + timedelta(days=draw(st.integers(0, 40))) for event in events}
    expires_on = events.get("expiry", CALENDARS_END)
    terms = [Term("PO-0", draw(PLANS), FIRST - timedelta(days=400), expires_on)]
    if "other plan" in events:
        terms.append(Term("PO-1", draw(PLANS), events["other plan"], CALENDARS_END))
    release = draw(RELEASE_NAMES)
    base = License(
        id=_id("B-1"),
        serial="B-1",
        account=draw(accounts()),
        product=Product(
            _id("FAX"), "FAX", "Fax", ProductKind.BASE, milestones=_turn(draw, events, "base's milestone", release)
        ),
        effective_on=events.get("base starts", FIRST - timedelta(days=400)),
        retired_on=events.get("base retires"),
        terms=() if "base starts" in events else tuple(terms),
        cloud_connected=True,
        cloud_licensed=True,
        installed_release=release,
        options=tuple(
            Option(feature, events.get("option", FIRST), events.get("option ends"))
            for feature in ("DELIVERY_ON_SITE", "LEVEL_1_END_USER")
            if "option" in events or "option ends" in events or draw(st.booleans())
        ),
    )
    module = replace(
        base,
        id=_id("M-1"),
        serial="M-1",
        base=base,
        product=Product(
            _id("M-1"), "M-1", "M-1", ProductKind.MODULE, milestones=_turn(draw, events, "milestone", release)
        ),
        effective_on=events.get("start", FIRST),
        retired_on=events.get("retirement"),
        terms=(),
        options=(),
    )
    license = draw(st.sampled_from([module, base]))
    paid_on = events.get("payment")
    due_on = events.get("charge", FIRST)
    due = [Charge("INV-1", "B-1", Decimal(100), "EUR", due_on, paid_on)] if {"charge", "payment"} & set(events) else []
    releases = RELEASES
    if "release" in events:
        releases = (*RELEASES, Release("Summer '36", "SUMMER", 2036, events["release"]))
    known = Facts(license, releases, (module,), tuple(due))
    at = draw(instants(st.integers(-10, 40).map(lambda before: first - timedelta(days=before))))
    service = ASKED_ABOUT.get(draw(st.sampled_from(sorted(events))), Service.TICKET)
    request = CheckRequest(
        at=at,
        known_at=NOW,
        now=NOW,
        service=draw(st.sampled_from([service] * 6 + [*Service])),
        channel=draw(st.sampled_from([Channel.ONLINE] * 4 + [*Channel])),
        priority=Priority.P2,
        requester=draw(REQUESTERS),
        installed_release=draw(st.sampled_from([None, RELEASES[-1].name])),
        release="Summer '36" if "release" in events and draw(st.booleans()) else None,
    )
    return Question(known, request)


def _turn(draw: st.DrawFn, events: dict[str, date], event: str, release: str | None) -> tuple[Milestone, ...]:
    version = draw(st.sampled_from([None, release]))
    return (Milestone(draw(TURNING_KINDS), events[event], version),) if event in events else ()


@st.composite
def invalid_questions(draw: st.DrawFn) -> Question:
    """A question that cannot be judged."""
    known, asked = draw(questions())
    faults = [
        {"known_at": NOW + timedelta(seconds=1)},
        {"theater": "MOON"},
        {"language": "not a language"},
        {"installed_release": "Autumn '99"},
        {"release": "Autumn '99"},
        {"serial": "two words"},
        {"at": datetime(1999, 12, 31, 12, tzinfo=UTC)},
        {"at": datetime(2051, 1, 1, 12, tzinfo=UTC)},
        {"pauses": (Pause(asked.at, asked.at),)},
        {"malformed": (Malformed("license", said("an id is one that this API gave for a licence")),)},
    ]
    fault = {}
    for each in draw(st.lists(st.sampled_from(faults), min_size=1, max_size=2)):
        fault |= each
    return Question(known, replace(asked, **fault))


@st.composite
def unknown_questions(draw: st.DrawFn) -> Question:
    """A question about a licence that does not exist, or is not the asker's to see."""
    known, asked = draw(questions())
    return Question(replace(known, license=None, dependents=(), charges=()), asked)


def any_questions() -> st.SearchStrategy[Question]:
    """Mostly valid questions, some invalid ones and some about a licence that is not known."""
    return mostly(questions(), mostly(invalid_questions(), unknown_questions(), 3), 8)
