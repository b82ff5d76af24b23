"""The editions that there are, in the installed package and in an operator's folder, and the guide that one makes."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from entitlements.editing.building import EDITION_FILE, guide_from
from entitlements.editing.completeness import gaps
from entitlements.guide import Guide, GuideRefused

EDITIONS = files("entitlements") / "editions"


class UnknownEdition(LookupError):  # noqa: N818 - a configured name may be wrong; nothing failed
    """An edition that is nowhere, or in two places; the message names those that there are."""


def available(more: Path | None = None) -> tuple[str, ...]:
    """The editions of the package and of a folder besides, by name, in order."""
    return tuple(sorted(_folders(more)))


def usable_guide(edition: str, more: Path | None = None) -> Guide:
    """An edition's guide that can answer whatever may be asked.

    Raises UnknownEdition, or GuideRefused where its files are not sound or lack what the rules need.
    """
    guide = load_guide(edition, more)
    lacking = list(gaps(guide))
    if lacking:
        raise GuideRefused(lacking)
    return guide


@cache
def load_guide(edition: str, more: Path | None = None) -> Guide:
    """An edition's guide, with those that it supersedes beneath it.

    Raises UnknownEdition, or GuideRefused where the files of one are not sound.
    """
    folders = _folders(more)
    guide = guide_from({name: texts_of(folders[name]) for name in chain_of(edition, more)})
    if guide.edition != edition:
        fix = "give folder and id the same name"
        raise GuideRefused([f"{edition}/{EDITION_FILE}: id: is {guide.edition}, and the folder's name is not; {fix}"])
    return guide


def chain_of(edition: str, more: Path | None = None) -> tuple[str, ...]:
    """An edition and those that it supersedes, the oldest first."""
    folders = _folders(more)
    chain: list[str] = []
    wanted: str | None = edition
    while wanted is not None:
        if wanted in chain:
            fix = "let one of them supersede none"
            raise GuideRefused([f"{EDITION_FILE}: {edition}: supersedes itself by way of {chain[-1]}; {fix}"])
        if wanted not in folders:
            raise UnknownEdition(_unknown(wanted, chain, sorted(folders)))
        chain.append(wanted)
        wanted = _superseded_by(folders[wanted], wanted)
    return tuple(reversed(chain))


def texts_of(folder: Traversable, prefix: str = "") -> dict[str, str]:
    """The text of every TOML file of an edition, by its name within the folder after a prefix.

    Raises GuideRefused for one that cannot be read as text.
    """
    texts: dict[str, str] = {}
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        name = f"{prefix}{item.name}"
        if item.is_dir():
            texts |= texts_of(item, f"{name}/")
        elif item.name.endswith(".toml"):
            texts[name] = _text_of(item, name)
    return texts


def _text_of(file: Traversable, name: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise GuideRefused([f"{name}: the file: is not UTF-8; save it as UTF-8"]) from None
    except OSError as problem:
        raise GuideRefused([f"{name}: the file: cannot be read ({problem.strerror}); check its permissions"]) from None


def _folders(more: Path | None) -> dict[str, Traversable]:
    """The folder of each edition, by its name. Raises UnknownEdition for one that is in two places."""
    folders = dict(_editions_in(EDITIONS))
    for name, folder in _editions_in(more) if more else ():
        if name in folders:
            raise UnknownEdition(f"the edition {name!r} of {more} is in the package already; give it a name of its own")
        folders[name] = folder
    return folders


def _editions_in(shelf: Traversable) -> Iterator[tuple[str, Traversable]]:
    for folder in shelf.iterdir():
        if (folder / EDITION_FILE).is_file():
            yield folder.name, folder


def _superseded_by(folder: Traversable, edition: str) -> str | None:
    try:
        head: dict[str, Any] = tomllib.loads(_text_of(folder / EDITION_FILE, f"{edition}/{EDITION_FILE}"))
    except tomllib.TOMLDecodeError:
        return None  # the loader says what is wrong with the file
    superseded = head.get("supersedes")
    return superseded if isinstance(superseded, str) else None


def _unknown(wanted: str, chain: list[str], there: list[str]) -> str:
    wanted_by = f", which {chain[-1]} supersedes" if chain else ""
    return f"there is no edition {wanted!r}{wanted_by}; available: {', '.join(there) or 'none'}"
