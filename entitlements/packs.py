"""Dispute packs: one file that holds a recorded decision with all that it rests on, and proves itself offline.

A pack is JSON. Every canonical text stands in it as text, so that its digest is over the very bytes; the seal, a signed
token, is over the digest of everything else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, cast

from entitlements import canonical, records
from entitlements.canonical import Unreadable
from entitlements.clauses import Clause, digest_of
from entitlements.decisions import decide
from entitlements.editing.building import digest_of as edition_digest_of
from entitlements.editing.building import guide_from
from entitlements.facts import Facts
from entitlements.guide import Guide, GuideRefused
from entitlements.records import Decided, Hashes, Policy, Record
from entitlements.requests import CheckRequest

FORMAT = "coverline-dispute-pack/1"


@dataclass(frozen=True, slots=True)
class Change:
    """Who recorded what of the licence, when and why; an import names nobody."""

    at: datetime
    recorded: tuple[str, ...]
    by: str | None = None
    key_id: str | None = None
    mutation: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Disputed:
    """A recorded decision, as a pack tells of it."""

    id: str
    decided_at: datetime
    ticket: str | None
    record: Record
    hashes: Hashes
    token: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that a pack proves, or fails to; `problems` is empty where it holds."""

    what: str
    problems: tuple[str, ...] = ()


def pack(
    of: Disputed, guide: Guide, now: Facts, as_of: datetime, changes: Sequence[Change], keys: Mapping[str, Any]
) -> dict[str, Any]:
    """A pack without its seal: the decision, its clauses, the facts as known then and now, who recorded what.

    `guide` is the edition that the decision was made under, `keys` the public keys as a JWK set.
    """
    decided = Decided(of.record, guide)
    facts = records.facts_written(now)
    return {
        "format": FORMAT,
        "record": {
            "id": of.id,
            "decided_at": _told(of.decided_at),
            "ticket": of.ticket,
            "hashes": asdict(of.hashes),
            **asdict(of.record),
        },
        "token": of.token,
        "clauses": [_clause(clause) for clause in decided.clauses],
        "now": {
            "as_of": _told(as_of),
            "facts": facts,
            "facts_hash": digest_of(facts),
            "facts_changed": _changed(of.record.facts, facts),
            "verdict": _verdict(now, decided.request, guide),
        },
        "changes": [_told(change) for change in changes],
        "edition": {"digest": guide.digest, "sources": guide.sources},
        "keys": keys,
    }


def digest(packed: Mapping[str, Any]) -> str:
    """The digest of a pack that its seal is over: of everything but the seal."""
    return digest_of(canonical.text_of({name: part for name, part in packed.items() if name != "seal"}))


def checked(
    packed: Mapping[str, Any], token: Mapping[str, Any] | None, seal: Mapping[str, Any] | None
) -> list[Checked]:
    """Everything that a pack proves, given what its token and its seal were found to say.

    Raises Unreadable for what is no pack at all.
    """
    if packed.get("format") != FORMAT:
        raise Unreadable(f"the format is not {FORMAT}")
    disputed = _disputed(packed)
    guide, of_edition = _edition(packed)
    found = [Checked("hashes", tuple(_hashes(disputed))), of_edition]
    if guide is None:
        return found
    try:
        found += [
            Checked("replay", records.replay(disputed.record, disputed.hashes, guide, _policy(disputed)).differences),
            Checked("clauses", tuple(_clauses(packed, disputed, guide))),
            Checked("facts known now", tuple(_now(packed, disputed, guide))),
        ]
        if token is not None:
            found.append(Checked("token", tuple(_token(disputed, guide, token))))
    except records.UNDECIDABLE as fault:
        found.append(Checked("replay", (f"what is kept cannot be decided on: {fault}",)))
    if seal is not None:
        sealed = {"pack": digest(packed), "jti": disputed.id}
        problems = canonical.differences(sealed, {name: seal.get(name) for name in sealed})
        found.append(Checked("seal", tuple(f"the pack is not the one that was sealed: {one}" for one in problems)))
    return found


# ---------------------------------------------------------------- parts


def _told(value: object) -> Any:  # noqa: ANN401 - what JSON holds
    return canonical.told_in(canonical.written(value))


def _clause(clause: Clause) -> Any:  # noqa: ANN401 - what JSON holds
    return _told(clause)


def _changed(then: str, now: str) -> list[str]:
    return canonical.differences(canonical.told_in(then), canonical.told_in(now))


def _verdict(known: Facts, request: CheckRequest, guide: Guide) -> str:
    return decide(known, request, guide).verdict.value


def _policy(disputed: Disputed) -> Policy:
    """The record's own policy: a pack is about what was decided, not about what is deployed where it is read."""
    return records.policy_read(disputed.record.policy)


def _hashes(disputed: Disputed) -> Iterator[str]:
    for one in fields(Hashes):
        noted, found = getattr(disputed.hashes, one.name), getattr(disputed.record.hashes, one.name)
        if noted != found:
            yield f"{one.name}: the text has the sha256 {found}, not {noted}"


def _clauses(packed: Mapping[str, Any], disputed: Disputed, guide: Guide) -> Iterator[str]:
    cited = [_clause(clause) for clause in Decided(disputed.record, guide).clauses]
    yield from canonical.differences(cited, packed.get("clauses"), "clauses")


def _now(packed: Mapping[str, Any], disputed: Disputed, guide: Guide) -> Iterator[str]:
    told = _object(packed, "now")
    facts = _text(told, "facts")
    expected = {
        "as_of": told.get("as_of"),
        "facts": facts,
        "facts_hash": digest_of(facts),
        "facts_changed": _changed(disputed.record.facts, facts),
        "verdict": _verdict(records.facts_read(facts), Decided(disputed.record, guide).request, guide),
    }
    yield from canonical.differences(expected, told, "now")


def _token(disputed: Disputed, guide: Guide, said: Mapping[str, Any]) -> Iterator[str]:
    decided = Decided(disputed.record, guide)
    expected = records.claims(disputed.id, disputed.decided_at, disputed.ticket, decided, disputed.record.hashes)
    yield from canonical.differences(dict(said), expected, "token")


def _disputed(packed: Mapping[str, Any]) -> Disputed:
    told = _object(packed, "record")
    hashes = _object(told, "hashes")
    ticket, token = told.get("ticket"), packed.get("token")
    return Disputed(
        id=_text(told, "id"),
        decided_at=canonical.read(datetime, canonical.text_of(_text(told, "decided_at"))),
        ticket=ticket if isinstance(ticket, str) else None,
        record=Record(**{one.name: _text(told, one.name) for one in fields(Record)}),
        hashes=Hashes(**{one.name: _text(hashes, one.name) for one in fields(Hashes)}),
        token=token if isinstance(token, str) else None,
    )


def _edition(packed: Mapping[str, Any]) -> tuple[Guide | None, Checked]:
    """The edition in a pack, where it is the one that the record names."""
    what, told = "edition", _object(packed, "edition")
    wanted = records.policy_read(_text(_object(packed, "record"), "policy")).edition_digest
    sources = _object(told, "sources")
    files = {name: _object(sources, name) for name in sources}
    named = {name: {file: _text(texts, file) for file in texts} for name, texts in files.items()}
    found = edition_digest_of(named)
    if found != wanted:
        return None, Checked(what, (f"its files have the digest {found}, not {wanted}",))
    try:
        return guide_from(named), Checked(what)
    except GuideRefused as refused:
        return None, Checked(what, (f"this version of the software cannot use it: {refused.problems[0]}",))


def _object(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name)
    if not isinstance(found, dict):
        raise Unreadable(f"{name} is not an object")
    return cast("dict[str, Any]", found)


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    if not isinstance(found, str):
        raise Unreadable(f"{name} is not text")
    return found
