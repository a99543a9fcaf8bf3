"""Which Mandarin questions pitch tells from a statement: those with 吗 and those without any other sign.

"谁来了？" and "你去不去？" say by their words that they ask (J. Yuan, C. Shih, G. Kochanski, "Comparison of
declarative and interrogative intonation in Chinese", Speech Prosody 2002).
"""

from __future__ import annotations

import re

from ttsbook.engines.question import clause_start, questions_in

_LETTERS = re.compile(r"[\W_]+")
_ASKING_END = re.compile("(?:吗|嗎|(?<![什甚怎这這那多要])[么麼])$")
_OTHER_END = re.compile("(?:呢|吧|罢|罷|没有|沒有|[没沒不否])$")
_ASKER = re.compile(
    "什么|什麼|甚么|甚麼|谁|誰|[哪怎咋啥孰]|[为為如奈若]何|何[时時处處人事物以必妨曾况況不]|几|幾|多少|多[大久远遠高长長重深宽寬]"
    "|是否|能否|可否|还是|還是|(.)[不没沒]\\1"
)


def lifted_ends(phonemes: str, spoken: str) -> tuple[tuple[int, int], ...]:
    """Return first and last place of each stretch of `phonemes` that is lifted: the clause before the mark.

    Args:
        phonemes: of one utterance in Mandarin.
        spoken: the same in characters; if both do not have as many questions, nothing is lifted.
    """
    stretches = [
        (clause_start(phonemes, mark), mark - 1)
        for mark, question in questions_in(phonemes, spoken)
        if is_told_by_pitch(question)
    ]
    return tuple((first, last) for first, last in stretches if first < last)


def is_told_by_pitch(question: str) -> bool:
    """Return whether nothing but pitch, or 吗 with it, makes a question of the sentence."""
    letters = _LETTERS.sub("", question)
    if _ASKING_END.search(letters):
        return True
    return bool(letters) and not (_OTHER_END.search(letters) or _ASKER.search(letters))
