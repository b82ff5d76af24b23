"""The history of a licence: who recorded what, when and why, a page at a time; key ids for internal viewers alone."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from api.auth import INTERNAL
from api.deployment import deployed
from api.settings import Settings
from schema.store import Viewer
from tests.ordering import CUSTOMER, OPERATOR, ORDER, PAY, SCHEMA, Ticking, asked_by, order
from tests.portfolio import NOW, load_more
from tests.recording import *  # noqa: F403 - fixtures are found by their names
from tests.recording import RECORD, recording

HISTORY = """query ($serial: String!, $first: Int, $after: String, $last: Int, $before: String) {
  license(by: {serial: $serial}) { history(first: $first, after: $after, last: $last, before: $before) {
    edges { node { at by keyId mutation reason recorded } cursor }
    pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
} } }"""
MILESTONE = """mutation ($input: SetMilestoneInput!) { setMilestone(input: $input) { ... on Product { code } } }"""
KEYED = replace(OPERATOR, key_id="the-key")
ACME = CUSTOMER


def changed(settings: Settings) -> Ticking:
    clock = Ticking()
    asked_by(settings, KEYED, ORDER, clock, input=order())
    asked_by(settings, ACME, RECORD, clock, input=recording())
    milestone = {"product": "FAX", "kind": "END_OF_LIFE", "on": "2040-01-01", "source": "notice 1"}
    asked_by(settings, INTERNAL, MILESTONE, clock, input={"idempotencyKey": "m", **milestone})
    asked_by(settings, KEYED, PAY, clock, input={"idempotencyKey": "p", "charge": "PO-1/FAX-2", "paidOn": "2026-03-12"})
    return clock


def history_of(settings: Settings, viewer: Viewer, serial: str = "FAX-2", **page) -> dict:
    asked = page or {"first": 100}
    found = asked_by(settings, viewer, HISTORY, Ticking(NOW + timedelta(hours=1)), serial=serial, **asked)
    return found["license"]["history"]


def test_every_change_and_import_is_told_with_who_and_why(settings):
    changed(settings)
    found = [edge["node"] for edge in history_of(settings, INTERNAL)["edges"]]
    assert [(one["by"], one["keyId"], one["mutation"], one["reason"], one["recorded"]) for one in found] == [
        (None, None, None, None, ["LICENSE"]),
        ("internal", "the-key", "orderRenewal", "order PO-1", ["COVERAGE", "CHARGE"]),
        ("customer:ACME", None, "recordDecision", "ticket T-1", ["DECISION"]),
        ("internal", None, "setMilestone", "notice 1", ["MILESTONE"]),
        ("internal", "the-key", "recordPayment", "payment of PO-1/FAX-2", ["CHARGE"]),
    ]
    assert found[0]["at"] == "2024-12-01T00:00:00Z"
    assert [one["at"] for one in found] == sorted(one["at"] for one in found)


def test_the_owner_sees_the_same_without_key_ids(small):
    changed(small)
    internal, owner = ([edge["node"] for edge in history_of(small, viewer)["edges"]] for viewer in (INTERNAL, ACME))
    assert owner == [{**one, "keyId": None} for one in internal]


@pytest.mark.parametrize("size", [1, 3])
def test_pages_of_any_size_in_either_direction_are_the_whole(settings, size):
    changed(settings)
    whole = [edge["node"] for edge in history_of(settings, INTERNAL)["edges"]]
    forward, page = [], history_of(settings, INTERNAL, first=size)
    while page["edges"]:
        forward += [edge["node"] for edge in page["edges"]]
        page = history_of(settings, INTERNAL, first=size, after=page["pageInfo"]["endCursor"])
    backward, page = [], history_of(settings, INTERNAL, last=size)
    while page["edges"]:
        backward = [edge["node"] for edge in page["edges"]] + backward
        page = history_of(settings, INTERNAL, last=size, before=page["pageInfo"]["startCursor"])
    assert forward == backward == whole


@pytest.mark.parametrize("cursor", ["", "x", "WyJoaXN0b3J5IiwiMjAyNiIsIngiXQ"])
def test_a_cursor_of_another_list_is_refused(small, cursor):
    async def refused() -> object:
        async with deployed(small, Ticking()) as deployment:
            asked = {"serial": "FAX-2", "first": 1, "after": cursor}
            result = await SCHEMA.execute(HISTORY, variable_values=asked, context_value=deployment.context(INTERNAL))
            assert result.errors
            return result.errors[0].extensions

    assert asyncio.run(refused()) == {"code": "BAD_CURSOR"}


def test_what_was_imported_as_always_known_has_no_instant(small, tmp_path):
    files = {"warranties.csv": "serial,supplier,expires_on\nFAX-2,Gateways Ltd,2030-01-01\n"}
    asyncio.run(load_more(small, tmp_path / "more", files))
    first = history_of(small, INTERNAL)["edges"][0]["node"]
    assert (first["at"], first["recorded"]) == (None, ["WARRANTY"])
