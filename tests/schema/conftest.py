"""The schema as callers meet it: over HTTP, over a database that holds the portfolio."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.settings import Settings
from tests.portfolio import client_of, load, settings_in


@pytest.fixture(scope="session")
def portfolio(tmp_path_factory) -> Settings:
    folder = tmp_path_factory.mktemp("portfolio")
    settings = settings_in(folder)
    asyncio.run(load(settings, folder / "files"))
    return settings


@pytest.fixture(scope="module")
def caller(portfolio) -> Iterator[TestClient]:
    with client_of(portfolio) as client:
        yield client


@pytest.fixture(scope="module")
def ask(caller) -> Callable[..., dict[str, Any]]:
    """The whole answer to a document and its variables."""

    def asking(document: str, **variables) -> dict[str, Any]:
        # Escaped to ASCII, so that what no UTF-8 can hold is sent as well.
        body = json.dumps({"query": document, "variables": variables})
        return caller.post("/graphql", content=body, headers={"content-type": "application/json"}).json()

    return asking


@pytest.fixture(scope="module")
def data_of(ask) -> Callable[..., dict[str, Any]]:
    """The data of an answer without errors."""

    def asking(document: str, **variables) -> dict[str, Any]:
        answer = ask(document, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    return asking


@pytest.fixture(scope="module")
def refusal_of(ask) -> Callable[..., dict[str, Any]]:
    """The one error of an answer that has one."""

    def asking(document: str, **variables) -> dict[str, Any]:
        [error] = ask(document, **variables)["errors"]
        return error

    return asking
