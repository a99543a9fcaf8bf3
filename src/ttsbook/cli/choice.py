"""From what the command line knows to what rendering takes: configuration into `RenderSettings`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ttsbook.config import Settings
from ttsbook.render.settings import PauseTable, RenderSettings


def render_settings(
    chosen: Settings, *, audio_format: str | None = None, chapters: str | None = None, force: bool = False
) -> RenderSettings:
    """Translate the words of the configuration ("auto", "off", "none", "") into values."""
    return RenderSettings(
        language=chosen.language,
        lexicon=Path(chosen.lexicon) if chosen.lexicon else None,
        chapters=chapters,
        include_matter=chosen.include_matter,
        engine=chosen.engine,
        speed=chosen.speed,
        noise=_number(chosen.noise),
        seed=chosen.seed,
        device=chosen.device,
        workers=_whole(chosen.workers),
        threads=chosen.threads,
        batch=chosen.batch,
        format=audio_format or chosen.format,
        rate_hz=chosen.sample_rate,
        bitrate=_bits(chosen.bitrate),
        loudness=_number(chosen.loudness),
        ceiling_db=chosen.peak,
        pauses=_pauses(chosen),
        subtitles=None if chosen.subtitles == "none" else chosen.subtitles,
        resume=chosen.resume,
        force=force,
    )


def without_silent_ends(settings: RenderSettings) -> RenderSettings:
    """Leave out the silence at the ends of a file: it is for books, not for a line to use elsewhere."""
    return replace(settings, pauses=replace(settings.pauses, head_ms=0, tail_ms=0))


def _pauses(chosen: Settings) -> PauseTable:
    pauses = chosen.pauses
    return PauseTable(
        clause_ms=pauses.clause,
        sentence_ms=pauses.sentence,
        line_ms=pauses.line,
        paragraph_ms=pauses.paragraph,
        heading_ms=pauses.heading,
        scene_ms=pauses.scene,
        chapter_ms=pauses.chapter,
        head_ms=pauses.head,
        tail_ms=pauses.tail,
    )


def _number(value: float | str) -> float | None:
    return None if isinstance(value, str) else value


def _whole(value: int | str) -> int | None:
    return None if isinstance(value, str) else value


def _bits(kilobits: int | str) -> int | None:
    return None if isinstance(kilobits, str) else kilobits * 1000
