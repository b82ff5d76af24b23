"""Decisions that are recorded: kept once, answered alike, as known then, and made again to the same bytes."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from api import deployment as deployments
from api.auth import INTERNAL
from api.deployment import deployed
from api.editions import load_guide
from api.operations import operation
from api.settings import Settings
from api.signatures import SigningKeys, verify
from api.store import tables
from api.store.tables import table_of
from entitlements.editing.building import guide_from
from tests.ordering import CUSTOMER, ORDER, PARTNER, SCHEMA, Ticking, asked_by, asking, order
from tests.portfolio import NOW, load_more
from tests.recording import *  # noqa: F403 - fixtures are found by their names
from tests.recording import READ, RECORD, recording

LIVE = "query ($input: EntitlementCheckInput!) { entitlementCheck(input: $input) { %s } }"
records = table_of(tables.DecisionRecord)


@pytest.fixture
def ask(small):
    with asking(small) as ask:
        yield ask


def recorded(ask, *asked, **more) -> dict:
    found = ask(RECORD, input=recording(*asked, **more))["recordDecision"]
    assert found["__typename"] == "DecisionRecord", found
    return found


def kept_rows(settings: Settings) -> list[dict]:
    async def rows() -> list[dict]:
        async with deployed(settings) as deployment, deployment.database.reading() as connection:
            return [dict(row) for row in (await connection.execute(select(records))).mappings()]

    return asyncio.run(rows())


# ---------------------------------------------------------------- what is kept


def test_a_recorded_decision_is_the_decision_that_a_check_gives(settings):
    """FAX-2 expired on 2025-11-30, 101 days before; renewing it with Basic for a year costs 600.00."""
    with asking(settings) as ask:
        found = recorded(ask, at="2026-03-11T10:00:00Z", priority="P1")
        check = {"license": {"serial": "FAX-2"}, "at": "2026-03-11T10:00:00Z", "priority": "P1"}
        live = ask(operation("check"), input=check)["entitlementCheck"]
        decision = found["decision"]
        assert decision["verdict"] == "NOT_ENTITLED"
        for name in ("entitled", "verdict", "at", "plan", "stableUntil"):
            assert decision[name] == live[name], name
        assert [one["code"] for one in decision["reasons"]] == ["EXPIRED_RENEWABLE"]
        assert decision["remedies"][0]["acts"][0]["cost"] == {"amount": "600.00", "currency": "EUR"}
        assert decision["license"]["account"] == {"reference": "ACME", "name": "Acme"}
        assert found["ticket"] == "T-1"
        again = ask(READ, id=found["id"])["decisionRecord"]
        assert again["replay"] == {"identical": True, "differences": [], "policyDifferences": []}
        assert again["decision"]["reasons"][0]["message"] == decision["reasons"][0]["message"]


def test_the_row_says_which_licence_on_which_day_and_how_it_was_answered(settings):
    with asking(settings) as ask:
        recorded(ask, at="2026-03-11T23:30:00Z")
    [row] = kept_rows(settings)
    assert (row["verdict"], row["entitled"], str(row["day"])) == ("NOT_ENTITLED", False, "2026-03-12")  # in Rome
    assert row["license_id"] is not None
    assert row["account_id"] is not None
    assert "Acme" not in row["facts"]


def test_the_same_key_answers_the_first_record_byte_by_byte_whatever_happened_since(settings):
    document = {"query": RECORD, "variables": {"input": recording()}}
    with asking(settings) as ask:
        first = ask(document["query"], **document["variables"])
        ordered = ask(ORDER, input=order())["orderRenewal"]
        assert ordered["__typename"] == "RenewalOrder", ordered
        assert json.dumps(ask(document["query"], **document["variables"])) == json.dumps(first)
        assert ask(LIVE % "verdict", input={"license": {"serial": "FAX-2"}})["entitlementCheck"] == {
            "verdict": "ENTITLED"
        }
        assert ask(READ, id=first["recordDecision"]["id"])["decisionRecord"]["replay"]["identical"]
    assert len(kept_rows(settings)) == 1


def test_the_same_key_with_another_question_is_refused(ask):
    recorded(ask)
    for other in (recording("FAX-1"), recording(ticket="T-2"), recording(pinVerified=True)):
        assert ask(RECORD, input=other)["recordDecision"]["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_32_records_of_one_key_at_once_are_one_record(settings):
    async def ask_all() -> set[str]:
        async with deployed(settings) as deployment:
            found = await asyncio.gather(*(one(deployment) for _ in range(32)))
            return {json.dumps(each) for each in found}

    async def one(deployment) -> object:
        context = deployment.context(INTERNAL)
        result = await SCHEMA.execute(RECORD, variable_values={"input": recording()}, context_value=context)
        assert not result.errors, result.errors
        return result.data

    assert len(asyncio.run(ask_all())) == 1
    assert len(kept_rows(settings)) == 1


def test_a_decision_is_recorded_as_known_at_an_earlier_instant(ask):
    """SO-1, Gold for FAX-1, was recorded on 2025-09-20."""
    later = recorded(ask, "FAX-1", at="2025-10-05T10:00:00Z")
    before = recorded(ask, "FAX-1", key="k-2", at="2025-10-05T10:00:00Z", knownAt="2025-09-01T00:00:00Z")
    assert (later["decision"]["plan"]["code"], before["decision"]["plan"]["code"]) == ("GOLD", "BASIC")
    assert before["decision"]["knownAt"] == "2025-09-01T00:00:00Z"
    assert before["factsHash"] != later["factsHash"]
    assert ask(READ, id=before["id"])["decisionRecord"]["replay"]["identical"]


def test_what_is_recorded_is_known_at_the_instant_of_its_record(ask):
    found = recorded(ask)
    assert found["decidedAt"] == found["decision"]["knownAt"]


@pytest.mark.parametrize(
    ("check", "verdict", "code"),
    [
        ({"serial": "NO-1"}, "NOT_ENTITLED", "UNKNOWN_LICENSE"),
        ({"serial": "two words"}, "UNKNOWN", "INVALID_REQUEST"),
        ({"serial": "FAX-2", "theater": "MOON"}, "UNKNOWN", "INVALID_REQUEST"),
        ({"serial": "FAX-2", "knownAt": "2099-01-01T00:00:00Z"}, "UNKNOWN", "INVALID_REQUEST"),
        ({"serial": "\u0000\ud800"}, "UNKNOWN", "INVALID_REQUEST"),
    ],
)
def test_a_decision_on_nothing_or_on_what_cannot_be_judged_is_recorded_too(small, check, verdict, code):
    def ask(document: str, **variables) -> dict:
        # In process: no client would send what no UTF-8 can hold.
        return asked_by(small, INTERNAL, document, Ticking(), **variables)

    found = recorded(ask, **check)
    assert found["decision"]["verdict"] == verdict
    assert [one["code"] for one in found["decision"]["reasons"]] == [code]
    assert ask(READ, id=found["id"])["decisionRecord"]["replay"]["identical"]


@pytest.mark.parametrize("ticket", ["", "x" * 256, "a\nb"])
def test_a_ticket_is_a_line_of_text(small, ticket):
    async def refused() -> str:
        async with deployed(small) as deployment:
            asked = {"input": recording(ticket=None) | {"ticket": ticket}}
            result = await SCHEMA.execute(RECORD, variable_values=asked, context_value=deployment.context(INTERNAL))
            assert result.errors
            return result.errors[0].message

    assert asyncio.run(refused()) == "ticket: 1 to 255 printable characters."


# ---------------------------------------------------------------- what is signed

SIGNED = """mutation ($input: RecordDecisionInput!) { recordDecision(input: $input) { ... on DecisionRecord {
  id decidedAt ticket requestHash factsHash policyHash resultHash token tokenMissing
  decision { verdict at knownAt stableUntil clauses { id } license { serial } }
} } }"""


def test_a_token_says_what_the_record_says(small, tmp_path):
    keys = SigningKeys(tmp_path / "keys")
    keys.create(NOW)
    with asking(small.model_copy(update={"signing_keys": tmp_path / "keys"})) as ask:
        found = ask(SIGNED, input=recording("FAX-1"))["recordDecision"]
    decision = found["decision"]
    assert verify(found["token"], keys.public) == {
        "jti": found["id"],
        "iat": int(datetime.fromisoformat(found["decidedAt"]).timestamp()),
        "ticket": "T-1",
        "license": "FAX-1",
        "verdict": decision["verdict"],
        "entitled": True,
        "at": decision["at"],
        "known_at": decision["knownAt"],
        "stable_until": decision["stableUntil"],
        "clauses": [clause["id"] for clause in decision["clauses"]],
        "edition": "imagicle-care-4.1",
        "request_hash": found["requestHash"],
        "facts_hash": found["factsHash"],
        "policy_hash": found["policyHash"],
        "result_hash": found["resultHash"],
    }
    assert found["tokenMissing"] is None


def test_the_token_is_the_one_that_was_made_then_whatever_key_signs_now(small, tmp_path):
    keys = SigningKeys(tmp_path / "keys")
    keys.create(NOW)
    with asking(small.model_copy(update={"signing_keys": tmp_path / "keys"})) as ask:
        first = ask(SIGNED, input=recording())
        keys.rotate(NOW + timedelta(days=1))
        assert ask(SIGNED, input=recording()) == first
    assert verify(first["recordDecision"]["token"], keys.public)["verdict"] == "NOT_ENTITLED"


def test_without_a_key_the_token_is_null_and_it_is_said_what_to_configure(small):
    found = asked_by(small, INTERNAL, SIGNED, Ticking(), input=recording())["recordDecision"]
    assert found["token"] is None
    assert "COVERLINE_SIGNING_KEYS" in found["tokenMissing"]


# ---------------------------------------------------------------- whose it is

ACME, BETA, NORTH = (
    CUSTOMER,
    replace(CUSTOMER, account="BETA"),
    PARTNER,
)


def test_a_record_is_seen_by_whoever_may_see_its_licence(settings):
    with asking(settings) as ask:
        id_ = recorded(ask)["id"]
    for viewer, sees in ((INTERNAL, True), (ACME, True), (NORTH, True), (BETA, False)):
        for document in (
            "query ($id: ID!) { decisionRecord(id: $id) { id } }",
            "query ($id: ID!) { node(id: $id) { id } }",
        ):
            found = asked_by(settings, viewer, document, Ticking(NOW + timedelta(hours=1)), id=id_)
            assert list(found.values()) == [{"id": id_} if sees else None]


def test_a_record_of_a_licence_that_the_asker_may_not_see_is_the_askers_own(settings):
    later = Ticking(NOW + timedelta(hours=1))
    found = asked_by(settings, BETA, RECORD, later, input=recording("FAX-1"))["recordDecision"]
    assert [one["code"] for one in found["decision"]["reasons"]] == ["UNKNOWN_LICENSE"]
    assert found["decision"]["license"] is None
    for viewer, sees in ((INTERNAL, True), (BETA, True), (ACME, False), (NORTH, False)):
        document = "query ($id: ID!) { decisionRecord(id: $id) { id } }"
        seen = asked_by(settings, viewer, document, later, id=found["id"])["decisionRecord"]
        assert (seen is not None) is sees, viewer
    unknown = asked_by(settings, INTERNAL, RECORD, later, input=recording("NO-1"))["recordDecision"]
    assert asked_by(settings, BETA, READ, later, id=unknown["id"]) == {"decisionRecord": None}


def test_a_record_goes_with_its_licence_to_another_account_and_stays_as_it_was(settings, tmp_path):
    with asking(settings) as ask:
        first = recorded(ask)
    files = {
        "licenses.csv": "serial,account,product,base,model,quantity,registered_on,installed_release,recorded_at\n"
        "FAX-2,BETA,FAX,,PERPETUAL,1,2024-12-01,,2026-03-12T00:00:00Z\n"
    }
    asyncio.run(load_more(settings, tmp_path / "moved", files, NOW + timedelta(days=2)))
    later = Ticking(NOW + timedelta(days=3))
    for viewer, sees in ((BETA, True), (ACME, False), (NORTH, False)):
        found = asked_by(settings, viewer, READ, later, id=first["id"])["decisionRecord"]
        assert (found is not None) is sees, viewer
        if found:
            assert found["replay"]["identical"]
            assert found["factsHash"] == first["factsHash"]


def test_an_id_of_something_else_names_no_record(ask):
    license = ask('{ license(by: {serial: "FAX-1"}) { id } }')["license"]["id"]
    for id_ in ("", "x", license):
        assert ask(READ, id=id_) == {"decisionRecord": None}


# ---------------------------------------------------------------- replays


def replay_of(settings: Settings, id_: str) -> dict:
    return asked_by(settings, INTERNAL, READ, Ticking(NOW + timedelta(hours=1)), id=id_)["decisionRecord"]["replay"]


def test_a_kept_fact_that_was_changed_in_the_database_is_named(settings):
    with asking(settings) as ask:
        id_ = recorded(ask)["id"]

    async def tamper() -> None:
        async with deployed(settings) as deployment, deployment.database.writing() as connection:
            facts = (await connection.execute(select(records.c.facts))).scalar_one()
            await connection.execute(update(records).values(facts=facts.replace("2024-12-01", "2025-12-01")))

    asyncio.run(tamper())
    found = replay_of(settings, id_)
    assert not found["identical"]
    assert found["differences"][0].startswith("facts: the kept text has the sha256 ")
    assert 'verdict: "NOT_ENTITLED", now "ENTITLED"' in found["differences"]


def test_a_record_replays_under_its_own_edition_when_another_one_is_deployed(settings, monkeypatch):
    """The other edition gives no days of grace; the record's own gives 120."""
    with asking(settings) as ask:
        found = recorded(ask)
    own = load_guide(settings.edition)
    sources = {edition: dict(files) for edition, files in own.sources.items()}
    [edition] = sources.values()
    edition["renewals.toml"] = edition["renewals.toml"].replace("value = 120", "value = 0", 1)
    other = guide_from(sources)
    monkeypatch.setattr(deployments, "usable_guide", lambda *_: other)
    replay = replay_of(settings, found["id"])
    assert replay["identical"]
    assert replay["policyDifferences"] == [f'policy.edition_digest: "{own.digest}", now "{other.digest}"']
    live = asked_by(settings, INTERNAL, LIVE % "reasons { code }", Ticking(), input={"license": {"serial": "FAX-2"}})[
        "entitlementCheck"
    ]
    assert live == {"reasons": [{"code": "EXPIRED_LATE"}]}
    again = asked_by(settings, INTERNAL, READ, Ticking(NOW + timedelta(hours=1)), id=found["id"])["decisionRecord"]
    assert [one["code"] for one in again["decision"]["reasons"]] == ["EXPIRED_RENEWABLE"]
