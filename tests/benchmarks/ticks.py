"""What `coverline tick` takes on a large portfolio: `make bench-ticks SIZES=10000,100000`.

Three ticks on a copy of the database, each in a process of its own: the first of all, which looks at its own day; one
on the next day; and one after a week in which nobody looked. The most memory is that process's.
"""

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
from sqlalchemy import event

from api.deployment import deployed
from api.settings import Settings
from api.webhooks.ticking import tick
from tests.benchmarks.databases import ENGINES, database
from tests.benchmarks.passes import Measuring
from tests.benchmarks.portfolios import NOW
from tests.benchmarks.printing import CONSOLE, print_table

DAYS = {"first of all": 0, "next day": 1, "after a week": 8}
COLUMNS = ("Tick", "Licences", "Events", "Statements", "Seconds", "Processor, s", "Most memory, MiB")
ROOT = Path(__file__).parents[2]


@contextmanager
def copied(engine: str, url: str) -> Generator[str]:
    """A copy of a database, for as long as it is needed."""
    if engine == "sqlite":
        with TemporaryDirectory() as folder:
            yield f"sqlite:///{shutil.copy(url.removeprefix('sqlite:///'), Path(folder) / 'copy.sqlite3')}"
        return
    name = url.partition("?")[0].rpartition("/")[2]
    asyncio.run(_administer(url, name, f'CREATE DATABASE "ticked" TEMPLATE "{name}"'))
    yield url.replace(f"/{name}", "/ticked")
    asyncio.run(_administer(url, name, 'DROP DATABASE "ticked" WITH (FORCE)'))


async def _administer(url: str, name: str, statement: str) -> None:
    connection = await asyncpg.connect(url.replace(f"/{name}", "/postgres"))
    await connection.execute(statement)
    await connection.close()


async def ticked(url: str, days: int) -> dict[str, float]:
    """One tick, some days after the portfolio's own."""
    statements = 0

    def counted(*_: object) -> None:
        nonlocal statements
        statements += 1

    async with deployed(Settings(database_url=url), lambda: NOW + timedelta(days=days)) as deployment:
        event.listen(deployment.database.engine.sync_engine, "before_cursor_execute", counted)
        measuring = Measuring()
        found = await tick(deployment)
        return measuring.told(found.told) | {"statements": statements}


def main() -> None:
    warnings.simplefilter("ignore")  # a folder that the PostgreSQL of the wheel asks for may not be there
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000", help="licences, one after another")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--one", nargs=2, metavar=("URL", "DAYS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(asyncio.run(ticked(asked.one[0], int(asked.one[1])))))  # noqa: T201 - how it answers
        return
    for engine in asked.engines.split(","):
        lines: list[tuple[object, ...]] = []
        for size in map(int, asked.sizes.split(",")):
            with CONSOLE.status("") as status, database(engine, size, status.update) as whole:
                status.update(f"{engine}, {size:,} licences: copying")
                with copied(engine, whole) as url:
                    for name, days in DAYS.items():
                        status.update(f"{engine}, {size:,} licences: {name}")
                        command = [sys.executable, "-W", "ignore", "-m", __spec__.name, "--one", url, str(days)]
                        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
                        one = json.loads(done.stdout)
                        told = (int(one["found"]), one["statements"], one["seconds"], one["cpu"], round(one["peak"]))
                        lines.append((name, size, *told))
        print_table(f"{engine}: ticks", COLUMNS, lines)


if __name__ == "__main__":
    main()
