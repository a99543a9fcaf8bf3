"""All rules that turn printed English into the words of a reader, in the order of their claims."""

from __future__ import annotations

import re
from functools import lru_cache

from ttsbook.text.normalize.english_acronyms import ACRONYMS
from ttsbook.text.normalize.english_calibers import CALIBERS
from ttsbook.text.normalize.english_counts import CODES, FRACTIONS, ORDINALS, PLAIN
from ttsbook.text.normalize.english_dates import DATES, YEARS
from ttsbook.text.normalize.english_emoticons import EMOTICONS
from ttsbook.text.normalize.english_formulas import FORMULAS
from ttsbook.text.normalize.english_labels import LABELS, NAMED
from ttsbook.text.normalize.english_measures import measure_rules
from ttsbook.text.normalize.english_numbers import one_by_one
from ttsbook.text.normalize.english_places import PLACES
from ttsbook.text.normalize.english_quantities import quantity_rules
from ttsbook.text.normalize.english_romans import SCENES, roman_rules
from ttsbook.text.normalize.english_verses import VERSES
from ttsbook.text.normalize.english_words import word_rules
from ttsbook.text.normalize.rewrite import Rule, english_rule

# fmt: off
_ADDRESS_NAMES = {
    ".": "dot", "/": "slash", "@": "at", "-": "dash", "_": "underscore", ":": "colon", "?": "question mark",
    "=": "equals", "&": "and", "#": "hash", "%": "percent", "~": "tilde", "+": "plus",
}
# fmt: on
# Files by name: budget.xlsx. No endings that are words, which a lost space would make of the next sentence.
_FILES = "txt|pdf|docx?|xlsx?|pptx?|csv|json|xml|html?|css|js|py|md|jpe?g|png|gif|mp[34]|wav|zip|gz|exe|dll"
_FILES += "|ya?ml|toml|cpp|java|rb|php|sql|ini|cfg|svg|epub|tsx?|jsx|rs|ipynb|apk|avi|mkv"
# A dot that belongs to a name: a .pdf, .NET, self.x, foo.bar().
_DOT = (
    rf"\.(?=[A-Za-z_])(?:(?<![\w.]\.)(?=(?:com|org|net|edu|gov|io|NET|{_FILES})(?![\w.]))"
    r"|(?<=\bASP\.)(?=NET\b)|(?<=\bADO\.)(?=NET\b)|(?<=[a-z_]\.)(?=[a-z_]\w*\()|(?<=\bself\.)(?=[a-z_]))"
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"“”，。]*[\w/]|[A-Za-z0-9_.+-]+@[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9][A-Za-z0-9-]*)+"
    r"|(?<![A-Za-z0-9._-])(?:[A-Za-z0-9_-]+\.)+(?:(?:com|org|net|edu|gov|io|info)(?:\.[a-z]{2})?\b"
    rf"(?:/[^\s<>\"“”，。]*[\w/])?|(?:{_FILES})(?![\w-]))"
)


@lru_cache(maxsize=1)
def english_rules() -> tuple[Rule, ...]:
    """Return the rules; a date must claim its digits before a plain number can."""
    address = Rule("address", _ADDRESS, _address, "", frozenset("@/."))
    dates = (*SCENES, *VERSES, *FORMULAS, *LABELS, *CODES, *DATES)
    quantities = (*quantity_rules(), *CALIBERS, *measure_rules())
    numbers = (*dates, *FRACTIONS[:1], *quantities, *FRACTIONS[1:], *ORDINALS, *YEARS, *NAMED, *PLAIN)
    dot = english_rule("address", _DOT, lambda _: " dot ", ".")
    return (address, dot, *EMOTICONS, *PLACES, *numbers, *ACRONYMS, *roman_rules(), *word_rules())


def _address(match: re.Match[str]) -> str:
    """Read a URL or e-mail address: dots, slashes and the rest by name, digits one by one."""
    text = re.sub(r"^https?://", "", match.group()).rstrip("/")
    parts = re.findall(r"[A-Za-z]+|\d|[^A-Za-z\d]", text)
    said = (_ADDRESS_NAMES.get(part, one_by_one(part) if part.isdigit() else part) for part in parts)
    return " ".join("W W W" if part == "www" else part for part in said)
