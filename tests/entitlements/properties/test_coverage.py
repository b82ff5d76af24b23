"""Which days are covered, and by which plan (R-COV, R-COT, R-EOL): properties of every licence."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from entitlements.checks import judge
from entitlements.coverage import CoverageSource, coverage_on, timeline
from entitlements.facts import License, Milestone
from entitlements.requests import CheckRequest
from tests.builders import GUIDE, facts_of, noon, told
from tests.entitlements.properties import naive
from tests.strategies import (
    NOW,
    asked_days,
    base_licenses,
    charges,
    contracts,
    days,
    days_after,
    dependent_licenses,
    for_all,
    landmarks,
    licenses,
    milestones,
)

REASONS_OF_DATES = {
    "RETIRED", "NOT_ACTIVATED", "NOT_STARTED", "BASE_NOT_COVERED", "END_OF_SUPPORT", "EXPIRED_LATE",
    "EXPIRED_RENEWABLE",
}  # fmt: skip


def plans_by_day(license: License) -> dict[date, str]:
    """Every covered day with its plan."""
    return {
        day: period.plan
        for period in timeline(license, GUIDE).periods
        for day in naive.days_between(period.starts_on, period.expires_on)
    }


def with_milestone(license: License, added: Milestone) -> License:
    """A licence whose product has one milestone more; a dependent's base has it too where it is of the same product."""
    return replace(license, product=replace(license.product, milestones=(*license.product.milestones, added)))


@for_all(50, license=licenses())
def test_the_timeline_is_what_asking_day_by_day_gives(license):
    assert plans_by_day(license) == naive.plans_by_day(license)


@for_all(50, license=licenses())
def test_periods_are_in_order_and_never_overlap(license):
    periods = timeline(license, GUIDE).periods
    assert all(period.starts_on <= period.expires_on for period in periods)
    assert all(earlier.expires_on < later.starts_on for earlier, later in pairwise(periods))


@for_all(50, license=base_licenses())
def test_on_any_day_the_plan_is_the_highest_of_the_terms_that_cover_it(license):
    spans = timeline(license, GUIDE).spans
    for day, plan in plans_by_day(license).items():
        over = [span for span in spans if span.starts_on <= day <= span.expires_on]
        assert naive.RANKS[plan] == max(naive.RANKS[span.plan] for span in over)


@for_all(60, license=base_licenses())
def test_a_period_comes_from_a_term_that_holds_throughout_it_of_equal_ones_from_the_one_begun_earlier(license):
    line = timeline(license, GUIDE)
    for period in line.periods:
        for day in (period.starts_on, period.expires_on):
            over = [span for span in line.spans if span.starts_on <= day <= span.expires_on]
            highest = max(naive.RANKS[span.plan] for span in over)
            first = min((s for s in over if naive.RANKS[s.plan] == highest), key=lambda span: span.starts_on)
            alike = [s for s in over if s.starts_on == first.starts_on and s.plan == first.plan]
            assert (period.source, period.order_reference) in [(s.source, s.order_reference) for s in alike]


@for_all(50, license=dependent_licenses())
def test_a_dependent_never_outlives_its_base(license):
    base, own = plans_by_day(license.base), plans_by_day(license)
    assert own.items() <= base.items()
    assert all(period.source is CoverageSource.FROM_BASE for period in timeline(license, GUIDE).periods)


@for_all(40, license=dependent_licenses(), day=days())
def test_what_is_recorded_of_a_dependent_but_its_start_and_its_ends_does_not_touch_its_coverage(license, day):
    other = replace(license, terms=(), license_expires_on=day, quantity=2)
    assert plans_by_day(other) == plans_by_day(license)


@for_all(50, license=licenses())
def test_end_of_support_never_lengthens_coverage(license):
    without = replace(license, product=replace(license.product, milestones=()))
    assert plans_by_day(license).items() <= plans_by_day(without).items()


@for_all(50, license=licenses(), data=st.data())
def test_adding_a_milestone_no_later_than_the_others_never_adds_a_covered_day(license, data):
    ending = [milestone.on for milestone in license.product.milestones if naive.ends_coverage(milestone)]
    near = data.draw(milestones(min(landmarks(license), default=date(2020, 1, 1))))
    added = replace(near, on=min([near.on, *ending]))
    assert plans_by_day(with_milestone(license, added)).items() <= plans_by_day(license).items()


@for_all(40, license=dependent_licenses(), data=st.data())
def test_a_milestone_of_the_base_takes_its_dependents_with_it(license, data):
    ending = [milestone.on for milestone in license.base.product.milestones if naive.ends_coverage(milestone)]
    near = data.draw(milestones(min(landmarks(license), default=date(2020, 1, 1))))
    base = with_milestone(license.base, replace(near, on=min([near.on, *ending])))
    shortened = replace(license, base=base)
    assert plans_by_day(shortened).items() <= plans_by_day(license).items()
    assert plans_by_day(shortened).items() <= plans_by_day(base).items()


@for_all(50, license=licenses(), data=st.data())
def test_a_retirement_never_adds_a_covered_day_and_ends_coverage_that_day(license, data):
    retired_on = data.draw(st.sampled_from(landmarks(license) or [date(2020, 1, 1)]).flatmap(days_after))
    retired_on = min(retired_on, license.retired_on or retired_on)
    retired = plans_by_day(replace(license, retired_on=retired_on))
    before = plans_by_day(license)
    assert retired == {day: plan for day, plan in before.items() if day <= retired_on}


@for_all(50, known=contracts(), data=st.data())
def test_the_state_on_a_day_is_what_looking_at_every_day_before_gives(known, data):
    day = data.draw(asked_days(known))
    assert coverage_on(known.license, day, GUIDE).state == naive.state_on(known.license, day)


@for_all(50, known=contracts(), data=st.data())
def test_the_dates_give_the_reasons_of_the_reading_and_no_others(known, data):
    day = data.draw(asked_days(known))
    found = {str(reason.code) for reason in judge(known, CheckRequest(noon(day), NOW, NOW), GUIDE).reasons}
    assert found & REASONS_OF_DATES == naive.reasons_of_the_dates(known.license, day)


@for_all(60, license=licenses(), data=st.data())
def test_exactly_the_charges_overdue_and_unpaid_that_day_hold_support(license, data):
    due = tuple(data.draw(charges(license, f"INV-{number}")) for number in range(data.draw(st.integers(1, 3))))
    day = data.draw(st.sampled_from(landmarks(due))) + timedelta(days=data.draw(st.integers(-1, 1)))
    reasons = judge(facts_of(license, due), CheckRequest(noon(day), NOW, NOW), GUIDE).reasons
    held = [told(reason)["charge"] for reason in reasons if reason.code == "PAYMENT_HOLD"]
    assert held == [charge.reference for charge in due if naive.holds(charge, day)]
