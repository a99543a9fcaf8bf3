"""Golden tables of spoken forms, and what every rewrite keeps: a map back to the source."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsbook.text.normalize import normalize
from ttsbook.text.normalize.english import english_rules
from ttsbook.text.normalize.mandarin import mandarin_rules
from ttsbook.text.normalize.normalize import fold
from ttsbook.text.normalize.rewrite import any_of, apply_claims
from ttsbook.text.normalize.shared import SHARED_RULES, count_note_marks
from ttsbook.text.phonemes import tokens_of

FOLDER = Path(__file__).parent
KNOWN_FAILURES = {"en": 5, "zh": 1}  # rows that a better rule should mend; lower these when one does


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


WORDS = [
    "He",
    "paid",
    "$5.50",
    "to",
    "Dr.",
    "Smith",
    "at",
    "3:30",
    "p.m.",
    "on",
    "Jan.",
    "5,",
    "1999",
    "&",
    "left…",
    "He's",
    "No.",
    "7!",
    "“NASA”",
    "Henry",
    "VIII",
    "x²",
    "1/2",
    "20°C",
    "—",
    "(see",
    "p.",
    "12)",
    "*so*",
    "中文",
    "在2024年",
    "有2个苹果",
    "25%",
    "第3章",
    "José",
    "naïve",
    "😀",
    "\u200b\xad",
    "café",
    "重庆",
    "→",
    "≥",
    "3",
    "kg",
]
NAMED = {rule.name for rule in (*SHARED_RULES, *english_rules(), *mandarin_rules())}


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.sampled_from(["en", "zh"]))
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_or_added_but_by_a_named_rule(words: list[str], language: str) -> None:
    text = fold(" ".join(words))
    result = normalize(text, language)
    assert {span.rule for span in result.spans} <= NAMED
    offsets = [result.source_offset(place) for place in range(len(result.spoken) + 1)]
    assert offsets == sorted(offsets)
    assert all(0 <= offset <= len(text) for offset in offsets)
    # Outside the rewrites every letter is itself, and every letter of the spoken text is made into phonemes.
    rewritten = [range(span.start, span.end) for span in result.spans]
    for place, character in enumerate(result.spoken):
        if not any(place in stretch for stretch in rewritten):
            assert text[offsets[place]] == character
    told = [range(token.start, token.end) for token in tokens_of(result.spoken)]
    for place, character in enumerate(result.spoken):
        assert not character.isalnum() or any(place in stretch for stretch in told)
    assert all(token.symbols for token in tokens_of(result.spoken))


@given(
    st.text(alphabet="0123456789.,:-/$£%¥年月日 aIVX第个°'()+", max_size=40), st.sampled_from(["en", "zh"])
)
@settings(max_examples=200, deadline=None)
def test_no_digit_is_left_unread(text: str, language: str) -> None:
    assert not any(c.isascii() and c.isdigit() for c in spoken(text, language))


def test_marks_of_notes_that_are_not_read_are_counted() -> None:
    text = "The result.3 Another, if wrong,12 as he said.[4] See arr[0]."
    assert count_note_marks(text) == len("3" + "12" + "[4]")
    assert spoken(text, "en") == "The result. Another, if wrong, as he said. See arr[zero]."


def test_no_claims_give_the_text_back() -> None:
    assert apply_claims("as it is", []).spoken == "as it is"


def test_alternatives_put_the_longest_first() -> None:
    assert any_of(["m", "km", "a.b"]) == r"a\.b|km|m"


def test_a_fraction_with_more_digits_than_python_counts_is_read_digit_by_digit() -> None:
    assert normalize("1/" + "7" * 5000, "zh").spoken == "七" * 5000 + "分之一"
