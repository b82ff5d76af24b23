"""A hundred thousand licences are imported in bounded memory and within minutes; a few thousand show the same shape."""

import csv
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from api.interchange import import_folder
from schema.store import LicenseFilter, LicenseOrder, PageRequest, Viewer, ViewerKind
from tests.api.folders import NOW
from tests.builders import GUIDE

INTERNAL = Viewer(ViewerKind.INTERNAL)


def generate(folder: Path, count: int, seed: int = 1) -> Path:
    """A portfolio of so many licences, a base and two dependents each, in a shuffled order."""
    random = Random(seed)  # noqa: S311 - a portfolio, not a secret
    folder.mkdir()
    day = date(2018, 1, 1)
    licenses, terms, charges = [], [], []
    for number in range(count):
        contract = number - number % 3
        account, product = f"A-{contract // 150}", contract % 20
        began = day + timedelta(days=random.randrange(2500))
        if number != contract:
            licenses.append((f"S-{number:06}", account, f"M-{product}", f"S-{contract:06}", began))
            continue
        licenses.append((f"S-{number:06}", account, f"B-{product}", "", began))
        starts_on = began + timedelta(days=365)
        for term in range(random.randrange(4)):
            order, expires_on = f"PO-{number}-{term}", starts_on + timedelta(days=364)
            terms.append((order, f"S-{number:06}", random.choice(["BASIC", "GOLD"]), starts_on, expires_on, "RENEWED"))
            charges.append((f"INV-{order}", order, f"S-{number:06}", "1200.50", "EUR", starts_on))
            starts_on = expires_on + timedelta(days=random.choice([1, 1, 1, 60, 300]))
    random.shuffle(licenses)
    random.shuffle(terms)
    products = [(f"B-{one}", "Base", "BASE", "") for one in range(20)]
    products += [(f"M-{one}", "Module", "MODULE", f"B-{one}") for one in range(20)]
    accounts = [(f"A-{one}", f"Account {one}", "EUROPE") for one in range(count // 150 + 1)]
    for name, head, rows in (
        ("accounts", "reference,name,theater", accounts),
        ("products", "code,name,kind,bases", products),
        ("licenses", "serial,account,product,base,registered_on", licenses),
        ("coverage", "order_reference,serial,plan,starts_on,expires_on,kind", terms),
        ("charges", "reference,order_reference,serial,amount,currency,due_on", charges),
    ):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(head.split(","))
            writer.writerows(rows)
    return folder


async def test_thousands_of_licences_in_any_order_are_imported_and_listed(database, store, tmp_path):
    report = await import_folder(database, generate(tmp_path / "in", 3000), now=NOW, guide=GUIDE)
    assert report.is_loaded, report.errors[:5]
    chosen = LicenseFilter(date(2023, 6, 1))
    assert await store.count_licenses(INTERNAL, chosen) == 3000
    page = await store.licenses(INTERNAL, chosen, LicenseOrder.EXPIRES_ON, PageRequest(first=100))
    keys = [key for key, _ in page.items]
    assert (keys, len(keys)) == (sorted(keys), 100)


IMPORT = """
import asyncio, resource, sys
from pathlib import Path
from api.interchange import import_folder
from api.store.engine import open_database
from tests.api.folders import NOW
from tests.builders import GUIDE

async def main():
    database = open_database(sys.argv[1])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = await import_folder(database, Path(sys.argv[2]), now=NOW, guide=GUIDE)
    await database.close()
    assert report.is_loaded, report.errors[:5]
    print(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

asyncio.run(main())
"""


@pytest.mark.long
def test_a_hundred_thousand_licences_are_imported_in_bounded_memory_and_minutes(migrated_url, tmp_path):
    folder = generate(tmp_path / "in", 100_000)
    root = Path(__file__).parents[3]
    began = time.monotonic()
    run = subprocess.run(  # noqa: S603 - this interpreter, in a process of its own so that its memory is its own
        [sys.executable, "-c", IMPORT, migrated_url, str(folder)], cwd=root, capture_output=True, text=True, check=False
    )
    took = time.monotonic() - began
    assert run.returncode == 0, run.stderr
    before, peak = (int(figure) // 1024 for figure in run.stdout.split())
    assert (peak - before < 100, took < 300) == (True, True), f"{took:.0f} s, {before} MiB before, {peak} MiB at most"
