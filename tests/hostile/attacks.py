"""A hostile request, and the families that they come in."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

LEVELS = (2, 5, 10, 15, 16, 17, 40, 100, 190, 200, 201, 500, 1_000, 20_000)
"""How deep things lie within each other."""


@dataclass(frozen=True)
class Attack:
    """A request, as it is sent."""

    name: str
    body: bytes = b""
    headers: Mapping[str, str] | None = None
    """On top of the usual ones; an empty value leaves one out."""
    method: str = "POST"
    url: str = "/graphql"
    raw: bool = False
    """Whether the body is all that is sent, without a head."""


def family(make: Callable[[], Iterator[Attack]]) -> Callable[[], Iterator[Attack]]:
    """Mark a function as a family of the corpus, by its name."""
    make.is_family = True  # type: ignore[attr-defined]
    return make


def families_of(module: ModuleType) -> dict[str, Callable[[], Iterator[Attack]]]:
    """The families that a module has, in its order."""
    return {name: each for name, each in vars(module).items() if getattr(each, "is_family", False)}


def asking(name: object, query: object, variables: object = None, **other: Any) -> Attack:
    """An attack by a document; lone surrogates are sent as JSON can hold them."""
    body = {"query": query, **({} if variables is None else {"variables": variables})}
    return Attack(str(name)[:60], json.dumps(body).encode(), **other)
