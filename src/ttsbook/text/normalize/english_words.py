"""Rules for English words: abbreviations, initials, acronyms, capitals, symbols."""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.normalize.english_numbers import cardinal
from ttsbook.text.normalize.rewrite import Rule, any_of, english_rule, kept_stop, word_before
from ttsbook.text.tables import read_map, read_rows, read_words

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
_COMPARED = {"<": "less than", ">": "greater than"}
_PRIMES = {"′": " prime", "″": " double prime"}
_NOTES = {"#": "sharp", "♯": "sharp", "♭": "flat", "♮": "natural"}
_LESS = r"(?<![-=<>])(?:<(?!3(?:\s(?:you|u|this|my|him|her|it)\b|[!.]?\s*$))|>)"  # <3 is a heart
_ONE_LETTER = 2  # with its full stop
_NEXT_WORD = re.compile(r"\s+[\"“‘]?([A-Z][\w'’]*)")


def _abbreviation(match: re.Match[str]) -> str | None:
    """Read an abbreviation from the table if what follows fits its condition."""
    text, end, printed = match.string, match.end(), match.group()
    for written, condition, words in abbreviations()[printed.lower()]:
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
    return word_before(match).lower() in read_map("contexts_en.tsv")[group].split()


def _is_answer(match: re.Match[str]) -> bool:
    """Distinguish the "no." of "The answer is no. 5 men came." from that of "Cell no. 5"."""
    before = word_before(match).lower()
    if before in ("is", "was"):
        return _PEOPLE_NEXT.match(match.string, match.end()) is not None
    return before in read_words("before_no_en.txt")


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, list[tuple[str, str, str]]]:
    """Return (as printed, condition, words) of each abbreviation by its small letters."""
    table: dict[str, list[tuple[str, str, str]]] = {}
    for written, condition, words in read_rows("abbreviations_en.tsv"):
        table.setdefault(written.lower(), []).append((written, condition, words))
    return table


def _saint_or_street(match: re.Match[str]) -> str:
    """Read "St." before a name as Saint; after one, at the end of a sentence or clause, as Street."""
    if starts_name(match.string, match.end()) or not (_is_after_name(match) or _is_last(match)):
        return "Saint"
    return "Street" + kept_stop(match)


def _is_last(match: re.Match[str]) -> bool:
    """Return whether the text ends after a name and its "St.": nobody is named."""
    return word_before(match)[:1].isupper() and not match.string[match.end() :].strip(_CLOSERS)


def _doctor_or_drive(match: re.Match[str]) -> str:
    if starts_name(match.string, match.end()) or not _is_after_name(match):
        return "Doctor"
    return "Drive" + kept_stop(match)


def starts_name(text: str, position: int) -> bool:
    """Return whether a capital follows that is not the first word of a sentence."""
    following = _NEXT_WORD.match(text, position)
    return following is not None and following.group(1) not in read_words("starters_en.txt")


def _is_after_name(match: re.Match[str]) -> bool:
    before = word_before(match)
    return before[:1].isupper() and before.lower() not in read_words("before_saint_en.txt")


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


def _initials(match: re.Match[str]) -> str:
    return " ".join(c for c in match.group() if c.isalpha())


def _monsieur(match: re.Match[str]) -> str | None:
    """Read the M. of "M. de Villefort", but leave "John M. Smith" and "M. R. James" their initials."""
    word = word_before(match)
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
    return _initials(match) if starts_name(match.string, match.end()) else None


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
    dotted = any_of(written for written in abbreviations() if "." in written)
    bare = any_of(row[0] for row in read_rows("abbreviations_en.tsv") if "." not in row[0])
    symbols = "".join(read_map("symbols_en.tsv"))
    not_latin = "-(?!facto|jure|rigueur|luxe)[a-z]{3}"
    table = (
        ("saint", r"\bSt\.(?!\w)|\bSt(?=\s[A-Z])", _saint_or_street, "S"),
        ("doctor", r"\bDr\.?(?=\s|$)", _doctor_or_drive, "D"),
        ("monsieur", r"(?<![\w.])M\.(?=\s(?:d[eu]\s|d['’][A-ZÉ]|[A-ZÉ][a-zà-ÿ]))", _monsieur, "M"),
        ("abbreviation", rf"(?i)(?<![\w.])(?=(?:et )?[^\s.]+\.)(?:{dotted})(?!\w)", _abbreviation, "."),
        ("abbreviation", rf"\b(?:{bare})\b", _abbreviation, ""),
        ("initials", r"\b(?:[A-Z]\.\s?){2,}(?<=\.)(?=\s*[a-z,;:!?)'’\"”])", _initials, "."),
        ("initials", r"\b(?:[A-Z]\.){2,}", _dotted, "."),
        ("initials", r"\b[A-Z](?:\.|[—–-]{1,4})['’]s\b", lambda match: f"{match.group()[0]}'s", ".—–-"),
        ("initials", r"\b[A-G](?=[#♯♭♮](?!\w))", _initials, "#♯♭♮"),
        ("sharp", r"(?<=\b[A-G])[#♯♭♮](?!\w)", lambda match: f" {_NOTES[match.group()]}", "#♯♭♮"),
        ("initials", r"\b(?!I\.)[A-Z]\.(?=\s[A-Z])", _one_initial, "."),
        ("initials", r"\b(?!I\.)[A-Z]\.(?=[A-Z]|\s[a-z])", _initials, "."),
        ("acronym", r"\b(?P<letters>[A-Z]{2,5})(?P<s>['’]?s)?\b", _acronym, ""),
        ("capitals", r"\b[A-Z]{2,}(?:['’][A-Z]+)?\b", _shouted, ""),
        ("power", r"(?<=[A-Za-z\d)])(?:[⁺⁻]?[⁰¹²³⁴-⁹]+|ⁿ)", _power, "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ"),
        ("lowered", "[₀-₉]+", _lowered, "₀₁₂₃₄₅₆₇₈₉"),
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
        ("dash", r"-{2,}|(?<=\s)-(?=\s)", lambda _: "—", "-"),
        ("hashtag", r"(?<!\w)#(?=[A-Za-z])", lambda _: "hashtag ", "#"),
        ("symbol", f"[{re.escape(symbols)}]", _symbol, symbols),
    )  # fmt: skip
    return tuple(english_rule(name, pattern, speak, needs) for name, pattern, speak, needs in table)
