"""Spoken words to the phonemes of one chunk: each word in its language, marks as the voice knows them.

English and Mandarin punctuation differ because the voice learned them so: English has no quotes,
Mandarin keeps straight ones; a dash or an ellipsis between words is a comma in both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from ttsbook.text.breaths import breaths_in
from ttsbook.text.g2p.british import begins_with_vowel, british_word, drop_r
from ttsbook.text.g2p.english import LETTER_NAMES, pronounce_word, spell_letters
from ttsbook.text.g2p.heteronym import choose_reading, is_heteronym
from ttsbook.text.g2p.mandarin import pronounce_run
from ttsbook.text.g2p.pinyin import from_pinyin
from ttsbook.text.g2p.toned import read_toned
from ttsbook.text.script import HAN, LATIN
from ttsbook.text.stutter import broken_off, find_stutters
from ttsbook.text.tables import read_map, read_words

# An apostrophe before a word belongs to it if it is clipped: 'em, and ’ouse, where a quote would be ‘ouse.
_CLIPPED = r"(?:(?<![\w'’])(?:['’](?=(?i:em|cause|co[sz]|n|twere|twould|twill|gainst)\b)|’(?=[AEIOUaeiou])))?"
_TOKEN = re.compile(
    f"(?P<word>{_CLIPPED}[{LATIN}][{LATIN}\u0300-\u036f]*(?:['’][{LATIN}][{LATIN}\u0300-\u036f]*)*['’]?)"
    f"|(?P<han>[{HAN}]+)"
    r"|(?P<mark>\.{2,}|[^\w\s])"
    r"|(?P<other>\w)"
)
# English: what a mark becomes; marks that are not here are silent.
_EN_MARKS = {
    ",": ",", ".": ".", "!": "!", "?": "?", ";": ";", ":": ":", "—": ",", "–": ",", "―": ",", "⸺": ",",
    "…": ",", "，": ",", "、": ",", "。": ".", "！": "!", "？": "?", "；": ";", "：": ":", "‽": "?",
}  # fmt: skip
_ZH_MARKS = {
    ",": ", ", ".": ". ", "!": "! ", "?": "? ", ";": "; ", ":": ": ", "—": "—", "―": "—", "⸺": "—",
    "…": "…", "，": ", ", "、": ", ", "。": ". ", "．": ". ", "！": "! ", "？": "? ", "；": "; ", "：": ": ",
    '"': '"', "–": "—",
}  # fmt: skip
# Mandarin: the voice learned dash and ellipsis without a pause; between words they are commas, and nothing
# beside another mark. At the end they hold the pitch up, as they should.
_INNER_DASH = re.compile(r" ?[—…](?:[—… ]*[—…])? ?(?=.*\w)")
_INNER_DASH_AT_MARK = re.compile(r'(^"|[,.!?;:]) ?[—…]+ ?(?=.*\w)| ?[—…]+ ?(?=[,.!?;:].*\w)')
# “……吗？”。 and “好！”，他说: the voice knows one mark at a place.
_SECOND_MARK = re.compile("(?<=[.!?]) ?[.,;:]")
_SHORT_WORDS = ("GO", "HI", "NO", "OH", "OK", "TA", "UP")  # in capitals in Mandarin
_RANK = {"": 0, ",": 1, ":": 2, ";": 3, ".": 4, "!": 5, "?": 6}


@dataclass(frozen=True, slots=True)
class Fixed:
    """A stretch of spoken text whose phonemes a lexicon gave."""

    start: int
    end: int
    phonemes: str


class Token(NamedTuple):
    """A word, a run of Chinese characters or a mark in the spoken text."""

    kind: str  # "word", "han" (both as symbols) or "mark"
    symbols: str  # of a mark, the mark itself
    start: int  # in the spoken text
    end: int


def to_phonemes(spoken: str, language: str, fixed: tuple[Fixed, ...] = (), accent: str = "american") -> str:
    """Return the symbols of `spoken`; "" if there is no word in it. Ends with the last word or mark."""
    tokens = tokens_of(spoken, fixed, accent)
    if not any(token.kind != "mark" for token in tokens):
        return ""
    breaths = breaths_in(spoken, language)
    return _join_mandarin(tokens, breaths) if language == "zh" else _join_english(tokens, breaths)


def close_utterance(phonemes: str, language: str, mark: str) -> str:
    """Return `phonemes` with a stop at the end: the voice has never heard an utterance without one."""
    marks = '.!?;:,"—…' if language == "zh" else ".!?;:,"
    return phonemes + mark if phonemes and phonemes[-1] not in marks else phonemes


def tokens_of(spoken: str, fixed: tuple[Fixed, ...] = (), accent: str = "american") -> list[Token]:
    """Return what is said and the marks between, in reading order; what is `fixed` has no accent."""
    tokens = _american_tokens(spoken, fixed)
    given = {entry.start for entry in fixed}
    ours = [token.kind == "word" and token.start not in given for token in tokens]
    if accent == "british":
        tokens = [
            token._replace(symbols=british_word(_plain(spoken[token.start : token.end]), token.symbols))
            if is_ours
            else token
            for token, is_ours in zip(tokens, ours, strict=True)
        ]
    before_vowel = [token.kind == "word" and begins_with_vowel(token.symbols) for token in tokens[1:]]
    return [
        token._replace(symbols=_linked(token.symbols, is_before_vowel, accent)) if is_ours else token
        for token, is_ours, is_before_vowel in zip(tokens, ours, [*before_vowel, False], strict=False)
    ]


def _linked(symbols: str, before_vowel: bool, accent: str) -> str:
    """Return a word as the next has it end: a schwa makes "that inspector" of "the inspector"."""
    if symbols == "ðə":
        return "ði" if before_vowel else symbols
    return drop_r(symbols, before_vowel) if accent == "british" else symbols


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").strip("'")


def _american_tokens(spoken: str, fixed: tuple[Fixed, ...]) -> list[Token]:
    found: list[Token] = []
    position = 0
    for entry in fixed:
        found.extend(_read(spoken[position : entry.start], position))
        found.append(Token("word", entry.phonemes, entry.start, entry.end))
        position = entry.end
    found.extend(_read(spoken[position:], position))
    return found


def _read(text: str, offset: int) -> list[Token]:
    matches = list(_TOKEN.finditer(text))
    words = [m.group().replace("’", "'") if m.lastgroup == "word" else "" for m in matches]
    has_han = any(m.lastgroup == "han" for m in matches)
    wholes = _whole_words(text, matches)
    found: list[Token] = []
    for index, match in enumerate(matches):
        kind, token = match.lastgroup or "", match.group()
        if kind == "word":
            token = _word(words, wholes.get(index, index), has_han)
            if index in wholes:
                token = broken_off(match.group(), token)
        elif kind == "han":
            token = pronounce_run(token, is_asked(text, match.end()))
        elif kind == "other":
            kind, token = "word", _other(token)
        if token:
            found.append(Token(kind, token, offset + match.start(), offset + match.end()))
    return found


def is_asked(text: str, end: int) -> bool:
    """Return whether a question mark stands at a place."""
    return text.startswith(("?", "？"), end)


def _whole_words(text: str, matches: list[re.Match[str]]) -> dict[int, int]:
    """Return the place of the word that each part of a stutter begins, by the place of the part."""
    stutters = find_stutters(text)
    places = {match.start(): index for index, match in enumerate(matches)} if stutters else {}
    return {places[part]: places[whole] for part, whole in stutters.items()}


def _word(words: list[str], index: int, has_han: bool) -> str:
    word = words[index]
    toned = read_toned(word) if has_han and words[index : index + 2] != ["à", "la"] else ()
    if toned:
        return "".join(map(from_pinyin, toned))
    if len(word) == 1 and word != "I" and _is_letter_name(words, index, has_han):
        return LETTER_NAMES.get(word.lower()) or pronounce_word(word)  # à la carte
    if has_han and _is_alone(words, index) and _is_spelt_in_mandarin(word):
        return spell_letters(word.lower())
    if is_heteronym(word.lower()):
        reading = choose_reading(words, index)
        if reading:
            return reading
    return pronounce_word(word)


def _is_letter_name(words: list[str], index: int, has_han: bool) -> bool:
    """Distinguish "A" in "A B C", "vitamin A" and "A股" from the article, which some word must follow."""
    word = words[index]
    if word not in ("A", "a"):
        return True
    before, after, second = (
        words[place] if 0 <= place < len(words) else "" for place in (index - 1, index + 1, index + 2)
    )
    if word == "a" or (has_han and not after):
        return has_han and not after
    if _is_letter(before) or _is_letter(after) or after in ("plus", "minus"):
        return True
    if after in ("and", "or") or (after in ("has", "is", "was") and second):
        return True  # "A is for apple", but "A has-been"
    if not after:
        return before != "" or _is_letter(second) or second in _beside_a("after-letter-a")
    return before.lower() in _beside_a("before-letter-a") or (before.lower() == "from" and after == "to")


def _is_alone(words: list[str], index: int) -> bool:
    """Return whether no other Latin word stands beside a word."""
    return not any(words[max(0, index - 1) : index] + words[index + 1 : index + 2])


def _is_spelt_in_mandarin(word: str) -> bool:
    """Return whether Mandarin spells a word: IT, IP, US, yyds, but NO and OK are words."""
    if word in read_words("spelt_zh.txt"):
        return True
    is_short = len(word) == 2 and word not in _SHORT_WORDS
    return word.isupper() and (is_short or word in read_words("spelt_en.txt"))


def _beside_a(side: str) -> list[str]:
    return read_map("contexts_en.tsv")[side].split()


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isupper() and word not in "AI"


def _other(token: str) -> str:
    """Read a letter or digit that no rule has rewritten: by its name, so that nothing is skipped."""
    name = read_map("letters.tsv").get(token.lower())
    return " ".join(pronounce_word(word) for word in name.split()) if name else ""


def _join_english(tokens: list[Token], breaths: frozenset[int]) -> str:
    said: list[str] = []
    pending = ""
    for kind, token, start, _ in tokens:
        if start in breaths and said and not pending:
            pending = ","
        if kind == "mark":
            mark = _EN_MARKS.get(token[0], "") if token[:2] != ".." else ","
            if said and _RANK[mark] > _RANK[pending]:
                pending = mark
            continue
        if said:
            said[-1] += pending
        pending = ""
        said.append(token)
    return " ".join(said) + pending


def _join_mandarin(tokens: list[Token], breaths: frozenset[int]) -> str:
    parts: list[str] = []
    for kind, token, start, _ in tokens:
        if start in breaths:
            parts.append("—")
        if kind == "mark":
            parts.append("……" if token[:2] == ".." else _ZH_MARKS.get(token, " "))
        elif kind == "word":
            parts.append(f" {token} ")
        else:
            parts.append(token)
    joined = re.sub(" +", " ", "".join(parts)).strip()
    joined = _INNER_DASH_AT_MARK.sub(r"\1 ", joined)
    joined = _INNER_DASH.sub(", ", joined)
    joined = _SECOND_MARK.sub("", joined)
    # A space before a mark comes from a foreign word.
    return re.sub(r" (?=[,.!?;:])", "", joined).lstrip(",.;:!? ")
