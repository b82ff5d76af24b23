"""The application over a database that holds the portfolio."""

import asyncio
from collections.abc import Iterator

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
    """A caller of a demonstration, from this machine."""
    with client_of(portfolio) as client:
        yield client
