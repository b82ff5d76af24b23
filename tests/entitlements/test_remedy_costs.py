"""What remedies cost: each act quoted as it would be ordered, the cheapest remedy first, an unknown cost last."""

from datetime import date

from entitlements import remedies as ways
from entitlements.remedies import RemedyKind
from entitlements.remedy_costs import CostedRemedy, costed, needs_prices
from tests.builders import (
    GUIDE,
    a_charge,
    a_lapsed_license,
    a_milestone,
    a_module_of,
    a_product,
    a_request,
    an_option,
    covered_by,
    facts_of,
    noon,
)
from tests.pricing import A_TENTH_A_YEAR, BOOK, PRICES, UNSET, a_book, a_price


def priced(facts, on: str, book=BOOK, policies=UNSET, **asked) -> tuple[CostedRemedy, ...]:
    request = a_request(noon(on), **asked)
    found = ways.remedies(facts, request, GUIDE)
    return costed(found, facts, request, book, policies, GUIDE)


def told(remedies: tuple[CostedRemedy, ...]) -> list[list[tuple[str, str | None, str | None]]]:
    """Kind, plan and cost of every act."""
    return [
        [(str(one.act.kind), one.act.plan, str(one.cost.amount) if one.cost else None) for one in remedy.acts]
        for remedy in remedies
    ]


GAP = facts_of(a_lapsed_license("2026-01-31", "GOLD"))
"""A renewal helps: with Basic, the lowest plan, or with Gold, the plan held last."""


def test_renewals_are_quoted_and_come_by_their_price():
    assert told(priced(GAP, "2026-03-11")) == [[("RENEW", "BASIC", "600.00")], [("RENEW", "GOLD", "1000.00")]]
    offer = a_book(*PRICES, a_price("500.00", effective_from="2026-01-01"))
    assert told(priced(GAP, "2026-03-11", offer)) == [[("RENEW", "GOLD", "500.00")], [("RENEW", "BASIC", "600.00")]]


def test_what_has_no_price_comes_last_and_costs_nothing_that_is_known():
    no_basic = a_book(*(price for price in PRICES if price.plan != "BASIC"))
    assert told(priced(GAP, "2026-03-11", no_basic)) == [[("RENEW", "GOLD", "1000.00")], [("RENEW", "BASIC", None)]]


def test_a_late_renewal_costs_nothing_that_is_known_until_a_rate_is_configured():
    late = facts_of(a_lapsed_license("2025-06-30", "BASIC"))
    assert told(priced(late, "2026-03-11")) == [[("RENEW", "BASIC", None)]]
    assert told(priced(late, "2026-03-11", policies=A_TENTH_A_YEAR)) == [[("RENEW", "BASIC", "660.00")]]


def test_a_module_costs_the_renewal_of_its_base_and_all_its_dependents():
    base = a_lapsed_license("2026-01-31", "BASIC")
    modules = (a_module_of(base, registered_on="2024-01-01"), a_module_of(base, "M-2", registered_on="2024-01-01"))
    facts = facts_of(modules[0], dependents=modules)
    assert told(priced(facts, "2026-03-11")) == [[("RENEW", "BASIC", "840.00")]]  # 600.00 + 2 × 120.00


def test_a_payment_costs_its_charge_and_needs_no_price():
    facts = facts_of(covered_by("GOLD"), charges=[a_charge("2026-03-01")])
    request = a_request(noon("2026-03-11"))
    assert not needs_prices(ways.remedies(facts, request, GUIDE))
    assert told(priced(facts, "2026-03-11", a_book())) == [[("PAY", None, "1000.00")]]


def test_acts_that_nobody_pays_for_come_first_whatever_they_take():
    facts = facts_of(covered_by("BASIC", registered_on="2015-01-01"))
    found = told(priced(facts, "2026-03-11", channel="REMOTE_SESSION"))
    assert found[0] == [("CHANGE_CHANNEL", None, None)]
    assert [acts[-1][0] for acts in found].index("UPGRADE_PLAN") == len(found) - 1
    # Basic to Gold from 11 March through 31 December: 296 days of 365, 400.00 more × 296/365 = 324.38.
    assert found[-1] == [("UPGRADE_PLAN", "GOLD", "324.38")]


def test_an_act_is_priced_on_what_the_acts_before_it_leave():
    license = a_lapsed_license("2026-01-31", "BASIC")
    facts = facts_of(license, charges=[a_charge("2026-03-01")])
    [acts] = told(priced(facts, "2026-03-11"))
    assert sorted(acts) == [("PAY", None, "1000.00"), ("RENEW", "BASIC", "600.00")]


def test_a_feature_that_is_agreed_case_by_case_has_no_price_that_is_known():
    facts = facts_of(covered_by("GOLD"))
    found = priced(facts, "2026-03-11", requester="END_USER")
    assert [remedy.acts[0].act.kind for remedy in found] == [RemedyKind.CHANGE_REQUESTER, RemedyKind.AGREE_OPTION]
    agreed = facts_of(covered_by("GOLD", options=[an_option("LEVEL_1_END_USER")]))
    assert priced(agreed, "2026-03-11", requester="END_USER") == ()


def test_costs_in_several_currencies_are_not_compared():
    charge = a_charge("2026-03-01", currency="USD")
    facts = facts_of(a_lapsed_license("2026-01-31", "GOLD"), charges=[charge])
    offer = a_book(*PRICES, a_price("500.00", effective_from="2026-01-01"))
    plans = [
        [act.plan for act in remedy.acts if act.plan]
        for remedy in ways.remedies(facts, a_request(noon("2026-03-11")), GUIDE)
    ]
    found = priced(facts, "2026-03-11", offer)
    assert [[one.act.plan for one in remedy.acts if one.act.plan] for remedy in found] == plans == [["BASIC"], ["GOLD"]]


def by_dates(found: tuple[CostedRemedy, ...]) -> list[date | None]:
    return [one.act.by for remedy in found for one in remedy.acts]


def test_the_last_day_of_a_cost_ends_where_the_price_changes():
    rising = a_book(*PRICES, a_price("660.00", plan="BASIC", effective_from="2026-04-01"))
    assert by_dates(priced(GAP, "2026-03-11")) == [date(2026, 5, 31)] * 2  # 120 days after 31 January
    assert by_dates(priced(GAP, "2026-03-11", rising)) == [date(2026, 3, 31), date(2026, 5, 31)]


def test_the_last_day_of_a_late_cost_ends_with_a_part_of_a_term_that_moves_every_day():
    product = a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-12-31")])
    late = facts_of(a_lapsed_license("2025-06-30", "BASIC", product=product))
    assert by_dates(priced(late, "2026-03-11", policies=A_TENTH_A_YEAR)) == [date(2026, 3, 11)]
