"""Health, readiness and counts; and what is answered where nothing is."""

from api.settings import embedded_url
from tests.portfolio import client_of


def test_a_process_that_answers_is_alive(caller):
    assert caller.get("/healthz").json() == {"status": "ok"}


def test_a_current_database_is_ready(caller):
    response = caller.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "edition": "imagicle-care-4.1"})


def test_a_database_without_tables_is_not_ready_and_says_what_to_do(portfolio, tmp_path):
    settings = portfolio.model_copy(update={"database_url": embedded_url(tmp_path / "empty.db")})
    with client_of(settings) as caller:
        response = caller.get("/readyz")
        assert response.status_code == 503
        assert "coverline migrate" in response.json()["reason"]
        assert caller.get("/healthz").status_code == 200


def test_an_unknown_path_is_an_error_in_json(caller):
    response = caller.get("/nowhere")
    assert response.status_code == 404
    assert response.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_a_method_that_a_path_lacks_is_an_error_in_json(caller):
    response = caller.post("/healthz")
    assert response.status_code == 405
    assert response.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    assert "GET" in response.headers["allow"]
