"""Printed text to spoken words: numbers, dates, money, abbreviations, symbols; English and Mandarin.

Every rewrite is made by a named rule and keeps the place in the source that it came from.
"""

from ttsbook.text.normalize.normalize import normalize
from ttsbook.text.normalize.rewrite import Normalized, Span

__all__ = ["Normalized", "Span", "normalize"]
