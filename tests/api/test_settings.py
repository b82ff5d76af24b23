"""The settings, and the page that tells operators of them."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Settings

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
QUOTED = re.compile(r"`([^`]+)`")


def told() -> dict[str, str | None]:
    """Every variable of the table under "Configuration", and the default that it names in code style, if any."""
    _, _, table = README.partition("## Configuration")
    found: dict[str, str | None] = {}
    for row in re.findall(r"^\| (`COVERLINE_.*) \|$", table.partition("\n## ")[0], re.MULTILINE):
        names, _, defaults = (cell.strip() for cell in row.split(" | "))
        variables, values = QUOTED.findall(names), QUOTED.findall(defaults)
        assert len(values) in {0, 1, len(variables)}, row
        spread = values if len(values) == len(variables) else (values or [None]) * len(variables)
        found |= dict(zip(variables, spread, strict=True))
    return found


def test_the_table_for_operators_has_every_setting_and_its_default():
    expected: dict[str, str | None] = {}
    for name, field in Settings.model_fields.items():
        default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
        if isinstance(field.default, tuple):
            default = ",".join(str(one) for one in field.default)
        is_none = field.default_factory is not None or field.default in {None, frozenset()}
        expected[f"COVERLINE_{name.upper()}"] = None if is_none else default
    assert told() == expected


def test_every_setting_says_what_it_is():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(
    ("variable", "value"), [("COVERLINE_LOG_LEVEL", "loud"), ("COVERLINE_LOG_FORMAT", "xml"), ("COVERLINE_TRACES", "2")]
)
def test_a_value_that_a_setting_cannot_have_is_refused(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError, match=variable.removeprefix("COVERLINE_").lower()):
        Settings()
