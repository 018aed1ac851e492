"""Tell what the styles of a Word document make of a paragraph: heading, caption, list."""

import re
from collections.abc import Iterator
from typing import Any

from inquote.ingest.formats.word.xml import OFF, W, find, value, whole

_MAX_STYLES = 20  # that are based on one another
_HEADING = re.compile(
    r"(?:heading|überschrift|ueberschrift|titre|título|titulo|encabezado|titolo|intestazione|kop|"
    r"rubrik|overskrift|otsikko|nagłówek|nadpis|címsor|başlık|заголовок|标题|標題|見出し|제목)"
    r" {0,3}([1-9])(?!\d)",
    re.IGNORECASE,
)
_TITLES = frozenset("title titel titre título titolo tittel název tytuł заголовок 标题".split())
_CAPTIONS = ("caption", "beschriftung", "légende", "leyenda", "didascalia", "bijschrift")
_CODES = ("html preformatted", "source code", "code", "preformatted text", "macro text")
_BODY_LEVEL = 9  # the outline level of what is no heading


class Styles:
    """The styles of a document by their id, each with those that it is based on."""

    def __init__(self, root: Any) -> None:
        """Read the styles part, which may be None."""
        self.defaults: Any = None  # the properties of all runs
        self.default_style = ""  # of paragraphs that name none
        self._styles: dict[str, Any] = {}
        self._chains: dict[str, list[Any]] = {}
        for element in () if root is None else root:
            if element.tag == f"{W}style":
                self._add(element)
            elif element.tag == f"{W}docDefaults":
                self.defaults = find(element, "rPrDefault", "rPr")

    def _add(self, element: Any) -> None:
        id = element.get(f"{W}styleId") or ""
        self._styles[id] = element
        is_default = element.get(f"{W}default") not in (None, *OFF)
        if is_default and element.get(f"{W}type") == "paragraph":
            self.default_style = id

    def chain(self, id: str) -> list[Any]:
        """Return a style and those that it is based on, the nearest first."""
        chain = self._chains.get(id)
        if chain is None:
            chain = self._chains[id] = []
            while id in self._styles and len(chain) < _MAX_STYLES:
                chain.append(self._styles[id])
                id = value(chain[-1], "basedOn")
        return chain

    def of(self, paragraph: Any) -> list[Any]:
        """Return the chain of a paragraph's style."""
        return self.chain(self.id_of(paragraph))

    def id_of(self, paragraph: Any) -> str:
        """Return the id of a paragraph's style."""
        style = value(paragraph.find(f"{W}pPr"), "pStyle")
        return style if style in self._styles else self.default_style

    def heading_level(self, paragraph: Any) -> int:
        """Return the level, 1 to 6, of a paragraph that is a heading, else 0."""
        outline = value(paragraph.find(f"{W}pPr"), "outlineLvl")
        if outline:
            return _level_of(outline)
        for style in self.of(paragraph):
            name = value(style, "name").strip()
            heading = _HEADING.match(name)
            if heading:
                return min(6, int(heading.group(1)))
            if name.lower() in _TITLES:
                return 1
            outline = value(style.find(f"{W}pPr"), "outlineLvl")
            if outline:
                return _level_of(outline)
        named = value(paragraph.find(f"{W}pPr"), "pStyle")  # a style that the file does not hold
        heading = None if named in self._styles else _HEADING.match(named)
        return min(6, int(heading.group(1))) if heading else 0

    def is_caption(self, paragraph: Any) -> bool:
        """Return whether a paragraph is the caption of a table or a picture."""
        return any(name.startswith(_CAPTIONS) for name in self._names(paragraph))

    def is_code(self, paragraph: Any) -> bool:
        """Return whether a paragraph is a program's text."""
        return any(name in _CODES for name in self._names(paragraph))

    def is_bulleted(self, paragraph: Any) -> bool:
        """Return whether a paragraph's style is one of lists with bullets, by its name."""
        return any(name.startswith("list bullet") for name in self._names(paragraph))

    def _names(self, paragraph: Any) -> Iterator[str]:
        for style in self.of(paragraph):
            yield value(style, "name").strip().lower()


def _level_of(outline: str) -> int:
    """Return the level of a heading from its outline level, 0 for prose."""
    level = whole(outline, _BODY_LEVEL)
    return min(6, level + 1) if 0 <= level < _BODY_LEVEL else 0
