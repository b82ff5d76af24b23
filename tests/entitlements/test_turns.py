"""What time brings, on which day: each end is told so many days before as the operator asks, and on the day after."""

from datetime import date

import pytest

from entitlements.facts import Facts
from entitlements.turns import Notice, turns
from tests.builders import GUIDE, a_charge, a_license, a_milestone, a_module_of, a_product, a_term, covered_by, day

NOTICE = Notice(coverage=(90, 60, 30, 7), free_renewal=(30,), support=(180,))
WHOLE = ("2026-01-01", "2028-12-31")


def found(license, first=WHOLE[0], last=WHOLE[1], dependents=(), charges=(), notice=NOTICE):
    known = Facts(license, dependents=tuple(dependents), charges=tuple(charges))
    return turns(known, day(first), day(last), notice, GUIDE)


def told(*args, **more) -> list[tuple[str, str]]:
    return [(str(event.on), event.type.value) for event in found(*args, **more)]


def test_an_end_of_coverage_is_told_before_it_and_on_the_first_day_without_it_and_so_is_that_of_a_free_renewal():
    # Covered to 2026-12-31. 90 days before is 2 October, 60: 1 November, 30: 1 December, 7: 24 December.
    # Day 120 after it is 2027-04-30; 30 days before that is 31 March.
    assert told(covered_by("GOLD")) == [
        ("2026-10-02", "coverage.expiring"),
        ("2026-11-01", "coverage.expiring"),
        ("2026-12-01", "coverage.expiring"),
        ("2026-12-24", "coverage.expiring"),
        ("2027-01-01", "coverage.expired"),
        ("2027-03-31", "free_renewal.closing"),
        ("2027-05-01", "free_renewal.closed"),
    ]


def test_it_says_how_many_days_are_left_and_rests_on_the_clauses_of_the_term():
    [event] = found(covered_by("GOLD"), "2026-12-01", "2026-12-01")
    assert {fact.name: fact.value for fact in event.facts} == {
        "expires_on": "2026-12-31", "plan": "GOLD", "days_left": "30",
    }  # fmt: skip
    assert [clause.rule for clause in event.clauses] == ["R-COV-4"]


@pytest.mark.parametrize("on", ["2026-10-02", "2027-01-01", "2027-05-01"])
def test_both_days_asked_about_belong_to_them(on):
    license = covered_by("GOLD")
    assert len(told(license, on, on)) == 1
    assert not told(license, day(on).replace(day=15), day(on).replace(day=16))


def test_what_is_renewed_ends_with_the_later_term():
    renewed = a_license(terms=(a_term("GOLD"), a_term("GOLD", "2027-01-01", "2027-12-31", "RENEWED")))
    assert ("2027-01-01", "coverage.expired") not in told(renewed)
    assert ("2028-01-01", "coverage.expired") in told(renewed)


def test_a_gap_that_was_renewed_late_ended_once_and_ends_again():
    late = a_license(terms=(a_term("GOLD"), a_term("GOLD", "2027-06-01", "2028-05-31", "RENEWED")))
    ends = [event.on for event in found(late) if event.type.value == "coverage.expired"]
    assert ends == [date(2027, 1, 1), date(2028, 6, 1)]
    # A renewal of the first end is there already, so no free one closes.
    assert [event.on for event in found(late) if event.type.value == "free_renewal.closed"] == [date(2028, 9, 29)]


def test_notice_is_not_given_before_coverage_begins():
    # 30 days of evaluation, 1 to 30 March: 90, 60 and 30 days before its end it had not begun.
    evaluation = a_license(model="EVALUATION", registered_on="2026-03-01")
    assert told(evaluation) == [("2026-03-23", "coverage.expiring"), ("2026-03-31", "coverage.expired")]


def test_a_dependent_is_told_of_by_itself_and_renewed_with_its_base():
    base = covered_by("GOLD")
    both = found(base, "2027-01-01", "2027-05-01", dependents=[a_module_of(base)])
    assert sorted((event.type.value, event.license.serial) for event in both if event.license) == [
        ("coverage.expired", "B-1"), ("coverage.expired", "M-1"), ("free_renewal.closed", "B-1"),
        ("free_renewal.closing", "B-1"),
    ]  # fmt: skip


def test_what_retires_does_not_expire():
    assert told(covered_by("GOLD", retired_on="2026-06-30")) == []


def test_an_end_of_support_is_told_before_and_cuts_the_coverage():
    # 180 days before 2026-09-30 is 3 April. What is cut by it is not renewed.
    ends = a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-09-30")])
    every = told(covered_by("GOLD", product=ends))
    assert ("2026-04-03", "support.ending") in every
    assert ("2026-10-01", "coverage.expired") in every
    assert not [name for _, name in every if name.startswith("free_renewal")]


def test_a_charge_is_overdue_on_the_day_after_its_due_day_unless_it_was_paid_by_then():
    license = covered_by("GOLD")

    def on(**charge):
        return [
            str(event.on)
            for event in found(license, charges=[a_charge(due_on="2026-03-01", **charge)], notice=Notice())
            if event.type.value == "payment.overdue"
        ]

    assert on() == ["2026-03-02"]
    assert on(paid_on="2026-03-01") == []
    assert on(paid_on="2026-03-02") == []
    assert on(paid_on="2026-03-03") == ["2026-03-02"]


def test_every_one_has_a_name_of_its_own_that_stays_when_it_is_looked_for_again():
    base = covered_by("GOLD")
    names = [event.name for event in found(base, dependents=[a_module_of(base)], charges=[a_charge()])]
    assert None not in names
    assert len(set(names)) == len(names)
    split = found(base, WHOLE[0], "2026-12-05", dependents=[a_module_of(base)], charges=[a_charge()])
    split += found(base, "2026-12-06", WHOLE[1], dependents=[a_module_of(base)], charges=[a_charge()])
    assert [event.name for event in split] == names


def test_a_name_is_of_one_day_whatever_else_is_recorded_meanwhile():
    """So it may be forgotten once no tick looks at that day any more."""
    ends = a_product(milestones=(a_milestone("END_OF_SUPPORT", "2027-06-30"),))
    later = (a_term("GOLD"), a_term("GOLD", "2027-01-01", "2027-12-31", "RENEWED"))
    licenses = [covered_by("GOLD"), a_license(terms=later), a_license(terms=later, product=ends)]
    licenses += [a_license(terms=later, retired_on=day("2027-03-31")), a_license(terms=later, quantity=9)]
    days: dict[str | None, set[date]] = {}
    for license in licenses:
        for charge in (a_charge(), a_charge(due_on=day("2026-09-01"))):
            for event in found(license, charges=[charge]):
                days.setdefault(event.name, set()).add(event.on)
    assert len(days) > 15
    assert {len(on) for on in days.values()} == {1}


def test_nothing_comes_of_a_licence_that_was_never_covered():
    assert told(a_license(registered_on=None)) == []
    assert turns(Facts(None), date.min, date.max, NOTICE, GUIDE) == []
