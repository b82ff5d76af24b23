"""The languages that callers are answered in: messages by gettext catalogues; codes and data are the same in each."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.messages.pofile import read_po

from entitlements.messages import Message
from entitlements.on_call import primary_language

ENGLISH = "en"
LANGUAGES = (ENGLISH, "it", "de", "fr", "es", "pt", "ar")
"""English, in which messages are written, and the languages of the catalogues."""
DOMAIN = "coverline"
ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"
"""Keeps a date or a serial in one piece within text that runs from right to left."""


def closest(tags: Iterable[str], otherwise: str = ENGLISH) -> str:
    """The language of the first BCP 47 tag that has one here: `fr-CA` is answered in French."""
    primary = (primary_language(tag) for tag in tags)
    return next((language for language in primary if language in LANGUAGES), otherwise)


def translated(text: str, language: str) -> str:
    """A text in one of the languages; in English where the catalogue lacks it.

    A message is looked up by its template, and its values that are messages in turn; any other text as it stands.
    """
    if language == ENGLISH:
        return text
    is_message = isinstance(text, Message)
    found = catalogue(language).get(text.template if is_message else text)
    if found is None or not is_message:
        return found or text
    return text.put(found, {name: _shown(value, language) for name, value in text.values.items()})


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """What messages are in a language, by their English templates."""
    path = files("schema") / "locales" / language / f"{DOMAIN}.po"
    with path.open("rb") as file:
        found = read_po(file, locale=language, domain=DOMAIN)
    return {str(message.id): str(message.string) for message in found if message.id and message.string}


def _shown(value: object, language: str) -> object:
    if isinstance(value, Message):
        return translated(value, language)
    if isinstance(value, int) or not _runs_left(language):
        return value
    return ISOLATED.format(value)


@cache
def _runs_left(language: str) -> bool:
    return Locale(language).text_direction == "rtl"
