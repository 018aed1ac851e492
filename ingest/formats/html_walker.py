"""Write a page's text, block by block.

Text that no reader sees is kept aside and follows, marked, after the paragraph, list or table that
it stands in, so that a visible sentence stays whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from inquote.ingest.formats.builder import TextBuilder
from inquote.ingest.formats.html_parts import HEADINGS, is_aside, is_invisible
from inquote.ingest.formats.style.look import Look
from inquote.ingest.formats.style.page import Page
from inquote.ingest.formats.style.selectors import Node

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p "
    "pre section summary table tbody td tfoot th thead tr ul caption".split()
)
_LISTS = ("ul", "ol", "menu", "dir")
_CELLS = ("td", "th")
SPACES = re.compile(r"[ \t\n\r\f\v]+")
_RAISED = {
    "sup": str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾"),
    "sub": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}


@dataclass
class _OpenRow:
    """A table row that is not yet closed: its cells so far, and the inline text before it."""

    inline_before: list[str]
    cells: list[str] = field(default_factory=list)


class Walker:
    """Writes the visible text of a page into a builder, block by block.

    Inline text is collected until a block opens or closes; then it is written as one block.
    """

    def __init__(self, builder: TextBuilder, page: Page, main: Any) -> None:
        self.builder = builder
        self.page = page
        self.main = main
        self.inside_main = main is None
        self.inline: list[str] = []  # the text since the last block opened or closed
        self.open_asides: list[Any] = []  # elements
        self.pre_depth = 0  # how many pre elements are open
        self.open_raised: list[dict[int, int]] = []  # the characters of each open sup or sub
        # For each open list the number of its next item, None where items have bullets.
        self.item_numbers: list[int | None] = []
        self.marker = ""  # of the item just opened, until its first line is written
        self.open_rows: list[_OpenRow] = []  # several where a cell holds a table
        self.open_tables = 0
        self.last_kind = ""  # of the block before: a "row", an "item" of a list still open, or ""

    def walk(self, root: Any) -> None:
        """Write the text of an element and of everything in it."""
        for event, element, own, outer in _events(root, self.page):
            if own.hidden:
                self._pass_hidden(element, own.hidden if event == "open" else "")
            elif event == "open":
                self._open(element, own)
            elif event == "close":
                self._close(element)
            if event == "open":
                self._add_inline(element.text, own)
            else:
                self._add_inline(element.tail, outer)
        self._write_inline()

    def _add_inline(self, text: str | None, look: Look) -> None:
        """Add to the text of the open block, or to what is hidden."""
        if not text:
            return
        if look.reason:
            return self.builder.hide(text, look.reason)
        if not text.isspace():
            self.builder.part_hidden()
        text = text if self.pre_depth else SPACES.sub(" ", text)
        self.inline.append(text.translate(self.open_raised[-1]) if self.open_raised else text)

    def _add_picture(self, words: str, look: Look) -> None:
        """Add the words that stand for a picture, which has no letters to be small or white."""
        if look.visible:
            self.inline.append(f" {words} ")
        else:
            self.builder.hide(f" {words} ", look.reason)

    def _pass_hidden(self, element: Any, reason: str) -> None:
        """Keep apart the lines within hidden text, and add a picture that opens there."""
        if element.tag in _BLOCKS or element.tag == "br":
            self.builder.part_hidden("\n")
        if reason and element.tag == "img":
            self.builder.hide(f" {element.get('alt') or ''} ", reason)

    def _open(self, element: Any, look: Look) -> None:
        """Take note of an element that opens."""
        # Inline elements add to the text.
        name = element.tag
        if name == "br":
            self.inline.append("\n")
        elif name == "img" and element.get("alt"):
            self._add_picture(element.get("alt"), look)
        elif name in _RAISED:
            self.open_raised.append(_RAISED[name])
        if name not in _BLOCKS:
            return
        # A block ends the text before it; the text before a cell belongs to no cell.
        if name not in _CELLS:
            self._write_inline()
        if element is self.main:
            self.inside_main = True
        if is_aside(element):
            self.open_asides.append(element)
        # Some blocks change how the text within them is written.
        if name == "pre":
            self.pre_depth += 1
        elif name in _LISTS:
            first = _parse_number(element.get("start"), 1) if name == "ol" else None
            self.item_numbers.append(first)
        elif name == "li":
            self._open_item(element)
        elif name in ("table", "tr"):
            self._open_table_part(name)

    def _close(self, element: Any) -> None:
        """Write the text of an element that closes, in the way of its block."""
        name = element.tag
        if name in _RAISED:
            self.open_raised.pop()
        if name not in _BLOCKS:
            return
        if name in _CELLS and self.open_rows:
            self.open_rows[-1].cells.append(" ".join("".join(self.inline).split()))
            self.inline = []
        elif name == "tr":
            self._close_row()
        elif name in HEADINGS:
            self._close_heading(HEADINGS[name])
        else:
            self._write_inline()
        self._leave(element)

    def _leave(self, element: Any) -> None:
        """Forget what `_open` noted of a block."""
        name = element.tag
        if name == "pre":
            self.pre_depth -= 1
        elif name == "table":
            self.open_tables -= 1
        elif name in _LISTS and self.item_numbers:
            self.item_numbers.pop()
            if not self.item_numbers:
                self.last_kind = ""
        elif name == "li":
            self.marker = ""
        if self.open_asides and self.open_asides[-1] is element:
            self.open_asides.pop()
        if element is self.main:
            self.inside_main = False

    def _open_table_part(self, name: str) -> None:
        if name == "table":
            self.open_tables += 1
            return
        self.open_rows.append(_OpenRow(self.inline))
        self.inline = []

    def _open_item(self, element: Any) -> None:
        """Set the marker of a list item: its number, or a bullet."""
        number = self.item_numbers[-1] if self.item_numbers else None
        if number is None:
            self.marker = "- "
        else:
            number = _parse_number(element.get("value"), number)
            self.marker = f"{number}. "
            self.item_numbers[-1] = number + 1

    def _close_heading(self, level: int) -> None:
        """Write a heading, as plain text within a table, a list or an aside."""
        if self.open_rows:
            return self._write_inline()
        title, self.inline = "".join(self.inline), []
        if self.item_numbers or self._in_aside:
            self._write_block(title)
        else:
            self.builder.heading(title, level)
            self._write_hidden()

    @property
    def _in_aside(self) -> bool:
        return bool(self.open_asides) or not self.inside_main

    def _close_row(self) -> None:
        """Write a table row.

        The row of a table within a cell becomes words of that cell.
        """
        if not self.open_rows:
            return
        row = self.open_rows.pop()
        line = " | ".join(row.cells) if "".join(row.cells) else ""
        if self.open_rows:
            self.inline = [*row.inline_before, " ", line.replace(" | ", ", "), " "]
        else:
            self.inline = []
            self._write_block(line, row=True)

    def _write_inline(self) -> None:
        """Write the inline text as a block, or only end it with a space within a table row."""
        if self.open_rows:
            self.inline.append(" ")
            return
        lines = "".join(self.inline).split("\n")
        self.inline = []
        if not self.pre_depth:
            lines = [" ".join(line.split()) for line in lines]
        self._write_block("\n".join(lines).strip("\n"))

    def _write_block(self, text: str, *, row: bool = False) -> None:
        """Write a block, without a blank line before it between list items or table rows."""
        if not text.strip():
            return self._write_hidden()
        kind = "row" if row else ""
        if not row and self.item_numbers:
            kind = "item"
        follows = kind != "" and kind == self.last_kind and (row or self.marker != "")
        indent = "  " * max(0, len(self.item_numbers) - 1)
        self.builder.block(
            indent + self.marker + text, gap="\n" if follows else "\n\n", aside=self._in_aside
        )
        self.marker, self.last_kind = "", kind
        self._write_hidden()

    def _write_hidden(self) -> None:
        """Write what is hidden in the last paragraph, list or table, if that is closed."""
        if not self.open_tables and not self.item_numbers and self.builder.write_hidden():
            self.last_kind = ""


def _events(root: Any, page: Page) -> Iterator[tuple[str, Any, Look, Look]]:
    """Walk through the elements without recursion.

    Yields "open" and "close" with each element that may hold text, and "skip" with each that does
    not, then its own look and that of the element around it. The text in `element.tail` comes after
    "close" or "skip" and has the latter.
    """
    node = page.node(root)
    look = page.look(node, Look())
    stack: list[tuple[Any, Iterator[Any], Node, Look]] = [(root, iter(root), node, look)]
    yield "open", root, look, Look()
    while stack:
        element, children, node, look = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield "close", element, look, stack[-1][3] if stack else Look()
        elif not isinstance(child.tag, str) or is_invisible(child):
            yield "skip", child, look, look
        else:
            inner = page.node(child, node)
            own = page.look(inner, look)
            yield "open", child, own, look
            stack.append((child, iter(child), inner, own))


def _parse_number(text: str | None, default: int) -> int:
    """Return the whole number that an attribute holds, `default` if it holds none."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else default
