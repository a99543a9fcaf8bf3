from __future__ import annotations

from dataclasses import replace

import pytest
from stand_in import VOICE, make_book

from ttsbook.audio.tags import Tags
from ttsbook.errors import UsageError
from ttsbook.render.tags import check_overrides, tags_of
from ttsbook.types import Metadata

METADATA = Metadata(
    title="The Third",
    authors=("Jane Austen",),
    language="en",
    series="Novels",
    series_index="3.0",
    identifiers=("urn:uuid:1", "9780141439519", "urn:isbn:978-0-14-143951-8"),
    subtitle="A Novel",
    title_sort="Third, The",
    author_sort="Austen, Jane",
)


def tags(metadata: Metadata = METADATA, **overrides: str) -> Tags:
    given = tuple((name.replace("_", "-"), value) for name, value in overrides.items())
    return tags_of(replace(make_book(), metadata=metadata), VOICE, "en", overrides=given)


def test_what_the_book_says_of_its_place_on_a_shelf_is_in_the_tags() -> None:
    found = tags()
    assert (found.title_sort, found.artist_sort, found.subtitle) == ("Third, The", "Austen, Jane", "A Novel")
    assert found.extra == (("series", "Novels"), ("series-part", "3"), ("isbn", "9780141439518"))
    assert found.album_sort == "Novels 03 - The Third"


def test_nothing_is_invented_for_books_that_say_nothing() -> None:
    found = tags(Metadata(title="T"))
    assert (found.title_sort, found.artist_sort, found.album_sort, found.subtitle) == ("", "", "", "")
    assert found.extra == ()
    assert tags(replace(METADATA, series=None, series_index=None)).album_sort == "Third, The"


def test_a_tag_by_hand_goes_before_all_and_takes_what_followed_from_the_other_with_it() -> None:
    found = tags(title="Other", artist="Someone", title_sort="zzz", series_part="4", isbn="")
    assert (found.title, found.album, found.title_sort) == ("Other", "Other", "zzz")
    assert found.artist_sort == ""
    assert found.album_sort == "Novels 04 - Other"
    assert tags(title="Other").title_sort == ""
    assert dict(found.extra) == {"series": "Novels", "series-part": "4"}


@pytest.mark.parametrize(
    ("identifier", "isbn"),
    [
        ("0-306-40615-2", "0306406152"),
        ("ISBN 080442957X", "080442957X"),
        ("9780306406157", "9780306406157"),
        ("9780306406158", ""),
        ("0306406153", ""),
        ("urn:uuid:9780306406157", ""),
    ],
)
def test_an_isbn_is_known_by_its_last_digit(identifier: str, isbn: str) -> None:
    found = tags(Metadata(title="T", identifiers=(identifier,)))
    assert dict(found.extra).get("isbn", "") == isbn


@pytest.mark.parametrize("name", ["comment", "date", "albumartist", "chapter001", "tit2", "a=b"])
def test_names_that_files_have_for_something_else_are_refused_before_the_work(name: str) -> None:
    with pytest.raises(UsageError, match="tag"):
        check_overrides([("mood", "calm"), (name, "x")])
