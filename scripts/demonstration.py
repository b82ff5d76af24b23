"""Writes the demonstration portfolio: interchange files, and the stories that they tell, into api/demonstration.

The same bytes come out on every run: there is a seed and no clock. With `--readme` the table of the stories is printed,
and written into README.md where that has the two marker comments.
"""

import argparse
import csv
import io
import json
from datetime import datetime
from pathlib import Path
from random import Random

from portfolio import (
    accounts,
    catalogue,
    cause_stories,
    coverage_stories,
    dependent_stories,
    ending_stories,
    hour_stories,
    ordinary,
    payment_stories,
    plan_stories,
)
from portfolio.book import COLUMNS, REFERENCE_DAY, Book, Story

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "api/demonstration"
README = ROOT / "README.md"
OPENING, CLOSING = "<!-- stories -->", "<!-- /stories -->"
SEED = 20261124
LICENSES = 250
HEADLINES = (
    *("included-first-year", "module-base-lapsed", "lapse-of-121-days", "renewed-known-before", "renewed-known-after"),
    *("end-user-gold", "on-call", "on-call-italian", "holiday-on-rest-day", "held-through-dependent"),
    *("end-of-support-cut", "milestone-moved", "proactive-unknown", "fix-older-release"),
)
"""The stories that are told first."""
KNOWN_AT = "2026-11-23T08:00:00+01:00"
"""When the stories are asked, where they name no other known time."""
API_ONLY = {"unmet_duties": "unmetDuties", "planned_maintenance": "plannedMaintenance"}
"""What the command line does not ask, by its name in the API."""
CHAPTERS = (
    coverage_stories,
    dependent_stories,
    ending_stories,
    payment_stories,
    plan_stories,
    hour_stories,
    cause_stories,
)


def portfolio() -> Book:
    """The whole portfolio, told stories first."""
    book = Book()
    catalogue.write(book)
    accounts.write(book)
    for chapter in CHAPTERS:
        chapter.write(book)
    told = len({row[0] for row in book.rows["licenses"]})
    ordinary.write(book, Random(SEED), LICENSES - told)  # noqa: S311 - a portfolio, not a secret
    by_id = {story.id: story for story in book.stories}
    first = [by_id.pop(id) for id in HEADLINES]
    book.stories = [*first, *by_id.values()]
    return book


def files(book: Book) -> dict[str, str]:
    """Every file of the folder by its name."""
    texts = {f"portfolio/{name}.csv": sheet(COLUMNS[name], rows) for name, rows in book.rows.items()}
    return texts | {"stories.toml": stories(book.stories)}


def sheet(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """One CSV file, its header first."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*columns, "recorded_at"))
    writer.writerows(rows)
    return text.getvalue()


# ---------------------------------------------------------------- stories


def stories(told: list[Story]) -> str:
    """All stories, as TOML."""
    head = (
        "# Every situation that the rules know, told by a licence of this portfolio: what is asked, what is answered.\n"
        "# Worked out by hand from the guide's reading, and held against the rules by a test.\n"
        "# Written by scripts/demonstration.py; change the script, not this file.\n\n"
        f"reference_day = {REFERENCE_DAY}\n"
        f"known_at = {KNOWN_AT}\n"
    )
    return head + "".join(story(one) for one in told)


def story(told: Story) -> str:
    """One story. In `expect`, an empty text stands for none."""
    lines = [
        "\n[[story]]",
        f"id = {value(told.id)}",
        f"serial = {value(told.serial)}",
        f"title = {value(told.title)}",
        f"text = {value(told.text)}",
        f"at = {told.at}",
    ]
    if told.check:
        lines.append(f"check = {table(told.check)}")
    lines += [f"verdict = {value(told.verdict)}", f"reasons = {value(list(told.reasons))}"]
    if told.expect:
        lines.append(f"expect = {table(told.expect)}")
    return "\n".join(lines) + "\n"


def table(values: dict[str, object]) -> str:
    """An inline table."""
    return f"{{ {', '.join(f'{name} = {value(one)}' for name, one in values.items())} }}"


def value(one: object) -> str:
    """A TOML value; a text that is an instant is written as one."""
    if isinstance(one, str) and is_instant(one):
        return one
    return json.dumps(one, ensure_ascii=False)


def is_instant(text: str) -> bool:
    """Whether a text is an instant with its zone."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


# ---------------------------------------------------------------- the table of the stories


def markdown(told: list[Story]) -> str:
    """The stories as a table: the serial, what it shows, what to ask, what is answered."""
    lines = ["| serial | story | asked | answer |", "|---|---|---|---|"]
    for one in told:
        answer = " ".join((one.verdict, *(f"`{reason}`" for reason in dict.fromkeys(one.reasons))))
        asked = " ".join((f"`--at {one.at}`", *(f"`{option}`" for option in options(one))))
        lines.append(f"| `{one.serial}` | {one.title} | {asked} | {answer} |")
    return "\n".join(lines) + "\n"


def options(told: Story) -> list[str]:
    """The options of `coverline check` that ask a story's question; the API's own words where it has none."""
    found: list[str] = []
    for name, given in told.check.items():
        if name in API_ONLY:
            found.append(f"{API_ONLY[name]}: {json.dumps(given)}")
            continue
        option = f"--{'cause' if name == 'causes' else name.replace('_', '-')}"
        if given is True:
            found.append(option)
        elif isinstance(given, list):
            found += [f"{option} {one}" for one in given]
        elif given is not False:
            found.append(f"{option} {json.dumps(given) if ' ' in given else given}")
    return found


def write_readme(readme: Path, text: str) -> None:
    """Puts the table between the markers, where a README has them."""
    if not readme.is_file():
        return
    before, opening, rest = readme.read_text(encoding="utf-8").partition(OPENING)
    _, closing, following = rest.partition(CLOSING)
    if opening and closing:
        readme.write_text(f"{before}{opening}\n{text}{closing}{following}", encoding="utf-8")


def main() -> None:
    """Writes the files, or the table of the stories."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=FOLDER, help="the folder to write (default: api/demonstration)")
    parser.add_argument("--readme", action="store_true", help="print the table of the stories instead")
    asked = parser.parse_args()
    book = portfolio()
    if asked.readme:
        text = markdown(book.stories)
        print(text, end="")
        write_readme(README, text)
        return
    (asked.into / "portfolio").mkdir(parents=True, exist_ok=True)
    for name, text in files(book).items():
        (asked.into / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(book.rows['accounts'])} accounts, {LICENSES} licences and {len(book.stories)} stories in {asked.into}")


if __name__ == "__main__":
    main()
