"""The one entry of the package: printed text and its language in, spoken words with their sources out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ttsbook.text.normalize.english import english_rules
from ttsbook.text.normalize.mandarin import mandarin_rules
from ttsbook.text.normalize.mandarin_blanks import blank_rules
from ttsbook.text.normalize.rewrite import Claim, Normalized, Rule, apply_claims, find_claims
from ttsbook.text.normalize.shared import SHARED_RULES
from ttsbook.text.normalize.squares import square_rules
from ttsbook.text.script import has_han, has_latin, language_around

_LETTER_FORMS = (
    (0x17F, 0x17F), (0x2B0, 0x2E3), (0x1D2C, 0x1D9F), (0x2071, 0x209C), (0x2102, 0x2149), (0x24B6, 0x24E9),
    (0x1D400, 0x1D6A3),
)  # fmt: skip
_RADICALS = (0x2E80, 0x2FD5)
# Parts of characters that PDF has for the whole and that are compatible with none.
_PARTS = (
    "⺜日⺝月⺞歹⺟母⺠民⺧牛⺩王⺫目⺬示⺮竹⺶羊⺻聿⺼肉⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门"
    "⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙⻳龟"
)


def normalize(
    text: str,
    language: str,
    taken: Iterable[Claim] = (),
    marked: Sequence[tuple[int, int, str]] = (),
) -> Normalized:
    """Return the words of `text` as read out in `language` ("en" or "zh").

    Args:
        text: as printed; must have been through `fold` if it may hold full-width forms.
        language: what the text is mostly written in; decides how digits and symbols are read.
        taken: stretches that a lexicon or the page has already claimed.
        marked: (start, end, "en" or "zh") of stretches that the page states a language of.
    """
    mixed = bool(marked) or (has_han(text) and has_latin(text))

    def language_at(start: int, end: int) -> str:
        for low, high, stated in marked:
            if low <= start and end <= high:
                return stated
        return language_around(text, start, end, language)

    rules = _rules(language, mixed)
    return apply_claims(text, find_claims(text, rules, taken, language_at if mixed else None))


def fold(text: str) -> str:
    """Return `text` with compatibility forms made plain, character by character (offsets stay)."""
    return text if text.isascii() else text.translate(_fold_table())


@lru_cache(maxsize=1)
def _fold_table() -> dict[int, str]:
    full_width = (
        *range(0xFF10, 0xFF1A),
        *range(0xFF21, 0xFF3B),
        *range(0xFF41, 0xFF5B),
        *map(ord, "％＄＋－／＝＠＆＃．＊"),
    )
    table = {code: chr(code - 0xFEE0) for code in full_width}
    # Digits of other scripts are read as the numbers that they are.
    table |= {
        code: str(unicodedata.decimal(chr(code)))
        for code in range(0x660, 0x20000)
        if unicodedata.category(chr(code)) == "Nd" and code not in table
    }
    # Letters in another form: the long s, raised ones as in Mʳ, those of mathematics.
    table |= {
        code: letter
        for first, last in _LETTER_FORMS
        for code in range(first, last + 1)
        if re.fullmatch("[A-Za-z]", letter := unicodedata.normalize("NFKC", chr(code)))
    }
    # Chinese characters that are printed as the radicals of the same form.
    table |= {
        code: unicodedata.normalize("NFKC", chr(code)) for code in range(_RADICALS[0], _RADICALS[1] + 1)
    }
    table |= dict(zip(map(ord, _PARTS[::2]), _PARTS[1::2], strict=True))
    table |= dict.fromkeys(map(ord, "\u3000\u00a0\u2007\u202f\u2009\u200a"), " ")  # spaces of all widths
    table |= dict.fromkeys(map(ord, "\u2010\u2011\ufe63"), "-") | dict.fromkeys(map(ord, "\u02bc\u201b"), "'")
    # Halves of characters come from bad decoding; they have no sound.
    return table | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


@lru_cache(maxsize=4)
def _rules(language: str, mixed: bool) -> tuple[Rule, ...]:
    """Return the rules for text in one language, or all for mixed text, those of its main language first."""
    squares = square_rules(lambda text, within: normalize(text, within).spoken)
    everything = (*blank_rules(), *SHARED_RULES, *squares, *english_rules(), *mandarin_rules())
    ours = (rule for rule in everything if rule.language in ("", language))
    others = (rule for rule in everything if rule.language not in ("", language))
    return (*ours, *(others if mixed else ()))
