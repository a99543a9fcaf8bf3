"""Tells by the words around whether a word is a verb, and "read" present or past: guesses, not a parser."""

from __future__ import annotations

from collections.abc import Sequence

from ttsbook.text.g2p.clause import (
    context,
    has_verb_after,
    is_adverb,
    is_past,
    is_plural_noun,
    word_at,
    word_before,
)

_REACH = 6  # words that an auxiliary or a word of time may stand away


def is_verb(words: Sequence[str], index: int) -> bool:
    """Distinguish "to object" and "boys object to it" from "an object"."""
    before, position = word_before(words, index)
    after = word_at(words, index + 1)
    word = words[index].lower()
    if word.endswith("s") and not word.endswith("ss"):
        has_object = after in context("objects") | context("after-verb") or is_adverb(after)
        return before in context("singular-subjects") or (
            before not in context("determiners") and has_object and before != ""
        )
    if before in context("before-base") or before in context("plural-subjects"):
        return True
    if before in ("which", "who") and (after == "to" or after in context("objects") | {"such"}):
        return True  # "letters which purport to come", "which present any feature"
    if before in context("object-pronouns") and _is_bare(words, index, position):
        return True
    if before in context("singular-subjects") and before != "that":  # "did she object"
        return word_before(words, position)[0] in context("before-base")
    if before == "" and _is_order(words, index):
        return True
    if is_plural_noun(word_at(words, index - 1)) and _is_predicate(words, index):
        return True
    if _is_asked(words, index):
        return True
    # An order at the start of a clause, or a noun before and an object after: "boys object to it".
    return after in context("objects") and before not in context("determiners")


def _is_bare(words: Sequence[str], index: int, pronoun: int) -> bool:
    """Distinguish "let her use it" and "made him present it" from "saw her conduct", "made him content"."""
    lead, _ = word_before(words, pronoun)
    is_doubtful = word_at(words, pronoun) == "her" or words[index].lower() in context("after-noun-adjectives")
    if is_doubtful and not lead.startswith(("help", "let")):
        return lead in context("before-bare") and word_at(words, index + 1) in context("objects")
    return lead in context("before-bare")


def _is_order(words: Sequence[str], index: int) -> bool:
    """Distinguish "Use two forks" and "Combine flour and salt" from "Use of it" and "Record crowds came"."""
    after = word_at(words, index + 1)
    if after in context("objects") | {"all", "both"}:
        return True
    is_bare = after not in context("after-noun") | {""} and words[index].lower() in context("orders")
    return is_bare and not has_verb_after(words, index)


def _is_predicate(words: Sequence[str], index: int) -> bool:
    """Distinguish "Farmers use dung to feed the soil" from "an arms conflict", "the guests present"."""
    after = word_at(words, index + 1)
    if after in context("objects"):
        return True
    word = words[index].lower()
    if word in context("need-object"):
        return after in ("everyone", "everything")
    if word in context("after-noun-adjectives"):  # "friends close and enemies closer"
        return after in context("after-plural") and after != "and"
    if word_at(words, index - 2) in context("one"):
        return False
    if after == "":  # "Their stories conflict.", but "a new sports project"
        return word_at(words, index - 3) not in ("a", "an") and words[index].islower()
    is_near_edge = any(word_at(words, index + place) == "" for place in (-3, -2, 2, 3))
    return after in context("after-plural") or (is_near_edge and not has_verb_after(words, index))


def _is_asked(words: Sequence[str], index: int) -> bool:
    """Return whether a question or "let" asks for a verb: "did the man use it", "let the clock wind"."""
    after = word_at(words, index + 1)
    if after not in context("objects") | context("after-verb") | {"", "to", "down", "up"}:
        return False
    if word_at(words, index - 1) in context("determiners") | {""}:
        return False
    if words[index].lower() in context("after-noun-adjectives"):
        return False
    starts = (index - 3, index - 4)
    return any(
        word_at(words, start) in context("asking") and word_at(words, start + 1) in context("articles")
        for start in starts
    )


def is_base(words: Sequence[str], index: int) -> bool:
    """Return whether the word follows "to", a modal or do, adverbs and a subject in a question aside."""
    before, position = word_before(words, index)
    after = word_at(words, index + 1)
    if before == "" and _is_told(words, index, position):
        return True
    if after in ("nor", "or") and word_at(words, index + 2) == "write":
        return True  # "could neither read nor write"
    if before in ("and", "or") and _is_coordinate(words, position):
        return True  # "must sit down and read"
    if before in context("object-pronouns") and word_before(words, position)[0] in context("before-bare"):
        return True  # "let me read it"
    if before.endswith("'d"):
        return _is_would(words, index)
    if before in context("plural-subjects") | context("singular-subjects"):  # "did you read"
        if _is_present(words, index, position):
            return True
        before, _ = word_before(words, position)
    return before in context("before-base")


def _is_told(words: Sequence[str], index: int, start: int) -> bool:
    """Distinguish the orders "Read that again" and "Then read the rest" from "it rose, then read"."""
    first = words[start + 1]
    return first[0].isupper() and word_at(words, index + 1) not in ("by", "in", "with")


def _is_would(words: Sequence[str], index: int) -> bool:
    """Distinguish "I'd read it if I could" and "every night he'd read to us" from "they'd read it before"."""
    earlier = [word_at(words, place) for place in range(max(0, index - _REACH), index)]
    later = [word_at(words, place) for place in range(index + 1, index + 1 + 2 * _REACH)]
    return "if" not in earlier and ("if" in later or not context("habit").isdisjoint(earlier))


def _is_present(words: Sequence[str], index: int, subject: int) -> bool:
    """Return whether "read" after a subject tells of no past: "I read daily", "before you read this"."""
    before, lead = word_at(words, subject), word_at(words, subject - 1)
    around = [word_at(words, place) for place in range(max(0, index - 2), index + _REACH)]
    following = [word_at(words, place) for place in range(index, index + 2 * _REACH)]
    if any(map(is_past, following)):
        return False
    if before == "you":
        return lead in context("before-you-read")
    if before in ("which", "who"):
        return lead in context("plural-subjects") | {"those"} and "will" in following
    is_habit = not context("habit").isdisjoint(around) or "these days" in " ".join(following)
    return before in context("plural-subjects") and is_habit


def _is_coordinate(words: Sequence[str], position: int) -> bool:
    """Return whether the "and" at `position` joins what follows to a verb after "to" or a modal."""
    for index in range(position - 1, max(-1, position - _REACH), -1):
        word = words[index].lower()
        if word in context("before-base"):
            return index < position - 1
        subjects = context("plural-subjects") | context("singular-subjects")
        if word in ("", "be", "been", "have") or word in subjects or word.endswith("ed"):
            return False
    return False
