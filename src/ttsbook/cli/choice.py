"""From what the command line knows to what rendering takes: configuration into `RenderSettings`."""

from __future__ import annotations

from dataclasses import asdict, replace
from glob import escape
from pathlib import Path

from ttsbook.config import Settings
from ttsbook.config.rule import Text
from ttsbook.config.schema import ENGINE_SECTIONS, RULES
from ttsbook.engines.base import Options
from ttsbook.files import is_file, matches
from ttsbook.render.settings import Check, EngineChoice, PauseTable, RenderSettings


def render_settings(
    chosen: Settings, *, audio_format: str | None = None, chapters: str | None = None, force: bool = False
) -> RenderSettings:
    """Translate the words of the configuration ("auto", "off", "none", "") into values.

    Raises:
        InputError: an engine wants the voice's clip itself, and it is not usable.
    """
    first, *others = _engines(chosen)
    return RenderSettings(
        engine_options=first.options,
        fallback=tuple(others),
        may_fall_back=chosen.fallback.allowed,
        language=chosen.language,
        lexicon=Path(chosen.lexicon) if chosen.lexicon else None,
        accent=None if chosen.accent == "auto" else chosen.accent,
        emoji=chosen.emoji,
        chapters=chapters,
        include_matter=chosen.include_matter,
        engine=chosen.engine,
        speed=chosen.speed,
        noise=_number(chosen.noise),
        seed=chosen.seed,
        device=chosen.device,
        executor=chosen.executor,
        ray_address=chosen.ray_address,
        workers=_whole(chosen.workers),
        threads=chosen.threads,
        batch=_whole(chosen.batch),
        format=audio_format or chosen.format,
        rate_hz=chosen.sample_rate,
        bitrate=_bits(chosen.bitrate),
        loudness=_number(chosen.loudness),
        rms_db=_number(chosen.rms),
        room_tone_db=_number(chosen.room_tone),
        split=chosen.split == "chapter",
        credits=chosen.credits,
        ceiling_db=chosen.peak,
        pauses=_pauses(chosen),
        subtitles=None if chosen.subtitles == "none" else chosen.subtitles,
        cues=chosen.cues,
        check=_check(chosen),
        resume=chosen.resume,
        force=force,
    )


def engine_sections(chosen: Settings) -> dict[str, Options]:
    """Return the sections of the configuration that are options of engines, by their names."""
    return {
        section: tuple((key, value) for key, value in asdict(getattr(chosen, section)).items() if value)
        for section in ENGINE_SECTIONS
    }


def engine_options(chosen: Settings) -> dict[str, Options]:
    """Return the options that the configuration has for engines, by their names."""
    from ttsbook.engines.choose import ENGINES, model_of

    told = engine_sections(chosen)
    return {name: told[model_of(name)] for name in ENGINES if model_of(name) in told}


def model_files(chosen: Settings) -> list[Path]:
    """Return the files of the model that the chosen engine was told to take."""
    from ttsbook.engines.choose import model_of

    section = model_of(chosen.engine)
    files: list[Path] = []
    for key, value in engine_sections(chosen).get(section, ()):
        rule = RULES[f"{section}.{key}"]
        if isinstance(rule, Text) and rule.is_path:
            path = Path(value)
            like = matches(path.parent, f"{escape(path.name)}*") if is_file(path) else matches(path, "*")
            files += filter(is_file, sorted(like))
    return files


def without_silent_ends(settings: RenderSettings) -> RenderSettings:
    """Leave out silence, credits, parts and listening: they are for books, not for a line."""
    pauses = replace(settings.pauses, head_ms=0, tail_ms=0)
    return replace(settings, split=False, credits=False, check=None, pauses=pauses)


def _engines(chosen: Settings) -> list[EngineChoice]:
    """Return the chosen engine and those to fall back on: after it in the list, or all if it is not there."""
    from ttsbook.engines.choose import entry_of

    chain = chosen.fallback.engines
    after = chain[chain.index(chosen.engine) + 1 :] if chosen.engine in chain else chain
    options = engine_options(chosen)
    choices = [EngineChoice(name, options.get(name, ())) for name in (chosen.engine, *after)]
    if not any(entry_of(choice.name).wants_clip for choice in choices):
        return choices

    from ttsbook.render.prompt import prompt_options
    from ttsbook.voice.store import find_clip

    clip = find_clip(chosen.voice)
    return [
        EngineChoice(choice.name, choice.options + prompt_options(choice.name, clip, chosen.ref_text))
        for choice in choices
    ]


def _check(chosen: Settings) -> Check | None:
    if not chosen.check:
        return None
    return Check(Path(chosen.check_model) if chosen.check_model else None, chosen.check_attempts)


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
