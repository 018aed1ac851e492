"""Hold a text, its sections and its passages: the types that every later stage works on.

All offsets are half-open ranges in Unicode code points of `Document.text`.
"""

import bisect
from collections.abc import Iterable
from dataclasses import dataclass


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


@dataclass(frozen=True)
class Document:
    """A text as a person reads it: NFC, "\\n" line ends, no control characters, no markup.

    - `id` is the name of the ingested folder and the path below it ("corpus/imlygic.md").
    - `source` is the origin that the file states (an address, a publisher), else "".
    - `sha256` is the hex digest of `text` in UTF-8.
    - `sections` are in text order and may nest.
    - `pages[i]` is the offset at which page i + 1 begins; empty for formats without pages.
    - `asides` are ranges beside the text proper (a page's navigation), in text order; they are in
      no passage.
    - `hidden` are ranges that no reader sees, in text order, apart from each other; they are in no
      passage.
    """

    id: str
    title: str
    source: str
    text: str
    sha256: str
    sections: tuple[Section, ...] = ()
    pages: tuple[int, ...] = ()
    asides: tuple[tuple[int, int], ...] = ()
    hidden: tuple[Hidden, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """Return the page number of `offset`, from 1, or None for formats without pages."""
        return bisect.bisect_right(self.pages, offset) if self.pages else None


@dataclass(frozen=True)
class Passage:
    """A range of a document that fits the embedder's window.

    - `text` is `document.text[start:end]`.
    - `heading` is the path of section titles around it, outermost first, joined with " > ".
    - `lead` is the line that introduces the list this passage comes from, "" where there is none.

    Heading and lead are embedded with the text; they are not part of the offsets.
    """

    document_id: str
    start: int
    end: int
    heading: str
    text: str
    lead: str = ""

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
    def embedded_text(self) -> str:
        """The words that the embedder reads: heading, lead and text, each on a line of its own."""
        return "\n".join(part for part in (self.heading, self.lead, self.text) if part)
