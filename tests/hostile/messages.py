"""Bodies, heads and bare bytes that HTTP does not expect."""

import gzip
import json
import zlib
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote

from tests.hostile.attacks import Attack, asking, family


@family
def deep_json() -> Iterator[Attack]:
    for levels in (31, 32, 33, 900, 1_000, 100_000):
        for opening, closing in (("[", "]"), ('{"a":', "}")):
            value = opening * levels + "1" + closing * levels
            yield Attack(f"{levels} of {opening}", f'{{"query": "{{ a }}", "variables": {{"a": {value}}}}}'.encode())
            yield Attack(f"{levels} of {opening} alone", value.encode())
            yield Attack(f"{levels} of {opening} not closed", (opening * levels).encode())


@family
def wide_json() -> Iterator[Attack]:
    for item, count in (
        ("[]", 340_000),
        ("{}", 340_000),
        ("1", 500_000),
        ('""', 340_000),
        ("1.5", 250_000),
        ('{"a":1}', 120_000),
    ):
        body = '{"query": "{ guide { edition } }", "variables": {"a": [' + ",".join([item] * count) + "]}}"
        yield Attack(f"{count} of {item}", body[: 1024 * 1024].encode())
        yield Attack(f"{count // 4} of {item}", (body[:60] + ",".join([item] * (count // 4)) + "]}}").encode())
    members = ",".join(f'"v{n}":{n}' for n in range(70_000))
    yield Attack("many members", f'{{"query": "{{ guide {{ edition }} }}", "variables": {{{members}}}}}'.encode())


@family
def odd_bodies() -> Iterator[Attack]:
    for body in (
        b"",
        b" ",
        b"null",
        b"true",
        b"0",
        b'""',
        b"[]",
        b"{}",
        b"{",
        b"[null]",
        b'{"query"}',
        b'{"query": }',
        b'{"query": null}',
        b'{"query": 7}',
        b'{"query": []}',
        b'{"query": {}}',
        b'{"query": "{ a }", "variables": 7}',
        b'{"query": "{ a }", "variables": []}',
        b'{"query": "{ a }", "operationName": 7}',
        b'{"query": "{ a }", "operationName": ""}',
        b'{"query": "{ a }", "extensions": 1}',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"\x80",
        b'{"query": "\xc0\x80"}',
        b'{"query": "\xed\xa0\x80"}',
        b"NaN",
        b"{'query': 1}",
        b'{"query": "{ a }",}',
        b'{"query": "{ a }"} {"query": "{ a }"}',
        b"query={guide{edition}}",
        b"\0" * 1000,
        b"-" * 1000,
        b'{"query": "{ a }", "query": "{ b }"}',
        b'{"query": "{ a }", "variables": {"a": 1, "a": 2}}',
        b"{" * 1000,
        b"\\u0000",
    ):
        yield Attack(repr(body[:40]), body)


@family
def trusted_document_ids() -> Iterator[Attack]:
    for id_ in (
        "",
        "x",
        "0" * 64,
        "g" * 64,
        "sha256:",
        "sha256:" + "0" * 64,
        "../check",
        "\0",
        "\ud800",
        7,
        [],
        {},
        True,
        "a" * 100_000,
    ):
        yield Attack(repr(id_)[:40], json.dumps({"documentId": id_}).encode())


@family
def large_bodies() -> Iterator[Attack]:
    for mebibytes in (1, 2, 10, 50):
        yield Attack(f"{mebibytes} MiB of blanks", b" " * (mebibytes * 1024 * 1024 + 1))
        yield asking(f"{mebibytes} MiB of a query", "{ a }" + " " * (mebibytes * 1024 * 1024))


@family
def encodings() -> Iterator[Attack]:
    text = b'{"query": "{ guide { edition } }"}'
    bomb = gzip.compress(b" " * 20_000_000)
    for name, body in (
        ("gzip", gzip.compress(text)),
        ("gzip", bomb),
        ("deflate", zlib.compress(text)),
        ("deflate", bomb),
    ):
        yield Attack(f"{name} of {len(body)}", body, {"content-encoding": name})
    for name in ("br", "zstd", "compress", "x-gzip", "identity", "gzip, gzip", "chunked", "", "\x7f"):
        yield Attack(ascii(name), text, {"content-encoding": name})


@family
def content_types() -> Iterator[Attack]:
    query = b'{"query": "{ guide { edition } }"}'
    pay = 'recordPayment(input: {idempotencyKey: "k", charge: "X", paidOn: "2026-01-01"})'
    mutation = json.dumps({"query": f"mutation {{ {pay} {{ __typename }} }}"}).encode()
    for content_type in (
        "",
        "text/plain",
        "text/html",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "application/jsonx",
        "application/json+x",
        "json",
        "*/*",
        "application/json; charset=utf-16",
        "application/json; charset=",
        'application/json; charset="utf-8',
        "application/json;;;",
        "application/json, text/plain",
        "APPLICATION/JSON",
        "application/json" + ";a=b" * 1_000,
        "\x01",
    ):
        yield Attack(f"{content_type[:40]!r}", query, {"content-type": content_type})
        yield Attack(f"{content_type[:40]!r} of a mutation", mutation, {"content-type": content_type})


@family
def accepted_types() -> Iterator[Attack]:
    query = b'{"query": "{ guide { edition } }"}'
    for accept in (
        "",
        "x",
        ";",
        ",,,",
        "*/*;q=2",
        "*/*;q=-1",
        "*/*;q=nan",
        "*/*;q=inf",
        "text/html",
        "application/json;q=0",
        "a/b," * 5_000,
        "/" * 1_000,
        "\x01",
    ):
        yield Attack(ascii(accept)[:40], query, {"accept": accept})


@family
def methods_and_paths() -> Iterator[Attack]:
    methods = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")
    for method, url in product(methods, ("/graphql", "/graphql/", "/", "/graphql?query={guide{edition}}")):
        yield Attack(f"{method} {url}", method=method, url=url)


@family
def paths() -> Iterator[Attack]:
    for url in (
        "//",
        "/..",
        "/%00",
        "/%ff",
        "/graphql%2f",
        "/graphql;x",
        "/graphql/../metrics",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/.env",
        "/admin",
        "/" + "a" * 8_000,
        "/?" + "&".join(f"a{n}=1" for n in range(2_000)),
        "/healthz?x",
        "/readyz/",
        "/metrics?x=" + "y" * 5_000,
        "*",
        "http://example.com/graphql",
        "/graphql?" + "query=x&" * 1_000,
    ):
        yield Attack(url[:50], method="GET", url=url)


@family
def addresses_with_documents() -> Iterator[Attack]:
    guarded = {"x-requested-with": "x"}
    for query in ("", "{", "{ guide { edition } }", "mutation { a }", "{ a }" * 500, "\0", "\ud800"):
        written = quote(query, safe="", errors="surrogatepass")
        for headers in ({}, guarded):
            yield Attack(
                f"{ascii(query)[:40]} {len(headers)}", headers=headers, method="GET", url=f"/graphql?query={written}"
            )
    for name in ("variables", "extensions", "operationName", "documentId"):
        for value in ("", "{", "[]", "7", "%ff", "%00", "[" * 3_000, '{"a":1,"a":2}'):
            url = f"/graphql?query={{guide{{edition}}}}&{name}={quote(value, safe='%')}"
            yield Attack(f"{name}={value[:20]}", headers=guarded, method="GET", url=url)


@family
def large_heads() -> Iterator[Attack]:
    query = b'{"query": "{ guide { edition } }"}'
    for size in (1_000, 16_000, 31_000, 33_000, 60_000, 500_000):
        yield Attack(f"a header of {size}", query, {"x-large": "y" * size})
        yield Attack(f"headers of {size}", query, {f"x-{n}": "y" * 90 for n in range(size // 100)})
        yield Attack(f"an address of {size}", query, url="/graphql?" + "x" * size)


@family
def odd_headers() -> Iterator[Attack]:
    query = b'{"query": "{ guide { edition } }"}'
    for name, value in (
        ("x-request-id", "x" * 65),
        ("x-request-id", "<script>"),
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("host", ""),
        ("host", "a b"),
        ("host", "[::1"),
        ("host", "x" * 5_000),
        ("origin", "null"),
        ("cookie", "a=b;" * 3_000),
        ("range", "bytes=0-1"),
        ("expect", "100-continue"),
        ("expect", "200-ok"),
        ("upgrade", "websocket"),
        ("upgrade", "h2c"),
        ("connection", "upgrade"),
        ("te", "trailers"),
        ("x-http-method-override", "DELETE"),
        ("accept-language", "x" * 5_000),
        ("accept-language", "de;q=nan," * 500),
        ("traceparent", "x"),
        ("if-none-match", "*"),
        ("accept-encoding", "x" * 3_000),
    ):
        yield Attack(f"{name}: {value[:30]}", query, {name: value})


@family
def credentials() -> Iterator[Attack]:
    query = b'{"query": "{ guide { edition } }"}'
    for value in (
        "",
        " ",
        "x",
        "cvl_",
        "\x01",
        "%00",
        "' OR 1=1 --",
        "x" * 20_000,
        "../../etc/passwd",
        "null",
        "é",
        "a.b.c",
        "." * 1_000,
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
        "eyJhbGciOiJIUzI1NiJ9.e30.x",
    ):
        yield Attack(f"x-api-key {value[:20]!r}", query, {"x-api-key": value})
        yield Attack(f"bearer {value[:20]!r}", query, {"x-api-key": "", "authorization": f"Bearer {value}"})


@family
def bare_bytes() -> Iterator[Attack]:
    head = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    for said in (
        b"\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/3.0\r\n\r\n",
        b"G\0T / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"\0" * 5_000,
        head + b"content-length: -1\r\n\r\n",
        head + b"content-length: x\r\n\r\n",
        head + b"content-length: " + b"9" * 30 + b"\r\n\r\n",
        head + b"content-length: 1\r\ncontent-length: 2\r\n\r\nab",
        head + b"transfer-encoding: chunked\r\n\r\nZ\r\n",
        head + b"transfer-encoding: chunked\r\n\r\n" + b"F" * 20 + b"\r\n",
        head + b"transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n",
        head + b"transfer-encoding: gzip\r\n\r\nx",
        head + b"transfer-encoding: identity, chunked\r\n\r\n0\r\n\r\n",
        head + b"bad header\r\n\r\n",
        head + b": x\r\n\r\n",
        head + b"x\x00: y\r\n\r\n",
        head + b" folded: y\r\n\r\n",
        b"GET / HTTP/1.1\nhost: x\n\n",
        head
        + b"upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: x\r\nsec-websocket-version: 13\r\n\r\n",
    ):
        yield Attack(repr(said[-40:]), said, raw=True)
