"""The metadata element of an OPF package -> Metadata. Unknown stays empty; nothing is invented."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ttsbook.book.markup import Element, attribute, inner_text, local_name, parse_html
from ttsbook.book.printed import collapse
from ttsbook.book.rules import BLOCK_TAGS
from ttsbook.types import Metadata

_YEAR = re.compile(r"(?<!\d)([0-9]{4})(?!\d)")
_NO_DATE = "0101-01-01"  # how calibre writes that it knows none
_NO_AUTHOR = ("", "Unknown", "未知")  # the last two are calibre's
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_LINE_TAG = re.compile(rf"</?(?:br|{'|'.join(sorted(BLOCK_TAGS))})\b[^<>]*>", re.IGNORECASE)


def read_metadata(package: Element) -> Metadata:
    """Read Dublin Core and the refinements of EPUB 2 (attributes) and EPUB 3 (meta elements)."""
    fields = _Fields(package)
    series, series_index = fields.series()
    return Metadata(
        title=fields.title(),
        authors=fields.authors(),
        language=fields.language(),
        publisher=fields.first("publisher"),
        year=fields.year(),
        description=fields.description(),
        series=series,
        series_index=series_index,
        identifiers=tuple(dict.fromkeys(_texts(fields.named("identifier")))),
        subtitle=fields.subtitle(),
        title_sort=fields.title_sort(),
        author_sort=fields.author_sort(),
    )


class _Fields:
    def __init__(self, package: Element) -> None:
        self._elements: list[Element] = []
        self._refines: dict[tuple[str, str], str] = {}
        self._named_meta: dict[str, str] = {}
        for container in package.iterchildren():
            if local_name(container) != "metadata":
                continue
            for element in container.iter():  # EPUB 2 may nest them in dc-metadata and x-metadata
                self._elements.append(element)
                if local_name(element) == "meta":
                    self._add_meta(element)

    def _add_meta(self, meta: Element) -> None:
        target, property = str(meta.get("refines") or "").lstrip("#"), str(meta.get("property") or "")
        if target and property:
            self._refines.setdefault((target, property), collapse(inner_text(meta)))
        if meta.get("name"):
            self._named_meta.setdefault(str(meta.get("name")), collapse(str(meta.get("content") or "")))

    def named(self, name: str) -> list[Element]:
        return [element for element in self._elements if local_name(element) == name]

    def first(self, name: str) -> str | None:
        return next(_texts(self.named(name)), None)

    def title(self) -> str:
        element = self._title()
        return "" if element is None else collapse(inner_text(element))

    def title_sort(self) -> str | None:
        element = self._title()
        stated = "" if element is None else self._file_as(element)
        return stated or self._named_meta.get("calibre:title_sort") or None

    def subtitle(self) -> str | None:
        titles = [title for title in self.named("title") if self._refined(title, "title-type") == "subtitle"]
        return next(_texts(titles), None)

    def authors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(collapse(inner_text(element)) for element in self._authors()))

    def author_sort(self) -> str | None:
        """Return the authors as shelves sort them, if that is stated for each."""
        stated = [self._file_as(element) for element in self._authors()]
        return "; ".join(dict.fromkeys(stated)) if stated and all(stated) else None

    def _title(self) -> Element | None:
        titles = [element for element in self.named("title") if collapse(inner_text(element))]
        main = [element for element in titles if self._refined(element, "title-type") == "main"]
        return next(iter(main or titles), None)

    def _authors(self) -> list[Element]:
        """Return the creators with the role of author or with no role."""
        named = [
            element for element in self.named("creator") if collapse(inner_text(element)) not in _NO_AUTHOR
        ]
        return [element for element in named if self._role(element) in ("aut", "")]

    def _file_as(self, element: Element) -> str:
        return collapse(attribute(element, "file-as")) or self._refined(element, "file-as")

    def language(self) -> str | None:
        languages = (
            text for text in _texts(self.named("language")) if text.lower() not in ("und", "mul", "zxx")
        )
        return next(languages, None)

    def year(self) -> str | None:
        dates = self.named("date")
        published = [date for date in dates if attribute(date, "event") == "publication"]
        unmarked = [date for date in dates if not attribute(date, "event")]
        for text in _texts([*published, *unmarked]):
            if (found := _YEAR.search(text)) and not text.startswith(_NO_DATE):
                return found.group(1)
        return None

    def description(self) -> str | None:
        text = self.first("description")
        if text and _TAG.search(text):
            lines = inner_text(parse_html(_LINE_TAG.sub(r"\n\g<0>", text)).root).splitlines()
            text = "\n".join(filter(None, map(collapse, lines)))
        return text or None

    def series(self) -> tuple[str | None, str | None]:
        for element in self.named("meta"):
            if element.get("property") == "belongs-to-collection" and not element.get("refines"):
                name = collapse(inner_text(element))
                if name and self._refined(element, "collection-type") == "series":
                    return name, self._refined(element, "group-position") or None
        name = self._named_meta.get("calibre:series", "")
        return (name, self._named_meta.get("calibre:series_index") or None) if name else (None, None)

    def _role(self, element: Element) -> str:
        return (attribute(element, "role") or self._refined(element, "role")).lower()

    def _refined(self, element: Element, property: str) -> str:
        return self._refines.get((str(element.get("id") or ""), property), "")


def _texts(elements: list[Element]) -> Iterator[str]:
    return (text for element in elements if (text := collapse(inner_text(element))))
