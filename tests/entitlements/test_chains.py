"""A hash chain tells of every entry that was edited, deleted, inserted or moved, and of an end that was cut."""

import random
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from entitlements.chains import BEGINNING, OPERATOR, Entry, Head, Kept, Walk, details_of

AT = datetime(2026, 3, 11, 10, tzinfo=UTC)
CHAINS = [OPERATOR, UUID(int=5), UUID(int=9)]


def chain_of(chain: UUID, length: int) -> list[Kept]:
    found: list[Kept] = []
    for seq in range(1, length + 1):
        previous = found[-1].hash if found else BEGINNING
        at = AT + timedelta(seconds=seq)
        entry = Entry(chain, seq, at, "orderRenewal", "internal", None, UUID(int=seq), details_of([seq]), previous)
        found.append(Kept(entry, entry.hash))
    return found


WHOLE = [kept for number, chain in enumerate(CHAINS) for kept in chain_of(chain, 7 + number)]
HEADS = [Head(chain, 7 + number, next(k for k in WHOLE if (k.entry.chain, k.entry.seq) == (chain, 7 + number)).hash)
         for number, chain in enumerate(CHAINS)]  # fmt: skip


def found_in(entries: list[Kept], heads: list[Head] = HEADS, noted: list[Head] | None = None) -> list[str]:
    walk = Walk(heads, noted or [])
    ordered = sorted(entries, key=lambda kept: (kept.entry.chain, kept.entry.seq))
    return [*(fault for kept in ordered for fault in walk.take(kept)), *walk.end()]


def test_a_whole_chain_has_no_fault():
    assert found_in(WHOLE) == []
    assert found_in([], []) == []


EDITS = {
    "chain": OPERATOR, "seq": 3, "at": AT, "action": "import", "actor": "customer:ACME", "key_id": "k",
    "change_id": None, "details": "0" * 64, "previous": "0" * 64,
}  # fmt: skip


@pytest.mark.parametrize("name", [one.name for one in fields(Entry)])
def test_every_field_of_an_entry_is_under_its_hash(name):
    other = replace(WHOLE[8].entry, **{name: EDITS[name]})
    assert other.hash != WHOLE[8].entry.hash


def test_an_edit_with_its_hash_made_anew_is_told_by_the_entry_after_it():
    entry = replace(WHOLE[8].entry, actor="customer:ACME")
    assert found_in([*WHOLE[:8], Kept(entry, entry.hash), *WHOLE[9:]]) == [
        f"chain {CHAINS[1]}, entry 3: does not follow from the entry before it"
    ]


def test_an_end_that_was_cut_is_told_by_the_head():
    assert found_in(WHOLE[:-1]) == [
        f"chain {CHAINS[2]}: ends with entry 8, and its head says 9: its end was cut or forged"
    ]
    assert found_in(WHOLE[:7], HEADS) == [
        f"chain {CHAINS[1]}: all of its 8 entries are missing",
        f"chain {CHAINS[2]}: all of its 9 entries are missing",
    ]
    assert found_in(WHOLE, HEADS[:2]) == [f"chain {CHAINS[2]}: its head is missing"]


def test_an_end_that_was_cut_with_its_head_is_told_by_a_head_that_was_noted_elsewhere():
    cut = WHOLE[:-1]
    heads = [*HEADS[:2], Head(CHAINS[2], 8, cut[-1].hash)]
    assert found_in(cut, heads) == [], "the database alone cannot know"
    assert found_in(cut, heads, noted=HEADS) == [
        f"chain {CHAINS[2]}, entry 9: was noted as the chain's head, and is missing"
    ]
    assert found_in(WHOLE, noted=heads) == [], "a chain goes on"
    assert found_in(WHOLE, noted=[replace(heads[2], hash="0" * 64)]) == [
        f"chain {CHAINS[2]}, entry 8: is another than the one that was noted as the chain's head"
    ]


def harmed(chance: random.Random) -> tuple[list[Kept], list[Head]]:
    """The entries after one edit, deletion, reordering, repetition or cut, with hashes made anew as a forger would."""
    entries, heads = list(WHOLE), list(HEADS)
    at = chance.randrange(len(entries))
    entry = entries[at].entry
    match chance.randrange(6):
        case 0:
            name = chance.choice([one.name for one in fields(Entry) if getattr(entry, one.name) != EDITS[one.name]])
            entries[at] = Kept(replace(entry, **{name: EDITS[name]}), entries[at].hash)
        case 1:
            name = chance.choice(["at", "action", "actor", "key_id", "change_id", "details"])
            other = replace(entry, **{name: EDITS[name]})
            entries[at] = Kept(other, other.hash)
        case 2:
            del entries[at]
        case 3:
            own = [number for number, one in enumerate(entries) if one.entry.chain == entry.chain and number != at]
            to = chance.choice(own)
            one, two = replace(entry, seq=entries[to].entry.seq), replace(entries[to].entry, seq=entry.seq)
            entries[at], entries[to] = Kept(two, two.hash), Kept(one, one.hash)
        case 4:
            head = chance.randrange(len(heads))
            heads[head] = replace(heads[head], seq=heads[head].seq + chance.choice([-1, 1]))
        case _:
            entries = [one for one in entries if (one.entry.chain, one.entry.seq) < (entry.chain, entry.seq)
                       or one.entry.chain != entry.chain]  # fmt: skip
    return entries, heads


def test_each_of_1000_edits_deletions_reorderings_and_cuts_is_found():
    chance = random.Random(3)  # noqa: S311 - nobody need not guess it
    for _ in range(1000):
        entries, heads = harmed(chance)
        if (entries, heads) != (WHOLE, HEADS):
            assert found_in(entries, heads), (set(WHOLE) ^ set(entries), heads)
