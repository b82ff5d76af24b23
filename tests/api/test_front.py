"""What the front answers is what the view answers: status, headers and body, whatever is asked and however."""

import json
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.bodies import LARGEST_BODY, MOST_ITEMS, _json
from api.front import bodies
from api.operations import document_id, operations
from api.settings import Settings
from entitlements.messages import said
from schema.compiled import operations as compiled
from schema.scopes import READ_SCOPES, Scope
from schema.store import Viewer, ViewerKind
from tests import strategies
from tests.api.test_auth import key_of
from tests.ordering import fill
from tests.portfolio import NOW, client_of, settings_in
from tests.schema.compiled.test_plans import CHECK, VARIABLES, documents

JSON = {"content-type": "application/json"}
ID = {"x-request-id": "the-request"}


@dataclass
class Both:
    """The same application with plans and without any, each with a caller."""

    hot: TestClient
    cold: TestClient
    key: str
    handed_on: list[str]
    """Paths of the requests that the front handed on."""

    def ask(self, content: bytes, **headers: str | None):
        """The answer that both give, the front once it knows the document; and whether the front gave it."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in ({**JSON, **ID, "x-api-key": self.key} | named).items() if value}
        expected = self.cold.post("/graphql", content=content, headers=sent)
        for _ in range(2):
            self.handed_on.clear()
            found = self.hot.post("/graphql", content=content, headers=sent)
            assert (found.status_code, found.content) == (expected.status_code, expected.content)
            assert found.headers.raw == expected.headers.raw
        return expected, not self.handed_on


def watched(client: TestClient) -> list[str]:
    """Paths that the front of an application hands on, as it does."""
    front, handed_on = client.app.front, []  # type: ignore[reportFunctionMemberAccess]
    rest = front._rest

    async def counted(scope, receive, send):
        handed_on.append(scope["path"])
        await rest(scope, receive, send)

    front._rest = counted
    return handed_on


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Settings:
    settings = settings_in(tmp_path_factory.mktemp("front"))
    fill(settings, tmp_path_factory.mktemp("files"))
    return settings


@pytest.fixture(scope="module")
def both(filled):
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        stack.enter_context(time_machine.travel(NOW, tick=False))
        patch.setattr(compiled, "FIRST", 0)
        hot, cold = (
            stack.enter_context(client_of(filled.model_copy(update={"compiled": which}), demo=False))
            for which in (True, False)
        )
        key = key_of(filled)
        yield Both(hot, cold, key, watched(hot))


def body(text: str, variables=None, **other) -> bytes:
    return json.dumps({"query": text, "variables": variables or {}, **other}).encode()


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_the_operations_of_callers_are_answered_by_the_front_as_by_the_view(both, name):
    text = operations()[name]
    for variables in VARIABLES[name]:
        by_id = json.dumps({"documentId": document_id(text), "variables": variables}).encode()
        for content in (body(text, variables), by_id):
            response, by_front = both.ask(content)
            assert by_front, response.text


@pytest.mark.parametrize("examples", [15, pytest.param(600, marks=pytest.mark.long)])
def test_generated_queries_are_answered_alike(both, examples):
    def check(text, variables):
        both.ask(body(text, variables))

    variables = st.fixed_dictionaries({"yes": st.sampled_from([True, False, None])})
    run = given(text=documents(), variables=variables)(check)
    strategies.settings(strategies.settings.get_profile("short"), max_examples=examples)(run)()


CHECKING = operations()["check"]
NAMED = "query A { guide { edition } } query B { plans { code } }"


@pytest.mark.parametrize(
    ("content", "headers", "by_front"),
    [
        (body(CHECKING, {"input": CHECK}), {}, True),
        (body(CHECKING, {"input": CHECK}), {"accept": "application/graphql-response+json"}, True),
        (body(CHECKING, {"input": CHECK}), {"accept": "*/*", "accept_language": "de-CH, it;q=0.5"}, True),
        (body(CHECKING, {"input": CHECK}), {"accept_language": "ar"}, True),
        (body(CHECKING, {"input": CHECK}), {"accept": "text/html"}, False),
        (body(CHECKING, {"input": CHECK}), {"content_type": "application/json; charset=utf-8"}, True),
        (body(CHECKING, {"input": CHECK}), {"content_type": "application/json; charset=latin-1"}, False),
        (body(CHECKING, {"input": CHECK}), {"content_type": "text/plain"}, False),
        (body(CHECKING, {"input": CHECK}), {"content_encoding": "gzip"}, False),
        (body(CHECKING, {"input": CHECK}), {"x_api_key": None}, False),
        (body(CHECKING, {"input": CHECK}), {"x_api_key": "cvl_000000000000_x"}, False),
        (body(CHECKING, {"input": CHECK}, operationName="Check"), {}, True),
        (body(CHECKING, {"input": CHECK}, operationName="Nobody"), {}, False),
        (body(CHECKING, {"input": CHECK}, extensions={"clientLibrary": {"name": "x"}}), {}, True),
        (body(CHECKING, {"input": CHECK}, unknown=1), {}, False),
        (body(CHECKING, {"input": CHECK}, query_2="x"), {}, False),
        (body(CHECKING, {}), {}, False),
        (body(CHECKING, {"input": {**CHECK, "service": "NOTHING"}}), {}, False),
        (body(CHECKING, {"input": {"license": {"serial": "x", "id": "y"}}}), {}, False),
        (body(CHECKING, {"input": {"license": {"serial": "Ø\ud800"}}}), {}, False),
        (body(CHECKING, {"input": {"license": {"serial": "Ø ☃ \n"}}}), {}, True),
        (body(CHECKING, {"input": {**CHECK, "knownAt": "2030-01-01T00:00:00Z"}}), {}, None),
        (body(NAMED, operationName="B"), {}, True),
        (body(NAMED), {}, False),
        (body("{ nothing }"), {}, False),
        (body("{"), {}, False),
        (b"[" + body("{ guide { edition } }") + b"]", {}, False),
        (b'{"query":"{ guide { edition } }","query":"{ guide { title } }"}', {}, False),
        (b'{"query":"{ guide { edition } }","variables":{"a":1,"a":2}}', {}, False),
        (b'{"query":"{ guide { edition } }","variables":{"a":{"b" :1,"b":2}}}', {}, False),
        (b'{"query":"{ guide { edition } }","variables":null}', {}, True),
        (b'{"query":"{ guide { edition } }","variables":[]}', {}, False),
        (b'{"query":"{ guide { edition } }","operationName":null}', {}, True),
        (b'{"query":"{ guide { edition } }","operationName":""}', {}, None),
        (b'{"query":"{ guide { edition } }","variables":{"a":NaN}}', {}, False),
        (b'{"query":"{ guide { edition } }","variables":{"a":1e999}}', {}, False),
        (b'{"query":"{ guide { edition } }"} x', {}, False),
        (b'\xef\xbb\xbf{"query":"{ guide { edition } }"}', {}, False),
        (b'{"query":"{ guide { edition } }","documentId":"x"}', {}, False),
        (b'{"documentId":"x"}', {}, False),
        (b'{"query":null}', {}, False),
        (b'{"query":""}', {}, False),
        (b'{"query":7}', {}, False),
        (b"", {}, False),
        (b'{"query":"\xff"}', {}, False),
        (body("{ guide { edition } }", {"deep": json.loads("[" * 40 + "]" * 40)}), {}, False),
        (body("{ guide { edition } }", {"long": [0] * (MOST_ITEMS + 1)}), {}, False),
        (body("{ guide { edition } }", {"large": "x" * LARGEST_BODY}), {}, False),
        (body("query ($n: Int!) { licenses(first: $n) { totalCount } }", {"n": 1_000}), {}, False),
        (body("query ($n: Int!) { licenses(first: $n) { totalCount } }", {"n": 10}), {}, True),
    ],
)
def test_whatever_is_sent_is_answered_alike(both, content, headers, by_front):
    response, found = both.ask(content, **headers)
    assert by_front in (None, found), response.text


def test_a_caller_without_the_scope_is_refused_alike(both, filled):
    few = key_of(filled, scopes=frozenset({Scope.LICENSES_READ}))
    both.ask(body(CHECKING, {"input": CHECK}), x_api_key=few)
    response, by_front = both.ask(body(CHECKING, {"input": CHECK}), authorization=f"Bearer {both.key}", x_api_key=None)
    assert (response.status_code, by_front) == (200, True)
    response, by_front = both.ask(body(CHECKING, {"input": CHECK}), authorization=f"bearer {both.key}", x_api_key=None)
    assert response.status_code == 200


def test_a_customer_sees_its_own_alone(both, filled):
    customer = key_of(filled, viewer=Viewer(ViewerKind.CUSTOMER, "BETA"))
    for serial in ("FAX-1", "FAX-3"):
        variables = {"input": {"license": {"serial": serial}}}
        response, by_front = both.ask(body(CHECKING, variables), x_api_key=customer)
        assert by_front
        assert (response.json()["data"]["entitlementCheck"]["license"] is None) == (serial == "FAX-1")


@pytest.mark.parametrize(
    "update",
    [{"rate": "3/minute"}, {"trusted_only": frozenset({ViewerKind.INTERNAL})}, {"trusted_only": READ_SCOPES}],
)
def test_limits_hold_for_the_front(filled, monkeypatch, update):
    monkeypatch.setattr(compiled, "FIRST", 0)
    key = key_of(filled)
    by_id = json.dumps({"documentId": document_id(CHECKING), "variables": {"input": CHECK}}).encode()
    told = []
    with time_machine.travel(NOW, tick=False):
        for which in (True, False):
            settings = filled.model_copy(update={"compiled": which, **update})
            with client_of(settings, demo=False) as client:
                headers = {**JSON, **ID, "x-api-key": key}
                contents = [by_id, by_id, body(CHECKING, {"input": CHECK}), by_id, body("{"), by_id]
                answers = [client.post("/graphql", content=one, headers=headers) for one in contents]
                told.append([(one.status_code, one.content, one.headers.raw) for one in answers])
    assert told[0] == told[1]
    assert {status for status, *_ in told[0]} > {200}


def test_the_front_counts_what_the_view_counts(filled, monkeypatch):
    monkeypatch.setattr(compiled, "FIRST", 0)
    headers = {**JSON, "x-api-key": key_of(filled)}
    told = []
    for which in (True, False):
        with client_of(filled.model_copy(update={"compiled": which}), demo=False) as client:
            for name in ("check", "checks", "what_if", "guide"):
                for variables in VARIABLES[name] * 2:
                    client.post("/graphql", content=body(operations()[name], variables), headers=headers)
            lines = client.get("/metrics").text.splitlines()
            told.append(
                [
                    line
                    for line in lines
                    if line.startswith("coverline_")
                    and not line.startswith(("coverline_operation_seconds_sum", "coverline_operation_seconds_bucket"))
                ]
            )
    assert told[0] == told[1]
    assert any(line.startswith("coverline_checks_total") for line in told[0])


# ---------------------------------------------------------------- bodies


class Members(list):
    """Members of an object, of which some may stand there twice."""


MEMBERS = st.sampled_from(["query", "variables", "operationName", "extensions", "documentId", "a", 'a":', "a :"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=6) | MEMBERS,
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(MEMBERS, inner), max_size=3).map(Members),
    max_leaves=8,
)


def written(value, blank: str) -> str:
    if isinstance(value, Members):
        return "{" + ",".join(f"{json.dumps(name)}{blank}:{written(one, blank)}" for name, one in value) + "}"
    if isinstance(value, list):
        return f"[{','.join(written(one, blank) for one in value)}]{blank}"
    return json.dumps(value, ensure_ascii=False)


SENT = st.lists(
    st.one_of(
        st.tuples(st.just("query"), st.just("{ a }")),
        st.tuples(st.just("variables"), VALUES.map(lambda one: Members([("v", one)]))),
        st.tuples(MEMBERS, VALUES),
    ),
    min_size=1,
    max_size=4,
).map(Members)


@pytest.mark.parametrize("examples", [60, pytest.param(5_000, marks=pytest.mark.long)])
def test_a_body_that_the_front_decodes_is_read_as_the_same_with_care(examples):
    run = given(SENT, st.sampled_from(["", " ", "\t", "\n"]), st.binary(max_size=2))(read_alike)
    strategies.settings(strategies.settings.get_profile("short"), max_examples=examples)(run)()


def read_alike(sent, blank: str, after: bytes) -> None:
    content = written(sent, blank).encode("utf-8", "surrogatepass") + after
    found = bodies.asked(content)
    variables = bodies.variables_of(found.variables) if found is not None else None
    if found is not None and variables is not None:
        read = _json(said("The body"), content)
        assert isinstance(read, dict)
        assert variables == (read.get("variables") or {})
        assert (bodies.text_of(found.query) if found.query else None) == read.get("query")
        assert found.operation == (read.get("operationName") or None)
        assert found.document_id == (read.get("documentId") or None)


@pytest.mark.parametrize("examples", [100, pytest.param(5_000, marks=pytest.mark.long)])
def test_a_body_with_other_variables_in_their_place_asks_for_the_same_of_them(examples):
    run = given(SENT, st.sampled_from(["", " ", "\n"]), VALUES.map(lambda one: Members([("w", one)])))(read_anew)
    strategies.settings(strategies.settings.get_profile("short"), max_examples=examples)(run)()


def read_anew(sent, blank: str, other) -> None:
    content = written(sent, blank).encode("utf-8", "surrogatepass")
    found = bodies.asked(content)
    parts = bodies.around(content, found) if found is not None else None
    if found is not None and parts is not None:
        variables = written(other, blank).encode("utf-8", "surrogatepass").strip()
        if bodies.variables_of(variables) is not None:
            again = bodies.asked(parts[0] + variables + parts[1])
            assert again == found._replace(variables=variables)


@pytest.mark.parametrize(
    "content",
    [
        b'{"query":"{ a }"}',
        b'{"query":"{ a }","variables":{}}',
        b'{"query":"{ a }","variables":null}',
        b'{"query":"{ a }","variables":{"a":1},"extensions":{"a":1}}',
        b'{"extensions":{"a":{"a":1}},"query":"{ a }","variables":{"a":1}}',
    ],
)
def test_the_place_of_variables_that_may_stand_elsewhere_is_not_told(content):
    found = bodies.asked(content)
    assert found is not None
    assert bodies.around(content, found) is None


@pytest.mark.parametrize(
    "content",
    [
        b'{"query":"{ a }","variables":{"v":{"a":1,"a":2}}}',
        b'{"query":"{ a }","query":"{ a }"}',
        b'{"a":1,"query":"x"}',
    ],
)
def test_what_is_read_with_care_only_is_not_decoded(content):
    found = bodies.asked(content)
    assert found is None or bodies.variables_of(found.variables) is None
