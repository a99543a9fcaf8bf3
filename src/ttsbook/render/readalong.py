"""A measured book, its pieces and cues to an EPUB that is read along, with the sound in it.

One audio file for each chapter, or for several that are short; each sentence is heard until the next one
begins, so that pauses stay.
Knows nothing of XHTML, SMIL or zip archives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from ttsbook.audio.encode import write_audio
from ttsbook.audio.spec import MPEG_RATES, AudioSpec, to_ms
from ttsbook.audio.tags import Tags
from ttsbook.book.overlay.minimal import place_of
from ttsbook.book.overlay.narration import Narration, Sentence
from ttsbook.book.overlay.write import check_source, is_packaged, write_readalong
from ttsbook.errors import InputError, UsageError
from ttsbook.files import atomic_write, scratch_beside, sha256_input
from ttsbook.render.assemble import Piece, Timeline
from ttsbook.render.cues import Told
from ttsbook.render.machine import n_cores
from ttsbook.render.plan import Plan, PlannedChapter
from ttsbook.render.tags import book_mark
from ttsbook.types import Book, Boundary, Place

_SHORT_SECONDS = 60  # a book of thousands of tiny chapters has not thousands of files
_RATE_HZ = 24_000  # where AAC does not know the rate that was asked for
_WITHIN_SENTENCE = (Boundary.NONE, Boundary.CLAUSE)
Tell = Callable[[str], None]


def check_readable_again(book: Book, output: Path) -> None:
    """Find out before the work whether a read-along book can be made.

    Raises:
        UsageError: the book came from standard input, or would be written over.
        InputError: its package cannot be added to.
    """
    source = Path(book.source)
    if is_packaged(book) and not source.is_file():
        raise UsageError(
            f"--epub3 reads the book {book.source} again, but there is no such file",
            "give the book as a file, not on standard input",
        )
    if source.is_file() and output.exists() and output.samefile(source):
        raise UsageError(f"{output} is the book itself", "give --epub3 another name")
    check_source(book, source)


@dataclass(frozen=True, slots=True)
class ReadAlong:
    """What a read-along book is made of besides the sound itself."""

    plan: Plan
    told: tuple[Told, ...]
    timeline: Timeline
    spec: AudioSpec  # of the book's file: level and rate are the same here
    narrator: str

    def write(self, output: Path, pieces: Iterable[tuple[int, Piece]], tell: Tell) -> None:
        """Write the EPUB, which appears whole or not at all.

        Raises:
            InputError: the book is not what it was when it was read.
            OutputError: the file cannot be written.
        """
        book = self.plan.book
        source = Path(book.source) if is_packaged(book) else None
        if source is not None and sha256_input(source) != book.sha256:
            raise InputError(f"{source} was changed during the render", "run the command again")
        spans = {position: (start, end) for position, start, end in self.timeline.spans()}
        told = {
            position: tuple(group)
            for position, group in groupby(self.told, key=lambda told: told.position)
            if not self.plan.chapters[position].is_credit
        }
        groups = tuple(_together({at: spans[at] for at in told}, _SHORT_SECONDS * self.spec.rate_in_hz))
        sentences: list[Sentence] = []
        for track, group in enumerate(groups):
            for position in group:
                sentences += self._sentences(track, told[position], spans[group[0]][0], *spans[position])
        narration = Narration(len(groups), tuple(sentences), self.narrator, book_mark(book))
        # One file after the other takes the place of the last: a process may not open thousands at once.
        with scratch_beside(output) as scratch, atomic_write(output) as handle:
            tracks = self._encoded(groups, scratch, pieces)
            write_readalong(handle, book, source, narration, tracks, tell)

    def _encoded(
        self, groups: Sequence[tuple[int, ...]], scratch: Path, pieces: Iterable[tuple[int, Piece]]
    ) -> Iterator[Path]:
        """Yield `scratch` with the sound of each track in turn."""
        track_of = {position: track for track, group in enumerate(groups) for position in group}
        for track, own in groupby(pieces, key=lambda pair: track_of.get(pair[0])):
            if track is None:
                continue
            title = self.plan.chapters[groups[track][0]].chapter.title
            write_audio(scratch, (piece.samples for _, piece in own), self._spec(title), threads=n_cores())
            yield scratch

    def _spec(self, title: str) -> AudioSpec:
        tags = self.spec.tags
        return replace(
            self.spec,
            format="m4b",
            rate_hz=self.spec.rate_hz if self.spec.rate_hz in MPEG_RATES else _RATE_HZ,
            bitrate=None,
            marks=(),
            cover=None,
            tags=Tags(
                title=title,
                artist=tags.artist,
                narrator=tags.narrator,
                album=tags.album,
                language=tags.language,
                comment=tags.comment,
            ),
        )

    def _sentences(
        self, track: int, told: tuple[Told, ...], zero: int, start: int, end: int
    ) -> Iterator[Sentence]:
        """Yield the sentences of a chapter; each ends where the next begins, the last with the chapter.

        `zero` is the sample of the book at which the track begins, `start` and `end` those of the chapter.
        """
        groups = list(_by_sentence(told))
        begins = [self._ms(start - zero), *(self._ms(group[0].cue.start - zero) for group in groups[1:])]
        ends = [*begins[1:], self._ms(end - zero)]
        for group, begin_ms, end_ms in zip(groups, begins, ends, strict=True):
            first, last = group[0], group[-1]
            yield Sentence(
                place=_place(self.plan.chapters[first.position], first),
                start=first.chunk.start + first.start,
                end=last.chunk.start + last.end,
                track=track,
                begin_ms=begin_ms,
                end_ms=end_ms,
                words=tuple((offset, self._ms(at - zero)) for each in group for offset, at in _words(each)),
            )

    def _ms(self, n_samples: int) -> int:
        return to_ms(n_samples, self.spec.rate_in_hz)


def _together(spans: Mapping[int, tuple[int, int]], short: int) -> Iterator[tuple[int, ...]]:
    """Yield the chapters of each track: neighbours, until they last `short` samples."""
    group: list[int] = []
    for position in spans:
        if group and (group[-1] != position - 1 or spans[group[-1]][1] - spans[group[0]][0] >= short):
            yield tuple(group)
            group = []
        group.append(position)
    if group:
        yield tuple(group)


def _by_sentence(told: tuple[Told, ...]) -> Iterator[tuple[Told, ...]]:
    """Join the parts of sentences that are too long to be said in one go."""
    group: list[Told] = []
    for each in told:
        if group and not _goes_on(group[-1], each):
            yield tuple(group)
            group = []
        group.append(each)
    if group:
        yield tuple(group)


def _goes_on(before: Told, after: Told) -> bool:
    return (
        before.chunk.block == after.chunk.block
        and before.end == len(before.chunk.text)
        and after.start == 0
        and before.chunk.boundary in _WITHIN_SENTENCE
    )


def _place(planned: PlannedChapter, told: Told) -> Place:
    block = planned.chapter.blocks[told.chunk.block]
    return block.place or place_of(planned.chapter, told.chunk.block)


def _words(told: Told) -> Iterator[tuple[int, int]]:
    """Yield (offset in Block.text, sample) where each word begins."""
    text = told.chunk.text[told.start : told.end]
    offset = told.chunk.start + told.start + len(text) - len(text.lstrip())
    for word in told.cue.words:
        yield offset, word.start
        offset += len(word.text)
