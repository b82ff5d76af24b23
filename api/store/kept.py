"""What was read before, kept for as long as the database says the same: nothing answered from here is out of date.

Every read asks the database. While it tells the same version, nothing was committed, and what was read is answered
again; after a commit, the same document still stands for the same facts, which need not be made of it again.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from math import inf
from typing import Any, TypeVar
from uuid import UUID

from api.store.read_model import ReadModel
from entitlements.facts import Facts
from schema.store import Viewer

K = TypeVar("K", bound=Hashable)

MIB = 2**20
KEPT = 8
"""Mebibytes of documents, unless an operator chooses otherwise: some ten thousand contracts."""
LICENSES = 50_000
"""Licences whose facts are kept until the next commit; when there are more, they begin anew."""
Contract = Mapping[UUID, Facts]
"""The facts of the licences of a contract."""


class Kept:
    """Facts by the documents they were made of, and, where nothing was committed since, by licence."""

    def __init__(self, mebibytes: float) -> None:
        self._most = int(mebibytes * MIB)
        """Characters of documents; when there are more, they begin anew."""
        self._characters = 0
        self._contracts: dict[Hashable, Contract] = {}
        self._unchanged = ReadModel(inf, most=LICENSES)
        self._version: object = None

    @property
    def keeps(self) -> bool:
        """Whether there is any memory for it."""
        return self._most > 0

    # ------------------------------------------------------------ until the next commit

    def unchanged(self, version: object, viewer: Viewer, asked: Sequence[K], at: datetime) -> Mapping[K, Facts] | None:
        """The facts of licences as known at an instant, if all were read of the same version of the database."""
        if version != self._version:
            self._unchanged.forget()
            self._version = version
        return self._unchanged.facts(viewer, asked, at)

    def keep(
        self, version: object, viewer: Viewer, found: Mapping[Any, Facts], asked: Sequence[Hashable], at: datetime
    ) -> None:
        """Keeps what was read of licences, by what they were asked for, after a version was told.

        It may be newer than the version: then no other request that is yet to come is told the same one.
        """
        if self.keeps and version == self._version:
            self._unchanged.keep(viewer, found, asked, 0, at)

    # ------------------------------------------------------------ by document

    def contract(self, key: Hashable, document: str, made: Callable[[], Contract]) -> Contract:
        """The facts that a document, and what the key names besides, stand for."""
        found = self._contracts.get(key)
        if found is not None:
            return found
        found = made()
        if len(document) <= self._most:
            if self._characters + len(document) > self._most:
                self._forget()
            self._characters += len(document)
            self._contracts[key] = found
        return found

    def _forget(self) -> None:
        """What is kept by licence would hold what is kept by document."""
        self._characters = 0
        self._contracts.clear()
        self._unchanged.forget()
