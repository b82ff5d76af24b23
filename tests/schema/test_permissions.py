"""What a caller may ask for is decided by the scopes of its key, in one place, for every field of the root."""

import asyncio

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLUnionType

from api.deployment import deployed
from entitlements.problems import ProblemCode
from schema.nodes import Kind, read_id
from schema.permissions import MAY_HOLD, NEEDED, NODES, lacked
from schema.root import Schema
from schema.scopes import READ_SCOPES, Scope, with_included
from schema.store import Viewer, ViewerKind
from tests.portfolio import NOW

SCHEMA = Schema()
SUBGRAPH = Schema(federation=True)
QUOTE = '{license: {serial: "FAX-2"}, plan: "GOLD"'
LICENSE = 'license: {serial: "FAX-1"}'
FIELDS = {
    "Query.product": 'product(code: "FAX") { code }',
    "Query.plans": "plans { code }",
    "Query.guide": "guide { edition }",
    "Query.license": 'license(by: {serial: "FAX-1"}) { serial }',
    "Query.licenses": "licenses(first: 1) { edges { cursor } }",
    "Query.account": 'account(reference: "ACME") { reference }',
    "Query.accounts": "accounts(first: 1) { edges { cursor } }",
    "Account.licenses": f"entitlementCheck(input: {{{LICENSE}}}) {{ license {{ account {{ licenses(first: 1) "
    "{ totalCount } } } }",
    "Query.entitlementCheck": f"entitlementCheck(input: {{{LICENSE}}}) {{ verdict }}",
    "Query.entitlementChecks": f"entitlementChecks(inputs: [{{{LICENSE}}}]) {{ verdict }}",
    "Query.accountChecks": 'accountChecks(account: "ACME", check: {}) { verdict }',
    "Query.decisionRecord": 'decisionRecord(id: "RGVjaXNpb25SZWNvcmQ6MDFh") { id }',
    "Query.whatIf": f"whatIf(changes: [], check: {{{LICENSE}}}) {{ verdict }}",
    "Query.renewalQuote": f"renewalQuote(input: {QUOTE}, months: 12}}) {{ __typename ... on Problem {{ code }} }}",
    "Query.costOfDelay": f'costOfDelay(input: {QUOTE}, months: 12, from: "2026-03-11", to: "2026-03-12"}}) '
    "{ __typename ... on Problem { code } }",
    "Query.attachmentQuote": f'attachmentQuote(input: {{{LICENSE}, product: "FAX-HA"}}) '
    "{ __typename ... on Problem { code } }",
    **{
        f"Query.{name}": f"{name}({days}) {{ __typename ... on Problem {{ code }} }}"
        for name, days in {
            "renewalsDue": 'from: "2026-01-01", to: "2026-12-31"',
            "lateFeeExposure": 'on: "2026-03-11"',
            "coverageGaps": 'from: "2026-01-01", to: "2026-12-31"',
            "endOfSupportSchedule": 'from: "2026-01-01", to: "2026-12-31"',
            "outstandingCharges": 'on: "2026-03-11"',
            "revenueLeakage": 'from: "2026-01-01", to: "2026-12-31"',
        }.items()
    },
    "Query.webhook": 'webhook(id: "V2ViaG9vazowMWE") { id }',
    "Query.webhooks": "webhooks(first: 1) { edges { cursor } }",
    "Query.planChangeQuote": f'planChangeQuote(input: {{{LICENSE}, plan: "PLATINUM"}}) '
    "{ __typename ... on Problem { code } }",
}
KEYED = 'idempotencyKey: ""'
"""Malformed, so that what is let through changes nothing."""
ORDERED = 'orderReference: "PO-1", expectedTotal: "1.00"'
MUTATIONS = {
    "orderRenewal": f"quote: {QUOTE}, months: 12}}, {ORDERED}",
    "attachLicense": f'quote: {{{LICENSE}, product: "FAX-HA"}}, serial: "NEW-1", {ORDERED}',
    "changePlan": f'quote: {{{LICENSE}, plan: "PLATINUM"}}, {ORDERED}',
    "registerLicense": 'serial: "NEW-1", account: "ACME", product: "FAX"',
    "correctLicense": f'{LICENSE}, reason: "me", quantity: 9',
    "correctCoverage": f'{LICENSE}, orderReference: "SO-1", reason: "me", plan: "BASIC"',
    "cancelCoverage": f'{LICENSE}, orderReference: "SO-1", reason: "me"',
    "recordPayment": 'charge: "CH-2", paidOn: "2026-03-11"',
    "correctCharge": 'charge: "CH-2", reason: "me", amount: "1.00"',
    "recordDecision": f"check: {{{LICENSE}}}",
    "createWebhook": 'url: "https://hooks.example.com/x"',
    "updateWebhook": 'webhook: "V2ViaG9vazowMWE", enabled: false',
    "rotateWebhookSecret": 'webhook: "V2ViaG9vazowMWE"',
    "deleteWebhook": 'webhook: "V2ViaG9vazowMWE"',
    "replayDeliveries": 'webhook: "V2ViaG9vazowMWE"',
    "setMilestone": 'product: "FAX", kind: ANNOUNCED, on: "2026-03-11", source: "me"',
}


@pytest.fixture(scope="module")
def answer_to(portfolio):
    """An answer to a viewer, with its errors."""

    def asking(viewer: Viewer, document: str, **variables):
        async def ask():
            async with deployed(portfolio, lambda: NOW) as deployment:
                context = deployment.context(viewer)
                return await SCHEMA.execute(document, variable_values=variables, context_value=context)

        return asyncio.run(ask())

    return asking


def internal(*scopes: Scope) -> Viewer:
    return Viewer(ViewerKind.INTERNAL, scopes=frozenset(scopes))


def every_root_field() -> set[str]:
    roots = (SCHEMA._schema.query_type, SCHEMA._schema.mutation_type, SUBGRAPH._schema.query_type)
    return {f"{type_.name}.{name}" for type_ in roots if type_ for name in type_.fields}


def test_every_field_of_the_root_says_which_scopes_it_needs():
    assert {path for path in NEEDED if path.startswith(("Query.", "Mutation."))} == every_root_field()
    assert NODES.keys() == set(Kind)


def test_every_field_that_needs_scopes_is_tried_here():
    nodes = {"Query.node", "Query.nodes", "Query._entities", "Query._service"}
    assert {*FIELDS, *(f"Mutation.{name}" for name in MUTATIONS), *nodes} == NEEDED.keys()


def test_every_mutation_needs_a_scope_that_writes():
    writes = {scope for scope in Scope if scope.endswith(":write")}
    recording = "Mutation.recordDecision"  # keeps what whoever may check was told
    for path, needed in NEEDED.items():
        assert bool(writes & set(needed)) == (path.startswith("Mutation.") and path != recording), path


@pytest.mark.parametrize("path", FIELDS)
@pytest.mark.parametrize("held", [*Scope, None])
def test_a_query_is_answered_to_those_who_hold_its_scope_and_to_nobody_else(answer_to, path, held):
    viewer = internal(*([held] if held else []), *([Scope.ENTITLEMENTS_CHECK] if path == "Account.licenses" else []))
    result = answer_to(viewer, f"{{ {FIELDS[path]} }}")
    lacking = lacked(viewer, NEEDED[path])
    [found] = result.data.values() if result.data else [None]
    if not lacking:
        assert not result.errors
        assert (found or {}).get("code") != "FORBIDDEN" if isinstance(found, dict) else True
    elif isinstance(found, dict) and "__typename" in found:
        assert found == {"__typename": "Problem", "code": "FORBIDDEN"}
    else:
        [error] = result.errors
        assert error.extensions == {"code": "FORBIDDEN", "permission": " and ".join(lacking)}
        assert all(scope in error.message for scope in lacking)


@pytest.mark.parametrize("name", MUTATIONS)
@pytest.mark.parametrize("held", [*Scope, None])
def test_a_mutation_is_done_for_those_who_hold_its_scopes_and_for_nobody_else(answer_to, name, held):
    document = f"mutation {{ {name}(input: {{{KEYED}, {MUTATIONS[name]}}}) {{ ... on Problem {{ code message }} }} }}"
    viewer = internal(*([held] if held else []))
    result = answer_to(viewer, document)
    lacking = lacked(viewer, NEEDED[f"Mutation.{name}"])
    if lacking:
        assert not result.errors
        assert result.data[name]["code"] == ProblemCode.FORBIDDEN
        assert all(scope in result.data[name]["message"] for scope in lacking)
    else:
        [error] = result.errors
        assert error.message.startswith("idempotencyKey")


def test_a_refusal_is_a_problem_wherever_a_problem_can_be_answered():
    types = SCHEMA._schema.type_map
    for path, needed in NEEDED.items():
        of, _, name = path.partition(".")
        type_ = types[of] if name not in {"_entities", "_service"} else SUBGRAPH._schema.type_map[of]
        assert isinstance(type_, GraphQLObjectType)
        answer = type_.fields[name].type
        inner = answer.of_type if isinstance(answer, GraphQLNonNull) else answer
        if needed and of == "Mutation":
            assert isinstance(inner, GraphQLUnionType), path


def test_an_object_behind_an_id_needs_the_scope_of_its_kind(answer_to):
    ids = answer_to(
        internal(Scope.ADMIN),
        '{ license(by: {serial: "FAX-1"}) { id account { id } product { id } } }',
    ).data["license"]
    every = [ids["id"], ids["account"]["id"], ids["product"]["id"]]
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }"
    allowed = answer_to(internal(Scope.LICENSES_READ), document, ids=every)
    assert [one["__typename"] for one in allowed.data["nodes"]] == ["License", "Account", "Product"]
    refused = answer_to(internal(Scope.BILLING_READ), document, ids=every)
    assert [one and one["__typename"] for one in refused.data["nodes"]] == [None, None, "Product"]
    assert [(error.path, error.extensions["permission"]) for error in refused.errors] == [
        (["nodes", 0], "licenses:read"), (["nodes", 1], "licenses:read"),
    ]  # fmt: skip
    assert read_id(every[0])


def test_what_may_be_held_is_what_the_kind_may_do():
    for kind in (ViewerKind.PARTNER, ViewerKind.CUSTOMER):
        assert MAY_HOLD[kind] > READ_SCOPES
        assert not MAY_HOLD[kind] & {Scope.ADMIN, Scope.BILLING_WRITE, Scope.CATALOG_WRITE}
        assert with_included(MAY_HOLD[kind]) == MAY_HOLD[kind], "nothing is held by the way"


def test_a_viewer_may_do_nothing_until_it_is_given_a_scope():
    assert not any(Viewer(ViewerKind.INTERNAL).may(scope) for scope in Scope)
