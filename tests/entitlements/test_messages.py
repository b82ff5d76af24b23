import copy
import pickle
from datetime import date

from entitlements.messages import Message, listed, said

UNTIL = said("support ends on {ends_on}", ends_on=date(2026, 7, 26))


def test_a_message_is_its_english_text():
    assert UNTIL == "support ends on 2026-07-26"
    assert hash(UNTIL) == hash("support ends on 2026-07-26")
    assert str(UNTIL) == "support ends on 2026-07-26"


def test_a_message_remembers_what_it_was_made_of():
    assert UNTIL.template == "support ends on {ends_on}"
    assert UNTIL.values == {"ends_on": date(2026, 7, 26)}


def test_a_message_within_another_is_still_a_message():
    whole = said("{advice}: {why}", advice=said("ask again"), why=UNTIL)
    assert whole == "ask again: support ends on 2026-07-26"
    assert whole.values["why"] is UNTIL


def test_a_text_without_values_may_hold_braces():
    assert said("a set is written {a, b}") == "a set is written {a, b}"


def test_a_value_that_looks_like_a_placeholder_stays_as_it_is():
    assert (
        said("no plan {plan}; the guide has {known}", plan="{known}", known="GOLD")
        == "no plan {known}; the guide has GOLD"
    )


def test_items_are_listed_with_their_separator_as_the_template():
    items = listed("; ", ["one", UNTIL])
    assert items == "one; support ends on 2026-07-26"
    assert items.template == "; "
    assert list(items.values.values()) == ["one", UNTIL]


def test_nothing_listed_is_nothing():
    assert listed(", ", []) == ""


def test_copies_remember_as_well():
    for message in (UNTIL, listed(", ", ["one", "two"])):
        for copied in (copy.copy(message), copy.deepcopy(message), pickle.loads(pickle.dumps(message))):  # noqa: S301 - ours
            assert type(copied) is type(message)
            assert (copied, copied.template, copied.values) == (message, message.template, message.values)


def test_what_is_put_together_of_a_message_is_plain_text():
    assert not isinstance(UNTIL + "!", Message)
