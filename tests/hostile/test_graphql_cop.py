"""The twelve checks of graphql-cop, as the settings of production answer them."""

import pytest

from tests.api.test_auth import key_of
from tests.portfolio import client_of

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
PATHS = (
    "/graphql",
    "/",
    "/graphiql",
    "/playground",
    "/altair",
    "/voyager",
    "/graphql/console",
    "/v1/graphql",
)


@pytest.fixture(scope="module")
def production(portfolio):
    """Someone with a key, before a server with no settings but its own."""
    with client_of(portfolio, demo=False, headers={"x-api-key": key_of(portfolio)}) as caller:
        yield caller


def errors_of(production, query: str) -> list[dict]:
    """The errors of a query of which nothing is executed."""
    answer = production.post("/graphql", json={"query": query}).json()
    assert "data" not in answer
    return answer["errors"]


def test_1_aliases_cannot_be_overloaded(production):
    [error] = errors_of(production, "{ " + " ".join(f"alias{n}: __typename" for n in range(101)) + " }")
    assert error["extensions"]["limit"] == "aliases"


def test_2_queries_cannot_be_sent_in_batches(production):
    response = production.post("/graphql", json=[{"query": "{ __typename }"}] * 10)
    assert response.status_code == 400
    assert isinstance(response.json(), dict)


def test_3_queries_cannot_be_sent_by_a_plain_get(production):
    response = production.get("/graphql", params={"query": "{ __typename }"})
    assert response.status_code == 403
    assert "data" not in response.json()


def test_4_queries_cannot_be_posted_by_a_form(production):
    response = production.post("/graphql", data={"query": "{ __typename }"})
    assert response.status_code == 415
    assert "data" not in response.json()


def test_5_nothing_is_traced(production):
    headers = {"x-apollo-tracing": "1", "x-debug": "1"}
    answer = production.post("/graphql", json={"query": "{ __typename }"}, headers=headers).json()
    assert answer["data"] == {"__typename": "Query"}
    assert answer["extensions"].keys() == {"cost"}


def test_6_a_field_cannot_be_repeated_at_will(production):
    [error] = errors_of(production, "{ " + "__typename " * 500 + "}")
    assert error["extensions"]["limit"] == "repeated fields"


@pytest.mark.parametrize("query", ["{ __schema { directive } }", "{ licence }", '{ license(bye: "x") { id } }'])
def test_7_nothing_is_suggested(production, query):
    assert not [error for error in errors_of(production, query) if "did you mean" in error["message"].lower()]


@pytest.mark.parametrize("path", PATHS)
def test_8_there_is_no_console(production, path):
    response = production.get(path, headers={"accept": BROWSER})
    assert response.status_code >= 400
    assert "html" not in response.headers["content-type"]


def test_8_the_console_for_people_shows_graphiql_to_administrators_alone(production):
    page = production.get("/console", headers={"accept": BROWSER})
    assert (page.status_code, "graphiql" in page.text.lower()) == (200, False)
    assert production.get("/console/graphiql", headers={"accept": BROWSER}).status_code == 403


@pytest.mark.parametrize("query", ["{ __schema { types { name } } }", '{ __type(name: "License") { name } }'])
def test_9_the_schema_does_not_tell_about_itself(production, query):
    assert {error["extensions"]["code"] for error in errors_of(production, query)} == {"GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize(("count", "most"), [(10, 6), (51, 1), (500, 1)])
def test_10_directives_cannot_be_overloaded(production, count, most):
    assert len(errors_of(production, "{ __typename " + "@aa " * count + "}")) <= most


def test_11_types_cannot_be_asked_for_in_circles(production):
    circle = "{ __schema { types { " + "fields { type { " * 4 + "name" + " } }" * 4 + " } } }"
    assert errors_of(production, circle)


def test_12_mutations_cannot_be_sent_by_get(production):
    for headers in ({}, {"x-requested-with": "x"}):
        response = production.get("/graphql", params={"query": "mutation { __typename }"}, headers=headers)
        assert response.status_code in {403, 405}
        assert "data" not in response.json()
