"""R-FEE: late-fee policies as data, what is refused in them, and what they charge. A is the annual fee, 1000.00."""

from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from importlib.resources import files

import pytest

from entitlements.editing.policies import build_policies
from entitlements.guide import GuideRefused
from entitlements.late_fees import LateFeePolicy
from entitlements.parameters import (
    FEE_RATE,
    GRACE_DAYS,
    START_AFTER_GRACE,
    START_WITHIN_GRACE,
    YEARS_ROUNDING,
    StartRule,
    YearsRounding,
)
from tests.builders import GUIDE, a_lapsed_license, a_milestone, a_module_of, a_product, an_account, day
from tests.pricing import (
    UNSET,
    a_book,
    a_price,
    amounts,
    edition_with_grace,
    guide_with,
    lines,
    policies,
    policies_of,
    problem_codes,
    quoted,
    refused,
    total,
)

EXPIRED = "2025-12-31"
VENDORS = {
    "quarter_of_the_annual_fee.toml": 30,
    "half_as_much_again_by_the_day.toml": 0,
    "back_fees_and_a_fifth.toml": 0,
    "back_fees_and_half_a_year.toml": 0,
    "the_larger_of_two.toml": 30,
    "flat_by_the_year.toml": 0,
}
"""The six vendors of R-FEE-4, and the grace of the invented edition on which each stands."""


def lapsed(days, expires_on=EXPIRED):
    """The order date so many days after an expiry."""
    return day(expires_on) + timedelta(days=days)


def charged(days, given, guide=GUIDE, book=None, expires_on=EXPIRED, **asked):
    """What is charged for lateness, beside the forward year."""
    more = {"book": book} if book else {}
    quote = quoted(a_lapsed_license(expires_on), lapsed(days, expires_on), policies=given, guide=guide, **more, **asked)
    late = [line.amount.amount for line in quote.lines if line.kind in {"LATE_FEE", "BACK_PAY"}]
    forward = [line.amount.amount for line in quote.lines if line.kind == "RENEWAL"]
    assert quote.total.amount == sum(late) + sum(forward)
    return str(sum(late)) if late else None


def refusal(text, guide=GUIDE):
    """The one problem of a policy file."""
    with pytest.raises(GuideRefused) as found:
        policies(text, guide)
    (problem,) = found.value.problems
    return problem


# ---------------------------------------------------------------- the shipped edition: no rate (R-FEE-2)


def test_the_shipped_edition_states_no_rate_and_no_policy_is_in_force():
    assert GUIDE.value(FEE_RATE, day("2026-01-01")) == "UNSET"
    assert build_policies("", GUIDE) == UNSET
    assert quoted(a_lapsed_license(EXPIRED), lapsed(121)).total is None


# ---------------------------------------------------------------- the six vendors (R-FEE-4)


@pytest.mark.parametrize(
    ("file", "days", "expected"),
    [
        pytest.param("quarter_of_the_annual_fee.toml", 30, None, id="a quarter of A: day 30 is free"),
        pytest.param("quarter_of_the_annual_fee.toml", 31, "250.00", id="day 31: 1000 × 25 % = 250"),
        pytest.param("quarter_of_the_annual_fee.toml", 121, "250.00", id="day 121: the same"),
        pytest.param("quarter_of_the_annual_fee.toml", 400, "250.00", id="day 400: the same, once"),
        pytest.param("half_as_much_again_by_the_day.toml", 30, "123.29", id="1000/365 × 1.5 × 30 = 123.2876…"),
        pytest.param("half_as_much_again_by_the_day.toml", 121, "497.26", id="1000/365 × 1.5 × 121 = 497.2602…"),
        pytest.param("half_as_much_again_by_the_day.toml", 400, "1643.84", id="1000/365 × 1.5 × 400 = 1643.8356…"),
        pytest.param("back_fees_and_a_fifth.toml", 30, "98.63", id="82.1917… + 16.4383…: 82.19 + 16.44 = 98.63"),
        pytest.param("back_fees_and_a_fifth.toml", 121, "397.81", id="331.5068… + 66.3013…: 331.51 + 66.30"),
        pytest.param("back_fees_and_a_fifth.toml", 400, "1315.07", id="1095.8904… + 219.1780…: 1095.89 + 219.18"),
        pytest.param("back_fees_and_half_a_year.toml", 30, "582.19", id="82.19 + 500.00"),
        pytest.param("back_fees_and_half_a_year.toml", 121, "831.51", id="331.51 + 500.00"),
        pytest.param("back_fees_and_half_a_year.toml", 365, "1500.00", id="1000.00 + 500.00, twelve months to the day"),
        pytest.param("the_larger_of_two.toml", 30, None, id="the larger of 100 and A/10: day 30 is free"),
        pytest.param("the_larger_of_two.toml", 31, "100.00", id="day 31: 100 and 1000/10 are the same"),
        pytest.param("flat_by_the_year.toml", 1, "60.00", id="60 from the first day"),
        pytest.param("flat_by_the_year.toml", 30, "60.00", id="60 on day 30"),
        pytest.param("flat_by_the_year.toml", 121, "60.00", id="60 on day 121"),
        pytest.param("flat_by_the_year.toml", 365, "60.00", id="2026-12-31 is still within the year"),
        pytest.param("flat_by_the_year.toml", 366, "120.00", id="2027-01-01 is not"),
        pytest.param("flat_by_the_year.toml", 400, "120.00", id="120 on day 400"),
        pytest.param("flat_by_the_year.toml", 1096, "120.00", id="2028-12-31: three years to the day, 365 + 365 + 366"),
    ],
)
def test_what_the_six_vendors_charge(file, days, expected):
    edition = edition_with_grace(VENDORS[file])
    assert charged(days, policies_of(file, edition), edition) == expected


@pytest.mark.parametrize(("days", "expected"), [(30, "82.19"), (121, "331.51"), (400, "1095.89")])
def test_back_fees_alone(days, expected):
    # 1000 × 30/365 = 82.1917…; 1000 × 121/365 = 331.5068…; 1000 × 400/365 = 1095.8904…
    edition = edition_with_grace(0)
    assert charged(days, policies('back_pay = { unit = "DAILY" }', edition), edition) == expected


@pytest.mark.parametrize(
    ("annual", "expected"),
    [
        pytest.param("600.00", "100.00", id="60.00 is less than 100.00"),
        pytest.param("1000.00", "100.00", id="100.00 is as much"),
        pytest.param("1000.10", "100.01", id="100.01 is more"),
        pytest.param("1500.00", "150.00", id="150.00 is more"),
    ],
)
def test_the_larger_of_a_flat_amount_and_a_tenth(annual, expected):
    edition = edition_with_grace(30)
    given = policies_of("the_larger_of_two.toml", edition)
    assert charged(121, given, edition, a_book(a_price(annual))) == expected


@pytest.mark.parametrize(
    ("file", "days"),
    [
        pytest.param("back_fees_and_half_a_year.toml", 366, id="2027-01-01: twelve months and a day"),
        pytest.param("back_fees_and_half_a_year.toml", 400, id="2027-02-04"),
        pytest.param("flat_by_the_year.toml", 1097, id="2029-01-01: three years and a day"),
    ],
)
def test_a_lapse_that_a_vendor_does_not_renew_is_refused(file, days):
    edition = edition_with_grace(VENDORS[file])
    found = refused(a_lapsed_license(EXPIRED), lapsed(days), policies=policies_of(file, edition), guide=edition)
    assert problem_codes(found) == ["LAPSE_TOO_LONG"]
    assert f"{days} days after 2025-12-31" in found.message
    assert (str(found.clause.basis), found.clause.edition) == ("OPERATOR", "invented-1")


@pytest.mark.parametrize("file", VENDORS)
def test_a_vendor_s_policy_is_refused_under_this_edition_whose_grace_is_another(file):
    with pytest.raises(GuideRefused) as found:
        policies_of(file, GUIDE)
    (problem,) = found.value.problems
    assert problem.startswith(f"{file}: [[policy]] ")
    assert f"grace_days = {VENDORS[file]}, but imagicle-care-4.1 states 120; leave it out" in problem


def test_back_pay_and_penalty_are_two_lines_each_rounded_once():
    # 121 days: 331.5068… → 331.51; 20 % of the unrounded 331.5068… = 66.3013… → 66.30; 331.51 + 66.30 + 1000 = 1397.81.
    edition = edition_with_grace(0)
    given = policies_of("back_fees_and_a_fifth.toml", edition)
    quote = quoted(a_lapsed_license(EXPIRED), lapsed(121), policies=given, guide=edition)
    assert amounts(quote) == {"RENEWAL": "1000.00", "BACK_PAY": "331.51", "LATE_FEE": "66.30"}
    assert total(quote) == "1397.81"
    _, back, fee = quote.lines
    assert (str(back.base.amount), back.factor, back.days, back.divisor) == ("1000.00", "121/365", 121, 365)
    assert (str(fee.base.amount), fee.factor) == ("1000.00", "121/1825")  # 121/365 × 20/100
    assert back.clause == fee.clause
    assert (back.clause.rule, str(back.clause.basis)) == ("BACK-20", "OPERATOR")


def test_a_percentage_is_of_the_unrounded_back_pay():
    # 50 % of 331.5068… is 165.7534… → 165.75; of the rounded 331.51 it would be 165.755 → 165.76.
    edition = edition_with_grace(0)
    given = policies('back_pay = { unit = "DAILY" }\ntiers = [{ percent = 50, of = "BACK_PAY" }]', edition)
    quote = quoted(a_lapsed_license(EXPIRED), lapsed(121), policies=given, guide=edition)
    assert amounts(quote) == {"RENEWAL": "1000.00", "BACK_PAY": "331.51", "LATE_FEE": "165.75"}


# ---------------------------------------------------------------- each field (R-FEE-3)


def test_every_field_of_a_policy_is_data():
    everything, bare = policies_of("every_field.toml", GUIDE).policies
    stated = {each.name for each in fields(LateFeePolicy) if getattr(everything, each.name) != getattr(bare, each.name)}
    assert stated == {each.name for each in fields(LateFeePolicy)} - {"effective"}
    assert (everything.minimum, everything.maximum) == (Decimal("25.00"), Decimal(5000))
    assert [str(tier.of) for tier in everything.tiers] == ["LIST_PRICE", "BACK_PAY_AND_FORWARD", "ANNUAL_FEE"]
    assert everything.tiers[0].percent == Decimal("12.5")
    assert (bare.scope.plans, bare.back_pay.unit, bare.maximum_lapse) == (frozenset(), "NONE", None)


@pytest.mark.parametrize(
    ("back_pay", "days", "expected"),
    [
        pytest.param('unit = "NONE"', 121, None, id="none"),
        pytest.param('unit = "DAILY"', 121, "331.51", id="daily: 1000 × 121/365"),
        pytest.param('unit = "DAILY", divisor = 360', 121, "336.11", id="daily, by 360: 1000 × 121/360 = 336.1111…"),
        pytest.param('unit = "DAILY", multiplier = 0.5', 121, "165.75", id="daily, by half: 165.7534…"),
        pytest.param('unit = "MONTHLY"', 120, "333.33", id="monthly: four months to 2026-04-30, 1000 × 4/12"),
        pytest.param('unit = "MONTHLY"', 121, "416.67", id="monthly: 2026-05-01 begins the fifth, 1000 × 5/12"),
        pytest.param('unit = "MONTHLY", multiplier = 1.2', 121, "500.00", id="monthly × 1.2: 1000 × 5/12 × 1.2"),
        pytest.param('unit = "WHOLE_YEARS"', 1, "1000.00", id="whole years: one has begun"),
        pytest.param('unit = "WHOLE_YEARS"', 365, "1000.00", id="whole years: one, to the day"),
        pytest.param('unit = "WHOLE_YEARS"', 366, "2000.00", id="whole years: the second has begun"),
    ],
)
def test_back_pay_by_the_day_the_started_month_and_the_started_year(back_pay, days, expected):
    edition = edition_with_grace(0)
    given = policies(f"back_pay = {{ {back_pay} }}\nmaximum_lapse = {{ amount = 9, unit = 'YEARS' }}", edition)
    assert charged(days, given, edition) == expected


@pytest.mark.parametrize(
    ("order_date", "expected"),
    [
        pytest.param("2026-05-01", "10.00", id="day 121"),
        pytest.param("2026-06-30", "10.00", id="six months to the day"),
        pytest.param("2026-07-01", "20.00", id="six months and a day"),
        pytest.param("2026-07-19", "20.00", id="200 days: 181 + 19"),
        pytest.param("2026-07-20", "30.00", id="201 days"),
        pytest.param("2027-12-31", "30.00", id="two years to the day"),
        pytest.param("2028-01-01", "40.00", id="two years and a day"),
    ],
)
def test_tiers_by_months_days_and_years_of_lapse(order_date, expected):
    given = policies("""
        tiers = [
            { through = { amount = 6, unit = "MONTHS" }, percent = 1 },
            { through = { amount = 200, unit = "DAYS" }, percent = 2 },
            { through = { amount = 2, unit = "YEARS" }, percent = 3 },
            { percent = 4 },
        ]""")
    assert charged((day(order_date) - day(EXPIRED)).days, given) == expected


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param("ANNUAL_FEE", "100.00", id="10 % of the 12-month price 1000"),
        pytest.param("BACK_PAY", "33.15", id="10 % of 1000 × 121/365 = 33.1506…"),
        pytest.param("BACK_PAY_AND_FORWARD", "303.15", id="10 % of 331.5068… + 2700 = 303.1506…"),
        pytest.param("LIST_PRICE", "270.00", id="10 % of the 36-month price 2700"),
    ],
)
def test_a_percentage_of_each_base(of, expected):
    given = policies(f'back_pay = {{ unit = "DAILY" }}\ntiers = [{{ percent = 10, of = "{of}" }}]')
    quote = quoted(a_lapsed_license(EXPIRED), lapsed(121), months=36, policies=given)
    assert amounts(quote) == {"RENEWAL": "2700.00", "BACK_PAY": "331.51", "LATE_FEE": expected}


def test_the_list_price_is_not_cut_where_the_forward_price_is():
    # Support ends 2026-08-08, so the forward year from 2026-05-01 is 100 of 365 days: 273.97; the list price is 1000.
    product = a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-08-08")])
    for of, expected in (("LIST_PRICE", "100.00"), ("BACK_PAY_AND_FORWARD", "60.55")):  # 10 % of 1000 × (121 + 100)/365
        given = policies(f'back_pay = {{ unit = "DAILY" }}\ntiers = [{{ percent = 10, of = "{of}" }}]')
        quote = quoted(a_lapsed_license(EXPIRED, product=product), lapsed(121), policies=given)
        assert amounts(quote) == {"RENEWAL": "273.97", "BACK_PAY": "331.51", "LATE_FEE": expected}


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        pytest.param("percent = 10, flat = 30.00", "130.00", id="summed when left out: 100 + 30"),
        pytest.param('percent = 10, flat = 30.00, combine = "SUM"', "130.00", id="summed: 100 + 30"),
        pytest.param('percent = 10, flat = 30.00, combine = "LARGER"', "100.00", id="the larger: 100 over 30"),
        pytest.param('percent = 10, flat = 130.00, combine = "LARGER"', "130.00", id="the larger: 130 over 100"),
        pytest.param("flat = 30.00", "30.00", id="flat alone"),
        pytest.param("percent = 10", "100.00", id="percent alone"),
        pytest.param("percent = 0", "0.00", id="nothing, where the operator says so"),
    ],
)
def test_percent_and_flat_summed_or_the_larger(tier, expected):
    assert charged(121, policies(f'currency = "EUR"\ntiers = [{{ {tier} }}]')) == expected


@pytest.mark.parametrize(
    ("rounding", "order_date", "expected"),
    [
        pytest.param("STARTED", "2026-05-01", "100.00", id="started: one year"),
        pytest.param("STARTED", "2026-12-31", "100.00", id="started: one, to the day"),
        pytest.param("STARTED", "2027-01-01", "200.00", id="started: two"),
        pytest.param("STARTED", "2028-03-10", "300.00", id="started: 800 days are three"),
        pytest.param("COMPLETED", "2026-05-01", "0.00", id="completed: none yet"),
        pytest.param("COMPLETED", "2026-12-31", "100.00", id="completed: one, on its last day"),
        pytest.param("COMPLETED", "2027-12-30", "100.00", id="completed: one"),
        pytest.param("COMPLETED", "2028-03-10", "200.00", id="completed: 800 days are two"),
        pytest.param("PRORATED", "2026-05-01", "33.15", id="prorated: 121/365 of 100 = 33.1506…"),
        pytest.param("PRORATED", "2026-12-31", "100.00", id="prorated: one whole year"),
        pytest.param("PRORATED", "2027-05-01", "133.15", id="prorated: 1 + 121/365"),
        pytest.param("PRORATED", "2028-03-10", "219.13", id="prorated: 2 + 70/366 = 2.1912…"),
    ],
)
def test_a_charge_for_each_year_by_each_rounding(rounding, order_date, expected):
    given = policies(f'per_year = true\nyears_rounding = "{rounding}"\ntiers = [{{ percent = 10 }}]')
    assert charged((day(order_date) - day(EXPIRED)).days, given) == expected


def test_a_charge_that_is_not_for_each_year_is_the_same_whatever_the_years():
    given = policies("tiers = [{ percent = 10 }]")
    assert {charged(days, given) for days in (121, 366, 800, 3000)} == {"100.00"}


def test_the_flat_amount_is_for_each_year_too():
    given = policies('currency = "EUR"\nper_year = true\ntiers = [{ percent = 10, flat = 30.00 }]')
    assert charged(366, given) == "260.00"  # (100 + 30) × 2


def test_years_are_rounded_as_the_edition_rounds_them_where_a_policy_does_not_say():
    text = "per_year = true\ntiers = [{ percent = 10 }]"
    completed = guide_with({YEARS_ROUNDING: YearsRounding.COMPLETED})
    assert charged(800, policies(text)) == "300.00"
    assert charged(800, policies(text, completed), completed) == "200.00"


@pytest.mark.parametrize(
    ("limits", "days", "expected"),
    [
        pytest.param("maximum_years = 2", 366, "200.00", id="two years are within two"),
        pytest.param("maximum_years = 2", 800, "200.00", id="three years count as two"),
        pytest.param("minimum = 150.00", 121, "150.00", id="100 is raised to the minimum"),
        pytest.param("minimum = 150.00", 366, "200.00", id="200 is above the minimum"),
        pytest.param("maximum = 250.00", 366, "200.00", id="200 is below the maximum"),
        pytest.param("maximum = 250.00", 800, "250.00", id="300 is lowered to the maximum"),
    ],
)
def test_the_limits_of_a_fee(limits, days, expected):
    given = policies(f'currency = "EUR"\nper_year = true\n{limits}\ntiers = [{{ percent = 10 }}]')
    assert charged(days, given) == expected


# ---------------------------------------------------------------- a lapse that is too long


@pytest.mark.parametrize(
    ("beyond", "said"), [("INELIGIBLE", "can no longer be renewed"), ("NEW_LICENSE", "new licence")]
)
def test_past_the_maximum_lapse_a_renewal_is_refused_and_says_what_is_left(beyond, said):
    given = policies(
        f'maximum_lapse = {{ amount = 300, unit = "DAYS" }}\nbeyond = "{beyond}"\ntiers = [{{ percent = 10 }}]'
    )
    assert charged(300, given) == "100.00"
    found = refused(a_lapsed_license(EXPIRED), lapsed(301), policies=given)
    assert problem_codes(found) == ["LAPSE_TOO_LONG"]
    assert said in found.message


def test_past_the_maximum_lapse_a_quote_by_hand_has_no_total_and_cannot_be_ordered():
    given = policies(
        'maximum_lapse = { amount = 300, unit = "DAYS" }\nbeyond = "MANUAL_QUOTE"\ntiers = [{ percent = 10 }]'
    )
    quote = quoted(a_lapsed_license(EXPIRED), lapsed(301), policies=given)
    assert amounts(quote) == {"RENEWAL": "1000.00", "LATE_FEE": None}
    assert (quote.total, quote.orderable) == (None, False)
    assert [str(code) for code, _ in quote.missing] == ["FEE_RATE_UNSET"]
    assert "by hand" in quote.lines[-1].message


# ---------------------------------------------------------------- for whom, and when


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        pytest.param('families = ["VOICE"]', True, id="its family"),
        pytest.param('families = ["FAX"]', False, id="another family"),
        pytest.param('segments = ["PUBLIC", "SCHOOL"]', True, id="its segment among others"),
        pytest.param('segments = ["SCHOOL"]', False, id="another segment"),
        pytest.param('models = ["SUBSCRIPTION"]', True, id="its model"),
        pytest.param('models = ["PERPETUAL"]', False, id="another model"),
        pytest.param('plans = ["GOLD"]', True, id="the plan renewed"),
        pytest.param('plans = ["PLATINUM"]', False, id="another plan"),
        pytest.param('families = ["VOICE"], plans = ["GOLD"]', True, id="both"),
        pytest.param('families = ["VOICE"], plans = ["BASIC"]', False, id="one of two"),
        pytest.param("", True, id="everyone"),
    ],
)
def test_a_policy_holds_for_its_scope_and_outside_it_the_fee_stays_unset(scope, holds):
    license = a_lapsed_license(
        EXPIRED, model="SUBSCRIPTION", product=a_product(family="VOICE"), account=an_account(segment="PUBLIC")
    )
    given = policies(f"tiers = [{{ percent = 10 }}]\nscope = {{ {scope} }}")
    assert total(quoted(license, lapsed(121), policies=given)) == ("1100.00" if holds else None)


def test_a_licence_of_no_family_or_segment_is_outside_a_scope_that_names_some():
    for scope in ('families = ["VOICE"]', 'segments = ["PUBLIC"]'):
        given = policies(f"tiers = [{{ percent = 10 }}]\nscope = {{ {scope} }}")
        assert quoted(a_lapsed_license(EXPIRED), lapsed(121), policies=given).total is None


@pytest.mark.parametrize(
    ("order_date", "expected"),
    [
        pytest.param("2026-05-31", None, id="the day before it begins"),
        pytest.param("2026-06-01", "1100.00", id="its first day"),
        pytest.param("2026-06-30", "1100.00", id="its last day"),
        pytest.param("2026-07-01", None, id="the day after"),
    ],
)
def test_a_policy_governs_by_the_order_date_from_its_first_day_through_its_last(order_date, expected):
    given = policies("effective = 2026-06-01\nuntil = 2026-06-30\ntiers = [{ percent = 10 }]")
    assert total(quoted(a_lapsed_license(EXPIRED), order_date, policies=given)) == expected


def test_the_first_policy_of_the_file_that_holds_governs():
    given = policies("""
        [[policy]]
        name = "GOLD-ONLY"
        summary = "For Gold."
        effective = 2020-01-01
        scope = { plans = ["GOLD"] }
        tiers = [{ percent = 10 }]

        [[policy]]
        name = "REST"
        summary = "For the rest."
        effective = 2020-01-01
        tiers = [{ percent = 20 }]
        """)
    assert total(quoted(a_lapsed_license(EXPIRED), lapsed(121), "GOLD", policies=given)) == "1100.00"
    assert total(quoted(a_lapsed_license(EXPIRED), lapsed(121), "PLATINUM", policies=given)) == "1920.00"  # 1600 + 20 %


def test_a_policy_has_no_part_in_a_renewal_that_is_not_late():
    given = policies("tiers = [{ percent = 10 }]")
    assert lines(quoted(a_lapsed_license(EXPIRED), lapsed(120), policies=given)) == [("RENEWAL", "B-1", "1", "1000.00")]


def test_a_policy_in_another_currency_leaves_the_fee_unset():
    given = policies('currency = "USD"\ntiers = [{ flat = 60.00 }]')
    quote = quoted(a_lapsed_license(EXPIRED), lapsed(121), policies=given)
    assert (quote.total, quote.orderable) == (None, False)
    assert "USD" in quote.lines[-1].message


def test_a_percentage_needs_no_currency():
    given = policies("tiers = [{ percent = 10 }]")
    book = a_book(a_price("100000", currency="JPY"), currency="JPY")
    assert charged(121, given, book=book) == "10000"


# ---------------------------------------------------------------- which prices a fee needs


def test_a_flat_fee_needs_no_annual_price():
    book = a_book(a_price("2700.00", months=36))
    given = policies('currency = "EUR"\ntiers = [{ flat = 60.00 }]')
    assert charged(121, given, book=book, months=36) == "60.00"


def test_a_share_of_the_list_price_needs_no_annual_price():
    book = a_book(a_price("2700.00", months=36))
    given = policies('tiers = [{ percent = 10, of = "LIST_PRICE" }]')
    assert charged(121, given, book=book, months=36) == "270.00"


@pytest.mark.parametrize(
    "text",
    ["tiers = [{ percent = 10 }]", 'back_pay = { unit = "DAILY" }'],
    ids=["a share of the annual fee", "back pay"],
)
def test_an_annual_fee_that_the_book_lacks_is_named_and_never_worked_out_from_another_term(text):
    book = a_book(a_price("2700.00", months=36))
    quote = quoted(a_lapsed_license(EXPIRED), lapsed(121), months=36, book=book, policies=policies(text))
    assert (quote.total, quote.orderable) == (None, False)
    ((code, gap),) = quote.missing
    assert code == "PRICE_NOT_CONFIGURED"
    assert gap == "no price for FAX, GOLD, 12 months in book LIST (EUR) on 2026-05-01"


def test_the_price_that_is_missing_is_the_dependent_s_where_it_is_the_dependent_s():
    base = a_lapsed_license(EXPIRED)
    module = a_module_of(base, registered_on="2020-01-01")
    book = a_book(a_price("1000.00"), a_price("2700.00", months=36), a_price("540.00", "FAX-MODULE", months=36))
    given = policies("tiers = [{ percent = 10 }]")
    quote = quoted(base, lapsed(121), months=36, book=book, policies=given, dependents=[module])
    ((_, gap),) = quote.missing
    assert gap == "no price for FAX-MODULE, GOLD, 12 months in book LIST (EUR) on 2026-05-01"


def test_the_annual_fee_is_the_12_month_price_of_the_order_date_times_the_quantity():
    license = a_lapsed_license(EXPIRED, quantity=3)
    book = a_book(a_price("1000.00"), a_price("1050.00", effective_from="2026-05-01"))
    given = policies("tiers = [{ percent = 10 }]")
    quote = quoted(license, "2026-05-01", book=book, policies=given)
    assert amounts(quote) == {"RENEWAL": "3150.00", "LATE_FEE": "315.00"}
    assert (str(quote.lines[1].base.amount), quote.lines[1].factor) == ("3150.00", "1/10")


# ---------------------------------------------------------------- what is refused in a file


CHARGES = "tiers = [{ percent = 10 }]"
AN = "[[policy]] a test"
"""The entry of a policy that could be read, by its name."""


@pytest.mark.parametrize(
    ("text", "entry", "problem", "fix"),
    [
        pytest.param("percent = 10", "[[policy]] 1", "unknown field percent", "it knows", id="an unknown field"),
        pytest.param(
            "[[policy]]\nname = 'X'\neffective = 2020-01-01",
            "[[policy]] 1", "lacks the field summary", "see late_fees.sample.toml", id="a field that is missing",
        ),
        pytest.param(
            "[[policy]]\nname = 'X'\nsummary = 'x'", "[[policy]] 1", "lacks the field effective", "see", id="undated"
        ),
        pytest.param(
            f"effective = '2020-01-01'\n{CHARGES}", "[[policy]] 1", "at effective", "without quotes", id="a quoted date"
        ),
        pytest.param("tiers = [{ percent = '10' }]", "[[policy]] 1", "at percent", "a number", id="a number in quotes"),
        pytest.param("tiers = [{ percent = -10 }]", "[[policy]] 1", "at percent", "zero or more", id="a negative rate"),
        pytest.param("tiers = [{ percent = nan }]", "[[policy]] 1", "at percent", "zero or more", id="not a number"),
        pytest.param("tiers = [{ percent = inf }]", "[[policy]] 1", "at percent", "zero or more", id="an endless rate"),
        pytest.param(
            "tiers = [{ percent = 10, of = 'TURNOVER' }]",
            "[[policy]] 1", "at of", "one of ANNUAL_FEE, BACK_PAY, BACK_PAY_AND_FORWARD, LIST_PRICE", id="a wrong base",
        ),
        pytest.param(
            "back_pay = { unit = 'WEEKLY' }", "[[policy]] 1", "at unit", "one of NONE, DAILY", id="an unknown unit"
        ),
        pytest.param(
            "back_pay = { unit = 'DAILY', divisor = 0 }", "[[policy]] 1", "at divisor", "1 or more", id="a divisor of 0"
        ),
        pytest.param(
            f"{CHARGES}\nmaximum_years = 0", "[[policy]] 1", "at maximum_years", "1 or more", id="no years at all"
        ),
        pytest.param(
            f"{CHARGES}\nmaximum_lapse = {{ amount = 101, unit = 'YEARS' }}",
            "[[policy]] 1", "at maximum_lapse", "a hundred years at most", id="a lapse beyond the calendar",
        ),
        pytest.param(
            f"{CHARGES}\nscope = {{ models = ['LEASED'] }}",
            "[[policy]] 1", "at models", "one of PERPETUAL, SUBSCRIPTION", id="an unknown model",
        ),
        pytest.param(
            f"{CHARGES}\nscope = {{ plans = ['SILVER'] }}",
            AN, "names the plan SILVER", "name one of BASIC, GOLD, PLATINUM", id="an unknown plan",
        ),
        pytest.param(
            f"{CHARGES}\nuntil = 2014-12-31",
            AN, "ends on 2014-12-31, before it begins", "give until a later day", id="backwards",
        ),
        pytest.param(
            "tiers = [{ flat = 60.00 }]", AN, "without a currency", 'add currency = "EUR"', id="no currency"
        ),
        pytest.param(
            f"{CHARGES}\ncurrency = 'EUR'\nminimum = 100\nmaximum = 50",
            AN, "maximum 50 is below its minimum 100", "mend", id="limits that cross",
        ),
        pytest.param("per_year = true", AN, "charges nothing", "add [[policy.tiers]]", id="no charge"),
        pytest.param(
            "tiers = [{ percent = 10, of = 'BACK_PAY' }]",
            AN, "back pay that the policy does not ask for", "add [policy.back_pay]", id="a share of nothing",
        ),
        pytest.param(
            "tiers = [{ percent = 10 }, { percent = 20 }]",
            AN, "never applies", "order them by `through`", id="a tier after an endless one",
        ),
        pytest.param(
            """tiers = [
                { through = { amount = 1, unit = "YEARS" }, percent = 10 },
                { through = { amount = 12, unit = "MONTHS" }, percent = 20 },
                { percent = 30 },
            ]""",
            AN, "never applies", "order them by `through`", id="a tier that reaches no further",
        ),
        pytest.param(
            "tiers = [{ through = { amount = 1, unit = 'YEARS' }, percent = 10 }]",
            AN, "a lapse longer than its last tier has no charge", "maximum_lapse", id="a lapse left out",
        ),
        pytest.param(f"grace_days = 90\n{CHARGES}", AN, "care-4.1 states 120", "leave it out", id="another grace"),
        pytest.param(
            f"start_within_grace = 'ORDER_DATE'\n{CHARGES}",
            AN, "states DAY_AFTER_EXPIRY", "leave it out", id="another start in the grace",
        ),
        pytest.param(
            f"start_after_grace = 'DAY_AFTER_EXPIRY'\n{CHARGES}",
            AN, "imagicle-care-4.1 states ORDER_DATE", "leave it out", id="another start after the grace",
        ),
    ],
)  # fmt: skip
def test_a_policy_that_cannot_be_used_says_where_what_and_how_to_mend_it(text, entry, problem, fix):
    found = refusal(text)
    assert found.startswith(f"late_fees.toml: {entry}: ")
    assert problem in found
    assert fix in found.partition(problem)[2] + found.partition(": at ")[2]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("policy = ", "is not TOML", id="no TOML"),
        pytest.param("policy = 3", "policy: must be a list of tables, not 3; write [[policy]]", id="a number"),
        pytest.param("[policy]\nname = 'X'", "write [[policy]]", id="one table in place of a list"),
        pytest.param("[[policies]]\nname = 'X'", "policies: is not known here; write [[policy]]", id="a wrong name"),
    ],
)
def test_a_file_of_another_form_is_refused(text, problem):
    with pytest.raises(GuideRefused) as found:
        build_policies(text, GUIDE, "fees.toml")
    assert all(each.startswith("fees.toml: ") for each in found.value.problems)
    assert problem in found.value.problems[0]


def test_every_problem_of_a_file_is_told_at_once():
    with pytest.raises(GuideRefused) as found:
        policies("""
            [[policy]]
            name = "A"
            summary = "One."
            effective = 2020-01-01
            grace_days = 60
            until = 2019-01-01

            [[policy]]
            name = "A"
            summary = "Two."
            effective = 2020-01-01
            tiers = [{ percent = 10 }]

            [[policy]]
            name = "B"
            """)
    assert len(found.value.problems) == 5  # A ends before it begins, charges nothing, another grace; A again; B lacks
    assert sum("[[policy]] A: the name is taken" in each for each in found.value.problems) == 1


def test_a_policy_may_repeat_what_the_edition_states():
    text = "grace_days = 120\nstart_within_grace = 'DAY_AFTER_EXPIRY'\nstart_after_grace = 'ORDER_DATE'\n"
    assert charged(121, policies(text + CHARGES)) == "100.00"


@pytest.mark.parametrize(
    ("parameter", "stated", "value"),
    [
        (GRACE_DAYS, "grace_days = 90", 90),
        (START_WITHIN_GRACE, "start_within_grace = 'ORDER_DATE'", StartRule.ORDER_DATE),
        (START_AFTER_GRACE, "start_after_grace = 'DAY_AFTER_EXPIRY'", StartRule.DAY_AFTER_EXPIRY),
    ],
)
def test_a_policy_stands_on_an_edition_that_states_the_same(parameter, stated, value):
    assert policies(f"{stated}\n{CHARGES}", guide_with({parameter: value})).policies


def test_a_policy_is_refused_where_the_edition_changes_while_it_is_in_force():
    changing = guide_with({GRACE_DAYS: [("2020-03-01", 120), ("2028-01-01", 90)]})
    assert "states 90" in refusal(f"grace_days = 120\n{CHARGES}", changing)
    assert policies(f"grace_days = 120\nuntil = 2027-12-31\n{CHARGES}", changing).policies
    assert policies(f"grace_days = 90\neffective = 2028-01-01\n{CHARGES}", changing).policies
    assert "states 120" in refusal(f"grace_days = 90\neffective = 2027-12-31\n{CHARGES}", changing)


# ---------------------------------------------------------------- the sample

SAMPLE = (files("api") / "samples" / "late_fees.sample.toml").read_text(encoding="utf-8")
SAMPLED = build_policies(SAMPLE, GUIDE)


def test_the_sample_says_that_it_is_one():
    for policy in SAMPLED.policies:
        assert policy.name.startswith("SAMPLE-")
        assert policy.summary.startswith("A sample: ")


@pytest.mark.parametrize(
    ("expires_on", "order_date", "plan", "expected"),
    [
        pytest.param("2025-12-31", "2026-04-30", "GOLD", "1000.00", id="day 120: no fee"),
        pytest.param("2025-12-31", "2026-05-01", "GOLD", "1100.00", id="day 121: one year, 1000 × 10 %"),
        pytest.param("2025-12-31", "2027-01-01", "GOLD", "1200.00", id="a year and a day: two years, 1000 × 10 % × 2"),
        pytest.param("2023-12-31", "2026-05-01", "GOLD", "1450.00", id="the third year: 1000 × 15 % × 3"),
        pytest.param("2021-12-31", "2026-12-31", "GOLD", "1750.00", id="five years to the day: 1000 × 15 % × 5"),
        pytest.param("2021-12-31", "2027-01-01", "GOLD", None, id="after five years: a quote by hand"),
        pytest.param("2025-12-31", "2026-05-01", "BASIC", "660.00", id="Basic: 600 × 10 % = 60, above the minimum"),
    ],
)
def test_what_the_sample_charges(expires_on, order_date, plan, expected):
    assert total(quoted(a_lapsed_license(expires_on), order_date, plan, policies=SAMPLED)) == expected


def test_the_sample_s_minimum():
    book = a_book(a_price("300.00"))  # a tenth is 30.00, raised to 50.00
    assert charged(121, SAMPLED, book=book) == "50.00"


def test_the_sample_charges_public_bodies_for_the_months_they_were_late():
    license = a_lapsed_license(EXPIRED, account=an_account(segment="PUBLIC"))
    quote = quoted(license, "2026-05-01", policies=SAMPLED)
    assert amounts(quote) == {"RENEWAL": "1000.00", "BACK_PAY": "416.67"}  # 1000 × 5/12
    assert quote.lines[1].clause.rule == "SAMPLE-PUBLIC-2026"
