"""Documents that multiply, deepen, repeat, or ask about the schema."""

import json
from collections.abc import Iterator
from itertools import product

from graphql import get_introspection_query

from tests.hostile.attacks import LEVELS, Attack, asking, family

COUNTS = (1, 2, 5, 10, 16, 31, 50, 100, 500, 1_000, 5_000)
WORDS = (
    "licence",
    "licenses_",
    "Licenses",
    "acounts",
    "entitlement",
    "entitlementChek",
    "gide",
    "plan",
    "nod",
    "prodct",
    "renewal",
    "orderRenewals",
    "accountCheck",
    "costDelay",
    "whatif",
    "__type_",
    "user",
    "me",
    "admin",
    "password",
)


@family
def deep_fields() -> Iterator[Attack]:
    for levels in LEVELS:
        yield asking(levels, "{ a " * levels + "}" * levels)
        yield asking(f"{levels} of the schema", nested('license(by: {serial: "FAX-1"})', "base", levels))


def nested(root: str, field: str, levels: int) -> str:
    """A field within itself."""
    return f"{{ {root} {{ " + f"{field} {{ " * levels + "id" + " }" * (levels + 2)


@family
def deep_inline_fragments() -> Iterator[Attack]:
    for levels in LEVELS:
        yield asking(levels, "{ " + "... { " * levels + "__typename" + " }" * levels + " }")
        yield asking(f"{levels} typed", "{ " + "... on Query { " * levels + "__typename" + " }" * levels + " }")


@family
def fragments_within_fragments() -> Iterator[Attack]:
    for wide, levels in product((1, 2, 3, 8), (2, 8, 16, 17, 24, 60, 100, 200)):
        inner = " ".join(f"fragment f{n} on Clause {{ id {f'...f{n + 1} ' * wide} }}" for n in range(levels))
        text = f"{{ guide {{ clauses {{ ...f0 }} }} }} {inner} fragment f{levels} on Clause {{ id }}"
        yield asking(f"{wide} wide, {levels} deep", text)


@family
def fragments_that_each_spread_all_others() -> Iterator[Attack]:
    for count in (2, 5, 10, 20, 28, 40):
        inner = (
            f"fragment f{n} on Guide {{ edition {' '.join(f'...f{m}' for m in range(n + 1, count))} }}"
            for n in range(count)
        )
        yield asking(count, "{ guide { ...f0 } } " + " ".join(inner))


@family
def fragments_that_deepen_as_they_nest() -> Iterator[Attack]:
    for levels in LEVELS[:-1]:
        inner = " ".join(f"fragment f{n} on License {{ base {{ ...f{n + 1} }} }}" for n in range(levels))
        text = f'{{ license(by: {{serial: "FAX-1"}}) {{ ...f0 }} }} {inner} fragment f{levels} on License {{ id }}'
        yield asking(levels, text)


@family
def cycles_of_fragments() -> Iterator[Attack]:
    for length in (1, 2, 3, 10, 100, 180):
        ring = " ".join(f"fragment f{n} on Guide {{ edition ...f{(n + 1) % length} }}" for n in range(length))
        yield asking(length, f"{{ guide {{ ...f0 }} }} {ring}")
        yield asking(f"{length}, not used", f"{{ guide {{ edition }} }} {ring}")


@family
def fragments_that_are_not_used_or_not_there() -> Iterator[Attack]:
    for count in (1, 10, 100, 250):
        yield asking(
            f"{count} unused",
            "{ guide { edition } } " + " ".join(f"fragment f{n} on Guide {{ title }}" for n in range(count)),
        )
        yield asking(f"{count} unknown", "{ guide { " + " ".join(f"...f{n}" for n in range(count)) + " } }")
        yield asking(f"{count} of one name", "{ guide { ...f } } " + "fragment f on Guide { title } " * count)


@family
def aliases() -> Iterator[Attack]:
    for count in COUNTS:
        yield asking(count, "{ " + " ".join(f"a{n}: guide {{ edition }}" for n in range(count)) + " }")
    for count in (10, 30, 31, 100):
        asked = 'entitlementCheck(input: {license: {serial: "FAX-1"}}) { conflicts { verdictOtherwise } }'
        yield asking(f"{count} checks", "{ " + " ".join(f"a{n}: {asked}" for n in range(count)) + " }")


@family
def aliases_in_fragments() -> Iterator[Attack]:
    for count in (2, 5, 15, 16, 40):
        inner = " ".join(f"a{n}: edition" for n in range(count))
        yield asking(count, f"{{ guide {{ ...f ...f }} b: guide {{ ...f }} }} fragment f on Guide {{ {inner} }}")


@family
def fields_that_repeat() -> Iterator[Attack]:
    for count in COUNTS:
        yield asking(f"{count} leaves", "{ guide { " + "edition " * count + "} }")
        yield asking(f"{count} objects", "{ " + "guide { edition } " * count + "}")


@family
def fields_that_repeat_in_fragments() -> Iterator[Attack]:
    for count in (2, 20, 60, 120):
        yield asking(f"{count} inline", "{ " + "... { guide { edition } } " * count + "}")
        inner = " ".join(f"fragment f{n} on Query {{ guide {{ conflicts {{ id }} }} }}" for n in range(count))
        yield asking(f"{count} named", "{ " + " ".join(f"...f{n}" for n in range(count)) + f" }} {inner}")


@family
def directives() -> Iterator[Attack]:
    kinds = (
        "skip(if: false)",
        "include(if: true)",
        "deprecated",
        'specifiedBy(url: "x")',
        "oneOf",
        "x",
        "skip(if: $x)",
    )
    for kind, count in product(kinds, (1, 10, 51, 400)):
        yield asking(f"{count} @{kind}", "{ guide " + f"@{kind} " * count + "{ edition } }")


@family
def directives_elsewhere() -> Iterator[Attack]:
    for count in (1, 51, 400):
        many = "@x " * count
        yield asking(f"{count} of a query", f"query {many} {{ __typename }}")
        yield asking(f"{count} of a fragment", f"{{ ...f }} fragment f on Query {many} {{ __typename }}")
        yield asking(f"{count} of a variable", f"query ($v: Int {many}) {{ __typename }}")
        yield asking(f"{count} of a spread", f"{{ ... {many} {{ __typename }} }}")


@family
def operations() -> Iterator[Attack]:
    for count in (2, 10, 11, 100, 280):
        yield asking(count, " ".join(f"query q{n} {{ guide {{ edition }} }}" for n in range(count)))
        yield asking(f"{count} of one name", "query q { guide { edition } } " * count)
        yield asking(f"{count} without one", "{ guide { edition } } " * count)


@family
def variables() -> Iterator[Attack]:
    for count in (1, 10, 100, 300, 490):
        declared = " ".join(f"$v{n}: Int" for n in range(count))
        yield asking(f"{count} unused", f"query ({declared}) {{ __typename }}")
        yield asking(f"{count} of one name", "query (" + "$v: Int " * count + ") { __typename }")
        used = " ".join(f"$u{n}" for n in range(count))
        yield asking(f"{count} undeclared", f"{{ nodes(ids: [{used}]) {{ id }} }}")


@family
def batches() -> Iterator[Attack]:
    for count in (0, 1, 2, 10, 1_000):
        yield Attack(str(count), json.dumps([{"query": "{ guide { edition } }"}] * count).encode())


PAGE = "licenses(first: %s) { edges { node { account %s } } }"


@family
def fan_outs() -> Iterator[Attack]:
    for first, levels in product((1, 10, 100), (2, 3, 4)):
        inner = "{ licenses(first: 1) { totalCount } }"
        for _ in range(levels):
            inner = "{ " + PAGE % (first, inner) + " }"
        yield asking(f"{first} to the power of {levels}", inner)
    for field in ("dependents", "base { dependents", "coverageTimeline { clauses { reads"):
        closing = " }" * field.count("{")
        for levels in (1, 3, 5):
            text = f"{field} {{ " * levels + "id" + (" }" + closing) * levels
            yield asking(f"{field} {levels}", f"{{ licenses(first: 100) {{ edges {{ node {{ {text} }} }} }} }}")


@family
def circles_of_the_guide() -> Iterator[Attack]:
    for levels in (1, 2, 3, 5, 10):
        yield asking(levels, "{ guide { clauses { " + "reads { " * levels + "id" + " }" * (levels + 3))


@family
def page_sizes() -> Iterator[Attack]:
    sizes = (
        "0",
        "-1",
        "101",
        "2147483647",
        "2147483648",
        "1e2",
        "1.0",
        '"1"',
        "null",
        "true",
        "[1]",
        "$n",
        "$u",
        "9" * 20,
    )
    for size, argument in product(sizes, ("first", "last")):
        yield asking(
            f"{argument}: {size}", f"query ($n: Int) {{ licenses({argument}: {size}) {{ totalCount }} }}", {"n": 10**6}
        )


@family
def cursors() -> Iterator[Attack]:
    for cursor in ("", "x", "W10", "bnVsbA", "eyJ9", "=" * 100, "A" * 50_000, "W1tbW1tbW10=", "\ud800", "\0"):
        text = "query ($c: String) { licenses(first: 1, after: $c) { totalCount } }"
        yield asking(ascii(cursor), text, {"c": cursor})


@family
def global_ids() -> Iterator[Attack]:
    for id_ in (
        "",
        "x",
        "TGljZW5zZTo",
        "TGljZW5zZTow",
        "VXNlcjox",
        "=" * 9,
        "A" * 50_000,
        "\0",
        "\ud800",
        "..",
        "1",
        "0" * 64,
    ):
        yield asking(ascii(id_), "query ($id: ID!) { node(id: $id) { id } }", {"id": id_})
    for count in (100, 101, 10_000):
        yield asking(f"{count} of them", "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["x"] * count})


@family
def lists_of_input() -> Iterator[Attack]:
    document = "query ($inputs: [EntitlementCheckInput!]!) { entitlementChecks(inputs: $inputs) { verdict } }"
    for count in (0, 1_001, 5_000, 25_001):
        yield asking(f"{count} checks", document, {"inputs": [{"license": {"serial": "X"}}] * count})
        yield asking(f"{count} that are none", document, {"inputs": [7] * count})
        yield asking(f"{count} nulls", document, {"inputs": [None] * count})
    changes = (
        'query ($c: [HypotheticalChange!]!) { whatIf(changes: $c, check: {license: {serial: "FAX-1"}}) { verdict } }'
    )
    for count in (10, 1_000, 10_000):
        yield asking(f"{count} changes", changes, {"c": [{"pay": {"charge": "CH-1", "on": "2026-01-01"}}] * count})
    pauses = [{"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:01Z"}]
    for count in (10, 1_000, 10_000):
        yield asking(
            f"{count} pauses", document, {"inputs": [{"license": {"serial": "FAX-1"}, "pauses": pauses * count}]}
        )


@family
def introspection() -> Iterator[Attack]:
    yield asking("of the tools", get_introspection_query())
    for text in (
        "{ __schema { types { name } } }",
        '{ __type(name: "License") { name fields { name } } }',
        "{ a: __schema { queryType { name } } }",
        "{ ...f } fragment f on Query { __schema { types { name } } }",
        "{ ... { __schema { types { name } } } }",
        "query q @skip(if: false) { __schema { types { name } } }",
        "query ($n: String!) { __type(name: $n) { name } }",
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        "{ __schema\n{ types { name } } }",
        "{ __schema#x\n{ types { name } } }",
        "mutation { __schema { types { name } } }",
        "{ _service { sdl } }",
        "{ _entities { x } }",
    ):
        yield asking(text, text)


@family
def suggestions() -> Iterator[Attack]:
    for word in WORDS:
        yield asking(f"field {word}", f"{{ {word} }}")
        yield asking(f"argument {word}", f"{{ license({word}: 1) {{ id }} }}")
        yield asking(f"type {word}", f"query ($v: {word}) {{ __typename }}")
        yield asking(f"input {word}", f'{{ license(by: {{{word}: "x"}}) {{ id }} }}')
        yield asking(
            f"variable {word}",
            "query ($o: LicenseOrder!) { licenses(first: 1, orderBy: $o) { totalCount } }",
            {"o": word},
        )
        yield asking(f"fragment {word}", f"{{ ...f }} fragment f on {word} {{ id }}")
