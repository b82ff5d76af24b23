"""The guide and its plans through the schema."""

from api.editions import load_guide
from api.operations import operation

GUIDE = load_guide("imagicle-care-4.1")


def test_the_guide_is_answered_with_every_clause_conflict_and_theater(data_of):
    found = data_of(operation("guide"))["guide"]
    assert found["edition"] == GUIDE.edition
    assert found["inForceFrom"] == "2020-03-01"
    assert found["sourceDigest"] == GUIDE.source_digest
    assert {clause["id"] for clause in found["clauses"]} == {clause.id for clause in GUIDE.clauses.values()}
    assert [conflict["id"] for conflict in found["conflicts"]] == [conflict.id for conflict in GUIDE.conflicts]
    assert {theater["code"] for theater in found["theaters"]} == {
        *("AMERICAS", "EUROPE", "MIDDLE_EAST", "MIDDLE_EAST_UAE")
    }
    assert any(event["disputed"] for event in found["proactiveEvents"])


def test_a_citation_has_its_proof_exactly_when_it_cites_the_guide(data_of):
    for clause in data_of(operation("guide"))["guide"]["clauses"]:
        proof = {clause["section"], clause["locator"], clause["digest"]}
        assert (None not in proof) if clause["basis"] == "GUIDE" else proof == {None}
        assert clause["basis"] != "READING" or clause["reads"]


def test_the_edition_that_runs_may_be_named_and_no_other(data_of, refusal_of):
    document = "query ($edition: String) { guide(edition: $edition) { edition } }"
    assert data_of(document, edition=GUIDE.edition) == data_of(document) == data_of(document, edition=None)
    error = refusal_of(document, edition="imagicle-care-9.9")
    assert error["extensions"]["code"] == "UNKNOWN_EDITION"
    assert GUIDE.edition in error["message"]


def test_plans_are_answered_the_lowest_first_with_their_features_of_a_day(data_of):
    today = data_of(operation("plans"))["plans"]
    assert [plan["code"] for plan in today] == ["BASIC", "GOLD", "PLATINUM"]
    assert [plan["rank"] for plan in today] == sorted(plan["rank"] for plan in today)

    def expert(plans: list[dict]) -> str:
        return next(feature["availability"] for feature in plans[-1]["features"] if feature["code"] == "EXPERT")

    assert expert(today) == "INCLUDED"
    assert expert(data_of(operation("plans"), on="2020-03-31")["plans"]) == "NOT_INCLUDED"
