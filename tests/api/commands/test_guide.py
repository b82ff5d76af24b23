"""`coverline guide`, `plans` and `schema`."""

import json

import pytest

from api.editions import load_guide
from schema.root import sdl, subgraph_sdl

GUIDE = load_guide("imagicle-care-4.1")


def test_the_rules_and_the_conflicts_are_told(coverline):
    told = coverline("guide").stdout
    assert "R-REN-4" in told
    assert "X-DAY-120" in told


def test_a_part_of_the_guide_is_told(coverline):
    told = json.loads(coverline("guide", "r-ren", "--json").stdout)
    assert {clause["rule"].partition("-")[0] for clause in told["clauses"]} == {"R"}
    assert all(clause["rule"].startswith("R-REN") for clause in told["clauses"])
    assert told["conflicts"] == []


def test_a_part_that_is_not_there_is_refused_with_those_that_are(coverline):
    result = coverline("guide", "chapter-nine")
    assert result.exit_code == 2
    assert "renouvellement" in result.stderr


def test_a_text_that_is_not_the_guides_proves_nothing(coverline, tmp_path):
    text = tmp_path / "guide.txt"
    text.write_text("another text")
    result = coverline("guide", "verify", text, "--json")
    assert result.exit_code == 10
    told = json.loads(result.stdout)
    assert told["holds"] is False
    assert told["citations"] > 0
    assert None in {mismatch["clause"] for mismatch in told["mismatches"]}
    assert coverline("guide", "verify", text).exit_code == 10


@pytest.mark.parametrize("arguments", [["guide", "verify"], ["guide", "verify", "/nowhere/guide.txt"]])
def test_a_text_that_cannot_be_read_is_refused(coverline, arguments):
    result = coverline(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("coverline: ")


def test_the_plans_stand_side_by_side(coverline):
    told = coverline("plans").stdout
    for part in ("Basic", "Gold", "Platinum", "R-PLAN"):
        assert part in told
    assert json.loads(coverline("plans", "--json").stdout)["PLATINUM"]["EXPERT"] == "INCLUDED"


def test_the_schema_is_printed_as_it_is_committed(coverline):
    assert coverline("schema").stdout == sdl()
    assert coverline("schema", "--federation").stdout == subgraph_sdl()
