"""`late_fees.toml` among the interchange files: checked as a whole against the guide, kept as it was written."""

from datetime import timedelta
from pathlib import Path

import pytest

import api
from api.interchange import import_folder
from tests.api.folders import NOW, SMALL, load, loaded, write
from tests.builders import GUIDE

LATER = NOW + timedelta(days=1)
TENTH = """[[policy]]
name = "TENTH"
summary = "A tenth of the annual fee for each year."
effective = 2020-01-01
per_year = true
tiers = [{ percent = 10 }]
"""
FILE = "late_fees.toml"


def counts(report) -> tuple[int, int, int]:
    found = report.counts[FILE]
    return found.added, found.superseded, found.unchanged


async def test_policies_are_loaded_with_the_other_files(database, store, tmp_path):
    report = await loaded(database, tmp_path, **SMALL, late_fees__toml=TENTH)
    assert counts(report) == (1, 0, 0)
    assert await store.late_fee_policies(NOW) == TENTH


async def test_the_shipped_sample_can_be_loaded_as_it_stands(database, store, tmp_path):
    sample = (Path(api.__file__).parent / "samples/late_fees.sample.toml").read_bytes()
    await loaded(database, tmp_path, late_fees__toml=sample)
    assert await store.late_fee_policies(NOW) == sample.decode()


async def test_policies_equal_to_what_is_known_change_nothing(database, tmp_path):
    await loaded(database, tmp_path, late_fees__toml=TENTH)
    assert counts(await loaded(database, tmp_path, LATER, late_fees__toml=TENTH)) == (0, 0, 1)


async def test_policies_that_differ_take_the_place_of_the_known_ones(database, store, tmp_path):
    await loaded(database, tmp_path, late_fees__toml=TENTH)
    fifth = TENTH.replace("percent = 10", "percent = 20")
    assert counts(await loaded(database, tmp_path, LATER, late_fees__toml=fifth)) == (0, 1, 0)
    assert await store.late_fee_policies(LATER) == fifth


async def test_a_missing_file_leaves_what_is_known_and_an_empty_one_takes_it_back(database, store, tmp_path):
    await loaded(database, tmp_path, late_fees__toml=TENTH)
    assert counts(await loaded(database, tmp_path, LATER, **SMALL)) == (0, 0, 0)
    assert await store.late_fee_policies(LATER) == TENTH
    await loaded(database, tmp_path, LATER, late_fees__toml="")
    assert await store.late_fee_policies(LATER) == ""


async def test_every_fault_is_reported_with_its_policy_and_nothing_is_loaded(database, store, tmp_path):
    text = f'{TENTH}grace_days = 30\n{TENTH}until = 2019-12-31\n[[policy]]\nname = "THIRD"\n'
    report = await load(database, tmp_path, **SMALL, late_fees__toml=text)
    assert not report.is_loaded
    places = [(error.file, error.line, error.column) for error in report.errors]
    assert places == [
        (FILE, None, "[[policy]] TENTH"),  # another grace than the edition's 120 days
        (FILE, None, "[[policy]] TENTH"),  # the name is taken
        (FILE, None, "[[policy]] TENTH"),  # ends before it begins
        (FILE, None, "[[policy]] 3"),  # lacks its fields
    ]
    assert "states grace_days = 30" in report.errors[0].message
    assert str(report.errors[1]).startswith("late_fees.toml, [[policy]] TENTH: the name is taken")
    assert await store.late_fee_policies(NOW) is None
    assert await store.prices("LIST", "EUR", ["FAX"], NOW) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[policy]\n", "is not TOML"),
        ("[prices]\n", "is not known here"),
        ('policy = "none"\n', "must be a list of tables"),
        (b"\xff\xfe", "is not UTF-8"),
        ('[[policy]]\nname = "a\0b"\n', "is not TOML"),
    ],
)
async def test_a_file_that_cannot_be_read_is_reported(database, tmp_path, text, told):
    report = await load(database, tmp_path, late_fees__toml=text)
    [error] = report.errors
    assert (error.file, error.line) == (FILE, None)
    assert told in error.message


async def test_a_byte_order_mark_is_not_part_of_the_text(database, store, tmp_path):
    await loaded(database, tmp_path, late_fees__toml=b"\xef\xbb\xbf" + TENTH.encode())
    assert await store.late_fee_policies(NOW) == TENTH


async def test_a_rehearsal_checks_the_policies_and_keeps_none(database, store, tmp_path):
    folder = write(tmp_path / "in", late_fees__toml=TENTH)
    report = await import_folder(database, folder, now=NOW, guide=GUIDE, dry_run=True)
    assert counts(report) == (1, 0, 0)
    assert await store.late_fee_policies(NOW) is None


async def test_policies_older_than_the_known_ones_are_refused(database, tmp_path):
    await loaded(database, tmp_path, LATER, late_fees__toml=TENTH)
    report = await load(database, tmp_path, late_fees__toml="")
    [error] = report.errors
    assert "check the clock" in error.message
