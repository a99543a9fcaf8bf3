"""A file or standard input -> Book, in a format recognised by the content, then by the suffix."""

from __future__ import annotations

import io
import stat
from pathlib import Path

from ttsbook.book.draft import finish
from ttsbook.book.encoding import decode, looks_binary
from ttsbook.book.epub import read_epub
from ttsbook.book.foreign import refuse_foreign, refuse_foreign_text
from ttsbook.book.gutenberg import read_header
from ttsbook.book.hypertext import is_html, read_html
from ttsbook.book.markdown import is_markdown, read_markdown
from ttsbook.book.plain import read_plain
from ttsbook.book.printed import remove_controls
from ttsbook.book.wrap import IsWord
from ttsbook.errors import InputError
from ttsbook.files import sha256_bytes, sha256_file
from ttsbook.types import Book, Skipped

_MAX_TEXT_BYTES = 64 << 20  # ten times the longest novels
_MAX_EPUB_BYTES = 2 << 30  # with pictures; read in pieces
_MAX_PIPED_EPUB_BYTES = 512 << 20  # in memory


def _is_unknown(_word: str) -> bool:
    return False


def read_book(path: Path, is_word: IsWord = _is_unknown) -> Book:
    """Read an EPUB, Markdown, HTML or plain text file.

    Args:
        path: of the file.
        is_word: tells whether a dictionary has a lower-case word: line ends part words after a hyphen.

    Raises:
        InputError: the file cannot be read, or holds nothing to read out.
    """
    try:
        if path.is_dir():
            raise InputError(f"cannot read {path}: it is a folder", "name the book files in it")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe gives its bytes only once, a device may have no end
            return read_stream(_read_pipe(path), str(path), is_word)
        size = status.st_size
        with open(path, "rb") as handle:
            head = handle.read(4096)
        refuse_foreign(head, str(path))
        if head.startswith(b"PK"):
            _check_size(size, _MAX_EPUB_BYTES, str(path))
            return read_epub(path, source=str(path), sha256=sha256_file(path))
        _check_size(size, _MAX_TEXT_BYTES, str(path))
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}", "check the path") from error
    return _read_text(data, str(path), path.suffix.lower(), path.stem, is_word)


def read_stream(data: bytes, source: str = "-", is_word: IsWord = _is_unknown) -> Book:
    """Read a book whose bytes came from standard input or a pipe.

    Raises:
        InputError: the bytes are not a book, or hold nothing to read out.
    """
    refuse_foreign(data[:4096], source)
    if data.startswith(b"PK"):
        return read_epub(io.BytesIO(data), source=source, sha256=sha256_bytes(data))
    _check_size(len(data), _MAX_TEXT_BYTES, source)
    return _read_text(data, source, "", "", is_word)


def _read_pipe(path: Path) -> bytes:
    with open(path, "rb") as handle:
        head = handle.read(4096)
        limit = _MAX_PIPED_EPUB_BYTES if head.startswith(b"PK") else _MAX_TEXT_BYTES
        data = head + handle.read(limit)
    _check_size(len(data), limit, str(path))
    return data


def _read_text(data: bytes, source: str, suffix: str, stem: str, is_word: IsWord) -> Book:
    if looks_binary(data):
        raise InputError(
            f"cannot read {source}: neither an EPUB nor text in a known encoding",
            "ttsbook reads EPUB, plain text, Markdown and HTML; convert other formats first",
        )
    decoded = decode(data)
    text, n_controls = remove_controls(decoded.text.replace("\x1a", ""))
    repairs = (*decoded.repairs, *([f"{n_controls} control characters removed"] if n_controls else []))
    if is_html(text, suffix):
        drafts, metadata = read_html(text, stem)
    else:
        refuse_foreign_text(text, source)
        if is_markdown(text, suffix):
            drafts, metadata = read_markdown(text, stem)
        else:
            metadata = read_header(text)
            drafts = read_plain(text, title=metadata.title or stem, is_word=is_word)
    chapters, outside = finish(drafts)
    if not chapters:
        raise InputError(f"nothing to read in {source}: {_what_is_there(text, outside)}", "check the file")
    return Book(
        source=source,
        sha256=sha256_bytes(data),
        metadata=metadata,
        chapters=chapters,
        skipped=outside,
        repairs=repairs,
    )


def _what_is_there(text: str, outside: tuple[Skipped, ...]) -> str:
    if not text.strip():
        return "the file is empty"
    reasons = sorted({item.reason for item in outside})
    return f"all text is skipped ({', '.join(reasons)})" if reasons else "no letters or digits in the file"


def _check_size(size: int, limit: int, source: str) -> None:
    if size > limit:
        raise InputError(
            f"cannot read {source}: {size >> 20} MB, more than the {limit >> 20} MB that can be read",
            "split the file into books",
        )
