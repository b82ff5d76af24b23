"""Quotes of the priced portfolio of `tests.portfolio`, asked for over HTTP on 2026-03-11."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.settings import Settings
from tests.ordering import fill
from tests.portfolio import FILES, PRICING, client_of, settings_in

DEPENDENTS = 100
MODULES = "".join(
    f"FAX-9-HA-{number:03},BETA,FAX-HA,FAX-9,PERPETUAL,1,2025-01-01,,2025-01-01T00:00:00Z\n"
    for number in range(1, DEPENDENTS + 1)
)
MORE = {
    "accounts.csv": FILES["accounts.csv"]
    + 'MANY,"Müller & Söhne, شركة",,DE,EUROPE,de-AT,EUR\nSWE,Lindqvist Trä,,SE,EUROPE,sv,EUR\n',
    "licenses.csv": FILES["licenses.csv"]
    + "FAX-9,MANY,FAX,,PERPETUAL,1,2025-01-01,,2025-01-01T00:00:00Z\n"
    + MODULES.replace("BETA", "MANY")
    + "FAX-8/A;=B,SWE,FAX,,PERPETUAL,1,2026-01-01,,2026-01-01T00:00:00Z\n",
}
"""FAX-9 has 100 modules and the coverage of its first year; FAX-8/A;=B is a serial that no file can bear."""


@pytest.fixture(scope="session")
def priced(tmp_path_factory) -> Settings:
    folder = tmp_path_factory.mktemp("priced")
    settings = settings_in(folder)
    fill(settings, folder, PRICING | MORE)
    return settings


@pytest.fixture(scope="module")
def caller(priced) -> Iterator[TestClient]:
    with client_of(priced) as client:
        yield client
