"""Facts and questions for the tests of the rules. Everything has a default, so that a test names only what it is about.

The question is asked at ASKED, a Wednesday at 11:00 in Rome. A licence as built is registered on 2026-01-01, so its
included year of Basic covers that day; `covered_by(plan)` is one with a term of that plan over the same days. Days and
instants may be given as text: "2026-03-11", "2026-03-11T10:00Z"; `rome`, `new_york` and `dubai` read local times.
"""

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from api.editions import load_guide
from entitlements.checks import Judgement, judge
from entitlements.commitments import Commitment
from entitlements.decisions import Decision, decide
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
from entitlements.guide import Guide
from entitlements.parameters import Priority
from entitlements.reasons import Reason
from entitlements.requests import Cause, Channel, CheckRequest, Duty, Pause, Requester, Service

GUIDE: Guide = load_guide("imagicle-care-4.1")

ASKED = datetime(2026, 3, 11, 10, tzinfo=UTC)
"""Wednesday 2026-03-11, 11:00 in Rome: business hours of Europe, and of every other theater but the Americas."""

# ---------------------------------------------------------------- days and instants


def day(text: str | date) -> date:
    """A calendar day."""
    return date.fromisoformat(text) if isinstance(text, str) else text


def instant(text: str | datetime) -> datetime:
    """An aware instant; UTC where the text has no offset."""
    at = datetime.fromisoformat(text) if isinstance(text, str) else text
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def local(text: str, zone: str) -> datetime:
    """The instant at which the clocks of a zone show a time, in UTC. The first of two where they show it twice."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def rome(text: str) -> datetime:
    return local(text, "Europe/Rome")


def new_york(text: str) -> datetime:
    return local(text, "America/New_York")


def dubai(text: str) -> datetime:
    return local(text, "Asia/Dubai")


def _read(facts: dict[str, Any]) -> dict[str, Any]:
    """Days that were given as text, read."""
    return {
        name: day(value) if name.endswith(("_on", "_date")) and value is not None else value
        for name, value in facts.items()
    }


def _id(kind: str, name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}:{name}")


# ---------------------------------------------------------------- accounts, products, releases


def an_account(reference: str = "ACME", **facts) -> Account:
    """A customer in Italy, served from the theater Europe."""
    defaults = {"name": reference.title(), "theater": "EUROPE", "country": "IT", "currency": "EUR"}
    return Account(_id("account", reference), reference, **{**defaults, **facts})


def a_milestone(kind: str, on: str | date, version: str | None = None) -> Milestone:
    return Milestone(MilestoneKind(kind), day(on), version, source="a test")


def a_product(code: str = "FAX", kind: str = "BASE", milestones: Iterable[Milestone] = (), **facts) -> Product:
    return Product(_id("product", code), code, code.title(), ProductKind(kind), milestones=tuple(milestones), **facts)


def a_release(name: str, released_on: str | date) -> Release:
    """A release by its printed name, such as Winter '26."""
    season, _, year = name.partition(" '")
    return Release(name, season.upper(), 2000 + int(year), day(released_on))


RELEASES: tuple[Release, ...] = (
    a_release("Summer '19", "2019-09-09"),
    a_release("Winter '20", "2020-02-03"),
    a_release("Spring '20", "2020-05-04"),
    a_release("Summer '20", "2020-09-07"),
    a_release("Winter '25", "2025-01-20"),
    a_release("Spring '25", "2025-05-12"),
    a_release("Summer '25", "2025-09-08"),
    a_release("Winter '26", "2026-01-19"),
    a_release("Spring '26", "2026-05-11"),
)
"""On ASKED's day the latest is Winter '26; Spring '26 is announced."""

# ---------------------------------------------------------------- licences and what is recorded of them


def a_license(serial: str = "B-1", **facts) -> License:
    """A base licence, registered on 2026-01-01: its included Basic runs from 2026-01-01 to 2026-12-31."""
    defaults: dict = {"registered_on": "2026-01-01", "model": LicenseModel.PERPETUAL}
    given = _read({**defaults, **facts})
    given["model"] = LicenseModel(given["model"])
    given |= {name: tuple(given[name]) for name in ("terms", "options") if name in given}
    return License(
        _id("license", serial),
        serial,
        given.pop("account", None) or an_account(),
        given.pop("product", None) or a_product(),
        **given,
    )


def covered_by(
    plan: str, starts_on: str | date = "2026-01-01", expires_on: str | date = "2026-12-31", **facts
) -> License:
    """A base licence with one term of a plan, 2026 when left out."""
    return a_license(**{"terms": (a_term(plan, starts_on, expires_on),), **facts})


def a_lapsed_license(expires_on: str | date, plan: str = "GOLD", **facts) -> License:
    """A base licence whose only coverage ended on a day: a term of it, and an included year that ended long before."""
    return a_license(
        **{
            "registered_on": "2015-01-01",
            "terms": (a_term(plan, "2015-01-01", expires_on),),
            **facts,
        }
    )


def a_module_of(base: License, serial: str = "M-1", kind: str = "MODULE", **facts) -> License:
    """A dependent licence of a base, of its account, registered on 2026-01-01."""
    product = facts.pop("product", None) or a_product("FAX-MODULE", kind)
    return a_license(serial, base=base, account=base.account, product=product, **facts)


def a_term(
    plan: str = "GOLD",
    starts_on: str | date = "2026-01-01",
    expires_on: str | date = "2026-12-31",
    kind: str = "ORDERED",
    **facts,
) -> Term:
    order = facts.pop("order_reference", None) or f"PO-{plan}-{starts_on}"
    return Term(order, plan, day(starts_on), day(expires_on), TermKind(kind), **_read(facts))


def an_option(feature: str, starts_on: str | date = "2026-01-01", expires_on: str | date | None = None) -> Option:
    return Option(feature, day(starts_on), None if expires_on is None else day(expires_on))


def a_charge(due_on: str | date = "2026-03-01", reference: str = "INV-1", serial: str = "B-1", **facts) -> Charge:
    """An unpaid charge of 1,000.00 euros."""
    defaults = {"amount": Decimal("1000.00"), "currency": "EUR"}
    return Charge(reference, serial, due_on=day(due_on), **_read({**defaults, **facts}))


def a_warranty(expires_on: str | date, supplier: str = "Gateways Ltd") -> Warranty:
    return Warranty(supplier, day(expires_on))


def hardware(**facts) -> License:
    """A gateway."""
    return a_license("H-1", **{"product": a_product("GATEWAY", "HARDWARE"), **facts})


def facts_of(
    license: License | None,
    charges: Iterable[Charge] = (),
    releases: Iterable[Release] = RELEASES,
    dependents: Iterable[License] | None = None,
) -> Facts:
    """What is known of a licence. A dependent one is among its base's dependents unless those are given."""
    if dependents is None:
        dependents = (license,) if license is not None and license.is_dependent else ()
    return Facts(license, tuple(releases), tuple(dependents), tuple(charges))


# ---------------------------------------------------------------- questions and answers

_ENUMS = {"service": Service, "channel": Channel, "priority": Priority, "requester": Requester}


def a_request(at: str | datetime = ASKED, **asked) -> CheckRequest:
    """A question at an instant, asked at ASKED from what is known then. Codes may be given as text."""
    for name, codes in _ENUMS.items():
        if asked.get(name) is not None:
            asked[name] = codes(asked[name])
    asked["causes"] = tuple(Cause(cause) for cause in asked.get("causes", ()))
    asked["unmet_duties"] = tuple(Duty(duty) for duty in asked.get("unmet_duties", ()))
    asked["pauses"] = tuple(asked.get("pauses", ()))
    now = instant(asked.pop("now", ASKED))
    known_at = instant(asked.pop("known_at", now))
    return CheckRequest(at=instant(at), known_at=known_at, now=now, **asked)


def a_pause(starts_at: str | datetime, ends_at: str | datetime) -> Pause:
    return Pause(instant(starts_at), instant(ends_at))


def judged(of: License | Facts | None, at: str | datetime = ASKED, guide: Guide = GUIDE, **asked) -> Judgement:
    """The judgement on one question."""
    return judge(of if isinstance(of, Facts) else facts_of(of), a_request(at, **asked), guide)


def decided(of: License | Facts | None, at: str | datetime = ASKED, guide: Guide = GUIDE, **asked) -> Decision:
    """The whole decision on one question."""
    return decide(of if isinstance(of, Facts) else facts_of(of), a_request(at, **asked), guide)


def promise(of: License | Facts, at: str | datetime = ASKED, **asked) -> Commitment:
    """What is promised in answer to a question; an error where nothing is."""
    found = decided(of, at, **asked).commitment
    assert found is not None, f"nothing is promised: {codes(of, at, **asked)}"
    return found


def codes(of: License | Facts | None, at: str | datetime = ASKED, guide: Guide = GUIDE, **asked) -> list[str]:
    """The codes of the reasons to one question, in order."""
    return [str(reason.code) for reason in judged(of, at, guide, **asked).reasons]


def verdict(of: License | Facts | None, at: str | datetime = ASKED, guide: Guide = GUIDE, **asked) -> str:
    """The verdict on one question."""
    return str(judged(of, at, guide, **asked).verdict)


def reason(code: str, of: License | Facts | None, at: str | datetime = ASKED, **asked) -> Reason:
    """The one reason of a code to one question."""
    (found,) = [found for found in judged(of, at, **asked).reasons if found.code == code]
    return found


def told(found: Reason) -> dict[str, str]:
    """A reason's facts by name."""
    return {fact.name: fact.value for fact in found.facts}


def noon(on: str | date) -> datetime:
    """Noon of a day in the policy zone, in UTC."""
    return datetime.combine(day(on), datetime.min.time(), ZoneInfo("Europe/Rome")).replace(hour=12).astimezone(UTC)
