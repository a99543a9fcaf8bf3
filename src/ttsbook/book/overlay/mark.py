"""Sentences into a content document: each gets an element with an id, and nothing of the document is lost.

A sentence that begins or ends inside an element ("<i>One. Two</i> three.") cannot be one element; it is
marked in pieces, and each piece has its own stretch of the sound, cut where its first word begins.
Knows nothing of archives or SMIL.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from ttsbook.book.document import Trace
from ttsbook.book.inline import Part
from ttsbook.book.markup import Element, local_name
from ttsbook.book.overlay.narration import Par, Sentence
from ttsbook.book.overlay.rebuild import XHTML, Cut, wrap
from ttsbook.book.printed import is_visible
from ttsbook.book.rules import BLOCK_TAGS
from ttsbook.types import Block


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters [start, end) of one part; `first` and `last` count visible characters of the block."""

    part: Part
    start: int
    end: int
    first: int
    last: int
    shown: Sequence[int] = ()  # where the visible characters of the whole part stand

    @property
    def element(self) -> Element:
        return self.part.element

    @property
    def container(self) -> Element:
        """Return the element whose content the characters, or the image that stands for them, are."""
        return self.element.getparent() if self.part.tail or self.part.added else self.element


@dataclass(frozen=True, slots=True)
class _Fragment:
    """Pieces that one element can hold."""

    container: Element
    pieces: tuple[_Piece, ...]


def mark_document(
    root: Element, blocks: Sequence[Block], traces: Sequence[Trace], sentences: Sequence[Sentence]
) -> tuple[Par, ...]:
    """Put an element around each sentence, in place, and return them in reading order.

    Args:
        root: of the document.
        blocks: of the document.
        traces: of each block.
        sentences: that stand in it, in reading order.
    """
    names = _new_ids(root)
    pars: list[Par] = []
    cuts: defaultdict[Element, list[Cut]] = defaultdict(list)
    for index, group in groupby(sentences, key=lambda sentence: sentence.place.index):
        pieces = tuple(_pieces(traces[index]))
        counts = _visible_counts(blocks[index].text)
        for sentence in group:
            own = tuple(_cut(pieces, counts[sentence.start], counts[sentence.end]))
            fragments = list(_fragments(own, pieces)) if own else []
            times = _times(sentence, counts, fragments)
            for fragment, (begin_ms, end_ms) in zip(fragments, times, strict=True):
                id = _id_of(fragment, names, cuts)
                if begin_ms < end_ms:
                    pars.append(Par(id, sentence.track, begin_ms, end_ms))
    for container, own_cuts in cuts.items():
        wrap(container, own_cuts)
    return tuple(pars)


def scope_id(root: Element) -> str:
    """Return the id of the body; give it one if it has none."""
    body = next((child for child in root.iterchildren() if local_name(child) == "body"), root)
    if not body.get("id"):
        body.set("id", next(_new_ids(root)))
    return str(body.get("id"))


def _new_ids(root: Element) -> Iterator[str]:
    """Yield ids that the document does not use."""
    used = {element.get("id") for element in root.iter()}
    number = 0
    while True:
        number += 1
        if (name := f"said{number}") not in used:
            yield name


def _pieces(trace: Trace) -> Iterator[_Piece]:
    """Yield the parts of a block; characters of the block before `trace.first` have negative counts."""
    count = -trace.first
    for part in trace.parts:
        shown = array("L", (at for at, character in enumerate(part.text) if is_visible(character)))
        if part.element is not None:
            yield _Piece(part, 0, len(part.text), count, count + len(shown), shown)
        count += len(shown)


def _visible_counts(text: str) -> Sequence[int]:
    """Return how many visible characters stand before each place of a text."""
    return array("L", accumulate(map(is_visible, text), initial=0))


def _cut(pieces: Sequence[_Piece], first: int, last: int) -> Iterator[_Piece]:
    """Yield what of the pieces lies in the visible characters [first, last)."""
    begin = bisect_right(pieces, first, key=lambda piece: piece.last)
    for piece in pieces[begin:]:
        if piece.first >= last:
            break
        low, high = max(first, piece.first), min(last, piece.last)
        if low >= high:
            continue
        if piece.part.added:  # an image is in the sentence as a whole
            yield piece
            continue
        start, end = piece.shown[low - piece.first], piece.shown[high - piece.first - 1] + 1
        yield _Piece(piece.part, start, end, low, high)


def _fragments(own: Sequence[_Piece], block: Sequence[_Piece]) -> Iterator[_Fragment]:
    """Yield the fewest fragments that hold the pieces of a sentence, in order."""
    common = _common_container([piece.container for piece in own])
    children = [_child_holding(common, piece) for piece in own]
    # Text and whole children next to one another go into one; a child that is parted is looked into.
    parted = [None if child is None or _is_covered(child, own, block) else child for child in children]
    for child, group in groupby(zip(own, parted, strict=True), key=lambda pair: pair[1]):
        pieces = tuple(piece for piece, _ in group)
        if child is None or pieces[0].container is common:
            yield _Fragment(common, pieces)
        else:
            yield from _fragments(pieces, block)


def _common_container(containers: Sequence[Element]) -> Element:
    paths = [[*reversed(list(container.iterancestors())), container] for container in containers]
    common = paths[0][0]
    for level in zip(*paths, strict=False):
        if any(element is not level[0] for element in level):
            break
        common = level[0]
    return common


def _child_holding(container: Element, piece: _Piece) -> Element | None:
    """Return the child of `container` that a piece is in; None for text of the container itself."""
    inner = piece.element if piece.part.added else piece.container
    if inner is container:
        return None
    while inner.getparent() is not container:
        inner = inner.getparent()
    return inner


def _is_covered(child: Element, own: Sequence[_Piece], block: Sequence[_Piece]) -> bool:
    """Return whether all that a child shows belongs to the sentence, so that a span may hold it."""
    if any(local_name(element) in BLOCK_TAGS for element in child.iter()):
        return False
    return _n_inside(child, own) == _n_inside(child, block)


def _n_inside(element: Element, pieces: Sequence[_Piece]) -> int:
    def inside(piece: _Piece) -> bool:
        inner = piece.element if piece.part.added else piece.container
        return inner is element or any(ancestor is element for ancestor in inner.iterancestors())

    return sum(piece.last - piece.first for piece in pieces if inside(piece))


def _times(
    sentence: Sentence, counts: Sequence[int], fragments: Sequence[_Fragment]
) -> Iterator[tuple[int, int]]:
    """Yield (begin, end) of each fragment: without words that tell, by the share of the characters."""
    first, last = counts[sentence.start], counts[sentence.end]
    words = [(counts[offset], ms) for offset, ms in sentence.words]
    begins = [sentence.begin_ms]
    for fragment in fragments[1:]:
        at = fragment.pieces[0].first
        share = (at - first) / max(1, last - first)
        guess = sentence.begin_ms + round(share * (sentence.end_ms - sentence.begin_ms))
        offset, told = next((word for word in words if word[0] >= at), (last, sentence.end_ms))
        begin_ms = told if offset < fragment.pieces[-1].last else min(guess, told)  # else inside a word
        begins.append(min(max(begins[-1], begin_ms), sentence.end_ms))
    yield from pairwise([*begins, sentence.end_ms] if fragments else [])


def _id_of(fragment: _Fragment, names: Iterator[str], cuts: dict[Element, list[Cut]]) -> str:
    """Return the id of the element that will hold a fragment, and note what has to be cut for it."""
    container, first = fragment.container, fragment.pieces[0]
    alone = first.element if len(fragment.pieces) == 1 and first.part.added else None
    foreign = alone is None and container.tag != f"{{{XHTML}}}{local_name(container)}"
    marked = container if foreign else alone
    if marked is not None:  # an image, or text that no span may stand in (SVG, MathML)
        if not marked.get("id"):
            marked.set("id", next(names))
        return str(marked.get("id"))
    name = next(names)
    children = {
        id(child): child
        for piece in fragment.pieces
        if (child := _child_holding(container, piece)) is not None
    }
    cuts[container] += [
        Cut(name, piece.element, piece.part.tail, piece.start, piece.end)
        for piece in fragment.pieces
        if not piece.part.added and piece.container is container
    ]
    cuts[container] += [Cut(name, child, None, 0, 0) for child in children.values()]
    return name
