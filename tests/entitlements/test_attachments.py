"""R-COT-6, R-REN-12: what is bought in the middle of a term, by its days; with the prices of tests/pricing.py.

Ordered on 2026-03-11 in a term to 2026-12-31, 296 days are left: 21 + 30 + 31 + 30 + 31 + 31 + 30 + 31 + 30 + 31. The
full year from that day, which the price is for, runs to 2027-03-10 and has 365.
"""

import pytest

from entitlements import coverage, hypotheses
from entitlements.facts import Product
from tests.builders import (
    GUIDE,
    a_lapsed_license,
    a_license,
    a_milestone,
    a_module_of,
    a_product,
    a_term,
    covered_by,
    day,
    facts_of,
)
from tests.pricing import a_book, a_price, attached, lines, plan_changed, problem_codes, total

ORDERED = "2026-03-11"


def a_module(*milestones) -> Product:
    return a_product("FAX-MODULE", "MODULE", milestones)


MODULE = a_module()


def periods(license):
    return [
        (period.plan, period.starts_on.isoformat(), period.expires_on.isoformat())
        for period in coverage.timeline(license, GUIDE).periods
    ]


# ---------------------------------------------------------------- R-COT-6: an attachment


@pytest.mark.parametrize(
    ("order_date", "factor", "amount"),
    [
        pytest.param("2026-01-01", "1", "200.00", id="on the term's first day: the whole year"),
        pytest.param("2026-01-02", "364/365", "199.45", id="a day later: 200 × 364/365 = 199.452…"),
        pytest.param(ORDERED, "296/365", "162.19", id="200 × 296/365 = 162.191…"),
        pytest.param("2026-12-31", "1/365", "0.55", id="on its last day: 200/365 = 0.547…"),
    ],
)
def test_a_module_is_priced_for_the_days_left_of_its_base_s_term_both_ends_included(order_date, factor, amount):
    quote = attached(covered_by("GOLD"), MODULE, order_date)
    assert lines(quote) == [("ATTACHMENT", "B-1", factor, amount)]
    assert (quote.starts_on, quote.expires_on) == (day(order_date), day("2026-12-31"))
    assert (total(quote), quote.orderable) == (amount, True)
    assert quote.lines[0].clause.rule == "R-COT-6"


def test_days_and_divisor_of_an_attachment_are_shown():
    (line,) = attached(covered_by("GOLD"), MODULE, ORDERED).lines
    assert (line.days, line.divisor, str(line.base.amount)) == (296, 365, "200.00")
    assert "FAX-MODULE" in line.message
    assert "2026-03-11 to 2026-12-31" in line.message


def test_the_divisor_counts_the_full_year_from_the_order_date_over_a_leap_day_too():
    # 2027-07-01 to 2027-12-31 is 184 days; the year from 2027-07-01 runs to 2028-06-30 and has 366: 200 × 184/366.
    base = covered_by("GOLD", "2027-01-01", "2027-12-31")
    assert lines(attached(base, MODULE, "2027-07-01")) == [("ATTACHMENT", "B-1", "184/366", "100.55")]


def test_several_are_priced_together_and_rounded_once():
    # 200 × 25 × 296/365 = 4054.794… → 4054.79; 162.19 × 25 would be 4054.75.
    quote = attached(covered_by("GOLD"), MODULE, ORDERED, quantity=25)
    assert (str(quote.lines[0].base.amount), quote.lines[0].quantity, total(quote)) == ("5000.00", 25, "4054.79")


def test_the_earlier_end_of_support_of_the_module_s_own_product_ends_it():
    # 2026-03-11 to 2026-06-30 is 21 + 30 + 31 + 30 = 112 days; 200 × 112/365 = 61.369….
    for kind in ("END_OF_SUPPORT", "END_OF_LIFE"):
        quote = attached(covered_by("GOLD"), a_module(a_milestone(kind, "2026-06-30")), ORDERED)
        assert lines(quote) == [("ATTACHMENT", "B-1", "112/365", "61.37")]
        assert quote.expires_on == day("2026-06-30")


def test_a_cut_of_the_base_s_term_is_the_attachment_s_end():
    base = covered_by("GOLD", product=a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-06-30")]))
    assert lines(attached(base, MODULE, ORDERED)) == [("ATTACHMENT", "B-1", "112/365", "61.37")]


def test_a_base_renewed_already_is_followed_to_the_end_of_its_unbroken_coverage_a_line_a_term():
    base = covered_by("GOLD", terms=(a_term("GOLD"), a_term("GOLD", "2027-01-01", "2027-12-31", "RENEWED")))
    quote = attached(base, MODULE, ORDERED)
    assert [line[2:] for line in lines(quote)] == [("296/365", "162.19"), ("1", "200.00")]
    assert (total(quote), quote.expires_on) == ("362.19", day("2027-12-31"))


def test_coverage_after_a_gap_is_not_paid_for_now():
    base = covered_by("GOLD", terms=(a_term("GOLD"), a_term("GOLD", "2027-02-01", "2027-12-31")))
    assert attached(base, MODULE, ORDERED).expires_on == day("2026-12-31")


def test_each_period_of_the_base_has_the_price_of_its_own_plan():
    # Basic to 2026-06-30: 30 days, 120 × 30/365 = 9.863…. Platinum to 2026-09-30: 92 days, 320 × 92/365 = 80.657….
    # Basic to 2026-12-31: 92 days, 120 × 92/365 = 30.246….
    base = a_license(terms=(a_term("PLATINUM", "2026-07-01", "2026-09-30"),))
    quote = attached(base, MODULE, "2026-06-01")
    assert [line[2:] for line in lines(quote)] == [("30/365", "9.86"), ("92/365", "80.66"), ("92/365", "30.25")]
    assert total(quote) == "120.77"


def test_an_attachment_covers_exactly_the_days_that_were_quoted():
    base = covered_by("GOLD", terms=(a_term("GOLD"), a_term("GOLD", "2027-01-01", "2027-12-31", "RENEWED")))
    quote = attached(base, MODULE, ORDERED)
    done = periods(a_module_of(base, product=MODULE, registered_on=ORDERED))
    assert (done[0][1], done[-1][2]) == (quote.starts_on.isoformat(), quote.expires_on.isoformat())


def test_a_price_that_is_missing_is_named_and_the_attachment_cannot_be_ordered():
    quote = attached(covered_by("GOLD"), MODULE, ORDERED, book=a_book(a_price("1000.00")))
    assert (total(quote), quote.orderable) == (None, False)
    ((code, gap),) = [line.missing for line in quote.lines]
    assert (code, gap) == (
        "PRICE_NOT_CONFIGURED",
        "no price for FAX-MODULE, GOLD, 12 months in book LIST (EUR) on 2026-03-11",
    )


# ---------------------------------------------------------------- R-COT-6: refused


@pytest.mark.parametrize(
    "base",
    [
        pytest.param(a_lapsed_license("2026-03-10"), id="lapsed the day before"),
        pytest.param(a_license(registered_on="2026-03-12"), id="not started"),
        pytest.param(a_license(registered_on=None), id="not activated"),
        pytest.param(
            a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-06-01", "2027-05-31"),)), id="in a gap"
        ),
        pytest.param(covered_by("GOLD", retired_on="2026-03-10"), id="retired"),
        pytest.param(
            covered_by("GOLD", product=a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-03-10")])),
            id="past its end of support",
        ),
    ],
)
def test_a_base_without_a_current_term_cannot_price_an_attachment(base):
    found = attached(base, MODULE, ORDERED)
    assert problem_codes(found) == ["BASE_NOT_COVERED"]
    assert (found.clause.rule, found.field) == ("R-COT-6", ("license",))
    assert "2026-03-11" in found.message


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("END_OF_NEW_ATTACHMENT", "END_OF_NEW_ATTACHMENT"),
        ("END_OF_SALE", "END_OF_SALE"),
        ("END_OF_SUPPORT", "END_OF_SUPPORT"),
        ("END_OF_LIFE", "END_OF_SUPPORT"),
    ],
)
def test_a_product_that_is_no_longer_attached_sold_or_supported_is_refused_from_the_next_day(kind, code):
    found = attached(covered_by("GOLD"), a_module(a_milestone(kind, "2026-03-10")), ORDERED)
    assert problem_codes(found) == [code]
    assert found.field == ("product",)
    assert "2026-03-10" in found.message
    assert total(attached(covered_by("GOLD"), a_module(a_milestone(kind, ORDERED)), ORDERED))


def test_the_end_of_new_attachment_of_the_base_refuses_new_modules_for_it():
    milestone = a_milestone("END_OF_NEW_ATTACHMENT", "2026-03-10")
    found = attached(covered_by("GOLD", product=a_product(milestones=[milestone])), MODULE, ORDERED)
    assert problem_codes(found) == ["END_OF_NEW_ATTACHMENT"]
    assert found.field == ("license",)
    assert "FAX was" in found.message


def test_a_version_s_end_of_new_attachment_holds_for_a_base_of_exactly_that_release():
    product = a_product(milestones=[a_milestone("END_OF_NEW_ATTACHMENT", "2026-03-10", version="Winter '20")])
    old = attached(covered_by("GOLD", product=product, installed_release="Winter '20"), MODULE, ORDERED)
    assert problem_codes(old) == ["END_OF_NEW_ATTACHMENT"]
    assert total(attached(covered_by("GOLD", product=product, installed_release="Winter '26"), MODULE, ORDERED))


def test_the_end_of_sale_of_the_base_does_not_refuse_modules():
    product = a_product(milestones=[a_milestone("END_OF_SALE", "2026-03-10")])
    assert total(attached(covered_by("GOLD", product=product), MODULE, ORDERED)) == "162.19"


@pytest.mark.parametrize(
    ("base", "product", "quantity", "codes"),
    [
        pytest.param(None, MODULE, 1, ["UNKNOWN_LICENSE"], id="no such base"),
        pytest.param(a_module_of(covered_by("GOLD")), MODULE, 1, ["RENEW_THE_BASE"], id="a module of a module"),
        pytest.param(covered_by("GOLD"), a_product("OTHER"), 1, ["UNKNOWN_PRODUCT"], id="a base product"),
        pytest.param(covered_by("GOLD"), a_product("H", "HARDWARE"), 1, ["UNKNOWN_PRODUCT"], id="hardware"),
        pytest.param(covered_by("GOLD"), MODULE, 0, ["INVALID_TERM"], id="none of them"),
    ],
)
def test_what_cannot_be_attached_is_refused_by_name(base, product, quantity, codes):
    assert problem_codes(attached(base, product, ORDERED, quantity)) == codes


def test_every_obstacle_to_an_attachment_is_told_at_once():
    module = a_module(a_milestone("END_OF_SALE", "2025-12-31"), a_milestone("END_OF_NEW_ATTACHMENT", "2026-01-31"))
    found = attached(a_lapsed_license("2025-12-31"), module, ORDERED)
    assert problem_codes(found) == ["BASE_NOT_COVERED", "END_OF_NEW_ATTACHMENT", "END_OF_SALE"]


# ---------------------------------------------------------------- R-REN-12: a higher plan


@pytest.mark.parametrize(
    ("license", "plan", "base", "amount"),
    [
        pytest.param(
            covered_by("GOLD"), "PLATINUM", "600.00", "486.58",
            id="Gold to Platinum, 1600 less 1000: 600 × 296/365 = 486.575…",
        ),
        pytest.param(
            a_license(), "GOLD", "1000.00", "810.96", id="included Basic takes nothing off: 1000 × 296/365 = 810.958…"
        ),
        pytest.param(
            covered_by("BASIC", registered_on="2020-01-01"), "GOLD", "400.00", "324.38",
            id="a Basic that was bought does, 600: 400 × 296/365 = 324.383…",
        ),
        pytest.param(
            covered_by("GOLD", quantity=3), "PLATINUM", "1800.00", "1459.73",
            id="of three licences: 600 × 3 × 296/365 = 1459.726…",
        ),
    ],
)  # fmt: skip
def test_a_plan_is_raised_for_the_rest_of_the_term_by_what_twelve_months_of_it_cost_more(license, plan, base, amount):
    quote = plan_changed(license, plan, ORDERED)
    (line,) = quote.lines
    assert (str(line.kind), str(line.base.amount), line.factor) == ("PLAN_CHANGE", base, "296/365")
    assert (total(quote), quote.orderable, quote.plan) == (amount, True, plan)
    assert (quote.starts_on, quote.expires_on) == (day(ORDERED), day("2026-12-31"))
    assert line.clause.rule == "R-REN-12"


@pytest.mark.parametrize(
    ("order_date", "factor", "amount"),
    [("2026-01-01", "1", "600.00"), ("2026-12-31", "1/365", "1.64")],
    ids=["on the first day: the whole difference", "on the last: 600/365 = 1.643…"],
)
def test_both_ends_of_the_rest_of_the_term_are_paid_for(order_date, factor, amount):
    assert lines(plan_changed(covered_by("GOLD"), "PLATINUM", order_date)) == [("PLAN_CHANGE", "B-1", factor, amount)]


@pytest.mark.parametrize(
    ("facts", "factor", "amount"),
    [
        pytest.param({}, "296/365", "97.32", id="320 less 200: 120 × 296/365 = 97.315…"),
        pytest.param(
            {"product": a_module(a_milestone("END_OF_SUPPORT", "2026-06-30"))}, "112/365", "36.82",
            id="to its own end of support: 120 × 112/365 = 36.821…",
        ),
        pytest.param({"retired_on": "2026-06-30"}, "112/365", "36.82", id="to its retirement: the same days"),
        pytest.param(
            {"registered_on": "2026-07-01"}, "184/365", "60.49",
            id="from its own activation to come: 120 × 184/365 = 60.493…",
        ),
    ],
)  # fmt: skip
def test_the_dependents_pay_for_the_plan_too_each_for_its_own_days(facts, factor, amount):
    base = covered_by("GOLD")
    quote = plan_changed(base, "PLATINUM", ORDERED, [a_module_of(base, **facts)])
    assert lines(quote) == [("PLAN_CHANGE", "B-1", "296/365", "486.58"), ("PLAN_CHANGE", "M-1", factor, amount)]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"registered_on": None}, id="not activated"),
        pytest.param({"registered_on": "2027-01-01"}, id="activated after the term"),
        pytest.param({"retired_on": "2026-03-10"}, id="retired"),
        pytest.param({"product": a_module(a_milestone("END_OF_SUPPORT", "2026-03-10"))}, id="past its end of support"),
    ],
)
def test_a_dependent_without_a_day_of_the_rest_pays_nothing(facts):
    base = covered_by("GOLD")
    quote = plan_changed(base, "PLATINUM", ORDERED, [a_module_of(base, **facts)])
    assert [line.license.serial for line in quote.lines] == ["B-1"]


def test_only_the_term_that_runs_is_raised_not_the_one_that_follows():
    license = covered_by("GOLD", terms=(a_term("GOLD"), a_term("GOLD", "2027-01-01", "2027-12-31", "RENEWED")))
    quote = plan_changed(license, "PLATINUM", ORDERED)
    assert (total(quote), quote.expires_on) == ("486.58", day("2026-12-31"))


def test_what_is_raised_is_exactly_what_was_quoted_for_base_and_dependents():
    base = covered_by("GOLD")
    module = a_module_of(base)
    facts = facts_of(base, dependents=[module])
    quote = plan_changed(base, "PLATINUM", ORDERED, [module])
    after = hypotheses.plan_changed(facts, base, "PLATINUM", day(ORDERED), GUIDE)
    assert after is not None
    expected = [("GOLD", "2026-01-01", "2026-03-10"), ("PLATINUM", "2026-03-11", "2026-12-31")]
    assert periods(after.license) == expected
    assert periods(after.dependents[0]) == expected
    assert quote.starts_on.isoformat() == expected[1][1]


def test_a_higher_plan_that_costs_less_gives_nothing_back():
    book = a_book(a_price("1000.00"), a_price("900.00", plan="PLATINUM"))
    assert lines(plan_changed(covered_by("GOLD"), "PLATINUM", ORDERED, book=book)) == [
        ("PLAN_CHANGE", "B-1", "296/365", "0.00")
    ]


@pytest.mark.parametrize(
    ("prices", "missing"),
    [
        pytest.param([a_price("1000.00")], "PLATINUM", id="the new plan's"),
        pytest.param([a_price("1600.00", plan="PLATINUM")], "GOLD", id="the old plan's"),
    ],
)
def test_either_price_that_is_missing_is_named(prices, missing):
    quote = plan_changed(covered_by("GOLD"), "PLATINUM", ORDERED, book=a_book(*prices))
    assert (total(quote), quote.orderable) == (None, False)
    assert quote.lines[0].missing == (
        "PRICE_NOT_CONFIGURED",
        f"no price for FAX, {missing}, 12 months in book LIST (EUR) on 2026-03-11",
    )


# ---------------------------------------------------------------- R-REN-12: refused


@pytest.mark.parametrize(
    ("license", "plan", "codes"),
    [
        pytest.param(
            covered_by("PLATINUM"), "GOLD", ["DOWNGRADE_AT_RENEWAL_ONLY"], id="a lower plan waits for the renewal"
        ),
        pytest.param(
            covered_by("GOLD"), "GOLD", ["DOWNGRADE_AT_RENEWAL_ONLY"], id="the plan in force is no higher one"
        ),
        pytest.param(a_lapsed_license("2026-03-10"), "PLATINUM", ["BASE_NOT_COVERED"], id="no current term"),
        pytest.param(a_license(registered_on=None), "GOLD", ["BASE_NOT_COVERED"], id="not activated"),
        pytest.param(
            a_module_of(covered_by("GOLD")), "PLATINUM", ["RENEW_THE_BASE"], id="a dependent has its base's plan"
        ),
        pytest.param(covered_by("GOLD"), "SILVER", ["UNKNOWN_PLAN"], id="an unknown plan"),
        pytest.param(None, "GOLD", ["UNKNOWN_LICENSE"], id="no such licence"),
        pytest.param(
            a_lapsed_license("2026-03-10"), "SILVER", ["UNKNOWN_PLAN", "BASE_NOT_COVERED"], id="both are told"
        ),
    ],
)
def test_a_change_of_plan_that_is_refused_has_its_code(license, plan, codes):
    assert problem_codes(plan_changed(license, plan, ORDERED)) == codes


def test_a_dependent_s_plan_cannot_be_supposed_apart_from_its_base_s():
    module = a_module_of(covered_by("GOLD"))
    assert hypotheses.plan_changed(facts_of(module), module, "PLATINUM", day(ORDERED), GUIDE) is None


def test_a_product_that_does_not_fit_the_base_is_refused_by_name():
    misfit = a_product("ARCHIVE-MODULE", "MODULE", bases=("ARCHIVE", "VAULT"))
    refusal = attached(covered_by("GOLD"), misfit, "2026-03-01")
    assert problem_codes(refusal) == ["UNKNOWN_PRODUCT"]
    assert "only to ARCHIVE, VAULT" in refusal.message
    assert refusal.field == ("product",)
