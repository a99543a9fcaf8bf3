"""What a value may be: checks a TOML value, reads one from text, and says in words what is allowed.

Knows nothing of files, layers or the meaning of a setting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

Value: TypeAlias = "str | int | float | bool | tuple[str, ...]"


class Rule(Protocol):
    """Decides whether a value fits.

    `check` takes what TOML gives, `parse` what the environment or a flag gives; both raise
    ValueError if it does not fit. `allowed` completes "expected …".
    """

    @property
    def allowed(self) -> str: ...
    def check(self, value: object) -> Value: ...
    def parse(self, text: str) -> Value: ...


@dataclass(frozen=True, slots=True)
class Choice:
    values: tuple[str, ...]

    @property
    def allowed(self) -> str:
        return "one of " + ", ".join(self.values)

    def check(self, value: object) -> Value:
        if isinstance(value, str) and value in self.values:
            return value
        raise ValueError

    def parse(self, text: str) -> Value:
        return self.check(text.strip().lower())


@dataclass(frozen=True, slots=True)
class Number:
    low: float
    high: float
    unit: str = ""
    word: str = ""  # a value that is not a number, such as "off"

    @property
    def allowed(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"a number from {self.low:g} to {self.high:g}{unit}" + _or_word(self.word)

    def check(self, value: object) -> Value:
        if self.word and value == self.word:
            return self.word
        # bool is an int to Python, but `speed = true` is a mistake.
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError
        if self.low <= value <= self.high:  # also false of NaN
            return float(value)
        raise ValueError

    def parse(self, text: str) -> Value:
        word = text.strip().lower()
        return word if self.word and word == self.word else self.check(float(word))


@dataclass(frozen=True, slots=True)
class Whole:
    low: int
    high: int
    unit: str = ""
    word: str = ""

    @property
    def allowed(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"a whole number from {self.low} to {self.high}{unit}" + _or_word(self.word)

    def check(self, value: object) -> Value:
        if self.word and value == self.word:
            return self.word
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError
        if self.low <= value <= self.high:
            return value
        raise ValueError

    def parse(self, text: str) -> Value:
        word = text.strip().lower()
        return word if self.word and word == self.word else self.check(int(word))


@dataclass(frozen=True, slots=True)
class Flag:
    @property
    def allowed(self) -> str:
        return "true or false"

    def check(self, value: object) -> Value:
        if isinstance(value, bool):
            return value
        raise ValueError

    def parse(self, text: str) -> Value:
        words = {"1": True, "true": True, "yes": True, "on": True}
        words |= {"0": False, "false": False, "no": False, "off": False}
        try:
            return words[text.strip().lower()]
        except KeyError:
            raise ValueError from None


@dataclass(frozen=True, slots=True)
class Text:
    """Any text; `is_path` marks the name of a file, `may_be_path` a name or a file."""

    what: str = "text"
    is_path: bool = False
    may_be_path: bool = False

    @property
    def allowed(self) -> str:
        return self.what

    def check(self, value: object) -> Value:
        # What may be a name must be one: "" is a variable of a script that was never set.
        if isinstance(value, str) and "\0" not in value and (value or not self.may_be_path):
            return value
        raise ValueError

    def parse(self, text: str) -> Value:
        return self.check(text)


@dataclass(frozen=True, slots=True)
class Names:
    """A list of names in TOML, or names between commas."""

    what: str

    @property
    def allowed(self) -> str:
        return self.what

    def check(self, value: object) -> Value:
        if isinstance(value, (list, tuple)) and all(isinstance(name, str) and name for name in value):
            return tuple(value)
        raise ValueError

    def parse(self, text: str) -> Value:
        return tuple(name.strip() for name in text.split(",") if name.strip())


def _or_word(word: str) -> str:
    return f', or "{word}"' if word else ""
