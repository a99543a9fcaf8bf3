from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_epub import page

from ttsbook.book.document import Anchor, Document, document_text
from ttsbook.book.markup import inner_text, parse_document, parse_html
from ttsbook.book.printed import visible
from ttsbook.book.xhtml import read_document
from ttsbook.types import Block, BlockKind, Skipped


def read(body: str) -> Document:
    document = read_document(parse_document(page(body).encode()).root, "a.xhtml", language="en")
    assert_accounted(body, document)
    return document


def assert_accounted(body: str, document: Document) -> None:
    """Every visible character of the document is spoken or skipped, exactly once."""
    found = Counter(visible("".join(item.text for item in document.items if not isinstance(item, Anchor))))
    found.subtract(Counter(visible(document.added)))
    expected = Counter(visible(document_text(parse_document(page(body).encode()).root)))
    assert {character: n for character, n in found.items() if n} == expected


def texts(body: str) -> list[str]:
    return [item.text for item in read(body).items if isinstance(item, Block)]


def kinds(body: str) -> list[tuple[BlockKind, str]]:
    return [(item.kind, item.text) for item in read(body).items if isinstance(item, Block)]


def skipped(body: str) -> list[tuple[str, str]]:
    return [(item.reason, item.text) for item in read(body).items if isinstance(item, Skipped)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<p><span class="cap">O</span>nce upon</p>', ["Once upon"]),
        ("<p>un<b>believ</b><i>able</i></p>", ["unbelievable"]),
        ("<ul><li><p>one</p></li><li>two<p>three</p></li></ul>", ["one", "two", "three"]),
        (
            "bare<div>in a <span>div</span><div>deeper</div>tail</div>end",
            ["bare", "in a div", "deeper", "tail", "end"],
        ),
        ("<p>a&nbsp;&mdash;\n b&shy;c</p>", ["a — bc"]),
        ("<p>AT&amp;T &lt; 3 &#8220;x&#8221;</p>", ["AT&T < 3 “x”"]),
        ("<p>中文\n  换行</p><p>two\nlines</p>", ["中文换行", "two lines"]),
        ("<h1>Chapter<br/>One</h1><p>a<br/>b</p><p>a<br/><br/>b</p>", ["Chapter One", "a b", "a", "b"]),
        ('<p><img src="o.png" alt="O"/>nce</p>', ["Once"]),
        ("<p>10<sup>6</sup>, <i>x</i><sup>-2</sup>, 5 km<sup>2</sup></p>", ["10^6, x^-2, 5 km^2"]),
        ("<p>1984<sup>5</sup>, the 1<sup>st</sup>, dog<sup>2</sup>.</p>", ["1984, the 1st, dog."]),
        ("<p>sin<sup>2</sup>, CO<sup>2</sup>, in feet<sup>2</sup></p>", ["sin2, CO2, in feet2"]),
        (
            "<p>1,200<sup>5</sup> of 1984.<sup>6, 7</sup> His king’s<sup>7</sup></p>",
            ["1,200 of 1984. His king’s"],
        ),
        (
            "<p>3<sup>1</sup>/<sub>2</sub> of 1,000<sup>1</sup>/<sub>2</sub>, <sup>3</sup>⁄<sub>4</sub></p>",
            ["3 1/2 of 1,000 1/2, 3⁄4"],
        ),
        ("<p>2.5<sup>3</sup>, 王<sup>8</sup>说5米<sup>2</sup></p>", ["2.5^3, 王说5米2"]),
        (
            "<math><msup><mi>a</mi><mn>2</mn></msup><mo>=</mo><mfrac><mn>1</mn><mn>2</mn></mfrac></math>",
            ["a^2=1/2"],
        ),
        (
            "<p>Half: <math><mfrac><mrow><mi>x</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></mfrac></math></p>",
            ["Half: x+1 over 2"],
        ),
        ("<p><math><mfrac><mi>a</mi><msqrt><mi>b</mi></msqrt></mfrac></math>.</p>", ["a over √b."]),
        ("<p>In New York<o:p></o:p> he<o:p/>.</p><p>x<O:P> </O:P></p>", ["In New York he.", "x"]),
        ('<div class="dropcap">T</div>\n<p>he end.</p><p>More.</p>', ["The end.", "More."]),
        ('<p class="drop-cap"><span>“I</span></p> <div>\n<p> <b>t</b> was.</p></div>', ["“It was."]),
        ('<p class="first"><span class="dropcap">A</span> man.</p><p>b</p>', ["A man.", "b"]),
        ('<p>x</p><p class="dropcap">T</p>', ["x", "T"]),
        ('<p><span class="dropcap">W</span>\n<span class="sc">HEN IT</span> rained</p>', ["WHEN IT rained"]),
        ('<p> <span class="dropcap">“W</span> hen it</p>', ["“When it"]),
        ('<p><span class="dropcap">I</span>\n<span>WAS</span></p>', ["I WAS"]),
        ('<p><span class="dropcap">T</span> S. Eliot</p>', ["T S. Eliot"]),
        (
            "<p><span>W</span> hen</p><p>Vitamin <span class='dropcap'>K</span> is</p>",
            ["W hen", "Vitamin K is"],
        ),
        ('<h2 class="dropcap">A</h2><p>Apple.</p>', ["A", "Apple."]),
        ("<dl><dt>Word</dt><dd>Meaning</dd></dl>", ["Word", "Meaning"]),
        ('<math alttext="x squared"><mi>x</mi><mn>2</mn></math>', ["x squared"]),
    ],
)
def test_inline_text_is_joined_and_blocks_are_parted(body: str, expected: list[str]) -> None:
    assert texts(body) == expected


def test_a_heading_may_begin_with_a_formula_or_be_a_picture() -> None:
    formula = '<h1><math alttext="x squared"><mi>x</mi></math> and its roots</h1>'
    assert kinds(formula) == [(BlockKind.HEADING, "x squared and its roots")]
    assert kinds('<h2><img src="two.png" alt="Chapter Two"/></h2>') == [(BlockKind.HEADING, "Chapter Two")]
    assert kinds('<p><img src="a.png" alt="A ship"/></p>') == [(BlockKind.CAPTION, "A ship")]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("<span>Chapter Two</span><span>The Middle</span>", "Chapter Two The Middle"),
        ("<span>1</span><span>The Beginning</span>", "1 The Beginning"),
        ("<span>CHAPTER TWO</span><span>THE MIDDLE</span>", "CHAPTER TWO THE MIDDLE"),
        ("<b>Chapter 2</b><i>The Middle</i>", "Chapter 2 The Middle"),
        ("<span>II</span><span>THE MIDDLE</span>", "II THE MIDDLE"),
        ("<span>Chapter</span><span>12</span><span>the end</span>", "Chapter 12 the end"),
        ("<span>The End</span><span>3</span>", "The End 3"),
        ("<span>Chapter 2:</span><span>The Middle</span>", "Chapter 2: The Middle"),
        ("Chapter Two<span>The Middle</span>", "Chapter Two The Middle"),
        ("<span><b>Chapter Two</b></span><span><i>The Middle</i></span>", "Chapter Two The Middle"),
        ("<span>I</span><span>The Middle</span>", "I The Middle"),
        ("<span>第一章</span><span>开始</span>", "第一章 开始"),
        ("<span style='display: block'>a</span><span>b</span>", "a b"),
        # letters of one word
        ("<span>C</span><span>HAPTER</span> <span>O</span><span>NE</span>", "CHAPTER ONE"),
        ("C<small>HAPTER</small> S<small>IX</small>", "CHAPTER SIX"),
        ("<span>CHAPTER SIX</span><span>TEEN</span>", "CHAPTER SIXTEEN"),
        ("<span>Chapter Twenty</span><span>one</span>", "Chapter Twentyone"),
        ("<span>T</span>he <span>E</span>nd", "The End"),
        ("<span>1</span><sup>st</sup> and <span>4</span><span>th</span>", "1st and 4th"),
        ("<span>X</span><span>IV</span>", "XIV"),
        ("<span>1</span><span>2</span>", "12"),
        ("Mc<span>Donald</span> and <span>Mac</span><span>Beth</span>", "McDonald and MacBeth"),
        ("e<span>Book</span>, Java<b>Script</b>, <span>R2</span><span>D2</span>", "eBook, JavaScript, R2D2"),
        ("<span>un</span><span>believ</span><span>able</span>", "unbelievable"),
        ("<span>A</span><span>W</span><span>AY</span>", "AWAY"),
        ("H<span>2</span>O, <span>3</span><span>D</span>", "H2O, 3D"),
        ("<span>百</span><span>合花</span>", "百合花"),
    ],
)
def test_words_of_a_heading_that_only_a_style_sheet_parts_are_parted(heading: str, expected: str) -> None:
    assert kinds(f"<h2>{heading}</h2>") == [(BlockKind.HEADING, expected)]


def test_an_inline_element_that_its_style_makes_a_block_is_one() -> None:
    line = '<span style="margin:0;display:block">{}</span>'
    assert texts(f"<p>{line.format('One.')}{line.format('Two.')} Three</p>") == ["One.", "Two.", "Three"]
    assert texts('<p>a<span style="display:inline-block">b</span><span style="color:red">c</span></p>') == [
        "abc"
    ]
    assert texts(f'<div class="poem"><p>{line.format("One")}{line.format("Two")}</p></div>') == ["One\nTwo"]


def test_a_document_type_that_is_quoted_is_text() -> None:
    root = parse_document(b"<html><body><pre><![CDATA[<!DOCTYPE html> first]]></pre></body></html>").root
    assert document_text(root) == "<!DOCTYPE html> first"


def test_references_to_control_characters_are_read_as_windows_1252() -> None:
    body = "<p>&#147;I don&#x92;t,&#0148; she said&#151;5 &#128;.</p>"
    parsed = parse_document(page(body).encode())
    assert document_text(parsed.root).strip() == "“I don’t,” she said—5 €."
    assert any("5 references" in repair for repair in parsed.repairs)
    assert document_text(parse_html(body).root).strip() == "“I don’t,” she said—5 €."
    assert parse_document(page("<p>&#127;&#160;&#1470;&#x920;</p>").encode()).repairs == ()


def test_what_is_quoted_in_a_repaired_document_is_read_as_written() -> None:
    parsed = parse_document(page("<p>a & b</p><p><![CDATA[c & <b>d</b> &amp;]]></p>").encode())
    assert document_text(parsed.root) == "a & bc & <b>d</b> &amp;"
    assert any("stray characters" in repair for repair in parsed.repairs)


def test_ruby_is_read_once() -> None:
    body = "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>字</p>"
    assert texts(body) == ["漢字"]
    assert {reason for reason, _ in skipped(body)} == {"ruby"}


def test_table_rows_become_blocks_with_their_cells_parted() -> None:
    body = (
        "<table><tr><th>Name</th><th>Age</th></tr><tr><th>Bob</th><td>5</td><td><p>tall</p></td></tr></table>"
    )
    assert kinds(body) == [(BlockKind.TABLE_ROW, "Name, Age"), (BlockKind.TABLE_ROW, "Bob: 5, tall")]


def test_a_table_that_only_places_text_is_read_as_paragraphs() -> None:
    body = "<table><tr><td><p>One.</p><p>Two.</p></td></tr></table>"
    assert kinds(body) == [(BlockKind.PARAGRAPH, "One."), (BlockKind.PARAGRAPH, "Two.")]


def test_a_picture_and_its_caption_say_the_same_once() -> None:
    body = '<p><img alt="A cat. (Page 3)" src="a"/></p><p class="caption">A cat <i>(page 3)</i></p>'
    body += '<figure><figcaption>A dog</figcaption><img alt="A dog" src="b"/></figure><p>Echo</p><p>Echo</p>'
    assert texts(body) == ["A cat (page 3)", "A dog", "Echo", "Echo"]
    assert skipped(body) == [("image", "A cat. (Page 3)"), ("image", "A dog")]


def test_the_number_of_a_chapter_that_stands_above_it_twice_is_read_once() -> None:
    assert texts("<h1>Chapter 1</h1><p>CHAPTER 1.</p><p>x</p>") == ["Chapter 1", "x"]
    assert texts("<h1>第一章 开始</h1><p>第一章　开始</p><p>x</p>") == ["第一章 开始", "x"]
    assert skipped("<h1>Chapter 1</h1><p>Chapter 1</p>") == [("repeated-title", "Chapter 1")]
    for body in (
        "<h1>Dear John</h1><p>Dear John,</p>",
        "<h1>Chapter 1</h1><p>Chapter 2</p>",
        "<p>Chapter 1</p><p>Chapter 1</p>",
        "<h1>Chapter 1</h1><p>x</p><p>Chapter 1</p>",
    ):
        assert skipped(body) == []


def test_verse_keeps_its_lines() -> None:
    body = (
        '<blockquote epub:type="z3998:verse"><p><span>one</span><br/><span>two</span></p></blockquote>'
        '<div class="poem"><div class="stanza"><div>three</div><div>four</div></div>'
        '<div class="stanza">five<br/>six</div></div><pre>seven\n  eight</pre>'
        '<div class="line-block">nine<br/>ten</div>'
        '<p class="poem"><span class="line">eleven</span><span class="line">twelve</span></p>'
    )
    assert kinds(body) == [
        (BlockKind.VERSE, text)
        for text in ("one\ntwo", "three\nfour", "five\nsix", "seven\neight", "nine\nten", "eleven\ntwelve")
    ]


def test_scene_breaks_are_told_from_paragraphs() -> None:
    body = "<p>a</p><hr/><p>* * *</p><p>⁂</p><p>---</p><p>……</p>"
    found = [kind is BlockKind.SCENE_BREAK for kind, _ in kinds(body)]
    assert found == [False, True, True, True, True, False]


PROSE = "<p>One.</p><p>Two.</p><p>Three.</p>"


@pytest.mark.parametrize(
    ("between", "is_break"),
    [
        ("<p>&#160;</p>", True),
        ("<p><br/></p><p><br/></p>", True),
        ('<div class="ornamental-break"><img src="a.png" alt=""/></div>', True),
        ('<p class="orn"><img src="a.png" alt="ornament"/></p>', True),
        ('<p><img src="a.png"/></p><p>Four.</p><p><img src="a.png"/></p>', True),  # found again
        ('<p><img src="a.png"/></p>', False),
        ("<p></p><p> </p>", False),
        ("<p>&#160;</p><h3>A Letter</h3>", False),
        ("<p>&#160;</p><ul><li>a list</li></ul><p>&#160;</p>", False),
    ],
)
def test_blank_paragraphs_and_ornaments_are_scene_breaks(between: str, is_break: bool) -> None:
    body = PROSE + between + PROSE + PROSE
    found = [kind for kind, _ in kinds(body)]
    assert (BlockKind.SCENE_BREAK in found) == is_break
    if is_break:
        places = [item.place.index for item in read(body).items if isinstance(item, Block) and item.place]
        assert places == list(range(len(found)))
        assert found[3] is BlockKind.SCENE_BREAK


def test_blank_paragraphs_between_all_paragraphs_break_nothing() -> None:
    assert BlockKind.SCENE_BREAK not in [kind for kind, _ in kinds("<p>One.</p><p>&#160;</p>" * 20)]
    spacer = '<p><img src="spacer.gif" alt=""/></p>'
    assert BlockKind.SCENE_BREAK not in [kind for kind, _ in kinds(f"<p>One.</p>{spacer}" * 20)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<p>x<a epub:type="noteref" href="#n">1</a></p>', "note-mark"),
        ('<p>x<a role="doc-noteref" href="#n">1</a></p>', "note-mark"),
        ('<p>x<sup><a href="#n">1</a></sup></p>', "note-mark"),
        ('<p>x<a href="notes.xhtml#n"><sup>12</sup></a></p>', "note-mark"),
        ('<p>x<a href="#n">[3]</a></p>', "note-mark"),
        ('<p>x<a href="#n" style="vertical-align: super">*</a></p>', "note-mark"),
        ('<p>x</p><aside epub:type="footnote"><p>1</p></aside>', "footnote"),
        ('<p>x</p><section role="doc-endnotes">1</section>', "footnote"),
        ('<p>x<span epub:type="pagebreak">1</span></p>', "page-number"),
        ('<p>x<span class="pagenum"><a id="p1">[Pg 1]</a></span></p>', "page-number"),
        ('<p>x</p><nav epub:type="toc"><ol><li>1</li></ol></nav>', "navigation"),
        ('<p>x</p><div hidden="hidden">1</div>', "hidden"),
        ('<p>x<span aria-hidden="true">1</span></p>', "hidden"),
        ('<p>x<span style="color:red; display: none">1</span></p>', "hidden"),
        ("<p>x</p><script>1</script><style>1</style>", "script"),
        ("<p>x<video>1</video></p>", "media"),
        ("<p>x</p><svg><text>1</text></svg>", "image"),
        ('<p>x</p><section epub:type="index">1</section>', "index"),
        ('<p>x</p><section epub:type="bibliography">1</section>', "bibliography"),
        ('<p>x</p><section id="pg-footer">1</section>', "licence"),
        ('<p>x</p><img alt="IMG_0001.jpg" src="a"/>', "image"),
        ('<p>x</p><img alt="[Illustration]" src="a"/><img alt="Figure 3" src="a"/>', "image"),
    ],
)
def test_what_is_not_read_is_skipped_with_its_reason(body: str, reason: str) -> None:
    assert texts(body) == ["x"]
    assert {found for found, _ in skipped(body)} == {reason}


def test_raised_numbers_behind_a_sentence_and_signs_of_notes_are_note_marks() -> None:
    body = "<p>It was so.<sup>3</sup> “Then,”<sup>4</sup> he said.</p>"
    assert texts(body) == ["It was so. “Then,” he said."]
    assert skipped(body) == [("note-mark", "3"), ("note-mark", "4")]
    assert texts("<p>分<sup>①</sup>合<sup>[2]</sup>，久<sup>注3</sup>。</p>") == ["分合，久。"]


@pytest.mark.parametrize(
    "body",
    [
        "<p>the 1<sup>st</sup> of May</p>",
        '<p>see <a href="#c3">chapter 3</a></p>',
        '<p>page <a href="#p12">12</a></p>',
        '<p class="pagenum">Not a number at all</p>',
        '<ol type="1"><li>one</li></ol>',
        '<p role="presentation">shown</p>',
    ],
)
def test_what_only_looks_like_a_note_is_read(body: str) -> None:
    assert skipped(body) == []
    assert texts(body)


def test_a_block_names_its_language_where_it_differs() -> None:
    body = (
        '<p>English</p><p xml:lang="fr">Oui</p><p><i lang="zh">你好</i></p><p>an <i lang="la">et</i> word</p>'
    )
    languages = [item.language for item in read(body).items if isinstance(item, Block)]
    assert languages == [None, "fr", "zh", None]


def test_a_paragraph_is_split_at_an_anchor_but_a_heading_is_not() -> None:
    root = parse_document(page('<p>before<a id="x"/>after</p><h2>I. <a id="y"/>Title</h2>').encode()).root
    items = read_document(root, "a", anchors=frozenset(("x", "y"))).items
    assert [item.id if isinstance(item, Anchor) else item.text for item in items] == [
        "before",
        "x",
        "after",
        "y",
        "I. Title",
    ]


def test_an_anchor_inside_skipped_text_still_marks_its_place() -> None:
    root = parse_document(page('<p>a</p><div hidden=""><a id="x"/>h</div><p>b</p>').encode()).root
    items = read_document(root, "a", anchors=frozenset(("x",))).items
    assert [item.id if isinstance(item, Anchor) else item.text for item in items] == ["a", "x", "h", "b"]


_TEXT = st.text(alphabet="ab 中\n.*—12[]", max_size=8)
_NAMES = "p div span b li ul h2 table tr td th blockquote pre sup ruby rt br hr section"
_OPEN = st.sampled_from(
    [
        *_NAMES.split(),
        'a href="#n"',
        'div class="poem"',
        'div class="stanza"',
        'span hidden=""',
        'span style="display:block"',
        'aside epub:type="footnote"',
        'span class="pagenum"',
        'math alttext="m"',
        'img alt="x"',
        'img alt="picture.png"',
    ]
)


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda tag, inner: f"<{tag}>{''.join(inner)}</{tag.split()[0]}>",
        _OPEN,
        st.lists(children, max_size=5),
    )


@given(st.lists(st.recursive(_TEXT, _element, max_leaves=30), max_size=6))
def test_every_character_of_any_document_is_read_or_skipped_once(parts: list[str]) -> None:
    for item in read("".join(parts)).items:
        if isinstance(item, Block) and item.kind is not BlockKind.SCENE_BREAK:
            assert item.text == item.text.strip() != ""


@given(st.text(alphabet="<>&;/ab =\"'p!-[]#x0中\n", max_size=60))
def test_broken_markup_never_fails(body: str) -> None:
    parsed = parse_document(page(body).encode())
    read_document(parsed.root, "a")


@given(st.binary(max_size=200))
def test_any_bytes_give_a_tree(data: bytes) -> None:
    parsed = parse_document(data)
    read_document(parsed.root, "a")


def test_quoted_text_of_a_damaged_document_is_read() -> None:
    parsed = parse_document(b"<html><body><p>A <![CDATA[b < <i>c</i>]]> d" + b" e" * 9999 + b"</body></html>")
    assert inner_text(parsed.root).startswith("A b < <i>c</i> d e")
