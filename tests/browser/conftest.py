"""The console, served over real HTTP: as in production, where one signs in, and as a demonstration."""

from pathlib import Path

import pytest

from api.app import create_app
from tests.api.console.conftest import key_for, stocked
from tests.clients.running import served
from tests.portfolio import NOW

__all__ = ["stocked"]


@pytest.fixture(scope="session")
def production(stocked):
    """The address, and a key that may ask for everything that is read."""
    with served(create_app(stocked, clock=lambda: NOW)) as address:
        yield {"origin": address, "key": key_for(stocked)}


@pytest.fixture(scope="session")
def demonstration(stocked):
    with served(create_app(stocked, demo=True, clock=lambda: NOW)) as address:
        yield {"origin": address}


@pytest.fixture(scope="session")
def pictures(request) -> Path:
    """Where pictures of pages are kept; version control leaves it out."""
    return request.config.rootpath / "build" / "console"
