"""Brings the catalogues of messages up to the code and the guide: `make messages`.

Every template that is said, and every name of the guide that a message holds, becomes an entry of the template
`schema/locales/coverline.pot`; the catalogues of the languages get the new entries, empty, and lose the old ones.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import product
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from api.editions import available, load_guide
from entitlements.guide import Guide
from entitlements.parameters import CAUSE, DUTY, FEATURE, ON_CALL_RESTRICTIONS
from schema.languages import DOMAIN, ENGLISH, LANGUAGES

ROOT = Path(__file__).parent.parent
LOCALES = ROOT / "schema" / "locales"
TEMPLATE = LOCALES / f"{DOMAIN}.pot"
PACKAGES = ("entitlements", "schema", "api")
KEYWORDS = {"**.py": {"said": None, "listed": (1,)}, "**.html": {"told": None}}
"""What says a message, in code and in the templates of pages."""
READ_BY = {"**.py": "python", "**.html": "jinja2"}
TEMPLATES = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
"""How pages are read, as `api.console.templates` reads them."""
WRITTEN = datetime(2026, 11, 23, tzinfo=UTC)
"""The date in their headers, so that catalogues change only when a message does."""
COMMENT = "# Messages of coverline, by their English text. Values stand in braces and keep their names."


def template() -> Catalog:
    """Every message of the code and the guide; without dates, so that it changes only when they do."""
    found = _empty(None)
    for package, (files, words) in product(PACKAGES, KEYWORDS.items()):
        for name, _, text, _, _ in extract_from_dir(ROOT / package, [(files, READ_BY[files])], TEMPLATES, words):
            found.add(text, locations=[(f"{package}/{name}", 1)])
    for edition in available():
        for text in names(load_guide(edition)):
            found.add(text, locations=[(f"entitlements/editions/{edition}", 1)])
    return found


def names(guide: Guide) -> Iterator[str]:
    """The names of the guide that messages hold, and the texts that are told as they stand there."""
    for code in guide.codes(FEATURE):
        yield from (entry.value.name for entry in guide.series(FEATURE, code).entries if not entry.ended)
    for code in guide.codes(CAUSE):
        yield from (entry.value.name for entry in guide.series(CAUSE, code).entries if not entry.ended)
    for code in guide.codes(DUTY):
        yield from (entry.value for entry in guide.series(DUTY, code).entries if not entry.ended)
    for entry in guide.values[ON_CALL_RESTRICTIONS.name].entries:
        yield from entry.value


def main(languages: Iterable[str] = LANGUAGES) -> None:
    """Write the template and every catalogue."""
    wanted = template()
    _write(TEMPLATE, wanted)
    for language in languages:
        if language == ENGLISH:
            continue
        path = LOCALES / language / f"{DOMAIN}.po"
        catalogue = _empty(language)
        if path.exists():
            with path.open("rb") as file:
                catalogue = read_po(file, locale=language, domain=DOMAIN)
        catalogue.update(wanted, no_fuzzy_matching=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, catalogue)
        lacking = sum(1 for message in catalogue if message.id and not message.string)
        print(f"{language}: {len(catalogue)} messages, {lacking} to be translated")


def _empty(language: str | None) -> Catalog:
    return Catalog(
        locale=language,
        domain=DOMAIN,
        header_comment=COMMENT,
        project=DOMAIN,
        version=version(DOMAIN),
        msgid_bugs_address=DOMAIN,
        creation_date=WRITTEN,
        revision_date=WRITTEN,
        last_translator=DOMAIN,
        language_team=DOMAIN,
        fuzzy=False,
    )


def _write(path: Path, catalogue: Catalog) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)


if __name__ == "__main__":
    main()
