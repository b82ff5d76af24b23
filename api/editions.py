"""The editions that the installed package holds: which there are, and the guide that one of them makes."""

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from entitlements.editing.building import EDITION_FILE, guide_from
from entitlements.guide import Guide, GuideRefused

EDITIONS = files("entitlements") / "editions"


class UnknownEdition(LookupError):  # noqa: N818 - a configured name may be wrong; nothing failed
    """An edition that the package does not hold; the message names those that it does."""


def available() -> tuple[str, ...]:
    """The editions by name, in order."""
    return tuple(sorted(folder.name for folder in EDITIONS.iterdir() if (folder / EDITION_FILE).is_file()))


@cache
def load_guide(edition: str) -> Guide:
    """An edition's guide, with those that it supersedes beneath it.

    Raises UnknownEdition, or GuideRefused where the files of one are not sound.
    """
    chain = chain_of(edition)
    return guide_from({name: texts_of(EDITIONS / name) for name in chain})


def chain_of(edition: str) -> tuple[str, ...]:
    """An edition and those that it supersedes, the oldest first."""
    chain: list[str] = []
    wanted: str | None = edition
    while wanted is not None:
        if wanted in chain:
            fix = "let one of them supersede none"
            raise GuideRefused([f"{EDITION_FILE}: {edition}: supersedes itself by way of {chain[-1]}; {fix}"])
        if wanted not in available():
            raise UnknownEdition(_unknown(wanted, chain))
        chain.append(wanted)
        wanted = _superseded_by(wanted)
    return tuple(reversed(chain))


def texts_of(folder: Traversable, prefix: str = "") -> dict[str, str]:
    """The text of every TOML file of an edition, by its name within the folder."""
    texts: dict[str, str] = {}
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        name = f"{prefix}{item.name}"
        if item.is_dir():
            texts |= texts_of(item, f"{name}/")
        elif item.name.endswith(".toml"):
            texts[name] = item.read_text(encoding="utf-8")
    return texts


def _superseded_by(edition: str) -> str | None:
    text = (EDITIONS / edition / EDITION_FILE).read_text(encoding="utf-8")
    try:
        head: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None  # the loader says what is wrong with the file
    superseded = head.get("supersedes")
    return superseded if isinstance(superseded, str) else None


def _unknown(edition: str, chain: list[str]) -> str:
    there = ", ".join(available()) or "none"
    wanted_by = f", which {chain[-1]} supersedes" if chain else ""
    return f"there is no edition {edition!r}{wanted_by}; available: {there}"
