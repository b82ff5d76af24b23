"""Building an operator's late-fee policies from the text of their file, checked against the edition (R-FEE-3)."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

from entitlements import shapes
from entitlements.facts import LicenseModel
from entitlements.guide import Guide, GuideRefused
from entitlements.late_fees import (
    BackPay,
    BackPayUnit,
    Beyond,
    Combine,
    FeeBase,
    Lapse,
    LapseUnit,
    LateFeePolicies,
    LateFeePolicy,
    Scope,
    Tier,
)
from entitlements.parameters import (
    GRACE_DAYS,
    PLAN,
    START_AFTER_GRACE,
    START_WITHIN_GRACE,
    YEARS_ROUNDING,
    StartRule,
    YearsRounding,
)

FILE = "late_fees.toml"
SAMPLE = "late_fees.sample.toml"


def build_policies(text: str, guide: Guide, file: str = FILE) -> LateFeePolicies:
    """The policies of a file's text, checked against the edition.

    Raises GuideRefused with every problem, its place and its fix.
    """
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as problem:
        raise GuideRefused([f"{file}: the file: is not TOML ({problem}); mend the line that it names"]) from problem
    problems = [f"{file}: {name}: is not known here; write [[policy]] tables" for name in table if name != "policy"]
    given = table.get("policy", [])
    if not isinstance(given, list):
        raise GuideRefused([*problems, f"{file}: policy: must be a list of tables, not {given!r}; write [[policy]]"])
    read = _reader(guide)
    found: list[LateFeePolicy] = []
    for position, each in enumerate(cast("list[object]", given), start=1):
        try:
            policy = read(each)
        except ValueError as problem:
            problems.append(f"{file}: [[policy]] {position}: {problem}; see {SAMPLE} for a policy's form")
            continue
        problems.extend(f"{file}: [[policy]] {policy.name}: {what}" for what in _faults(policy, found, guide))
        found.append(policy)
    if problems:
        raise GuideRefused(problems)
    return LateFeePolicies(tuple(found))


def _faults(policy: LateFeePolicy, earlier: Sequence[LateFeePolicy], guide: Guide) -> Iterator[str]:
    if any(other.name == policy.name for other in earlier):
        yield "the name is taken by another policy; give each its own"
    if policy.until is not None and policy.until < policy.effective:
        yield f"it ends on {policy.until}, before it begins; give until a later day, or leave it out"
    if policy.states_flat_amounts and policy.currency is None:
        yield 'it states amounts without a currency; add currency = "EUR" or the one they are in'
    if policy.minimum is not None and policy.maximum is not None and policy.maximum < policy.minimum:
        yield f"its maximum {policy.maximum} is below its minimum {policy.minimum}; mend one of them"
    for plan in sorted(policy.scope.plans.difference(guide.codes(PLAN))):
        yield f"its scope names the plan {plan}; name one of {', '.join(guide.codes(PLAN))}"
    yield from _faults_of_tiers(policy)
    yield from _other_than_the_edition(policy, guide)


def _faults_of_tiers(policy: LateFeePolicy) -> Iterator[str]:
    """What is wrong with the charges: none, one that never applies, a percentage of nothing, a lapse left out."""
    pays_back = policy.back_pay.unit is not BackPayUnit.NONE
    if not policy.tiers and not pays_back and policy.maximum_lapse is None:
        yield "it charges nothing; add [[policy.tiers]] or [policy.back_pay]"
    if any(tier.percent and tier.of is FeeBase.BACK_PAY for tier in policy.tiers) and not pays_back:
        yield "a tier takes a percentage of back pay that the policy does not ask for; add [policy.back_pay]"
    reaches = [tier.through.last_day(_SOME_DAY) if tier.through else date.max for tier in policy.tiers]
    if any(following <= reach for reach, following in pairwise(reaches)):
        yield "a tier follows one that reaches as far, and never applies; order them by `through`, one without it last"
    limit = policy.maximum_lapse.last_day(_SOME_DAY) if policy.maximum_lapse else date.max
    if reaches and reaches[-1] < limit:
        yield "a lapse longer than its last tier has no charge; leave out that tier's `through`, or add a maximum_lapse"


def _other_than_the_edition(policy: LateFeePolicy, guide: Guide) -> Iterator[str]:
    """What a policy states otherwise than the edition does on some day that both are in force (R-FEE-3)."""
    rules: tuple[tuple[str, str, object], ...] = (
        ("grace_days", GRACE_DAYS.name, policy.grace_days),
        ("start_within_grace", START_WITHIN_GRACE.name, policy.start_within_grace),
        ("start_after_grace", START_AFTER_GRACE.name, policy.start_after_grace),
    )
    for name, parameter, stated in rules:
        series = guide.values[parameter]
        days = [policy.effective, *(entry.effective for entry in series.entries if policy.holds_on(entry.effective))]
        for held in dict.fromkeys(series.on(max(day, guide.first_in_force_from)).value for day in days):
            if stated not in (None, held):
                yield f"it states {name} = {stated}, but {guide.edition} states {held}; leave it out"


def _one_or_more(value: object) -> int:
    number = shapes.count(value)
    if number == 0:
        raise ValueError("must be 1 or more, not 0")
    return number


def _zero_or_more(value: object) -> Decimal:
    number = shapes.decimal(value)
    if not number.is_finite() or number < 0:
        raise ValueError(f"must be a number, zero or more, but is {number}")
    return number


_SOME_DAY = date(2001, 12, 31)
"""An expiry that lengths of lapse are compared from."""
_TEXTS: Callable[[object], frozenset[str]] = shapes.set_of(shapes.text)


def _lapse(amount: int, unit: LapseUnit) -> Lapse:
    if amount * _LONGEST_DAYS[unit] > _LONGEST_LAPSE:
        raise ValueError("must be a hundred years at most")
    return Lapse(amount, unit)


_LONGEST_LAPSE = 36_600
_LONGEST_DAYS = {LapseUnit.DAYS: 1, LapseUnit.MONTHS: 30, LapseUnit.YEARS: 366}
_LAPSE = shapes.record(_lapse, {"amount": shapes.count, "unit": shapes.one_of(LapseUnit)})
_BACK_PAY = shapes.record(
    BackPay,
    {"unit": shapes.one_of(BackPayUnit)},
    multiplier=(_zero_or_more, Decimal(1)),
    divisor=(_one_or_more, 365),
)
_TIER = shapes.record(
    Tier,
    {},
    through=(_LAPSE, None),
    percent=(_zero_or_more, Decimal(0)),
    of=(shapes.one_of(FeeBase), FeeBase.ANNUAL_FEE),
    flat=(_zero_or_more, Decimal(0)),
    combine=(shapes.one_of(Combine), Combine.SUM),
)
_SCOPE = shapes.record(
    Scope,
    {},
    families=(_TEXTS, frozenset[str]()),
    segments=(_TEXTS, frozenset[str]()),
    models=(shapes.set_of(shapes.one_of(LicenseModel)), frozenset[str]()),
    plans=(_TEXTS, frozenset[str]()),
)
_REQUIRED = {"name": shapes.text, "summary": shapes.text, "effective": shapes.day}
_OPTIONAL: Mapping[str, tuple[shapes.Reader[Any], Any]] = {
    "until": (shapes.day, None),
    "currency": (shapes.text, None),
    "scope": (_SCOPE, Scope()),
    "grace_days": (shapes.count, None),
    "start_within_grace": (shapes.one_of(StartRule), None),
    "start_after_grace": (shapes.one_of(StartRule), None),
    "back_pay": (_BACK_PAY, BackPay(BackPayUnit.NONE, Decimal(1), 365)),
    "tiers": (shapes.list_of(_TIER), ()),
    "per_year": (shapes.flag, False),
    "maximum_years": (_one_or_more, None),
    "minimum": (_zero_or_more, None),
    "maximum": (_zero_or_more, None),
    "maximum_lapse": (_LAPSE, None),
    "beyond": (shapes.one_of(Beyond), Beyond.INELIGIBLE),
}


def _reader(guide: Guide) -> shapes.Reader[LateFeePolicy]:
    """Reads a policy; years are rounded as the edition rounds them where it does not say (R-FEE-1)."""
    rounding = (shapes.one_of(YearsRounding), guide.value(YEARS_ROUNDING, guide.in_force_from))
    return shapes.record(LateFeePolicy, _REQUIRED, **_OPTIONAL, years_rounding=rounding)
