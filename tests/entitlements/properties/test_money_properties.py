"""What a renewal costs (R-REN, R-FEE, R-COT-6): properties of every contract, price book, policy and order date."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from entitlements import hypotheses
from entitlements.attachments import TermQuote, attachment_quote, plan_change_quote
from entitlements.coverage import timeline
from entitlements.delays import Delays, cost_of_delay
from entitlements.facts import Facts, License, LicenseModel, Milestone, MilestoneKind, Product, ProductKind
from entitlements.late_fees import LateFeePolicies
from entitlements.money import MINOR_UNITS, rounded
from entitlements.prices import PriceBook
from entitlements.problems import Problem
from entitlements.quotes import QuoteLine, RenewalAsked, RenewalQuote, renewal_quote
from tests.builders import GUIDE, a_lapsed_license, a_milestone, a_module_of, a_product
from tests.entitlements.properties import naive
from tests.pricing import A_TENTH_A_YEAR, UNSET, a_book, a_price, policies, quoted
from tests.strategies import (
    MONTHS,
    PLANS,
    base_licenses,
    days_after,
    dependents_of,
    examples_of,
    for_all,
    mostly,
    products,
    rarely,
)

ONE_DAY = timedelta(days=1)
FORWARD = {"RENEWAL", "DEPENDENT"}
"""The kinds of line that are for days of the new term."""

# ---------------------------------------------------------------- books and policies

CURRENCIES = st.sampled_from(["EUR", "JPY", "TND", "USD"])
ODD_AMOUNTS = st.sampled_from(["1000.00", "0.01", "333.33", "99.995", "123456.78", "7"])
AMOUNTS = ODD_AMOUNTS | st.decimals(0, 5000, places=2).map(str)
TERMS = (1, 2, 3, 6, 11, 12, 24, 36)

NEVER_CHEAPER = [
    policies(text)
    for text in (
        'back_pay = { unit = "DAILY" }',
        'back_pay = { unit = "DAILY", multiplier = 1.5 }\ntiers = [{ percent = 20, of = "BACK_PAY" }]',
        'back_pay = { unit = "MONTHLY", multiplier = 0.7 }\ntiers = [{ percent = 5, of = "LIST_PRICE" }]',
        'back_pay = { unit = "WHOLE_YEARS" }\nmaximum_lapse = { amount = 3, unit = "YEARS" }',
        'per_year = true\nyears_rounding = "PRORATED"\nmaximum_years = 2\ntiers = [{ percent = 12.5 }]',
        """
        currency = "EUR"
        minimum = 99.99
        maximum = 500
        per_year = true
        maximum_lapse = { amount = 4, unit = "YEARS" }
        beyond = "MANUAL_QUOTE"
        tiers = [{ percent = 10, flat = 5.55, combine = "LARGER" }]
        """,
        """
        tiers = [
            { through = { amount = 7, unit = "MONTHS" }, percent = 3 },
            { through = { amount = 500, unit = "DAYS" }, percent = 30 },
            { percent = 31 },
        ]
        """,
    )
] + [A_TENTH_A_YEAR]
"""Policies that charge no less for a longer lapse."""
CHEAPER_LATER = [
    policies('tiers = [{ through = { amount = 1, unit = "YEARS" }, percent = 40 }, { percent = 1 }]'),
    policies("effective = 2026-01-01\nuntil = 2028-06-30\ntiers = [{ percent = 10 }]"),
]
"""Policies that may: by a lower tier, or by their dates."""
OF_WHAT_IS_CUT = [policies('back_pay = { unit = "DAILY" }\ntiers = [{ percent = 10, of = "BACK_PAY_AND_FORWARD" }]')]
"""A share of a price that an end of support may cut."""
POLICIES = st.sampled_from([UNSET, *NEVER_CHEAPER, *NEVER_CHEAPER, *OF_WHAT_IS_CUT, *CHEAPER_LATER])


@st.composite
def books(draw, known: Facts, near: date) -> PriceBook:
    """A book for a contract: mostly complete, sometimes with prices that change about a day, sometimes with gaps."""
    currency = draw(CURRENCIES)
    prices = []
    for code in dict.fromkeys(license.product.code for license in _all(known)):
        yearly = Decimal(draw(AMOUNTS))
        for rank, plan in enumerate(("BASIC", "GOLD", "PLATINUM"), start=1):
            amounts = {months: str(yearly * rank * (months + 1)) for months in TERMS}
            prices += [a_price(amount, code, plan, months, currency=currency) for months, amount in amounts.items()]
    lacking = draw(st.sets(st.sampled_from(TERMS), max_size=2)) if draw(rarely(6)) else ()
    prices = [price for price in prices if price.months not in lacking]
    if draw(rarely(4)):
        changed_on, factor = draw(days_after(near)), Decimal(draw(st.sampled_from(["0.9", "1.1"])))
        prices += [replace(price, effective_from=changed_on, amount=price.amount * factor) for price in prices]
    return a_book(*prices, currency=currency)


# ---------------------------------------------------------------- renewals

LAPSES = st.sampled_from([-30, 0, 1, 119, 120, 121, 122, 365, 366, 367, 800]) | st.integers(-300, 1300)


@st.composite
def perhaps_ending(draw, license: License, near: date) -> License:
    """The licence, now and then of a product whose support ends some time after a day."""
    if not draw(rarely(4)):
        return license
    ending = Milestone(MilestoneKind.END_OF_SUPPORT, near + timedelta(days=draw(st.integers(1, 900))))
    return replace(license, product=replace(license.product, milestones=(ending,)))


@st.composite
def renewals_asked(draw) -> tuple[Facts, RenewalAsked, PriceBook, LateFeePolicies]:
    """The renewal of a base with up to two dependents, some days before or after its last covered one."""
    drawn = draw(base_licenses())
    model = draw(mostly(st.sampled_from([LicenseModel.PERPETUAL, LicenseModel.SUBSCRIPTION]), st.just(drawn.model), 8))
    base = replace(drawn, model=model, quantity=draw(st.sampled_from([1, 3, 250])))
    last = max(plans_by_day(base), default=date(2026, 1, 1))
    base = draw(perhaps_ending(base, last))
    count = draw(st.sampled_from([0, 1, 1, 2]))
    dependents = tuple(draw(perhaps_ending(draw(dependents_of(base, f"M-{number}")), last)) for number in range(count))
    order_date = last + timedelta(days=draw(LAPSES))
    asked = RenewalAsked(draw(PLANS), draw(MONTHS), order_date, with_dependents=not draw(rarely(8)))
    known = Facts(base, (), dependents)
    return known, asked, draw(books(known, order_date)), draw(POLICIES)


def _all(known: Facts) -> Any:
    return (known.license, *known.dependents)


def quote_of(question, order_date: date | None = None) -> Any:
    """The quote of a renewal, on another day where that is given; only those that are not refused are looked at."""
    known, asked, book, given = question
    found = renewal_quote(known, replace(asked, order_date=order_date or asked.order_date), book, given, GUIDE)
    assume(isinstance(found, RenewalQuote))
    return found


def renewed(question, quote: RenewalQuote) -> Any:
    """The facts once the renewal that was quoted is recorded."""
    asked = quote.asked
    after = hypotheses.renewed(question[0], quote.license, asked.plan, asked.months, asked.order_date, GUIDE)
    assert after is not None
    return after


def priced_days(line: QuoteLine) -> list[date]:
    """The days that a line is for, as it says."""
    first, _, last = line.message.split(": ")[0].split(", ")[-1].partition(" to ")
    return list(naive.days_between(date.fromisoformat(first), date.fromisoformat(last)))


def plans_by_day(license: License) -> dict[date, str]:
    """Every covered day with its plan."""
    return {
        day: period.plan
        for period in timeline(license, GUIDE).periods
        for day in naive.days_between(period.starts_on, period.expires_on)
    }


def covered_days(license: License) -> set[date]:
    return set(plans_by_day(license))


def test_the_questions_drawn_are_early_in_time_and_late_cut_and_whole():
    # Were every drawn renewal refused, or none of them late, the properties below would hold of little.
    found = Counter()
    for known, asked, book, given in examples_of(renewals_asked(), 200):
        quote = renewal_quote(known, asked, book, given, GUIDE)
        if isinstance(quote, RenewalQuote):
            found[str(quote.standing.standing)] += 1
            found.update({str(line.kind) for line in quote.lines})
            found["cut"] += any(line.kind in FORWARD and line.days is not None for line in quote.lines)
            found["total"] += quote.total is not None
    for each in ("EARLY", "CONTINUOUS", "LATE", "DEPENDENT", "LATE_FEE", "BACK_PAY", "cut"):
        assert found[each] >= 5, found
    assert found["total"] >= 40, found


# ---------------------------------------------------------------- sums


@for_all(60, question=renewals_asked())
def test_the_lines_sum_to_the_total_each_rounded_once_to_the_minor_unit(question):
    quote = quote_of(question)
    adds_up(quote.lines, quote.total, quote.currency)
    assert quote.orderable == (quote.total is not None and quote.asked.with_dependents)
    assert (quote.total is None) == bool(quote.missing)


def adds_up(lines: Any, total: Any, currency: str) -> None:
    """Every line is its base times its factor, rounded once; the total is their sum, or there is none."""
    for line in lines:
        assert (line.amount is None) == (line.base is None) == (line.missing is not None)
        if line.amount is None:
            continue
        assert line.amount.currency == line.base.currency == currency
        assert line.amount.amount.as_tuple().exponent == -MINOR_UNITS.get(currency, 2)
        assert line.amount.amount == rounded(Fraction(line.base.amount) * Fraction(line.factor), currency)
        if line.kind in FORWARD and line.divisor is not None:
            assert Fraction(line.factor) == Fraction(line.days, line.divisor)
    if all(line.amount is not None for line in lines):
        assert total.currency == currency
        assert Fraction(total.amount) == sum(Fraction(line.amount.amount) for line in lines)
    else:
        assert total is None


@for_all(40, question=renewals_asked())
def test_no_float_is_anywhere_in_a_quote(question):
    assert not [value for value in values_of(quote_of(question)) if isinstance(value, float)]


def values_of(known: object) -> Iterator[object]:
    """Every value within an answer."""
    yield known
    if isinstance(known, tuple | list | frozenset):
        for item in known:
            yield from values_of(item)
    elif is_dataclass(known):
        for each in fields(known):
            yield from values_of(getattr(known, each.name))


# ---------------------------------------------------------------- waiting

EXCEPTIONS = {
    "a price changes": "§4: a price is chosen by the order date, and may be lower than it was",
    "another policy, or another tier": "R-FEE-3: an operator may charge less for a longer lapse, or from a later day",
    "a term that ends before it is full": "R-REN-3, R-REN-8, R-REN-10: a late term starts on the order date, so what "
    "an end of support or a retirement leaves of it is less each day; so is a share of it",
}
"""When a quote may get cheaper by waiting, and by which rule; nothing else makes it so."""


def exceptions(question, earlier: RenewalQuote, later: RenewalQuote) -> set[str]:
    """Those that hold between two quotes of the same renewal."""
    _, _, book, given = question
    found = set()
    passed = {
        day for day in (*book.changes, *given.changes) if earlier.asked.order_date < day <= later.asked.order_date
    }
    if passed.intersection(book.changes):
        found.add("a price changes")
    if passed.intersection(given.changes) or (given in CHEAPER_LATER and _tier(given, earlier) != _tier(given, later)):
        found.add("another policy, or another tier")
    left = {line.license.id: Fraction(line.factor) for line in later.lines if line.kind in FORWARD}
    for line in earlier.lines:
        if line.kind in FORWARD and left.get(line.license.id, 0) < Fraction(line.factor):
            assert ends(line.license), "a part may only shrink towards an end"
            assert later.standing.standing == "LATE"
            found.add("a term that ends before it is full")
    return found


def _tier(given: LateFeePolicies, quote: RenewalQuote) -> object:
    policy = given.governing(quote.license, quote.asked.plan, quote.asked.order_date)
    return policy and policy.tier(quote.standing.expires_on, quote.asked.order_date)


def ends(license: License) -> bool:
    """Whether its support or itself ends, or its base's."""
    own = [license, *([license.base] if license.base else [])]
    return any(one.retired_on is not None or timeline(one, GUIDE).ends_on is not None for one in own)


WAITS = st.sampled_from([1, 2, 30, 119, 120, 121, 365, 366]) | st.integers(1, 1500)


@for_all(120, question=renewals_asked(), wait=WAITS)
def test_a_quote_never_gets_cheaper_by_waiting_save_by_the_exceptions_that_are_listed(question, wait):
    earlier = quote_of(question)
    later = quote_of(question, earlier.asked.order_date + timedelta(days=wait))
    assume(earlier.total is not None)
    assume(later.total is not None)
    if later.total.amount < earlier.total.amount:
        found = exceptions(question, earlier, later)
        assert found, f"{earlier.total} on {earlier.asked.order_date}, {later.total} on {later.asked.order_date}"
        assert found <= EXCEPTIONS.keys()


LAPSED = a_lapsed_license("2025-12-31")
SUPPORT_ENDS = a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-12-31")])
MODULE_ENDS = a_product("FAX-MODULE", "MODULE", [a_milestone("END_OF_SUPPORT", "2026-12-31")])


@pytest.mark.parametrize(
    ("asked", "before", "after"),
    [
        pytest.param(
            {"of": LAPSED, "book": a_book(a_price("1000.00"), a_price("900.00", effective_from="2026-03-01"))},
            ("2026-02-28", "1000.00"),
            ("2026-03-01", "900.00"),
            id="a price changes",
        ),
        pytest.param(
            {"of": LAPSED, "policies": CHEAPER_LATER[0]},
            ("2026-12-31", "1400.00"),
            ("2027-01-01", "1010.00"),
            id="a lower tier after a year: 40 %, then 1 %",
        ),
        pytest.param(
            # In time 2026-01-01 to 2026-12-31; late, from 2026-05-01 on, 245 of 365 days: 671.232… + 100.
            {"of": a_lapsed_license("2025-12-31", product=SUPPORT_ENDS), "policies": A_TENTH_A_YEAR},
            ("2026-04-30", "1000.00"),
            ("2026-05-01", "771.23"),
            id="the end of support, past day 120: the late term starts on the order date",
        ),
        pytest.param(
            # 2026-12-30 and 2026-12-31 are two days, the last is one: 1000 × 2/365 = 5.479…, 1000/365 = 2.739….
            {"of": a_lapsed_license("2025-12-31", product=SUPPORT_ENDS), "policies": A_TENTH_A_YEAR},
            ("2026-12-30", "105.48"),
            ("2026-12-31", "102.74"),
            id="the end of support, on its last days",
        ),
        pytest.param(
            # The module's 245 of 365 days are 134.246…, a day later 244 are 133.698…; 1000 and a tenth of 1200 beside.
            {
                "of": LAPSED,
                "dependents": [a_module_of(LAPSED, registered_on="2020-01-01", product=MODULE_ENDS)],
                "policies": A_TENTH_A_YEAR,
            },
            ("2026-05-01", "1254.25"),
            ("2026-05-02", "1253.70"),
            id="a dependent's own end of support",
        ),
    ],
)
def test_each_exception_is_real(asked, before, after):
    for order_date, expected in (before, after):
        assert str(quoted(order_date=order_date, **asked).total.amount) == expected


# ---------------------------------------------------------------- what is quoted is what is covered


@for_all(50, question=renewals_asked())
def test_renewing_covers_exactly_the_days_that_are_quoted_with_the_plan_that_is_quoted(question):
    quote = quote_of(question)
    before, after = plans_by_day(quote.license), plans_by_day(renewed(question, quote).license)
    added = [day for day in sorted(after) if day not in before]
    assert added == list(naive.days_between(quote.term.starts_on, quote.term.expires_on))
    assert {after[day] for day in added} == {quote.asked.plan}


@for_all(50, question=renewals_asked())
def test_every_day_that_a_renewal_adds_to_a_licence_is_on_its_line_and_no_other_day_is(question):
    assume(question[1].with_dependents)
    quote = quote_of(question)
    priced = {line.license.id: priced_days(line) for line in quote.lines if line.kind in FORWARD}
    for was, is_ in zip(_all(question[0]), _all(renewed(question, quote)), strict=True):
        assert sorted(covered_days(is_) - covered_days(was)) == priced.get(was.id, [])


@for_all(50, question=renewals_asked())
def test_renewing_shortens_nobody_s_coverage(question):
    after = renewed(question, quote_of(question))
    for was, is_ in zip(_all(question[0]), _all(after), strict=True):
        assert covered_days(was) <= covered_days(is_)


@for_all(40, question=renewals_asked(), plan=PLANS)
def test_a_dependent_ends_on_the_earlier_of_its_base_s_end_and_its_own_after_every_operation(question, plan):
    known, asked, _, _ = question
    base, on = known.license, asked.order_date
    renewal = hypotheses.renewed(known, base, plan, asked.months, on, GUIDE)
    raising = hypotheses.plan_changed(known, base, plan, on, GUIDE)
    for after in (known, renewal or known, raising or known):
        for dependent in after.dependents:
            ends_with_its_base(dependent, after.license or base)


def ends_with_its_base(dependent: License, base: License) -> None:
    """Covered on exactly the base's days from its own start to its own end of support, or its retirement."""
    begins = naive.activation(dependent)
    own_ends = [end for end in (naive.support_ends(dependent), dependent.retired_on) if end is not None]
    until = min(own_ends, default=date.max)
    assert covered_days(dependent) == {
        day for day in covered_days(base) if begins is not None and begins <= day <= until
    }


# ---------------------------------------------------------------- in the middle of a term

MODULES = products("M-1", ProductKind.MODULE, date(2024, 1, 1))
BACK = st.integers(0, 700)
"""Days from some day about the end of the coverage back into it."""


@for_all(40, question=renewals_asked(), product=MODULES, back=BACK)
def test_an_attachment_covers_exactly_the_days_that_are_quoted_and_adds_up(question, product: Product, back):
    known, asked, book, _ = question
    order_date = asked.order_date - timedelta(days=back)
    quote: Any = attachment_quote(known, product, 7, order_date, book, GUIDE)
    assume(isinstance(quote, TermQuote))
    adds_up(quote.lines, quote.total, book.currency)
    priced = [day for line in quote.lines for day in priced_days(line)]
    assert priced == list(naive.days_between(order_date, quote.expires_on))
    covered = covered_days(a_module_of(known.license, product=product, registered_on=order_date))
    assert covered >= set(priced)
    assert quote.expires_on + ONE_DAY not in covered


@for_all(40, question=renewals_asked(), back=BACK)
def test_a_higher_plan_is_paid_for_on_every_day_that_it_raises_and_on_no_other(question, back):
    known, asked, book, _ = question
    order_date = asked.order_date - timedelta(days=back)
    quote: Any = plan_change_quote(known, "PLATINUM", order_date, book, GUIDE)
    assume(isinstance(quote, TermQuote))
    adds_up(quote.lines, quote.total, book.currency)
    priced = {line.license.id: priced_days(line) for line in quote.lines}
    after: Any = hypotheses.plan_changed(known, known.license, "PLATINUM", order_date, GUIDE)
    for was, is_ in zip(_all(known), _all(after), strict=True):
        before, now = plans_by_day(was), plans_by_day(is_)
        assert [day for day in sorted(before) if before[day] != now[day]] == priced.get(was.id, [])


# ---------------------------------------------------------------- what waiting costs

STRETCHES = mostly(st.integers(0, 60), st.integers(60, 500), 5)


@for_all(30, question=renewals_asked(), length=STRETCHES)
def test_what_waiting_costs_is_the_quote_of_every_single_date(question, length):
    known, asked, book, given = question
    delays = Delays(known, asked, book, given, GUIDE)
    first, last = asked.order_date, asked.order_date + timedelta(days=length)
    points = cost_of_delay(delays, first, last)
    found = {}
    for point in points if isinstance(points, tuple) else ():
        for on in naive.days_between(point.first, point.last):
            assert on not in found
            found[on] = (point.standing, point.years_late, point.total)
    expected = {}
    for on in naive.days_between(first, last):
        quote = delays.quote(on)
        if isinstance(quote, RenewalQuote):
            expected[on] = (quote.standing.standing, quote.standing.years_late, quote.total)
    assert found == expected
    assert isinstance(points, Problem) == (not expected)
