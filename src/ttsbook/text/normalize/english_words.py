"""Rules for English words: abbreviations, initials, acronyms, Roman numerals, capitals, symbols."""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.normalize.english_numbers import cardinal, ordinal
from ttsbook.text.normalize.rewrite import Rule, any_of, english_rule, kept_stop
from ttsbook.text.normalize.roman import ROMAN, ROMAN_SIGNS, roman_value
from ttsbook.text.normalize.signs import sign_value
from ttsbook.text.tables import read_map, read_rows, read_words

_NUMERAL = f"(?P<roman>{ROMAN})"
_SMALL_NUMERAL = "(?P<roman>(?=[ivxl]{2})(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3}))"
_LETTERS_RATHER = ("C", "D", "L", "M")  # one of these alone is seldom a number
_COUNTED_HIGH = ("chapter", "canto", "psalm", "sonnet")
_FEWEST_NEVER = 400  # chapters that no book has
_INITIAL_NEXT = re.compile(r"\s+[A-Z]\.(?:\s|$)")
_NUMERAL_END = re.compile(r"\s*(?:[.,:;)\]—–-]|$)")
_CAPITAL_NEXT = re.compile(r"\s+[\"“‘]?[A-Z]")
_DATE_NEXT = re.compile(r",?\s(?:\d|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)")
_PEOPLE_NEXT = re.compile(r"\s?\d+ (?:[a-z]+s|men|women|people|children|is|was|are|were)\b")
_DIGIT_NEXT = re.compile(r"\s?(?:\d|[IVXLC]{2,}\b|[ivxlc]+\b)")
_CLOSERS = " \"”’')\n"
_GOES_ON = re.compile(r"\s+[a-z]|[,;:]|['’]s\b")
_POWERS = {"²": "squared", "³": "cubed"}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_DIGIT_BEFORE = re.compile(r"\d(?:st|nd|rd|th)?\s?$")
_COMPARED = {"<": " is less than ", ">": " is greater than "}
_ONE_LETTER = 2  # with its full stop
_LAST_WORD = re.compile(r"([\w'’]+)\.?\s+$")
_NEXT_WORD = re.compile(r"\s+[\"“‘]?([A-Z][\w'’]*)")


def _abbreviation(match: re.Match[str]) -> str | None:
    """Read an abbreviation from the table if what follows fits its condition."""
    text, end, printed = match.string, match.end(), match.group()
    for written, condition, words in _abbreviations()[printed.lower()]:
        # "P." is a person, "p." a page; "Vol." and "vol." are the same.
        if printed != written and (written[0].isupper() or len(written) == _ONE_LETTER):
            continue
        if printed == "no." and _is_answer(match):
            continue
        fits = {
            "name": _CAPITAL_NEXT.match(text, end),
            "date": _DATE_NEXT.match(text, end) or _is_after(match, "before-weekday"),
            "number": _DIGIT_NEXT.match(text, end),
            "after-digit": _DIGIT_BEFORE.search(text[max(0, match.start() - 5) : match.start()]),
            "inside": _GOES_ON.match(text, end),
            "any": True,
            "end": True,
        }[condition]
        if fits:
            # The stop of "etc." may be the sentence's as well.
            stop = kept_stop(match) if condition in ("end", "date") else ""
            return words + stop
    return None


def _is_after(match: re.Match[str], group: str) -> bool:
    found = _LAST_WORD.search(match.string, max(0, match.start() - 30), match.start())
    return found is not None and found.group(1).lower() in read_map("contexts_en.tsv")[group].split()


def _is_answer(match: re.Match[str]) -> bool:
    """Distinguish the "no." of "The answer is no. 5 men came." from that of "Cell no. 5"."""
    found = _LAST_WORD.search(match.string, max(0, match.start() - 30), match.start())
    before = found.group(1).lower() if found else ""
    if before in ("is", "was"):
        return _PEOPLE_NEXT.match(match.string, match.end()) is not None
    return before in read_words("before_no_en.txt")


@lru_cache(maxsize=1)
def _abbreviations() -> dict[str, list[tuple[str, str, str]]]:
    table: dict[str, list[tuple[str, str, str]]] = {}
    for written, condition, words in read_rows("abbreviations_en.tsv"):
        table.setdefault(written.lower(), []).append((written, condition, words))
    return table


def _saint_or_street(match: re.Match[str]) -> str:
    """Read "St." before a name as Saint; after one, at the end of a sentence or clause, as Street."""
    if _starts_name(match.string, match.end()) or not (_is_after_name(match) or _is_last(match)):
        return "Saint"
    return "Street" + kept_stop(match)


def _is_last(match: re.Match[str]) -> bool:
    """Return whether the text ends after a name and its "St.": nobody is named."""
    found = _LAST_WORD.search(match.string, max(0, match.start() - 30), match.start())
    is_name = found is not None and found.group(1)[0].isupper()
    return is_name and not match.string[match.end() :].strip(_CLOSERS)


def _doctor_or_drive(match: re.Match[str]) -> str:
    if _starts_name(match.string, match.end()) or not _is_after_name(match):
        return "Doctor"
    return "Drive" + kept_stop(match)


def _starts_name(text: str, position: int) -> bool:
    """Return whether a capital follows that is not the first word of a sentence."""
    following = _NEXT_WORD.match(text, position)
    return following is not None and following.group(1) not in read_words("starters_en.txt")


def _is_after_name(match: re.Match[str]) -> bool:
    found = _LAST_WORD.search(match.string, max(0, match.start() - 30), match.start())
    before = found.group(1) if found else ""
    return before[:1].isupper() and before.lower() not in read_words("before_saint_en.txt")


def _chapter_roman(match: re.Match[str]) -> str | None:
    numeral = match["roman"]
    if numeral in _LETTERS_RATHER and match["word"].lower() not in _COUNTED_HIGH:
        return None  # "Appendix C"
    if numeral == "I" and not (match["word"][0].isupper() and _NUMERAL_END.match(match.string, match.end())):
        return None  # "the story I read"
    word = match["word"].capitalize() if match["word"].isupper() else match["word"]
    return f"{word}{match['gap']}{cardinal(str(roman_value(numeral)))}" if numeral else None


def _chapters_roman(match: re.Match[str]) -> str | None:
    """Read "Chapters III–V"."""
    first, last = roman_value(match["roman"]), roman_value(match["to"])
    return f"{match['word']} {cardinal(str(first))} to {cardinal(str(last))}" if first < last else None


def _part_roman(match: re.Match[str]) -> str:
    """Read "Vol. I" and "Chap. V"."""
    words = next(words for _, _, words in _abbreviations()[match["word"].lower() + "."])
    return f"{words} {cardinal(str(roman_value(match['roman'])))}"


def _king(match: re.Match[str]) -> str | None:
    if match["word"].lower() not in read_words("rulers_en.txt") or not match["roman"]:
        return None
    if match.group() == "Malcolm X":
        return None
    if match["roman"] == "I" and not re.match(
        r"['’]s\b|[,.;:!?)]|\s+(?:of|was|and|is|had)\b|\s*$", match.string[match.end() :]
    ):
        return None  # "Henry I said": the word I
    return f"{match['word']} the {ordinal(str(roman_value(match['roman'])))}"


def _power(match: re.Match[str]) -> str:
    """Read "x²" as squared and "10⁻³" as "to the power of minus three"."""
    printed = match.group()
    if printed in _POWERS:
        return _POWERS[printed]
    plain = printed.translate(_RAISED)
    digits = plain.lstrip("+-")
    number = cardinal(digits) if digits.isdigit() else digits
    return f"to the power of {'minus ' if plain[0] == '-' else ''}{number}"


def _lowered(match: re.Match[str]) -> str:
    return cardinal(match.group().translate(_LOWERED))


def _ordinal_roman(match: re.Match[str]) -> str:
    return ordinal(str(roman_value(match["roman"])))


def _bare_roman(match: re.Match[str]) -> str | None:
    return cardinal(str(roman_value(match.group()))) if match.group() else None


def _roman_sign(match: re.Match[str]) -> str:
    return cardinal(str(sign_value(match.group())))


def _heading_roman(match: re.Match[str]) -> str | None:
    """Read the number of a chapter, but leave "C. Auguste Dupin" and "V. S. Naipaul" their initials."""
    numeral, rest = match["roman"], match.string[match.end() :]
    is_title = numeral in _LETTERS_RATHER or roman_value(numeral) >= _FEWEST_NEVER
    is_initial = len(numeral) == 1 and _INITIAL_NEXT.match(rest)
    if rest.strip() and (is_title or is_initial):
        return None
    return cardinal(str(roman_value(match["roman"]))) + match["stop"]


def _initials(match: re.Match[str]) -> str:
    return " ".join(c for c in match.group() if c.isalpha())


def _monsieur(match: re.Match[str]) -> str | None:
    """Read the M. of "M. de Villefort", but leave "John M. Smith" and "M. R. James" their initials."""
    before = _LAST_WORD.search(match.string, max(0, match.start() - 30), match.start())
    word = before.group(1) if before else ""
    is_name = word[:1].isupper() and word.lower() not in read_words("before_saint_en.txt")
    return None if is_name or word.lower() in read_words("titles_en.txt") else "Monsieur"


def _dotted(match: re.Match[str]) -> str:
    """Read "U.S.A."; its last stop is the sentence's too where the text or the sentence ends."""
    following = _NEXT_WORD.match(match.string, match.end())
    starts = following is not None and following.group(1) in read_words("starters_en.txt")
    ends = starts or not match.string[match.end() :].strip(_CLOSERS)
    return _initials(match) + ("." if ends else "")


def _one_initial(match: re.Match[str]) -> str | None:
    """Read the letter of "E. Gardiner", but leave "plan B. He left" its stop."""
    return _initials(match) if _starts_name(match.string, match.end()) else None


def _acronym(match: re.Match[str]) -> str | None:
    """Spell a word in capitals that is on the list of those that are spelt though they look like words."""
    word, ending = match["letters"], match["s"] or ""
    if word not in read_words("spelt_en.txt"):
        return None
    return " ".join(word) + ("'s" if ending else "")


def _shouted(match: re.Match[str]) -> str | None:
    """Read words of a line in capitals as words: THE FBI FILES, CHAPTER THE FIRST."""
    text = match.string
    if not text.isupper() or sum(1 for _ in re.finditer(r"[A-Z]{2,}", text)) < 2:
        return None
    return match.group().capitalize()


def _symbol(match: re.Match[str]) -> str:
    return read_map("symbols_en.tsv")[match.group()]


@lru_cache(maxsize=1)
def word_rules() -> tuple[Rule, ...]:
    """Return the rules in the order of their claims."""
    dotted = any_of(written for written in _abbreviations() if "." in written)
    bare = any_of(row[0] for row in read_rows("abbreviations_en.tsv") if "." not in row[0])
    symbols = "".join(read_map("symbols_en.tsv"))
    words = any_of(read_words("before_roman_en.txt"))
    chapter = rf"\b(?P<word>(?i:{words}))(?P<gap>\s+){_NUMERAL}\b(?!['’]\w)"
    part = r"\b(?P<word>[Vv]ol|[Cc]hap|[Bb]k|[Ff]ig)\.\s(?P<roman>[IVX])\b(?=\.?(?:[,;:)]|\s|$))"
    low = _SMALL_NUMERAL.replace("{2}", r"+\b")
    small = rf"\b(?P<word>[Vv]ol|[Cc]hap|[Bb]k|ch|p)\.\s{low}\b(?!\.\w|['’])"
    several = r"\b(?P<word>[Cc]hapters|[Bb]ooks|[Aa]cts|[Pp]arts|[Vv]olumes)\s"
    several += rf"{_NUMERAL}\s?[-–—]\s?(?P<to>[IVXLC]+)\b"
    not_latin = "-(?!facto|jure|rigueur|luxe)[a-z]{3}"
    table = (
        ("roman", small, _part_roman, "ivxl"),
        ("roman", several, _chapters_roman, "IVXLC"),
        ("roman", chapter, _chapter_roman, "IVXLCDM"),
        ("roman", chapter.replace(_NUMERAL, _SMALL_NUMERAL), _chapter_roman, "ivxl"),
        ("roman", rf"^\s*{_NUMERAL}(?P<stop>\.|(?=\s*$))(?=\s*$|\s+[A-Z“])", _heading_roman, "IVXLCDM"),
        ("roman", part, _part_roman, "IVX"),
        ("roman", rf"\b(?P<word>[A-Z][a-zé]+)\s{_NUMERAL}\b(?:\.(?=['’]s\b|[,;:]|\s+[a-z]))?", _king, "IVX"),
        ("roman", rf"\b(?=[IVX]){_NUMERAL}(?:th|st|nd|rd|(?=\scentur))\b", _ordinal_roman, "IVX"),
        ("roman", r"(?<![\w.'’-])(?=[IVX]{2,})X{0,3}(?:IX|IV|V?I{0,3})(?![\w'’-]|\.\w)", _bare_roman, "IVX"),
        ("roman", r"(?<![\w.'’-])(?=[IVXL]{3})(?:XL|LX{0,3})(?:IX|IV|V?I{0,3})(?![\w'’])", _bare_roman, "L"),
        ("roman", f"[{''.join(sorted(ROMAN_SIGNS))}]", _roman_sign, "".join(ROMAN_SIGNS)),
        ("saint", r"\bSt\.(?!\w)|\bSt(?=\s[A-Z])", _saint_or_street, "S"),
        ("doctor", r"\bDr\.?(?=\s|$)", _doctor_or_drive, "D"),
        ("monsieur", r"(?<![\w.])M\.(?=\s(?:d[eu]\s|d['’][A-ZÉ]|[A-ZÉ][a-zà-ÿ]))", _monsieur, "M"),
        ("abbreviation", rf"(?i)(?<![\w.])(?:{dotted})(?!\w)", _abbreviation, "."),
        ("abbreviation", rf"\b(?:{bare})\b", _abbreviation, ""),
        ("initials", r"\b(?:[A-Z]\.\s?){2,}(?<=\.)(?=\s*[a-z,;:!?)'’\"”])", _initials, "."),
        ("initials", r"\b(?:[A-Z]\.){2,}", _dotted, "."),
        ("initials", r"\b[A-Z](?:\.|[—–-]{1,4})['’]s\b", lambda match: f"{match.group()[0]}'s", ".—–-"),
        ("sharp", r"\b[A-G]#(?!\w)", lambda match: f"{match.group()[0]} sharp", "#"),
        ("initials", r"\b(?!I\.)[A-Z]\.(?=\s[A-Z])", _one_initial, "."),
        ("initials", r"\b(?!I\.)[A-Z]\.(?=[A-Z]|\s[a-z])", _initials, "."),
        ("acronym", r"\b(?P<letters>[A-Z]{2,5})(?P<s>['’]?s)?\b", _acronym, ""),
        ("capitals", r"\b[A-Z]{2,}(?:['’][A-Z]+)?\b", _shouted, ""),
        ("power", r"(?<=[A-Za-z\d)])(?:[⁺⁻]?[⁰¹²³⁴-⁹]+|ⁿ)", _power, "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ"),
        ("lowered", "[₀-₉]+", _lowered, "₀₁₂₃₄₅₆₇₈₉"),
        ("either", r"\b(?:[Hh]e/she|[Ss]he/he|[Hh]is/hers?|[Hh]er/his|[Hh]im/her|[Hh]imself/herself)\b",
         lambda match: match.group().replace("/", " or "), "/"),
        ("either", r"\b(?:[Aa]nd|[Ee]ither)/or\b", lambda match: match.group().replace("/", " "), "/"),
        ("compare", r"(?<=[\w)])\s?[<>]\s?(?=\d)", lambda match: _COMPARED[match.group().strip()], "<>"),
        ("prefix", rf"(?<![\w-])[Dd]e(?={not_latin})", lambda match: f"{match[0]}e", "-"),
        ("arrow", r"(?<=\w)\s?→\s?(?=[\w∞])", lambda _: " to ", "→"),
        ("dash", r"-{2,}|(?<=\s)-(?=\s)", lambda _: "—", "-"),
        ("hashtag", r"(?<!\w)#(?=[A-Za-z])", lambda _: "hashtag ", "#"),
        ("symbol", f"[{re.escape(symbols)}]", _symbol, symbols),
    )  # fmt: skip
    return tuple(english_rule(name, pattern, speak, needs) for name, pattern, speak, needs in table)
