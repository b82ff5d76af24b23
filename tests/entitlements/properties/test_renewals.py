"""What a renewal does to coverage (R-DATE-2, R-REN, R-FEE-1): properties of every history and every order date."""

from datetime import date, timedelta

from hypothesis import reject
from hypothesis import strategies as st

from entitlements import hypotheses, renewals
from entitlements.coverage import timeline
from entitlements.dates import last_day_of_term, started_years
from entitlements.facts import Facts, License
from entitlements.renewals import Refusal, RenewalStanding, Standing
from tests.builders import GUIDE, a_license, facts_of
from tests.entitlements.properties import naive
from tests.strategies import LEAP_DAYS, MONTHS, PLANS, asked_days, base_licenses, contracts, days, for_all

ONE_DAY = timedelta(days=1)
LAPSES = st.sampled_from([0, 1, 119, 120, 121, 122]) | st.integers(-400, 1200)
GRACE = 120


def plans_by_day(license: License) -> dict[date, str]:
    """Every covered day with its plan."""
    return {
        day: period.plan
        for period in timeline(license, GUIDE).periods
        for day in naive.days_between(period.starts_on, period.expires_on)
    }


def renewed(license: License, plan: str, months: int, order_date: date) -> License:
    """The licence with the renewal recorded; an example where it is refused is not used."""
    after = hypotheses.renewed(facts_of(license), license, plan, months, order_date, GUIDE)
    if after is None or after.license is None:
        reject()
    return after.license


def last_covered_day(license: License) -> date:
    """The last covered day; a licence that is never covered is not used."""
    covered = plans_by_day(license)
    if not covered:
        reject()
    return max(covered)


def an_order(data: st.DataObject, license: License) -> tuple[date, Standing]:
    """An order date about the last covered day at which a renewal is possible, and its standing."""
    order_date = last_covered_day(license) + timedelta(days=data.draw(LAPSES))
    standing = renewals.standing(license, order_date, GUIDE)
    if not isinstance(standing, Standing):
        reject()
    return order_date, standing


# ---------------------------------------------------------------- terms do not drift


@for_all(150, starts_on=days(), months=MONTHS, terms=st.integers(1, 60))
def test_consecutive_terms_begin_on_the_anchor_day_of_the_first_and_never_drift(starts_on, months, terms):
    term_starts_on = starts_on
    for number in range(1, terms + 1):
        expires_on = last_day_of_term(term_starts_on, months, starts_on.day)
        term_starts_on = expires_on + ONE_DAY
        assert term_starts_on == naive.months_after(starts_on, number * months)


@for_all(40, starts_on=days(last=date(2030, 12, 31)) | st.sampled_from(LEAP_DAYS), renewals=st.integers(1, 15))
def test_renewing_year_after_year_returns_to_the_anniversary_of_the_first_start(starts_on, renewals):
    license = a_license(registered_on=starts_on)
    for number in range(1, renewals + 1):
        license = renewed(license, "GOLD", 12, last_covered_day(license))
        assert license.terms[-1].starts_on == naive.months_after(starts_on, 12 * number)
        assert license.terms[-1].expires_on == naive.months_after(starts_on, 12 * (number + 1)) - ONE_DAY


@for_all(40, starts_on=days(last=date(2030, 12, 31)), lengths=st.lists(MONTHS, min_size=1, max_size=8))
def test_terms_of_any_lengths_renewed_without_a_gap_keep_the_day_of_the_first_start(starts_on, lengths):
    license, months = a_license(registered_on=starts_on), 12
    for length in lengths:
        license = renewed(license, "GOLD", length, last_covered_day(license))
        assert license.terms[-1].starts_on == naive.months_after(starts_on, months)
        months += length
    assert last_covered_day(license) == naive.months_after(starts_on, months) - ONE_DAY


@for_all(40, starts_on=days(last=date(2030, 12, 31)), late=st.integers(GRACE + 1, 900))
def test_a_gap_ends_a_chain_and_a_new_one_begins_on_the_order_date(starts_on, late):
    license = a_license(registered_on=starts_on)
    ordered_on = last_covered_day(license) + timedelta(days=late)
    again = renewed(renewed(license, "GOLD", 1, ordered_on), "GOLD", 1, ordered_on)
    assert [term.starts_on for term in again.terms] == [ordered_on, naive.months_after(ordered_on, 1)]
    assert last_covered_day(again) == naive.months_after(ordered_on, 2) - ONE_DAY


# ---------------------------------------------------------------- standing


@for_all(300, expires_on=days(), lapse=st.integers(1, 4000))
def test_started_years_agree_with_counting_them_one_by_one(expires_on, lapse):
    order_date = expires_on + timedelta(days=lapse)
    assert started_years(expires_on, order_date) == naive.started_years(expires_on, order_date)


@for_all(40, license=base_licenses(), data=st.data())
def test_the_lapse_alone_decides_between_early_continuous_and_late(license, data):
    order_date, standing = an_order(data, license)
    expires_on = last_covered_day(license)
    lapse = (order_date - expires_on).days
    expected = "EARLY" if lapse <= 0 else "CONTINUOUS" if lapse <= GRACE else "LATE"
    assert (standing.standing, standing.lapse_days, standing.expires_on) == (expected, lapse, expires_on)
    assert standing.years_late == (naive.started_years(expires_on, order_date) if lapse > GRACE else 0)


@for_all(40, license=base_licenses(), data=st.data())
def test_the_last_free_order_date_is_free_of_a_fee_and_the_next_day_is_not(license, data):
    _, standing = an_order(data, license)
    last_free = renewals.standing(license, standing.last_free_order_date, GUIDE)
    following = renewals.standing(license, standing.last_free_order_date + ONE_DAY, GUIDE)
    assert isinstance(last_free, Standing)
    assert last_free.years_late == 0
    assert not isinstance(following, Standing) or following.standing is RenewalStanding.LATE


# ---------------------------------------------------------------- coverage after a renewal


@for_all(40, license=base_licenses(), plan=PLANS, months=MONTHS, data=st.data())
def test_a_renewal_in_time_joins_without_gap_or_overlap_and_a_late_one_starts_on_the_order_date(
    license, plan, months, data
):
    order_date, standing = an_order(data, license)
    after = renewed(license, plan, months, order_date)
    late = standing.standing is RenewalStanding.LATE
    starts_on = order_date if late else last_covered_day(license) + ONE_DAY
    assert after.terms[-1].starts_on == starts_on
    expires_on = after.terms[-1].expires_on
    until = min(expires_on, license.retired_on or expires_on)
    added = sorted(plans_by_day(after).keys() - plans_by_day(license).keys())
    assert added
    assert added == list(naive.days_between(starts_on, until))


@for_all(40, license=base_licenses(), plan=PLANS, months=MONTHS, data=st.data())
def test_renewing_never_shortens_coverage_and_never_changes_the_plan_of_a_covered_day(license, plan, months, data):
    order_date, _ = an_order(data, license)
    after = renewed(license, plan, months, order_date)
    assert plans_by_day(license).items() <= plans_by_day(after).items()


@for_all(40, license=base_licenses(), months=MONTHS, data=st.data())
def test_a_renewed_term_never_runs_past_the_end_of_support(license, months, data):
    _, standing = an_order(data, license)
    term = renewals.renewed_term(license, standing, months, GUIDE)
    ends = naive.support_ends(license)
    if isinstance(term, Refusal):
        assert ends is not None
        assert ends < standing.starts_on
        return
    full = naive.months_after(standing.starts_on, months, standing.anchor) - ONE_DAY
    assert term.full_expires_on == full
    assert term.expires_on == (min(full, ends) if ends else full)
    assert (term.cut_by is not None) == (term.expires_on < full)


@for_all(30, known=contracts(), plan=PLANS, months=MONTHS, data=st.data())
def test_a_renewal_of_the_base_never_takes_a_day_or_a_plan_from_its_dependents(known, plan, months, data):
    day = data.draw(asked_days(known))
    after = hypotheses.renewed(known, known.license.contract_base, plan, months, day, GUIDE)
    for before, now in both(known, after):
        assert before.id == now.id
        assert plans_by_day(before).items() <= plans_by_day(now).items()


@for_all(30, known=contracts(), plan=st.sampled_from(["GOLD", "PLATINUM"]), data=st.data())
def test_raising_a_plan_never_lowers_the_plan_of_a_day_and_never_adds_one(known, plan, data):
    day = data.draw(asked_days(known))
    after = hypotheses.plan_changed(known, known.license.contract_base, plan, day, GUIDE)
    for before, now in both(known, after):
        was, is_ = plans_by_day(before), plans_by_day(now)
        assert was.keys() == is_.keys()
        assert all(naive.RANKS[was[each]] <= naive.RANKS[is_[each]] for each in was)


def both(before: Facts, after: Facts | None) -> list[tuple[License, License]]:
    """Every licence of a contract before and after; an example in which nothing came of it is not used."""
    if before.license is None or after is None or after.license is None:
        reject()
    return list(zip((before.license, *before.dependents), (after.license, *after.dependents), strict=True))
