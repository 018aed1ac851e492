"""Hold a text, its sections and its passages: the types that every later stage works on.

All offsets are half-open ranges in Unicode code points of `Document.text`.
"""

import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, NamedTuple

HEADING_SEPARATOR = " > "  # between the titles of a path
UNTOLD = 1.0  # how surely words were read from a picture, where the program did not tell

BlockKind = Literal[
    "heading",
    "paragraph",
    "item",
    "table",
    "row",
    "cell",
    "caption",
    "code",
    "note",
    "header",
    "footer",
    "field",
    "comment",
]


class Block(NamedTuple):
    """A range of a text, and the part that its author made it.

    - `level` is 1 to 6 for a heading, and the depth of an item, from 1.
    - `label` is what the author's program prints before an item or a note ("3.", "(a)", "*"); it
      stands in the text.
    - A table holds rows, and a row cells; all three are blocks, the outer one first. `row` and
      `column` count from 0 within the table, a cell covers `row_span` rows and `column_span`
      columns, and a header says what the cells below it or beside it are.
    - "header" and "footer" are those of pages; a "field" is the label of a form's field
      and its value.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    label: str = ""
    row: int = 0
    column: int = 0
    row_span: int = 1
    column_span: int = 1
    is_header: bool = False


@dataclass(frozen=True)
class Page:
    """A page of a document: its range of the text, and its size in points as it is shown.

    `number` counts from 1; `label` is the number that is printed on the page or that the file
    gives it, "" where neither says one. `lines` hold the boxes of its characters, packed by
    `ingest/layout/boxes.py`, and are empty where the boxes were not read.
    """

    number: int
    start: int
    end: int
    label: str = ""
    width: float = 0.0
    height: float = 0.0
    lines: bytes = b""


@dataclass(frozen=True)
class Section:
    """The text from one heading to the next heading of the same or a higher level.

    `title` is the heading's text, "" for the text before the first heading. `level` is 1 to 6, or 0
    for the text before the first heading. `document.text[start:end]` begins with the heading line.
    """

    title: str
    level: int
    start: int
    end: int


@dataclass(frozen=True)
class Hidden:
    """A range that the file holds and no reader sees, and the reason ("display: none")."""

    start: int
    end: int
    reason: str


def visible_ranges(length: int, hidden: Iterable[Hidden]) -> list[tuple[int, int]]:
    """Return what hidden ranges, in text order and apart, leave of a text of this length.

    >>> visible_ranges(9, [Hidden(0, 2, "white text"), Hidden(4, 6, "white text")])
    [(2, 4), (6, 9)]
    """
    ranges = []
    start = 0
    for place in hidden:
        if start < place.start:
            ranges.append((start, place.start))
        start = place.end
    if start < length:
        ranges.append((start, length))
    return ranges


def sections_of(text: str, blocks: Iterable[Block]) -> tuple[Section, ...]:
    """Return the sections that the headings of a text make.

    >>> sections_of("1234\\nA", [Block("heading", 5, 6, 1)])[0]
    Section(title='', level=0, start=0, end=5)
    """
    headings = [block for block in blocks if block.kind == "heading"]
    # A section ends at the next heading of its own level or above, or with the text.
    ends = [len(text)] * len(headings)
    open_sections: list[int] = []  # indices of the headings whose sections have not ended
    for index, heading in enumerate(headings):
        while open_sections and headings[open_sections[-1]].level >= heading.level:
            ends[open_sections.pop()] = heading.start
        open_sections.append(index)
    # Text before the first heading is a section without a title.
    first_start = headings[0].start if headings else len(text)
    sections = [Section("", 0, 0, first_start)] if first_start else []
    for heading, end in zip(headings, ends, strict=True):
        title = text[heading.start : heading.end]
        sections.append(Section(title, heading.level, heading.start, end))
    return tuple(sections)


@dataclass(frozen=True)
class Document:
    """A text as a person reads it: NFC, "\\n" line ends, no control characters, no markup.

    - `id` is the name of the ingested folder and the path below it ("corpus/imlygic.md").
    - `source` is the origin that the file states (an address, a publisher), else "".
    - `sha256` is the hex digest of `text` in UTF-8.
    - `sections` are in text order and may nest.
    - `blocks` are in text order. Every character that is no white space lies in one; none crosses
      another, and only tables and rows hold others.
    - `pages` are in text order; there are none for formats without pages.
    - `asides` are ranges beside the text proper (a page's navigation), in text order; they are in
      no passage.
    - `hidden` are ranges that no reader sees, in text order, apart from each other; they are in no
      passage.
    - `recognised` are the ranges that were read from pictures, in text order, each with a score
      from 0 to 1 that says how surely, `UNTOLD` where nothing says it.
    """

    id: str
    title: str
    source: str
    text: str
    sha256: str
    sections: tuple[Section, ...] = ()
    pages: tuple[Page, ...] = ()
    asides: tuple[tuple[int, int], ...] = ()
    hidden: tuple[Hidden, ...] = ()
    blocks: tuple[Block, ...] = ()
    recognised: tuple[tuple[int, int, float], ...] = ()

    def page_at(self, offset: int) -> int | None:
        """Return the page number of `offset`, from 1, or None for formats without pages."""
        if not self.pages:
            return None
        return max(1, bisect.bisect_right(self.pages, offset, key=attrgetter("start")))


class Segment(NamedTuple):
    """A piece of what models read, and the offset in the document at which it stands there.

    Without an offset, -1, it stands nowhere and cannot be cited. An answer in a cell of a table is
    the whole cell.
    """

    text: str
    start: int = -1
    is_cell: bool = False


@dataclass(frozen=True)
class Passage:
    """A range of a document that fits the embedder's window.

    - `text` is `document.text[start:end]`. The first passage of a section begins with its heading,
      and with headings above that have no other text; `text[body:]` is what follows them.
    - `heading` is the path of section titles around it, outermost first, joined with " > ".
    - `lead` is the line that introduces the list or the table this passage comes from, "" where
      there is none.
    - `segments` are what models read in place of `text`, where that is not as it stands: rows of
      tables with the headers of each cell. () where it is.

    Heading and lead are embedded with the text; they are not part of the offsets.
    """

    document_id: str
    start: int
    end: int
    heading: str
    text: str
    lead: str = ""
    body: int = 0
    segments: tuple[Segment, ...] = ()

    @property
    def read_text(self) -> str:
        """The words that models read: those of the segments, or the text as it stands."""
        if not self.segments:
            return self.text
        return "".join(segment.text for segment in self.segments)

    @property
    def id(self) -> str:
        """The document's id and the range; see `id_of`."""
        return self.id_of(self.document_id, self.start, self.end)

    @staticmethod
    def id_of(document_id: str, start: int, end: int) -> str:
        """Return a passage's id, zero-padded so that the ids of a document sort in text order.

        >>> Passage.id_of("a.md", 5, 12)
        'a.md:000000005-000000012'
        """
        return f"{document_id}:{start:09d}-{end:09d}"

    @staticmethod
    def parse_id(id: str) -> tuple[str, int, int]:
        """Return the document's id and the range that a passage's id is made of.

        Raises `ValueError` for anything else.
        """
        document_id, _, place = id.rpartition(":")
        start, _, end = place.partition("-")
        return document_id, int(start), int(end)

    @property
    def outer_heading(self) -> str:
        """The path of section titles without those that the text begins with.

        >>> Passage("a.md", 5, 19, "Trials > Safety", "Safety\\n\\nFever.", "", 8).outer_heading
        'Trials'
        """
        titles = self.heading.split(HEADING_SEPARATOR)
        lines = self.text[: self.body].splitlines()
        while titles and titles[-1] in lines:
            titles.pop()
        return HEADING_SEPARATOR.join(titles)

    @property
    def embedded_text(self) -> str:
        """The words that the embedder reads, heading, lead and text each on a line of its own."""
        return "\n".join(part for part in (self.outer_heading, self.lead, self.read_text) if part)
