"""Payments, registrations, milestones, modules, plans, corrections: recorded beside what was known, never over it."""

from datetime import datetime, timedelta

import pytest

from api.settings import Settings
from tests.api.databases import *  # noqa: F403 - fixtures are found by their names
from tests.ordering import CHECK, COVERAGE, CUSTOMER, PARTNER, PAY, Ticking, asked_by, asking, order
from tests.ordering import ORDER as ORDER_RENEWAL

CODES = "__typename ... on Problem { code message field others { code field } }"


@pytest.fixture
def small(priced_sqlite) -> Settings:
    return Settings(database_url=priced_sqlite)


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def ask(small, clock):
    with asking(small, clock) as ask:
        yield ask


@pytest.fixture
def mutate(ask):
    """The result of a mutation of which only what it answers of a licence, a charge or a product matters."""

    def asked(name: str, selection: str, **input) -> dict:
        input_type = f"{name[0].upper()}{name[1:]}Input!"
        document = f"mutation ($input: {input_type}) {{ {name}(input: $input) {{ {CODES} {selection} }} }}"
        return ask(document, input={"idempotencyKey": f"{name}-1", **input})[name]

    return asked


def payment(key: str = "p-1", charge: str = "CH-2", on: str = "2026-03-11") -> dict:
    return {"idempotencyKey": key, "charge": charge, "paidOn": on}


def codes(problem: dict) -> list[str]:
    assert problem["__typename"] == "Problem", problem
    return [problem["code"], *(other["code"] for other in problem["others"])]


def reasons(ask, serial: str, **when) -> list[str]:
    return [reason["code"] for reason in ask(CHECK, serial=serial, **when)["entitlementCheck"]["reasons"]]


def license_of(ask, serial: str, known_at: str | None = None) -> dict:
    return ask(COVERAGE, serial=serial, knownAt=known_at)["license"]


def instant(at: datetime) -> str:
    return at.isoformat()


# ---------------------------------------------------------------- payments


def test_a_hold_lifts_the_moment_the_payment_is_recorded_and_only_from_then_in_known_time(ask, clock):
    """FAX-3 owes CH-2 since 2026-03-01 (R-CHK-4)."""
    at = "2026-03-11T12:00:00Z"
    assert reasons(ask, "FAX-3", at=at) == ["PAYMENT_HOLD"]
    before = clock.at
    paid = ask(PAY, input=payment())["recordPayment"]
    assert paid == {
        "__typename": "Charge",
        "reference": "CH-2",
        "amount": {"amount": "3000.00", "currency": "EUR"},
        "dueOn": "2026-03-01",
        "paidOn": "2026-03-11",
    }
    assert reasons(ask, "FAX-3", at=at) == []
    assert reasons(ask, "FAX-3", at=at, knownAt=instant(before)) == ["PAYMENT_HOLD"]
    assert reasons(ask, "FAX-3", at=at, knownAt=instant(clock.at - timedelta(seconds=1))) == []
    assert reasons(ask, "FAX-3", at="2026-03-10T12:00:00Z") == ["PAYMENT_HOLD"], "the days before stay held"


def test_a_payment_is_answered_again_as_it_was_recorded(ask, mutate):
    first = ask(PAY, input=payment())
    mutate("correctCharge", "", charge="CH-2", paidOn="2026-03-09", reason="the bank's date")
    assert ask(PAY, input=payment()) == first


def test_a_payment_of_a_charge_that_is_not_there_is_refused(ask):
    found = ask(PAY, input=payment(charge="CH-9"))["recordPayment"]
    assert codes(found) == ["UNKNOWN_CHARGE"]
    assert found["field"] == ["charge"]
    assert codes(ask(PAY, input=payment(charge="\x00"))["recordPayment"]) == ["UNKNOWN_CHARGE"]


def test_a_charge_is_paid_on_one_day(ask):
    ask(PAY, input=payment())
    assert ask(PAY, input=payment("p-2"))["recordPayment"]["paidOn"] == "2026-03-11", "the same day changes nothing"
    assert codes(ask(PAY, input=payment("p-3", on="2026-03-10"))["recordPayment"]) == ["ALREADY_EXISTS"]


def test_a_charge_is_corrected_with_a_reason_and_its_versions_stay_known(ask, clock, mutate):
    before = clock.at
    found = mutate(
        "correctCharge", "... on Charge { dueOn amount { amount } }", charge="CH-2", amount="10.50", dueOn="2026-05-01",
        reason="a typo",
    )  # fmt: skip
    assert (found["dueOn"], found["amount"]["amount"]) == ("2026-05-01", "10.50")
    assert reasons(ask, "FAX-3") == []
    [charge] = license_of(ask, "FAX-3", instant(before))["charges"]
    assert (charge["dueOn"], charge["amount"]["amount"]) == ("2026-03-01", "3000.00")


def test_a_correction_says_what_and_why(ask, mutate):
    with pytest.raises(AssertionError, match="Name what is to be corrected"):
        mutate("correctCharge", "", charge="CH-2", reason="nothing")
    with pytest.raises(AssertionError, match="reason: 1 to 500"):
        mutate("correctCharge", "", charge="CH-2", dueOn="2026-05-01", reason=" ")


# ---------------------------------------------------------------- licences


def test_a_licence_is_registered_and_covered_from_then(ask, mutate):
    found = mutate(
        "registerLicense", "... on License { serial account { reference } coverage { state expiresOn } }",
        serial="NEW-1", account="BETA", product="FAX", registeredOn="2026-03-11",
    )  # fmt: skip
    assert found["coverage"] == {"state": "COVERED", "expiresOn": "2027-03-10"}
    assert license_of(ask, "NEW-1")["coverage"]["state"] == "COVERED"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"serial": "FAX-1"}, "ALREADY_EXISTS", ["serial"]),
        ({"account": "NONE"}, "UNKNOWN_ACCOUNT", ["account"]),
        ({"product": "NONE"}, "UNKNOWN_PRODUCT", ["product"]),
        ({"base": "NONE"}, "UNKNOWN_LICENSE", ["base"]),
        ({"product": "FAX-HA"}, "UNKNOWN_LICENSE", ["base"]),
        ({"base": "FAX-1"}, "UNKNOWN_LICENSE", ["base"]),
        ({"product": "FAX-HA", "base": "CALL-1", "account": "BETA"}, "UNKNOWN_LICENSE", ["base"]),
        ({"product": "FAX-HA", "base": "FAX-3"}, "UNKNOWN_LICENSE", ["base"]),
        ({"registeredOn": "0001-01-01"}, "INVALID_DATE", ["registeredOn"]),
    ],
)
def test_a_registration_that_does_not_fit_is_refused_and_leaves_nothing(ask, mutate, given, code, field):
    found = mutate("registerLicense", "", **{"serial": "NEW-1", "account": "ACME", "product": "FAX", **given})
    assert (codes(found)[0], found["field"]) == (code, field)
    assert ask('{ license(by: {serial: "NEW-1"}) { serial } }')["license"] is None


def test_a_dependent_is_registered_with_its_base(mutate):
    found = mutate(
        "registerLicense", "... on License { base { serial } coverage { expiresOn } }",
        serial="NEW-1", account="ACME", product="FAX-HA", base="FAX-1", registeredOn="2026-03-11",
    )  # fmt: skip
    assert (found["base"]["serial"], found["coverage"]["expiresOn"]) == ("FAX-1", "2026-09-30")


def test_a_licence_is_corrected_and_what_derives_follows(ask, mutate):
    found = mutate(
        "correctLicense", "... on License { retiredOn coverage { state } }",
        license={"serial": "FAX-1"}, retiredOn="2026-03-01", reason="given back",
    )  # fmt: skip
    assert found == {"__typename": "License", "retiredOn": "2026-03-01", "coverage": {"state": "RETIRED"}}
    listed = ask("{ licenses(first: 9, filter: {state: RETIRED}) { edges { node { serial } } } }")["licenses"]["edges"]
    assert [edge["node"]["serial"] for edge in listed] == ["FAX-1"]
    bad = mutate("correctLicense", "", idempotencyKey="2", license={"serial": "FAX-1"}, quantity=0, reason="none")
    assert codes(bad) == ["INVALID_TERM"]


# ---------------------------------------------------------------- milestones


def test_a_milestone_is_set_moved_and_withdrawn_and_lists_follow(ask, clock, mutate):
    select = "... on Product { code milestones { kind on source } }"

    def setting(key: str, **more) -> dict:
        return mutate(
            "setMilestone", select, idempotencyKey=key, product="FAX", kind="END_OF_SUPPORT", source="notice 13", **more
        )

    found = setting("1", on="2026-06-30")
    assert found["milestones"] == [{"kind": "END_OF_SUPPORT", "on": "2026-06-30", "source": "notice 13"}]
    assert license_of(ask, "FAX-1")["coverage"]["expiresOn"] == "2026-06-30"
    between = clock.at
    setting("2", on="2026-05-31")
    assert license_of(ask, "FAX-1")["coverage"]["expiresOn"] == "2026-05-31"
    assert license_of(ask, "FAX-1", instant(between))["coverage"]["expiresOn"] == "2026-06-30"
    listed = ask('{ licenses(first: 9, filter: {expiresFrom: "2026-05-31", expiresTo: "2026-05-31"}) { totalCount } }')
    assert listed["licenses"]["totalCount"] == 3, "FAX-1 with its dependent, and FAX-3"
    assert setting("3")["milestones"] == []
    assert setting("1", on="2026-06-30") == found, "as known at the first effect"
    assert codes(mutate("setMilestone", "", product="NONE", kind="ANNOUNCED", source="none")) == ["UNKNOWN_PRODUCT"]


# ---------------------------------------------------------------- in the middle of a term


def test_a_module_is_attached_at_its_quoted_price_to_the_end_of_its_base(ask, mutate):
    """200.00 a year × 204 days from 2026-03-11 to 2026-09-30, of 365: 111.780… = 111.78."""
    quote = {"license": {"serial": "FAX-1"}, "product": "FAX-HA"}
    asked = {"quote": quote, "serial": "NEW-HA", "orderReference": "PO-7", "expectedTotal": "111.78"}
    select = "... on AttachmentOrder { orderReference license { serial base { serial } coverage { expiresOn } }"
    found = mutate("attachLicense", select + " charge { reference amount { amount } dueOn } }", **asked)
    assert found["license"] == {
        "serial": "NEW-HA",
        "base": {"serial": "FAX-1"},
        "coverage": {"expiresOn": "2026-09-30"},
    }
    assert found["charge"] == {"reference": "PO-7/NEW-HA", "amount": {"amount": "111.78"}, "dueOn": "2026-04-10"}
    again = mutate("attachLicense", "", idempotencyKey="2", **{**asked, "orderReference": "PO-8"})
    assert (codes(again), again["field"]) == (["ALREADY_EXISTS"], ["serial"])
    changed = {**asked, "orderReference": "PO-9", "serial": "OTHER", "expectedTotal": "111.79"}
    assert codes(mutate("attachLicense", "", idempotencyKey="3", **changed)) == ["TOTAL_CHANGED"]
    lapsed = {**asked, "quote": {**quote, "license": {"serial": "FAX-2"}}, "orderReference": "PO-9"}
    assert codes(mutate("attachLicense", "", idempotencyKey="4", **lapsed)) == ["BASE_NOT_COVERED"]


def test_a_higher_plan_is_ordered_at_its_quoted_price_and_a_lower_one_waits(ask, mutate):
    """FAX-1: 1600.00 less 1000.00 × 204/365 = 335.342… = 335.34; FAX-1-HA: 120.00 × 2 × 204/365 = 134.136… = 134.14."""
    asked = {"orderReference": "PO-7", "expectedTotal": "469.48"}
    quote = {"license": {"serial": "FAX-1"}, "plan": "PLATINUM"}
    select = "... on PlanChangeOrder { license { serial } charge { reference amount { amount } } }"
    found = mutate("changePlan", select, quote=quote, **asked)
    assert found["charge"] == {"reference": "PO-7/FAX-1", "amount": {"amount": "469.48"}}
    line = license_of(ask, "FAX-1")["coverageTimeline"]
    assert [(one["plan"]["code"], one["startsOn"], one["expiresOn"]) for one in line][-2:] == [
        ("GOLD", "2025-10-01", "2026-03-10"),
        ("PLATINUM", "2026-03-11", "2026-09-30"),
    ]
    lower = mutate(
        "changePlan", "", idempotencyKey="2", quote={**quote, "plan": "GOLD"}, **{**asked, "orderReference": "X"}
    )
    assert codes(lower) == ["DOWNGRADE_AT_RENEWAL_ONLY"]


# ---------------------------------------------------------------- terms


def test_a_renewal_that_is_cancelled_can_be_ordered_again(ask, mutate):
    assert ask(ORDER_RENEWAL, input=order())["orderRenewal"]["__typename"] == "RenewalOrder"
    select = "... on License { coverage { state } charges { reference } }"
    cancelled = {"license": {"serial": "FAX-2"}, "orderReference": "PO-1", "reason": "withdrawn by the customer"}
    found = mutate("cancelCoverage", select, **cancelled)
    assert found == {"__typename": "License", "coverage": {"state": "EXPIRED_RENEWABLE"}, "charges": []}
    assert codes(mutate("cancelCoverage", "", idempotencyKey="2", **cancelled)) == ["UNKNOWN_ORDER"]
    assert codes(ask(ORDER_RENEWAL, input=order("k-2"))["orderRenewal"]) == ["ALREADY_EXISTS"]
    again = ask(ORDER_RENEWAL, input=order("k-3", reference="PO-2"))["orderRenewal"]
    assert again["quote"]["startsOn"] == "2025-12-01"


def test_a_charge_that_was_paid_stays_when_its_term_is_cancelled(ask, mutate):
    found = mutate(
        "cancelCoverage", "... on License { charges { reference paidOn } }",
        license={"serial": "FAX-1"}, orderReference="SO-1", reason="refunded elsewhere",
    )  # fmt: skip
    assert found["charges"] == [{"reference": "CH-1", "paidOn": "2025-10-15"}]


def test_a_term_is_corrected_and_what_was_known_before_stays(ask, clock, mutate):
    before = clock.at
    corrected = {"license": {"serial": "FAX-1"}, "orderReference": "SO-1", "reason": "misread"}
    found = mutate("correctCoverage", "... on License { coverage { expiresOn } }", **corrected, expiresOn="2026-08-31")
    assert found["coverage"]["expiresOn"] == "2026-08-31"
    assert license_of(ask, "FAX-1", instant(before))["coverage"]["expiresOn"] == "2026-09-30"
    wrong = mutate(
        "correctCoverage",
        "",
        idempotencyKey="2",
        **corrected,
        plan="SILVER",
        startsOn="2026-08-31",
        expiresOn="2026-08-30",
    )
    assert codes(wrong) == ["UNKNOWN_PLAN", "INVALID_DATE"]
    other = {**corrected, "orderReference": "SO-9"}
    assert codes(mutate("correctCoverage", "", idempotencyKey="3", **other, plan="GOLD")) == ["UNKNOWN_ORDER"]


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("viewer", [PARTNER, CUSTOMER])
@pytest.mark.parametrize(
    ("name", "input"),
    [
        ("recordPayment", {"charge": "CH-1", "paidOn": "2026-03-11"}),
        ("setMilestone", {"product": "FAX", "kind": "ANNOUNCED", "on": "2026-03-11", "source": "me"}),
        ("registerLicense", {"serial": "NEW-1", "account": "ACME", "product": "FAX"}),
        ("correctLicense", {"license": {"serial": "FAX-1"}, "reason": "me", "quantity": 9}),
        (
            "correctCoverage",
            {"license": {"serial": "FAX-1"}, "orderReference": "SO-1", "reason": "me", "plan": "BASIC"},
        ),
        ("correctCharge", {"charge": "CH-1", "reason": "me", "amount": "0.00"}),
        ("cancelCoverage", {"license": {"serial": "FAX-1"}, "orderReference": "SO-1", "reason": "me"}),
    ],
)
def test_what_is_recorded_is_the_operators_to_record(small, clock, viewer, name, input):
    document = f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {CODES} }} }}"
    found = asked_by(small, viewer, document, clock, input={"idempotencyKey": "k", **input})[name]
    assert codes(found) == ["FORBIDDEN"]
