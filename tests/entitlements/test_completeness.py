"""What any guide must state so that whatever may be asked is answered."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import entitlements
from entitlements.editing.completeness import CITED, CODED, gaps
from tests.builders import GUIDE
from tests.guides import guide_of
from tests.other_guides import HARBOUR, HARBOUR_2, LATER, guide

ROOT = Path(entitlements.__file__).parent.parent
RULE = re.compile(r'"(R-[A-Z]+-[0-9]+)"')


def test_the_clauses_that_are_cited_by_name_are_those_of_the_code():
    sources = [path for package in ("entitlements", "schema", "api") for path in (ROOT / package).rglob("*.py")]
    texts = [path.read_text(encoding="utf-8") for path in sources if path.stem != "completeness"]
    assert set(CITED) == {rule for text in texts for rule in RULE.findall(text)}


@pytest.mark.parametrize("edition", ["imagicle-care-4.1", HARBOUR, HARBOUR_2, LATER])
def test_a_whole_edition_lacks_nothing(edition):
    assert list(gaps(guide(edition))) == []


def test_a_missing_clause_is_named_with_what_to_do():
    clauses = {rule: clause for rule, clause in GUIDE.clauses.items() if rule != "R-REN-4"}
    assert list(gaps(replace(GUIDE, clauses=clauses))) == [
        "imagicle-care-4.1: [R-REN-4]: is missing, and answers cite it; add it to clauses.toml"
    ]


@pytest.mark.parametrize(("family", "codes"), CODED)
def test_a_value_is_stated_for_each_of_the_engine_s_codes(family, codes):
    code = next(iter(codes))
    stated = {name: value for name, value in GUIDE.families[family.group].items() if name != code}
    [gap] = gaps(replace(GUIDE, families={**GUIDE.families, family.group: stated}))
    assert gap.startswith(f"imagicle-care-4.1: [{family.group}.{code}]: is missing")


def test_a_guide_that_is_sound_may_still_lack_something():
    assert len(list(gaps(guide_of()))) > len(CITED)
