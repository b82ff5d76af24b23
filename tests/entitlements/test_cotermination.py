"""R-COT: a dependent licence is covered while, and as, its base is."""

import pytest

from entitlements import coverage
from tests.builders import (
    GUIDE,
    a_lapsed_license,
    a_license,
    a_milestone,
    a_module_of,
    a_product,
    a_term,
    codes,
    covered_by,
    day,
    noon,
)

DEPENDENT_KINDS = ["MODULE", "CLIENT", "REDUNDANCY", "CUSTOMISATION"]


def periods(license):
    return [
        (period.plan, period.starts_on.isoformat(), period.expires_on.isoformat())
        for period in coverage.timeline(license, GUIDE).periods
    ]


def state(license, on):
    return str(coverage.coverage_on(license, day(on), GUIDE).state)


@pytest.mark.parametrize("kind", DEPENDENT_KINDS)
def test_a_dependent_licence_ends_with_its_base_whatever_its_kind(kind):
    # The base's coverage ends 2026-06-30; twelve months of the dependent's own would end 2027-02-28.
    base = a_lapsed_license("2026-06-30")
    dependent = a_module_of(base, kind=kind, registered_on="2026-03-01")
    assert periods(dependent) == [("GOLD", "2026-03-01", "2026-06-30")]
    assert codes(dependent, noon("2026-06-30")) == []
    assert codes(dependent, noon("2026-07-01")) == ["BASE_NOT_COVERED"]


def test_load_balancing_for_digital_fax_ends_with_its_digital_fax_licence():
    fax = a_license(registered_on="2019-05-10", product=a_product("DIGITAL-FAX"))
    balancing = a_module_of(fax, kind="REDUNDANCY", registered_on="2020-03-01")
    assert periods(balancing) == [("BASIC", "2020-03-01", "2020-05-09")]


def test_the_three_months_left_of_the_base_beat_the_twelve_included_ones():
    module = a_module_of(a_license(registered_on="2025-07-01"), registered_on="2026-04-01")
    assert periods(module) == [("BASIC", "2026-04-01", "2026-06-30")]


def test_a_dependent_licence_starts_on_its_own_day():
    module = a_module_of(covered_by("GOLD"), registered_on="2026-03-11")
    assert state(module, "2026-03-10") == "NOT_STARTED"
    assert state(module, "2026-03-11") == "COVERED"


def test_a_dependent_licence_activated_before_its_base_starts_with_it():
    assert periods(a_module_of(a_license(), registered_on="2025-06-01")) == [("BASIC", "2026-01-01", "2026-12-31")]


def test_a_period_from_the_base_says_so():
    line = coverage.timeline(a_module_of(covered_by("GOLD")), GUIDE)
    assert [str(period.source) for period in line.periods] == ["FROM_BASE"]


def test_the_plan_of_a_dependent_licence_is_its_base_s_on_each_day():
    base = a_license(terms=(a_term("PLATINUM", "2026-04-01", "2026-09-30"),))
    assert periods(a_module_of(base, registered_on="2026-02-01")) == [
        ("BASIC", "2026-02-01", "2026-03-31"),
        ("PLATINUM", "2026-04-01", "2026-09-30"),
        ("BASIC", "2026-10-01", "2026-12-31"),
    ]


def test_a_renewal_of_the_base_covers_its_dependents_on_the_same_day():
    renewed = a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-01-01", "2026-12-31", "RENEWED"),))
    module = a_module_of(renewed, registered_on="2025-06-01")
    assert periods(module) == [("BASIC", "2025-06-01", "2025-12-31"), ("GOLD", "2026-01-01", "2026-12-31")]


def test_the_end_of_support_of_the_base_is_its_dependents_end():
    base = a_license(product=a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-06-30")]))
    module = a_module_of(base)
    assert state(module, "2026-06-30") == "COVERED"
    assert state(module, "2026-07-01") == "BASE_NOT_COVERED"


@pytest.mark.parametrize(
    ("own_end", "last_day"),
    [
        pytest.param("2026-04-30", "2026-04-30", id="its own product ends earlier"),
        pytest.param("2027-04-30", "2026-12-31", id="its base ends earlier"),
        pytest.param("2026-12-31", "2026-12-31", id="on the same day"),
    ],
)
def test_a_dependent_licence_ends_at_the_earlier_of_its_own_end_of_support_and_its_base_s_end(own_end, last_day):
    product = a_product("FAX-MODULE", "MODULE", [a_milestone("END_OF_SUPPORT", own_end)])
    module = a_module_of(covered_by("GOLD"), product=product)
    assert periods(module) == [("GOLD", "2026-01-01", last_day)]


def test_its_own_end_of_support_is_its_own_state():
    product = a_product("FAX-MODULE", "MODULE", [a_milestone("END_OF_SUPPORT", "2026-04-30")])
    module = a_module_of(covered_by("GOLD"), product=product)
    assert state(module, "2026-04-30") == "COVERED"
    assert state(module, "2026-05-01") == "END_OF_SUPPORT"


def test_its_own_end_of_support_does_not_end_its_base():
    base = covered_by("GOLD")
    a_module_of(base, product=a_product("FAX-MODULE", "MODULE", [a_milestone("END_OF_SUPPORT", "2026-01-31")]))
    assert state(base, "2026-03-11") == "COVERED"


def test_a_dependent_bought_while_the_base_is_lapsed_is_covered_only_once_the_base_is():
    lapsed = a_license(registered_on="2025-01-01")
    module = a_module_of(lapsed, registered_on="2026-02-01")
    assert periods(module) == []
    assert state(module, "2026-03-11") == "BASE_NOT_COVERED"
    # Renewed within 120 days: the base's new term starts on 2026-01-01, the module's coverage on its own first day.
    renewed = a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-01-01", "2026-12-31", "RENEWED"),))
    assert periods(a_module_of(renewed, registered_on="2026-02-01")) == [("GOLD", "2026-02-01", "2026-12-31")]
    # Renewed late: the base's new term starts on the order date, and the module's coverage with it.
    late = a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-06-01", "2027-05-31", "RENEWED"),))
    assert periods(a_module_of(late, registered_on="2026-02-01")) == [("GOLD", "2026-06-01", "2027-05-31")]


def test_a_gap_of_the_base_is_a_gap_of_its_dependents():
    base = a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-06-01", "2027-05-31"),))
    module = a_module_of(base, registered_on="2025-09-01")
    assert periods(module) == [("BASIC", "2025-09-01", "2025-12-31"), ("GOLD", "2026-06-01", "2027-05-31")]
    assert state(module, "2026-03-11") == "BASE_NOT_COVERED"


@pytest.mark.parametrize(
    "base",
    [
        pytest.param(a_license(registered_on=None), id="not activated"),
        pytest.param(a_license(registered_on="2026-06-01"), id="not started"),
        pytest.param(a_license(registered_on="2025-01-01"), id="expired"),
        pytest.param(covered_by("GOLD", retired_on="2026-02-28"), id="retired"),
    ],
)
def test_a_dependent_is_not_covered_while_its_base_is_not_for_whatever_reason(base):
    assert state(a_module_of(base), "2026-03-11") == "BASE_NOT_COVERED"


def test_a_retired_dependent_ends_alone():
    base = covered_by("GOLD")
    module = a_module_of(base, retired_on="2026-02-28")
    assert periods(module) == [("GOLD", "2026-01-01", "2026-02-28")]
    assert state(module, "2026-03-01") == "RETIRED"
    assert state(base, "2026-03-01") == "COVERED"
