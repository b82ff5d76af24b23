"""The catalogues of messages: complete, with every value in its place, and what is told from them."""

import ast
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from entitlements import written_quotes
from entitlements.checks import judge
from entitlements.messages import Message, listed, said
from entitlements.remedies import remedies
from schema.languages import DOMAIN, ENGLISH, LANGUAGES, catalogue, closest, translated
from scripts import messages
from scripts.messages import LOCALES, PACKAGES, ROOT, TEMPLATE, template
from tests.builders import GUIDE
from tests.entitlements.properties.test_money_properties import quote_of, renewals_asked
from tests.strategies import any_questions, for_all

OTHERS = [language for language in LANGUAGES if language != ENGLISH]
FSI, PDI = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


def read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def entries(found: Catalog) -> dict[str, list[str]]:
    """Every message, with the files that it is said in."""
    return {str(message.id): sorted(path for path, _ in message.locations) for message in found if message.id}


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


# ---------------------------------------------------------------- the template


def test_the_template_holds_what_the_code_and_the_guide_say_today():
    """`make messages` brings it up to them."""
    assert entries(read(TEMPLATE)) == entries(template())


def calls() -> Iterator[tuple[str, ast.expr]]:
    """What is said in the code, read without the extraction that makes the template."""
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"said", "listed"}:
                yield path.relative_to(ROOT).as_posix(), node.args[0]


def test_nothing_is_said_that_the_template_lacks():
    known = entries(read(TEMPLATE))
    written = {argument.value: path for path, argument in calls() if isinstance(argument, ast.Constant)}
    assert len(written) > 150
    assert {text: path for text, path in written.items() if text not in known} == {}


def test_besides_what_is_written_out_only_the_guide_s_names_are_said():
    """They are values of its data: an attribute of an entry. A template that is put together is never found."""
    others = {(path, ast.unparse(argument)) for path, argument in calls() if not isinstance(argument, ast.Constant)}
    assert others == {
        ("entitlements/rules/causes.py", "terms.name"),
        ("entitlements/rules/causes.py", "entry.value"),
        ("entitlements/rules/plan.py", "feature.name"),
    }


def test_every_placeholder_is_a_plain_name():
    named = {name for text in entries(read(TEMPLATE)) for name in placeholders(text)}
    assert all(name.isidentifier() for name in named)


def test_a_catalogue_is_brought_up_to_the_template_with_its_translations_kept(tmp_path, monkeypatch, capsys):
    path = tmp_path / "it" / f"{DOMAIN}.po"
    path.parent.mkdir()
    text = (LOCALES / "it" / path.name).read_text(encoding="utf-8")
    path.write_text(text.replace('msgid "wait until {day}"', 'msgid "wait for {day}"'), encoding="utf-8")
    monkeypatch.setattr(messages, "LOCALES", tmp_path)
    monkeypatch.setattr(messages, "TEMPLATE", tmp_path / TEMPLATE.name)
    messages.main(["it"])
    found = {str(message.id): message.string for message in read(path, "it") if message.id}
    assert found == {**catalogue("it"), "wait until {day}": ""}
    assert "wait for" not in path.read_text(encoding="utf-8")
    assert "1 to be translated" in capsys.readouterr().out


# ---------------------------------------------------------------- the catalogues


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated_and_no_other(language):
    found = read(LOCALES / language / f"{DOMAIN}.po", language)
    assert entries(found).keys() == entries(read(TEMPLATE)).keys()
    assert [message.id for message in found if message.id and not message.string] == []
    assert [message.id for message in found if message.id and message.fuzzy] == []
    assert found.obsolete == {}


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_exactly_the_placeholders_of_its_message(language):
    wrong = {text: told for text, told in catalogue(language).items() if placeholders(text) != placeholders(told)}
    assert wrong == {}


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_is_another_text_than_the_english_one(language):
    """Some names are the same word in several languages; a sentence never is."""
    sentences = {text for text in catalogue(language) if sum(word.isalpha() for word in text.split()) > 2}
    assert len(sentences) > 150
    assert [text for text in sentences if catalogue(language)[text] == text] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_ends_as_a_sentence_where_its_message_does(language):
    """Messages are put together: a full stop too many would stand in the middle of a sentence."""
    wrong = [
        text for text, told in catalogue(language).items() if text.strip() and (text[-1] == ".") != (told[-1] == ".")
    ]
    assert wrong == []


def test_two_languages_never_have_one_catalogue():
    for one, another in pairwise(OTHERS):
        same = sum(1 for text, told in catalogue(one).items() if told == catalogue(another)[text])
        assert same < len(catalogue(one)) / 4


# ---------------------------------------------------------------- what is told

ENDED = said("support ends on {ends_on}", ends_on=date(2026, 7, 26))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "support ends on 2026-07-26"),
        ("it", "l'assistenza termina il 2026-07-26"),
        ("de", "der Support endet am 2026-07-26"),
        ("fr", "le support prend fin le 2026-07-26"),
        ("es", "el soporte termina el 2026-07-26"),
        ("pt", "o suporte termina em 2026-07-26"),
        ("ar", f"ينتهي الدعم في {FSI}2026-07-26{PDI}"),
    ],
)
def test_a_message_is_told_in_each_language_with_its_values(language, told):
    assert translated(ENDED, language) == told


def test_messages_within_a_message_are_told_in_the_same_language():
    whole = said("it cannot be renewed: {why}", why=listed("; ", [ENDED, said("a new licence is needed")]))
    assert translated(whole, "it") == (
        "non può essere rinnovata: l'assistenza termina il 2026-07-26; serve una nuova licenza"
    )


def test_what_is_listed_has_the_separator_of_the_language():
    plans = listed(", ", ["BASIC", "GOLD"])
    assert translated(plans, "de") == "BASIC, GOLD"
    assert translated(plans, "ar") == f"{FSI}BASIC{PDI}، {FSI}GOLD{PDI}"


def test_text_from_right_to_left_keeps_dates_and_serials_in_one_piece():
    """Without isolation a date after an Arabic letter would be shown with its day first (UAX 9, W2 and W4)."""
    told = translated(said("{serial} was retired on {retired_on}", serial="ORI-1", retired_on=date(2026, 7, 26)), "ar")
    assert f"{FSI}ORI-1{PDI}" in told
    assert f"{FSI}2026-07-26{PDI}" in told


def test_a_value_is_never_taken_for_a_message_or_for_a_placeholder():
    told = translated(said("ask by {channel} instead", channel="none {channel}"), "it")
    assert told == "rivolgersi invece tramite none {channel}"


def test_a_large_number_has_no_english_separator_elsewhere():
    over = said("The body is over {most:,} bytes. Split the request.", most=1_048_576)
    assert over == "The body is over 1,048,576 bytes. Split the request."
    assert translated(over, "de") == "Der Inhalt ist größer als 1048576 Byte. Die Anfrage aufteilen."


def test_a_message_that_a_catalogue_lacks_is_told_in_english():
    assert translated(said("nobody translated {this}", this="this"), "it") == "nobody translated this"


def test_a_text_of_the_guide_is_looked_up_as_it_stands():
    assert translated("R&D is not reachable", "it") == "Il reparto ricerca e sviluppo non è raggiungibile"
    assert translated("a text of an operator's own", "it") == "a text of an operator's own"


def test_every_message_has_words_in_every_language():
    """Whatever a template's values are, what is told holds them, and no brace is left over."""
    for language in OTHERS:
        for text in catalogue(language):
            values = dict.fromkeys(placeholders(text), 7)
            told = translated(Message(text, values), language)
            assert told.strip() or not text.strip()
            assert "{" not in told
            assert told.count("7") >= len(values)


def messages_of(message: object) -> Iterator[object]:
    """A message and those within it; what is not one as it is."""
    yield message
    for value in message.values.values() if isinstance(message, Message) else ():
        if isinstance(value, Message):
            yield from messages_of(value)


def untold(messages: Iterable[object]) -> list[object]:
    every = [inner for message in messages for inner in messages_of(message)]
    return [one for one in every if not isinstance(one, Message) or one.template not in catalogue("it")]


@for_all(60, question=any_questions())
def test_whatever_is_decided_is_said_in_words_that_the_catalogues_have(question):
    known, asked = question
    acts = [act for remedy in remedies(known, asked, GUIDE) for act in remedy.acts]
    assert untold(one.message for one in (*judge(known, asked, GUIDE).reasons, *acts)) == []


@for_all(60, question=renewals_asked())
def test_whatever_is_quoted_is_said_in_words_that_the_catalogues_have(question):
    quote = quote_of(question)
    lacking = [message for _, message in quote.missing]
    assert untold([*(line.message for line in quote.lines), *lacking]) == []
    kept = written_quotes.read(written_quotes.written(quote), question[0])
    told = [[translated(line.message, "it") for line in one.lines] for one in (quote, kept)]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        ([], "en"),
        (["it"], "it"),
        (["fr-CA"], "fr"),
        (["PT-br"], "pt"),
        (["zh", "ar-EG", "de"], "ar"),
        (["zh", "tlh"], "en"),
        (["not a tag"], "en"),
    ],
)
def test_the_first_tag_that_has_a_language_here_decides(tags, language):
    assert closest(tags) == language


def test_without_any_the_given_language_holds():
    assert closest(["zh"], "de") == "de"
