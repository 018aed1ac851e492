"""The document pane as HTML: pure functions, and every character of the corpus goes through `escape`.

Taking the tags out of `text_html` and unescaping gives `document.text` back, character for character.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from urllib.parse import urlencode

from inquote.ingest.documents import Document
from inquote.ingest.text import LIST_MARKER

LINE = re.compile(r"[^\n]*\n|[^\n]+")
PART_LENGTH = 8_000  # characters; the browser lays out only the parts that are near the screen


@dataclass(frozen=True)
class Mark:
    """A range of a document to be marked, and the number that stands beside it."""

    number: int
    start: int
    end: int


@dataclass(frozen=True)
class Block:
    """A heading, paragraph or list item, `text[start:end]` without its line end; `tag` is its HTML element."""

    start: int
    end: int
    tag: str
    kind: str


def marked(text: str, start: int, end: int, marks: Sequence[Mark]) -> str:
    """`text[start:end]` escaped, with the marks laid over it; where marks overlap, one element carries both numbers.

    >>> marked("one two", 0, 7, [Mark(1, 4, 7)])
    'one <mark data-cite="1" data-label="1">two</mark>'
    """
    inside = [m for m in marks if m.start < end and m.end > start]
    cuts = {start, end} | {
        min(max(offset, start), end) for m in inside for offset in (m.start, m.end)
    }
    return "".join(_piece(text, left, right, inside) for left, right in pairwise(sorted(cuts)))


def _piece(text: str, left: int, right: int, marks: Sequence[Mark]) -> str:
    """A piece of text that lies wholly inside or outside each mark."""
    over = [m for m in marks if m.start <= left and right <= m.end]
    piece = escape(text[left:right])
    if not over:
        return piece
    begins = " ".join(str(m.number) for m in over if m.start == left)
    label = f' data-label="{begins}"' if begins else ""
    return f'<mark data-cite="{" ".join(str(m.number) for m in over)}"{label}>{piece}</mark>'


def blocks(document: Document) -> Iterator[Block]:
    """The blocks of a document in text order; only white space lies between them.

    A block ends at a blank line and before a heading or a list item.
    """
    levels = {section.start: section.level for section in document.sections if section.title}
    block: Block | None = None
    for line in LINE.finditer(document.text):
        start, end = line.start(), line.start() + len(line.group().rstrip())
        item = bool(LIST_MARKER.match(line.group()))
        if block and (start == end or start in levels or item or block.kind == "heading"):
            yield block
            block = None
        if start == end:
            continue
        if block:
            block = Block(block.start, end, block.tag, block.kind)
        elif start in levels:
            block = Block(start, end, f"h{min(levels[start] + 2, 6)}", "heading")
        else:
            block = Block(start, end, "p", "item" if item else "text")
    if block:
        yield block


def heading_at(document: Document, offset: int) -> str:
    """The titles of the sections around `offset`, outermost first, joined with " > "."""
    return " > ".join(s.title for s in document.sections if s.title and s.start <= offset < s.end)


def readable(heading: str) -> str:
    """A heading path as people see it.

    >>> readable("Trials > Safety")
    'Trials › Safety'
    """
    return heading.replace(" > ", " › ")


def _page_breaks(document: Document, after: int, until: int) -> list[tuple[int, str]]:
    """(offset, HTML) of each page that begins in the half-open range [after, until)."""
    return [
        (start, f'<span class="page-break" data-page="{number}"></span>')
        for number, start in enumerate(document.pages, start=1)
        if after <= start < until
    ]


def _block_html(document: Document, block: Block, marks: Sequence[Mark]) -> str:
    """One block with its marks and the page breaks that fall inside it."""
    pieces, left = [], block.start
    for offset, page_break in _page_breaks(document, block.start + 1, block.end):
        pieces += [marked(document.text, left, offset, marks), page_break]
        left = offset
    pieces.append(marked(document.text, left, block.end, marks))
    return f'<{block.tag} class="{block.kind}">{"".join(pieces)}</{block.tag}>'


def _gap_html(document: Document, start: int, end: int, marks: Sequence[Mark]) -> str:
    """The white space between two blocks: kept, so that nothing of the text is lost, and not shown."""
    return (
        f'<span class="gap">{marked(document.text, start, end, marks)}</span>'
        if start < end
        else ""
    )


def text_html(document: Document, marks: Sequence[Mark] = ()) -> str:
    """The whole text with its marks, in parts of some thousand characters; ValueError for a range outside it."""
    for mark in marks:
        if not 0 <= mark.start < mark.end <= len(document.text):
            raise ValueError(f"the range {mark.start}-{mark.end} is not inside {document.id}")
    parts: list[str] = []
    part: list[str] = []
    done = part_start = 0
    for block in blocks(document):
        part.append(_gap_html(document, done, block.start, marks))
        part += [page_break for _, page_break in _page_breaks(document, done, block.start + 1)]
        part.append(_block_html(document, block, marks))
        done = block.end
        if done - part_start > PART_LENGTH:
            parts.append("".join(part))
            part, part_start = [], done
    parts.append("".join([*part, _gap_html(document, done, len(document.text), marks)]))
    return "".join(f'<div class="part">{part}</div>' for part in parts)


def _stepper_html(document: Document, marks: Sequence[Mark]) -> str:
    """Where the page says which marked place is shown, and the two buttons that step through them."""
    places = []
    for mark in marks:
        page = document.page_at(mark.start)
        where = (readable(heading_at(document, mark.start)), f"page {page}" if page else "")
        places.append(
            f'<li data-number="{mark.number}">{escape(" · ".join(filter(None, where)))}</li>'
        )
    return (
        '<nav class="stepper" aria-label="Marked places">'
        '<p class="at" role="status"></p>'
        '<button type="button" data-step="-1" aria-label="Previous place" title="Previous place (Alt+Up)">↑</button>'
        '<button type="button" data-step="1" aria-label="Next place" title="Next place (Alt+Down)">↓</button>'
        f"<ul hidden>{''.join(places)}</ul></nav>"
    )


def _pane_html(title: str, source: str, stepper: str, body: str) -> str:
    """The frame that every state of the pane shares."""
    return (
        '<header class="document-head"><div class="document-name">'
        f'<h2 id="document-title">{escape(title)}</h2><p class="source">{escape(source)}</p></div>'
        '<button type="button" class="close" aria-label="Close the document">Close</button>'
        f"{stepper}</header>"
        f'<div class="document-text" tabindex="0" role="group" aria-labelledby="document-title">{body}</div>'
    )


def document_html(document: Document, marks: Sequence[Mark] = ()) -> str:
    """The document pane: title, source, the place that is shown, and the whole text with every mark in it."""
    source = " · ".join(filter(None, (document.id, document.source)))
    stepper = _stepper_html(document, marks) if marks else ""
    return _pane_html(document.title or document.id, source, stepper, text_html(document, marks))


def documents_html(documents: Sequence[tuple[str, str]]) -> str:
    """The pane before any answer, when there are several documents: their (id, title) to choose from."""
    items = "".join(
        f'<li><a class="open" href="#{escape(urlencode({"document": id}))}">{escape(title or id)}</a>'
        f'<span class="source">{escape(id)}</span></li>'
        for id, title in documents
    )
    return _pane_html("Documents", "", "", f'<ul class="documents">{items}</ul>')


def notice_html(sentence: str) -> str:
    """The pane when there is no document to show: one sentence that says why."""
    return _pane_html("Document", "", "", f'<p class="notice">{escape(sentence)}</p>')
