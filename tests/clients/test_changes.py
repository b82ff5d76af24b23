"""What callers were given stays: the SDL is compared with the released one, and what breaks it is refused."""

import re
from pathlib import Path

import pytest

import schema
from tests.clients.running import run

SDL = Path(schema.__file__).parent / "schema.graphql"
RELEASED = Path(schema.__file__).parent / "released.graphql"


def compared(before: Path, after: Path) -> tuple[int, str]:
    """The exit code of the comparison, and what it says."""
    ran = run("changes.mjs", str(before), str(after))
    assert not ran.stderr, ran.stderr
    return ran.returncode, ran.stdout


def test_nothing_that_was_released_is_broken():
    code, told = compared(RELEASED, SDL)
    assert code == 0, told


def edited(folder: Path, type_: str, old: str, new: str) -> Path:
    """The SDL with something of a type written otherwise."""
    text = SDL.read_text(encoding="utf-8")
    start = re.search(rf"^[a-z]+ {type_}\b", text, re.MULTILINE)
    assert start
    at = text.index(old, start.start())
    file = folder / "edited.graphql"
    file.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("type_", "old", "new", "path"),
    [
        ("License", "  quantity: Int!\n", "", "License.quantity"),
        ("License", "  quantity: Int!\n", "  quantity: Float!\n", "License.quantity"),
        ("License", "  quantity: Int!\n", "  quantity: Int\n", "License.quantity"),
        ("License", "implements Node ", "", "License"),
        ("Query", "license(by: LicenseRef!, ", "license(by: LicenseRef!, on: Date!, ", "Query.license.on"),
        ("Query", "account(reference: String!)", "account(name: String!)", "Query.account.reference"),
        ("LicenseFilter", "search: String\n", "search: String!\n", "LicenseFilter.search"),
        ("LicenseOrder", "  EXPIRES_ON\n", "", "LicenseOrder.EXPIRES_ON"),
        ("RenewalQuoteResult", "Problem | ", "", "RenewalQuoteResult"),
    ],
)
def test_what_breaks_callers_is_refused_and_named(type_, old, new, path, tmp_path):
    code, told = compared(SDL, edited(tmp_path, type_, old, new))
    assert code == 1
    assert f"breaks callers: {path}: " in told


@pytest.mark.parametrize(
    ("type_", "old", "new"),
    [
        ("License", "  quantity: Int!\n", "  quantity: Int!\n  seats: Int\n"),
        ("License", "quantity: Int!\n", 'quantity: Int! @deprecated(reason: "Ask for seats.")\n  seats: Int\n'),
        ("License", "  installedRelease: String\n", "  installedRelease: String!\n"),
        ("Query", "license(by: LicenseRef!, ", "license(by: LicenseRef!, on: Date, "),
        ("LicenseOrder", "  EXPIRES_ON\n", "  EXPIRES_ON\n  PRODUCT\n"),
    ],
)
def test_what_is_added_or_deprecated_breaks_nobody(type_, old, new, tmp_path):
    code, told = compared(SDL, edited(tmp_path, type_, old, new))
    assert (code, told.startswith("0 changes")) == (0, False)
