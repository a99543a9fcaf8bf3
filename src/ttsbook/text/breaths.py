"""Finds where a reader pauses although no mark that the voice knows says so.

Around an aside in brackets, at a stroke between lines of verse, and behind the number of an item or of a
chapter. Looks at spoken text and returns places only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ttsbook.text.script import HAN, LATIN

_LETTER = f"[{LATIN}0-9]"  # that touches a bracket: person(s), (re)build, f(x)
# 第（三）项 is the third item, （12）班 a class, [令鸟] one character that cannot be printed; a single word
# in brackets, (nearly), is said without a pause.
_NAMED = r"[一二三四五六七八九十]{1,3}[)）][班中小]"
_ASIDE = re.compile(
    rf"(?<!{_LETTER})(?<!第)\((?!{_NAMED})[^()]*\)(?!{_LETTER})"
    rf"|(?<![{HAN}{LATIN}0-9])\[(?![{HAN}]{{2}}\][{HAN}\[])[^\[\]]*\](?!{_LETTER})"
    rf"|(?<!第)（(?!{_NAMED})[^（）]*）"
)
_CLINGS = "的地得们等之"  # behind an aside: 孩子（女孩）们
_BRACKETS = frozenset("([（")
_SEVERAL_WORDS = re.compile(rf"\w[^\w'’-]+\w|[{HAN}]{{2}}")
_STROKE = re.compile(r"[/|](?<=\s.)(?=\s)(?!(?<=/)\sor\b)")  # and / or is said in one breath
_WORD = re.compile(r"\w")

_LABELS = "chapter|part|book|volume|act|scene|canto|stave|letter|lesson|episode"
_NUMBERS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    "|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred"
)
# 1) Wash, (b) Dry, [3] Smith, （一）总则; but "[He] left", "[A] man" and "(Nearly) all" run on.
_ITEM = re.compile(
    rf"(?:[(（]?(?:[{LATIN}]|[^\W{LATIN}]+)|[(\[]?(?i:{_NUMBERS})(?:-(?i:{_NUMBERS}))?)(?:[)\]]\s+|）\s*)"
    r"(?!班)(?=[\w“「《])"
)
_CHAPTER = re.compile(
    rf"[^\w\s]*(?i:{_LABELS})\s(?i:{_NUMBERS})(?:[\s-](?i:{_NUMBERS}))*\s+(?=[\"“‘(]?[A-Z])"
)
_LONGEST_TITLE = 80  # characters: what is longer is a sentence, as "Part One Direction played was ..."
# 第三章 风云, 楔子 旧事; and the halves of a title in two lines, 甄士隐梦幻识通灵 贾雨村风尘怀闺秀.
_ZH_CHAPTER = re.compile(
    r"(?:第[〇零一二三四五六七八九十百千两]+[章回節节卷部篇集话話幕折]|\A(?:楔子|序章|引子|尾声|番外|终章)"
    rf"|\A卷[一二三四五六七八九十]+|[{HAN}]{{4}}(?=\s+[{HAN}]{{4}}))\s+(?=[\w“「《])"
)


def breaths_in(spoken: str, language: str) -> frozenset[int]:
    """Return the places of the words and marks before which a reader pauses."""
    titles = (
        _ends_of_numbers(spoken)
        if language == "en"
        else (match.end() for match in _ZH_CHAPTER.finditer(spoken))
    )
    item = _ITEM.match(spoken)
    strokes = (match.start() for match in _STROKE.finditer(spoken))
    return frozenset([*titles, *_edges_of_asides(spoken), *strokes, *([item.end()] if item else ())])


def _ends_of_numbers(spoken: str) -> Iterator[int]:
    """Yield where titles begin: "Part two Chapter five The Return" has two."""
    position = 0
    while len(spoken) <= _LONGEST_TITLE and (match := _CHAPTER.match(spoken, position)):
        position = match.end()
        yield position


def _edges_of_asides(spoken: str) -> Iterator[int]:
    if _BRACKETS.isdisjoint(spoken):
        return
    for match in _ASIDE.finditer(spoken):
        if _SEVERAL_WORDS.search(match.group()):
            yield match.start()
            if _WORD.search(spoken, match.end()) and not spoken.startswith(tuple(_CLINGS), match.end()):
                yield match.end() - 1
