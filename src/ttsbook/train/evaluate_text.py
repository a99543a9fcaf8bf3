"""Text files → what is read out to judge a voice, and which paragraphs are kept for that.

An eighth of all paragraphs, chosen by the hash of their words, is never given to the teacher. So the
same texts judge every model, however much speech was made in between.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ttsbook.book import read_book
from ttsbook.errors import InputError, MissingError
from ttsbook.text.sentence import split_sentences
from ttsbook.types import BlockKind

HELD_OUT_OF = 8  # one paragraph of so many
_HAN = re.compile("[\u4e00-\u9fff]")
# Digits, abbreviations and foreign letters have several right readings: no recogniser can judge them.
_PLAIN = {
    "en": re.compile(r"[A-Za-z'’\"“”‘,;:?!.—\s-]+"),
    "zh": re.compile("[\u4e00-\u9fff，。；：？！、“”‘’…—\\s]+"),
}
_ABBREVIATION = re.compile(r"[A-Z]{2}|\b[A-Z]\.|\b(?:Mr|Mrs|Dr|St|Ms|Esq|Col|Sr|Jr)\b")
_WORD = {"en": re.compile(r"[A-Za-z][A-Za-z’'-]*"), "zh": _HAN}


@dataclass(frozen=True, slots=True)
class Length:
    """Bounds in words, or in characters of Chinese."""

    sentence: tuple[int, int]
    clip: tuple[int, int]


LENGTHS = {"en": Length((8, 20), (18, 32)), "zh": Length((15, 40), (27, 50))}  # 6-12 s


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a text file."""

    text: str
    language: str


def read_paragraphs(files: Iterable[Path]) -> Iterator[Paragraph]:
    """Yield the paragraphs of books of any format, in order."""
    for file in files:
        for chapter in read_book(file).chapters:
            for block in chapter.blocks:
                if block.kind is BlockKind.PARAGRAPH and block.text:
                    chinese = len(_HAN.findall(block.text)) * 4 > len(block.text)
                    yield Paragraph(block.text, "zh" if chinese else "en")


def is_held_out(paragraph: str) -> bool:
    """Return whether a paragraph is kept for judging; spaces and punctuation do not matter."""
    return hashlib.sha256(squeeze(paragraph).encode()).digest()[0] % HELD_OUT_OF == 0


def squeeze(text: str) -> str:
    """Return the letters and digits of a text alone, in lower case."""
    return "".join(c for c in text.lower() if c.isalnum())


def select_texts(
    files: Sequence[Path], language: str, count: int | None = None, *, trained: Sequence[str] = ()
) -> list[str]:
    """Choose texts of 6 to 12 s; the same files give the same texts in the same order.

    Args:
        count: how many; all if not given.
        trained: texts that training has heard; what holds one of their sentences is left out.

    Raises:
        InputError: the files hold fewer.
    """
    heard = "\n".join(squeeze(text) for text in trained)
    found = {
        text
        for paragraph in read_paragraphs(files)
        if paragraph.language == language and is_held_out(paragraph.text)
        for text in _runs(paragraph.text, language, heard)
    }
    if count is not None and len(found) < count:
        raise InputError(
            f"the texts hold {len(found)} passages in {language!r} that training never saw, not {count}",
            "name more text files, or lower --count",
        )
    return sorted(found, key=lambda text: hashlib.sha256(text.encode()).digest())[:count]


def read_trained(folders: Iterable[Path]) -> list[str]:
    """Return the texts of teacher folders.

    Raises:
        MissingError: a folder has no `meta.jsonl`.
    """
    texts = []
    for folder in folders:
        meta = folder / "meta.jsonl"
        if not meta.is_file():
            raise MissingError(f"{meta} is missing", "--trained takes folders of teacher speech")
        texts += [json.loads(line)["text"] for line in meta.read_text("utf-8").splitlines()]
    return texts


def _runs(paragraph: str, language: str, heard: str) -> Iterator[str]:
    """Join neighbouring sentences that fit until a clip is long enough."""
    length, run = LENGTHS[language], ""
    for start, end in split_sentences(paragraph):
        sentence = paragraph[start:end]
        fits = _fits(sentence, language) and squeeze(sentence) not in heard
        joined = run + sentence
        if not fits or _n_words(joined, language) > length.clip[1]:
            run = sentence if fits else ""
        else:
            run = joined
        if _n_words(run, language) >= length.clip[0]:
            yield " ".join(run.split())
            run = ""


def _fits(sentence: str, language: str) -> bool:
    least, most = LENGTHS[language].sentence
    plain = _PLAIN[language].fullmatch(sentence) and not _ABBREVIATION.search(sentence)
    balanced = sentence.count("“") == sentence.count("”")
    return bool(plain) and balanced and least <= _n_words(sentence, language) <= most


def _n_words(text: str, language: str) -> int:
    return len(_WORD[language].findall(text))
