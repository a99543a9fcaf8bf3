"""The one entry of the package: printed text and its language in, spoken words with their sources out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ttsbook.text.normalize.rewrite import Claim, Normalized, Rule, apply_claims, find_claims
from ttsbook.text.script import has_han, has_latin, language_around


def normalize(text: str, language: str, taken: Iterable[Claim] = ()) -> Normalized:
    """Return the words of `text` as read out in `language` ("en" or "zh").

    Args:
        text: as printed; must have been through `fold` if it may hold full-width forms.
        language: what the text is mostly written in; decides how digits and symbols are read.
        taken: stretches that a lexicon has already claimed.
    """
    mixed = has_han(text) and has_latin(text)

    def language_at(start: int, end: int) -> str:
        return language_around(text, start, end, language) if mixed else language

    return apply_claims(text, find_claims(text, _rules(), taken, language_at))


def fold(text: str) -> str:
    """Return `text` with compatibility forms made plain, character by character (offsets stay)."""
    return text if text.isascii() else text.translate(_fold_table())


@lru_cache(maxsize=1)
def _fold_table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
    table |= dict(zip(map(ord, "％＄＋－／＝＠＆＃．＊　\u00a0\u2007\u202f\u2009\u200a‑‐﹣ʼ‛"), "%$+-/=@&#.*       --''", strict=False))
    table |= {ord("﹣"): "-", ord("ʼ"): "'", ord("‛"): "'", ord("‑"): "-", ord("‐"): "-"}
    # Letters that no UTF-8 file can hold come from bad decoding; they have no sound.
    table |= {code: "\ufffd" for code in range(0xD800, 0xE000)}
    return table


@lru_cache(maxsize=1)
def _rules() -> tuple[Rule, ...]:
    from ttsbook.text.normalize import english, mandarin, shared

    return (*shared.RULES, *english.rules(), *mandarin.rules())
