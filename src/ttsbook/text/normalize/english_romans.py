"""Rules for Roman numerals in English: chapters, rulers and their namesakes, lists, headings."""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.initials import is_initial
from ttsbook.text.normalize.english_abbreviations import abbreviations
from ttsbook.text.normalize.english_numbers import cardinal, ordinal
from ttsbook.text.normalize.rewrite import Rule, any_of, english_rule, word_before
from ttsbook.text.normalize.roman import ROMAN, ROMAN_SIGNS, roman_value
from ttsbook.text.normalize.signs import sign_value
from ttsbook.text.tables import read_map, read_words

_NUMERAL = f"(?P<roman>{ROMAN})"
_SMALL = "(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_SMALL_NUMERAL = f"(?P<roman>(?=[ivxl]{{2}}){_SMALL})"
_RULER_NUMERAL = r"(?P<roman>X{0,2}(?:IX|IV|V?I{0,3})(?<=[IVX]))"  # no ruler was the fiftieth, as John L. is
_LETTERS_RATHER = ("C", "D", "L", "M")  # one of these alone is seldom a number
_COUNTED_HIGH = ("chapter", "canto", "psalm", "sonnet")
_OF_BOOKS = ("act", "book", "canto", "chapter", "part", "volume")
_FEWEST_NEVER = 400  # chapters that no book has
_INITIAL_NEXT = re.compile(r"\s+[A-Z]\.(?:\s|$)")
_NUMERAL_END = re.compile(r"\s*(?:[.,:;)\]—–-]|$)")
_RULER_END = re.compile(r"['’]s\b|[,.;:!?)\]”\"]|\s*\(|\s*$")
_NEXT = re.compile(r"\s+([A-Za-z]+)")
_FIRST_PERSON = re.compile(r"\b(?:I|me|my|myself)\b")
_ON_ACCOUNT_OF = re.compile(r"\b(?:account|ahead|because|front|instead|out|sake|spite) of $")
_IN_TURN = re.compile(r"\s+(?:in\s(?:turn|fact|particular|general|all|vain)|of\scourse)\b")
_LISTED = re.compile(r"(?:^|[;:,.—)\d]|\band|\bor)\s*$")
_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z]\.| [A-Z](?:[\w-]|['’](?!s\b))+)+,? $")
_LONGEST_NAME = 40  # characters
_LOOK_BACK = 8  # characters


def _value(numeral: str) -> str:
    return cardinal(str(roman_value(numeral)))


def _chapter(match: re.Match[str]) -> str | None:
    numeral = match["roman"]
    if numeral in _LETTERS_RATHER and match["word"].lower() not in _COUNTED_HIGH:
        return None  # "Appendix C"
    if not numeral or (numeral == "I" and not _is_one(match)):
        return None
    word = match["word"].capitalize() if match["word"].isupper() else match["word"]
    return f"{word}{match['gap']}{_value(numeral)}"


def _is_one(match: re.Match[str]) -> bool:
    """Tell "Part I of", "Type I errors" and "World War I began" from "the story I read"."""
    text, end, word = match.string, match.end(), match["word"].lower()
    if not match["word"][0].isupper():
        return False
    if _NUMERAL_END.match(text, end) or (word == "war" and word_before(match).lower() == "world"):
        return True
    found = _NEXT.match(text, end)
    after = found.group(1) if found else ""
    if after[:1].isupper():
        starts = not text[: match.start()].strip() and word in _OF_BOOKS
        return starts or after.lower() in read_words("before_roman_en.txt")
    if word in _words("ranked"):
        return bool(after) and after not in _words("after-pronoun")
    return after in _words("after-one") and word_before(match).lower() not in _words("before-pronoun")


def _several(match: re.Match[str]) -> str | None:
    """Read "Chapters III–V" and "Counts I, II, and V"."""
    numerals = re.findall("[IVXLC]+", match["list"])
    if not all(re.fullmatch(ROMAN, numeral) for numeral in numerals) or max(map(len, numerals)) == 1:
        return None
    said = re.sub("[IVXLC]+", lambda numeral: _value(numeral.group()), match["list"])
    said = re.sub(r"\s?[-–—]\s?(?=[a-z]+$)", " to ", said).replace("&", "and")
    return f"{match['word']} {said}"


def _part(match: re.Match[str]) -> str:
    """Read "Vol. I" and "Chap. V"."""
    words = next(words for _, _, words in abbreviations()[match["word"].lower() + "."])
    return f"{words} {_value(match['roman'])}"


def _ruler(match: re.Match[str]) -> str | None:
    """Read "Henry VIII", but leave "Edward I. Koch" his initial and "James I think" its word I."""
    numeral, end = match["roman"], match.end()
    if match["word"].lower() not in read_words("rulers_en.txt") or match.group() == "Malcolm X":
        return None
    if len(numeral) == 1 and is_initial(match.string, match.start(), end):
        return None
    if numeral == "I" and not _RULER_END.match(match.string, end) and not _is_first(match):
        return None
    word = match["word"].capitalize() if match["word"].isupper() else match["word"]
    return f"{word} the {_ordinal(match)}"


def _middle_initial(match: re.Match[str]) -> str | None:
    """Take the stop from the I of "Edward I. Koch"; other initials need no such care."""
    name = word_before(match)
    start = match.start() - len(name) - 1
    is_name = name.lower() in read_words("rulers_en.txt")
    return "I" if is_name and is_initial(match.string, start, match.end() - 1) else None


def _is_first(match: re.Match[str]) -> bool:
    """Return whether what surrounds "Charles I" is said of a king rather than by a narrator."""
    found = _NEXT.match(match.string, match.end())
    after, before = found.group(1).lower() if found else "", word_before(match).lower()
    if before in _words("titles-of-rulers"):
        return True
    if before in _words("before-pronoun") or _IN_TURN.match(match.string, match.end()):
        return False
    is_object = before in _words("before-object") or _ON_ACCOUNT_OF.search(match.string, 0, match.start())
    if is_object or after not in _words("verbs-of-rulers"):
        return after in _words("after-ruler")
    return not any(_is_narrator(word) for word in _FIRST_PERSON.finditer(match.string))


def _is_narrator(match: re.Match[str]) -> bool:
    """Return whether a word for the first person is one: the text may name "James I" twice."""
    return match.group() != "I" or word_before(match).lower() not in read_words("rulers_en.txt")


def _namesake(match: re.Match[str]) -> str | None:
    """Read the numeral of "Henry Ford II" and "William H. Gates III", but not of "Super Bowl III"."""
    found = _NAME.search(match.string, max(0, match.start() - _LONGEST_NAME), match.start())
    names = [name.lower() for name in found.group().rstrip(", ").split()] if found else [""]
    given = read_words("given_names_en.txt") | read_words("rulers_en.txt")
    if given.isdisjoint(names[:-1]) or names[-1] in read_words("before_roman_en.txt"):
        return None
    return f"the {_ordinal(match)}"


def _scene(match: re.Match[str]) -> str:
    """Read the act, scene and line of IV.vi.120."""
    last = f" to {cardinal(match['to'])}" if match["to"] else ""
    return f"{_value(match['act'])}, {_value(match['scene'])}, {cardinal(match['line'])}{last}"


def _pages(match: re.Match[str]) -> str | None:
    """Read "i–xii", which number the pages of a preface."""
    first, last = match["a"], match["b"]
    is_valid = all(re.fullmatch(_SMALL, numeral) for numeral in (first, last))
    if not is_valid or len(first + last) == len("iv") or not roman_value(first) < roman_value(last):
        return None
    return f"{_value(first)} to {_value(last)}"


def _in_brackets(match: re.Match[str]) -> str | None:
    """Read the (ii) of a list, and (i) where an item of one may begin."""
    before = match.string[max(0, match.start() - _LOOK_BACK) : match.start()]
    if len(match["roman"]) == 1 and not (_LISTED.search(before) and match["roman"] != "l"):
        return None
    return f"({_value(match['roman'])})"


def _ordinal(match: re.Match[str]) -> str:
    return ordinal(str(roman_value(match["roman"])))


def _ending(match: re.Match[str]) -> str | None:
    """Read "IInd" and "the XV century", but not "Ind.", which is Indiana."""
    words = _ordinal(match)
    return words if words.endswith(match["ending"] or "") else None


def _bare(match: re.Match[str]) -> str | None:
    return _value(match.group()) if match.group() else None


def _sign(match: re.Match[str]) -> str:
    return cardinal(str(sign_value(match.group())))


def _heading(match: re.Match[str]) -> str | None:
    """Read the number of a chapter, but leave "C. Auguste Dupin" and "V. S. Naipaul" their initials."""
    numeral, rest = match["roman"], match.string[match.end() :]
    if numeral in _LETTERS_RATHER:
        return None
    is_initial_of = len(numeral) == 1 and _INITIAL_NEXT.match(rest)
    if rest.strip() and (is_initial_of or roman_value(numeral) >= _FEWEST_NEVER):
        return None
    return _value(numeral) + match["stop"]


# An act, a scene and a line; the line is no decimal.
SCENES = (
    english_rule(
        "roman",
        r"\b(?P<act>[IV]{1,3})\.(?P<scene>[ivx]{1,4})\.(?P<line>\d+)(?:[-–](?P<to>\d+))?(?!\w)",
        _scene,
        needs="IV",
    ),
)


def _words(group: str) -> list[str]:
    return read_map("romans_en.tsv")[group].split()


@lru_cache(maxsize=1)
def roman_rules() -> tuple[Rule, ...]:
    """Return the rules in the order of their claims."""
    words = any_of(read_words("before_roman_en.txt"))
    # The look ahead spares most words the long list.
    chapter = rf"\b(?=[A-Za-z]+\s+[IVXLCDMivxl])(?P<word>(?i:{words})|Count(?=\s[IVX]+:))"
    chapter += rf"(?P<gap>\s+){_NUMERAL}\b(?!['’]\w)"
    part = r"\b(?P<word>[Vv]ol|[Cc]hap|[Bb]k|[Ff]ig)\.\s(?P<roman>[IVX])\b(?=\.?(?:[,;:)]|\s|$))"
    low = _SMALL_NUMERAL.replace("{2}", r"+\b")
    small = rf"\b(?P<word>[Vv]ol|[Cc]hap|[Bb]k|[Ss]c|ch|pp?)\.\s{low}\b(?<=[ivxl])(?!\.\w|['’])"
    several = r"\b(?P<word>[Cc]hapters|[Bb]ooks|[Aa]cts|[Pp]arts|[Vv]olumes|Articles|Cantos|Classes|Counts"
    several += r"|Figures|Phases|Plates|Scenes|Sections|Stages|Tables|Titles|Types|World\sWars)\s"
    several += r"(?P<list>[IVX]+(?:(?:\s?[-–—]|,(?:\sand|\sor)?|\s(?:and|or|to|through|&))\s?[IVXLC]+)+)\b"
    ruler = rf"\b(?P<word>[A-Z][a-zà-ÿ]+|[A-Z]{{4,}})\s{_RULER_NUMERAL}\b(?:\.(?=['’]s\b|[,;:]|\s+[a-z]))?"
    bare = (
        r"(?<![\w.'’-])(?=[ivx]{2})(?!xi\b|vi\b|iv\b|xx+\b)x{0,3}(?:ix|iv|v?i{0,3})(?<=[ivx])(?![\w'’-]|\.\w)"
    )
    end = r"(?P<stop>\.|(?=\s*$))(?=\s*$|\s+[A-Z“])"
    last = r"(?!\w|['’](?!s\b))"  # but for a possessive s
    table = (
        ("roman", r"(?<![\w'’-])(?P<a>[ivxl]+)\s?[-–]\s?(?P<b>[ivxl]+)(?![\w'’-])", _pages, "-–"),
        ("roman", small, _part, "ivxl"),
        ("roman", several, _several, "IVXLC"),
        ("roman", chapter, _chapter, "IVXLCDM"),
        ("roman", chapter.replace(_NUMERAL, _SMALL_NUMERAL), _chapter, "ivxl"),
        ("roman", rf"^\s*{_NUMERAL}{end}", _heading, "IVXLCDM"),
        ("roman", rf"^\s*(?P<roman>(?!xx+\b)(?=[ivxl]{{2}}|[ivx]\.?\s*$){_SMALL}){end}", _heading, "ivxl"),
        ("roman", part, _part, "IVX"),
        ("roman", ruler, _ruler, "IVX"),
        ("initials", r"(?<=[A-Za-z] )I\.(?=\s[A-Z])", _middle_initial, "I"),
        ("roman", r"(?:(?<=[a-z] )|(?<=[a-z], ))(?P<roman>I{2,3}|IV)\b", _namesake, "I"),
        ("roman", rf"\((?P<roman>(?!xx+\))(?=[ivxl]){_SMALL})\)", _in_brackets, "("),
        ("roman", rf"\b(?=[IVX]){_NUMERAL}(?:(?P<ending>th|st|nd|rd)|(?=\scentur))\b", _ending, "IVX"),
        ("roman", rf"(?<![\w.'’-])(?=[IVX]{{2,}})X{{0,3}}(?:IX|IV|V?I{{0,3}})(?!-|\.\w){last}", _bare, "IVX"),
        ("roman", rf"(?<![\w.'’-])(?=[IVXL]{{3}})(?:XL|LX{{0,3}})(?:IX|IV|V?I{{0,3}}){last}", _bare, "L"),
        ("roman", bare, _bare, "i"),
        ("roman", f"[{''.join(sorted(ROMAN_SIGNS))}]", _sign, "".join(ROMAN_SIGNS)),
    )  # fmt: skip
    return tuple(english_rule(name, pattern, speak, needs) for name, pattern, speak, needs in table)
