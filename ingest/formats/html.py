"""Parse an HTML page: the words that a browser shows, block by block.

The page's asides, such as its navigation, stay in the text and are marked; `html_parts.py` holds
the rules. A page that would consist of asides has none. Scripts, styles and hidden elements are not
text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical, first_title
from inquote.ingest.formats.encoding import encoding_of
from inquote.ingest.formats.html_parts import HEADINGS, is_aside, is_invisible, main_element

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p "
    "pre section summary table tbody td tfoot th thead tr ul caption".split()
)
_LISTS = ("ul", "ol", "menu", "dir")
_CELLS = ("td", "th")
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_TAG = re.compile(
    r"<!--(?:(?!-->).)*-->|<(script|style)\b(?:(?!</\1).)*</\1[^>]*>|<[^>]*>",
    re.DOTALL | re.IGNORECASE,
)
_CHARSET = re.compile(rb"<meta\s[^>]*charset\s*=|<\?xml[^>]*encoding", re.IGNORECASE)
_RAISED = {
    "sup": str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾"),
    "sub": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse an HTML page.

    The title is the `title` element's, else the first heading's. Raises `FileSkipped` for a page
    without text.
    """
    from lxml import etree, html

    encoding = encoding or _unstated_encoding(content)
    if encoding:
        content, encoding = content.decode(encoding, "replace").encode(), "utf-8"
    parser = html.HTMLParser(
        huge_tree=True, encoding=encoding, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(content, parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return _strip_tags(content, encoding)
    # lxml drops what goes beyond its limits, such as tags nested deeper than 2,048.
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        return _strip_tags(content, encoding)
    builder = TextBuilder()
    _Walker(builder, main_element(root)).walk(root)
    text, sections = builder.build()
    if not text:
        return _strip_tags(content, encoding)
    asides = builder.asides if _leaves_prose(builder) else []
    title = canonical(" ".join((root.findtext(".//title") or "").split()))
    return Parsed(
        text, sections, title or first_title(sections), _source(root), asides=tuple(asides)
    )


def _strip_tags(content: bytes, encoding: str | None) -> Parsed:
    """Return the text between the tags, for markup that the parser gives up on.

    Raises `FileSkipped` where there is none.
    """
    from html import unescape

    text = unescape(_TAG.sub(" ", content.decode(encoding or "utf-8", "replace")))
    builder = TextBuilder()
    builder.block(_SPACES.sub(" ", text))
    body, sections = builder.build()
    if not body.strip():
        raise FileSkipped("it holds no text that a browser would show")
    return Parsed(body, sections)


def _unstated_encoding(content: bytes) -> str | None:
    """Return the encoding of a page that does not state one, else None."""
    has_mark = content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"))
    if has_mark or _CHARSET.search(content[:4096]):
        return None
    return encoding_of(content)


def _leaves_prose(builder: TextBuilder) -> bool:
    """Return whether a text has more than headings and asides in it."""
    in_asides = sum(end - start for start, end in builder.asides)
    in_headings = sum(len(title) for title, _, _ in builder.headings)
    prose = len("".join(builder.parts).strip()) - 2 * len(builder.parts)  # 2 for each gap
    return in_asides + in_headings < prose


def _source(root: Any) -> str:
    """Return the address that the page states as its own, else ""."""
    for link in root.iter("link"):
        if (link.get("rel") or "").lower() == "canonical":
            return canonical(link.get("href") or "").strip()
    return ""


@dataclass
class _OpenRow:
    """A table row that is not yet closed: its cells so far, and the inline text before it."""

    inline_before: list[str]
    cells: list[str] = field(default_factory=list)


class _Walker:
    """Writes the visible text of a page into a builder, block by block.

    Inline text is collected until a block opens or closes; then it is written as one block.
    """

    def __init__(self, builder: TextBuilder, main: Any) -> None:
        self.builder = builder
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
        self.last_kind = ""  # of the block before: a "row", an "item" of a list still open, or ""

    def walk(self, root: Any) -> None:
        """Write the text of an element and of everything in it."""
        for event, element in _events(root):
            if event == "open":
                self._open(element)
                self._add_inline(element.text)
            elif event == "close":
                self._close(element)
            if event != "open":
                self._add_inline(element.tail)
        self._write_inline()

    def _add_inline(self, text: str | None) -> None:
        if text:
            text = text if self.pre_depth else _SPACES.sub(" ", text)
            self.inline.append(text.translate(self.open_raised[-1]) if self.open_raised else text)

    def _open(self, element: Any) -> None:
        """Take note of an element that opens."""
        # Inline elements add to the text.
        name = element.tag
        if name == "br":
            self.inline.append("\n")
        elif name == "img" and element.get("alt"):
            self.inline.append(f" {element.get('alt')} ")
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
        elif name == "tr":
            self.open_rows.append(_OpenRow(self.inline))
            self.inline = []

    def _close(self, element: Any) -> None:
        """Write the text of an element that closes, and forget what `_open` noted."""
        name = element.tag
        if name in _RAISED:
            self.open_raised.pop()
        if name not in _BLOCKS:
            return
        # Write the text in the way of its block.
        if name in _CELLS and self.open_rows:
            self.open_rows[-1].cells.append(" ".join("".join(self.inline).split()))
            self.inline = []
        elif name == "tr":
            self._close_row()
        elif name in HEADINGS:
            self._close_heading(HEADINGS[name])
        else:
            self._write_inline()
        # Leave the block.
        if name == "pre":
            self.pre_depth -= 1
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
            return
        kind = "row" if row else ""
        if not row and self.item_numbers:
            kind = "item"
        follows = kind != "" and kind == self.last_kind and (row or self.marker != "")
        indent = "  " * max(0, len(self.item_numbers) - 1)
        self.builder.block(
            indent + self.marker + text, gap="\n" if follows else "\n\n", aside=self._in_aside
        )
        self.marker, self.last_kind = "", kind


def _events(root: Any) -> Iterator[tuple[str, Any]]:
    """Walk through the elements without recursion.

    Yields ("open", element) and ("close", element) for each visible element and ("skip", element)
    for an invisible one. The text in `element.tail` comes after "close" or "skip".
    """
    stack: list[tuple[Any, Iterator[Any]]] = [(root, iter(root))]
    yield "open", root
    while stack:
        element, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield "close", element
        elif not isinstance(child.tag, str) or is_invisible(child):
            yield "skip", child
        else:
            yield "open", child
            stack.append((child, iter(child)))


def _parse_number(text: str | None, default: int) -> int:
    """Return the whole number that an attribute holds, `default` if it holds none."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else default


_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")
_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})


def _is_html(content: bytes, suffix: str) -> bool:
    """Return whether bytes begin as a page does, or are named as one and hold a tag."""
    # Without its zero bytes and byte order mark a page in UTF-16 begins in the same way.
    start = content[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith(b"<?xml") and b"<html" in start:
        return True
    return start.startswith(_STARTS) or (suffix in _SUFFIXES and b"<" in content)


FORMAT = Format("html", _is_html, parse)
