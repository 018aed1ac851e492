"""Write the document pane as HTML: the text of a document with the cited ranges marked.

Every function is pure, and every character of the corpus goes through `escape` of `marks`. Taking
the tags out of `text_html` and unescaping gives `document.text` back, character for character.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlencode

from inquote.app.marks import escape, escape_attribute
from inquote.ingest.documents import Document
from inquote.ingest.text import LIST_MARKER

LINE = re.compile(r"[^\n]*\n|[^\n]+")
PART_LENGTH = 8_000  # characters; the browser lays out only the parts that are near the screen


@dataclass(frozen=True)
class Mark:
    """A range of a document to mark, and the number to show beside it."""

    number: int
    start: int
    end: int


@dataclass(frozen=True)
class Block:
    """A heading, paragraph or list item: `text[start:end]`, without its line end.

    `tag` names its HTML element, `kind` the class of that element.
    """

    start: int
    end: int
    tag: str
    kind: str


def range_html(text: str, start: int, end: int, marks: Sequence[Mark]) -> str:
    """Escape `text[start:end]` and lay the marks over it.

    Where marks overlap, one element carries the numbers of all of them.

    >>> range_html("one two", 0, 7, [Mark(1, 4, 7)])
    'one <mark data-cite="1" data-label="1">two</mark>'
    """
    inside = [mark for mark in marks if mark.start < end and mark.end > start]
    borders = {start, end}
    for mark in inside:
        borders |= {max(mark.start, start), min(mark.end, end)}
    pieces = pairwise(sorted(borders))
    return "".join(_piece_html(text, left, right, inside) for left, right in pieces)


def _piece_html(text: str, left: int, right: int, marks: Sequence[Mark]) -> str:
    """Escape a piece that lies wholly inside or wholly outside each mark."""
    piece = escape(text[left:right])
    numbers, labels = [], []
    for mark in marks:
        if mark.start <= left and right <= mark.end:
            numbers.append(str(mark.number))
            if mark.start == left:
                labels.append(str(mark.number))
    if not numbers:
        return piece
    label = f' data-label="{" ".join(labels)}"' if labels else ""
    return f'<mark data-cite="{" ".join(numbers)}"{label}>{piece}</mark>'


def blocks(document: Document) -> Iterator[Block]:
    """Yield the blocks of a document in text order; only white space lies between them.

    A block ends at a blank line and before a heading or a list item.
    """
    levels = {section.start: section.level for section in document.sections if section.title}
    block: Block | None = None
    for line in LINE.finditer(document.text):
        start, end = line.start(), line.start() + len(line.group().rstrip())
        is_item = bool(LIST_MARKER.match(line.group()))
        # End the block before this line.
        if block and (start == end or start in levels or is_item or block.kind == "heading"):
            yield block
            block = None
        if start == end:
            continue
        # Continue the block, or begin one.
        if block:
            block = Block(block.start, end, block.tag, block.kind)
        elif start in levels:
            block = Block(start, end, f"h{min(levels[start] + 2, 6)}", "heading")
        else:
            block = Block(start, end, "p", "item" if is_item else "text")
    if block:
        yield block


def heading_at(document: Document, offset: int) -> str:
    """Join the titles of the sections around `offset` with " > ", outermost first."""
    around = (section for section in document.sections if section.start <= offset < section.end)
    return " > ".join(section.title for section in around if section.title)


def format_heading(heading: str) -> str:
    """Format a heading path for people.

    >>> format_heading("Trials > Safety")
    'Trials › Safety'
    """
    return heading.replace(" > ", " › ")


def _page_breaks(document: Document, after: int, until: int) -> list[tuple[int, str]]:
    """Return (offset, HTML) of each page that begins in the half-open range [after, until)."""
    breaks = []
    for page in document.pages:
        if after <= page.start < until:
            breaks.append(
                (page.start, f'<span class="page-break" data-page="{page.number}"></span>')
            )
    return breaks


def _block_html(document: Document, block: Block, marks: Sequence[Mark]) -> str:
    """Write a block with its marks and the page breaks that fall inside it."""
    pieces, left = [], block.start
    for offset, page_break in _page_breaks(document, block.start + 1, block.end):
        pieces += [range_html(document.text, left, offset, marks), page_break]
        left = offset
    pieces.append(range_html(document.text, left, block.end, marks))
    return f'<{block.tag} class="{block.kind}" dir="auto">{"".join(pieces)}</{block.tag}>'


def _gap_html(document: Document, start: int, end: int, marks: Sequence[Mark]) -> str:
    """Write the white space between two blocks, which is kept in the page and not shown."""
    if start >= end:
        return ""
    return f'<span class="gap">{range_html(document.text, start, end, marks)}</span>'


def text_html(document: Document, marks: Sequence[Mark] = ()) -> str:
    """Write the whole text with its marks, in parts of some thousand characters.

    Raises `ValueError` for a mark that is not inside the text.
    """
    for mark in marks:
        if not 0 <= mark.start < mark.end <= len(document.text):
            raise ValueError(f"the range {mark.start}-{mark.end} is not inside {document.id}")
    parts: list[str] = []
    part: list[str] = []
    at = part_start = 0
    for block in blocks(document):
        # Write the gap before the block, the page that begins there, and the block.
        part.append(_gap_html(document, at, block.start, marks))
        for _, page_break in _page_breaks(document, at, block.start + 1):
            part.append(page_break)
        part.append(_block_html(document, block, marks))
        at = block.end
        # End the part where it is long enough.
        if at - part_start > PART_LENGTH:
            parts.append("".join(part))
            part, part_start = [], at
    part.append(_gap_html(document, at, len(document.text), marks))
    parts.append("".join(part))
    return "".join(f'<div class="part">{part}</div>' for part in parts)


def _stepper_html(document: Document, marks: Sequence[Mark]) -> str:
    """Write the line that names the current place, and the buttons that step through the marks."""
    places = []
    for mark in marks:
        page = document.page_at(mark.start)
        heading = format_heading(heading_at(document, mark.start))
        place = " · ".join(filter(None, (heading, f"page {page}" if page else "")))
        places.append(f'<li data-number="{mark.number}">{escape(place)}</li>')
    return (
        '<nav class="stepper" aria-label="Marked places">'
        '<p class="at" role="status"></p>'
        '<button type="button" data-step="-1" aria-label="Previous place" '
        'title="Previous place (Alt+Up)">↑</button>'
        '<button type="button" data-step="1" aria-label="Next place" '
        'title="Next place (Alt+Down)">↓</button>'
        f"<ul hidden>{''.join(places)}</ul></nav>"
    )


def _pane_html(title: str, source: str, stepper: str, body: str) -> str:
    """Write the frame that every state of the pane shares."""
    return (
        '<header class="document-head"><div class="document-name">'
        f'<h2 id="document-title" dir="auto">{escape(title)}</h2>'
        f'<p class="source">{escape(source)}</p></div>'
        '<button type="button" class="close" aria-label="Close the document">Close</button>'
        f"{stepper}</header>"
        '<div class="document-text" tabindex="0" role="group" aria-labelledby="document-title">'
        f"{body}</div>"
    )


def document_html(
    document: Document, marks: Sequence[Mark] = (), has_pages: bool = False
) -> str:
    """Write the pane of a document: title, source, stepper, and the whole text with its marks.

    With `has_pages` its pages can be shown too, by pages.js.
    """
    source = " · ".join(filter(None, (document.id, document.source)))
    stepper = _stepper_html(document, marks) if marks else ""
    pages = pages_html(document) if has_pages else ("", "")
    title, text = document.title or document.id, text_html(document, marks)
    return _pane_html(title, source, stepper + pages[0], text) + pages[1]


def pages_html(document: Document) -> tuple[str, str]:
    """Write the switch between page and text, and the place that pages.js fills with pages."""
    switch = (
        '<div class="view-switch" role="group" aria-label="Shown as">'
        '<button type="button" data-view="page" aria-pressed="false">Page</button>'
        '<button type="button" data-view="text" aria-pressed="true">Text</button></div>'
    )
    id, sha256 = escape_attribute(document.id), escape_attribute(document.sha256)
    place = (
        f'<div class="document-pages" data-document="{id}" data-sha256="{sha256}" hidden></div>'
    )
    return switch, place


def documents_html(documents: Sequence[tuple[str, str]]) -> str:
    """Write the pane that offers several documents, given as (id, title), to choose from."""
    items = []
    for id, title in documents:
        target = escape_attribute(urlencode({"document": id}))
        items.append(
            f'<li><a class="open" href="#{target}">{escape(title or id)}</a>'
            f'<span class="source">{escape(id)}</span></li>'
        )
    return _pane_html("Documents", "", "", f'<ul class="documents">{"".join(items)}</ul>')


def notice_html(sentence: str) -> str:
    """Write the pane that shows no document, only the sentence that says why."""
    return _pane_html("Document", "", "", f'<p class="notice">{escape(sentence)}</p>')
