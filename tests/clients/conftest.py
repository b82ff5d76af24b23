"""The portfolio, served over real HTTP as in production, where every request needs a key."""

import pytest

from api.app import create_app
from tests.api.conftest import *  # noqa: F403 - fixtures are found by their names
from tests.api.test_auth import key_of
from tests.clients.running import served
from tests.portfolio import NOW


@pytest.fixture(scope="session")
def server(portfolio):
    """The address of the server. Some of the audits introspect."""
    settings = portfolio.model_copy(update={"introspection": True})
    with served(create_app(settings, clock=lambda: NOW)) as address:
        yield address


@pytest.fixture(scope="session")
def headers(portfolio):
    """What a caller with a key sends."""
    return {"authorization": f"Bearer {key_of(portfolio)}"}


@pytest.fixture(scope="session")
def endpoint(server, headers):
    """What a script is given to reach the server."""
    return {"url": f"{server}/graphql", "headers": headers}
