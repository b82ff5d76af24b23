"""Orders over GraphQL: exactly what was quoted, once, in one transaction, or a problem and nothing."""

import pytest

from api.operations import operation
from api.settings import Settings
from tests.api.databases import *  # noqa: F403 - fixtures are found by their names
from tests.ordering import (
    CHECK,
    COVERAGE,
    CUSTOMER,
    ORDER,
    PARTNER,
    PAY,
    Ticking,
    asked_by,
    asking,
    fill,
    order,
    quoting,
)
from tests.portfolio import NOW, PRICING


@pytest.fixture
def settings(priced_url) -> Settings:
    return Settings(database_url=priced_url)


@pytest.fixture
def small(priced_sqlite) -> Settings:
    """SQLite alone, where the engine makes no difference."""
    return Settings(database_url=priced_sqlite)


@pytest.fixture
def ask(small):
    with asking(small) as ask:
        yield ask


@pytest.fixture
def order_of(ask):
    return lambda *asked, **more: ask(ORDER, input=order(*asked, **more))["orderRenewal"]


def codes(problem: dict) -> list[str]:
    assert problem["__typename"] == "Problem", problem
    return [problem["code"], *(other["code"] for other in problem["others"])]


def license_of(ask, serial: str, known_at: str | None = None) -> dict:
    return ask(COVERAGE, serial=serial, knownAt=known_at)["license"]


# ---------------------------------------------------------------- what is ordered is what was quoted


def test_an_order_gives_exactly_the_terms_and_the_total_of_its_quote(settings):
    """FAX-1, Gold to 2026-09-30, a year more: 1000.00, and its dependent of quantity 2 at 200.00 each: 1400.00."""
    with asking(settings) as ask:
        quote = ask(operation("renewal_quote"), input=quoting("FAX-1"))["renewalQuote"]
        assert (quote["startsOn"], quote["expiresOn"]) == ("2026-10-01", "2027-09-30")
        assert quote["total"] == {"amount": "1400.00", "currency": "EUR"}
        found = ask(ORDER, input=order(total="1400", serial="FAX-1"))["orderRenewal"]
        assert found["__typename"] == "RenewalOrder", found
        for name in ("orderDate", "standing", "startsOn", "expiresOn", "yearsLate", "total", "priceBook", "edition"):
            assert found["quote"][name] == quote[name], name
        for line, quoted in zip(found["quote"]["lines"], quote["lines"], strict=True):
            assert all(
                line[name] == quoted[name] for name in ("kind", "quantity", "message", "base", "factor", "amount")
            )
        assert [one["serial"] for one in found["licenses"]] == ["FAX-1", "FAX-1-HA"]
        assert [one["coverage"]["expiresOn"] for one in found["licenses"]] == ["2027-09-30", "2027-09-30"]
        assert found["charge"] == {
            "reference": "PO-1/FAX-1",
            "amount": {"amount": "1400.00", "currency": "EUR"},
            "dueOn": "2026-04-10",  # 30 days after 2026-03-11
            "paidOn": None,
        }
        license = license_of(ask, "FAX-1")
        last = license["coverageTimeline"][-1]
        assert last == {
            "plan": {"code": "GOLD"},
            "startsOn": "2026-10-01",
            "expiresOn": "2027-09-30",
            "orderReference": "PO-1",
        }
        listed = ask(
            '{ licenses(first: 9, filter: {expiresFrom: "2027-09-30", expiresTo: "2027-09-30"})'
            " { edges { node { serial } } } }"
        )
        assert [edge["node"]["serial"] for edge in listed["licenses"]["edges"]] == ["FAX-1", "FAX-1-HA"]


def test_a_continuous_renewal_covers_the_gap_and_what_was_answered_on_those_days_stays(ask, order_of):
    """FAX-2 expired on 2025-11-30; ordered on day 101, its new year starts on 2025-12-01 (R-REN-2, R-REN-5)."""
    before = license_of(ask, "FAX-2")
    assert before["coverage"]["state"] == "EXPIRED_RENEWABLE"
    found = order_of()
    assert (found["quote"]["startsOn"], found["quote"]["expiresOn"]) == ("2025-12-01", "2026-11-30")
    after = license_of(ask, "FAX-2")
    assert after["coverage"] == {"state": "COVERED", "expiresOn": "2026-11-30"}
    assert license_of(ask, "FAX-2", NOW.isoformat()) == before


def test_an_order_is_fetched_again_by_its_id_as_it_was_placed(ask, order_of):
    found = order_of()
    document = """query ($id: ID!) { node(id: $id) { ... on RenewalOrder {
      orderReference quote { total { amount } } charge { paidOn } } } }"""
    ask(PAY, input={"idempotencyKey": "p", "charge": "PO-1/FAX-2", "paidOn": "2026-03-12"})
    assert ask(document, id=found["id"])["node"] == {
        "orderReference": "PO-1",
        "quote": {"total": {"amount": "1000.00"}},
        "charge": {"paidOn": None},
    }


def test_the_due_date_is_the_one_that_is_given(order_of):
    assert order_of(due="2026-03-31")["charge"]["dueOn"] == "2026-03-31"


def test_a_renewal_that_is_supposed_answers_as_the_one_that_is_ordered(ask):
    document = """query ($changes: [HypotheticalChange!]!, $check: EntitlementCheckInput!) {
      whatIf(changes: $changes, check: $check) { verdict reasons { code blocking message } plan { code }
        coverage { plan { code } startsOn expiresOn source } stableUntil commitment { strength } } }"""
    renewal = {"renew": {**quoting(), "orderDate": "2026-03-11"}}
    check = {"license": {"serial": "FAX-2"}, "at": "2026-03-11T12:00:00Z", "priority": "P1"}
    supposed = ask(document, changes=[renewal], check=check)["whatIf"]
    assert ask(document, changes=[], check=check)["whatIf"] != supposed
    assert ask(ORDER, input=order())["orderRenewal"]["__typename"] == "RenewalOrder"
    ask(PAY, input={"idempotencyKey": "p", "charge": "PO-1/FAX-2", "paidOn": "2026-03-11"})
    assert ask(document, changes=[], check=check)["whatIf"] == supposed


def test_an_order_is_on_hold_once_it_is_overdue_and_not_before(ask, order_of):
    """Due on 2026-04-10: that day is served, the next is held until it is paid (R-CHK-4)."""
    order_of()

    def reasons(day: str) -> list[str]:
        found = ask(CHECK, serial="FAX-2", at=f"{day}T10:00:00Z")["entitlementCheck"]
        return [reason["code"] for reason in found["reasons"]]

    assert reasons("2026-04-10") == []
    assert reasons("2026-04-11") == ["PAYMENT_HOLD"]


# ---------------------------------------------------------------- once for its key


def test_the_same_key_and_input_answers_the_first_result_again_to_the_byte(settings):
    with asking(settings) as ask:
        first = ask(ORDER, input=order())
        ask(PAY, input={"idempotencyKey": "p", "charge": "PO-1/FAX-2", "paidOn": "2026-03-12"})
        ask(ORDER, input=order("k-2", "1600.00", "PO-2", serial="FAX-3", plan="PLATINUM"))
        assert ask(ORDER, input=order()) == first
        assert ask(ORDER, input=order(total="1000.0")) == first, "the same number"
        assert [charge["reference"] for charge in license_of(ask, "FAX-2")["charges"]] == ["PO-1/FAX-2"]


def test_a_replay_on_another_day_answers_as_on_the_first(small):
    with asking(small) as ask:
        first = ask(ORDER, input=order())
    with asking(small, Ticking(NOW.replace(year=2028))) as ask:
        assert ask(ORDER, input=order()) == first


def test_the_same_key_with_another_input_is_refused_and_does_nothing(ask, order_of):
    order_of()
    found = order_of(reference="PO-2")
    assert codes(found) == ["IDEMPOTENCY_KEY_REUSED"]
    assert found["field"] == ["idempotencyKey"]
    assert len(license_of(ask, "FAX-2")["coverageTimeline"]) == 2


def test_a_problem_is_not_kept_so_its_key_can_be_used_again(order_of):
    assert codes(order_of(total="999.99")) == ["TOTAL_CHANGED"]
    assert order_of()["__typename"] == "RenewalOrder"


def test_a_key_belongs_to_its_mutation(ask, order_of):
    order_of("one")
    paid = ask(PAY, input={"idempotencyKey": "one", "charge": "CH-2", "paidOn": "2026-03-11"})
    assert paid["recordPayment"]["__typename"] == "Charge"


def test_a_key_belongs_to_its_viewer(small):
    clock = Ticking()
    partner = PARTNER
    with asking(small, clock) as ask:
        ask(ORDER, input=order("same", "1400.00", serial="FAX-1"))
    found = asked_by(small, partner, ORDER, clock, input=order("same", reference="PO-2"))["orderRenewal"]
    assert found["__typename"] == "RenewalOrder"


@pytest.mark.parametrize("key", ["", "k" * 256, "a\nb"])
def test_a_key_has_1_to_255_printable_characters(small, key):
    with asking(small) as ask, pytest.raises(AssertionError, match="idempotencyKey: 1 to 255"):
        ask(ORDER, input=order(key))


def test_a_key_of_255_characters_is_one(order_of):
    assert order_of("k" * 255)["__typename"] == "RenewalOrder"


# ---------------------------------------------------------------- what is refused


def test_another_total_is_refused_with_both(order_of):
    found = order_of(total="900.00")
    assert codes(found) == ["TOTAL_CHANGED"]
    assert "1000.00" in found["message"]
    assert "900.00" in found["message"]
    assert found["field"] == ["expectedTotal"]


def test_a_price_that_is_not_configured_is_named(order_of):
    found = order_of(months=24)
    assert codes(found) == ["PRICE_NOT_CONFIGURED"]
    assert "FAX, GOLD, 24 months" in found["message"]


def test_a_late_fee_without_a_rate_is_named(migrated_sqlite, tmp_path):
    """Ordered on 2026-04-01, 122 days after 2025-11-30, under no policy (R-FEE-2)."""
    settings = Settings(database_url=migrated_sqlite)
    fill(settings, tmp_path, {"prices.csv": PRICING["prices.csv"]})
    with asking(settings) as ask:
        found = ask(ORDER, input=order(orderDate="2026-04-01"))["orderRenewal"]
    assert codes(found) == ["FEE_RATE_UNSET"]


def test_the_base_alone_is_never_ordered(order_of):
    found = order_of(withDependents=False)
    assert codes(found) == ["INVALID_TERM"]
    assert (found["field"], found["clause"]["rule"]) == (["quote", "withDependents"], "R-REN-7")


def test_an_order_is_placed_on_what_is_known_now(order_of):
    found = order_of(knownAt="2026-03-01T00:00:00Z")
    assert codes(found) == ["INVALID_DATE"]
    assert found["field"] == ["quote", "knownAt"]


def test_the_rules_refuse_an_order_as_they_refuse_its_quote(order_of):
    assert codes(order_of(serial="NONE")) == ["UNKNOWN_LICENSE"]
    found = order_of(plan="SILVER", months=0)
    assert codes(found) == ["UNKNOWN_PLAN", "INVALID_TERM"]
    assert found["field"] == ["quote", "plan"]
    assert codes(order_of(serial="FAX-1-HA")) == ["RENEW_THE_BASE"]
    assert codes(order_of(serial="CALL-1")) == ["NOT_ACTIVATED"]


def test_an_order_reference_in_use_is_refused(ask, order_of):
    order_of()
    again = order_of("k-2", "1400.00", serial="FAX-1")
    assert codes(again) == ["ALREADY_EXISTS"]
    assert again["field"] == ["orderReference"]
    assert codes(order_of("k-3", serial="FAX-1", reference="SO-1")) == ["ALREADY_EXISTS"]
    other = order_of("k-4", "1600.00", serial="FAX-3", plan="PLATINUM")
    assert other["__typename"] == "RenewalOrder", "a reference is its account's"


def test_a_second_order_of_the_same_day_finds_it_renewed_already(ask, order_of):
    order_of()
    found = order_of("k-2", reference="PO-2")
    assert codes(found) == ["ALREADY_RENEWED"]
    assert found["clause"]["rule"] == "R-REN-11"
    assert order_of("k-3", reference="PO-3", orderDate="2026-03-12")["__typename"] == "RenewalOrder"


def test_an_order_is_not_due_before_it_is_placed(order_of):
    assert codes(order_of(due="2026-03-10")) == ["INVALID_DATE"]
    assert order_of(due="2026-03-11")["charge"]["dueOn"] == "2026-03-11"


@pytest.mark.parametrize("viewer", [PARTNER, CUSTOMER])
def test_partners_and_customers_order_today_on_the_operators_terms(small, viewer):
    clock = Ticking()

    def ordering(**more):
        return asked_by(small, viewer, ORDER, clock, input=order(**more))["orderRenewal"]

    found = ordering(orderDate="2026-03-10", due="2026-12-31")
    assert codes(found) == ["FORBIDDEN", "FORBIDDEN"]
    assert codes(ordering(serial="FAX-3", plan="PLATINUM")) == ["UNKNOWN_LICENSE"]
    assert ordering(orderDate="2026-03-11")["__typename"] == "RenewalOrder"
