"""Chinese names in English, written in pinyin: Xiangzi, Qin, Lǚ, Zhuge.

Said as an English narrator says them, with English sounds and without tones. A word counts as pinyin if it
is made of its syllables and shows a spelling that English words do not have; tone marks are proof enough.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ttsbook.text.g2p.arpabet import VOWEL_SYMBOLS
from ttsbook.text.tables import read_map, read_words

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_MARKS = re.compile(f"[{TONED}ü]")
PROOF = re.compile("[āǎēěīǐōǒūǔǖǘǚǜ]")  # é, à and the like stand in other languages as well
# Spellings that only pinyin has: q and x before these vowels, zh, finals of three vowels and so on.
_ODD = re.compile(
    "^xi|^qu(?![eio])|qi(?!ue)|xi[aou]|xu|zh[aeiou]|(?:^|g|l|h|d)uo|[^aeiou](?:iang|uang|iong|iao)"
)
_INITIAL = re.compile("zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]")
_LONGEST = 6  # letters of a syllable: zhuang, chuang
_MOST = 4  # syllables of a name


@lru_cache(maxsize=1 << 12)
def read_romanized(word: str) -> str | None:
    """Return the symbols of a word in pinyin, or None if it does not look like it.

    Args:
        word: in small letters, tone marks kept.
    """
    toned = unicodedata.normalize("NFC", word)
    plain = _plain(toned)
    if not (PROOF.search(toned) or _ODD.search(plain)):
        return None
    parts = [split_syllables(part) for part in plain.split("'")]  # Xi'an has two syllables, xian one
    syllables = [syllable for part in parts for syllable in part]
    if not all(parts) or len(syllables) > _MOST:
        return None
    *before, last = map(_say, syllables)
    first = [_stress(said, "" if index else "ˌ") for index, said in enumerate(before)]
    return "".join([*first, _stress(last, "ˈ")])


def _plain(word: str) -> str:
    """Return the letters without tone marks, ü as v."""
    letters = unicodedata.normalize("NFD", word.replace("ü", "v")) if _MARKS.search(word) else word
    return letters.replace("u\u0308", "v").encode("ascii", "ignore").decode("ascii")


def split_syllables(word: str) -> tuple[str, ...]:
    """Return the fewest syllables that make up a word, or nothing; of equals the first one longer."""
    letters = _plain(word)
    best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before = best[start]
            if before is None or letters[start:end] not in read_words("pinyin_syllables.txt"):
                continue
            found = (*before, letters[start:end])
            now = best[end]
            if now is None or (len(found), [-len(s) for s in found]) < (len(now), [-len(s) for s in now]):
                best[end] = found
    return best[-1] or ()


def _say(syllable: str) -> str:
    sounds = read_map("pinyin_en.tsv")
    match = _INITIAL.match(syllable)
    initial = match.group() if match else ""
    final = syllable[len(initial) :]
    if initial == "y":
        return {"i": "i", "in": "in", "ing": "ɪŋ", "an": "jɛn", "uan": "jwɛn", "ue": "jwɛ"}.get(
            final, "j" + sounds[f"-{final}"]
        )
    if initial == "w" and final == "u":
        return "wu"
    if initial in ("j", "q", "x") and final in ("uan", "ue", "un"):
        final_sound = {"uan": "wɛn", "ue": "wɛ", "un": "un"}[final]
    elif final == "i" and initial in ("zh", "ch", "sh", "r"):
        final_sound = "ɜɹ"
    elif final == "i" and initial in ("z", "c", "s"):
        final_sound = "ə"
    elif initial in ("b", "p", "m", "f", "w") and final == "o":
        final_sound = "ɔ"
    else:
        final_sound = sounds[f"-{final}"]
    return sounds.get(initial, "") + final_sound


def _stress(symbols: str, mark: str) -> str:
    for index, symbol in enumerate(symbols):
        if symbol in VOWEL_SYMBOLS:
            return symbols[:index] + mark + symbols[index:]
    return symbols
