"""The user's own readings: a TOML file of words and phrases, checked with clear errors.

    [words]
    Hermione = "her-MY-oh-nee"                        # respelling, stress in capitals
    Beauchamp = { arpabet = "B IY1 CH AH0 M" }
    Nguyen = { ipa = "wɪn", comment = "the author's family" }
    "重庆" = { pinyin = "chong2 qing4" }
    Reading = { ipa = "ˈrɛdɪŋ", case = true, language = "en" }

Knows nothing of where the file lies or of books.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ttsbook.errors import InputError, UsageError
from ttsbook.files import read_small
from ttsbook.symbols import SYMBOL_IDS
from ttsbook.text.g2p.arpabet import CONSONANTS, VOWELS, from_arpabet
from ttsbook.text.g2p.derive import plural
from ttsbook.text.g2p.ipa import from_ipa
from ttsbook.text.g2p.pinyin import from_pinyin, with_digits
from ttsbook.text.g2p.respelling import read_respelling
from ttsbook.text.normalize.rewrite import Claim
from ttsbook.text.script import LATIN

_READINGS = ("respelling", "arpabet", "ipa", "pinyin")
_OPTIONS = (*_READINGS, "case", "language", "comment")
_POSSESSIVE = re.compile(f"['’]s(?![{LATIN}0-9])")
_OWN_SIGN = re.compile("[A-Zᵊᵻ↓→↗↘]")  # of the program's notation (`ttsbook say`); no IPA has them
_MAX_BYTES = 4 << 20  # a lexicon is written by hand


@dataclass(frozen=True, slots=True)
class Entry:
    """One word or phrase and its reading."""

    written: str
    phonemes: str
    case: bool = False  # True: only exactly as written
    language: str = ""  # "en" or "zh": only in chunks of that language; "" = both
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A checked set of entries, longest first."""

    entries: tuple[Entry, ...]
    _pattern: re.Pattern[str] = field(repr=False, compare=False)
    _by_folded: Mapping[str, tuple[Entry, ...]] = field(repr=False, compare=False)

    @classmethod
    def of(cls, entries: tuple[Entry, ...]) -> Lexicon:
        """Return a lexicon; where two entries fit, the longer one wins, then the one with narrower limits."""
        by_folded: dict[str, tuple[Entry, ...]] = {}
        for entry in sorted(entries, key=lambda entry: (not entry.case, not entry.language)):
            key = _plain(entry.written).lower()
            by_folded[key] = (*by_folded.get(key, ()), entry)
        longest_first = sorted(by_folded, key=lambda key: (-len(key), key))
        alternatives = "|".join(_bounded(key) for key in longest_first)
        return cls(entries, re.compile(alternatives or r"(?!)", re.IGNORECASE), by_folded)

    def find(self, text: str, language: str) -> list[Claim]:
        """Return a claim for each place in `text` where an entry applies."""
        claims, at = [], 0
        while match := self._pattern.search(text, at):
            entry = self._applying(_plain(match.group()), language)
            if entry is not None:
                claims.append(_claim(text, match, entry))
            # A longer entry that does not apply must not hide a shorter one inside it.
            at = match.end() if entry is not None else match.start() + 1
        return claims

    def _applying(self, printed: str, language: str) -> Entry | None:
        """Return the entry for a phrase as it is printed, in the language of the text around it."""
        for entry in self._by_folded.get(printed.lower(), ()):
            if (not entry.case or printed == _plain(entry.written)) and entry.language in ("", language):
                return entry
        return None


def _claim(text: str, match: re.Match[str], entry: Entry) -> Claim:
    """Return the claim of an entry; a possessive s after it belongs to the word."""
    end, phonemes = match.end(), entry.phonemes
    if _POSSESSIVE.match(text, end):
        end, phonemes = end + 2, plural(phonemes)
    return Claim(match.start(), end, text[match.start() : end], "lexicon", phonemes)


def _plain(written: str) -> str:
    """Return a phrase with the apostrophe and the spaces of a typewriter: print has others."""
    return " ".join(written.replace("’", "'").split())


def _bounded(written: str) -> str:
    """Return a pattern of a phrase that matches whole words; Chinese has no word borders to keep."""
    pattern = re.escape(written).replace(r"\ ", r"\s+").replace("'", "['’]")
    before = f"(?<![{LATIN}0-9])" if re.match(f"[{LATIN}0-9]", written) else ""
    after = f"(?![{LATIN}0-9])" if re.search(f"[{LATIN}0-9]$", written) else ""
    return f"{before}{pattern}{after}"


def read_lexicon(path: Path | str) -> Lexicon:
    """Read and check a lexicon file.

    Raises:
        InputError: the file cannot be read or is not TOML.
        UsageError: an entry is wrong; the message names the entry and what is allowed.
    """
    return parse_lexicon(read_small(Path(path), _MAX_BYTES, "the lexicon"), str(path))


def parse_lexicon(data: bytes, source: str) -> Lexicon:
    """Check the bytes of a lexicon; `source` names it in errors."""
    table = _load_toml(data, source)
    for key in table:
        if key != "words":
            raise UsageError(
                f"{source}: unknown section or key {key!r}", 'entries stand under the heading "[words]"'
            )
    words = table.get("words", {})
    if not isinstance(words, dict):
        raise UsageError(f"{source}: words must be a table", 'write "[words]" on a line of its own')
    entries = tuple(_entry(written, value, source) for written, value in words.items())
    _check_contradictions(entries, source)
    return Lexicon.of(entries)


def _check_contradictions(entries: tuple[Entry, ...], source: str) -> None:
    """Refuse two readings for the same word: one of them would never be heard."""
    seen: dict[tuple[str, bool, str], Entry] = {}
    for entry in entries:
        word = _plain(entry.written)
        key = (word if entry.case else word.lower(), entry.case, entry.language)
        first = seen.setdefault(key, entry)
        if first.phonemes != entry.phonemes:
            raise UsageError(
                f"{source}: {first.written!r} and {entry.written!r} are one word with two readings",
                "leave one out, or give one of them case = true: it then holds only as it is written",
            )


def _load_toml(data: bytes, source: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # also numbers of thousands of digits, and brackets
        hint = 'an entry is a line such as "St. John" = "SIN-jun", with both sides in quotes'
        hint = "save it as UTF-8" if isinstance(error, UnicodeDecodeError) else hint
        raise InputError(f"{source} is not a TOML file in UTF-8: {error}", hint) from error


def _entry(written: str, value: object, source: str) -> Entry:
    where = f"{source}: entry {written!r}"
    if not written.strip():
        raise UsageError(f"{where} has no text")
    options = {"respelling": value} if isinstance(value, str) else value
    if not isinstance(options, dict):
        raise UsageError(f"{where} must be text or a table", 'for example: Hermione = "her-MY-oh-nee"')
    for key in options:
        if key not in _OPTIONS:
            raise UsageError(f"{where}: unknown key {key!r}", _nearest(key, _OPTIONS))
    given = [key for key in _READINGS if key in options]
    if len(given) != 1:
        raise UsageError(
            f"{where} needs exactly one reading, has {len(given)}", f"one of {', '.join(_READINGS)}"
        )
    reading = options[given[0]]
    if not isinstance(reading, str) or not reading.strip():
        raise UsageError(f"{where}: {given[0]} must be text")
    case, language, comment = (
        options.get("case", False),
        options.get("language", ""),
        options.get("comment", ""),
    )
    if not isinstance(case, bool):
        raise UsageError(f"{where}: case must be true or false")
    if language not in ("", "en", "zh"):
        raise UsageError(f"{where}: language is {language!r}", 'it can be "en" or "zh"')
    return Entry(written, _phonemes(given[0], reading.strip(), where), case, language, str(comment))


def _phonemes(kind: str, reading: str, where: str) -> str:
    """Turn a reading into symbols, or say which part of it is wrong."""
    if kind == "ipa":
        return _from_own_signs(reading, where) if _OWN_SIGN.search(reading) else _from_ipa(reading, where)
    if kind == "arpabet":
        reading = reading.upper()
        for phone in reading.split():
            try:
                from_arpabet(phone)
            except KeyError as error:
                raise UsageError(
                    f"{where}: {phone!r} is not ARPAbet", _nearest(phone, (*CONSONANTS, *VOWELS))
                ) from error
        return from_arpabet(reading)
    if kind == "pinyin":
        try:
            return _from_pinyin(with_digits(reading))
        except ValueError as error:
            raise UsageError(
                f"{where}: {error}", 'write syllables with tone digits or marks: "chong2 qing4", "chóng qìng"'
            ) from error
    try:
        return read_respelling(reading)
    except ValueError as error:
        raise UsageError(
            f"{where}: {error}", 'write syllables with hyphens, the stressed one in capitals: "her-MY-oh-nee"'
        ) from error


def _from_pinyin(reading: str) -> str:
    if " " in reading and not re.search(r"\d", reading):
        raise ValueError(f"{reading!r} has no tones")
    return "".join(map(from_pinyin, reading.split()))


def _from_own_signs(reading: str, where: str) -> str:
    symbols = reading.replace("'", "ˈ").replace("g", "ɡ").replace("r", "ɹ")
    wrong = [symbol for symbol in symbols if symbol not in SYMBOL_IDS]
    if wrong:
        allowed = "".join(symbol for symbol in SYMBOL_IDS if symbol.strip())
        raise UsageError(f"{where}: the voice has no symbol {wrong[0]!r}", f"allowed: {allowed}")
    return symbols


def _from_ipa(reading: str, where: str) -> str:
    try:
        symbols = from_ipa(reading)
        if not symbols:
            raise ValueError(f"{reading!r} has no sound")
    except ValueError as error:
        raise UsageError(
            f"{where}: {error}", 'write IPA as dictionaries do, such as "hɜːˈmaɪ.ə.ni"'
        ) from error
    return symbols


def _nearest(word: str, choices: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"allowed: {', '.join(choices)}"
