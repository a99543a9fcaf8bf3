"""Words said against words heard: what is missing, said twice, too much; what only looks different."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttsbook.qa.align import align, likeness
from ttsbook.qa.compare import Difference, compare
from ttsbook.qa.judge import findings_in_words
from ttsbook.qa.words import heard_words, words_of

EN = "The place we want must be somewhere near that line."
ZH = "母亲和宏儿下楼来了，他们大约也听到了声音。"


def difference(said: str, heard: str, language: str) -> Difference:
    words = words_of(said, language)
    return compare(words, heard_words(heard, language, words))


@pytest.mark.parametrize(
    ("said", "heard", "language"),
    [
        ("Their house was sold in eighteen forty-seven.", "There house was sold in 1847", "en"),
        ("He paid twelve thousand five hundred dollars.", "He paid $12,500.", "en"),
        ("It left at seven forty-five A M.", "It left at 7.45 AM", "en"),
        ("Everyone in the ball room saw it.", "Every one in the ballroom saw it!", "en"),
        ("Doctor Watson had forty percent.", "Dr. Watson had 40%.", "en"),
        ("他就是水生，第五个。", "她就是水生,第5个", "zh"),
        ("一九二三年八月，他花了三百五十块钱。", "1923年8月他花了350塊錢", "zh"),
        ("他听到聲音。", "她聽到声音", "zh"),
    ],
)
def test_what_sounds_the_same_is_the_same(said: str, heard: str, language: str) -> None:
    found = difference(said, heard, language)
    assert found.unlike < 0.06
    assert all(gap.sounds < 2 for gap in (*found.dropped, *found.repeated, *found.added))


@pytest.mark.parametrize(
    ("said", "heard", "language", "missing"),
    [
        (EN, "The place we must be somewhere near that line.", "en", "want"),
        (EN, "The place we want must be near that line.", "en", "somewhere"),
        (EN, "The place we want must be somewhere", "en", "near that line"),
        (ZH, "母亲和宏儿下楼来了,他们听到了声音", "zh", "da4 yue1 ye3"),
    ],
)
def test_dropped_words_are_named(said: str, heard: str, language: str, missing: str) -> None:
    found = difference(said, heard, language)
    (gap,) = found.dropped
    assert gap.text == missing
    assert (found.repeated, found.added) == ((), ())


@pytest.mark.parametrize(
    ("said", "heard", "language"),
    [
        (EN, "The place we want must be must be somewhere near that line.", "en"),
        (EN, "The place the place we want must be somewhere near that line.", "en"),
        (ZH, "母亲和宏儿下楼来了他们大约他们大约也听到了声音", "zh"),
    ],
)
def test_repeated_words_are_told_from_added_ones(said: str, heard: str, language: str) -> None:
    found = difference(said, heard, language)
    (gap,) = found.repeated
    assert gap.sounds >= 4
    assert (found.dropped, found.added) == ((), ())
    other = difference(EN, "The place we want, my dear old friend, must be somewhere near that line.", "en")
    assert (other.dropped, other.repeated) == ((), ())
    assert "dear old friend" in other.added[0].text


def test_a_decimal_point_that_is_in_the_text_stays_one() -> None:
    assert difference("It weighs seven point four five kilos.", "It weighs 7.45 kilos.", "en").unlike == 0


def test_other_words_are_unlike() -> None:
    assert difference(EN, "Who knows, she will be the one who took my brother away.", "en").unlike > 0.5
    assert difference(EN, "", "en").unlike == 1
    assert difference("", "", "en").unlike == 0
    assert difference("Oh.", "字幕由社区提供", "en").unlike > 1


def test_a_lone_short_word_that_is_heard_wrong_proves_nothing() -> None:
    assert list(findings_in_words(difference("Two.", "So", "en"), "en", 0.9)) == []
    (finding,) = findings_in_words(difference("Two.", "I saw a movie", "en"), "en", 0.9)
    assert finding.fault == "misheard"


@given(st.text("abcæs", max_size=12), st.text("abcæs", max_size=12))
def test_an_alignment_goes_through_both_rows_once(left: str, right: str) -> None:
    pairs = align(left, right)
    assert [pair.left for pair in pairs if pair.left is not None] == list(range(len(left)))
    assert [pair.right for pair in pairs if pair.right is not None] == list(range(len(right)))
    assert all(pair.left is not None or pair.right is not None for pair in pairs)


@given(st.text("abcs", max_size=7), st.text("abcs", max_size=7))
def test_an_alignment_is_the_best_one(left: str, right: str) -> None:
    assert _score(left, right, align(left, right)) == pytest.approx(_best(left, right))


def _score(left: str, right: str, pairs: list) -> float:  # type: ignore[type-arg]
    total, before = 0.0, ""
    for pair in pairs:
        side = "left" if pair.right is None else "right" if pair.left is None else ""
        if side:
            total += -0.2 if side == before else -1.6
        else:
            total += likeness(left[pair.left], right[pair.right])
        before = side
    return total


def _best(left: str, right: str) -> float:
    """Try everything."""
    from functools import cache

    @cache
    def best(i: int, j: int, before: str) -> float:
        if i == len(left) and j == len(right):
            return 0.0
        found = []
        if i < len(left) and j < len(right):
            found.append(likeness(left[i], right[j]) + best(i + 1, j + 1, ""))
        if i < len(left):
            found.append((-0.2 if before == "left" else -1.6) + best(i + 1, j, "left"))
        if j < len(right):
            found.append((-0.2 if before == "right" else -1.6) + best(i, j + 1, "right"))
        return max(found)

    return best(0, 0, "")
