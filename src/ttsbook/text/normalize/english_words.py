"""Rules for English words: initials, capitals, symbols."""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.g2p.joined import split_joined
from ttsbook.text.initials import is_label
from ttsbook.text.normalize.english_abbreviations import (
    CAPITAL_NEXT,
    CLOSERS,
    NEXT_WORD,
    abbreviation,
    abbreviations,
    doctor_or_drive,
    saint_or_street,
    starts_name,
)
from ttsbook.text.normalize.english_measures import english_units
from ttsbook.text.normalize.english_numbers import cardinal
from ttsbook.text.normalize.rewrite import Rule, any_of, english_rule, kept_stop, word_before
from ttsbook.text.normalize.signs import LOWERED, SUBSCRIPTS
from ttsbook.text.tables import read_map, read_rows, read_words

_OPENERS = " \"“‘'"
_PLACES = {"INT.": "Interior", "EXT.": "Exterior"}  # of a scene in a screenplay
_OPERATORS = {"!=": "≠", ">=": "≥", "<=": "≤", "==": "="}
_DRAWN = 3  # times that a letter shows it to be drawn out
_POWERS = {"²": "squared", "³": "cubed"}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")
_COMPARED = {"<": "less than", ">": "greater than"}
_PRIMES = {"′": " prime", "″": " double prime"}
_NOTES = {"#": "sharp", "♯": "sharp", "♭": "flat", "♮": "natural"}
_LESS = r"(?<![-=<>])[<>]"
# An a that is no article: alone, a) The item, (a), "a", M&A, straight-A, a, e, i, a and b, a + b, x = a.
_LETTER_A = (
    r"[Aa](?!\w)(?:(?<=^[Aa])(?=\W*$|[):]\s)"
    r"|(?<=\([Aa])(?=\))|(?<=[\"“‘][Aa])(?=[\"”’])|(?<=[A-Z]&A)|(?<=[a-z]-A)(?![-'’])"
    r"|(?:(?<== a)|(?<=\bletter a))(?=[,.;:)]|$)"
    r"|(?<![\w'’.-].)(?:(?=, [B-HJ-NP-Zb-hj-np-z]\b(?!['’-]))|(?<=A)(?=-\d)"
    r"|(?<=a)(?=,? (?:and|or) [b-z]\b(?!['’.])|[²³^]| ?[=+×] ?(?!\d)[\w(]| [<>] \w)))"
)
_STRETCHED = (
    r"(?<![\w'’-])(?=[A-Za-z]+-[aeioumrh])(?P<head>[A-Za-z]+?)(?P<letter>[aeioumrh])"
    r"(?P<more>(?:-(?P=letter))+)(?P<tail>(?:(?<=[aeiou])[a-z]+)?)"
    r"(?![\w'’-])"
)
_SENTENCE_A = r"A(?= [A-Z]-\w)(?:(?<=^A)|(?<=[.!?…] A)|(?<=[“\"‘(]A))"  # A T-shirt
_GRADE_END = r"(?=[\s,.;:!?)”\"]|$)(?! [A-Za-z]-| (?:and|or) [A-Z]-\w)"


def _power(match: re.Match[str]) -> str:
    """Read "x²" as squared and "10⁻³" as "to the power of minus three"."""
    printed = match.group()
    if printed in _POWERS:
        return _POWERS[printed]
    plain = printed.translate(_RAISED)
    digits = plain.lstrip("+-")
    number = cardinal(digits) if digits.isdigit() else digits
    return f"to the power of {'minus ' if plain[0] == '-' else ''}{number}"


def _product(match: re.Match[str]) -> str | None:
    """Read the letters of "mc²" and "F = ma", but leave "per km²" its unit."""
    following = match.string[match.end() : match.end() + 1]
    units, letters = english_units(), match.group()
    is_word = letters in units or letters + following in units or letters in read_map("function_words.tsv")
    return None if is_word else " ".join(letters)


def _lowered(match: re.Match[str]) -> str:
    return cardinal(match.group().translate(LOWERED))


def _initials(match: re.Match[str]) -> str:
    return " ".join(c for c in match.group() if c.isalpha())


def _monsieur(match: re.Match[str]) -> str | None:
    """Read the M. of "M. de Villefort", but leave "John M. Smith" and "M. R. James" their initials."""
    word = word_before(match)
    is_name = word[:1].isupper() and word.lower() not in read_words("before_saint_en.txt")
    return None if is_name or word.lower() in read_words("titles_en.txt") else "Monsieur"


def _dotted(match: re.Match[str]) -> str:
    """Read "U.S.A."; its last stop is the sentence's too where the text or the sentence ends."""
    following = NEXT_WORD.match(match.string, match.end())
    starts = following is not None and following.group(1) in read_words("starters_en.txt")
    is_postscript = (
        match.group().endswith("P.S.")
        and not match.string[: match.start()].strip(_OPENERS)
        and CAPITAL_NEXT.match(match.string, match.end()) is not None
    )
    ends = starts or is_postscript or not match.string[match.end() :].strip(CLOSERS)
    return _initials(match) + ("." if ends else "")


def _small_initials(match: re.Match[str]) -> str:
    """Read "300 r.p.m." and "the s.o.b.'s car"."""
    if match.group().endswith("s"):
        return _initials(match)[:-2] + "'s"
    return _initials(match) + kept_stop(match)


def _grade(match: re.Match[str]) -> str:
    return f"{match.group()[0]} minus"


def _one_initial(match: re.Match[str]) -> str | None:
    """Read the letter of "E. Gardiner", but leave "plan B. He left" and "Row D. Mom waved" their stop."""
    text, start, end = match.string, match.start(), match.end()
    return _initials(match) if starts_name(text, end) and not is_label(text, start, end - 1) else None


def _shouted(match: re.Match[str]) -> str | None:
    """Read words of a line in capitals as words: THE FBI FILES, CHAPTER THE FIRST."""
    text = match.string
    if not text.isupper() or sum(1 for _ in re.finditer(r"[A-Z]{2,}", text)) < 2:
        return None
    return match.group().capitalize()


def _versus(match: re.Match[str]) -> str | None:
    """Read "R v Brown" and "England v Australia", but not "Act v Scene"."""
    before = word_before(match)
    return (
        "versus" if before[:1].isupper() and before.lower() not in read_words("before_roman_en.txt") else None
    )


def _drawn_out(match: re.Match[str]) -> str | None:
    """Read so-o-o, Ma-a-ark, hm-m-m and ye-es as the words that they are; re-elect has two."""
    head, letter, tail = match.group("head", "letter", "tail")
    is_once = match["more"].count("-") == 1 and tail
    if is_once and (head + letter + tail).lower() not in read_map("contexts_en.tsv")["said-slowly"].split():
        return None
    return head + letter * _DRAWN + tail


def _operator(match: re.Match[str]) -> str:
    return f" {read_map('symbols_en.tsv')[_OPERATORS[match.group()]]} "


def _place(match: re.Match[str]) -> str:
    return _PLACES[match.group()]


def _hashtag(match: re.Match[str]) -> str:
    """Read #BlackLivesMatter and @JohnSmith."""
    return " ".join(("hashtag" if match.group()[0] == "#" else "at", *split_joined(match["name"])))


def _symbol(match: re.Match[str]) -> str:
    return read_map("symbols_en.tsv")[match.group()]


@lru_cache(maxsize=1)
def word_rules() -> tuple[Rule, ...]:
    """Return the rules in the order of their claims."""
    dotted = any_of(written for written in abbreviations() if "." in written)
    bare = any_of(row[0] for row in read_rows("abbreviations_en.tsv") if "." not in row[0])
    symbols = "".join(read_map("symbols_en.tsv"))
    not_latin = "-(?!facto|jure|rigueur|luxe)[a-z]{3}"
    company = r"(?:[B-HJ-M]\b(?!\.)|[AI](?:[,;:)]|$))"  # not "Acme Co. I left"
    table = (
        ("company", rf"Co\.(?<!\wCo\.)(?<!& Co\.)(?<!and Co\.)(?=\s{company})", lambda _: "Company", "C"),
        ("mark", r"M(?<!\wM)[Kk]\.?[ -]?(?=\d|[IVX]+\b)", lambda _: "Mark ", "M"),
        ("slang", r"af(?<=[a-z] af)(?=[.,!?;:”\"]|\s*$)", lambda _: "A F", ""),
        ("saint", r"\b(?:St|ST)\.(?!\w)|\bSt(?=\s[A-Z])|\bST(?=\s[A-Z]{2})", saint_or_street, "S"),
        ("doctor", r"\b(?:Dr\.?|(?<!;)DR\.)(?=\s|$)|\bDR(?=\s[A-Z]{2})", doctor_or_drive, "D"),
        ("monsieur", r"(?<![\w.])M\.(?=\s(?:d[eu]\s|d['’][A-ZÉ]|[A-ZÉ][a-zà-ÿ]))", _monsieur, "M"),
        ("abbreviation", rf"(?i)(?<![\w.])(?=[^\s.]{{1,9}}\.|et al)(?:{dotted})(?!\w)", abbreviation, "."),
        ("abbreviation", rf"\b(?:{bare})\b", abbreviation, ""),
        ("article", _SENTENCE_A, lambda _: "a", "-"),
        ("place", r"\b(?:INT|EXT)\.(?=(?:/(?:INT|EXT)\.)?\s[A-Z]{2})", _place, "NX"),
        ("initials", r"\b(?:[A-Z]\.){2,}['’]?s\b", lambda match: _initials(match)[:-2] + "'s", "."),
        ("initials", r"\b(?:[A-Z]\.\s?){2,}(?<=\.)(?=\s*[a-z,;:!?)'’\"”])", _initials, "."),
        ("initials", r"\b(?:[A-Z]\.){2,}", _dotted, "."),
        ("initials", r"\b[A-Z](?:\.|[—–-]{1,4})['’]s\b", lambda match: f"{match.group()[0]}'s", ".—–-"),
        ("initials", r"(?<![\w.])(?:[a-z]\.){2,}(?!\w)(?:['’]s\b)?", _small_initials, "."),
        ("initials", _LETTER_A, lambda _: "A", "aA"),
        ("initials", r"\b[Nn]/[Aa]\b", lambda _: "N A", "/"),
        ("grade", rf"(?:(?<=\b[Aa] )[BCD]|(?<=\b[Aa]n )[AF])-{_GRADE_END}", _grade, "-"),
        ("initials", r"\b[A-G](?=[#♯♭♮](?!\w))", _initials, "#♯♭♮"),
        ("sharp", r"(?<=\b[A-G])[#♯♭♮](?!\w)", lambda match: f" {_NOTES[match.group()]}", "#♯♭♮"),
        ("initials", r"\b(?!I\.)[A-Z]\.(?=\s[A-Z])", _one_initial, "."),
        ("initials", r"^A(?=\.\s)", lambda _: "A", "."),
        ("initials", r"\b(?!I\.)[A-Z]\.(?=[A-Z]|\s[a-z]|-[A-Z]\.)", _initials, "."),
        ("capitals", r"\b[A-Z]{2,}(?:['’][A-Z]+)?\b", _shouted, ""),
        ("initials", r"(?<![\w.])[a-z]{2}(?=[²³]|\^\d)|(?<=\b[A-Z] = )[a-z]{2}(?![\w'’])", _product, "²³^="),
        ("power", r"(?<=[A-Za-z\d)])(?:[⁺⁻]?[⁰¹²³⁴-⁹]+|ⁿ)", _power, "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ"),
        ("lowered", "[₀-₉]+", _lowered, SUBSCRIPTS),
        ("either", r"\b(?:[Hh]e/she|[Ss]he/he|[Hh]is/hers?|[Hh]er/his|[Hh]im/her|[Hh]imself/herself)\b",
         lambda match: match.group().replace("/", " or "), "/"),
        ("either", r"\b(?:[Aa]nd|[Ee]ither)/or\b", lambda match: match.group().replace("/", " "), "/"),
        ("compare", rf"(?:(?<=\d)|(?<=\b[A-Za-z])|(?<=\)))\s?{_LESS}\s?(?=[-−]?\.?\d|[A-Za-z]\b(?!>))",
         lambda match: f" is {_COMPARED[match[0].strip()]} ", "<>"),
        ("compare", rf"{_LESS}\s?(?=[-−$£€]?\.?\d)", lambda match: _COMPARED[match[0].strip()], "<>"),
        ("minus", r"(?:(?<=\ba )|(?<=\bof )|(?<=\bto )|(?<=\bat )|(?<=\bis )|(?<=\bwas )|(?<=\bby ))–(?=\d)",
         lambda _: "minus ", "–"),
        ("prime", r"(?<=\b[A-Za-z])[′″](?!\w)", lambda match: _PRIMES[match.group()], "′″"),
        ("prefix", rf"(?<![\w-])[Dd]e(?={not_latin})", lambda match: f"{match[0]}e", "-"),
        ("arrow", r"(?<=\w)\s?→\s?(?=[\w∞])", lambda _: " to ", "→"),
        ("operator", "(?<![!=<>])(?:[!<>]=|==)(?![=>])", _operator, "="),
        ("versus", r"v(?= [A-Z])(?<=[\w.] v)", _versus, "v"),
        ("drawn-out", _STRETCHED, _drawn_out, "-"),
        ("dash", r"-{2,}|(?<=\s)-(?=\s)", lambda _: "—", "-"),
        ("hashtag", r"(?<!\w)[#@](?P<name>[A-Za-z]+)", _hashtag, "#@"),
        ("with", r"(?<![\w/])w/(?=\s?[\w\"“‘])", lambda _: "with", "/"),
        ("age", r"(?<=\d)[\s-]?y/o\b", lambda _: " year old", "/"),
        ("symbol", "§§", lambda _: "sections", "§"),
        ("symbol", f"[{re.escape(symbols)}]", _symbol, symbols),
    )  # fmt: skip
    return tuple(english_rule(name, pattern, speak, needs) for name, pattern, speak, needs in table)
