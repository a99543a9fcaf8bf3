"""Text as printed to words as read out to the phonemes of the voice, for English and Mandarin.

    Chapter ──► FrontEnd.chunks ──► Chunk(text, spoken, phonemes, language, boundary)

Knows nothing of book files, voices or audio.
"""

from ttsbook.text.frontend import FrontEnd
from ttsbook.text.lexicon import Entry, Lexicon, parse_lexicon, read_lexicon

__all__ = ["Entry", "FrontEnd", "Lexicon", "parse_lexicon", "read_lexicon"]
