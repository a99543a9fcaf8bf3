"""Prints the score of the text front end by table and category: `python tests/text/score.py`.

Rows marked "known failure" are run like the others, so that the score is what a listener gets.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ttsbook.text import FrontEnd
from ttsbook.text.g2p.mandarin import read_run
from ttsbook.text.g2p.pinyin import from_pinyin
from ttsbook.text.normalize.normalize import fold
from ttsbook.text.script import HAN

FOLDER = Path(__file__).parent
FRONT_END = FrontEnd()
_MARKS = "[ ,.!?;:]+"


def table(name: str) -> Iterator[list[str]]:
    """Yield the rows of a table without comments."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


Verdict = tuple[str, str, str, str, str]  # table, category, written, expected, what we say


def verdicts() -> Iterator[tuple[str, str, bool]]:
    """Yield (table, category, right) for every row of the tables that the rules were written with."""
    for language in ("en", "zh"):
        for category, written, expected, *_ in table(f"normalize_{language}.tsv"):
            yield f"normalize {language}", category, _spoken(written, language) == expected
    for language, sentence, expected, *_ in table("phonemes.tsv"):
        yield "phonemes", language, FRONT_END.say(sentence, language)[1] == expected
    for _word, sentence, expected, *_ in table("heteronyms.tsv"):
        yield "heteronyms", "en", expected in re.split(_MARKS, FRONT_END.say(sentence, "en")[1])
    for kind, sentence, pinyin, *_ in table("polyphones.tsv"):
        expected = "".join(map(from_pinyin, pinyin.split()))
        yield "readings zh", kind, re.sub(_MARKS, "", FRONT_END.say(sentence, "zh")[1]) == expected


def held_out() -> Iterator[Verdict]:
    """Yield every row of the tables that were written before any of their rows was tried."""
    for language in ("en", "zh"):
        for category, written, expected, *_ in table(f"holdout_{language}.tsv"):
            yield f"held-out {language}", category, written, expected, _spoken(written, language)
    for word, sentence, expected, *_ in table("holdout_heteronyms.tsv"):
        said = re.split(_MARKS, FRONT_END.say(sentence, "en")[1])
        yield (
            "held-out heteronyms",
            word,
            sentence,
            expected,
            expected if expected in said else " ".join(said),
        )
    for character, clause, expected, *_ in table("holdout_polyphones.tsv"):
        yield "held-out polyphones", character, clause, expected, _reading_in(clause)


def _spoken(written: str, language: str) -> str:
    return " ".join(FRONT_END.normalize(written, language).spoken.split())


def _reading_in(clause: str) -> str:
    """Return the pinyin of the character in brackets."""
    position = clause.index("[")
    plain = fold(clause.replace("[", "").replace("]", ""))
    for match in re.finditer(f"[{HAN}]+", plain):
        if match.start() <= position < match.end():
            syllables = [syllable for word in read_run(match.group()) for syllable in word]
            return syllables[position - match.start()]
    raise ValueError(f"no character in brackets: {clause!r}")


def score_lines() -> Iterator[str]:
    """Yield a line for each category and one for each table."""
    rows, right = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    unseen = [
        (row[0], row[1] if row[0][-2:] in ("en", "zh") else "ALL", row[3] == row[4]) for row in held_out()
    ]
    for name, category, is_right in [*verdicts(), *unseen]:
        for key in {(name, category), (name, "ALL")}:
            rows[key] += 1
            right[key] += is_right
    for name, category in sorted(rows, key=lambda key: (key[0], key[1] == "ALL", key[1])):
        n, m = rows[name, category], right[name, category]
        yield f"{name:<20}{category:<14}{m:>4} of {n:>4}  {100 * m / n:5.1f} %"


def failure_lines() -> Iterator[str]:
    """Yield a line for each held-out row that is read otherwise than expected."""
    for name, _, written, expected, said in held_out():
        if said != expected:
            yield f"{name}\t{written}\t{expected}\t{said}"


if __name__ == "__main__":
    print("\n".join([*score_lines(), "", *failure_lines()]))
