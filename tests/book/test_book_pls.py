"""Pronunciation in an EPUB: readings on elements, lexicons beside the documents, languages, stress."""

from __future__ import annotations

from make_epub import make_epub, page

from ttsbook.book import read_stream
from ttsbook.types import Block, Book, MarkupKind

SSML = ' xmlns:ssml="http://www.w3.org/2001/10/synthesis" ssml:alphabet="x-sampa"'
PLS = (
    '<lexicon version="1.0" alphabet="ipa" xml:lang="en" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon">'
    "<lexeme><grapheme>Smythe</grapheme><phoneme>smaɪð</phoneme></lexeme>"
    "<lexeme><grapheme>W3C</grapheme><alias>World Wide Web Consortium</alias></lexeme>"
    '<lexeme><grapheme>either</grapheme><phoneme>iðɚ</phoneme><phoneme prefer="true">aɪðɚ</phoneme></lexeme>'
    "</lexicon>"
)
LINK = '<link rel="pronunciation" type="application/pls+xml" href="names.pls"/>'


def read(body: str, *, head: str = "", files: dict[str, str | bytes] | None = None, lang: str = "en") -> Book:
    text = page(body, lang=lang).replace("</head>", f"{head}</head>")
    return read_stream(make_epub({"a.xhtml": text}, files=files))


def blocks(book: Book) -> list[Block]:
    return [block for chapter in book.chapters for block in chapter.blocks]


def said(block: Block) -> list[tuple[str, MarkupKind, str, str]]:
    return [(block.text[m.start : m.end], m.kind, m.value, m.detail) for m in block.markup]


def test_a_reading_on_an_element_is_kept_with_its_notation() -> None:
    (block,) = blocks(read(f'<p{SSML}>The <span ssml:ph="l E d">lead</span>\n pipe.</p>'))
    assert block.text == "The lead pipe."
    assert said(block) == [("lead", MarkupKind.PHONEMES, "l E d", "x-sampa")]


def test_a_reading_of_a_whole_chapter_is_no_reading() -> None:
    body = f'<div{SSML} ssml:ph="x"><p>One.</p><p>Two.</p></div>'
    assert all(not block.markup for block in blocks(read(body)))


def test_a_linked_lexicon_reads_its_words_wherever_they_stand() -> None:
    found = blocks(
        read("<p>Smythe of the W3C, Smythes and either.</p>", head=LINK, files={"OEBPS/names.pls": PLS})
    )
    assert said(found[0]) == [
        ("Smythe", MarkupKind.PHONEMES, "smaɪð", "ipa"),
        ("W3C", MarkupKind.ALIAS, "World Wide Web Consortium", ""),
        ("either", MarkupKind.PHONEMES, "aɪðɚ", "ipa"),
    ]


def test_a_lexicon_that_no_document_links_or_that_is_of_another_language_is_not_used() -> None:
    files: dict[str, str | bytes] = {"OEBPS/names.pls": PLS}
    assert not blocks(read("<p>Smythe.</p>", files=files))[0].markup
    foreign: dict[str, str | bytes] = {"OEBPS/names.pls": PLS.replace('xml:lang="en"', 'xml:lang="fr"')}
    assert not blocks(read("<p>Smythe.</p>", head=LINK, files=foreign))[0].markup


def test_a_lexicon_that_is_missing_or_broken_is_a_repair_and_the_book_is_read() -> None:
    book = read("<p>Smythe.</p>", head=LINK)
    assert any("names.pls is not in the book" in repair for repair in book.repairs)
    broken = read("<p>Smythe.</p>", head=LINK, files={"OEBPS/names.pls": PLS[:200]})
    assert any("names.pls" in repair for repair in broken.repairs)
    assert blocks(broken)[0].text == "Smythe."


def test_the_page_goes_before_the_lexicon() -> None:
    body = f'<p{SSML}><span ssml:ph="x">Smythe</span>.</p>'
    (block,) = blocks(read(body, head=LINK, files={"OEBPS/names.pls": PLS}))
    assert said(block) == [("Smythe", MarkupKind.PHONEMES, "x", "x-sampa")]


def test_the_language_of_a_span_is_stated_where_it_is_not_that_of_the_block() -> None:
    (block,) = blocks(read('<p>He said <span lang="zh">42</span> and <i xml:lang="fr">oui</i>.</p>'))
    languages = [(text, value) for text, kind, value, _ in said(block) if kind is MarkupKind.LANGUAGE]
    assert languages == [("42", "zh"), ("oui", "fr")]
    (alone,) = blocks(read('<p lang="zh">42</p>'))
    assert (alone.language, alone.markup) == ("zh", ())


def test_stress_inside_a_paragraph_is_kept_and_a_paragraph_in_italics_stresses_nothing() -> None:
    first, second = blocks(
        read("<p>It was <em>his</em> <strong>own</strong> hat.</p><p><i>All of it.</i></p>")
    )
    assert said(first) == [("his", MarkupKind.EMPHASIS, "", ""), ("own", MarkupKind.EMPHASIS, "strong", "")]
    assert second.markup == ()


def test_a_break_stands_where_it_is_or_ends_the_block_before_it() -> None:
    first, second = blocks(read('<p>One, <break time="2s"/>two.</p><break time="3s"/><p>Three.</p>'))
    assert [(m.start, m.value) for m in first.markup] == [(5, "2000"), (9, "3000")]
    assert second.markup == ()


def test_markup_follows_its_text_over_line_ends_and_hidden_characters() -> None:
    (block,) = blocks(read("<p>a\u00ad \n\n b <em>c\n\u200bd</em> e</p>"))
    assert block.text == "a b c d e"
    assert said(block) == [("c d", MarkupKind.EMPHASIS, "", "")]


def test_stress_by_underscores_in_plain_text_is_kept() -> None:
    book = read_stream(b"It was _his_ hat, not hers.\n\nNo more of it.\n")
    texts = [[block.text[m.start : m.end] for m in block.markup] for block in blocks(book)]
    assert texts[0] == ["his"]
    assert texts[1:] == [[]]


def test_ten_thousand_elements_and_breaks_take_time_that_grows_with_their_number() -> None:
    """Would not end in the time of a test if each looked at all others."""
    stressed = "<i>a </i>b<br/><br/>" * 10_000
    nested = "<i>" * 2_000 + "word " * 10 + "</i>" * 2_000
    breaks = '<break time="1s"/>' * 10_000
    found = blocks(read(f"<p>{stressed}</p><p>{nested}</p>{breaks}<p>End <b>of</b> it.</p>"))
    assert len(found) == 10_002
    assert [m.kind for m in found[-2].markup][-1] is MarkupKind.BREAK
    assert sum(m.kind is MarkupKind.BREAK for m in found[-2].markup) == 1
    assert said(found[-1]) == [("of", MarkupKind.EMPHASIS, "strong", "")]
