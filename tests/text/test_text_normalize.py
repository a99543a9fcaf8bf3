"""Golden tables of spoken forms, and what every rewrite keeps: a map back to the source."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsbook.text.normalize import normalize
from ttsbook.text.normalize.normalize import fold
from ttsbook.text.normalize.rewrite import any_of, apply_claims

FOLDER = Path(__file__).parent
KNOWN_FAILURES = {"en": 8, "zh": 1}  # rows that a better rule should mend; lower these when one does


def rows(language: str) -> list[tuple[str, ...]]:
    lines = (FOLDER / f"normalize_{language}.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def spoken(text: str, language: str) -> str:
    return " ".join(normalize(fold(text), language).spoken.split())


def cases() -> list[object]:
    found: list[object] = []
    for language in ("en", "zh"):
        for category, written, expected, *known in rows(language):
            marks = [pytest.mark.xfail(strict=True, reason="known failure")] if known else []
            found.append(
                pytest.param(
                    language, written, expected, marks=marks, id=f"{language}-{category}-{written[:24]}"
                )
            )
    return found


@pytest.mark.parametrize(("language", "written", "expected"), cases())
def test_a_written_form_is_read_as_a_reader_would(language: str, written: str, expected: str) -> None:
    assert spoken(written, language) == expected


@pytest.mark.parametrize("language", ["en", "zh"])
def test_known_failures_are_counted_and_do_not_grow(language: str) -> None:
    assert sum(len(row) > 3 for row in rows(language)) == KNOWN_FAILURES[language]


def test_the_golden_tables_are_large_enough_to_mean_something() -> None:
    assert len(rows("en")) >= 400
    assert len(rows("zh")) >= 300


def test_a_rewrite_points_at_the_characters_it_came_from() -> None:
    text = "He paid $5.50 to Mr. Smith."
    result = normalize(text, "en")
    found = {(span.rule, text[span.source_start : span.source_end]) for span in result.spans}
    assert ("money", "$5.50") in found
    assert ("abbreviation", "Mr.") in found
    assert result.source_offset(result.spoken.index("Smith")) == text.index("Smith")
    assert result.source_offset(result.spoken.index("fifty")) == text.index("$")


@given(st.text(max_size=60), st.sampled_from(["en", "zh"]))
@settings(max_examples=150, deadline=None)
def test_spans_and_the_text_between_them_account_for_every_source_character(text: str, language: str) -> None:
    plain = fold(text)
    assert len(plain) == len(text)
    result = normalize(plain, language)
    source = said = 0
    for span in result.spans:
        assert plain[source : span.source_start] == result.spoken[said : span.start]
        source, said = span.source_end, span.end
    assert plain[source:] == result.spoken[said:]


@given(
    st.text(alphabet="0123456789.,:-/$£%¥年月日 aIVX第个°'()+", max_size=40), st.sampled_from(["en", "zh"])
)
@settings(max_examples=200, deadline=None)
def test_no_digit_is_left_unread(text: str, language: str) -> None:
    assert not any(c.isascii() and c.isdigit() for c in spoken(text, language))


def test_no_claims_give_the_text_back() -> None:
    assert apply_claims("as it is", []).spoken == "as it is"


def test_alternatives_put_the_longest_first() -> None:
    assert any_of(["m", "km", "a.b"]) == r"a\.b|km|m"
