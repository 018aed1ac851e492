"""Say what a cell of a table means: the row that it is read in, and the headers that explain it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from inquote.app.reader.base import Span
from inquote.index.terms import content_terms
from inquote.ingest.documents import Document, Passage, Segment
from inquote.ingest.grid import grid_at
from inquote.ingest.text import Range

HEADER_WEIGHT = 8.0  # of the fit of a cell's headers beside the reader's score


def row_around(passage: Passage, start: int) -> str:
    """Return the row of a table as models read it, around `passage.text[start]`.

    Around a header that is the first row that it explains. "" where there is no cell.
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


@dataclass(frozen=True)
class _ReadCell:
    """A cell as it is read: its place in the document, its words, its headers, its row's header.

    `others` are the words of each other cell of its row with the headers of that one.
    """

    start: int
    column: str
    row: str
    others: tuple[str, ...]


def terms_of_cells(question: str, passages: Iterable[Passage]) -> frozenset[str]:
    """Return the terms of a question that stand in a row of a table of some passages."""
    terms = set(content_terms(question))
    known: set[str] = set()
    for passage in passages:
        if passage.segments:
            known |= terms & set(content_terms(passage.read_text))
    return frozenset(known)


def weigh_cells(terms: frozenset[str], passage: Passage, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return spans best first, those in cells raised by how well their headers fit a question.

    `terms` are the question's. A value fits by the words of its row and its column, and less where
    the question names another row. The name of a row fits by those of one cell of the row: the day
    on which "Gym closed".
    """
    cells = {cell.start - passage.start: cell for cell in _read_cells(passage)}
    naming = terms & _naming_terms(cell.row for cell in cells.values())
    weighed = []
    for span in spans:
        cell = cells.get(span.start)
        if cell is not None and terms:
            fit = _fit(cell, terms) - _misfit(cell, naming) / len(terms)
            span = replace(span, score=span.score + HEADER_WEIGHT * fit)
        weighed.append(span)
    return tuple(sorted(weighed, key=lambda span: (-span.score, span.start, span.end)))


def _fit(cell: _ReadCell, terms: frozenset[str]) -> float:
    """Return the share of a question's terms, in [0, 1], that explain a cell."""
    around = [cell.row] if cell.row else cell.others
    shares = []
    for words in around:
        shares.append(len(terms & set(content_terms(f"{words} {cell.column}"))) / len(terms))
    return max(shares, default=0.0)


def _naming_terms(names: Iterable[str]) -> set[str]:
    """Return the terms that tell the rows of these names apart: some have them, others not."""
    rows = [set(content_terms(name)) for name in {*names} - {""}]
    if len(rows) < 2:
        return set()
    return rows[0].union(*rows) - rows[0].intersection(*rows)


def _misfit(cell: _ReadCell, naming: frozenset[str]) -> int:
    """Return how many of the terms that name other rows explain a cell of a named row not."""
    if not cell.row:
        return 0
    return len(naming - set(content_terms(f"{cell.row} {cell.column}")))


def _read_cells(passage: Passage) -> Iterator[_ReadCell]:
    """Yield the cells of the rows that a passage's segments read."""
    row: list[Segment] = []
    for segment in passage.segments:
        if not segment.is_cell and "\n" in segment.text:
            yield from _cells_of_row(row)
            row = []
        else:
            row.append(segment)
    yield from _cells_of_row(row)


def _cells_of_row(row: Sequence[Segment]) -> Iterator[_ReadCell]:
    """Yield the cells of a row: each is the last piece before what parts two cells."""
    parts: list[list[Segment]] = [[]]
    for segment in row:
        if segment.text in (": ", "; ", ".") and segment.start < 0:
            parts.append([])
        else:
            parts[-1].append(segment)
    parts = [part for part in parts if part and part[-1].is_cell]
    words = ["".join(segment.text for segment in part) for part in parts]
    has_name = any(segment.text == ": " and segment.start < 0 for segment in row)
    for number, part in enumerate(parts):
        is_name = has_name and number == 0
        column = "".join(segment.text for segment in part[:-1])
        name = words[0] if has_name and not is_name else ""
        others = (*words[:number], *words[number + 1 :])
        yield _ReadCell(part[-1].start, column, name, others)


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
