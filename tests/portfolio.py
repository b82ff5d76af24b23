"""A small portfolio as interchange files, and an application over it, for the tests of the schema and of the API.

NOW is the Wednesday of `tests.builders`. Accounts: the customers ACME (through the partner NORTH) and BETA.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from starlette.testclient import TestClient

from api.app import create_app
from api.deployment import deployed
from api.interchange.importing import import_folder
from api.settings import Settings, embedded_url
from api.store.revisions import migrate

NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)

FILES = {
    "accounts.csv": """reference,name,partner,country,theater,language,currency
NORTH,North Partner,,IT,EUROPE,en,EUR
ACME,Acme,NORTH,IT,EUROPE,en,EUR
BETA,Beta,,FR,EUROPE,fr,EUR
""",
    "products.csv": """code,name,kind,family,bases
FAX,Digital Fax,BASE,,
FAX-HA,Digital Fax HA,REDUNDANCY,,FAX
CALL,Call Recording,BASE,,
""",
    "releases.csv": """name,season,year,released_on
Winter '26,WINTER,2026,2026-01-19
Summer '25,SUMMER,2025,2025-09-08
""",
    "milestones.csv": """product,version,kind,on,source
CALL,,END_OF_SUPPORT,2030-06-30,notice 12
""",
    "licenses.csv": """serial,account,product,base,model,quantity,registered_on,installed_release,recorded_at
FAX-1,ACME,FAX,,PERPETUAL,1,2025-06-01,Winter '26,2025-06-01T00:00:00Z
FAX-1-HA,ACME,FAX-HA,FAX-1,PERPETUAL,2,2025-07-01,,2025-07-01T00:00:00Z
FAX-2,ACME,FAX,,PERPETUAL,1,2024-12-01,,2024-12-01T00:00:00Z
FAX-3,BETA,FAX,,PERPETUAL,1,2023-01-01,,2023-01-01T00:00:00Z
CALL-1,BETA,CALL,,PERPETUAL,1,,,2026-01-01T00:00:00Z
""",
    "coverage.csv": """order_reference,serial,plan,starts_on,expires_on,order_date,kind,recorded_at
SO-1,FAX-1,GOLD,2025-10-01,2026-09-30,2025-09-20,ORDERED,2025-09-20T09:00:00Z
SO-2,FAX-3,PLATINUM,2024-01-01,2026-12-31,2023-12-01,RENEWED,2023-12-01T09:00:00Z
""",
    "charges.csv": """reference,order_reference,serial,amount,currency,due_on,paid_on,recorded_at
CH-1,SO-1,FAX-1,1200.50,EUR,2025-10-20,2025-10-15,2025-09-20T09:00:00Z
CH-2,SO-2,FAX-3,3000.00,EUR,2026-03-01,,2023-12-01T09:00:00Z
""",
}

PRICING = {
    "prices.csv": """book,currency,product,plan,months,effective_from,amount
LIST,EUR,FAX,BASIC,12,2020-01-01,600.00
LIST,EUR,FAX,BASIC,12,2026-03-21,660.00
LIST,EUR,FAX,GOLD,12,2020-01-01,1000.00
LIST,EUR,FAX,GOLD,36,2020-01-01,2700.00
LIST,EUR,FAX,PLATINUM,12,2020-01-01,1600.00
LIST,EUR,FAX-HA,BASIC,12,2020-01-01,120.00
LIST,EUR,FAX-HA,GOLD,12,2020-01-01,200.00
LIST,EUR,FAX-HA,PLATINUM,12,2020-01-01,320.00
LIST,USD,FAX,GOLD,12,2020-01-01,1100.00
PUBLIC,EUR,FAX,GOLD,12,2020-01-01,900.00
""",
    "late_fees.toml": """[[policy]]
name = "TENTH"
summary = "A tenth of the annual fee for each started year of lateness."
effective = 2020-01-01
per_year = true
tiers = [{ percent = 10 }]
""",
}
"""Price books and a late-fee policy for the portfolio, which has none by itself."""


def write_files(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def settings_in(folder: Path) -> Settings:
    return Settings(database_url=embedded_url(folder / "coverline.db"))


async def load(settings: Settings, folder: Path) -> None:
    """A migrated database that holds the portfolio."""
    await migrate(settings.database_url)
    async with deployed(settings, lambda: NOW) as deployment:
        report = await import_folder(deployment.database, write_files(folder), now=NOW, guide=deployment.guide)
        assert report.is_loaded, report.errors


async def load_more(settings: Settings, folder: Path, files: Mapping[str, str], now: datetime = NOW) -> None:
    """Files on top of a database that is there."""
    async with deployed(settings, lambda: now) as deployment:
        report = await import_folder(deployment.database, write_files(folder, files), now=now, guide=deployment.guide)
        assert report.is_loaded, report.errors


@contextmanager
def client_of(settings: Settings, *, demo: bool = True, client: str = "127.0.0.1", **options) -> Iterator[TestClient]:
    """A caller from an address, of a demonstration unless told otherwise: from this machine it needs no key."""
    app = create_app(settings, demo=demo, clock=lambda: NOW)
    with TestClient(app, base_url="http://localhost", client=(client, 50_000), **options) as caller:
        yield caller
