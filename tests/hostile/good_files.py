"""Good files of every kind that this program reads, small: what mutations start from."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from bad_books import epub, item, package, page, ref
from bad_clips import encoded, sound, speech

from ttsbook import paths
from ttsbook.book.read import read_book
from ttsbook.render.cache import ChunkCache
from ttsbook.render.journal import Journal
from ttsbook.render.plan import plan_book
from ttsbook.render.planfile import write_plan
from ttsbook.render.settings import PauseTable, RenderSettings
from ttsbook.text.frontend import FrontEnd
from ttsbook.types import Book, Provenance, Speech, VoiceProfile

DATA = Path(__file__).parents[1] / "data"
KEY = "ab" * 32
_SPOKEN_CHARACTERS = 1500  # of a book: planning all of it would only test the same rules again


@cache
def front_end() -> FrontEnd:
    return FrontEnd()


VOICE = VoiceProfile("ann", (1.0,) + (0.0,) * 255, 5.2, 0.2, Provenance("ann.wav", "", 9.0, "plain", "mine"))


def shortened(book: Book) -> Book:
    """Return the first blocks of a book."""
    left = _SPOKEN_CHARACTERS
    chapters = []
    for chapter in book.chapters[:40]:
        blocks = []
        for block in chapter.blocks:
            if left > 0:
                blocks.append(replace(block, text=block.text[:left]) if len(block.text) > left else block)
            left -= len(block.text) + 1
        chapters.append(replace(chapter, blocks=tuple(blocks)))
    return replace(book, chapters=tuple(chapters))


@cache
def books() -> tuple[tuple[str, bytes], ...]:
    return (("sample.epub", (DATA / "sample.epub").read_bytes()), ("rich.epub", _rich_epub()))


def _rich_epub() -> bytes:
    """Return an EPUB with what the sample lacks: notes, tables, ruby, pronunciation, an NCX."""
    body = (
        "<h1>One</h1><p>He paid <b>$5</b> on 3/4/1999<a href='#n' epub:type='noteref'>1</a>, said <i>Ann</i>."
        "</p>"
        "<aside epub:type='footnote' id='n'>A note.</aside><ruby>漢<rt>hàn</rt></ruby><table><tr><th>a</th>"
        "<td>b</td></tr></table><ol><li>x</li><li>y<ul><li>z</li></ul></li></ol><blockquote>q<br/>r</blockquote>"
        "<img alt='a crow' src='a.png'/><hr/><p lang='zh'>重庆的银行行长长大了。</p><pre>a\n b</pre>"
        "<h2 id='b'>Two</h2><p>Dr. X went to <span epub:type='pagebreak' title='9'/>bed.</p>"
    )
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>One</text></navLabel>'
        '<content src="a.xhtml"/></navPoint><navPoint><navLabel><text>Two</text></navLabel>'
        '<content src="a.xhtml#b"/></navPoint></navMap></ncx>'
    )
    pls = (
        '<lexicon version="1.0" alphabet="ipa" xml:lang="en" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon">'
        "<lexeme><grapheme>Ann</grapheme><phoneme>æn</phoneme></lexeme></lexicon>"
    )
    metadata = (
        "<dc:title>T</dc:title><dc:creator>A</dc:creator><dc:language>en</dc:language><dc:date>1999</dc:date>"
    )
    items = (
        item("a.xhtml") + item("toc.ncx", "application/x-dtbncx+xml") + item("l.pls", "application/pls+xml")
    )
    opf = package(items, ref("a.xhtml"), metadata=metadata).replace("<spine>", '<spine toc="toc.ncx">')
    link = '<link rel="pronunciation" type="application/pls+xml" href="l.pls" hreflang="en"/>'
    return epub({"a.xhtml": page(body, link)}, opf=opf, **{"OEBPS/toc.ncx": ncx, "OEBPS/l.pls": pls})


@cache
def texts() -> tuple[tuple[str, bytes], ...]:
    markdown = (
        "---\ntitle: T\nauthor: A\nlanguage: en\n---\n\n# One\n\nRain fell *all* night[^1]; he paid $5.\n\n"
        "> quoted\n\n- a\n- b\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n***\n\n## Two\n\n"
        "第二天早上，他去了银行。 `code`\n\n[^1]: note\n"
    )
    plain = (
        "THE BOOK\n\nby A. Author\n\nCHAPTER I.\n\nRain fell all night, and Mr. X\nslept till 9:30 a.m.\n\n\n"
        "CHAPTER II.\n\n“Oh!” he said—“no.”\n\n*       *       *\n\nThe end, at 12 Baker St.\n"
    )
    chinese = "第一章 雨\n\n雨下了一整夜，花了350块钱。他没有睡。\n\n第二章 天亮\n\n“好。”他说。\n"
    html = "<html><head><title>T</title></head><body><h1>One</h1><p>Rain fell.</p><p>It stopped.</p></body>"
    return (
        ("a.md", markdown.encode()), ("a.txt", plain.encode()), ("zh.txt", chinese.encode("gb18030")),
        ("utf16.txt", plain.encode("utf-16")), ("a.html", html.encode()),
    )  # fmt: skip


@cache
def lexicons() -> tuple[tuple[str, bytes], ...]:
    text = (
        '[words]\nHermione = "her MY oh nee"\n"the crow" = { ipa = "ðə kɹˈO" }\n'
        'foxes = { arpabet = "F AA1 K S IH0 Z" }\n'
        '"重庆" = { pinyin = "chong2 qing4" }\n'
        '"naïve" = { respelling = "nah EEV", case = true, language = "en" }\n'
    )
    return (("book.lexicon.toml", text.encode()),)


@cache
def configs() -> tuple[tuple[str, bytes], ...]:
    configs = paths.packaged("configs")
    return tuple((f"{name}.toml", (configs / f"{name}.toml").read_bytes()) for name in ("default", "acx"))


@cache
def environments() -> tuple[tuple[str, bytes], ...]:
    return (
        (
            "env",
            b"# mine\nTTSBOOK_SPEED=1.1\nexport TTSBOOK_VOICE='nora'\nTTSBOOK_PAUSES_HEAD=10\n"
            b"TTS_PROVIDER=hybrid\n",
        ),
    )


@cache
def chunks() -> tuple[tuple[str, bytes], ...]:
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        cache_ = ChunkCache(Path(folder))
        cache_.put(KEY, Speech(np.linspace(-1, 1, 400, dtype=np.float32), 24_000, (100, 400)))
        (path,) = Path(folder).rglob("*.chunk")
        return (("a.chunk", path.read_bytes()),)


@cache
def verdicts() -> tuple[tuple[str, bytes], ...]:
    import json

    body = json.dumps({"heard": "words", "level_db": -15.0, "findings": []}).encode()
    return (("a.verdict", hashlib.sha256(body).hexdigest().encode() + b"\n" + body),)


@cache
def journals() -> tuple[tuple[str, bytes], ...]:
    from ttsbook.render.journal import NewRun

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sqlite3"
        with contextlib.closing(Journal(path, lambda _: None)) as journal:
            for _ in range(5):
                journal.start(NewRun("/x/book.m4b", None, "book.epub", KEY, KEY, 9))
        return (("a.sqlite3", path.read_bytes()),)


@cache
def profile() -> tuple[bytes, bytes]:
    from ttsbook.voice.profile import StoredVoice, save_voice

    with tempfile.TemporaryDirectory() as folder:
        save_voice(StoredVoice(VOICE), Path(folder))
        (description,), (tensors,) = Path(folder).glob("*.toml"), Path(folder).glob("*.safetensors")
        return description.read_bytes(), tensors.read_bytes()


def profiles() -> tuple[tuple[str, bytes], ...]:
    description, tensors = profile()
    return (("ann.toml", description), ("ann.toml", b"#numbers " + tensors))


@cache
def plans() -> tuple[tuple[str, bytes], ...]:
    book = read_book(DATA / "sample.epub")
    plan = plan_book(shortened(book), RenderSettings(), VOICE, front_end(), "fuzz")
    text = "".join(f"{line}\n" for line in write_plan(plan, "nora", PauseTable()))
    return (("book.plan.jsonl", text.encode()),)


@cache
def casts() -> tuple[tuple[str, bytes], ...]:
    return (
        (
            "roles.toml",
            'narrator = "nora"\nquoted = "clara"\n\n[characters]\nAnn = "edith"\n"王" = "wei"\n'.encode(),
        ),
    )


@cache
def clips() -> tuple[tuple[str, bytes], ...]:
    short = speech()[:24_000]
    return (
        ("a.opus", (DATA / "clip.opus").read_bytes()[:30_000]), ("a.wav", sound(short)),
        ("a.mp3", encoded("mp3", "libmp3lame", "fltp")), ("a.flac", encoded("flac", "flac", "s16")[:60_000]),
        ("a.m4a", encoded("mp4", "aac", "fltp")),
    )  # fmt: skip
