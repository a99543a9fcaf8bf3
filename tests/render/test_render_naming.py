"""Names of files: whatever a book is called, every file system takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttsbook.errors import UsageError
from ttsbook.render.naming import LIBRARY, MAX_NAME_BYTES, fill_template, safe_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Pride and Prejudice", "Pride and Prejudice"),
        ("Alien: Covenant", "Alien - Covenant"),
        ("AC/DC", "AC-DC"),
        ('Who? "Me" <you>*|\\', "Who 'Me' (you)--"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("...", "Untitled"),
        ("", "Untitled"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("COM¹", "_COM¹"),
        ("Lpt9 .log", "_Lpt9 .log"),
        ("CONOUT$", "_CONOUT$"),
        ("Console", "Console"),
        ("Ends with dots. . .", "Ends with dots"),
        (".hidden", "hidden"),
        ("two\nlines\x00\u202e\u200b", "two lines"),
        ("ﬁn e\u0301", "ﬁn é"),
        ("三体", "三体"),
    ],
)
def test_a_title_becomes_a_name(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text(max_size=400))
def test_no_text_gives_a_dangerous_name(text: str) -> None:
    name = safe_name(text)
    assert name
    assert len(name.encode("utf-8")) <= MAX_NAME_BYTES + 1
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert name.strip(" .") == name
    assert name.isprintable()
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "template", ["{title", "title}", "{title!r}", "[{series}", "{title}]", "{author}/{Title}"]
)
def test_a_brace_without_a_field_is_a_mistake(template: str) -> None:
    values = dict.fromkeys(("author", "title", "series"), "x")
    with pytest.raises(UsageError, match="belongs to no field"):
        fill_template(template, values)
    assert str(fill_template("{title} [unabridged]", values)) == "x unabridged"
    odd = dict.fromkeys(values, "[a} {title")
    assert str(fill_template("{author}/[{series}/]{title}", odd)) == "/".join(["[a} {title"] * 3)


def test_a_template_is_filled_with_safe_names() -> None:
    values = {"author": "A/B", "title": "../x", "series": ""}
    assert str(fill_template("{author}/{title}", values)) == "A-B/-x"
    assert str(fill_template("{series}/{title}", values)) == "Unknown series/-x"


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"series": "Emma & Co.", "series_part": "3"}, "A/Emma & Co/Vol 3 - T/T"),
        ({"series": "Emma & Co.", "series_part": ""}, "A/Emma & Co/T/T"),
        ({"series": "", "series_part": ""}, "A/T/T"),
        ({"series": " ", "series_part": "3"}, "A/Vol 3 - T/T"),
        ({"series": "", "series_part": "", "author": ""}, "Unknown author/T/T"),
    ],
)
def test_what_a_book_does_not_have_leaves_no_trace_in_its_path(values: dict[str, str], path: str) -> None:
    assert str(fill_template(LIBRARY, {"author": "A", "title": "T", **values})) == path


@pytest.mark.parametrize("template", ["/etc/{title}", "../{title}", "{title}/..", "", "a//b", "{nonsense}"])
def test_a_template_that_leads_elsewhere_is_refused(template: str) -> None:
    with pytest.raises(UsageError):
        fill_template(template, {"title": "x"})
