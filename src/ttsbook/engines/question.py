"""Which English questions end high: those that ask for a yes or a no, and statements with a question mark.

"Who did?" and "Tea or coffee?" fall, as all that the voice learned from do (J. C. Wells 2006, "English
Intonation", chapter 2).
"""

from __future__ import annotations

import re

from ttsbook.symbols import VOWELS

# The marks between two words, a question mark among them.
_ASKED = re.compile(r"[^\w\s]*(?:\s+[^\w\s]+)*?[?？][^\w\s]*")
_MARK = re.compile(r"\?[?!]*")  # the same among phonemes
_SENTENCE_END = re.compile(r"[.!?。！？](?<!\.\.)(?!\.)")
_CLAUSE_END = re.compile(r"[,;:—–…()“”\"]|--|\.\.+|\s-\s")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_OPENERS = frozenset({
    "am", "are", "can", "could", "dare", "did", "do", "does", "had", "has", "have", "is", "may", "might",
    "must", "need", "shall", "should", "was", "were", "will", "would", "ain't", "aren't", "can't", "cannot",
    "couldn't", "didn't", "doesn't", "don't", "hadn't", "hasn't", "haven't", "isn't", "mustn't", "needn't",
    "shan't", "shouldn't", "wasn't", "weren't", "won't", "wouldn't",
})  # fmt: skip
_ASKERS = frozenset({
    "how", "what", "when", "whence", "where", "which", "whither", "who", "whom", "whose", "why", "wherefore",
})  # fmt: skip
# What may stand before either: conjunctions and cries; and prepositions before the latter.
_BEFORE = frozenset({
    "ah", "and", "but", "eh", "for", "now", "oh", "or", "say", "so", "then", "well", "yes", "no",
})  # fmt: skip
_BEFORE_ASKERS = _BEFORE | frozenset({
    "about", "after", "at", "by", "for", "from", "in", "into", "of", "on", "since", "through", "till", "to",
    "under", "until", "upon", "with",
})  # fmt: skip


def rising_ends(phonemes: str, spoken: str) -> tuple[tuple[int, int], ...]:
    """Return first and last place of each stretch of `phonemes` that rises, from the last stress to the mark.

    Args:
        phonemes: of one utterance in English.
        spoken: the same as words; if both do not have as many questions, nothing rises.
    """
    found = []
    for mark, words in questions_in(phonemes, spoken):
        first = _last_stress(phonemes, mark)
        if first is not None and asks_for_yes_or_no(words):
            found.append((first, mark - 1))
    return tuple(found)


def questions_in(phonemes: str, spoken: str) -> tuple[tuple[int, str], ...]:
    """Return the place of each question mark among `phonemes` with the question before it, in words.

    Nothing if both do not have as many.
    """
    marks = [found.start() for found in _MARK.finditer(phonemes)]
    if not marks:
        return ()
    asked = [_SENTENCE_END.split(spoken[: found.start()])[-1] for found in _ASKED.finditer(spoken)]
    return tuple(zip(marks, asked, strict=True)) if len(asked) == len(marks) else ()


def clause_start(phonemes: str, end: int) -> int:
    """Return the place behind the mark before `end`."""
    return max(phonemes.rfind(mark, 0, end) for mark in ".!?,;:") + 1


def asks_for_yes_or_no(question: str) -> bool:
    """Return whether a question, without the sentence before it, ends high."""
    clauses = [_words(clause) for clause in _CLAUSE_END.split(question)]
    for words in reversed(clauses):
        opener = next((word for word in words if word not in _BEFORE), "")
        if opener in _OPENERS:
            return "or" not in words  # of two things
        asker = next((word for word in words if word not in _BEFORE_ASKERS), "")
        if asker.partition("'")[0] in _ASKERS:
            return False
    return any(clauses) and "or" not in clauses[-1]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("’", "'"))


def _last_stress(phonemes: str, end: int) -> int | None:
    """Return the place of the last stressed vowel behind the mark before `end`, or of the first vowel."""
    start = clause_start(phonemes, end)
    stress = phonemes.rfind("ˈ", start, end)
    if stress >= 0:
        return stress
    return next((place for place in range(start, end) if phonemes[place] in VOWELS), None)
