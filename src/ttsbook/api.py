"""ttsbook from Python: a book or a text and a voice in, an audio file or samples out.

    from ttsbook import render_book
    report = render_book("book.epub", "book.m4b", voice="me.wav")

The same code as behind the command line, without configuration files and environment: what is not
given has the values of `RenderSettings`. A voice is given as a profile, the name of a voice, the path of
a recording, or its `file:` or `http(s):` address. Failures are `ttsbook.errors.TtsbookError`s.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeAlias

from ttsbook.book import read_book
from ttsbook.book.words import book_of_text
from ttsbook.engines.base import Engine, EngineSpec, Options
from ttsbook.engines.choose import entry_of, load_engine
from ttsbook.files import make_folder, sha256_bytes
from ttsbook.paths import expand_user
from ttsbook.render import run
from ttsbook.render.report import Report
from ttsbook.render.reporter import Reporter, SilentReporter
from ttsbook.render.settings import EngineChoice, PauseTable, RenderSettings
from ttsbook.text.g2p.dictionary import has_word
from ttsbook.types import Book, VoiceProfile
from ttsbook.voice.profile import StoredVoice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Voice: TypeAlias = "VoiceProfile | str | Path"

DEFAULT_VOICE = "nora"
FALLBACK = (EngineChoice("hybrid"), EngineChoice("vits2"))
_NAME_DIGITS = 16  # of the hash that names a file after what is in it
_NO_SILENT_ENDS = PauseTable(head_ms=0, tail_ms=0)


def render_book(
    source: Book | Path | str,
    output: Path | str,
    *,
    voice: Voice = DEFAULT_VOICE,
    settings: RenderSettings | None = None,
    ref_text: str | None = None,
    reporter: Reporter | None = None,
) -> Report:
    """Render a book to one audio file, which appears whole or not at all.

    Args:
        source: a book, or the path of one: EPUB, Markdown or text.
        output: the audio file; its suffix decides the format unless the settings do.
        voice: who reads.
        settings: everything else; None is `RenderSettings(fallback=FALLBACK)`.
        ref_text: the words in the recording, for `hybrid` and engines that listen to it themselves.
        reporter: receives what happens.

    Raises:
        TtsbookError: one of its kinds, as `ttsbook.render.run.render_book` says.
    """
    chosen = settings or RenderSettings(fallback=FALLBACK)
    book = source if isinstance(source, Book) else read_book(expand_user(source), has_word)
    with _narrator(voice, chosen, ref_text or "") as narrator:
        return _render(book, expand_user(output), narrator, reporter or SilentReporter())


class HybridTTSProvider:
    """Speaks text in the voice of a recording that is analysed with care, once.

    Args:
        settings: of the renders; the engine in them is ignored.
    """

    def __init__(self, *, settings: RenderSettings | None = None) -> None:
        self._settings = settings or RenderSettings()

    def extract_voice_profile(self, voice_sample_url: Path | str) -> VoiceProfile:
        """Analyse a recording; the same bytes again cost nothing."""
        return _find_voice(voice_sample_url, "hybrid").profile

    def generate_audio(
        self,
        *,
        text: str,
        voice_sample_url: Voice,
        output_dir: Path | str,
        use_fast_mode: bool = True,
        ref_text: str | None = None,
    ) -> Report:
        """Speak `text` to a file in `output_dir`, named after what is in it; `Report.output` is its path.

        Args:
            text: what is said; blank lines separate paragraphs.
            voice_sample_url: the recording, or any other voice.
            output_dir: created if it is missing.
            use_fast_mode: True speaks with `hybrid`; False with `cosyvoice`, which takes a hundred times
                as long, or with `hybrid` where that is not installed (`Report.fallbacks` says so).
            ref_text: the words in the recording, by which the voice is matched to it more closely.
        """
        first, *others = ("hybrid", "vits2") if use_fast_mode else ("cosyvoice", "hybrid", "vits2")
        settings = replace(
            self._settings, engine=first, fallback=tuple(EngineChoice(name) for name in others)
        )
        return _generate(text, voice_sample_url, output_dir, settings, ref_text or "")


class ParallelTTSGenerator:
    """Speaks text in several processes.

    Args:
        max_workers: processes; None is as many as cores and memory allow, at least two.
        settings: of the renders; engine and workers in them are ignored.
    """

    def __init__(self, max_workers: int | None = None, *, settings: RenderSettings | None = None) -> None:
        base = settings or RenderSettings()
        self._settings = replace(base, engine="parallel", workers=max_workers, fallback=FALLBACK)

    def generate_audio_parallel(
        self, *, text: str, voice_sample_url: Voice, output_dir: Path | str, ref_text: str | None = None
    ) -> Report:
        """Speak `text` to a file in `output_dir`, named after what is in it; `Report.output` is its path.

        `ref_text` are the words in the recording, by which the voice is matched to it more closely.
        """
        return _generate(text, voice_sample_url, output_dir, self._settings, ref_text or "")


class VITS2Provider:
    """Speaks short texts in memory. The model stays loaded until `close`, or the end of a `with` block.

    Args:
        voice: who speaks where a call does not say.
        threads: sentences that are spoken side by side.
    """

    def __init__(self, voice: Voice = DEFAULT_VOICE, *, threads: int = 1) -> None:
        self._voice, self._threads = voice, threads
        self._engine: Engine = load_engine(EngineSpec("vits2", threads=threads))

    @property
    def rate_hz(self) -> int:
        """Samples per second of what `generate_audio_fast` returns."""
        return self._engine.rate_hz

    def generate_audio_fast(
        self, *, text: str, speed: float = 1.0, voice: Voice | None = None, seed: int = 0
    ) -> NDArray[np.float32]:
        """Return `text` as samples [n], mono in [-1, 1]; a speed of 0.85 is slower than 1."""
        from ttsbook.render.aloud import speak_aloud
        from ttsbook.render.reading import front_end_for

        settings = RenderSettings(
            engine="vits2", speed=speed, seed=seed, threads=self._threads, pauses=_NO_SILENT_ENDS
        )
        profile = _find_voice(self._voice if voice is None else voice, "plain").profile
        return speak_aloud(
            book_of_text(text),
            settings=settings,
            voice=profile,
            engine=self._engine,
            front_end=front_end_for(settings, profile, self._engine.max_phonemes),
        )

    def close(self) -> None:
        """Free the model."""
        self._engine.close()

    def __enter__(self) -> VITS2Provider:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _generate(
    text: str, voice: Voice, output_dir: Path | str, settings: RenderSettings, ref_text: str
) -> Report:
    """Render words to a file whose name says that it holds just these, in just this voice."""
    folder = expand_user(output_dir)
    make_folder(folder)
    book = book_of_text(text)
    with _narrator(voice, settings, ref_text) as narrator:
        profile = narrator.voice.profile
        content = "\n".join((book.sha256, profile.fingerprint, profile.accent, repr(settings), ref_text))
        name = sha256_bytes(content.encode("utf-8"))[:_NAME_DIGITS]
        output = folder / f"{name}.{settings.format or 'wav'}"
        # Whoever renders to this name now, renders just this.
        return _render(book, output, narrator, SilentReporter(), wait=True)


def _render(
    book: Book, output: Path, narrator: _Narrator, reporter: Reporter, *, wait: bool = False
) -> Report:
    """Render, and report what is wrong with the recording too."""
    for line in narrator.advice:
        reporter.warning(line)
    report = run.render_book(
        book,
        output,
        settings=narrator.settings,
        voice=narrator.voice.profile,
        reporter=reporter,
        wait=wait,
    )
    return replace(report, warnings=(*narrator.advice, *report.warnings))


@dataclass(frozen=True, slots=True)
class _Narrator:
    """Who reads, by what name, and the settings with the recording for engines that want it."""

    voice: StoredVoice
    name: str
    settings: RenderSettings

    @property
    def advice(self) -> tuple[str, ...]:
        return tuple(f"{self.name}: {line}" for line in self.voice.advice)


@contextlib.contextmanager
def _narrator(voice: Voice, settings: RenderSettings, ref_text: str) -> Iterator[_Narrator]:
    """Yield the narrator; a recording that was fetched is there as long."""
    from ttsbook.render.prompt import prompt_options
    from ttsbook.voice.fetch import local_clip
    from ttsbook.voice.store import find_clip

    method = entry_of(settings.engine).analysis
    if isinstance(voice, VoiceProfile):
        yield _Narrator(StoredVoice(voice), voice.name, settings)
        return
    with local_clip(voice) as place:
        found = _find_voice(place, method, settings.engine_options, ref_text)
        clip = find_clip(str(place))
        first, *others = (
            replace(choice, options=choice.options + prompt_options(choice.name, clip, ref_text))
            for choice in (EngineChoice(settings.engine, settings.engine_options), *settings.fallback)
        )
        told = replace(settings, engine_options=first.options, fallback=tuple(others))
        yield _Narrator(found, str(voice), told)


def _find_voice(voice: Voice, method: str, options: Options = (), ref_text: str = "") -> StoredVoice:
    from ttsbook.audio.decode import read_clip
    from ttsbook.render.rehearsal import rehearsal_for
    from ttsbook.voice.fetch import local_clip
    from ttsbook.voice.store import look_up_voice

    if isinstance(voice, VoiceProfile):
        return StoredVoice(voice)
    rehearsal = rehearsal_for(method, options, ref_text)
    with local_clip(voice) as place:
        return look_up_voice(str(place), read_clip=read_clip, method=method, rehearsal=rehearsal).voice
