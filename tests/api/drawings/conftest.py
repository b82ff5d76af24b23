"""Pictures of the priced portfolio of `tests.portfolio`, asked for over HTTP on 2026-03-11."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.settings import Settings
from tests.ordering import fill
from tests.portfolio import FILES, PRICING, client_of, settings_in

TURNED = "\N{RIGHT-TO-LEFT OVERRIDE}txt.exe"
MANY = "".join(f"FAX-9-HA-{number:02},EVIL,FAX-HA,FAX-9,PERPETUAL,1,2025-01-01,,\n" for number in range(1, 51))
MORE = {
    "accounts.csv": FILES["accounts.csv"]
    + f'EVIL,"</text><script>alert(1)</script>&amp; {TURNED}",,DE,EUROPE,de,EUR\nSAUDI,شركة الرياض,,SA,EUROPE,ar,EUR\n',
    "licenses.csv": FILES["licenses.csv"]
    + "FAX-9,EVIL,FAX,,PERPETUAL,1,2025-01-01,,\n"
    + MANY
    + "FAX-7,SAUDI,FAX,,PERPETUAL,1,2025-01-01,,\n"
    + "ODD/<b>&.png,ACME,FAX,,PERPETUAL,1,2025-01-01,,\n"
    + "OLD-1,ACME,OLD,,PERPETUAL,1,2024-01-01,,\nOLD-1-HA,ACME,FAX-HA,OLD-1,PERPETUAL,1,2024-02-01,,\n",
    "products.csv": FILES["products.csv"].replace(",,FAX\n", ",,FAX;OLD\n") + "OLD,Old Fax,BASE,,\n",
    "milestones.csv": FILES["milestones.csv"] + "OLD,,END_OF_SUPPORT,2025-06-30,notice 9\n",
    "coverage.csv": FILES["coverage.csv"] + "SO-9,OLD-1,GOLD,2025-01-01,2025-12-31,2024-12-01,RENEWED,\n",
}
"""FAX-9 has 50 dependents and an account with a hostile name; OLD-1's support ended on 2025-06-30, within its Gold."""


@pytest.fixture(scope="session")
def drawn(tmp_path_factory) -> Settings:
    folder = tmp_path_factory.mktemp("drawn")
    settings = settings_in(folder)
    fill(settings, folder, PRICING | MORE)
    return settings


@pytest.fixture(scope="module")
def caller(drawn) -> Iterator[TestClient]:
    with client_of(drawn) as client:
        yield client
