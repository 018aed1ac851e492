"""Say what a cell of a table means: the row that it is read in, and the headers that explain it."""

from collections.abc import Iterator

from inquote.ingest.documents import Document, Passage
from inquote.ingest.grid import grid_at
from inquote.ingest.text import Range


def row_around(passage: Passage, start: int) -> str:
    """Return the row of a table as models read it, around `passage.text[start]`.

    "" where that is not in a cell.
    """
    place = passage.start + start
    row: list[str] = []
    is_around = False
    for segment in passage.segments:
        if not segment.is_cell and "\n" in segment.text:
            if is_around:
                break
            row = []
        else:
            row.append(segment.text)
            begin = segment.start
            is_around |= segment.is_cell and begin <= place < begin + len(segment.text)
    return "".join(row) if is_around else ""


def header_ranges(document: Document, start: int) -> Iterator[Range]:
    """Yield the ranges of the headers of the cell at an offset: of its row, then of its column."""
    place = grid_at(document, start)
    if place is None:
        return
    row, grid, number = place
    for cell in row.cells:
        if cell.start <= start < cell.end:
            headers = grid.headers_of(number, cell)
            yield from headers.rows
            yield from headers.columns
