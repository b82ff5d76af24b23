"""Quotes over GraphQL: dates, lines and totals by the account's price book, and refusals as values."""

import asyncio
from datetime import datetime

import pytest

from api.auth import INTERNAL
from api.deployment import deployed
from api.operations import operation
from schema.root import Schema
from schema.scopes import READ_SCOPES
from schema.store import Viewer, ViewerKind
from tests.portfolio import NOW, PRICING, client_of, load, load_more, settings_in


@pytest.fixture(scope="session")
def priced(tmp_path_factory):
    """The portfolio with its price books and a late-fee policy."""
    folder = tmp_path_factory.mktemp("priced")
    settings = settings_in(folder)
    asyncio.run(load(settings, folder / "files"))
    asyncio.run(load_more(settings, folder / "pricing", PRICING))
    return settings


@pytest.fixture(scope="module")
def portfolio(priced):
    return priced


@pytest.fixture(scope="module")
def caller(priced):
    with client_of(priced) as client:
        yield client


def renewal(serial: str = "FAX-2", plan: str = "GOLD", months: int = 12, **asked) -> dict:
    return {"license": {"serial": serial}, "plan": plan, "months": months, **asked}


@pytest.fixture
def quote_of(data_of):
    def asking(*asked, **more) -> dict:
        return data_of(operation("renewal_quote"), input=renewal(*asked, **more))["renewalQuote"]

    return asking


def money(amount: str, currency: str = "EUR") -> dict:
    return {"amount": amount, "currency": currency}


def codes(problem: dict) -> list[str]:
    assert problem["__typename"] == "Problem", problem
    return [problem["code"], *(other["code"] for other in problem["others"])]


# ---------------------------------------------------------------- renewals


def test_a_renewal_within_the_window_goes_on_from_the_last_covered_day(quote_of):
    quote = quote_of("FAX-2", orderDate="2026-03-11")
    assert quote["__typename"] == "RenewalQuote"
    # The included year ended on 2025-11-30: 31 + 31 + 28 + 11 = 101 days before; day 120 is 2026-03-30.
    assert (quote["standing"], quote["lapseDays"], quote["lastFreeOrderDate"]) == ("CONTINUOUS", 101, "2026-03-30")
    assert (quote["startsOn"], quote["expiresOn"], quote["yearsLate"]) == ("2025-12-01", "2026-11-30", 0)
    assert (quote["total"], quote["orderable"], quote["missing"]) == (money("1000.00"), True, [])
    assert (quote["priceBook"], quote["edition"]) == ("LIST", "imagicle-care-4.1")
    [line] = quote["lines"]
    assert (line["kind"], line["factor"], line["days"], line["divisor"]) == ("RENEWAL", "1", None, None)
    assert {clause["rule"] for clause in quote["clauses"]} >= {"R-REN-2", "R-REN-7"}


def test_dependents_are_quoted_with_their_base_a_line_each(quote_of):
    quote = quote_of("FAX-1", orderDate="2026-03-11")
    assert (quote["standing"], quote["lapseDays"]) == ("EARLY", -203)
    assert (quote["startsOn"], quote["expiresOn"]) == ("2026-10-01", "2027-09-30")
    told = [(line["kind"], line["license"]["serial"], line["quantity"], line["base"]) for line in quote["lines"]]
    assert told == [
        ("RENEWAL", "FAX-1", 1, money("1000.00")),
        ("DEPENDENT", "FAX-1-HA", 2, money("400.00")),
    ]
    assert quote["total"] == money("1400.00")


def test_the_base_alone_is_shown_and_never_orderable(quote_of):
    quote = quote_of("FAX-1", orderDate="2026-03-11", withDependents=False)
    assert [line["license"]["serial"] for line in quote["lines"]] == ["FAX-1"]
    assert (quote["total"], quote["orderable"]) == (money("1000.00"), False)


def test_a_late_renewal_starts_on_the_order_date_with_the_operators_fee(quote_of):
    quote = quote_of("FAX-2", orderDate="2026-03-31")
    assert (quote["standing"], quote["lapseDays"], quote["yearsLate"]) == ("LATE", 121, 1)
    assert (quote["startsOn"], quote["expiresOn"]) == ("2026-03-31", "2027-03-30")
    fee = quote["lines"][-1]
    assert (fee["kind"], fee["base"], fee["factor"]) == ("LATE_FEE", money("1000.00"), "1/10")
    assert (fee["amount"], quote["total"]) == (money("100.00"), money("1100.00"))
    assert (fee["clause"]["rule"], fee["clause"]["basis"]) == ("TENTH", "OPERATOR")


def test_before_the_policy_was_recorded_the_fee_was_not_configured(quote_of):
    quote = quote_of("FAX-2", orderDate="2026-03-31", knownAt="2026-03-10T10:00:00Z")
    assert (quote["total"], quote["orderable"]) == (None, False)
    assert [lacking["code"] for lacking in quote["missing"]] == ["FEE_RATE_UNSET"]
    assert quote["lines"][-1]["amount"] is None


def test_a_price_that_is_not_configured_is_said_and_leaves_no_total(quote_of):
    quote = quote_of("FAX-1", months=36, orderDate="2026-03-11")
    assert (quote["total"], quote["orderable"]) == (None, False)
    [lacking] = quote["missing"]
    assert lacking["code"] == "PRICE_NOT_CONFIGURED"
    assert "FAX-HA, GOLD, 36 months in book LIST (EUR)" in lacking["message"]
    assert [line["amount"] for line in quote["lines"]] == [money("2700.00"), None]


def test_the_currency_asked_for_goes_before_the_accounts(quote_of):
    assert quote_of("FAX-2", currency="USD")["total"] == money("1100.00", "USD")
    assert quote_of("FAX-2", currency=None)["total"] == money("1000.00")
    assert quote_of("FAX-2", currency="CHF")["total"] is None


def test_the_deployments_book_and_currency_stand_in_for_an_account_that_has_none(priced, tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    settings = settings_in(folder).model_copy(update={"price_book": "PUBLIC"})
    asyncio.run(load(settings, folder / "files"))
    asyncio.run(load_more(settings, folder / "pricing", PRICING))
    asked = renewal("FAX-2", orderDate="2026-03-11")
    assert answered(settings, asked)["total"] == money("900.00")
    no_currency = {
        "accounts.csv": "reference,name,partner,country,theater,price_book\nACME,Acme,NORTH,IT,EUROPE,LIST\n"
    }
    later = datetime.fromisoformat("2026-03-11T11:00:00Z")
    asyncio.run(load_more(settings, folder / "more", no_currency, later))
    dollars = settings.model_copy(update={"currency": "USD"})
    assert answered(dollars, asked, now=later)["total"] == money("1100.00", "USD")


def answered(settings, asked: dict, viewer: Viewer = INTERNAL, now: datetime = NOW) -> dict:
    async def asking() -> dict:
        async with deployed(settings, lambda: now) as deployment:
            context = deployment.context(viewer)
            document = operation("renewal_quote")
            result = await Schema().execute(document, variable_values={"input": asked}, context_value=context)
            assert not result.errors, result.errors
            assert result.data
            return result.data["renewalQuote"]

    return asyncio.run(asking())


def test_the_order_date_is_today_when_left_out(quote_of):
    assert quote_of("FAX-2")["orderDate"] == "2026-03-11"
    assert quote_of("FAX-2", orderDate=None, knownAt=None) == quote_of("FAX-2", orderDate="2026-03-11")


# ---------------------------------------------------------------- refusals


def test_a_refusal_names_every_obstacle_with_its_field(quote_of):
    problem = quote_of("FAX-1-HA", "SILVER", 0)
    assert codes(problem) == ["UNKNOWN_PLAN", "INVALID_TERM", "RENEW_THE_BASE"]
    fields = [problem["field"], *(other["field"] for other in problem["others"])]
    assert fields == [["plan"], ["months"], ["license"]]
    assert problem["others"][1]["clause"]["rule"] == "R-REN-9"


def test_a_licence_that_is_not_the_viewers_is_refused_as_one_that_does_not_exist(quote_of, priced):
    unknown = quote_of("NOPE")
    assert codes(unknown) == ["UNKNOWN_LICENSE"]
    beta = Viewer(ViewerKind.CUSTOMER, "BETA", scopes=READ_SCOPES)
    assert answered(priced, renewal("FAX-2"), beta) == answered(priced, renewal("NOPE"), beta) == unknown
    malformed = {"license": {"id": "not-an-id"}, "plan": "GOLD", "months": 12}
    assert answered(priced, malformed) == unknown


def test_what_will_be_known_is_not_known_yet(quote_of):
    problem = quote_of("FAX-2", knownAt="2026-03-11T10:00:01Z")
    assert (codes(problem), problem["field"]) == (["INVALID_DATE"], ["knownAt"])
    assert codes(quote_of("NOPE", knownAt="2026-03-11T10:00:01Z")) == ["INVALID_DATE"]


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
def test_a_date_outside_the_calendars_is_refused(quote_of, on):
    assert codes(quote_of("FAX-2", orderDate=on)) == ["INVALID_DATE"]


def test_a_licence_that_was_never_activated_is_not_renewed(quote_of):
    assert codes(quote_of("CALL-1")) == ["NOT_ACTIVATED"]


@pytest.mark.parametrize("currency", ["eur", "EURO", "E\0R", "€€€"])
def test_a_malformed_currency_is_an_error_of_the_request(refusal_of, currency):
    error = refusal_of(operation("renewal_quote"), input=renewal(currency=currency))
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith("currency:")


def test_text_that_no_database_can_hold_is_an_unknown_plan(quote_of):
    assert codes(quote_of("FAX-2", "\0\ud800")) == ["UNKNOWN_PLAN"]


# ---------------------------------------------------------------- the cost of delay


@pytest.fixture
def delay(data_of):
    def asking(first: str, last: str, serial: str = "FAX-2", plan: str = "BASIC", months: int = 12) -> dict:
        asked = {**renewal(serial, plan, months), "from": first, "to": last}
        return data_of(operation("cost_of_delay"), input=asked)["costOfDelay"]

    return asking


def test_waiting_is_told_as_stretches_of_equal_quotes(delay, quote_of):
    points = delay("2026-03-01", "2026-04-10")["points"]
    told = [(p["from"], p["to"], p["standing"], p["yearsLate"], p["startsOn"], p["total"]["amount"]) for p in points]
    assert told == [
        ("2026-03-01", "2026-03-20", "CONTINUOUS", 0, "2025-12-01", "600.00"),
        ("2026-03-21", "2026-03-30", "CONTINUOUS", 0, "2025-12-01", "660.00"),
        ("2026-03-31", "2026-04-10", "LATE", 1, "2026-03-31", "726.00"),  # 660.00 and a tenth of it
    ]
    for point in points:
        for day in (point["from"], point["to"]):
            assert quote_of("FAX-2", "BASIC", orderDate=day)["total"] == point["total"]


def test_where_every_date_is_refused_the_answer_is_the_problem(delay):
    assert codes(delay("2026-03-01", "2026-04-10", "FAX-1-HA")) == ["RENEW_THE_BASE"]
    assert codes(delay("2026-03-01", "2026-04-10", "NOPE")) == ["UNKNOWN_LICENSE"]


def test_too_many_days_or_none_are_refused(delay):
    assert delay("2026-01-01", "2029-01-04")["__typename"] == "CostOfDelay"  # 1,100 days with both
    assert codes(delay("2026-01-01", "2029-01-05")) == ["INVALID_DATE"]
    assert codes(delay("2026-03-02", "2026-03-01")) == ["INVALID_DATE"]
    assert codes(delay("0001-01-01", "9999-12-31")) == ["INVALID_DATE"]


# ---------------------------------------------------------------- in the middle of a term

ATTACHMENT = """
query ($input: AttachmentQuoteInput!) { attachmentQuote(input: $input) {
  __typename
  ... on TermQuote {
    license { serial } plan { code } orderDate startsOn expiresOn total { amount currency } orderable priceBook edition
    missing { code } clauses { rule }
    lines {
      kind license { serial } quantity message base { amount } factor days divisor amount { amount } clause { rule }
    }
  }
  ... on AttachmentQuote { product { code } quantity }
  ... on Problem { code message field others { code field } }
} }
"""
PLAN_CHANGE = (
    ATTACHMENT.replace("Attachment", "PlanChange")
    .replace("attachment", "planChange")
    .replace("... on PlanChangeQuote { product { code } quantity }", "")
)


@pytest.fixture
def attachment(data_of):
    def asking(serial: str = "FAX-1", product: str = "FAX-HA", **asked) -> dict:
        given = {"license": {"serial": serial}, "product": product, **asked}
        return data_of(ATTACHMENT, input=given)["attachmentQuote"]

    return asking


@pytest.fixture
def plan_change(data_of):
    def asking(plan: str, serial: str = "FAX-1", **asked) -> dict:
        given = {"license": {"serial": serial}, "plan": plan, **asked}
        return data_of(PLAN_CHANGE, input=given)["planChangeQuote"]

    return asking


def test_a_module_is_prorated_to_the_end_of_its_base_both_days_inclusive(attachment):
    quote = attachment(quantity=3, orderDate="2026-03-11")
    assert (quote["license"]["serial"], quote["plan"]["code"]) == ("FAX-1", "GOLD")
    assert (quote["product"]["code"], quote["quantity"]) == ("FAX-HA", 3)
    assert (quote["startsOn"], quote["expiresOn"]) == ("2026-03-11", "2026-09-30")
    [line] = quote["lines"]
    # From 11 March through 30 September: 21 + 30 + 31 + 30 + 31 + 31 + 30 = 204 days; 3 × 200.00 × 204/365 = 335.34.
    assert (line["base"]["amount"], line["factor"], line["days"], line["divisor"]) == ("600.00", "204/365", 204, 365)
    assert (line["kind"], line["license"]["serial"], line["clause"]["rule"]) == ("ATTACHMENT", "FAX-1", "R-COT-6")
    assert (quote["total"], quote["orderable"]) == (money("335.34"), True)


def test_one_module_is_quoted_for_today_when_nothing_else_is_said(attachment):
    assert attachment() == attachment(quantity=1, orderDate="2026-03-11", knownAt=None, currency=None)


def test_a_module_without_a_price_has_no_total(attachment):
    quote = attachment(currency="USD")
    assert (quote["total"], quote["orderable"]) == (None, False)
    assert [lacking["code"] for lacking in quote["missing"]] == ["PRICE_NOT_CONFIGURED"]


def test_what_cannot_be_attached_is_refused_with_every_reason(attachment):
    assert codes(attachment("FAX-2")) == ["BASE_NOT_COVERED"]
    assert codes(attachment(product="FAX", quantity=0)) == ["UNKNOWN_PRODUCT", "INVALID_TERM"]
    assert codes(attachment("NOPE", "NOPE")) == ["UNKNOWN_LICENSE", "UNKNOWN_PRODUCT"]
    assert codes(attachment(product="\0")) == ["UNKNOWN_PRODUCT"]
    assert codes(attachment(knownAt="2026-03-12T00:00:00Z")) == ["INVALID_DATE"]


def test_a_higher_plan_costs_the_difference_for_the_rest_of_the_term(plan_change):
    quote = plan_change("PLATINUM", orderDate="2026-03-11")
    told = [
        (line["license"]["serial"], line["base"]["amount"], line["factor"], line["amount"]["amount"])
        for line in quote["lines"]
    ]
    assert told == [
        ("FAX-1", "600.00", "204/365", "335.34"),  # 1600.00 less 1000.00
        ("FAX-1-HA", "240.00", "204/365", "134.14"),  # 2 × (320.00 less 200.00)
    ]
    assert (quote["total"], quote["plan"]["code"], quote["expiresOn"]) == (money("469.48"), "PLATINUM", "2026-09-30")


def test_a_lower_plan_waits_for_the_renewal(plan_change):
    assert codes(plan_change("BASIC")) == ["DOWNGRADE_AT_RENEWAL_ONLY"]
    assert codes(plan_change("GOLD")) == ["DOWNGRADE_AT_RENEWAL_ONLY"]
    assert codes(plan_change("PLATINUM", "FAX-2")) == ["BASE_NOT_COVERED"]
    assert codes(plan_change("PLATINUM", "FAX-1-HA")) == ["RENEW_THE_BASE"]
    assert codes(plan_change("PLATINUM", "NOPE")) == ["UNKNOWN_LICENSE"]


# ---------------------------------------------------------------- what remedies cost


def remedies(data_of, serial: str, **asked) -> list[list[dict]]:
    answer = data_of(operation("check"), input={"license": {"serial": serial}, **asked})
    return [remedy["acts"] for remedy in answer["entitlementCheck"]["remedies"]]


def test_a_renewal_that_helps_has_its_price_and_the_last_day_at_that_price(data_of):
    [[renew]] = remedies(data_of, "FAX-2")
    assert (renew["kind"], renew["plan"]["code"], renew["cost"]) == ("RENEW", "BASIC", money("600.00"))
    assert renew["by"] == "2026-03-20"  # the price of Basic is another from the 21st on


def test_a_higher_plan_that_helps_has_its_price(data_of):
    [[upgrade]] = remedies(data_of, "FAX-1", service="EXPERT")
    assert (upgrade["kind"], upgrade["cost"]) == ("UPGRADE_PLAN", money("469.48"))
    [[renew]] = remedies(data_of, "FAX-2", service="EXPERT")
    assert (renew["kind"], renew["cost"], renew["by"]) == ("RENEW", money("1600.00"), "2026-03-30")


def test_a_payment_costs_the_charge(data_of):
    [[pay]] = remedies(data_of, "FAX-3")
    assert (pay["kind"], pay["cost"]) == ("PAY", money("3000.00"))


def test_a_module_is_helped_at_the_price_of_its_whole_contract_the_cheapest_way_first(data_of):
    ways = remedies(data_of, "FAX-1-HA", at="2026-10-05T08:00:00Z", channel="REMOTE_SESSION")
    told = [[(act["kind"], act["plan"] and act["plan"]["code"], act["cost"]) for act in acts] for acts in ways]
    # Basic for the base and its two modules is 660.00 + 2 × 120.00; by Gold, 1000.00 + 2 × 200.00.
    cheapest = [
        set(acts) for acts in [[(kind, plan, cost and cost["amount"]) for kind, plan, cost in way] for way in told]
    ]
    assert cheapest[0] >= {("RENEW", "BASIC", "900.00")}
    assert len(cheapest[0]) == 2
    assert {("RENEW", "GOLD", "1400.00")} in cheapest[1:]
    assert {act["license"]["serial"] for acts in ways for act in acts if act["kind"] == "RENEW"} == {"FAX-1"}
