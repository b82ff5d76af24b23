"""The language of an answer, by the Accept-Language header (RFC 9110, RFC 4647)."""

import pytest

from api.negotiation import negotiated
from schema.languages import LANGUAGES


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("it", "it"),
        ("IT", "it"),
        ("it-IT", "it"),
        ("fr-CA", "fr"),
        ("de-CH-1996", "de"),
        ("zh-Hant-TW, es-419;q=0.5", "es"),
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"),
        ("en;q=0.2, ar", "ar"),
        ("de;q=0.8,pt;q=0.9", "pt"),
        ("it;q=0.5, fr;q=0.5", "it"),
        ("ja, ko;q=0.9", "en"),
        ("*", "en"),
        ("ja, *;q=0.1", "en"),
        ("*, it;q=0.1", "it"),
        ("en;q=0, *", "it"),
        ("en;q=0", "it"),
        ("it;q=0, en", "en"),
        ("it;q=wide", "en"),
        ("it;q=2", "en"),
        ("  it  ;  q=1.0 ", "it"),
        (";;;,,,", "en"),
        ("i-klingon, it;q=0.3", "it"),
    ],
)
def test_the_language_that_a_caller_prefers_is_chosen(header, language):
    assert negotiated(header) == language


def test_whoever_refuses_every_language_is_answered_in_english():
    assert negotiated(", ".join(f"{language};q=0" for language in LANGUAGES)) == "en"


def test_a_long_header_is_read_in_time_that_grows_with_its_length():
    assert negotiated("x-" * 20_000 + "it," * 10_000 + "it") == "it"
