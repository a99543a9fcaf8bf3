"""Markup that HTML 5 no longer has -> the same look in elements and styles that it has.

Tables first; what is in none of them stays as it is.
"""

from __future__ import annotations

from ttsbook.book.markup import Element, local_name
from ttsbook.book.overlay.rebuild import XHTML

# Element -> (element, style)
_ELEMENTS = {
    "acronym": ("abbr", ""),
    "basefont": ("span", ""),
    "big": ("span", "font-size: larger"),
    "center": ("div", "text-align: center"),
    "dir": ("ul", ""),
    "font": ("span", ""),
    "strike": ("s", ""),
    "tt": ("code", ""),
}
# Attribute -> property of CSS that takes the same value.
_STYLES = {"bgcolor": "background-color", "valign": "vertical-align", "text": "color", "face": "font-family"}
_LENGTHS = ("width", "height")
_LENGTH_STAYS = frozenset(("img", "video", "canvas", "object", "embed", "iframe", "svg", "image", "rect"))
# Attributes that change nothing that a reader sees.
_SILENT = {
    "a": ("charset", "coords", "rev", "shape"),
    "br": (),
    "head": ("profile",),
    "html": ("version",),
    "img": ("longdesc", "name"),
    "link": ("charset", "rev", "target"),
    "meta": ("scheme",),
    "script": ("language",),
    "table": ("summary", "rules", "frame", "datapagesize"),
    "td": ("axis", "abbr", "char", "charoff", "scope"),
    "th": ("axis", "char", "charoff"),
    "tr": ("char", "charoff"),
    "col": ("char", "charoff"),
    "style": ("xml:space",),
}
_BODY_COLOURS = ("link", "vlink", "alink")
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_FLOATED = frozenset(("img", "table", "object"))
_CELL_PARTS = frozenset(("table", "tbody", "thead", "tfoot", "tr", "td", "th", "col", "colgroup"))
_SIZES = {"1": "x-small", "2": "small", "3": "medium", "4": "large", "5": "x-large", "6": "xx-large"}


def modernise(root: Element) -> None:
    """Replace what is obsolete, in place."""
    for element in list(root.iter(f"{{{XHTML}}}*")):
        name = local_name(element)
        _attributes(element, name)
        if name in _ELEMENTS:
            new, style = _ELEMENTS[name]
            element.tag = f"{{{XHTML}}}{new}"
            _add_style(element, style)
        elif name == "meta" and str(element.get("http-equiv") or "").lower() == "content-type":
            element.getparent().remove(element)  # the file says that it is UTF-8 in its first line


def _attributes(element: Element, name: str) -> None:
    for attribute in _SILENT.get(name, ()):
        element.attrib.pop(attribute, None)
    element.attrib.pop(_XML_SPACE, None)
    _align(element, name)
    for attribute, style in _STYLES.items():
        _to_style(element, attribute, style)
    if name not in _LENGTH_STAYS:
        for attribute in _LENGTHS:
            _to_style(element, attribute, attribute, unit="px")
    elif name == "img":
        for attribute in _LENGTHS:
            if not str(element.get(attribute, "0")).isdigit():
                _to_style(element, attribute, attribute)
    _rest(element, name)


def _align(element: Element, name: str) -> None:
    value = str(element.attrib.pop("align", "")).lower()
    if not value or name in ("col", "colgroup"):
        return
    if name in _FLOATED:
        floats = {"left": "float: left", "right": "float: right", "center": "margin: 0 auto"}
        _add_style(element, floats.get(value, f"vertical-align: {value}"))
    else:
        _add_style(element, f"text-align: {value}")


def _rest(element: Element, name: str) -> None:
    """Treat what has a rule of its own."""
    if name == "a" and element.get("name"):
        anchor = element.attrib.pop("name")
        if not element.get("id"):
            element.set("id", anchor)
    elif name == "body":
        for attribute in _BODY_COLOURS:
            element.attrib.pop(attribute, None)
    elif name == "br":
        _to_style(element, "clear", "clear")
    elif name in ("font", "basefont"):
        _to_style(element, "color", "color")
        size = element.attrib.pop("size", "")
        _add_style(
            element,
            f"font-size: {_SIZES.get(size, 'larger' if size.startswith('+') else 'smaller')}" if size else "",
        )
    elif name == "hr":
        for attribute in ("noshade", "size"):
            element.attrib.pop(attribute, None)
    elif name in ("ul", "li"):
        _to_style(element, "type", "list-style-type")
    if name in ("ul", "ol", "dl", "dir", "menu"):
        element.attrib.pop("compact", None)
    if name in ("img", "object"):
        for attribute in ("hspace", "vspace"):
            _to_style(element, attribute, "margin", unit="px")
        _to_style(element, "border", "border-width", unit="px")
    if name in _CELL_PARTS:
        if element.attrib.pop("nowrap", ""):
            _add_style(element, "white-space: nowrap")
        _to_style(element, "border", "border-width", unit="px")
        _to_style(element, "cellspacing", "border-spacing", unit="px")
        element.attrib.pop("cellpadding", None)


def _to_style(element: Element, attribute: str, style: str, *, unit: str = "") -> None:
    value = str(element.attrib.pop(attribute, "")).strip()
    if value:
        _add_style(element, f"{style}: {value}{unit if value.isdigit() else ''}")


def _add_style(element: Element, style: str) -> None:
    if style:
        held = str(element.get("style") or "").rstrip("; ")
        element.set("style", f"{held}; {style}" if held else style)
