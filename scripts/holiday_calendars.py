"""Writes the public holidays of an edition's theaters into its data, from the `holidays` library.

The file is committed, so that an upgrade of the library shows as the very dates that move and never moves a deadline
by itself (R-CAL). Run with `make data`.
"""

from datetime import date
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

import holidays

CALENDARS = Path(__file__).parent.parent / "entitlements/editions/imagicle-care-4.1/holidays.toml"
COUNTRIES = {"US": "the United States", "IT": "Italy", "AE": "the United Arab Emirates"}
FIRST_YEAR, LAST_YEAR = 2000, 2050
IN_FORCE_FROM = date(2020, 3, 1)
CLAUSE = "R-CAL/holidays"


def calendars() -> str:
    """The whole file, a line for each year of each country."""
    head = (
        f"# National public holidays, {FIRST_YEAR} to {LAST_YEAR}, a line a year.\n"
        f"# Written from the library holidays {version('holidays')} by scripts/holiday_calendars.py: change that.\n"
    )
    return "\n".join([head, *(calendar(country, name) for country, name in COUNTRIES.items())])


def calendar(country: str, name: str) -> str:
    """One country's holidays, as a dated value of the edition."""
    known = holidays.country_holidays(country, years=range(FIRST_YEAR, LAST_YEAR + 1))
    days = sorted(day for day in known if FIRST_YEAR <= day.year <= LAST_YEAR)
    years = (", ".join(str(day) for day in year) for _, year in groupby(days, key=lambda day: day.year))
    return (
        f"[holidays.{country}]\n"
        f'summary = "The public holidays of {name}, with the days on which they are observed."\n'
        f'governed_by = "asked_day"\n'
        f'reaches = "running"\n'
        f"[[holidays.{country}.entries]]\n"
        f"effective = {IN_FORCE_FROM}\n"
        f'clause = "{CLAUSE}"\n'
        "value = [\n" + "".join(f"    {year},\n" for year in years) + "]\n"
    )


if __name__ == "__main__":
    CALENDARS.write_text(calendars(), encoding="utf-8", newline="\n")
    print(f"{CALENDARS} holds the calendars of {', '.join(COUNTRIES)}")
