"""What is supposed is one piece: a licence that changes is the same one wherever the facts name it."""

from dataclasses import replace

from entitlements import hypotheses
from tests.builders import GUIDE, a_lapsed_license, a_module_of, day, facts_of

BASE = a_lapsed_license("2026-06-30")
MODULES = (a_module_of(BASE, "M-1"), a_module_of(BASE, "M-2"))
KNOWN = replace(facts_of(MODULES[0]), dependents=MODULES)


def test_the_dependents_of_a_renewed_base_share_the_base_that_it_became():
    after = hypotheses.renewed(KNOWN, BASE, "GOLD", 12, day("2026-07-01"), GUIDE)
    assert after is not None
    assert after.license is not None
    base = after.license.base
    assert base is not None
    assert [term.starts_on for term in base.terms[len(BASE.terms) :]] == [day("2026-07-01")]
    assert all(dependent.base is base for dependent in after.dependents)


def test_a_dependent_that_changes_leaves_its_base_and_the_others_as_they_are():
    after = hypotheses.activated(KNOWN, MODULES[1], day("2026-07-01"))
    assert [dependent.registered_on == day("2026-07-01") for dependent in after.dependents] == [False, True]
    assert after.dependents[0] is MODULES[0]
    assert after.dependents[1].base is BASE
