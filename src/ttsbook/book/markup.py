"""Bytes of XML, XHTML or HTML -> an lxml tree, repaired where needed.

No entity of a document type is ever expanded and nothing is fetched: the DOCTYPE is cut off before
parsing, and the named characters of HTML (`&nbsp;`, `&mdash;`) are replaced by the characters.
Knows nothing of books: it neither skips nor orders text.
"""

from __future__ import annotations

import contextlib
import html
import re
from dataclasses import dataclass
from html.entities import html5
from typing import Any

from lxml import etree

from ttsbook.book.encoding import decode
from ttsbook.book.printed import remove_controls, visible

Element = Any  # lxml has no annotations
HEADING_LEVELS = {f"h{level}": level for level in range(1, 7)}  # by tag

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9._:-]+)""")
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9._:-]+)""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE_NAME = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{0,40});")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_BARE_AMPERSAND = re.compile(r"&(?!(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#x[0-9A-Fa-f]+);)")
_BARE_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_NUMERIC = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,8}));")
_CONTROL_REFERENCE = re.compile(r"&#(?:0{0,5}(?:12[89]|1[345][0-9])|[xX]0{0,5}[89][0-9A-Fa-f]);")
# HTML has no empty-element syntax for these: `<title/>` would swallow the whole document.
_SELF_CLOSED = re.compile(
    r"<(title|script|style|textarea|iframe|noscript|a|span|div|p|i|b|em|td|th|li|break|phoneme|say-as|lang)(\s[^<>]*)?/>",
    re.IGNORECASE,
)
_OFFICE_TAG = re.compile(
    r"</?o:p\s*/?>", re.IGNORECASE
)  # Word leaves them inside paragraphs; they are none themselves
_TAG = re.compile(r"</?([A-Za-z][\w:.-]*)[^<>]*>")
_NO_TEXT = (("<!--", "-->"), ("<head>", "</head>"), ("<script", "</script>"), ("<style", "</style>"))
_INLINE_NAMES = "a abbr b bdi bdo big cite code em font i kbd mark q s small span strong sub sup tt u"
_INLINE = frozenset(_INLINE_NAMES.split())
_TAG_NAMES = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote"
    " body br break button canvas caption center cite code col colgroup command data datalist dd del"
    " details dfn dialog dir div dl dt em embed emphasis fieldset figcaption figure font footer form frame"
    " frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd"
    " keygen label lang legend li link main map mark marquee math menu meta meter nav nobr noframes"
    " noscript object ol optgroup option output p param phoneme picture pre progress q rb rp rt rtc ruby s"
    " samp script search section select slot small source span strike strong style sub summary sup svg"
    " table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr"
)
_KNOWN_TAGS = frozenset(_TAG_NAMES.split())
_WORDS_IN_ANGLES = re.compile(r"<([A-Za-z][^\s<>=/]*)(?=(?:\s[^<>=/]*)?>)")
_NEVER_ENDED = re.compile(r"""<(?=/?[A-Za-z][^<>="']*(?:<|\Z))""")
_CLOSED_NAME = re.compile(r"</([A-Za-z][^\s<>/]*)")
_MAX_LOST_SHARE = 0.002  # of the visible characters that a repair may cost before the tree is given up


@dataclass(frozen=True, slots=True)
class Parsed:
    """The root element, and what was repaired on the way."""

    root: Element
    repairs: tuple[str, ...] = ()


def parse_whole(data: bytes) -> Element | None:
    """Parse XML that is to be written again, with its comments and instructions; None if not well-formed."""
    text, _ = _readable(data)
    parser = etree.XMLParser(**{**_SAFE, "remove_comments": False, "remove_pis": False})
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        return None


def parse_xml(data: bytes) -> tuple[Element | None, tuple[str, ...]]:
    """Parse a package file (OPF, NCX, container); None if nothing can be made of it."""
    text, repairs = _readable(data)
    try:
        return _parse_strict(text), repairs
    except etree.XMLSyntaxError as error:
        text = _escape_bare(text)
        with contextlib.suppress(etree.XMLSyntaxError):
            root = _parse_strict(text)
            return root, (*repairs, f"not well-formed XML ({_reason(error)}); stray characters escaped")
        parser = etree.XMLParser(recover=True, **_SAFE)
        try:
            root = etree.fromstring(text.encode("utf-8"), parser)
        except etree.XMLSyntaxError:
            root = None
        return root, (*repairs, f"not well-formed XML ({_reason(error)}); read as far as possible")


def parse_document(data: bytes) -> Parsed:
    """Parse a content document as XHTML, else repaired, else as HTML, else as bare text."""
    text, repairs = _readable(data)
    try:
        return Parsed(_parse_strict(text), repairs)
    except etree.XMLSyntaxError as error:
        reason = _reason(error)
    try:
        root = _parse_strict(_escape_bare(text))
        return Parsed(root, (*repairs, f"not well-formed XHTML ({reason}); stray characters escaped"))
    except etree.XMLSyntaxError:
        pass
    text = _keep_words(text)
    root = _parse_html(text)
    if root is None or _loses_text(root, text):
        return Parsed(
            _flatten(text), (*repairs, f"not parsable ({reason}); read as bare text without markup")
        )
    return Parsed(root, (*repairs, f"not well-formed XHTML ({reason}); read as HTML"))


def parse_html(text: str) -> Parsed:
    """Parse HTML that was made by a converter or written by hand."""
    text = _keep_words(_OFFICE_TAG.sub("", text))
    root = _parse_html(_replace_references(_replace_entities(text)[0])[0])
    return Parsed(root if root is not None else _flatten(text))


def local_name(element: Element) -> str:
    """Return the lower-case tag without namespace or prefix; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """Return an attribute by its local name, whatever its namespace or prefix; "" if absent."""
    value = element.get(name)
    if value is not None:
        return str(value)
    if len(element.attrib) > _MAX_ATTRIBUTES:
        return ""
    for key, found in element.attrib.items():
        if key.rpartition("}")[2].rpartition(":")[2] == name:
            return str(found)
    return ""


def inner_text(element: Element) -> str:
    """Return all text inside an element with its whitespace."""
    return "".join(element.itertext())


_MAX_ATTRIBUTES = 1000  # elements with more are made to take time
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "remove_comments": True,
    "remove_pis": True,
}


def _parse_strict(text: str) -> Element:
    return etree.fromstring(text.encode("utf-8"), etree.XMLParser(**_SAFE))


def _parse_html(text: str) -> Element | None:
    expanded = _SELF_CLOSED.sub(r"<\1\2></\1>", remove_controls(text)[0])
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        return etree.fromstring(expanded.encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        return None


def _keep_words(text: str) -> str:
    """Escape what a parser of HTML would take for tags and drop: "press <enter>", "<p and no end", CDATA."""
    text = _unquote(text)
    closed = {name.lower() for name in _CLOSED_NAME.findall(text)}

    def escape(match: re.Match[str]) -> str:
        name = match.group(1).lower()
        return match.group() if name in _KNOWN_TAGS or name in closed else f"&lt;{match.group(1)}"

    return _NEVER_ENDED.sub("&lt;", _WORDS_IN_ANGLES.sub(escape, text))


def _unquote(text: str) -> str:
    """Write what CDATA sections quote as other text is written."""
    start, *quoted = text.split("<![CDATA[")
    pieces = [start]
    for piece in quoted:
        inside, end, rest = piece.partition("]]>")
        pieces.append(html.escape(inside) + rest if end else f"<![CDATA[{piece}")
    return "".join(pieces)


def _readable(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Decode, and cut off what is not wanted before the root element."""
    declared = _DECLARED.search(data[:1024]) or _META_CHARSET.search(data[:4096])
    decoded = decode(data, declared=declared.group(1).decode("ascii") if declared else None)
    text = decoded.text.lstrip("\ufeff").encode("utf-8", errors="replace").decode("utf-8")
    text = _XML_DECLARATION.sub("", text, count=1)
    text = _OFFICE_TAG.sub("", _cut_doctype(text).lstrip())
    text, unknown = _replace_entities(text)
    notes = [f"unknown entity &{name}; kept as written" for name in sorted(unknown)[:5]]
    text, n_controls = _replace_references(text)
    if n_controls:
        notes.append(f"{n_controls} references to control characters read as Windows-1252, as browsers do")
    return text, (*decoded.repairs, *notes)


def _cut_doctype(text: str) -> str:
    name = _DOCTYPE_NAME.search(text)
    if name is None or text.rfind("<![CDATA[", 0, name.start()) > text.rfind("]]>", 0, name.start()):
        return text  # one that is quoted is text
    found = _DOCTYPE.match(text, name.start())
    return text if found is None else text[: found.start()] + text[found.end() :]


def _replace_entities(text: str) -> tuple[str, set[str]]:
    unknown: set[str] = set()

    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in _XML_NAMES:
            return match.group(0)
        characters = html5.get(f"{name};")
        if characters is None:
            unknown.add(name)
            return f"&amp;{name};"
        return html.escape(characters)

    return _NAMED.sub(replace, text), unknown


def _replace_references(text: str) -> tuple[str, int]:
    """Replace the references that HTML reads as Windows-1252 (`&#146;` is an apostrophe); count them."""
    return _CONTROL_REFERENCE.subn(lambda match: html.unescape(match.group()), text)


def _escape_bare(text: str) -> str:
    text = _unquote(remove_controls(text)[0])
    text = _BARE_LESS.sub("&lt;", _BARE_AMPERSAND.sub("&amp;", text))
    return _NUMERIC.sub(_legal_reference, text)


def _legal_reference(match: re.Match[str]) -> str:
    """Return a numeric reference as HTML reads it: 128-159 are Windows characters, others illegal."""
    resolved = html.unescape(match.group(0))
    return html.escape(remove_controls(resolved)[0])


def _loses_text(root: Element, text: str) -> bool:
    written = len(visible(html.unescape(_TAG.sub("", _without_hidden(text)))))
    kept = sum(len(visible(inner_text(child))) for child in root if local_name(child) != "head")
    return written - kept > max(_MAX_LOST_SHARE * written, 2)


def _without_hidden(text: str) -> str:
    """Cut out comments, head, scripts and styles, in one pass for each however broken the text is."""
    for start, end in _NO_TEXT:
        lower = text.lower() if len(text.lower()) == len(text) else text
        kept, at = [], 0
        while (begin := lower.find(start, at)) >= 0 and (close := lower.find(end, begin + len(start))) >= 0:
            kept.append(text[at:begin])
            at = close + len(end)
        text = "".join(kept) + text[at:]
    return text


def _flatten(text: str) -> Element:
    """Drop all markup; block tags separate paragraphs. The last resort, for depths no parser takes."""

    def replace(match: re.Match[str]) -> str:
        return "" if (match.group(1)).lower() in _INLINE else "\x00"

    bare = html.unescape(_TAG.sub(replace, _without_hidden(text)))
    body = etree.Element("body")
    for paragraph in bare.split("\x00"):
        if paragraph.strip():
            etree.SubElement(body, "p").text = remove_controls(paragraph)[0].replace("\x0c", " ")
    return body


def _reason(error: etree.XMLSyntaxError) -> str:
    return str(error.msg).split(", line ", 1)[0].rstrip(".") + f", line {error.lineno}"
