"""Check that the ranges of a document lie in its text: blocks, pages, the boxes of pages."""

import struct
import zlib
from collections.abc import Iterator, Sequence

from inquote.ingest.documents import Block, Document, Page
from inquote.ingest.layout.boxes import unpack_lines
from inquote.ingest.text import printable

_HOLDERS = ("table", "row")  # the kinds of blocks that hold others


def range_problems(document: Document) -> Iterator[str]:
    """Say which ranges of a document are not where they can be, a sentence each."""
    name = printable(document.id)
    for place in document.hidden:
        if not 0 <= place.start < place.end <= len(document.text):
            yield f"A hidden range of {name} is outside the text."
    yield from _sections(document, name)
    yield from _blocks(document, name)
    yield from _pages(document, name)


def _sections(document: Document, name: str) -> Iterator[str]:
    for section in document.sections:
        title = f"The section {section.title!r} of {name}"
        if document.text[section.start : section.start + len(section.title)] != section.title:
            yield f"{title} does not begin with its heading."
        if not 0 <= section.start <= section.end <= len(document.text):
            yield f"{title} has a range outside the text."


def _blocks(document: Document, name: str) -> Iterator[str]:
    """Check that blocks are inside the text, in its order, and cross none."""
    around: list[Block] = []  # the blocks that hold the current one
    last = 0  # where the block before begins
    for block in document.blocks:
        title = f"The {block.kind} at {block.start} of {name}"
        if not 0 <= block.start <= block.end <= len(document.text):
            yield f"{title} has a range outside the text."
            continue
        if block.start < last:
            yield f"{title} stands before the block that it follows."
            continue
        last = block.start
        while around and around[-1].end <= block.start and around[-1].end < block.end:
            around.pop()
        outer = around[-1] if around else None
        if outer and (block.end > outer.end or outer.kind not in _HOLDERS):
            yield f"{title} crosses the {outer.kind} at {outer.start}."
        elif block.end > block.start:
            around.append(block)


def _pages(document: Document, name: str) -> Iterator[str]:
    """Check that pages are inside the text, one after the other."""
    last = 0  # where the page before ends
    for page in document.pages:
        title = f"Page {page.number} of {name}"
        if not 0 <= page.start <= page.end <= len(document.text):
            yield f"{title} has a range outside the text."
            continue
        if page.start < last:
            yield f"{title} begins before the end of the page before it."
        last = page.end


def box_problems(id: str, pages: Sequence[Page]) -> Iterator[str]:
    """Say of which pages the boxes cannot be unpacked, or belong to text of other pages."""
    for page in pages:
        title = f"The boxes of page {page.number} of {printable(id)}"
        try:
            lines = unpack_lines(page.lines)
        except (struct.error, zlib.error, ValueError):
            yield f"{title} cannot be unpacked."
            continue
        for line in lines:
            is_inside = page.start <= line.start <= line.end <= page.end
            if not is_inside or len(line.edges) != line.end - line.start + 1:
                yield f"{title} are not those of its text."
                break
