"""Options shared by several commands, each declared once.

None means "not given": then the environment, the files and the preset decide (`ttsbook.config`).
The defaults shown in the help are those of `configs/default.toml`; a test keeps them equal.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

VOICE, ENGINE, AUDIO, TEXT, OUTPUT, RUN, CONFIG = (
    "Voice", "Engine", "Audio", "What is read", "Output", "Run", "Configuration",
)  # fmt: skip


def _setting(name: str, metavar: str, panel: str, text: str, default: str = "") -> typer.models.OptionInfo:
    """Declare the flag of a setting; its value is checked by the rule of the setting, not by Typer."""
    if default:
        text += f" [default: {default}]"
    info: typer.models.OptionInfo = typer.Option(
        f"--{name}", metavar=metavar, help=text, rich_help_panel=panel
    )
    return info


Voice = Annotated[
    str | None,
    _setting(
        "voice", "NAME|CLIP", VOICE, "A voice by name, or a recording of one (3 s or more of speech).", "nora"
    ),
]
Cast = Annotated[
    Path | None,
    typer.Option(
        "--cast",
        metavar="FILE",
        help="Voices by role: a TOML file with narrator, quoted and [characters].",
        rich_help_panel=VOICE,
    ),
]
Speed = Annotated[str | None, _setting("speed", "0.5–2", VOICE, "Speaking rate.", "1.0")]
Seed = Annotated[
    str | None, _setting("seed", "N", VOICE, "Random seed; another one gives another performance.", "0")
]

Engine = Annotated[
    str | None, _setting("engine", "NAME", ENGINE, "Speech engine; `ttsbook doctor` lists them.", "hybrid")
]
NoFallback = Annotated[
    bool,
    typer.Option(
        "--no-fallback",
        help="Fail if something cannot be done as asked, instead of falling back.",
        rich_help_panel=ENGINE,
    ),
]
RefText = Annotated[
    str | None,
    _setting("ref-text", "WORDS", VOICE, "The words spoken in the recording, for engines that use them."),
]
Device = Annotated[
    str | None, _setting("device", "auto|cpu|cuda[:N]", ENGINE, "Where the model runs.", "auto")
]
Workers = Annotated[str | None, _setting("workers", "N|auto", ENGINE, "Number of worker processes.", "auto")]
Executor = Annotated[
    str | None,
    _setting(
        "executor",
        "local|ray",
        ENGINE,
        "Where the workers run: on this machine or on a Ray cluster.",
        "local",
    ),
]
RayAddress = Annotated[
    str | None,
    _setting(
        "ray-address", "ADDRESS", ENGINE, "Address of a running cluster; without it Ray starts one here."
    ),
]

Format = Annotated[
    str | None,
    _setting(
        "format", "wav|mp3|m4b|flac|opus", AUDIO, "Audio format; by default that of the suffix of -o.", "wav"
    ),
]
SampleRate = Annotated[str | None, _setting("sample-rate", "HZ", AUDIO, "Samples per second.", "22050")]
Bitrate = Annotated[str | None, _setting("bitrate", "KBIT|auto", AUDIO, "For mp3, m4b and opus.", "auto")]
Loudness = Annotated[
    str | None, _setting("loudness", "LUFS|off", AUDIO, "Loudness of the whole book.", "-19.0")
]
Peak = Annotated[str | None, _setting("peak", "DBTP", AUDIO, "Highest true peak.", "-1.5")]
Subtitles = Annotated[
    str | None, _setting("subtitles", "srt|vtt|lrc|none", AUDIO, "Write subtitles next to the audio.", "none")
]
Cues = Annotated[
    str | None, _setting("cues", "sentence|word", AUDIO, "Time subtitles by sentence or by word.", "sentence")
]

Split = Annotated[
    str | None,
    _setting("split", "none|chapter", AUDIO, "Write one file per chapter, and a playlist.", "none"),
]

Check = Annotated[
    bool | None,
    typer.Option(
        "--check/--no-check",
        help="Listen to every chunk (extra qa), redo those that sound wrong, and write FILE.check.html. "
        "[default: no-check]",
        rich_help_panel=AUDIO,
    ),
]
CheckModel = Annotated[
    str | None, _setting("check-model", "FOLDER", AUDIO, "Another faster-whisper model for --check.")
]
CheckAttempts = Annotated[
    str | None,
    _setting("check-attempts", "N", AUDIO, "How often a chunk that sounds wrong is redone at most.", "3"),
]

Language = Annotated[
    str | None, _setting("language", "auto|en|zh", TEXT, "Language of text that could be either.", "auto")
]
Accent = Annotated[
    str | None,
    _setting("accent", "auto|american|british", TEXT, "English accent; auto is the voice's own.", "auto"),
]
Lexicon = Annotated[str | None, _setting("lexicon", "FILE", TEXT, "Pronunciations of names and other words.")]
Chapters = Annotated[
    str | None,
    typer.Option(
        "--chapters",
        metavar="1-3,7",
        help="Only these chapters, numbered as by `inspect`.",
        rich_help_panel=TEXT,
    ),
]
IncludeMatter = Annotated[
    bool | None,
    typer.Option(
        "--include-matter/--no-matter",
        help="Also read title page, contents, notes and index. [default: no-matter]",
        rich_help_panel=TEXT,
    ),
]

Progress = Annotated[
    str | None,
    _setting(
        "progress",
        "auto|plain|json|none",
        RUN,
        "Show a bar, a line per chapter, JSON lines, or nothing.",
        "auto",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.", rich_help_panel=RUN)]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print only errors on stderr.", rich_help_panel=RUN)
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Print more detail on stderr.", rich_help_panel=RUN)
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite an existing file.", rich_help_panel=OUTPUT)]

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Read this instead of ttsbook.toml and the user file.",
                 rich_help_panel=CONFIG),
]  # fmt: skip
NoConfig = Annotated[
    bool, typer.Option("--no-config", help="Read no configuration files.", rich_help_panel=CONFIG)
]
Preset = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="NAME",
        help="Base settings: default, draft, studio or acx.",
        rich_help_panel=CONFIG,
    ),
]
