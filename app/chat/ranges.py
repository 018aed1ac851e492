"""Write ranges of a text as HTML, one after the other, with marks over them and links in them.

Every character goes through `escape` of `marks`. Taking the tags out and unescaping gives the text
back, character for character.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from inquote.app.marks import escape

SEPARATORS = " |\n\t"  # what stands between the cells and the rows of a table
WRAPPED_LENGTH = 50  # characters of each line but the last of a paragraph that its file wraps


@dataclass(frozen=True)
class Mark:
    """A range of a document to mark, and the number to show beside it."""

    number: int
    start: int
    end: int

    def touches(self, start: int, end: int) -> bool:
        """Return whether the mark shares a character with a range."""
        return self.start < end and start < self.end


class Insertion(NamedTuple):
    """HTML that stands at an offset of a text and holds none of it.

    Those at one offset come in the order of their `rank`. An `is_outer` one may stand before the
    element whose text begins there.
    """

    offset: int
    rank: int
    html: str
    is_outer: bool = False


def range_html(
    text: str,
    start: int,
    end: int,
    marks: Sequence[Mark] = (),
    insertions: Sequence[Insertion] = (),
) -> str:
    """Escape `text[start:end]`, lay the marks over it, and put the insertions where they belong.

    Where marks overlap, one element carries the numbers of all of them.

    >>> range_html("one two", 0, 7, [Mark(1, 4, 7)])
    'one <mark data-cite="1" data-label="1">two</mark>'
    """
    inside = [mark for mark in marks if mark.touches(start, end)]
    if not inside and not insertions:
        return escape(text[start:end])
    borders = {start, end}
    for mark in inside:
        borders |= {max(mark.start, start), min(mark.end, end)}
    borders.update(insertion.offset for insertion in insertions)
    html, waiting = [], list(insertions)
    for left, right in pairwise(sorted(borders)):
        while waiting and waiting[0].offset <= left:
            html.append(waiting.pop(0).html)
        html.append(_piece_html(text, left, right, inside))
    html += [insertion.html for insertion in waiting]
    return "".join(html)


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


def is_wrapped(text: str) -> bool:
    """Return whether the lines of a text end where its file wraps them, not where its author ends.

    >>> is_wrapped("To a friend,\\nwho is away.")
    False
    """
    *lines, _ = text.split("\n")
    return bool(lines) and all(len(line) >= WRAPPED_LENGTH for line in lines)


class RangeWriter:
    """Writes a text from its start to its end, each character once; `at` is how far it got."""

    def __init__(self, text: str, marks: Sequence[Mark], insertions: Iterable[Insertion]) -> None:
        self.text = text
        self.marks = marks
        self.at = 0
        ordered = sorted(insertions, key=lambda insertion: insertion[:2])
        self._insertions = ordered[::-1]  # the next one last

    def words(self, end: int) -> str:
        """Write the text up to `end` as it is read."""
        start, self.at = self.at, max(self.at, end)
        insertions = []
        while self._insertions and self._insertions[-1].offset <= self.at:
            insertions.append(self._insertions.pop())
        return range_html(self.text, start, self.at, self.marks, insertions)

    def gap(self, end: int) -> str:
        """Write the white space and separators up to `end`, which are kept and not shown.

        Anything else there is shown. Outer insertions follow.
        """
        pieces = []
        if end > self.at:
            is_seen = self.text[self.at : end].strip(SEPARATORS)
            tag = "<span>" if is_seen else '<span class="gap">'
            pieces.append(f"{tag}{range_html(self.text, self.at, end, self.marks)}</span>")
            self.at = end
        while self._insertions and self._insertions[-1].offset <= self.at:
            if not self._insertions[-1].is_outer:
                break
            pieces.append(self._insertions.pop().html)
        return "".join(pieces)
