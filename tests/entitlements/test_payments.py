"""R-EXC-1 and R-CHK-4: a charge of the contract that is due and not paid holds support."""

import pytest

from tests.builders import (
    GUIDE,
    a_charge,
    a_license,
    a_module_of,
    codes,
    covered_by,
    facts_of,
    noon,
    reason,
    told,
    verdict,
)


@pytest.mark.parametrize(
    ("due_on", "paid_on", "on", "held"),
    [
        pytest.param("2026-03-10", None, "2026-03-09", False, id="not yet due"),
        pytest.param("2026-03-10", None, "2026-03-10", False, id="the due day itself"),
        pytest.param("2026-03-10", None, "2026-03-11", True, id="the day after"),
        pytest.param("2026-03-10", None, "2026-12-31", True, id="months later"),
        pytest.param("2026-03-10", "2026-03-15", "2026-03-14", True, id="the day before the payment"),
        pytest.param("2026-03-10", "2026-03-15", "2026-03-15", False, id="the payment day itself"),
        pytest.param("2026-03-10", "2026-03-15", "2026-03-16", False, id="the day after the payment"),
        pytest.param("2026-03-10", "2026-03-05", "2026-03-11", False, id="paid before it was due"),
        pytest.param("2026-03-10", "2026-03-10", "2026-03-11", False, id="paid on the due day"),
        pytest.param("2026-03-10", "2026-03-11", "2026-03-11", False, id="due yesterday, paid today"),
        pytest.param("2026-03-10", "2026-03-12", "2026-03-11", True, id="due yesterday, paid tomorrow"),
    ],
)
def test_support_is_held_from_the_day_after_the_due_day_until_the_payment_day(due_on, paid_on, on, held):
    known = facts_of(covered_by("GOLD"), charges=[a_charge(due_on, paid_on=paid_on)])
    assert codes(known, noon(on)) == (["PAYMENT_HOLD"] if held else [])
    assert verdict(known, noon(on)) == ("NOT_ENTITLED" if held else "ENTITLED")


def test_the_due_day_ends_at_midnight_of_the_policy_zone():
    known = facts_of(covered_by("GOLD"), charges=[a_charge("2026-03-10")])
    assert codes(known, "2026-03-10T22:59:59Z") == []
    assert codes(known, "2026-03-10T23:00:00Z") == ["PAYMENT_HOLD"]


def test_the_level_held_is_the_contract_the_base_and_its_dependents():
    base = covered_by("GOLD")
    module = a_module_of(base)
    for serial in ("B-1", "M-1"):
        charge = a_charge("2026-03-01", serial=serial)
        for license in (base, module):
            assert codes(facts_of(license, charges=[charge])) == ["PAYMENT_HOLD"], (serial, license.serial)


def test_a_renewal_that_is_ordered_and_not_yet_due_restores_support():
    base = covered_by("GOLD", registered_on="2025-01-01")
    known = facts_of(base, charges=[a_charge("2026-04-10", order_date="2026-03-11")])
    assert codes(known, noon("2026-03-11")) == []
    assert codes(known, noon("2026-04-10")) == []
    assert codes(known, noon("2026-04-11")) == ["PAYMENT_HOLD"]


def test_it_holds_whatever_the_dates_say():
    known = facts_of(a_license(registered_on="2025-01-01"), charges=[a_charge("2026-03-01")])
    assert codes(known) == ["EXPIRED_RENEWABLE", "PAYMENT_HOLD"]


def test_the_reason_names_the_charge():
    found = reason("PAYMENT_HOLD", facts_of(covered_by("GOLD"), charges=[a_charge("2026-03-01", "INV-7")]))
    assert found.blocking
    assert told(found)["charge"] == "INV-7"
    assert told(found)["due_on"] == "2026-03-01"
    assert found.clause == GUIDE.clause("R-EXC-1")


def test_every_charge_that_holds_is_named():
    charges = [a_charge("2026-03-01", "INV-1"), a_charge("2026-02-01", "INV-2"), a_charge("2026-04-01", "INV-3")]
    judged = codes(facts_of(covered_by("GOLD"), charges=charges))
    assert judged == ["PAYMENT_HOLD", "PAYMENT_HOLD"]
