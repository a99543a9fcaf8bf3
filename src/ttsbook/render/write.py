"""Pieces of a measured book to finished files: one for the whole, or one for each chapter and a playlist.

Each file is read back and compared with what was intended before it takes its name.
Knows nothing of where speech comes from, or of how loud the book should be.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from ttsbook.audio.encode import write_audio
from ttsbook.audio.probe import check
from ttsbook.audio.spec import AudioSpec, Written
from ttsbook.audio.wave import Samples
from ttsbook.errors import RenderError
from ttsbook.files import atomic_write, sha256_file, temporary_beside
from ttsbook.render.assemble import Piece, Timeline
from ttsbook.render.machine import n_cores
from ttsbook.render.report import TrackReport
from ttsbook.render.tracks import Track, format_playlist

Pieces = Iterable[tuple[int, Piece]]


def write_whole(
    output: Path, pieces: Pieces, spec: AudioSpec, timeline: Timeline, checking: Callable[[], None]
) -> Written:
    """Write the book as one file; `checking` is called when it is about to be read back."""
    with temporary_beside(output) as partial:
        written = write_audio(partial, _samples(pieces), spec, threads=n_cores())
        _compare(written, timeline.n_samples)
        checking()
        check(partial, spec, written)
    return written


def write_tracks(
    playlist: Path,
    tracks: Sequence[Track],
    pieces: Pieces,
    spec: AudioSpec,
    timeline: Timeline,
    mark: str,
    gains_db: Mapping[int, float],
) -> tuple[Written, tuple[TrackReport, ...]]:
    """Write one file for each chapter, then the playlist: where it stands, all tracks do.

    `gains_db` are those of the chapters, by position, that differ from the book's.
    """
    lengths = {position: end - start for position, start, end in timeline.spans()}
    reports: list[TrackReport] = []
    parts: list[Written] = []
    for track, (position, group) in zip(tracks, groupby(pieces, key=lambda pair: pair[0]), strict=True):
        gain_db = gains_db.get(position, spec.gain_db)
        own = replace(spec, tags=track.tags(spec.tags), marks=(), gain_db=gain_db)
        with temporary_beside(track.path) as partial:
            written = write_audio(partial, _samples(group), own, threads=n_cores())
            _compare(written, lengths[position])
            check(partial, own, written)
        parts.append(written)
        seconds = written.n_samples_in / spec.rate_in_hz
        beside = str(track.subtitles) if track.subtitles else None
        reports.append(TrackReport(str(track.path), track.title, seconds, sha256_file(track.path), beside))
    with atomic_write(playlist) as handle:
        text = format_playlist(tracks, [report.seconds for report in reports], mark)
        handle.write(text.encode("utf-8"))
    return _sum(parts), tuple(reports)


def remove_replaced(earlier: Sequence[TrackReport], tracks: Sequence[TrackReport]) -> None:
    """Remove tracks of an earlier playlist that are not in the new one: players take all in a folder.

    One that is no longer as it was written belongs to somebody now, and stays.
    """
    kept = {track.path for track in tracks}
    for track in earlier:
        path = Path(track.path)
        with contextlib.suppress(OSError):
            if track.path not in kept and sha256_file(path) == track.sha256:
                path.unlink()
                if track.subtitles and track.subtitles not in {new.subtitles for new in tracks}:
                    Path(track.subtitles).unlink()


def _samples(pieces: Pieces) -> Iterator[Samples]:
    return (piece.samples for _, piece in pieces)


def _sum(parts: Sequence[Written]) -> Written:
    return Written(
        n_samples=sum(part.n_samples for part in parts),
        n_samples_in=sum(part.n_samples_in for part in parts),
        rate_hz=parts[0].rate_hz,
        n_limited=sum(part.n_limited for part in parts),
        warnings=tuple(dict.fromkeys(text for part in parts for text in part.warnings)),
    )


def _compare(written: Written, n_measured: int) -> None:
    if written.n_samples_in != n_measured:
        raise RenderError(
            f"{written.n_samples_in} samples were written, but {n_measured} measured",
            "was the cache changed meanwhile? run the same command again",
        )
