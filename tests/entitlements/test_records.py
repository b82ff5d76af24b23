"""A decision that is kept holds what is needed to make it again, and says what has changed since."""

from dataclasses import replace
from decimal import Decimal

import pytest

from entitlements import records
from entitlements.canonical import Unreadable, told_in
from entitlements.decisions import decide
from entitlements.editing.building import guide_from
from entitlements.prices import Price, price_book
from entitlements.records import Decided, Engine, Hashes, Policy, facts_read, record, replay, replayed, without_names
from tests.builders import GUIDE, a_license, a_request, day, facts_of

ENGINE = Engine("1.0", "2026a")
EXPIRED = a_request(at="2027-02-01T10:00Z")
"""A month after the included year that began on 2026-01-01."""
PRICES = price_book("LIST", "EUR", [Price("LIST", "EUR", "FAX", "BASIC", 12, day("2020-01-01"), Decimal("600.00"))])
LATE_FEES = """
[[policy]]
name = "flat"
summary = "A flat fee of 100."
effective = 2020-01-01
currency = "EUR"
tiers = [{ flat = 100 }]
"""


def kept(request=EXPIRED, policy=None, known=None):
    known = known or facts_of(a_license())
    return record(decide(known, request, GUIDE), policy or Policy.of(GUIDE, ENGINE))


def test_the_four_texts_have_each_a_digest_of_their_own():
    one = kept()
    assert len({one.hashes.request, one.hashes.facts, one.hashes.policy, one.hashes.result}) == 4
    other = kept(replace(EXPIRED, pin_verified=True))
    assert (one.hashes.facts, one.hashes.policy) == (other.hashes.facts, other.hashes.policy)
    assert one.hashes.request != other.hashes.request


def test_the_facts_come_back_without_the_names_of_accounts():
    license = a_license()
    known, name = facts_of(license), license.account.name
    one = kept(known=known)
    assert name
    assert name not in one.facts
    assert facts_read(one.facts) == without_names(known)
    assert records.named(facts_read(one.facts), lambda _: name) == known


def test_what_was_decided_is_read_back_whole():
    decision = decide(facts_of(a_license()), EXPIRED, GUIDE)
    decided = Decided(record(decision, Policy.of(GUIDE, ENGINE)), GUIDE)
    for name in ("verdict", "entitled", "at", "known_at", "plan", "coverage", "reasons", "clauses", "stable_until"):
        assert getattr(decided, name) == getattr(decision, name), name
    assert decided.commitment == decision.commitment
    assert decided.conflicts == decision.conflicts
    assert decided.license == without_names(decision.facts).license
    assert [tuple(act.act.kind for act in one.acts) for one in decided.costed_remedies] == [
        tuple(act.kind for act in one.acts) for one in decision.remedies
    ]


def test_the_costs_of_remedies_are_those_of_the_kept_prices():
    """Basic for a year costs 600.00; a day past the 120 it also costs the flat fee of 100."""
    late = a_request(at="2027-05-02T10:00Z")
    policy = Policy.of(GUIDE, ENGINE, PRICES, LATE_FEES)
    costs = [
        act.cost and str(act.cost.amount)
        for request in (EXPIRED, late)
        for remedy in Decided(kept(request, policy), GUIDE).costed_remedies
        for act in remedy.acts
    ]
    assert costs == ["600.00", "700.00"]
    one = kept(late, policy)
    assert replay(one, one.hashes, GUIDE, policy) == records.Replay((), ())


def test_a_replay_is_the_same_bytes():
    one = kept()
    assert replayed(one, GUIDE) == one.result
    assert replay(one, one.hashes, GUIDE, Policy.of(GUIDE, ENGINE)).identical


def test_a_fact_that_was_changed_is_named_with_what_it_changes():
    one = kept()
    changed = replace(one, facts=one.facts.replace("2026-01-01", "2026-02-15"))
    found = replay(changed, one.hashes, GUIDE, Policy.of(GUIDE, ENGINE))
    assert not found.identical
    assert f"facts: the kept text has the sha256 {changed.hashes.facts}, not the {one.hashes.facts}" in str(found)
    assert 'verdict: "NOT_ENTITLED", now "ENTITLED"' in found.differences
    assert "entitled: false, now true" in found.differences


@pytest.mark.parametrize("part", ["request", "facts", "policy", "result"])
def test_a_text_that_is_not_the_one_noted_is_named(part):
    one = kept()
    noted = Hashes(**{name: getattr(one.hashes, name) for name in Hashes.__slots__} | {part: "0" * 64})
    [difference] = replay(one, noted, GUIDE, Policy.of(GUIDE, ENGINE)).differences
    assert difference.startswith(f"{part}: ")


@pytest.mark.parametrize(
    "text", ["", "{}", '{"value": {"license": 0}, "licenses": [{}]}', '{"value": {"releases": [1]}}']
)
def test_facts_that_are_none_are_a_difference_and_no_fault(text):
    one = kept()
    found = replay(replace(one, facts=text), one.hashes, GUIDE, Policy.of(GUIDE, ENGINE))
    assert found.differences[0].startswith("facts: the kept text has the sha256")
    assert found.differences[1].startswith("what is kept cannot be decided on: ")


def test_another_edition_and_another_engine_are_differences_of_policy_alone():
    texts = {"imagicle-care-4.1": dict(GUIDE.sources["imagicle-care-4.1"])}
    texts["imagicle-care-4.1"]["dates.toml"] += "# another file\n"
    today = Policy.of(guide_from(texts), Engine("2.0", "2026a"))
    one = kept()
    found = replay(one, one.hashes, GUIDE, today)
    assert found.identical
    assert found.policy_differences == (
        f'policy.edition_digest: "{GUIDE.digest}", now "{today.edition_digest}"',
        'policy.engine.software: "1.0", now "2.0"',
    )


def test_the_kept_edition_is_decided_by_and_no_other():
    texts = {"imagicle-care-4.1": dict(GUIDE.sources["imagicle-care-4.1"])}
    texts["imagicle-care-4.1"]["dates.toml"] += "# another file\n"
    with pytest.raises(Unreadable, match="the edition at hand has the digest"):
        replayed(kept(), guide_from(texts))


def test_an_edition_is_built_again_from_the_texts_that_it_was_built_from():
    again = guide_from(GUIDE.sources)
    assert again.digest == GUIDE.digest
    assert replayed(kept(), again) == kept().result


def test_a_record_of_an_unknown_licence_and_of_a_request_that_cannot_be_judged_replays():
    for known, request in ((facts_of(None), EXPIRED), (facts_of(a_license()), a_request(theater="MOON"))):
        one = kept(request, known=known)
        assert replay(one, one.hashes, GUIDE, Policy.of(GUIDE, ENGINE)).identical
        assert told_in(one.result)["verdict"] in {"NOT_ENTITLED", "UNKNOWN"}
