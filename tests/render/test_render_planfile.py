"""Plans that people edit: what was not edited is neither said nor timed otherwise than without a plan."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_in import ENGINE, VOICE, make_settings

from ttsbook.audio.decode import read_clip
from ttsbook.audio.probe import probe
from ttsbook.audio.wave import Samples
from ttsbook.book.read import read_book, read_stream
from ttsbook.engines.choose import ENGINES, Entry
from ttsbook.errors import InputError, UsageError
from ttsbook.render.cast import Cast, read_cast
from ttsbook.render.plan import Plan, plan_book
from ttsbook.render.planfile import read_plan, write_plan
from ttsbook.render.planline import read_line, write_line
from ttsbook.render.planned import PlannedText
from ttsbook.render.reading import front_end_for, other_front_ends
from ttsbook.render.report import Report
from ttsbook.render.roles import RoleSplitter
from ttsbook.render.run import render_book
from ttsbook.render.settings import RenderSettings
from ttsbook.text.frontend import FrontEnd
from ttsbook.types import BlockKind, Book, Boundary, Chunk, VoiceProfile

SAMPLE = Path(__file__).parents[1] / "data" / "sample.epub"
TOM = replace(VOICE, name="Tom", embedding=(0.8, 0.6))
EVE = replace(VOICE, name="Eve", embedding=(0.0, 1.0))
VOICES = {"tom": TOM, "eve": EVE}
Fields = dict[str, Any]


def make_plan(
    path: Path, book: Book | None = None, cast: Cast | None = None, **settings: Any
) -> list[Fields]:
    """Write the plan of a book and return its lines."""
    chosen = make_settings(**settings)
    own = FrontEnd()
    maker = own if cast is None else RoleSplitter(own, cast)
    plan = plan_book(book or read_book(SAMPLE), chosen, VOICE, maker, "", VOICES)
    path.write_text("".join(f"{line}\n" for line in write_plan(plan, "ann", chosen.pauses)), "utf-8")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def save(path: Path, lines: list[Fields]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


def render(plan: Path, output: Path, cast: Cast | None = None, **settings: Any) -> Report:
    read = read_plan(plan)
    return render_book(
        read.book,
        output,
        settings=make_settings(**settings),
        voice=VOICE,
        adapt=lambda own, others: PlannedText(own, read, cast, others),
        voices=VOICES,
    )


def render_directly(output: Path, **settings: Any) -> Report:
    return render_book(read_book(SAMPLE), output, settings=make_settings(**settings), voice=VOICE)


def chunks_of(plan: Path, cast: Cast | None = None) -> list[Chunk]:
    read = read_plan(plan)
    maker = PlannedText(FrontEnd(), read, cast)
    return [chunk for chapter in read.book.chapters for chunk in maker.chunks(chapter)]


def test_a_plan_that_nobody_edited_gives_the_same_sound_from_the_cache(tmp_path: Path) -> None:
    direct = render_directly(tmp_path / "direct.wav")
    make_plan(tmp_path / "b.plan.jsonl")
    planned = render(tmp_path / "b.plan.jsonl", tmp_path / "planned.wav")
    assert planned.cached == planned.chunks == direct.chunks
    assert planned.output_sha256 == direct.output_sha256
    assert planned.account.adds_up


def _set(**values: Any) -> Callable[[list[Fields]], None]:
    return lambda lines: lines[3].update(values)


def _remove(lines: list[Fields]) -> None:
    del lines[3]


def _insert(lines: list[Fields]) -> None:
    lines.insert(4, {"chapter": lines[3]["chapter"], "block": lines[3]["block"], "text": "Something new. "})


@pytest.mark.parametrize(
    ("edit", "n_spoken"),
    [
        (_set(text="Another sentence. "), 1),
        (_set(spoken="other words"), 1),
        (_set(phonemes="ˈʌðəɹ wˈɜɹdz."), 1),
        (_set(voice="tom"), 1),
        (_set(pause_ms=5000), 0),
        (_set(character="The Crow"), 0),
        (_set(phonemes=None), 0),
        (_remove, 0),
        (_insert, 1),
    ],
)
def test_only_what_was_edited_is_spoken_again(
    tmp_path: Path, edit: Callable[[list[Fields]], None], n_spoken: int
) -> None:
    render_directly(tmp_path / "direct.wav")
    lines = make_plan(tmp_path / "b.plan.jsonl")
    edit(lines)
    save(tmp_path / "b.plan.jsonl", lines)
    report = render(tmp_path / "b.plan.jsonl", tmp_path / "planned.wav")
    assert report.chunks - report.cached == n_spoken
    assert report.account.adds_up


def test_each_field_is_made_from_the_one_before_unless_it_was_edited(tmp_path: Path) -> None:
    lines = make_plan(tmp_path / "b.plan.jsonl")
    path = tmp_path / "e.plan.jsonl"
    lines[2] |= {"text": "I paid £5."}
    lines[3] |= {"text": "Printed so.", "spoken": "said so"}
    lines[4] |= {"text": "Printed so.", "spoken": "told so", "phonemes": "sˈO."}
    save(path, lines)
    chunks = chunks_of(path)
    assert (chunks[1].spoken, chunks[1].phonemes) == FrontEnd().say_part(
        "I paid £5.", "en", Boundary.SENTENCE
    )
    assert "five pounds" in chunks[1].spoken
    assert (chunks[2].text, chunks[2].spoken) == ("Printed so.", "said so")
    assert chunks[2].phonemes == FrontEnd().say_part("said so", "en", Boundary.PARAGRAPH)[1]
    assert (chunks[3].text, chunks[3].spoken, chunks[3].phonemes) == ("Printed so.", "told so", "sˈO.")


def test_a_pause_is_as_long_as_its_line_says_also_at_the_end_of_a_chapter(tmp_path: Path) -> None:
    lines = make_plan(tmp_path / "b.plan.jsonl")
    before = render(tmp_path / "b.plan.jsonl", tmp_path / "a.wav")
    last = max(at for at, line in enumerate(lines) if line.get("chapter") == 2)
    lines[last]["pause_ms"], lines[2]["pause_ms"] = 0, 350 + 1250
    save(tmp_path / "b.plan.jsonl", lines)
    after = render(tmp_path / "b.plan.jsonl", tmp_path / "b.wav")
    assert after.seconds - before.seconds == pytest.approx(1.25 - 2.0)


def test_subtitles_show_the_text_of_the_plan(tmp_path: Path) -> None:
    lines = make_plan(tmp_path / "b.plan.jsonl")
    lines[1] |= {"text": "The Raven & the Jug", "spoken": "the raven and the jug"}
    save(tmp_path / "b.plan.jsonl", lines)
    render(tmp_path / "b.plan.jsonl", tmp_path / "b.wav", subtitles="srt")
    assert "The Raven & the Jug" in (tmp_path / "b.srt").read_text("utf-8")


def test_credits_and_chosen_chapters_work_as_without_a_plan(tmp_path: Path) -> None:
    make_plan(tmp_path / "b.plan.jsonl")
    report = render(tmp_path / "b.plan.jsonl", tmp_path / "b.wav", credits=True, chapters="4")
    assert [chapter.title for chapter in report.chapters] == ["Opening Credits", "故乡", "Closing Credits"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[1]", "JSON object"),
        ("[" * 100_000, "not JSON"),
        ('{"chapter": 2}', "no 'text'"),
        ('{"text": "a"}', "no 'chapter'"),
        ('{"chapter": "2", "text": "a"}', "'chapter' must be a whole number"),
        ('{"chapter": true, "text": "a"}', "'chapter' must be a whole number"),
        ('{"chapter": 2, "text": 1}', "'text' must be a text"),
        ('{"chapter": 2, "text": ""}', "'text' is empty"),
        ('{"chapter": 2, "text": "\\ud800"}', "half of a character"),
        ('{"chapter": 2, "text": "a", "phonemes": "4"}', "no phoneme '4'"),
        ('{"chapter": 2, "text": "a", "phonems": "a"}', "unknown field 'phonems'"),
        ('{"chapter": 2, "text": "a", "pause_ms": -1}', "'pause_ms'"),
        ('{"chapter": 2, "text": "a", "role": "hero"}', "'role' is 'hero'"),
        ('{"chapter": 2, "text": "a", "language": "fr"}', "'language' is 'fr'"),
        ('{"chapter": 2, "text": "a", "made": "x"}', "'made' is damaged"),
        ('{"chapter": 77, "text": "a"}', "chapter 77 is not among"),
        ('{"chapter": 4, "text": "a"}', None),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str, message: str | None) -> None:
    path = tmp_path / "b.plan.jsonl"
    make_plan(path)
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], line, *lines[2:]]), "utf-8")
    with pytest.raises(InputError) as caught:
        read_plan(path)
    number = 4 if message is None else 3  # the line itself is right, but the next one stands after it
    assert f", line {number}: " in caught.value.message
    assert (message or "chapter 2 comes after chapter 4") in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("no json", "line 1: not JSON"),
        ("{}", "expected the line that describes the book"),
        ('{"ttsbook_plan": 2}', "expected the line that describes the book"),
        ('{"ttsbook_plan": 1, "source": "", "sha256": "", "voice": 1}', "line 1: 'voice' must be a text"),
        (
            '{"ttsbook_plan": 1, "source": "", "sha256": "", "voice": "", "metadata": []}',
            "line 1: 'metadata' must be an object",
        ),
        (
            '{"ttsbook_plan": 1, "source": "", "sha256": "", "voice": "", "metadata": {}, "chapters": [1]}',
            "'chapters'",
        ),
        (
            '{"ttsbook_plan": 1, "source": "", "sha256": "", "voice": "", "metadata": {}, "chapters": []}',
            "no lines",
        ),
        ("\udcff", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "b.plan.jsonl"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=message):
        read_plan(path)


def test_a_line_that_is_too_long_to_say_is_named(tmp_path: Path) -> None:
    lines = make_plan(tmp_path / "b.plan.jsonl")
    lines[2]["text"] = "On and on, " * 100
    save(tmp_path / "b.plan.jsonl", lines)
    with pytest.raises(InputError, match=r"line 3: \d+ phonemes"):
        chunks_of(tmp_path / "b.plan.jsonl")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1), st.text(alphabet="ab ˈO."))
def test_a_line_comes_back_as_it_was_written(text: str, phonemes: str) -> None:
    chunk = Chunk(1, 0, 0, 0, len(text), text, text.strip(), phonemes, "en", Boundary.SENTENCE)
    written = write_line(chunk, BlockKind.PARAGRAPH, "ann", 350)
    assert "\n" not in written
    line = read_line(written)
    assert (line.text, line.spoken, line.phonemes, line.voice) == (text, text.strip(), phonemes, "ann")
    assert not any(line.is_edited(field) for field in ("text", "spoken", "phonemes", "voice"))


def test_a_pause_before_the_first_word_of_a_block_is_a_line_without_text(tmp_path: Path) -> None:
    page = b"<html><body><h1>One</h1><p><break time='2s'/>Rain <break/>fell.</p></body></html>"
    lines = make_plan(tmp_path / "a.plan.jsonl", read_stream(page))
    assert [line["text"] for line in lines[1:]] == ["One", "", "Rain ", "fell."]
    pauses = [chunk.exact_pause_ms for chunk in chunks_of(tmp_path / "a.plan.jsonl")]
    assert pauses == [line["pause_ms"] for line in lines[1:]]
    assert pauses[1] == 2000


CAST = Cast(quoted="tom", characters=(("Mr. Darcy", "eve"),))
DIALOGUE = (
    "He was tall. “I see,” said he, looking up. “Go on.” Nobody read “Emma” here.\n\n“And then?” she asked.\n"
)


def dialogue(tmp_path: Path) -> Book:
    path = tmp_path / "d.txt"
    path.write_text(DIALOGUE, "utf-8")
    return read_book(path)


def plan_dialogue(tmp_path: Path) -> Plan:
    own = FrontEnd()
    return plan_book(dialogue(tmp_path), make_settings(), VOICE, RoleSplitter(own, CAST), "", VOICES)


def test_quoted_speech_is_said_by_another(tmp_path: Path) -> None:
    chunks = [planned.chunk for planned in plan_dialogue(tmp_path).spoken_chunks()]
    said = [(chunk.voice, chunk.text.strip()) for chunk in chunks]
    assert said == [
        ("", "He was tall."),
        ("tom", "“I see,”"),
        ("", "said he, looking up."),
        ("tom", "“Go on.”"),
        ("", "Nobody read “Emma” here."),
        ("tom", "“And then?”"),
        ("", "she asked."),
    ]
    assert all(chunk.phonemes for chunk in chunks)
    # Where the voice changes at the end of a sentence, the pause is that of a sentence.
    pauses = [chunk.boundary.value for chunk in chunks]
    assert pauses == ["sentence", "clause", "sentence", "sentence", "paragraph", "clause", "chapter"]


def test_each_voice_reads_with_its_own_accent(tmp_path: Path) -> None:
    path = tmp_path / "d.txt"
    path.write_text("The bath was clear. “The bath is clear!” “A clear bath,” he said.\n", "utf-8")
    settings, voices = make_settings(), {"tom": replace(TOM, accent="british")}
    others = other_front_ends(settings, VOICE, voices)
    maker = RoleSplitter(front_end_for(settings, VOICE), CAST, others)
    plan = plan_book(read_book(path), settings, VOICE, maker, "", voices)
    said = {planned.chunk.text.strip(): planned.chunk for planned in plan.spoken_chunks()}
    assert "bˈæθ" in said["The bath was clear."].phonemes
    assert "bˈɑθ" in said["“The bath is clear!”"].phonemes
    assert "bˈɑθ" in said["“A clear bath,”"].phonemes
    assert all(
        maker.words(chunk) for chunk in said.values()
    )  # their phonemes are told apart by the right rules
    assert other_front_ends(make_settings(accent="american"), VOICE, voices) == {}


def test_narration_without_speech_keeps_its_place_in_the_cache() -> None:
    book = read_book(SAMPLE)
    plain = plan_book(book, make_settings(), VOICE, FrontEnd(), "model")
    by_role = plan_book(book, make_settings(), VOICE, RoleSplitter(FrontEnd(), CAST), "model", VOICES)
    keys = {planned.key for planned in by_role.spoken_chunks()}
    kept = [planned for planned in plain.spoken_chunks() if planned.key in keys]
    assert len(kept) >= plain.n_chunks - 3  # only the paragraph with speech is cut otherwise


@pytest.mark.parametrize("kind", [{"clones": False}, {"wants_clip": True}])
def test_an_engine_that_has_one_voice_refuses_a_cast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: dict[str, bool]
) -> None:
    monkeypatch.setitem(ENGINES, ENGINE, Entry(target=ENGINE, summary="", **kind))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="speaks in one voice only, but the book uses 2"):
        render_book(
            dialogue(tmp_path),
            tmp_path / "1.wav",
            settings=make_settings(),
            voice=VOICE,
            adapt=lambda own, others: RoleSplitter(own, replace(CAST, characters=()), others),
            voices={"tom": TOM},
        )


def test_one_render_speaks_in_all_its_voices_with_any_number_of_workers(tmp_path: Path) -> None:
    def render_cast(output: Path, **settings: Any) -> Report:
        return render_book(
            dialogue(tmp_path),
            output,
            settings=make_settings(resume=False, **settings),
            voice=VOICE,
            adapt=lambda own, others: RoleSplitter(own, CAST, others),
            voices=VOICES,
        )

    one, two = render_cast(tmp_path / "1.wav"), render_cast(tmp_path / "2.wav", workers=2, batch=3)
    assert one.output_sha256 == two.output_sha256
    alone = render_book(
        dialogue(tmp_path), tmp_path / "3.wav", settings=make_settings(), voice=VOICE,
        adapt=lambda own, others: RoleSplitter(own, Cast(), others),
    )  # fmt: skip
    assert alone.output_sha256 != one.output_sha256
    tags = probe(tmp_path / "1.wav").tags
    assert any("voice Ann" in text and "voice Tom" in text and "Eve" not in text for text in tags.values())


def test_all_voices_of_a_cast_are_equally_loud(tmp_path: Path) -> None:
    def rendered(name: str, **options: str) -> Samples:
        report = render_book(
            dialogue(tmp_path),
            tmp_path / name,
            settings=make_settings(resume=False, options=options),
            voice=VOICE,
            adapt=lambda own, others: RoleSplitter(own, CAST, others),
            voices=VOICES,
        )
        assert report.loudness_lufs is not None
        assert report.loudness_lufs + report.gain_db == pytest.approx(RenderSettings().loudness, abs=0.02)
        return read_clip(tmp_path / name).samples

    assert rendered("1.wav", quiet="Tom") == pytest.approx(rendered("2.wav"), abs=0.002)


def test_a_character_that_the_plan_names_has_its_own_voice(tmp_path: Path) -> None:
    path = tmp_path / "d.plan.jsonl"
    lines = make_plan(path, dialogue(tmp_path), CAST)
    assert [line["voice"] for line in lines[1:]] == ["ann", "tom", "ann", "tom", "ann", "tom", "ann"]
    assert [line["role"] for line in lines[1:3]] == ["narrator", "quoted"]
    lines[2]["character"] = "mr.  darcy"
    lines[4]["voice"] = "eve"
    save(path, lines)
    assert [chunk.voice for chunk in chunks_of(path, CAST)] == ["", "eve", "", "eve", "", "tom", ""]
    # Without a cast a line is said by the voice that stands in it.
    assert [chunk.voice for chunk in chunks_of(path)] == ["", "tom", "", "eve", "", "tom", ""]


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("narrator = 1", UsageError, "voice of 'narrator'"),
        ('narator = "a"', UsageError, "unknown key 'narator'"),
        ("= 1", UsageError, "not TOML"),
        ('characters = "a"', UsageError, "table of names"),
        ("[characters]\na = 2", UsageError, "voice of 'a'"),
        (None, InputError, "cannot read"),
    ],
)
def test_a_wrong_cast_says_what_is_wrong(
    tmp_path: Path, text: str | None, kind: type[Exception], message: str
) -> None:
    path = tmp_path / "roles.toml"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(kind, match=message):
        read_cast(path)


def test_a_cast_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(InputError, match="larger than 1 MB"):
        read_cast(Path("/dev/zero"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_cast_names_voices_and_clips_beside_it(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "me.wav").write_bytes(b"")
    path = tmp_path / "roles.toml"
    path.write_text('narrator = "me.wav"\nquoted = "tom"\n[characters]\n"Mr. Darcy" = "eve"\n', encoding)
    cast = read_cast(path)
    assert cast == Cast(str(tmp_path / "me.wav"), "tom", (("Mr. Darcy", "eve"),))
    assert cast.voices == ("tom", "eve")
    assert isinstance(TOM, VoiceProfile)
