"""The committed calendars are what the script writes, so that a deadline never moves unseen."""

import tomllib
from datetime import date
from importlib.metadata import version

from scripts.holiday_calendars import CALENDARS, COUNTRIES, calendars


def test_regenerating_gives_the_committed_bytes():
    assert calendars().encode() == CALENDARS.read_bytes()


def test_the_file_names_the_library_s_version():
    assert f"from the library holidays {version('holidays')} " in CALENDARS.read_text(encoding="utf-8")


def test_every_year_is_one_line():
    days = [line for line in calendars().splitlines() if line.startswith("    ")]
    assert len(days) == len(COUNTRIES) * 51
    assert all(len({day.strip()[:4] for day in line.rstrip(",").split(",")}) == 1 for line in days)


def test_the_days_are_in_order_and_each_stands_once():
    for country in tomllib.loads(calendars())["holidays"].values():
        (entry,) = country["entries"]
        assert entry["value"] == sorted(set(entry["value"]))
        assert all(date(2000, 1, 1) <= day <= date(2050, 12, 31) for day in entry["value"])
