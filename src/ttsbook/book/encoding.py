"""Bytes of unknown encoding -> text, with a statement of everything that was guessed or lost.

Order of trust: byte order mark, UTF-16 by its zero bytes, strict UTF-8, UTF-8 with a few bad bytes,
then the encoding whose result looks most like a language. What comes out as a control character of
Latin-1 was one of Windows-1252: quotation marks, dashes. Knows nothing of books.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# East Asian encodings accept almost any bytes, so they are told apart by how much of the result is
# the commonest characters of the language: right guesses reach a third and more, wrong ones hardly any.
_CHINESE = frozenset(
    "的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得"
    "于於着著下自之年过過发發后後作里裡道去行所然家种事成方多经經么麼小心，。、“”「」：；！？…《》　"
)
_JAPANESE = frozenset(
    "のにをはたがでてとしれさいもなるからっこうあくりまおよすきん、。「」ー　アイスルンラトリク"
)
_KOREAN = frozenset("이다는을를의에가고하은로지한도기그사나리어인서자있일시대아수해")
_EAST_ASIAN = (
    ("gb18030", _CHINESE),
    ("big5hkscs", _CHINESE),
    ("cp932", _JAPANESE),
    ("euc_jp", _JAPANESE),
    ("cp949", _KOREAN),
    ("utf-16-le", _CHINESE | _JAPANESE),  # without a mark, and without the zeros of ASCII
    ("utf-16-be", _CHINESE | _JAPANESE),
)
_SMALL = (
    "cp1252",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1250",
    "cp437",
    "mac_roman",
)
_SAMPLE_BYTES = 400_000  # enough to tell encodings apart; keeps huge files quick
_MIN_COMMON = 0.12  # share of the non-ASCII characters
_MAX_BAD_SHARE = 0.02  # of the non-ASCII characters: above this the text is not UTF-8
_MAX_CONTROL_SHARE = 0.02
# With these any bytes make a text, so that their names prove nothing where the bytes are UTF-8.
_ONE_BYTE = ("iso8859-", "cp125", "koi8-", "mac-")
_WINDOWS = {
    place: character
    for place in range(0x80, 0xA0)
    if (character := bytes((place,)).decode("cp1252", errors="ignore"))
}
_CONTROL = re.compile(f"[{''.join(map(chr, _WINDOWS))}]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was read with, and what was wrong with the bytes."""

    text: str
    encoding: str
    repairs: tuple[str, ...] = ()


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    """Decode `data`; `declared` is what a document says of itself, believed only if it fits."""
    decoded = _decode(data, declared)
    n_controls = len(_CONTROL.findall(decoded.text))
    if not n_controls:
        return decoded
    note = f"{n_controls} control characters read as those that Windows-1252 has in their place"
    return Decoded(decoded.text.translate(_WINDOWS), decoded.encoding, (*decoded.repairs, note))


def _decode(data: bytes, declared: str | None) -> Decoded:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _lenient(data[len(mark) :], encoding)
    utf16 = _utf16_by_zeros(data)
    if utf16 is not None:
        return _lenient(data, utf16)
    if declared is not None and _has_one_byte(declared) and not data.isascii():
        utf8 = _mostly_utf8(data)
        if utf8 is not None:
            return Decoded(utf8.text, utf8.encoding, (_wrong_declaration(declared, "utf-8"), *utf8.repairs))
    for candidate in dict.fromkeys((declared or "utf-8", "utf-8")):
        text = _strict(data, candidate)
        if text is not None:
            fits = declared is None or _same(candidate, declared)
            return Decoded(text, candidate, () if fits else (_wrong_declaration(declared, candidate),))
    decoded = _mostly_utf8(data) or _by_language(data)
    if declared is not None and not _same(decoded.encoding, declared):
        return Decoded(
            decoded.text, decoded.encoding, (_wrong_declaration(declared, decoded.encoding), *decoded.repairs)
        )
    return decoded


def looks_binary(data: bytes) -> bool:
    """Return whether bytes are not text in any encoding that this module reads."""
    head = data[:65536]
    if any(head.startswith(mark) for mark, _ in _BYTE_ORDER_MARKS) or _utf16_by_zeros(head):
        return False
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1a\x1b" for byte in head)
    if controls <= _MAX_CONTROL_SHARE * len(head):
        return False
    return not any(
        _common_share(head, encoding, common) >= _MIN_COMMON
        for encoding, common in _EAST_ASIAN
        if encoding.startswith("utf-16")
    )


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None
    except AssertionError:  # some codecs of the standard library assert instead of raising
        return None


def _lenient(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    lost = text.count("\ufffd") - _strict_replacements(data, encoding)
    repairs = (
        (f"{lost} undecodable places in {encoding.upper()} text are marked with U+FFFD",) if lost else ()
    )
    return Decoded(text, encoding, repairs)


def _strict_replacements(data: bytes, encoding: str) -> int:
    """Count the U+FFFD that were in the file already."""
    return data.decode(encoding, errors="ignore").count("\ufffd")


def _utf16_by_zeros(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark: text with many ASCII letters has a zero in every other byte."""
    head = data[:4096]
    if len(head) < 4 or len(data) % 2:
        return None
    pairs = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.3 * pairs and even < 0.02 * pairs:
        return "utf-16-le"
    if even > 0.3 * pairs and odd < 0.02 * pairs:
        return "utf-16-be"
    return None


def _mostly_utf8(data: bytes) -> Decoded | None:
    decoded = _lenient(data, "utf-8")
    foreign = sum(character > "\x7f" for character in decoded.text)
    bad = decoded.text.count("\ufffd")
    return decoded if bad <= _MAX_BAD_SHARE * foreign else None


def _by_language(data: bytes) -> Decoded:
    """Try the East Asian encodings, then leave the choice among the small ones to charset-normalizer."""
    sample = data[:_SAMPLE_BYTES]
    scored = [(_common_share(sample, encoding, common), encoding) for encoding, common in _EAST_ASIAN]
    share, encoding = max(scored, key=lambda pair: pair[0])
    if share < _MIN_COMMON:
        encoding = _western(sample)
    decoded = _lenient(data, encoding)
    return Decoded(decoded.text, encoding, (f"encoding recognised as {encoding.upper()}", *decoded.repairs))


def _common_share(sample: bytes, encoding: str, common: frozenset[str]) -> float:
    text = sample.decode(encoding, errors="replace")
    foreign = [character for character in text if character > "\x7f"]
    if not foreign:
        return 0.0
    bad = foreign.count("\ufffd")
    if bad > 1 + _MAX_BAD_SHARE * len(foreign):
        return 0.0
    return sum(character in common for character in foreign) / len(foreign)


def _western(sample: bytes) -> str:
    """Choose among the encodings of one byte per character."""
    # Accented letters inside words and curly quotes: nearly always the Windows code page.
    if 3 * len(re.findall(rb"[\x80-\xff]", sample)) <= len(re.findall(rb"[A-Za-z]", sample)):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample[:100_000], cp_isolation=list(_SMALL)).best()
    return best.encoding if best is not None else "cp1252"


def _same(first: str | None, second: str | None) -> bool:
    try:
        names = {codecs.lookup(str(name)).name for name in (first, second)}
    except LookupError:
        return False
    return len(names) == 1


def _has_one_byte(encoding: str) -> bool:
    """Return whether an encoding has one byte for each character."""
    try:
        return codecs.lookup(encoding).name.startswith(_ONE_BYTE)
    except LookupError:
        return False


def _wrong_declaration(declared: str | None, used: str) -> str:
    return f"declares the encoding {declared}, which does not fit; read as {used.upper()}"
