"""Citations prove themselves against the guide's text: by place and digest, white space folded."""

import hashlib
import unicodedata

import pytest

from entitlements.clauses import Clause, ClauseBasis, digest_of, fold, passage_at, verify
from tests.guides import BY_NIGHT, SIX_MONTHS, TEXT, THIRTY_DAYS, guide_of

GUIDE = guide_of()
CITED = tuple(GUIDE.clauses.values())


def mismatches_in(text):
    """The rules whose citations a text does not bear out, and the problems of the text as a whole."""
    found = verify(CITED, GUIDE.source_digest, text)
    return (
        [mismatch.clause.id for mismatch in found if mismatch.clause],
        [mismatch.problem for mismatch in found if not mismatch.clause],
    )


# ---------------------------------------------------------------- folding


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("a b", "a b"),
        ("  a\tb\r\n\n c ", "a b c"),
        ("a\u00a0\u202fb", "a b"),
        ("a\tb\t\tc", "a b c"),
        ("", ""),
        (" \n\t ", ""),
    ],
)
def test_every_run_of_white_space_becomes_one_space_and_the_ends_are_trimmed(text, folded):
    assert fold(text) == folded


def test_a_letter_and_its_accent_fold_into_one_character():
    apart = unicodedata.normalize("NFD", "é")
    assert len(apart) == 2
    assert fold(apart) == "é"


def test_folding_keeps_what_only_looks_alike():
    assert fold("½ ﬁ ’ –") == "½ ﬁ ’ –"


def test_folding_twice_changes_nothing():
    assert fold(fold(TEXT)) == fold(TEXT)


def test_a_digest_is_the_lower_case_hex_sha256_of_the_utf_8():
    assert digest_of("é") == hashlib.sha256(b"\xc3\xa9").hexdigest()


def test_a_locator_counts_characters_not_bytes():
    assert passage_at("éé abc", "3+3") == "abc"


# ---------------------------------------------------------------- verifying


def test_the_text_itself_proves_every_citation():
    assert verify(CITED, GUIDE.source_digest, TEXT) == []


def test_another_layout_of_the_same_words_proves_every_citation():
    assert verify(CITED, GUIDE.source_digest, "\n\n".join(TEXT.split())) == []


def test_one_changed_letter_is_found_in_the_citation_that_it_touches_and_in_no_other():
    clauses, whole = mismatches_in(TEXT.replace("thirty", "thirsy"))
    assert clauses == ["harbour-1/R-RENEWAL"]
    assert whole == ["the text as a whole is not the edition's: its digest differs"]


def test_a_change_outside_every_citation_is_found_in_the_text_as_a_whole_only():
    clauses, whole = mismatches_in(TEXT.replace("Harbour", "Harbous"))
    assert clauses == []
    assert len(whole) == 1


def test_a_letter_that_is_put_in_moves_every_citation_after_it():
    clauses, _ = mismatches_in(TEXT.replace("goes on", "goes  on far"))
    assert clauses == ["harbour-1/R-RENEWAL", "harbour-1/R-RENEWAL/lanterns"]


def test_a_text_that_ends_early_proves_what_stands_before_its_end():
    clauses, _ = mismatches_in(TEXT[: TEXT.index(BY_NIGHT) + 5])
    assert clauses == ["harbour-1/R-RENEWAL/lanterns"]


def test_the_empty_text_proves_nothing():
    clauses, whole = mismatches_in("")
    assert clauses == ["harbour-1/R-BUOYS", "harbour-1/R-RENEWAL", "harbour-1/R-RENEWAL/lanterns"]
    assert len(whole) == 1


def test_a_mismatch_names_the_place_that_was_read():
    found = verify(CITED, GUIDE.source_digest, TEXT.replace("six", "ten"))
    (problem,) = (mismatch.problem for mismatch in found if mismatch.clause)
    assert problem == f"the {len(SIX_MONTHS)} characters at {GUIDE.clause('R-BUOYS').locator} have another digest"


def test_a_reading_has_no_place_to_prove():
    reading = Clause("g/X", "g", "X", ClauseBasis.READING, "A reading.", reads=CITED[:1])
    assert verify((reading,), digest_of(THIRTY_DAYS), THIRTY_DAYS) == []
