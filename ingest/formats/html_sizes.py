"""Measure the elements of a page, all in one pass: words, links, headings, tables for layout."""

from dataclasses import dataclass
from typing import Any

_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_BLOCKS_IN_CELL = frozenset("p div table ul ol dl h1 h2 h3 h4 h5 h6 section article form".split())
_NO_WORDS = frozenset("script style template head".split())
_LAYOUT_WORDS = 60  # of a cell with blocks in it, that make a table one for layout


@dataclass
class _Size:
    """What an element and everything in it amount to; `has_big_cell` only up to its table."""

    words: int = 0
    characters: int = 0
    linked: int = 0  # characters in links
    links: int = 0
    has_heading: bool = False
    has_block: bool = False
    has_big_cell: bool = False
    has_header_cell: bool = False


_NOTHING = _Size()


class Sizes:
    """The sizes of all elements of a page."""

    def __init__(self, root: Any) -> None:
        self._sizes: dict[Any, _Size] = {}
        # The elements within an element come after it, so that backwards all sums are complete.
        for element in reversed(list(root.iter())):
            self._measure(element)

    def words(self, element: Any) -> int:
        """Return the number of an element's words."""
        return self._sizes.get(element, _NOTHING).words

    def links(self, element: Any) -> int:
        """Return the number of links in an element."""
        return self._sizes.get(element, _NOTHING).links

    def linked_share(self, element: Any) -> float:
        """Return the share of an element's characters that stand in links."""
        size = self._sizes.get(element, _NOTHING)
        return size.linked / max(1, size.characters)

    def has_heading(self, element: Any) -> bool:
        """Return whether a heading stands in an element."""
        return self._sizes.get(element, _NOTHING).has_heading

    def is_layout(self, table: Any) -> bool:
        """Return whether a table has a cell full of blocks and no header cell."""
        size = self._sizes.get(table, _NOTHING)
        return size.has_big_cell and not size.has_header_cell

    def _measure(self, element: Any) -> None:
        """Complete the size of an element, and add it to that of the element around it."""
        outer = element.getparent()
        around = _Size() if outer is None else self._sizes.setdefault(outer, _Size())
        _add_text(around, element.tail)
        name = element.tag
        if not isinstance(name, str) or name in _NO_WORDS:
            return
        size = self._sizes.setdefault(element, _Size())
        _add_text(size, element.text)
        if name == "a":
            size.linked, size.links = size.characters, 1
        size.has_heading |= name in _HEADINGS
        if name == "td":
            size.has_big_cell = size.has_block and size.words >= _LAYOUT_WORDS
        _add(around, size)
        around.has_block |= size.has_block or name in _BLOCKS_IN_CELL
        if name != "table":
            around.has_big_cell |= size.has_big_cell
            around.has_header_cell |= size.has_header_cell or name == "th"


def _add(around: _Size, size: _Size) -> None:
    around.words += size.words
    around.characters += size.characters
    around.linked += size.linked
    around.links += size.links
    around.has_heading |= size.has_heading


def _add_text(size: _Size, text: str | None) -> None:
    if text:
        words = text.split()
        size.words += len(words)
        size.characters += sum(map(len, words))
