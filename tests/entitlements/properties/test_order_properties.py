"""Orders of renewals: properties of every contract, price book, policy and order date."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import assume
from hypothesis import strategies as st

from entitlements import coverage, hypotheses, orders, written_quotes
from entitlements.hypotheses import changed
from entitlements.orders import OrderAsked, RenewalOrdered
from entitlements.problems import Problem
from tests.builders import GUIDE
from tests.entitlements.properties.test_money_properties import quote_of, renewals_asked
from tests.strategies import for_all


def ordered(quote, total: Decimal, before=None) -> RenewalOrdered | Problem:
    asked = OrderAsked("PO", total, quote.asked.order_date + timedelta(days=30))
    return orders.renewal_ordered(quote, asked, before or quote.license, GUIDE)


def is_first_of_its_day(quote) -> bool:
    """Whether the licence has no renewal of the very order date, which a second one finds renewed already."""
    return all(term.order_date != quote.asked.order_date for term in quote.license.terms)


@for_all(60, question=renewals_asked())
def test_an_order_writes_exactly_the_term_and_the_total_that_were_quoted(question):
    quote = quote_of(question)
    assume(quote.orderable and is_first_of_its_day(quote))
    found = ordered(quote, quote.total.amount)
    assert isinstance(found, RenewalOrdered), found
    assert (found.term.starts_on, found.term.expires_on) == (quote.term.starts_on, quote.term.expires_on)
    assert (found.charge.amount, found.charge.currency) == (quote.total.amount, quote.total.currency)
    assert found.renewed_from == quote.standing.expires_on


@for_all(60, question=renewals_asked(), by=st.sampled_from(["0.01", "-0.01", "1000"]))
def test_an_order_without_a_total_or_with_another_one_is_refused(question, by):
    quote = quote_of(question)
    total = quote.total.amount + Decimal(by) if quote.total else Decimal(1)
    found = ordered(quote, total)
    assert isinstance(found, Problem)
    codes = {str(problem.code) for problem in (found, *found.others)}
    assert ("TOTAL_CHANGED" in codes) == (quote.total is not None)
    assert bool({"PRICE_NOT_CONFIGURED", "FEE_RATE_UNSET"} & codes) == (quote.total is None)


@for_all(60, question=renewals_asked())
def test_what_an_order_covers_is_what_the_renewal_was_supposed_to_cover(question):
    known = question[0]
    quote = quote_of(question)
    assume(quote.orderable and is_first_of_its_day(quote))
    found = ordered(quote, quote.total.amount)
    assert isinstance(found, RenewalOrdered)
    real = changed(known, quote.license, lambda one: replace(one, terms=(*one.terms, found.term)))
    asked = quote.asked
    supposed = hypotheses.renewed(known, quote.license, asked.plan, asked.months, asked.order_date, GUIDE)
    assert supposed is not None
    for one, other in zip((real.license, *real.dependents), (supposed.license, *supposed.dependents), strict=True):
        assert days_of(one) == days_of(other)


def days_of(license) -> list[tuple]:
    return [(one.plan, one.starts_on, one.expires_on) for one in coverage.timeline(license, GUIDE).periods]


@for_all(60, question=renewals_asked())
def test_a_second_order_of_the_period_finds_it_renewed(question):
    """The second one was asked for when the licence was not renewed yet; whatever its total, it is not another year."""
    known, asked, *_ = question
    quote = quote_of(question)
    assume(quote.orderable and is_first_of_its_day(quote))
    first = ordered(quote, quote.total.amount)
    assert isinstance(first, RenewalOrdered)
    after = changed(known, quote.license, lambda one: replace(one, terms=(*one.terms, first.term)))
    later = quote_of((after, asked, *question[2:]))
    assume(later.total is not None)
    found = ordered(later, later.total.amount, quote.license)
    assert isinstance(found, Problem)
    assert found.code == "ALREADY_RENEWED"


@for_all(60, question=renewals_asked())
def test_a_quote_is_read_again_as_it_was_written(question):
    quote = quote_of(question)
    text = written_quotes.written(quote)
    assert written_quotes.read(text, question[0]) == quote
    assert written_quotes.written(written_quotes.read(text, question[0])) == text
    assert json.loads(text)["license"] == quote.license.serial
