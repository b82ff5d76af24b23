"""However many items are asked about, the store is asked a fixed number of times, and only for what is selected."""

import asyncio
from collections import Counter
from typing import cast

import pytest

from api.auth import INTERNAL
from api.deployment import deployed
from api.operations import operation
from entitlements.decisions import Decision
from schema.context import Context
from schema.root import Schema
from schema.store import Store
from tests.portfolio import NOW

SCHEMA = Schema()


class Counting:
    """A store that counts how often each of its reads is made."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name):
        def counted(*asked):
            self.calls[name] += 1
            return getattr(self.store, name)(*asked)

        return counted


@pytest.fixture
def calls_of(portfolio):
    """The reads that an answer costs."""

    async def asking(document: str, variables: dict) -> Counter[str]:
        async with deployed(portfolio, lambda: NOW) as deployment:
            store = Counting(deployment.store)
            context = Context(viewer=INTERNAL, guide=deployment.guide, store=cast("Store", store), now=NOW)
            result = await SCHEMA.execute(document, variable_values=variables, context_value=context)
            assert not result.errors, result.errors
            return store.calls

    return lambda document, **variables: asyncio.run(asking(document, variables))


def questions(*serials: str) -> list[dict]:
    return [{"license": {"serial": serial}} for serial in serials]


NESTED = """
query ($inputs: [EntitlementCheckInput!]!) { entitlementChecks(inputs: $inputs) {
  verdict
  license {
    serial base { serial account { name } } product { milestones { on } } account { reference theater { name } }
    charges(outstandingOn: "2026-03-11") { reference } coverage { state lastFreeOrderDate }
    coverageTimeline { plan { code } } dependents { serial charges { reference } coverage { state } }
  }
} }
"""


def test_a_batch_costs_one_read_of_facts_whatever_is_nested_in_it(calls_of):
    for serials in (("FAX-1",), ("FAX-1", "FAX-1-HA", "FAX-2", "FAX-3", "CALL-1")):
        assert calls_of(NESTED, inputs=questions(*serials)) == {"facts_by_serial": 1}


def test_unknown_licences_cost_one_read_of_the_releases_together(calls_of):
    calls = calls_of(operation("checks"), inputs=questions("FAX-1", "NO-1", "NO-2", "NO-3"))
    assert calls == {"facts_by_serial": 1, "releases": 1}


def test_the_whole_answer_to_a_check_costs_one_read(calls_of):
    for serial in ("FAX-1", "FAX-3"):
        assert calls_of(operation("check"), input=questions(serial)[0]) == {"facts_by_serial": 1}


def test_remedies_that_are_ordered_cost_one_read_of_prices_and_one_of_policies_together(calls_of):
    document = "query ($inputs: [EntitlementCheckInput!]!) { entitlementChecks(inputs: $inputs) { %s } }"
    reads = {"facts_by_serial": 1, "prices": 1, "late_fee_policies": 1}
    asked = [{**one, "service": "EXPERT"} for one in questions("FAX-1", "FAX-2", "FAX-1-HA", "FAX-3")]
    for inputs in (asked[1:2], asked):
        assert calls_of(document % "remedies { acts { kind cost { amount } } }", inputs=inputs) == reads
        assert calls_of(document % "verdict", inputs=inputs) == {"facts_by_serial": 1}


@pytest.mark.parametrize("serial", ["FAX-1", "FAX-2"])
def test_a_quote_costs_as_much_with_dependents_as_without(calls_of, serial):
    asked = {"license": {"serial": serial}, "plan": "GOLD", "months": 12}
    reads = {"facts_by_serial": 1, "prices": 1, "late_fee_policies": 1}
    assert calls_of(operation("renewal_quote"), input={**asked, "orderDate": "2026-03-11"}) == reads
    assert calls_of(operation("cost_of_delay"), input={**asked, "from": "2026-01-01", "to": "2027-12-31"}) == reads


@pytest.mark.parametrize("first", [1, 5])
def test_a_page_of_the_portal_costs_as_much_with_one_licence_as_with_many(calls_of, first):
    calls = calls_of(operation("portal_licenses"), first=first)
    assert calls == {"licenses": 1, "facts_by_id": 1, "count_licenses": 1}


def test_a_count_that_is_not_selected_is_not_made(calls_of):
    assert "count_licenses" not in calls_of("{ licenses(first: 9) { edges { node { serial } } } }")


@pytest.mark.parametrize("first", [1, 5])
def test_partners_and_earlier_knowledge_are_read_together(calls_of, first):
    document = """
    query ($first: Int) { licenses(first: $first) { edges { node {
      account { partner { name } }
      product { milestones(knownAt: "2026-01-01T00:00:00Z") { on } }
      coverage(knownAt: "2026-01-01T00:00:00Z") { state }
      charges(knownAt: "2026-01-01T00:00:00Z") { reference }
      dependents { coverage(knownAt: "2026-01-01T00:00:00Z") { state } }
    } } } }
    """
    calls = calls_of(document, first=first)
    assert calls["facts_by_id"] <= 3
    assert calls["accounts_by_id"] <= 1
    assert calls["products_by_id"] == 1


def test_the_licences_of_an_account_are_read_together(calls_of):
    calls = calls_of(operation("account_checks"), account="ACME", check={})
    assert calls == {"account_license_ids": 1, "facts_by_id": 1}


def test_nodes_of_one_kind_are_read_together(calls_of):
    assert calls_of('{ nodes(ids: ["x", "y"]) { id } }') == {}


@pytest.mark.parametrize(
    ("field", "worked_out"),
    [
        ("commitment { reactBy }", "commitment"),
        ("remedies { acts { kind } }", "remedies"),
        ("conflicts { verdictOtherwise }", "conflicts"),
        ("stableUntil", "stable_until"),
    ],
)
def test_what_is_dear_is_worked_out_only_when_it_is_selected(calls_of, monkeypatch, field, worked_out):
    asked: list[str] = []
    for name in ("commitment", "remedies", "conflicts", "stable_until"):
        original = getattr(Decision, name).func

        def watched(decision, name=name, original=original):
            asked.append(name)
            return original(decision)

        monkeypatch.setattr(Decision, name, property(watched))
    document = "query ($input: EntitlementCheckInput!) { entitlementCheck(input: $input) { verdict %s } }"
    calls_of(document % "", input=questions("FAX-1")[0])
    assert asked == []
    calls_of(document % field, input=questions("FAX-1")[0])
    assert worked_out in asked
