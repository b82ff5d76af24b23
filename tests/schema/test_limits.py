"""Documents that are too large are refused, with the figure and the limit, in a time that is linear in their size."""

import time

import pytest
from graphql import get_introspection_query, parse

from api.operations import operations as documents
from schema.documents import KEPT, KEPT_CHARACTERS, Documents
from schema.limits import MOST, MOST_CHARACTERS, MOST_COMMENTS, MOST_REPEATS, Counted, Size, parsed
from schema.root import Schema


def size(text: str) -> Size:
    node = parse(text)
    return Counted(node).size(node.definitions[0])  # type: ignore[arg-type]


def nested(wide: int, levels: int) -> str:
    """Fragments within fragments, each spread so often: wide to the power of levels fields, in a short text."""
    inner = " ".join(f"fragment f{n} on Clause {{ id {f'...f{n + 1} ' * wide} }}" for n in range(levels))
    return f"{{ guide {{ clauses {{ ...f0 }} }} }} {inner} fragment f{levels} on Clause {{ id }}"


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a }", Size(1, 1, 0, 0)),
        ("{ a { b { c } d } }", Size(3, 4, 0, 0)),
        ("query @x { a: b @y c @y @z }", Size(1, 2, 1, 4)),
        ("query ($v: Int @x) { a }", Size(1, 1, 0, 1)),
        ("{ ... on T @x { a { b } } }", Size(2, 2, 0, 1)),
        ("{ ...f a { ...f } } fragment f on T @x { b: c { d @y } }", Size(3, 5, 2, 4)),
        ("{ ...f @x } fragment f on T { ...g ...g } fragment g on T { a: b }", Size(1, 2, 2, 1)),
        ("{ a ...unknown }", Size(1, 1, 0, 0)),
        ("{ ...f } fragment f on T { a { ...f } }", Size(1, 1, 0, 0)),
        ("{ ...f } fragment f on T { a ...g } fragment g on T { b ...f }", Size(1, 2, 0, 0)),
    ],
)
def test_a_size_is_that_of_the_operation_with_every_fragment_in_its_place(text, expected):
    assert size(text) == expected


@pytest.mark.parametrize("wide", [2, 3, 8])
def test_counting_takes_a_linear_time_however_much_fragments_multiply(wide):
    def seconds(levels: int) -> float:
        node = parse(nested(wide, levels))
        spent = []
        for _ in range(5):
            start = time.process_time()
            assert Counted(node).size(node.definitions[0]).fields >= 2**levels  # type: ignore[arg-type]
            spent.append(time.process_time() - start)
        return min(spent)

    assert seconds(80) < 16 * seconds(20) < 0.25


REFUSED = [
    ("{ a " + "{ a " * 15 + "}" * 16, "levels", 16, 15),
    ("{ " + "edition " * 501 + "}", "fields", 501, 500),
    ("{ " + "a: edition " * 31 + "}", "aliases", 31, 30),
    ("{ edition " + "@skip(if: true) " * 51 + "}", "directives", 51, 50),
    ("{ ...f ...f } fragment f on Query { " + "a: edition " * 16 + "}", "aliases", 32, 30),
    ("fragment f on Query { " + "a: edition " * 31 + "}", "aliases", 31, 30),
    (nested(3, 60), "fields", None, 500),
    ("{ a } " * 11, "operations", 11, 10),
    ("# " + "x" * MOST_CHARACTERS, "characters", MOST_CHARACTERS + 2, MOST_CHARACTERS),
]


@pytest.mark.parametrize(("text", "limit", "asked", "most"), REFUSED)
def test_what_is_over_a_limit_is_refused_with_the_figure_and_the_limit(refusal_of, text, limit, asked, most):
    error = refusal_of(text)
    extensions = error["extensions"]
    assert (extensions["code"], extensions["limit"], extensions["most"]) == ("QUERY_TOO_COMPLEX", limit, most)
    assert asked in {None, extensions["asked"]}
    assert f"{extensions['asked']:,} {limit}" in error["message"]
    assert f"the limit is {most:,}" in error["message"]


@pytest.mark.parametrize(
    ("text", "what"), [("{ a }" + " { a b }" * 600, "tokens"), ("#\n" * (MOST_COMMENTS + 1) + "{ a }", "comments")]
)
def test_reading_stops_at_the_first_token_or_comment_too_many(refusal_of, text, what):
    error = refusal_of(text)
    assert (error["extensions"]["code"], error["extensions"]["limit"]) == ("QUERY_TOO_COMPLEX", what)


def test_what_is_at_a_limit_is_answered(data_of):
    aliases = " ".join(f"a{n}: edition" for n in range(MOST.aliases))
    assert len(data_of(f"{{ guide {{ {aliases} }} }}")["guide"]) == MOST.aliases
    directives = "@include(if: true) "
    fields = " ".join(f"{name} {directives}" for name in ("edition", "title", "inForceFrom"))
    assert len(data_of(f"{{ guide {{ {fields} }} }}")["guide"]) == 3


def test_a_field_that_stands_in_one_place_too_often_is_refused(ask, refusal_of):
    at_most = "guide { edition } " * ((MOST_REPEATS + 2) // 2)
    assert "errors" not in ask("{ " + at_most + "}")
    for over in (at_most + "guide { title title }", "...{ guide { title } } " * 80, "guide { ...{ title } } " * 60):
        error = refusal_of(f"{{ {over} }}")
        assert error["extensions"]["limit"] == "repeated fields"


def test_a_chain_of_fragments_too_long_to_follow_is_refused(refusal_of):
    chain = " ".join(f"fragment f{n} on Guide {{ ...f{n + 1} }}" for n in range(240))
    error = refusal_of(f"{{ guide {{ ...f0 }} }} {chain} fragment f240 on Guide {{ edition }}")
    assert error["extensions"]["code"] in {"QUERY_TOO_COMPLEX", "GRAPHQL_VALIDATION_FAILED"}


def test_cycles_of_fragments_are_refused(ask):
    answer = ask("{ guide { ...f } } fragment f on Guide { edition ...g } fragment g on Guide { title ...f }")
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


def test_at_most_five_errors_of_a_document_are_told(ask):
    errors = ask("{ license(by: {" + "a: 1 " * 400 + "}) { id } }")["errors"]
    assert 1 < len(errors) <= 6


@pytest.mark.parametrize("name", sorted(documents()))
def test_the_document_of_a_caller_is_well_within_the_limits(name):
    counted = size(documents()[name])
    assert counted.levels <= 10
    assert counted.fields <= 250
    assert counted.aliases <= 2


def test_the_introspection_query_of_the_tools_fits():
    assert parsed(get_introspection_query(input_value_deprecation=True, directive_is_repeatable=True))
    assert Schema(introspection=True).documents.read(get_introspection_query()).errors == ()


# ---------------------------------------------------------------- documents that are kept


def test_a_valid_document_is_read_once(schema):
    text = "{ guide { edition } }"
    assert schema.documents.read(text) is schema.documents.read(text)


def test_a_document_with_errors_is_read_each_time(schema):
    text = "{ guide { nothing } }"
    assert schema.documents.read(text).errors
    assert schema.documents.read(text) is not schema.documents.read(text)


def test_only_so_many_documents_are_kept(schema):
    documents = Documents(schema._schema, introspection=False)
    first = documents.read("{ guide { edition } } #0")
    for number in range(1, KEPT + 1):
        documents.read(f"{{ guide {{ edition }} }} #{number}")
    assert documents.read("{ guide { edition } } #0") is not first


def test_only_so_many_characters_are_kept(schema):
    documents = Documents(schema._schema, introspection=False)
    texts = [f"{{ guide {{ edition }} }} #{number}{'x' * 60_000}" for number in range(KEPT_CHARACTERS // 60_000 + 1)]
    read = [documents.read(text) for text in texts]
    assert documents.read(texts[-1]) is read[-1]
    assert documents.read(texts[0]) is not read[0]
