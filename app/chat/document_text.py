"""Write the text of a document as HTML: headings, lists, tables, notes, the cited ranges marked.

Taking the tags out of `text_html` and unescaping gives `document.text` back, character for
character.
"""

import re
from collections.abc import Iterator, Sequence

from inquote.app.chat.document_notes import BREAK, note_links
from inquote.app.chat.document_table import rows_of, table_html
from inquote.app.chat.ranges import Insertion, Mark, RangeWriter, is_wrapped
from inquote.app.marks import escape_attribute
from inquote.ingest.documents import Block, Document, Page
from inquote.ingest.text import LIST_MARKER

LINE = re.compile(r"[^\n]*\n|[^\n]+")
PART_LENGTH = 8_000  # characters; the browser lays out only the parts that are near the screen
LEVELS = 6  # of headings and of items that are set apart
# What stands beside the text proper, and the name that is shown above it.
NAMES = {
    "note": "Note",
    "comment": "Comment",
    "field": "Fields",
    "header": "Page header",
    "footer": "Page footer",
}


def text_html(document: Document, marks: Sequence[Mark] = ()) -> str:
    """Write the whole text with its marks, in parts of some thousand characters.

    Raises `ValueError` for a mark that is not inside the text.
    """
    for mark in marks:
        if not 0 <= mark.start < mark.end <= len(document.text):
            raise ValueError(f"the range {mark.start}-{mark.end} is not inside {document.id}")
    parts = _TextWriter(document, marks).parts()
    return "".join(f'<div class="part">{part}</div>' for part in parts)


def blocks_of(document: Document) -> Sequence[Block]:
    """Return the blocks of a document; where its library kept none, those that its lines make."""
    return document.blocks or tuple(_blocks_of_lines(document))


def _blocks_of_lines(document: Document) -> Iterator[Block]:
    """Yield the blocks of a text in text order; only white space lies between them.

    A block ends at a blank line and before a heading or a list item.
    """
    levels = {section.start: section.level for section in document.sections if section.title}
    block: Block | None = None
    for line in LINE.finditer(document.text):
        start, end = line.start(), line.start() + len(line.group().rstrip())
        marker = LIST_MARKER.match(line.group())
        # End the block before this line.
        if block and (start == end or start in levels or marker or block.kind == "heading"):
            yield block
            block = None
        if start == end:
            continue
        # Continue the block, or begin one.
        if block:
            block = block._replace(end=end)
        elif start in levels:
            block = Block("heading", start, end, levels[start])
        elif marker:
            block = Block("item", start, end, 1, marker.group().strip())
        else:
            block = Block("paragraph", start, end)
    if block:
        yield block


def page_name(page: Page) -> str:
    """Name a page by its printed number, with the counted one where they differ.

    >>> page_name(Page(4, 0, 9, "iv")), page_name(Page(4, 0, 9))
    ('page iv (4)', 'page 4')
    """
    if page.label and page.label != str(page.number):
        return f"page {page.label} ({page.number})"
    return f"page {page.number}"


def _page_breaks(document: Document) -> list[Insertion]:
    """Return the line above each page, where it begins."""
    breaks = []
    for page in document.pages:
        html = (
            f'<span class="page-break" data-page="{page.number}" '
            f'data-printed="{escape_attribute(page.label)}" '
            f'data-name="{escape_attribute(page_name(page))}"></span>'
        )
        breaks.append(Insertion(page.start, BREAK, html, is_outer=True))
    return breaks


class _TextWriter:
    """Writes the blocks of a document in text order."""

    def __init__(self, document: Document, marks: Sequence[Mark]) -> None:
        self._length = len(document.text)
        self._blocks = blocks_of(document)
        insertions = _page_breaks(document)
        insertions += note_links(document.text, self._blocks, document.pages)
        self._ranges = RangeWriter(document.text, marks, insertions)
        self._in_list = False  # whether an item has been written and not yet closed

    def parts(self) -> Iterator[str]:
        """Yield the HTML of the text, a part at a time."""
        part: list[str] = []
        part_start = 0
        for block, inner in self._top_blocks():
            # Write the gap before the block, then the block.
            part += self._between(block)
            part.append(self._block_html(block, inner))
            # End the part where it is long enough.
            if self._ranges.at - part_start > PART_LENGTH:
                part.append(self._end_list())
                yield "".join(part)
                part, part_start = [], self._ranges.at
        part += [self._end_list(), self._ranges.gap(self._length), self._ranges.words(self._length)]
        yield "".join(part)

    def _top_blocks(self) -> Iterator[tuple[Block, list[Block]]]:
        """Yield the blocks that lie in no other, each with those that lie in it."""
        at = 0
        while at < len(self._blocks):
            block = self._blocks[at]
            at += 1
            first = at
            while at < len(self._blocks) and self._blocks[at].kind in ("row", "cell"):
                at += 1
            yield block, list(self._blocks[first:at])

    def _between(self, block: Block) -> list[str]:
        """Write what lies before a block; between two items it belongs to the first."""
        if block.kind != "item":
            return [self._end_list(), self._ranges.gap(block.start)]
        if self._in_list:
            return [self._ranges.gap(block.start), "</li>"]
        self._in_list = True
        return [self._ranges.gap(block.start), '<ul class="items" role="list">']

    def _end_list(self) -> str:
        if not self._in_list:
            return ""
        self._in_list = False
        return "</li></ul>"

    def _block_html(self, block: Block, inner: Sequence[Block]) -> str:
        """Write a block; an item is left open for what follows it."""
        if block.kind == "table" and inner:
            return table_html(self._ranges, block, rows_of(inner))
        if block.kind == "item":
            return self._item_html(block)
        kind = block.kind + self._flow(block)
        words = self._ranges.words(block.end)
        if block.kind == "heading":
            tag = f"h{min(block.level + 2, LEVELS)}"
            return f'<{tag} class="heading" dir="auto">{words}</{tag}>'
        if block.kind == "code":
            return f'<pre class="scroller code"><code>{words}</code></pre>'
        name = NAMES.get(block.kind)
        named = f' data-name="{name}"' if name else ""
        return f'<p class="{kind}" dir="auto"{named}>{words}</p>'

    def _flow(self, block: Block) -> str:
        """Return the class of a block whose lines flow, after a space, else ""."""
        return " flowing" if is_wrapped(self._ranges.text[block.start : block.end]) else ""

    def _item_html(self, block: Block) -> str:
        """Write an item with its printed number in front of its lines."""
        text = self._ranges.text
        words = text[block.start : block.end]
        label_start = block.start + len(words) - len(words.lstrip())
        level = min(max(block.level, 1), LEVELS)
        kind = f"item level-{level}{self._flow(block)}"
        html = f'<li class="{kind}" dir="auto">{self._ranges.gap(label_start)}'
        if block.label and text.startswith(block.label, label_start):
            rest = text[label_start + len(block.label) : block.end]
            marker_end = block.end - len(rest.lstrip())
            html += f'<span class="marker">{self._ranges.words(marker_end)}</span>'
        return html + self._ranges.words(block.end)
