"""Prints the score of the text front end by table and category: `python tests/text/score.py`.

Rows marked "known failure" are run like the others, so that the score is what a listener gets.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ttsbook.text import FrontEnd
from ttsbook.text.g2p.pinyin import from_pinyin

FOLDER = Path(__file__).parent
FRONT_END = FrontEnd()
_MARKS = "[ ,.!?;:]+"


def table(name: str) -> Iterator[list[str]]:
    """Yield the rows of a table without comments."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def verdicts() -> Iterator[tuple[str, str, bool]]:
    """Yield (table, category, right) for every row."""
    for language in ("en", "zh"):
        for category, written, expected, *_ in table(f"normalize_{language}.tsv"):
            said = FRONT_END.normalize(written, language).spoken
            yield f"normalize {language}", category, " ".join(said.split()) == expected
    for language, sentence, expected, *_ in table("phonemes.tsv"):
        yield "phonemes", language, FRONT_END.say(sentence, language)[1] == expected
    for _word, sentence, expected, *_ in table("heteronyms.tsv"):
        yield "heteronyms", "en", expected in re.split(_MARKS, FRONT_END.say(sentence, "en")[1])
    for kind, sentence, pinyin, *_ in table("polyphones.tsv"):
        expected = "".join(map(from_pinyin, pinyin.split()))
        yield "readings zh", kind, re.sub(_MARKS, "", FRONT_END.say(sentence, "zh")[1]) == expected


def score_lines() -> Iterator[str]:
    """Yield a line for each category and one for each table."""
    rows, right = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for name, category, is_right in verdicts():
        for key in ((name, category), (name, "ALL")):
            rows[key] += 1
            right[key] += is_right
    for name, category in sorted(rows, key=lambda key: (key[0], key[1] == "ALL", key[1])):
        n, m = rows[name, category], right[name, category]
        yield f"{name:<14}{category:<14}{m:>4} of {n:>4}  {100 * m / n:5.1f} %"


if __name__ == "__main__":
    print("\n".join(score_lines()))
