"""Hash chains: entries of which none can be changed, left out or moved without the ones after it telling.

A chain belongs to one account, or to the operator. Each entry names the hash of the one before it; the head, kept
apart, says how long the chain is and how it ends.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from entitlements import canonical
from entitlements.clauses import digest_of

OPERATOR = UUID(int=0)
"""The chain of what belongs to no one account: imports, milestones, keys of internal callers."""
BEGINNING = "0" * 64
"""What the first entry names as the hash before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what, when. `details` is the digest of what was left in the database; no data of a person stands here."""

    chain: UUID
    seq: int
    at: datetime
    action: str
    actor: str
    key_id: str | None
    change_id: UUID | None
    details: str
    previous: str

    @property
    def hash(self) -> str:
        """The hash that the next entry names."""
        return digest_of(canonical.written(self))


@dataclass(frozen=True, slots=True)
class Head:
    """How long a chain is, and the hash that it ends with."""

    chain: UUID
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry as it is kept: with the hash that was noted beside it."""

    entry: Entry
    hash: str


class Walk:
    """A walk along every chain, entry by entry, by chain and number; it tells what is wrong as it comes to it.

    Heads that were noted elsewhere are looked for on the way. Nothing is remembered of an entry but its hash.
    """

    def __init__(self, heads: Iterable[Head], noted: Iterable[Head] = ()) -> None:
        self._heads = {head.chain: head for head in heads}
        self._noted = {(head.chain, head.seq): head for head in noted}
        self._last: Kept | None = None
        self.count = 0

    def take(self, kept: Kept) -> Iterator[str]:
        """What is wrong with the next entry, and with the chain that ended before it."""
        entry, last = kept.entry, self._last
        if last is not None and last.entry.chain != entry.chain:
            yield from self._ended(last)
            last = None
        where = f"chain {entry.chain}, entry {entry.seq}"
        expected, before = (last.entry.seq + 1, last.hash) if last else (1, BEGINNING)
        if entry.seq != expected:
            yield f"{where}: follows entry {expected - 1}, so something between them is missing or was moved"
        if entry.previous != before:
            yield f"{where}: does not follow from the entry before it"
        if kept.hash != entry.hash:
            yield f"{where}: is not what was written: its hash is {entry.hash}, noted is {kept.hash}"
        noted = self._noted.pop((entry.chain, entry.seq), None)
        if noted is not None and noted.hash != kept.hash:
            yield f"{where}: is another than the one that was noted as the chain's head"
        self._last = kept
        self.count += 1

    def end(self) -> Iterator[str]:
        """What is wrong once there is no more entry."""
        if self._last is not None:
            yield from self._ended(self._last)
        for head in self._heads.values():
            yield f"chain {head.chain}: all of its {head.seq} entries are missing"
        for head in self._noted.values():
            yield f"chain {head.chain}, entry {head.seq}: was noted as the chain's head, and is missing"

    def _ended(self, last: Kept) -> Iterator[str]:
        where, head = f"chain {last.entry.chain}", self._heads.pop(last.entry.chain, None)
        if head is None:
            yield f"{where}: its head is missing"
        elif (head.seq, head.hash) != (last.entry.seq, last.hash):
            yield f"{where}: ends with entry {last.entry.seq}, and its head says {head.seq}: its end was cut or forged"


def details_of(parts: Iterable[object]) -> str:
    """The digest of what a change left: of each part, whatever their order."""
    return digest_of(canonical.text_of(sorted(digest_of(canonical.text_of(part)) for part in parts)))


def told(head: Head) -> dict[str, object]:
    """A head as it is noted elsewhere."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(head).items()}
