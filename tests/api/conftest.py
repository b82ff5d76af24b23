"""The application over a database that holds the portfolio."""

import asyncio
import logging
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.settings import Settings
from tests.api.logged import Log
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


@pytest.fixture
def logging_restored():
    """Whatever a test sets up is undone, since the log belongs to the process. The tests' own caller is not logged."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    ours = {name: logging.getLogger(name).level for name in ("api", "schema", "httpx2")}
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, was in ours.items():
        logging.getLogger(name).setLevel(was)


@pytest.fixture
def log(logging_restored) -> Log:
    """Lines of JSON, as detailed as can be."""
    return Log(log_format="json", log_level="debug")
