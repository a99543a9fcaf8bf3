"""Finds a voice by what the user typed, and keeps the user's own voices and the analysed clips.

    path of a clip → analysed once, then from the cache     path of a profile
    name of a voice of the user's                            name of a built-in voice

Knows nothing of engines, and of decoding only that a `ClipReader` does it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from ttsbook.errors import InputError, MissingError, OutputError, TtsbookError, UsageError
from ttsbook.files import is_file, make_folder, matches, output_error, sha256_input
from ttsbook.paths import cache_dir, packaged, voices_dir
from ttsbook.types import VoiceProfile
from ttsbook.voice.analyse import VERSION, ClipReader, analyse_clip, check_method
from ttsbook.voice.name import check_name, name_from, same_name
from ttsbook.voice.profile import StoredVoice, load_voice, save_voice
from ttsbook.voice.tone import Rehearsal

YOURS, BUILT_IN, CLIP, FILE = "yours", "built-in", "clip", "file"
PROFILE_SUFFIXES = (".toml", ".safetensors")
PREVIEW_SUFFIX = ".opus"


@dataclass(frozen=True, slots=True)
class FoundVoice:
    """A voice and where it was found."""

    voice: StoredVoice
    origin: str  # "yours", "built-in", "clip" or "file"

    @property
    def profile(self) -> VoiceProfile:
        return self.voice.profile

    @property
    def advice(self) -> tuple[str, ...]:
        return self.voice.advice


@dataclass(frozen=True, slots=True)
class ListedVoice:
    """One line of the list of voices; a profile that cannot be read has `problem` instead of `voice`."""

    name: str
    origin: str  # "yours" or "built-in"
    path: Path  # of the TOML file
    voice: StoredVoice | None
    preview: Path | None = None
    problem: str = ""


def find_voice(
    name_or_path: str,
    *,
    read_clip: ClipReader | None = None,
    method: str = "plain",
    rehearsal: Rehearsal | None = None,
) -> VoiceProfile:
    """Return the profile that `name_or_path` means; see `look_up_voice`."""
    return look_up_voice(name_or_path, read_clip=read_clip, method=method, rehearsal=rehearsal).profile


def look_up_voice(
    name_or_path: str,
    *,
    read_clip: ClipReader | None = None,
    method: str = "plain",
    judge: Path | None = None,
    rehearsal: Rehearsal | None = None,
) -> FoundVoice:
    """Return the voice that `name_or_path` means, with the advice on its clip.

    Args:
        name_or_path: a clip, a profile (either file, or both without suffix), or a name.
        read_clip: decodes clips, for example `ttsbook.audio.decode.read_clip`.
        method: how carefully a clip is analysed (`ttsbook.voice.analyse.METHODS`).
        judge: weights of CAM++, to tell outliers by.
        rehearsal: says something in the new voice, by which its timbre is matched to the clip's.

    Raises:
        MissingError: there is no such voice or file.
        InputError: the clip or profile is not usable.
    """
    path = Path(name_or_path)
    if path.suffix in PROFILE_SUFFIXES or _is_profile_stem(name_or_path):
        return FoundVoice(load_voice(path), FILE)
    if is_file(path):
        if read_clip is None:
            raise UsageError(f"only voices by name can be used here, not clips: {path}")
        found = analyse_cached(path, read_clip=read_clip, method=method, judge=judge, rehearsal=rehearsal)
        return FoundVoice(found, CLIP)
    for listed in _named(name_or_path):
        return FoundVoice(load_voice(listed.path), listed.origin)
    raise _missing(name_or_path, path)


def find_clip(name_or_path: str) -> Path | None:
    """Return the recording that `name_or_path` means, None if it means a profile or a voice by name."""
    path = Path(name_or_path)
    is_profile = path.suffix in PROFILE_SUFFIXES or _is_profile_stem(name_or_path)
    return path if is_file(path) and not is_profile else None


def analyse_cached(
    path: Path,
    *,
    read_clip: ClipReader,
    method: str = "plain",
    judge: Path | None = None,
    rehearsal: Rehearsal | None = None,
) -> StoredVoice:
    """Analyse a clip, or return what an earlier analysis of the same bytes found."""
    check_method(method)
    name = name_from(path.stem)
    folder = cache_dir() / "voices"
    with_what = ""
    if method == "hybrid":
        with_what += f"-{sha256_input(judge)[:12]}" if judge is not None else ""
        with_what += f"-{rehearsal.fingerprint[:12]}" if rehearsal is not None else ""
    stem = f"{sha256_input(path)}-{method}{with_what}-v{VERSION}"
    # A damaged entry is as good as none: it is written anew below.
    with contextlib.suppress(MissingError, InputError):
        cached = load_voice(folder / stem)
        return replace(cached, profile=_renamed(cached.profile, name, path.name))
    try:
        analysis = analyse_clip(
            path, name=name, read_clip=read_clip, method=method, judge=judge, rehearsal=rehearsal
        )
    except MissingError:
        if rehearsal is None:
            raise
        # A model that cannot be loaded is no fault of the clip: the render may have another to go on with.
        return analyse_cached(path, read_clip=read_clip, method=method, judge=judge)
    voice = StoredVoice(analysis.profile, advice=analysis.advice)
    # Without a writable cache the next use pays again, and that is all.
    with contextlib.suppress(OutputError):
        make_folder(folder)
        save_voice(voice, folder, stem)
    return voice


def list_voices() -> tuple[ListedVoice, ...]:
    """Return the user's voices, then the built-in ones, each by name; damaged ones say why."""
    return tuple(_list(voices_dir(), YOURS)) + tuple(_list(packaged("voices"), BUILT_IN))


def add_voice(
    profile: VoiceProfile,
    *,
    force: bool = False,
    advice: tuple[str, ...] = (),
    description: str = "",
    language: str = "",
) -> Path:
    """Keep a voice under its name among the user's own; return the path of its TOML file.

    Raises:
        UsageError: the name is unsafe, or taken and `force` is not given.
        OutputError: the folder cannot be written.
    """
    name = check_name(profile.name)
    voice = StoredVoice(replace(profile, name=name), description, language, advice)
    taken = next(_named(name), None)
    if taken and not force:
        raise UsageError(
            f"a voice named {taken.name} already exists ({taken.origin})", "choose another name, or --force"
        )
    folder = voices_dir()
    make_folder(folder)
    # Where case counts, "Ann" must take the place of "ann" and not stand beside it.
    stem = taken.path.stem if taken and taken.origin == YOURS else name
    return save_voice(voice, folder, stem)


def remove_voice(name: str) -> None:
    """Delete one of the user's own voices.

    Raises:
        MissingError: there is no such voice.
        UsageError: it is a built-in one.
        OutputError: its files cannot be deleted.
    """
    listed = next(_named(name), None)
    if listed is None:
        raise _missing(name, Path(name))
    if listed.origin == BUILT_IN:
        raise UsageError(f"the built-in voice {listed.name} cannot be removed")
    # The TOML file goes first: without it the rest is not a voice any more.
    for suffix in (".toml", ".safetensors", PREVIEW_SUFFIX):
        try:
            listed.path.with_suffix(suffix).unlink(missing_ok=True)
        except OSError as error:
            raise output_error(listed.path, error) from error


def _list(folder: Path, origin: str) -> Iterator[ListedVoice]:
    for path in sorted(matches(folder, "*.toml")):
        preview = path.with_suffix(PREVIEW_SUFFIX)
        try:
            voice = load_voice(path)
        except TtsbookError as error:
            yield ListedVoice(path.stem, origin, path, None, problem=error.message)
            continue
        yield ListedVoice(voice.profile.name, origin, path, voice, preview if preview.is_file() else None)


def _named(name: str) -> Iterator[ListedVoice]:
    """Yield the voices of that name, those of the user first."""
    return (listed for listed in list_voices() if same_name(listed.name, name))


def _missing(text: str, path: Path) -> MissingError:
    looks_like_path = path.name != text or path.suffix != ""
    known = [listed.name for listed in list_voices()]
    nearest = get_close_matches(text.casefold(), [name.casefold() for name in known], n=3)
    if looks_like_path and not nearest:
        return MissingError(
            f"neither a clip nor a voice: {path}",
            "give the path of a clip, or a name from `ttsbook voices list`",
        )
    if nearest:
        hint = f"did you mean {' or '.join(nearest)}?"
    else:
        hint = f"known voices: {', '.join(known) or 'none'}; or give the path of a clip"
    return MissingError(f"no voice named {text!r}", hint)


def _is_profile_stem(text: str) -> bool:
    """Return whether a path names both files of a profile; a bare name is looked up among the voices."""
    return "/" in text and not text.endswith("/") and is_file(Path(text + ".toml"))


def _renamed(profile: VoiceProfile, name: str, source: str) -> VoiceProfile:
    return replace(profile, name=name, provenance=replace(profile.provenance, source=source))
