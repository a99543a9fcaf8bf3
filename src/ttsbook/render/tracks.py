"""Chapters to tracks: one file for each, numbered, and the playlist that puts them in order.

Knows nothing of samples or encoders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ttsbook.audio.tags import Tags, clean_text
from ttsbook.render.naming import safe_name
from ttsbook.render.plan import Plan
from ttsbook.render.settings import PLAYLIST_SUFFIX, renamed


@dataclass(frozen=True, slots=True)
class Track:
    """One file of a book in parts."""

    position: int  # of its chapter in the plan
    number: int  # among the tracks, from 1
    total: int
    title: str
    path: Path
    subtitles: Path | None = None

    def tags(self, book: Tags) -> Tags:
        """Return the book's tags with what is the track's own."""
        # The book's sort title is not the chapter's.
        return replace(book, title=self.title, title_sort="", track=f"{self.number}/{self.total}")


def playlist_of(output: Path) -> Path:
    """Return the playlist of a book in parts: in a folder of the name that the one file would have had."""
    if output.suffix == PLAYLIST_SUFFIX:
        return output
    folder = renamed(output, "")
    return folder / f"{folder.name}{PLAYLIST_SUFFIX}"


def tracks_of(
    plan: Plan, playlist: Path, audio_format: str, subtitles: str | None = None
) -> tuple[Track, ...]:
    """Return a track for each chapter that is spoken; their names sort in the order of the book.

    `subtitles` is the kind that is written beside each.
    """
    spoken = [(at, planned.chapter) for at, planned in enumerate(plan.chapters) if planned.is_spoken]
    width = max(2, len(str(len(spoken))))
    tracks = []
    for number, (position, chapter) in enumerate(spoken, start=1):
        title = " ".join(clean_text(chapter.title).split()) or str(chapter.index)
        name = f"{number:0{width}d} - {safe_name(title)}"
        path = playlist.parent / f"{name}.{audio_format}"
        beside = playlist.parent / f"{name}.{subtitles}" if subtitles else None
        tracks.append(Track(position, number, len(spoken), title, path, beside))
    return tuple(tracks)


def format_playlist(tracks: Sequence[Track], seconds: Sequence[float], mark: str) -> str:
    """Return an extended M3U playlist; `mark` is a comment that says who made it."""
    lines = ["#EXTM3U", f"# {mark}"]
    for track, length in zip(tracks, seconds, strict=True):
        lines += [f"#EXTINF:{round(length)},{track.title}", track.path.name]
    return "\n".join(lines) + "\n"
