"""Tell the heads and feet of pages from their text, and read the page numbers in them.

A row at the edge of a page is running when it returns on other pages, its numbers aside, or when it
stands apart from the text at a height where most pages have such a row.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from inquote.ingest.layout.lines import Line, joined
from inquote.ingest.layout.tables import level_rows
from inquote.ingest.values import YEAR_WITHIN

_EDGE = 0.13  # of a page's height, at its top and its foot
_MAX_ROWS = 3  # of a head or foot
_MAX_WORDS = 25  # of one that returns
_MAX_PLACED_WORDS = 12  # of one that is told by its place
_OFTEN = 0.5  # of the pages, and more
_APART = 1.6  # of the size between a head and the text
_NEAR = 2.0  # points within which heights are the same
PAGE_NUMBER = re.compile(
    r"(?:(?:(?i:page|seite|pagina|página|p\.|pg\.?)|[-–—|])\s?)?(\d{1,5}|[ivxlc]{1,7})"
    r"(?:\s?(?:(?i:of|von|de|di|van|sur)|/)\s?\d{1,5}|\s?[-–—|])?"
)
_DIGITS = re.compile(r"\d+")
_PERIOD = re.compile(r"\b(?:years?|quarters?|months|weeks|periods?) ended\b", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """What stands at one height of a page's edge."""

    pieces: list[Line]
    text: str
    is_head: bool
    base: float
    size: float
    is_apart: bool

    @property
    def key(self) -> str:
        """The text with "#" for each number."""
        return _DIGITS.sub("#", self.text.lower())

    @property
    def heads_table(self) -> bool:
        """Whether it names the columns of a table that begins on this page: by its times."""
        of_years = [piece for piece in self.pieces if YEAR_WITHIN.search(piece.text)]
        return len(of_years) > 1 or bool(_PERIOD.search(self.text))


@dataclass
class Edges:
    """The heads and feet of a page, and the number that is printed in them."""

    heads: list[str] = field(default_factory=list)
    feet: list[str] = field(default_factory=list)
    label: str = ""


def take_running(pages: list[list[Line]], heights: Sequence[float]) -> list[Edges]:
    """Remove heads and feet from the pieces of all pages, and return them for each page."""
    rows = []
    for pieces, height in zip(pages, heights, strict=True):
        rows.append(_edge_rows(pieces, height))
    keys: Counter[tuple[str, bool]] = Counter()
    places: Counter[tuple[int, bool]] = Counter()
    for own in rows:
        keys.update({(row.key, row.is_head) for row in own})
        placed = [row for row in own if row.is_apart and len(row.text.split()) <= _MAX_PLACED_WORDS]
        places.update({(round(row.base / _NEAR), row.is_head) for row in placed})
    result = []
    before = list(pages)
    for index, own in enumerate(rows):
        running = _running(own, keys, places, len(pages))
        if sum(len(row.pieces) for row in running) == len(pages[index]):
            # A page of nothing else says something, but for its number.
            running = [row for row in running if PAGE_NUMBER.fullmatch(row.text)]
        result.append(_take(pages, index, running))
    if not any(pages):  # a document of nothing but heads is no document
        pages[:] = before
        return [Edges() for _ in pages]
    _number(result)
    return result


def _edge_rows(pieces: Sequence[Line], height: float) -> list[Row]:
    """Return the rows at the top and at the foot of a page, the outermost first."""
    rows = level_rows(pieces)
    edge: list[Row] = []
    for is_head in (True, False):
        ordered = rows if is_head else rows[::-1]
        for at, row in enumerate(ordered[:_MAX_ROWS]):
            base = row[0].base
            if _EDGE * height < base < (1 - _EDGE) * height:
                break
            if (base < height / 2) != is_head:
                break
            following = ordered[at + 1][0].base if at + 1 < len(ordered) else base + height
            size = max(piece.size for piece in row)
            is_apart = abs(following - base) >= _APART * size
            row.sort(key=lambda piece: piece.left)
            edge.append(Row(row, joined(row).text, is_head, base, size, is_apart))
    return edge


def _running(
    own: Sequence[Row],
    keys: Counter[tuple[str, bool]],
    places: Counter[tuple[int, bool]],
    page_count: int,
) -> list[Row]:
    """Return the rows of a page that are its head and foot."""
    often = max(2, min(_OFTEN * page_count, 4))
    running = []
    for row in own:
        if row.heads_table:
            continue
        place = round(row.base / _NEAR)
        near = sum(places[place + step, row.is_head] for step in (-1, 0, 1))
        words = len(row.text.split())
        returns = keys[row.key, row.is_head] >= often and words <= _MAX_WORDS
        is_placed = row.is_apart and near >= max(3, _OFTEN * page_count)
        is_number = row.is_apart and PAGE_NUMBER.fullmatch(row.text) is not None
        if returns or is_number or (is_placed and words <= _MAX_PLACED_WORDS):
            running.append(row)
    return running


def _take(pages: list[list[Line]], index: int, running: Sequence[Row]) -> Edges:
    """Remove rows from a page and return them as its edges."""
    edges = Edges()
    taken = {id(piece) for row in running for piece in row.pieces}
    if taken:
        pages[index] = [piece for piece in pages[index] if id(piece) not in taken]
    for row in sorted(running, key=lambda row: row.base):
        (edges.heads if row.is_head else edges.feet).append(row.text)
    return edges


def _number(all_edges: Sequence[Edges]) -> None:
    """Read the page numbers: those that count up with the pages, and rows of nothing else."""
    shifts: Counter[int] = Counter()
    for index, edges in enumerate(all_edges):
        shifts.update({int(n) - index for n in _numbers(edges) if len(n) <= 5})
    shift, votes = shifts.most_common(1)[0] if shifts else (0, 0)
    is_counting = votes >= max(2, 0.3 * len(all_edges))
    for index, edges in enumerate(all_edges):
        wanted = str(index + shift) if is_counting else ""
        edges.heads = [text for row in edges.heads if (text := _stripped(row, wanted, edges))]
        edges.feet = [text for row in edges.feet if (text := _stripped(row, wanted, edges))]


def _numbers(edges: Edges) -> list[str]:
    return [number for row in (*edges.heads, *edges.feet) for number in _DIGITS.findall(row)]


def _stripped(row: str, wanted: str, edges: Edges) -> str:
    """Return a row without its page number, which is noted."""
    whole = PAGE_NUMBER.fullmatch(row)
    if whole and (not wanted or whole.group(1) == wanted or not whole.group(1).isdigit()):
        edges.label = edges.label or whole.group(1)
        return ""
    if not wanted:
        return row
    for match in PAGE_NUMBER.finditer(row):
        is_end = match.start() == 0 or match.end() == len(row)
        if match.group(1) == wanted and is_end:
            edges.label = edges.label or wanted
            return (row[: match.start()] + row[match.end() :]).strip(" |-–—·•")
    return row
