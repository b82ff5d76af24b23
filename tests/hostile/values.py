"""Values, texts and tokens that are odd, huge or of another type."""

import json
from collections.abc import Iterator

from tests.hostile.attacks import LEVELS, Attack, asking, family

ODD_TEXTS = (
    "",
    " ",
    "\0",
    "\x1b[31m",
    "\u202e",
    "\ufeff",
    "\ud800",
    "\udfff\ud800",
    "e\u0301",
    "\U0001f4a9",
    "ﬀ",
    "İ",
    "ß" * 50,
    "a" * 10_000,
    "'",
    '"',
    "';--",
    "' OR 1=1 --",
    "%",
    "_",
    "%25",
    "\\",
    "${7*7}",
    "{{7*7}}",
    "<script>",
    "../" * 20,
    "file:///etc/passwd",
    "http://169.254.169.254/",
    "\r\nX: y",
    "=cmd|' /C calc'!A0",
    "NaN",
    "null",
    "true",
    "-1",
    "1e309",
    "0x10",
    "٣",
    "FAX-1\n",
)
LITERALS = (
    "null",
    "true",
    "1",
    "-1",
    "1.5",
    "1e400",
    "-0",
    "[]",
    "[[]]",
    "{}",
    '""',
    '"x"',
    "SERIAL",
    "$x",
    "$first",
    '"""block"""',
    "9" * 30,
    "9" * 4_299,
    "9" * 5_000,
    "0" * 10,
    ".5",
    "1.",
    "-",
    "'x'",
    "#",
    "@",
    "...",
    "{a:1,a:2}",
    "[" * 50 + "]" * 50,
)


@family
def odd_literals() -> Iterator[Attack]:
    for literal in LITERALS:
        yield asking(f"first: {literal}", f"{{ licenses(first: {literal}) {{ totalCount }} }}")
        yield asking(f"by: {literal}", f"{{ license(by: {literal}) {{ id }} }}")


@family
def odd_texts_in_variables() -> Iterator[Attack]:
    for text in ODD_TEXTS:
        yield asking(ascii(text), "query ($s: String!) { license(by: {serial: $s}) { id } }", {"s": text})


@family
def odd_texts_in_filters() -> Iterator[Attack]:
    for text in ODD_TEXTS:
        query = "query ($s: String!) { licenses(first: 1, filter: {search: $s, account: $s}) { totalCount } }"
        yield asking(ascii(text), query, {"s": text})


@family
def odd_webhooks() -> Iterator[Attack]:
    create = "mutation ($i: CreateWebhookInput!) { createWebhook(input: $i) { __typename } }"
    for text in (
        *ODD_TEXTS,
        "https://127.0.0.1/",
        "https://[::1",
        "https://x@y/",
        "gopher://x",
        "https://" + "a." * 5_000,
    ):
        yield asking(f"url: {text!a}", create, {"i": {"idempotencyKey": "k", "url": text}})
        yield asking(f"id: {text!a}", "query ($id: ID!) { webhook(id: $id) { url } }", {"id": text})
        named = {"idempotencyKey": "k", "url": "https://hooks.example.com", "accounts": [text], "products": [text]}
        yield asking(f"accounts: {text!a}", create, {"i": named})
    deep = "deliveries(first: 100) { edges { node { payload } } }"
    yield asking("wide", f"{{ webhooks(first: 100) {{ edges {{ node {{ {deep} }} }} }} }}")


@family
def odd_texts_in_literals() -> Iterator[Attack]:
    for text in ODD_TEXTS:
        yield asking(ascii(text), f"{{ account(reference: {json.dumps(text)}) {{ id }} }}")


@family
def odd_instants() -> Iterator[Attack]:
    query = 'query ($at: DateTime) { entitlementCheck(input: {license: {serial: "FAX-1"}, at: $at}) { verdict } }'
    for instant in (
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59+23:59",
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01",
        "now",
        "",
        0,
        -1,
        1e20,
        True,
        [],
        {},
        "2026-01-01T00:00:00" + "0" * 10_000,
        "\uff12\uff10\uff12\uff16-01-01T00:00:00Z",
        "2026-01-01T00:00:00+99:99",
        "-2026-01-01T00:00:00Z",
    ):
        yield asking(instant, query, {"at": instant})


@family
def huge_numbers() -> Iterator[Attack]:
    document = "query ($n: Int!) { licenses(first: $n) { totalCount } }"
    for digits in (10, 19, 20, 309, 4_299, 4_300, 4_301, 100_000):
        for form in ("9" * digits, "-" + "9" * digits, "9" * digits + ".5", f"1e{digits}", "0." + "9" * digits):
            body = f'{{"query": {json.dumps(document)}, "variables": {{"n": {form}}}}}'
            yield Attack(f"{form[:6]} of {digits} digits", body.encode())


@family
def variables_of_other_types() -> Iterator[Attack]:
    values = (None, True, 1, 1.5, "x", [], [[]], {}, {"license": None}, {"license": []}, {"license": {}}, {"x": 1})
    for value in values:
        yield asking(
            value, "query ($i: EntitlementCheckInput!) { entitlementCheck(input: $i) { verdict } }", {"i": value}
        )
        yield asking(f"{value} for a list", "query ($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": value})


@family
def long_tokens() -> Iterator[Attack]:
    for length in (1_000, 60_000, 65_536, 1_000_000):
        yield asking(f"a string of {length}", f'{{ account(reference: "{"x" * length}") {{ id }} }}')
        yield asking(f"a block of {length}", f'{{ account(reference: """{"x" * length}""") {{ id }} }}')
        yield asking(f"a block of {length} lines", '{ account(reference: """' + "\n" * length + '""") { id } }')
        yield asking(f"a name of {length}", "{ " + "x" * length + " }")
        yield asking(f"a comment of {length}", "{ guide { edition } } #" + "x" * length)
        yield asking(f"{length} commas", "{ guide { edition } }" + "," * length)
        yield asking(f"{length} escapes", '{ account(reference: "' + "\\u0041" * (length // 6) + '") { id } }')


@family
def many_comments() -> Iterator[Attack]:
    for count in (10, 500, 501, 30_000):
        yield asking(count, "#\n" * count + "{ guide { edition } }")


@family
def syntax_errors() -> Iterator[Attack]:
    for text in (
        "{",
        "}",
        "{{",
        "{}",
        "{ }",
        "query",
        "query {",
        "query ( { a }",
        "{ a(",
        "{ a() }",
        "{ a(b) }",
        "{ a(b:) }",
        "{ a: }",
        "{ ... }",
        "{ ...on }",
        "{ ...on T }",
        "fragment",
        "fragment on on T { a }",
        "subscription { a }",
        "mutation",
        "mutation { a }",
        "schema { query: Q }",
        "type T { a: Int }",
        "extend type Query { a: Int }",
        "scalar X",
        '{ a(b: ") }',
        '{ a(b: """) }',
        '{ a(b: "\\u{110000}") }',
        '{ a(b: "\\uD800") }',
        '{ a(b: "\\x") }',
        "{ a(b: 01) }",
        "{ a(b: 1.) }",
        "{ a(b: 1e) }",
        "{ a(b: --1) }",
        "{ a @ }",
        "{ a @@b }",
        "{ a ..b }",
        "{ a .b }",
        "{ a & b }",
        "{ a | b }",
        "\0",
        "\ufeff",
        "\u00e9",
        "query ($a) { a }",
        "query ($a: ) { a }",
        "query ($a: [Int) { a }",
        "query ($a: Int = $b) { a }",
        "{ a } x",
        "{ a(b: {c: [1, {d: }]}) }",
        "0",
        '"x"',
        "true { a }",
        "\ud800",
    ):
        yield asking(ascii(text), text)


@family
def deep_literals() -> Iterator[Attack]:
    for levels in LEVELS:
        yield asking(f"{levels} lists", "{ nodes(ids: " + "[" * levels + "]" * levels + ") { id } }")
        yield asking(f"{levels} objects", "{ license(by: " + "{a: " * levels + "1" + "}" * levels + ") { id } }")
        yield asking(f"{levels} types", "query ($v: " + "[" * levels + "Int" + "]" * levels + ") { __typename }")


@family
def wide_literals() -> Iterator[Attack]:
    for count in (100, 600, 1_900):
        yield asking(f"{count} items", "{ plans(on: [" + "1 " * count + "]) { code } }")
        yield asking(f"{count} members", "{ license(by: {" + "a: 1 " * (count // 3) + "}) { id } }")
        yield asking(f"{count} arguments", "{ license(" + "a: 1 " * (count // 3) + ") { id } }")
