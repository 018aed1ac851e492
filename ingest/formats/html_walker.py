"""Write a page's text, block by block.

Text that no reader sees is kept aside and follows, marked, after the paragraph, list or table that
it stands in, so that a visible sentence stays whole.
"""

import re
from collections.abc import Iterator
from typing import Any

from inquote.ingest.documents import BlockKind
from inquote.ingest.formats.builder import TextBuilder
from inquote.ingest.formats.html_lists import BULLET_MARKER, OpenList, field_text, is_note
from inquote.ingest.formats.html_parts import Parts, heading_level
from inquote.ingest.formats.html_tables import OpenTable
from inquote.ingest.formats.style.look import Look
from inquote.ingest.formats.style.page import Page
from inquote.ingest.formats.style.selectors import Node

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p "
    "pre section select summary svg table tbody td tfoot th thead tr ul caption".split()
)
_LISTS = ("ul", "ol", "menu", "dir")
_CELLS = ("td", "th")
_LINES = ("br", "option", "text")  # elements that stand on lines of their own within a block
_KINDS: dict[str, BlockKind] = {"caption": "caption", "figcaption": "caption", "pre": "code"}
SPACES = re.compile(r"[ \t\n\r\f\v]+")
_RAISED = {
    "sup": str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾"),
    "sub": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}


class Walker:
    """Writes the visible text of a page into a builder, block by block.

    Inline text is collected until a block opens or closes; then it is written as one block.
    """

    def __init__(self, builder: TextBuilder, page: Page, parts: Parts) -> None:
        self.builder = builder
        self.page = page
        self.parts = parts
        self.inside_main = parts.main is None
        self.inline: list[str] = []  # the text since the last block opened or closed
        self.open_asides: list[Any] = []  # elements
        self.open_notes: list[Any] = []  # elements
        self.pre_depth = 0  # how many pre elements are open
        self.open_raised: list[dict[int, int]] = []  # the characters of each open sup or sub
        self.lists: list[OpenList] = []
        self.marker = ""  # of the item just opened, until its first line is written
        self.terms: list[str] = []  # that wait for their definition
        self.tables: list[OpenTable | None] = []  # those open, None for one for layout
        self.cell_depth = 0  # how many cells are open, of tables that are not for layout
        self.follows_item = False  # whether the block before is an item of a list still open

    def walk(self, root: Any) -> None:
        """Write the text of an element and of everything in it."""
        for event, element, own, outer in _events(root, self.page, self.parts):
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

    def _add_words(self, words: str, look: Look) -> None:
        """Add the words that stand for a picture, which has no letters to be small or white."""
        if look.visible:
            self.inline.append(f" {words} ")
        else:
            self.builder.hide(f" {words} ", look.reason)

    def _pass_hidden(self, element: Any, reason: str) -> None:
        """Keep apart the lines within hidden text, and add a picture that opens there."""
        if element.tag in _BLOCKS or element.tag in _LINES:
            self.builder.part_hidden("\n")
        if reason and element.tag == "img":
            self.builder.hide(f" {element.get('alt') or ''} ", reason)

    def _open(self, element: Any, look: Look) -> None:
        """Take note of an element that opens."""
        # Inline elements add to the text.
        name = element.tag
        if name in _LINES:
            self.inline.append("\n")
        elif name == "img" and element.get("alt"):
            self._add_words(element.get("alt"), look)
        elif name == "input" and field_text(element):
            self._add_words(field_text(element), look)
        elif name in _RAISED:
            self.open_raised.append(_RAISED[name])
        if not _is_block(element):
            return
        self._enter(element)
        # Some blocks change how the text within them is written.
        if name == "pre":
            self.pre_depth += 1
        elif name in _LISTS:
            self.lists.append(OpenList(element))
        elif name == "li":
            self._open_item(element)
        elif name in ("table", "thead", *_CELLS):
            self._open_table_part(element)

    def _enter(self, element: Any) -> None:
        """End the text before a block that opens, and note which part of the page it begins."""
        self._write_inline()
        if element is self.parts.main:
            self.inside_main = True
        if self.parts.is_aside(element, self.inside_main):
            self.open_asides.append(element)
        if is_note(element):
            self.open_notes.append(element)

    def _open_item(self, element: Any) -> None:
        """Note what stands before an item; within a cell it is written, but for a lone bullet."""
        if not self.lists:
            self.marker = BULLET_MARKER
            return
        self.marker = self.lists[-1].next_marker(element)
        is_lone_bullet = self.marker == BULLET_MARKER and self.lists[-1].length == 1
        if self.cell_depth and not is_lone_bullet and "".join(element.itertext()).strip():
            self.inline.append(self.marker)

    def _open_table_part(self, element: Any) -> None:
        """Take note of a table, its head or a cell that opens."""
        name = element.tag
        table = self.tables[-1] if self.tables else None
        if name == "table":
            if not self.cell_depth:
                self._write_rows()
            is_layout = self.parts.is_layout(element)
            self.tables.append(None if is_layout else OpenTable(self.inline))
            self.inline = self.inline if is_layout else []
        elif table is not None and name == "thead":
            table.in_head = True
        elif table is not None and table.cell is None:
            table.cell = element
            self.cell_depth += 1

    def _close(self, element: Any) -> None:
        """Write the text of an element that closes, in the way of its block."""
        name = element.tag
        if name in _RAISED:
            self.open_raised.pop()
        if not _is_block(element):
            return
        table = self.tables[-1] if self.tables else None
        level = heading_level(element)
        if table is not None and table.cell is element:
            table.close_cell(" ".join("".join(self.inline).split()))
            self.cell_depth -= 1
            self.inline = []
        elif name == "tr" and table is not None:
            self._write_inline()
            table.close_row()
        elif name == "table":
            self._close_table()
        elif level:
            self._close_heading(level)
        elif name == "dt" and not self.cell_depth:
            self.terms.append(" ".join("".join(self.inline).split()))
            self.inline = []
        else:
            self._write_inline(_KINDS.get(name, "paragraph"))
        self._leave(element)

    def _leave(self, element: Any) -> None:
        """Forget what `_open` noted of a block."""
        name = element.tag
        if name == "pre":
            self.pre_depth -= 1
        elif name == "thead" and self.tables and self.tables[-1] is not None:
            self.tables[-1].in_head = False
        elif name in _LISTS and self.lists:
            self.lists.pop()
            self.follows_item = self.follows_item and bool(self.lists)
        elif name == "li":
            self.marker = ""
        elif name == "dl":
            self._write_terms()
        for opened in (self.open_asides, self.open_notes):
            if opened and opened[-1] is element:
                opened.pop()
        if element is self.parts.main:
            self.inside_main = False

    def _close_table(self) -> None:
        """Write a table; a table within a cell becomes words of that cell."""
        self._write_inline()
        table = self.tables[-1] if self.tables else None
        if table is not None:
            table.close_row()
            if self.cell_depth:
                self.inline = [*table.inline_before, *self.inline, " ", table.as_words(), " "]
            else:
                self._write_rows()
        self.tables.pop()
        self._write_hidden()

    def _write_rows(self) -> None:
        """Write the rows so far of the open table."""
        table = self.tables[-1] if self.tables else None
        if table is not None and table.rows:
            self._write_terms()
            table.write(self.builder, aside=bool(self.open_asides))
            self.follows_item = False

    def _close_heading(self, level: int) -> None:
        """Write a heading, as plain text within a table, a list or an aside."""
        if self.cell_depth or self.lists or self.open_asides:
            return self._write_inline()
        self._write_terms()
        self._write_rows()
        title, self.inline = "".join(self.inline), []
        self.builder.heading(title, level)
        self._write_hidden()

    def _write_inline(self, kind: BlockKind = "paragraph") -> None:
        """Write the inline text as a block, or only end it with a space within a table's cell."""
        if self.cell_depth:
            self.inline.append(" ")
            return
        lines = "".join(self.inline).split("\n")
        self.inline = []
        if not self.pre_depth:
            lines = [" ".join(line.split()) for line in lines]
        text = "\n".join(lines).strip("\n")
        if text.strip():
            self._write_rows()
            self._write_block(text, "code" if self.pre_depth else kind)
        self._write_hidden()

    def _write_block(self, text: str, kind: BlockKind) -> None:
        """Write a block, an item without a blank line between it and the item before."""
        if self.terms and kind == "paragraph" and not self.marker:
            text = "\n".join([*self.terms, text])
            self.terms = []
        self._write_terms()
        follows = bool(self.marker) and self.follows_item
        indent = "  " * max(0, len(self.lists) - 1)
        if self.marker:
            kind = "item"
        if self.open_notes and kind in ("item", "paragraph"):
            kind = "note"
        self.builder.block(
            indent + self.marker + text,
            kind=kind,
            level=len(self.lists) if kind == "item" else 0,
            label=self.marker.strip(),
            gap="\n" if follows else "\n\n",
            aside=bool(self.open_asides),
        )
        self.marker, self.follows_item = "", bool(self.lists)

    def _write_terms(self) -> None:
        """Write the terms that no definition follows."""
        terms, self.terms = self.terms, []
        self.builder.block("\n".join(terms), aside=bool(self.open_asides))

    def _write_hidden(self) -> None:
        """Write what is hidden in the last paragraph, list or table, if that is closed."""
        is_open = any(self.tables) or self.lists or self.terms
        if not is_open and self.builder.write_hidden():
            self.follows_item = False


def _is_block(element: Any) -> bool:
    return element.tag in _BLOCKS or element.get("role") == "heading"


def _events(root: Any, page: Page, parts: Parts) -> Iterator[tuple[str, Any, Look, Look]]:
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
        elif not isinstance(child.tag, str) or parts.is_invisible(child):
            yield "skip", child, look, look
        else:
            inner = page.node(child, node)
            own = page.look(inner, look)
            yield "open", child, own, look
            stack.append((child, iter(child), inner, own))
