"""What a plan answers is what graphql-core answers, to the byte; what it does not serve, graphql-core does."""

import asyncio
import json
import re
from collections import Counter
from dataclasses import replace

import pytest
from graphql import OperationDefinitionNode, parse
from hypothesis import given
from hypothesis import strategies as st

from api.auth import INTERNAL
from api.deployment import deployed
from api.operations import operations
from schema.compiled import operations as compiled
from schema.compiled.plans import plan_of
from schema.compiled.surprises import NotCompiled
from schema.observing import Nobody
from schema.root import Schema
from tests import strategies
from tests.ordering import CUSTOMER, PARTNER, fill
from tests.portfolio import NOW, settings_in
from tests.queries import SCHEMA, selections

PLAIN = Schema(compiled=False)
COMPILED = Schema()
CHECK = {"license": {"serial": "FAX-2"}, "channel": "PHONE", "priority": "P1"}
RENEWAL = {"license": {"serial": "FAX-2"}, "plan": "GOLD", "months": 12}
DAY = "2026-03-11"
YEAR = {"from": "2026-01-01", "to": "2026-12-31"}
VARIABLES = {
    "account_checks": [{"account": "ACME", "check": {}}, {"account": "NOBODY", "check": {"service": "PROACTIVE"}}],
    "check": [{"input": CHECK}, {"input": {"license": {"serial": "NOPE"}}}],
    "attachment_quote": [{"input": {"license": {"serial": "FAX-1"}, "product": "FAX-HA"}}],
    "decision_record": [{"id": "RGVjaXNpb25SZWNvcmQ6MDFh"}],
    "order_quote": [{"id": "UmVuZXdhbE9yZGVyOjAxYQ"}],
    "plan_change_quote": [{"input": {"license": {"serial": "FAX-1"}, "plan": "PLATINUM"}}],
    "checks": [{"inputs": [CHECK, {"license": {"serial": "CALL-1"}}, {"license": {"serial": "?"}}]}],
    "cost_of_delay": [{"input": {**RENEWAL, **YEAR}}, {"input": {**RENEWAL, "plan": "NO", **YEAR}}],
    "coverage_gaps": [YEAR, {**YEAR, "groupBy": "ACCOUNT", "first": 1}],
    "end_of_support_schedule": [{"from": "2030-01-01", "to": "2030-12-31"}],
    "guide": [{}],
    "late_fee_exposure": [{"on": "2026-06-01"}],
    "license": [{"by": {"serial": "FAX-1"}}, {"by": {"serial": "NOPE"}}],
    "license_overview": [{"by": {"serial": "FAX-1"}}, {"by": {"serial": "NOPE"}}],
    "outstanding_charges": [{"on": "2026-03-11"}],
    "plans": [{}, {"on": "2020-03-15"}],
    "product": [{"code": "FAX"}, {"code": "NOPE"}],
    "webhook_deliveries": [{"id": "V2ViaG9vazowMWE"}],
    "webhook_overview": [{"id": "V2ViaG9vazowMWE", "states": ["DEAD"]}],
    "webhooks": [{}, {"first": 1}],
    "portal_licenses": [{}, {"first": 2, "orderBy": "EXPIRES_ON", "on": "2026-12-31"}],
    "renewal_quote": [{"input": RENEWAL}, {"input": {**RENEWAL, "license": {"serial": "FAX-1-HA"}}}],
    "renewal_outlook": [
        {"quote": RENEWAL, "delay": {**RENEWAL, **YEAR}},
        {"quote": {**RENEWAL, "plan": "NO"}, "delay": {**RENEWAL, "months": 0, **YEAR}},
    ],
    "renewals_due": [YEAR],
    "revenue_leakage": [YEAR],
    "timeline": [
        {"by": {"serial": "FAX-1-HA"}},
        {"by": {"serial": "FAX-1"}, **YEAR, "knownAt": "2025-08-01T00:00:00Z"},
    ],
    "what_if": [
        {"changes": [], "check": CHECK},
        {"changes": [{"renew": {**RENEWAL, "orderDate": DAY}}], "check": CHECK},
    ],
}
"""Variables for the operations that callers are given."""


class Watching(Nobody):
    """Counts what a plan left to graphql-core."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()

    def bailed_out(self) -> None:
        self.counted["bailed out"] += 1


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The whole answers of graphql-core alone and of plans, and how often plans bailed out."""
    settings = settings_in(tmp_path_factory.mktemp("compiled"))
    fill(settings, tmp_path_factory.mktemp("files"))
    watching = Watching()

    async def asking(text, variables, viewer, name) -> list[str]:
        answers = []
        async with deployed(settings, lambda: NOW) as deployment:
            for schema in (PLAIN, COMPILED):
                context = replace(deployment.context(viewer, "the-request"), observer=watching)
                result = await schema.execute(
                    text, variable_values=variables, context_value=context, operation_name=name
                )
                told = {
                    "data": result.data,
                    "errors": [error.formatted for error in result.errors or ()],
                    "extensions": result.extensions,
                }
                answers.append(json.dumps(told))
        return answers

    def ask(text, variables=None, viewer=INTERNAL, name=None) -> tuple[str, str, int]:
        watching.counted.clear()
        plain, by_plan = asyncio.run(asking(text, variables, viewer, name))
        return plain, by_plan, watching.counted["bailed out"]

    return ask


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Plans are made when an operation is first asked for."""
    monkeypatch.setattr(compiled, "FIRST", 0)


def is_compiled(text: str, name: str | None = None) -> bool:
    document = COMPILED.documents.read(text)
    assert document.plans is not None
    return document.plans.of(name) is not None


# ---------------------------------------------------------------- the operations that callers are given


def queries() -> list[str]:
    return [name for name, text in operations().items() if "mutation " not in text]


def test_every_query_that_callers_are_given_is_tried_here():
    assert sorted(VARIABLES) == sorted(name for name in queries() if not name.startswith("_"))


@pytest.mark.parametrize("viewer", [INTERNAL, PARTNER, CUSTOMER], ids=["internal", "partner", "customer"])
@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_the_operations_of_callers_are_answered_by_plans_as_by_graphql_core(both, name, viewer):
    for variables in VARIABLES[name]:
        plain, by_plan, bailed_out = both(operations()[name], variables, viewer)
        assert by_plan == plain
        assert bailed_out == 0
    assert is_compiled(operations()[name])


# ---------------------------------------------------------------- generated ones

LEAF = re.compile(r"(?<=[ {])(?!on )([a-z][A-Za-z]*)(?= (?![{(]))")
CONDITIONS = ["@include(if: $yes)", "@skip(if: $yes)", "@include(if: $no)", "@skip(if: false)", "@skip(if: true)"]
DIRECTIVES = st.sampled_from(["", "", "", *(f" {condition}" for condition in CONDITIONS)])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A query with variables and conditions here and there."""
    text = " { " + draw(selections(SCHEMA._schema.query_type, draw(st.integers(2, 6)))) + " } "
    text = LEAF.sub(lambda found: found.group(1) + draw(DIRECTIVES), text)
    if draw(st.booleans()):
        text = text.replace('serial: "FAX-1"', "serial: $serial")
    used = [name for name in ("$yes", "$no", "$serial") if name in text]
    head = "query Generated" + (f"({', '.join(DECLARED[name] for name in used)})" if used else "")
    return head + text


DECLARED = {"$yes": "$yes: Boolean!", "$no": "$no: Boolean = false", "$serial": '$serial: String = "FAX-1"'}
GIVEN = st.fixed_dictionaries(
    {"yes": st.sampled_from([True, False, True, None, "x"])}, optional={"serial": st.sampled_from(["FAX-2", None, 3])}
)


@pytest.mark.parametrize("examples", [50, pytest.param(3_000, marks=pytest.mark.long)])
def test_generated_queries_are_answered_by_plans_as_by_graphql_core(both, examples):
    tally: Counter[bool] = Counter()

    def check(text, variables, viewer):
        plain, by_plan, _ = both(text, variables, viewer)
        assert by_plan == plain
        if not COMPILED.documents.read(text).errors:
            tally[is_compiled(text)] += 1

    viewers = st.sampled_from([INTERNAL, PARTNER, CUSTOMER, replace(CUSTOMER, scopes=frozenset())])
    run = given(text=documents(), variables=GIVEN, viewer=viewers)(check)
    strategies.settings(strategies.settings.get_profile("short"), max_examples=examples)(run)()
    assert tally[True] > 10 * tally[False] > -1, tally


# ---------------------------------------------------------------- what plans leave alone


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("mutation { setMilestone(input: {}) { __typename } }", "mutation"),
        ("{ __schema { queryType { name } } }", "__schema"),
        ("query ($a: Boolean!) { guide { ...E @include(if: $a) } } fragment E on Guide { edition }", "conditions"),
        ("query ($a: Boolean!) { guide { edition edition @skip(if: $a) } }", "more than once"),
    ],
)
def test_what_no_plan_is_made_of_is_said(text, why):
    document = parse(text)
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    with pytest.raises(NotCompiled, match=why):
        plan_of(COMPILED._schema, COMPILED.schema_converter, document, operation)


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("query ($n: Int!) { licenses(first: $n) { totalCount } }", {"n": 1_000}),
        ("query ($n: Int!) { licenses(first: $n) { totalCount } }", {"n": "many"}),
        ("query ($n: Int!) { licenses(first: $n) { totalCount } }", {}),
        ('{ node(id: "x") { id } }', {}),
        ('{ licenses(first: 1, after: "x") { totalCount } guide { edition } }', {}),
        ("query ($i: [EntitlementCheckInput!]!) { entitlementChecks(inputs: $i) { verdict } }", {"i": []}),
    ],
)
def test_what_goes_wrong_goes_wrong_as_in_graphql_core(both, text, variables):
    plain, by_plan, _ = both(text, variables)
    assert by_plan == plain
    assert json.loads(plain)["errors"] or json.loads(plain)["data"]


def test_of_several_operations_the_named_one_is_run(both):
    text = "query A { guide { edition } } query B { plans { code } }"
    for name in ("A", "B", "C", None):
        plain, by_plan, _ = both(text, name=name)
        assert by_plan == plain


def test_a_viewer_without_the_scope_is_refused_by_a_plan_that_others_are_answered_by(both):
    text = '{ license(by: {serial: "FAX-1"}) { serial } }'
    for viewer, bails in ((INTERNAL, 0), (replace(INTERNAL, scopes=frozenset()), 1), (INTERNAL, 0)):
        plain, by_plan, bailed_out = both(text, viewer=viewer)
        assert by_plan == plain
        assert bailed_out == bails


def test_a_plan_is_made_when_an_operation_is_asked_for_again(monkeypatch):
    monkeypatch.setattr(compiled, "FIRST", 1)
    plans = COMPILED.documents.read("{ guide { edition } } # asked for again").plans
    assert plans is not None
    assert [plans.of(None) is None for _ in range(3)] == [True, False, False]
