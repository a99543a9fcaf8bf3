"""English words to phonemes: function words, dictionary, known parts, then the network.

Takes one written word at a time (letters and apostrophes); `heteronym.py` chooses among readings first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from ttsbook.text.g2p.arpabet import VOWEL_SYMBOLS, from_arpabet, lower_stress, without_stress
from ttsbook.text.g2p.derive import derive_compound, derive_word, past, plural
from ttsbook.text.g2p.dictionary import find_word
from ttsbook.text.g2p.joined import read_joined
from ttsbook.text.g2p.network import predict_word
from ttsbook.text.g2p.open_syllables import read_open_syllables
from ttsbook.text.g2p.plausible import is_plausible
from ttsbook.text.g2p.respelling import read_respelling
from ttsbook.text.g2p.romanized import read_romanized
from ttsbook.text.g2p.sounds import read_sound
from ttsbook.text.tables import read_map, read_words

# fmt: off
LETTER_NAMES = {
    "a": "ˈA", "b": "bˈi", "c": "sˈi", "d": "dˈi", "e": "ˈi", "f": "ˈɛf", "g": "ʤˈi", "h": "ˈAʧ",
    "i": "ˈI", "j": "ʤˈA", "k": "kˈA", "l": "ˈɛl", "m": "ˈɛm", "n": "ˈɛn", "o": "ˈO", "p": "pˈi",
    "q": "kjˈu", "r": "ˈɑɹ", "s": "ˈɛs", "t": "tˈi", "u": "jˈu", "v": "vˈi", "w": "dˈʌbəljˌu",
    "x": "ˈɛks", "y": "wˈI", "z": "zˈi",
}
# fmt: on
VOWEL_LETTERS = ("a", "e", "i", "o", "u")
_DRAWN = re.compile(r"(.)\1{2,}")
_MIXED_ACRONYM = re.compile(r"[a-z]{1,2}[A-Z]{2,}|(?!Mc)[A-Z][a-z][A-Z]")  # mRNA, AoE
_SHORTEST_PART, _SHORTEST_OF_A_NAME = 3, 4  # letters of what a compound is made of
_ACRONYMS = re.compile(r"[A-Z][A-Za-z]*[A-Z]s")  # PhDs, ICBMs, SEALs
_VERBS = re.compile(r"[A-Z]{2,}'(?:d|ed|ing)")  # DM'd, OD'ing
_SINGLE = frozenset(("get", "her", "hot", "let", "long", "stop", "very"))  # drawn out, not loong or veery
_SHORTEST_SHOUT = 5
_DOUBLE_ENDING = ("ee", "ll", "oo", "ress")  # that change the vowel: divorcee, Cavall, the noo, heiress
_LONGEST_ACRONYM = 5  # longer words in capitals are shouted, not spelt
_SPELT_ENDINGS: dict[str, Callable[[str], str]] = {
    "s": plural, "d": past, "ed": past, "ing": lambda symbols: symbols + "ɪŋ"
}  # fmt: skip
# Letters that NFKD does not take apart; a reader of English says the plain ones.
_PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ß": "ss", "ð": "th", "þ": "th", "ł": "l", "đ": "d", "ı": "i", "ŋ": "ng"}
)
_FINAL_ACCENT = re.compile("ée?s?$")
_SOFT = {"c": "ss", "g": "j"}  # before é
_VARIANT = re.compile(r"LATIN SMALL LETTER ([A-Z]) WITH ")


@lru_cache(maxsize=1 << 16)
def pronounce_word(word: str) -> str:
    """Return the symbols of one written word; never empty for a word with a letter a-z.

    Case matters a little: "Hatherley" may be a name, "IBM" is spelt, "a" is an article.
    """
    if word == "A":
        return "ə"
    if "'" in word or "’" in word:
        short = _shortened(word.lower().replace("’", "'"))
        if short:
            return short
    plain = plain_letters(word)
    if not plain:
        return ""
    weak = function_word(plain)
    if weak:
        return weak
    known = find_word(plain) if word.isascii() else _accented(word) or _romanized(word) or _known(plain, word)
    if known:
        return _stressed(known) if sum(symbol in VOWEL_SYMBOLS for symbol in known) > 1 else known
    if _ACRONYMS.fullmatch(word):
        return plural(pronounce_word(word[:-1]))
    is_row = word.isupper() and len(word) < _SHORTEST_SHOUT  # SSS and SSSR, not BZZZT
    if not is_row and not _is_listed_sound(plain) and (sound := read_sound(plain)):
        return sound
    if _is_spelt(word):
        return spell_letters(plain)
    joined = read_joined(word.replace("’", "'"), _part) if not word.islower() else None
    return joined or _romanized(word) or _stressed(_unknown_word(plain, is_name=word[0].isupper()))


def _part(part: str) -> str:
    """Read a part of a joined name: macOS, SpaceX, openAI."""
    is_spelt = len(part) == 1 or part in read_words("spelt_en.txt")
    return spell_letters(part.lower()) if is_spelt else pronounce_word(part)


def _accented(word: str) -> str | None:
    """Read a word that its accents tell from another: "résumé" is not "resume"."""
    return find_word(unicodedata.normalize("NFC", word.lower().replace("’", "'")))


def _known(plain: str, word: str) -> str | None:
    """Read a word without its accents, if the reading agrees with them: "cite" is not "cité"."""
    composed = unicodedata.normalize("NFC", word.lower())
    ending = _FINAL_ACCENT.search(composed)
    known = derive_word(plain) if ending else find_word(plain)
    if not ending or (known and known.rstrip("z").endswith("A")):
        return known
    stem = plain_letters(composed[: ending.start()])
    guess = _guess(stem[:-1] + _SOFT.get(stem[-1], stem[-1]) + "ay") if stem else ""
    if not guess.endswith("A"):
        return known
    return lower_stress(guess[:-1].rstrip("ˈˌ")) + "ˈA" + ("z" if composed.endswith("s") else "")


def _shortened(word: str) -> str | None:
    """Read a word whose apostrophe stands for what is not said: o', 'em, goin', 'ouse."""
    phones = read_map("clipped_en.tsv").get(word)
    if phones:
        return from_arpabet(phones)
    if word.endswith(("d've", "t've")):
        return pronounce_word(word[:-3]) + "əv"
    if word.endswith("in'"):
        whole = derive_word(word[:-1] + "g")
        return whole[:-1] + "n" if whole and whole.endswith("ŋ") else None
    if word[0] == "'" and word[1:2] in VOWEL_LETTERS:
        whole = function_word("h" + word[1:]) or find_word("h" + word[1:])
        return whole[1:] if whole and whole.startswith("h") else None
    return None


def _romanized(word: str) -> str | None:
    """Read a name in pinyin; a possessive s belongs to it."""
    if not (word[0].isupper() or not word.isascii()):
        return None
    stem, _, ending = word.lower().replace("’", "'").partition("'s")
    symbols = read_romanized(stem) if not ending else None
    return plural(symbols) if symbols and stem != word.lower().replace("’", "'") else symbols


def function_word(word: str) -> str | None:
    """Return the unstressed reading of a lower-case function word, or None for other words."""
    phones = read_map("function_words.tsv").get(word)
    if phones is None:
        return None
    return without_stress(from_arpabet(phones) if phones != "=" else find_word(word) or "")


def is_known(word: str) -> bool:
    """Return whether a word can be read without the network."""
    plain = plain_letters(word)
    return bool(function_word(plain) or derive_word(plain) or derive_compound(plain, _SHORTEST_PART))


def spell_letters(word: str) -> str:
    """Return the names of the letters, as in "FBI", with the ending of FBI's and OD'd kept as such."""
    letters, _, ending = word.partition("'")
    symbols = " ".join(LETTER_NAMES[c] for c in letters if c in LETTER_NAMES)
    return _SPELT_ENDINGS[ending](symbols) if ending in _SPELT_ENDINGS and symbols else symbols


def _unknown_word(word: str, is_name: bool) -> str:
    stem, _, ending = word.partition("'")
    if ending in ("s", "") and stem != word:
        base = find_word(stem) or _unknown_word(stem, is_name) if stem else ""
        return plural(base) if base and ending else base
    letters = word.replace("'", "")
    if drawn := _drawn_out(letters):
        return drawn
    whole = _without_mark(letters, is_name) or derive_word(word) or derive_word(letters)
    # A name is seldom short parts: "Hatherley" is not "hat" and "Herley".
    derived = whole or derive_compound(letters, _SHORTEST_OF_A_NAME if is_name else _SHORTEST_PART)
    foreign = read_open_syllables(letters) if is_name and not derived else None
    return derived or foreign or _guess(letters)


def _without_mark(word: str, is_name: bool) -> str | None:
    """Read "dont", "theyve" and "lookin", as some novels print them, like the word with its apostrophe."""
    if word.endswith(("nt", "ve", "re", "ll")):
        place = -1 if word.endswith("nt") else -2
        return find_word(f"{word[:place]}'{word[place:]}")
    # Perkin is nobody who perks, and "underlain" has its g elsewhere.
    is_clipped = word.endswith("in") and not word.endswith("ain") and not is_name
    return _shortened(word + "'") if is_clipped else None


def _drawn_out(word: str) -> str | None:
    """Read "sooo", "ooooh" and "heyy" by the word that is drawn out."""
    if not _DRAWN.search(word):
        is_doubled = word[-1:] == word[-2:-1] and len(word) > 2 and not word.endswith(_DOUBLE_ENDING)
        return find_word(word[:-1]) if is_doubled else None
    once, twice = _DRAWN.sub(r"\1", word), _DRAWN.sub(r"\1\1", word)
    is_single = once in _SINGLE or twice.endswith(("aa", "ii", "oo", "uu"))
    first, second = (once, twice) if is_single else (twice, once)
    return find_word(first) or find_word(second)


def _guess(letters: str) -> str:
    """Ask the network, and read letter by letter what it cannot make sense of."""
    short = _DRAWN.sub(r"\1\1", letters)
    guess = predict_word(short)
    if is_plausible(short, guess):
        return guess
    try:
        return read_respelling(short)
    except ValueError:
        return guess or spell_letters(letters)


def _stressed(symbols: str) -> str:
    """Give a content word the main stress that affixes or the network may have left out."""
    if "ˈ" in symbols:
        return symbols
    if "ˌ" in symbols:
        return symbols.replace("ˌ", "ˈ", 1)
    for index, symbol in enumerate(symbols):
        if symbol in VOWEL_SYMBOLS:
            return symbols[:index] + "ˈ" + symbols[index:]
    return symbols


def _is_spelt(word: str) -> bool:
    """Return whether a word that is in no dictionary is an acronym ("BBQ", "mRNA") or unsayable ("xkcd")."""
    if _MIXED_ACRONYM.fullmatch(word) or _VERBS.fullmatch(word.replace("’", "'")):
        return True
    letters, _, ending = plain_letters(word).partition("'")
    if not any(c in "aeiouy" for c in letters + ending):
        return len(letters) > 1 and not _is_listed_sound(letters)
    return word.isupper() and 1 < len(letters) <= _LONGEST_ACRONYM


def _is_listed_sound(letters: str) -> bool:
    """Return whether our table has a drawn-out sound: "brrr" is "brr"."""
    return _DRAWN.sub(r"\1\1", letters) in read_map("words_en.tsv")


def plain_letters(word: str) -> str:
    """Return the letters a-z and apostrophes of a word: accents and capitals taken off."""
    lower = word.lower().replace("’", "'")
    if not lower.isascii():
        lower = unicodedata.normalize("NFKD", lower).translate(_PLAIN)
        lower = "".join(c for c in map(_without_stroke, lower) if "a" <= c <= "z" or c == "'")
    return lower.strip("'") if lower not in ("'tis", "'twas", "'em", "'cause", "'til", "'bout") else lower


def _without_stroke(letter: str) -> str:
    """Return the plain letter of one with a stroke or hook, which are no accents: ħ, ƒ, ɓ."""
    variant = None if letter.isascii() else _VARIANT.match(unicodedata.name(letter, ""))
    return variant.group(1).lower() if variant else letter
