"""`ttsbook voices`: the available narrators, and how to add one from a recording."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ttsbook.cli import options
from ttsbook.cli.document import document
from ttsbook.cli.narrator import find_narrator, look_up
from ttsbook.cli.talk import make_talk, print_json
from ttsbook.config import Source, load_config
from ttsbook.errors import UsageError

if TYPE_CHECKING:
    from ttsbook.voice.profile import StoredVoice
    from ttsbook.voice.store import ListedVoice

app = typer.Typer(help="Manage voices, built-in and your own.", rich_markup_mode=None)

NO_CONSENT = "a voice belongs to a person: say with --consent that you may use it"
CONSENT_HINT = 'for example --consent "my own voice", or --consent "Ada Example agreed in writing on 1 May"'
PREVIEW = {
    "en": "Every story begins in silence. Then a voice takes a breath, and the room is no longer empty.",
    "zh": "故事总是从安静开始。然后有人轻轻地吸了一口气，房间里就不再空了。",
}

Name = Annotated[str, typer.Argument(metavar="NAME", help="A voice as `voices list` names it, or a clip.")]


@app.command()
def add(
    clip: Annotated[
        Path, typer.Argument(metavar="CLIP", help="A recording: wav, mp3, m4a, flac, ogg or video.")
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the voice. [default: the file's name]")
    ] = None,
    consent: Annotated[
        str, typer.Option("--consent", metavar="WORDS", help="Whose voice it is, and that you may use it.")
    ] = "",
    accent: Annotated[
        str, typer.Option("--accent", metavar="american|british", help="Accent of its English.")
    ] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a clip with any flaw.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing voice of that name.")] = False,
    as_json: options.Json = False,
) -> None:
    """Add the voice of a recording under a name.

    \b
      ttsbook voices add me.wav --name me --consent "my own voice"
      ttsbook voices add interview.m4a --name ada --consent "Ada Example agreed on 1 May 2026"

    Ten seconds of clear speech by one person are enough. The recording itself is not kept. Your statement
    of consent is stored with the voice and written into the tags of the audio it speaks.
    """
    if not consent.strip():
        raise UsageError(NO_CONSENT, CONSENT_HINT)

    from ttsbook.audio.decode import read_clip
    from ttsbook.choices import ACCENTS
    from ttsbook.render.rehearsal import rehearsal_for
    from ttsbook.voice.analyse import analyse_clip
    from ttsbook.voice.name import check_name, name_from
    from ttsbook.voice.profile import StoredVoice
    from ttsbook.voice.store import YOURS, add_voice

    if accent not in ("", *ACCENTS):
        raise UsageError(f"--accent {accent}: expected one of {', '.join(ACCENTS)}")
    chosen = check_name(name) if name is not None else name_from(clip.stem)
    analysis = analyse_clip(
        clip,
        name=chosen,
        read_clip=read_clip,
        consent=consent.strip(),
        strict=strict,
        method="hybrid",  # the recording is not kept: what can be learned from it is learned now
        rehearsal=rehearsal_for("hybrid"),
    )
    profile = replace(analysis.profile, accent=accent)
    path = add_voice(profile, force=force, advice=analysis.advice)
    talk = make_talk(False, False)
    for line in analysis.advice:
        talk.warn(line)
    if as_json:
        entry = _describe(YOURS, StoredVoice(profile, advice=analysis.advice))
        print_json(document(path=str(path), voice=entry))
    else:
        print(path)


@app.command("list")
def list_(as_json: options.Json = False) -> None:
    """List the available voices.

    \b
      ttsbook voices list
      ttsbook voices list --json
    """
    from ttsbook.voice.store import list_voices

    voices = list_voices()
    if as_json:
        print_json(document(voices=[_listed(voice) for voice in voices]))
        return
    width = max((len(voice.name) for voice in voices), default=0)
    for voice in voices:
        print(f"{voice.name:<{width}}  {voice.origin:<8}  {_summary(voice)}")


@app.command()
def show(name: Name, as_json: options.Json = False) -> None:
    """Show the details of a voice.

    \b
      ttsbook voices show nora
      ttsbook voices show me.wav --json
    """
    found = look_up(name)
    entry = _describe(found.origin, found.voice)
    if as_json:
        print_json(document(voice=entry))
        return
    for key, value in entry.items():
        for line in value if isinstance(value, list) else [value]:
            if line not in ("", None):
                print(f"{key.replace('_', ' '):<12} {line}")


@app.command()
def remove(name: Annotated[str, typer.Argument(metavar="NAME", help="One of your own voices.")]) -> None:
    """Delete one of your own voices; built-in ones stay.

    \b
      ttsbook voices remove me
    """
    from ttsbook.voice.store import remove_voice

    remove_voice(name)
    make_talk(False, False).note(f"removed {name}")


@app.command()
def preview(
    name: Name,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The audio file. [default: NAME-preview.wav]"),
    ] = None,
    language: Annotated[
        str, typer.Option("--language", metavar="en|zh", help="Language of the sample.")
    ] = "en",
    force: options.Force = False,
) -> None:
    """Speak two sentences in a voice.

    \b
      ttsbook voices preview nora
      ttsbook voices preview me.wav --language zh -o me-zh.wav
    """
    if language not in PREVIEW:
        raise UsageError(f"--language {language}: expected one of {', '.join(PREVIEW)}")

    from ttsbook.book.words import book_of_text
    from ttsbook.cli.choice import render_settings, without_silent_ends
    from ttsbook.cli.job import format_of
    from ttsbook.cli.progress import WarningReporter
    from ttsbook.render.run import render_book

    chosen = load_config({"workers": 1, "language": language}, Source()).settings
    talk = make_talk(False, False)
    profile = find_narrator(name, talk, chosen)
    target = output or Path(f"{profile.name}-preview.wav")
    settings = render_settings(chosen, audio_format=format_of(target, None, ""), force=force)
    render_book(
        book_of_text(PREVIEW[language]),
        target,
        settings=without_silent_ends(settings),
        voice=profile,
        reporter=WarningReporter(talk),
    )
    print(target)


@app.command()
def compare(first: Name, second: Name, as_json: options.Json = False) -> None:
    """Show how similar two voices are.

    \b
      ttsbook voices compare me.wav book.m4b
      ttsbook voices compare nora me.wav --json
    """
    from ttsbook.voice.compare import describe_similarity, similarity

    value = similarity(look_up(first, "hybrid").profile, look_up(second, "hybrid").profile)  # as `add`
    meaning = describe_similarity(value)
    if as_json:
        print_json(document(similarity=round(value, 4), meaning=meaning))
    else:
        print(f"{value:.2f}  {meaning}")


def _describe(origin: str, stored: StoredVoice) -> dict[str, Any]:
    profile = stored.profile
    return {
        "name": profile.name,
        "origin": origin,
        "description": stored.description,
        "sex": profile.sex,
        "accent": profile.accent,
        "language": stored.language,
        "pitch_hz": round(math.exp(profile.log_f0_mean), 1),
        "source": profile.provenance.source,
        "seconds": profile.provenance.seconds,
        "method": profile.provenance.method,
        "consent": profile.provenance.consent,
        "level_db": profile.level_db,
        "snr_db": profile.snr_db,
        "fingerprint": profile.fingerprint,
        "advice": list(stored.advice),
    }


def _listed(listed: ListedVoice) -> dict[str, Any]:
    preview = None if listed.preview is None else str(listed.preview)
    entry = {"name": listed.name, "origin": listed.origin, "path": str(listed.path), "preview": preview}
    if listed.voice is None:
        return {**entry, "problem": listed.problem}
    return entry | _describe(listed.origin, listed.voice)


def _summary(listed: ListedVoice) -> str:
    if listed.voice is None:
        return f"cannot be read: {listed.problem}"
    return listed.voice.description or listed.voice.profile.provenance.source
