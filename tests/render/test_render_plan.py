"""Plans: keys hold what changes samples and nothing else; no text gets lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_in import VOICE, LetterFrontEnd, make_book, make_settings

from ttsbook.errors import InputError, RenderError
from ttsbook.render.account import account_of, count_characters
from ttsbook.render.plan import Plan, plan_book
from ttsbook.render.settings import PauseTable, RenderSettings
from ttsbook.types import Block, BlockKind, Book, Chapter, Chunk, Metadata, VoiceProfile


def make_plan(
    settings: RenderSettings | None = None,
    book: Book | None = None,
    voice: VoiceProfile = VOICE,
    fingerprint: str = "model",
) -> Plan:
    return plan_book(book or make_book(), settings or make_settings(), voice, LetterFrontEnd(), fingerprint)


def keys_of(plan: Plan) -> list[str]:
    return [planned.key for planned in plan.spoken_chunks()]


@pytest.mark.parametrize(
    "changes",
    [{"speed": 1.1}, {"noise": 0.5}, {"seed": 1}, {"engine": "other"}],
    ids=lambda changes: next(iter(changes)),
)
def test_what_changes_samples_changes_every_key(changes: dict[str, object]) -> None:
    assert not set(keys_of(make_plan())) & set(keys_of(make_plan(make_settings(**changes))))


def test_another_voice_or_model_changes_every_key() -> None:
    other = replace(VOICE, log_f0_mean=4.9)
    assert not set(keys_of(make_plan())) & set(keys_of(make_plan(voice=other)))
    assert not set(keys_of(make_plan())) & set(keys_of(make_plan(fingerprint="retrained")))


@pytest.mark.parametrize(
    "changes",
    [
        {"pauses": PauseTable(sentence_ms=1)},
        {"loudness": -16.0},
        {"format": "mp3"},
        {"rate_hz": 44100},
        {"bitrate": 96000},
        {"workers": 3},
        {"batch": 1},
        {"subtitles": "srt"},
        {"resume": False},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_does_not_change_samples_changes_no_key(changes: dict[str, object]) -> None:
    assert keys_of(make_plan()) == keys_of(make_plan(make_settings(**changes)))


def test_the_voices_name_and_consent_change_no_key() -> None:
    provenance = replace(VOICE.provenance, consent="another note")
    assert keys_of(make_plan()) == keys_of(make_plan(voice=replace(VOICE, name="Bo", provenance=provenance)))


def test_equal_sentences_share_a_key_and_others_do_not() -> None:
    spoken = [(planned.chunk.spoken, planned.key) for planned in make_plan().spoken_chunks()]
    assert len(set(spoken)) == len({key for _, key in spoken}) == len({text for text, _ in spoken})
    assert len(set(spoken)) < len(spoken)


def test_a_new_first_chapter_leaves_the_other_keys_alone() -> None:
    book = make_book()
    moved = tuple(replace(chapter, index=chapter.index + 1) for chapter in book.chapters)
    first = replace(make_book(1).chapters[0], title="New")
    longer = replace(book, chapters=(first, *moved))
    assert set(keys_of(make_plan())) <= set(keys_of(make_plan(book=longer)))


class LosingFrontEnd(LetterFrontEnd):
    def __init__(self, lost: int) -> None:
        self._lost = lost

    def chunks(self, chapter: Chapter, default_language: str | None = None) -> Iterator[Chunk]:
        for chunk in super().chunks(chapter, default_language):
            if chunk.index != self._lost:
                yield chunk


@given(lost=st.integers(0, 7))
def test_a_lost_chunk_stops_the_render_before_it_begins(lost: int) -> None:
    with pytest.raises(RenderError, match="does not cover"):
        plan_book(make_book(), make_settings(), VOICE, LosingFrontEnd(lost), "model")


def test_a_book_with_nothing_to_say_is_an_input_error() -> None:
    empty = replace(make_book(1), chapters=(Chapter(1, "Blank", ()),))
    with pytest.raises(InputError, match="nothing to read"):
        make_plan(book=empty)


@given(n_chapters=st.integers(1, 4), n_sentences=st.integers(1, 5), matter=st.booleans())
def test_the_account_adds_up_with_every_choice(n_chapters: int, n_sentences: int, matter: bool) -> None:
    book = make_book(n_chapters, n_sentences)
    account = account_of(make_plan(make_settings(include_matter=matter), book))
    assert account.adds_up
    assert account.total == sum(
        count_characters(text)
        for chapter in book.chapters
        for text in [*(b.text for b in chapter.blocks), *(s.text for s in chapter.skipped)]
    ) + count_characters("Contents 1 2 3")


def test_the_account_names_why_text_is_skipped() -> None:
    book = make_book()
    account = account_of(make_plan(make_settings(chapters="2"), book))
    assert dict(account.skipped) == {
        "footnote": 15,
        "front-matter": 18,
        "navigation": 11,
        "not-selected": count_characters(_text_of(book.chapters[0]) + _text_of(book.chapters[2])),
        "scene-break": 3,
    }


def test_marks_of_notes_inside_text_are_not_counted_as_spoken() -> None:
    book = replace(
        make_book(1),
        chapters=(Chapter(1, "One", (Block(BlockKind.PARAGRAPH, "An array[3], he[12] said"),)),),
    )
    account = account_of(make_plan(book=replace(book, skipped=())))
    assert account.adds_up
    assert dict(account.skipped) == {"note-mark": len("[3][12]")}


def _text_of(chapter: Chapter) -> str:
    return "".join(block.text for block in chapter.blocks)


def test_an_account_that_does_not_add_up_is_an_error() -> None:
    plan = make_plan()
    with pytest.raises(RenderError, match="characters in the book"):
        account_of(replace(plan, chapters=plan.chapters[:-1]))


def test_metadata_without_a_language_leaves_the_choice_to_the_text() -> None:
    class Recording(LetterFrontEnd):
        asked: str | None = "unset"

        def chunks(self, chapter: Chapter, default_language: str | None = None) -> Iterator[Chunk]:
            self.asked = default_language
            return super().chunks(chapter, "en")

    front_end = Recording()
    plan_book(replace(make_book(), metadata=Metadata()), make_settings(), VOICE, front_end, "model")
    assert front_end.asked is None
