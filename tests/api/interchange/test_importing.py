"""Importing a folder: all or nothing, histories, corrections, and what refers to what."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select
from sqlmodel import SQLModel

from api.interchange import import_folder
from schema.store import LicenseFilter, Viewer, ViewerKind
from tests.api.folders import NOW, SMALL, load, loaded, write
from tests.builders import GUIDE

INTERNAL = Viewer(ViewerKind.INTERNAL)
LATER = NOW + timedelta(days=1)


async def rows(database) -> dict[str, int]:
    """How many rows each table has."""
    async with database.reading() as connection:
        return {
            name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for name, table in SQLModel.metadata.tables.items()
        }


def counted(report, file: str) -> tuple[int, int, int]:
    counts = report.counts[f"{file}.csv"]
    return counts.added, counts.superseded, counts.unchanged


async def test_a_folder_is_loaded_and_counted_by_file(database, tmp_path):
    report = await loaded(database, tmp_path, **SMALL)
    assert {file: counts.added for file, counts in report.counts.items() if counts.added} == {
        "accounts.csv": 3,
        "products.csv": 3,
        "licenses.csv": 3,
        "coverage.csv": 1,
    }


async def test_one_bad_row_keeps_everything_out(database, tmp_path):
    empty = await rows(database)
    report = await load(database, tmp_path, **{**SMALL, "coverage": SMALL["coverage"].replace("GOLD", "SILVER")})
    assert not report.is_loaded
    told = "coverage.csv, line 2, plan: 'SILVER' is not a plan of the guide; it is one of BASIC, GOLD, PLATINUM"
    assert [str(error) for error in report.errors] == [told]
    assert await rows(database) == empty


async def test_a_rehearsal_reports_the_same_and_keeps_nothing(database, tmp_path):
    empty = await rows(database)
    folder = write(tmp_path / "in", **SMALL)
    rehearsal = await import_folder(database, folder, now=NOW, guide=GUIDE, dry_run=True)
    assert (rehearsal.is_loaded, rehearsal.dry_run, rehearsal.error_count) == (False, True, 0)
    assert await rows(database) == empty
    report = await import_folder(database, folder, now=NOW, guide=GUIDE)
    assert report.counts == rehearsal.counts


async def test_the_same_folder_again_changes_nothing(database, tmp_path):
    everything = {
        **SMALL,
        "releases": "name,season,year,released_on\nWinter '26,WINTER,2026,2026-01-19\n",
        "milestones": "product,version,kind,on,source\nFAX,,END_OF_SALE,2026-01-19,\nFAX,1,END_OF_SALE,,\n",
        "options": "serial,feature,starts_on,expires_on\nB-1,DELIVERY_ON_SITE,2026-01-19,\n",
        "charges": "reference,serial,amount,currency,due_on\nINV-1,B-1,10.50,EUR,2026-01-19\nINV-2,B-1,,,\n",
        "warranties": "serial,supplier,expires_on\nB-1,Gateways,2026-01-19\n",
        "prices": "book,currency,product,plan,months,effective_from,amount\nSTD,EUR,FAX,GOLD,12,2020-01-01,100\n",
    }
    await loaded(database, tmp_path, **everything)
    before = await rows(database)
    everything["charges"] = everything["charges"].replace("10.50", "10.5")
    report = await loaded(database, tmp_path, LATER, **everything)
    assert await rows(database) == before
    assert all(counts.added == counts.superseded == 0 for counts in report.counts.values())
    assert sum(counts.unchanged for counts in report.counts.values()) == 18


async def test_a_later_row_of_a_key_supersedes_and_keeps_the_earlier_one(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    report = await loaded(database, tmp_path, LATER, accounts="reference,name,theater\nBETA,Beta Ltd,AMERICAS\n")
    assert counted(report, "accounts") == (0, 1, 0)
    for known_at, name in ((NOW, "Beta"), (LATER, "Beta Ltd")):
        assert (await store.facts_by_serial(INTERNAL, ["B-2"], known_at))["B-2"].license.account.name == name


HISTORY = (
    "serial,account,product,quantity,recorded_at\n"
    "B-9,ACME,FAX,1,2024-01-01T00:00:00Z\nB-9,ACME,FAX,1,2024-02-01T00:00:00Z\nB-9,ACME,FAX,7,2024-03-01T00:00:00Z\n"
)


async def test_a_history_is_loaded_and_loaded_again_without_change(database, tmp_path):
    report = await loaded(database, tmp_path, **{**SMALL, "licenses": HISTORY, "coverage": "order_reference,serial\n"})
    assert counted(report, "licenses") == (1, 1, 1)
    report = await loaded(database, tmp_path, LATER, licenses=HISTORY)
    assert counted(report, "licenses") == (0, 0, 3)


async def test_a_row_not_later_than_its_keys_newest_is_an_error_unless_it_was_known_then(database, tmp_path):
    await loaded(database, tmp_path, **{**SMALL, "licenses": HISTORY, "coverage": "order_reference,serial\n"})
    head = "serial,account,product,quantity,recorded_at\n"
    for row in (
        "B-9,ACME,FAX,2,2024-03-01T00:00:00Z",
        "B-9,ACME,FAX,2,2024-02-15T00:00:00Z",
        "B-9,ACME,FAX,1,2023-12-31T00:00:00Z",
    ):
        report = await load(database, tmp_path, LATER, licenses=f"{head}{row}\n")
        [told] = map(str, report.errors)
        assert told.startswith("licenses.csv, line 2, recorded_at: differs from what was recorded, and is not later")
        assert told.endswith("key, 2024-03-01T00:00:00Z; give it a later recorded_at, or remove the row")
    report = await loaded(database, tmp_path, LATER, licenses=f"{head}B-9,ACME,FAX,2,2024-03-01T00:00:00.000001Z\n")
    assert counted(report, "licenses") == (0, 1, 0)


async def test_two_rows_of_a_key_at_one_instant_are_an_error_where_they_differ(database, tmp_path):
    twice = "serial,account,product,quantity\nB-9,ACME,FAX,1\nB-9,ACME,FAX,1\nB-9,ACME,FAX,2\n"
    report = await load(database, tmp_path, **{**SMALL, "licenses": twice, "coverage": "order_reference,serial\n"})
    assert [(error.line, error.column) for error in report.errors] == [(4, "recorded_at")]
    assert counted(report, "licenses") == (1, 0, 1)


async def test_a_recorded_at_in_the_future_is_an_error(database, tmp_path):
    future = "serial,account,product,recorded_at\nB-9,ACME,FAX,2026-06-01T14:00:00.000001+02:00\n"
    report = await load(database, tmp_path, **{**SMALL, "licenses": future, "coverage": "order_reference,serial\n"})
    assert [(error.line, error.column) for error in report.errors] == [(2, "recorded_at")]
    assert "is in the future" in report.errors[0].message
    present = future.replace(".000001", "")
    await loaded(database, tmp_path, **{**SMALL, "licenses": present, "coverage": "order_reference,serial\n"})


async def test_the_first_row_of_an_account_or_a_product_counts_as_always_known(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    long_ago = datetime(1950, 1, 1, tzinfo=UTC)
    assert sorted(await store.products_by_code(["FAX", "CALL"], long_ago)) == ["CALL", "FAX"]
    await loaded(database, tmp_path, LATER, products="code,name,kind\nCALL,Call Center,BASE\n")
    for known_at, name in ((long_ago, "Call"), (NOW, "Call"), (LATER, "Call Center")):
        assert (await store.products_by_code(["CALL"], known_at))["CALL"].name == name


async def test_two_rows_of_an_account_give_what_always_was_and_what_is_known_now(database, store, tmp_path):
    accounts = "reference,name,theater\nACME,Old,EUROPE\nACME,New,EUROPE\n"
    await loaded(database, tmp_path, accounts=accounts)
    assert (await store.accounts_by_reference(INTERNAL, ["ACME"]))["ACME"].name == "New"


async def test_a_row_that_names_its_instant_is_not_always_known(database, store, tmp_path):
    products = "code,name,kind,recorded_at\nFAX,Fax,BASE,2024-01-01T00:00:00Z\n"
    await loaded(database, tmp_path, products=products)
    assert await store.products_by_code(["FAX"], datetime(2023, 12, 31, tzinfo=UTC)) == {}


async def test_withdrawn_and_given_again_are_versions_like_any_other(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    await loaded(database, tmp_path, LATER, coverage="order_reference,serial\nPO-1,B-1\n")
    again = LATER + timedelta(days=1)
    await loaded(database, tmp_path, again, coverage=SMALL["coverage"])
    for known_at, terms in ((NOW, 1), (LATER, 0), (again, 1)):
        found = await store.facts_by_serial(INTERNAL, ["B-1"], known_at)
        assert len(found["B-1"].license.terms) == terms


# ---------------------------------------------------------------- what refers to what


async def test_a_reference_to_nothing_is_told_at_its_cell(database, tmp_path):
    report = await load(
        database,
        tmp_path,
        accounts="reference,name,partner,theater\nACME,Acme,NOBODY,EUROPE\n",
        products="code,name,kind,bases\nFAX,Fax,BASE,\nHA,HA,MODULE,FAX;NOTHING\n",
        milestones="product,kind,on\nNOTHING,END_OF_LIFE,2024-01-01\n",
        licenses="serial,account,product,base\nB-1,NOBODY,FAX,\nB-2,ACME,NOTHING,\n",
        coverage="order_reference,serial,plan,starts_on,expires_on\nPO,NONE,GOLD,2024-01-01,2024-12-31\n",
        prices="book,currency,product,plan,months,effective_from,amount\nS,EUR,NOTHING,GOLD,12,2024-01-01,1\n",
    )
    assert [(error.file, error.line, error.column) for error in report.errors] == [
        ("accounts.csv", 2, "partner"), ("products.csv", 3, "bases"), ("milestones.csv", 2, "product"),
        ("licenses.csv", 2, "account"), ("licenses.csv", 3, "product"), ("coverage.csv", 2, "serial"),
        ("prices.csv", 2, "product"),
    ]  # fmt: skip
    assert report.errors[3].message == (
        "there is no account 'NOBODY', in the database or in accounts.csv; add it, or mend the cell"
    )


async def test_rows_that_refer_to_a_refused_row_are_not_blamed_for_it(database, tmp_path):
    bad = {**SMALL, "accounts": SMALL["accounts"].replace("ACME,Acme SpA,PART,IT,EUROPE", "ACME,Acme SpA,PART,IT,MARS")}
    report = await load(database, tmp_path, **bad)
    assert [(error.file, error.line) for error in report.errors] == [("accounts.csv", 2)]


async def test_what_refers_may_come_before_what_it_refers_to(database, store, tmp_path):
    count = 2500
    dependents = "".join(f"M-{number},ACME,FAX-HA,B-{number}\n" for number in range(count))
    bases = "".join(f"B-{number},ACME,FAX,\n" for number in range(count))
    products = "code,name,kind,bases\nFAX-HA,HA,REDUNDANCY,FAX\nFAX,Fax,BASE,\n"
    licenses = f"serial,account,product,base\n{dependents}{bases}"
    report = await loaded(database, tmp_path, accounts=SMALL["accounts"], products=products, licenses=licenses)
    assert counted(report, "licenses") == (2 * count, 0, 0)
    assert await store.count_licenses(INTERNAL, LicenseFilter(date(2024, 1, 1))) == 2 * count


async def faults_of(database, folder, licenses: str, **files: str):
    head = "serial,account,product,base\n"
    known = {"accounts": SMALL["accounts"], "products": SMALL["products"], **files, "licenses": head + licenses}
    report = await import_folder(database, write(folder / uuid4().hex, **known), now=NOW, guide=GUIDE)
    return [(error.line, error.column, error.message) for error in report.errors]


async def test_a_dependent_and_its_base_must_fit_together(database, tmp_path):
    products = SMALL["products"] + "FAX-MOD,Module,MODULE,F,FAX;CALL\n"
    for licenses, line, column, message in (
        ("M-1,ACME,FAX-HA,\n", 2, "base", "is empty, and FAX-HA is of the kind REDUNDANCY"),
        ("B-1,ACME,FAX,\nB-2,ACME,FAX,B-1\n", 3, "base", "which depends on none; leave it empty"),
        ("M-1,ACME,FAX-HA,M-1\n", 2, "base", "is the licence itself"),
        ("M-1,ACME,FAX-HA,B-9\n", 2, "base", "there is no license 'B-9'"),
        ("M-2,ACME,FAX-MOD,M-1\nM-1,ACME,FAX-HA,B-1\nB-1,ACME,FAX,\n", 2, "base", "M-1, the base of M-2, is itself"),
        ("M-1,BETA,FAX-HA,B-1\nB-1,ACME,FAX,\n", 2, "account", "M-1 and its base B-1 are in different accounts"),
        ("M-1,ACME,FAX-HA,B-2\nB-2,ACME,CALL,\n", 2, "base", "the product of M-1 may not be attached to that of B-2"),
    ):
        found = await faults_of(database, tmp_path, licenses, products=products)
        assert any((line, column) == one[:2] and message in one[2] for one in found), (licenses, found)
    fitting = "M-1,ACME,FAX-HA,B-1\nB-1,ACME,FAX,\nM-3,ACME,FAX-MOD,B-3\nB-3,ACME,CALL,\n"
    assert await faults_of(database, tmp_path, fitting, products=products) == []


async def test_a_base_moves_to_another_account_with_its_dependents_only(database, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    head = "serial,account,product,base,quantity,effective_on\n"
    alone = f"{head}B-2,BETA,CALL,,1,2020-03-01\nB-1,BETA,FAX,,1,2020-03-01\n"
    report = await load(database, tmp_path, LATER, licenses=alone)
    assert [(error.line, error.column) for error in report.errors] == [(3, "account")]
    assert "M-1 and its base B-1 are in different accounts" in report.errors[0].message
    report = await loaded(database, tmp_path, LATER, licenses=alone + "M-1,BETA,FAX-HA,B-1,2,2020-06-01\n")
    assert counted(report, "licenses") == (0, 2, 1)


async def test_a_dependent_has_no_terms_of_its_own(database, tmp_path):
    own = "order_reference,serial,plan,starts_on,expires_on\nPO-2,M-1,GOLD,2021-03-01,2022-02-28\n"
    report = await load(database, tmp_path, **{**SMALL, "coverage": own})
    assert [(error.file, error.line, error.column) for error in report.errors] == [("coverage.csv", 2, "serial")]
    await loaded(database, tmp_path, **SMALL)
    made_dependent = "serial,account,product,base,effective_on\nB-3,ACME,FAX,,\nB-1,ACME,FAX-HA,B-3,2020-03-01\n"
    report = await load(database, tmp_path, LATER, licenses=made_dependent)
    assert {error.line for error in report.errors} == {3}
    assert any("B-1 has terms of coverage of its own" in error.message for error in report.errors)


async def test_a_narrower_catalogue_later_leaves_what_is_attached_alone(database, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    narrower = "code,name,kind,family,bases\nFAX-HA,Fax HA,REDUNDANCY,F,CALL\n"
    await loaded(database, tmp_path, LATER, products=narrower)


async def test_progress_is_told_by_file_and_then_of_what_is_derived(database, tmp_path):
    steps: list[tuple[str, int, int]] = []
    folder = write(tmp_path / "in", **SMALL)
    await import_folder(database, folder, now=NOW, guide=GUIDE, progress=lambda *step: steps.append(step))
    last = {what: (done, total) for what, done, total in steps}
    size = (folder / "licenses.csv").stat().st_size
    assert list(last) == ["accounts.csv", "products.csv", "licenses.csv", "coverage.csv", "coverage"]
    assert (last["licenses.csv"], last["coverage"]) == ((size, size), (3, 3))
