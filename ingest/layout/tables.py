"""Read tables: those that rules draw, and those whose cells stand in columns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from inquote.ingest.layout.lines import Line, joined

_LEVEL = 0.3  # of the size that pieces of a row may be apart in height
_WRAPPED = 1.6  # of the size between the lines of a cell, at most
_FULL = 0.6  # of the pieces of the longest row, and more: the row tells the columns
_NUMBER = re.compile(r"[-+(]?[$€£¥]?\s?\d[\d.,' %]*\)?\s?[%€$£]?")


@dataclass(frozen=True)
class Cell:
    """A cell: its lines, its column and how many columns and rows it covers."""

    lines: list[Line]
    column: int
    column_span: int = 1
    row_span: int = 1
    is_header: bool = False

    @property
    def text(self) -> str:
        """The words of the cell."""
        return " ".join([line.text for line in self.lines])


@dataclass(frozen=True)
class TableRow:
    """A row of a table."""

    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """A table and its place; `base` is its upper edge, for the order of a page."""

    rows: list[TableRow]
    left: float
    right: float
    base: float
    bottom: float
    size: float
    page: int


P = TypeVar("P", Line, Table, "Line | Table")


def is_level(first: "Line | Table", second: "Line | Table") -> bool:
    """Return whether two pieces of a page stand at one height."""
    if isinstance(first, Table) or isinstance(second, Table):
        return False
    return abs(first.base - second.base) <= _LEVEL * min(first.size, second.size)


def level_rows(pieces: Iterable[P]) -> list[list[P]]:
    """Return pieces of a page in rows of one height, from the top down."""
    rows: list[list[P]] = []
    for piece in sorted(pieces, key=lambda piece: piece.base):
        if rows and is_level(rows[-1][-1], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def table_of(rows: Sequence[Sequence[Line]]) -> Table:
    """Return the table whose rows stand in columns without rules."""
    columns = _columns_of(rows)
    grid: list[list[Cell]] = []
    for row in rows:
        cells = _cells_of(row, columns)
        if grid and _goes_on(grid[-1], cells, rows):
            grid[-1] = _merged(grid[-1], cells)
        elif cells:
            grid.append(cells)
    return made([TableRow(cells) for cells in grid])


def _columns_of(rows: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """Return where the columns reach, told by the rows of many pieces."""
    longest = max(len(row) for row in rows)
    spans: list[tuple[float, float]] = []
    for row in rows:
        if len(row) >= _FULL * longest:
            spans.extend([(piece.left, piece.right) for piece in row])
    spans.sort()
    columns: list[tuple[float, float]] = []
    for left, right in spans:
        if columns and left <= columns[-1][1]:
            columns[-1] = (columns[-1][0], max(right, columns[-1][1]))
        else:
            columns.append((left, right))
    return columns


def _cells_of(row: Sequence[Line], columns: Sequence[tuple[float, float]]) -> list[Cell]:
    """Return the cells of a row; pieces in one column are one cell."""
    cells: list[Cell] = []
    for piece in row:
        touched = [
            at
            for at, (left, right) in enumerate(columns)
            if piece.left <= right and left <= piece.right
        ]
        middle = (piece.left + piece.right) / 2
        nearest = min(range(len(columns)), key=lambda at: abs(sum(columns[at]) / 2 - middle))
        first, last = (touched[0], touched[-1]) if touched else (nearest, nearest)
        if cells and cells[-1].column + cells[-1].column_span > first:
            lines = [joined([*cells[-1].lines, piece])]
            span = max(last + 1, cells[-1].column + cells[-1].column_span) - cells[-1].column
            cells[-1] = replace(cells[-1], lines=lines, column_span=span)
        else:
            cells.append(Cell([piece], first, last - first + 1))
    return cells


def _goes_on(above: Sequence[Cell], cells: Sequence[Cell], rows: Sequence[Sequence[Line]]) -> bool:
    """Return whether a row holds but further lines of the cells above."""
    if not cells or len(cells) >= len(above):
        return False
    line = cells[0].lines[0]
    distance = line.base - max(cell.lines[-1].base for cell in above)
    filled = {cell.column for cell in above}
    if distance > _WRAPPED * line.size or any(cell.column not in filled for cell in cells):
        return False
    if any(_NUMBER.fullmatch(cell.text) for cell in cells):
        return False
    is_first_empty = cells[0].column > min(filled)
    return is_first_empty or (len(cells) == 1 and line.text[:1].islower())


def _merged(above: Sequence[Cell], cells: Sequence[Cell]) -> list[Cell]:
    added = {cell.column: cell.lines for cell in cells}
    return [replace(cell, lines=[*cell.lines, *added.get(cell.column, ())]) for cell in above]


def made(rows: list[TableRow]) -> Table:
    """Return a table with its header marked and its place."""
    lines = [line for row in rows for cell in row.cells for line in cell.lines]
    if len(rows) > 1 and _is_header(rows):
        rows[0] = TableRow([replace(cell, is_header=True) for cell in rows[0].cells])
    return Table(
        rows,
        min(line.left for line in lines),
        max(line.right for line in lines),
        min(line.base for line in lines),
        max(line.bottom for line in lines),
        max(line.size for line in lines),
        lines[0].page,
    )


def _is_header(rows: Sequence[TableRow]) -> bool:
    """Return whether the first row says what the cells below it are."""
    first = rows[0].cells
    lines = [line for cell in first for line in cell.lines]
    below = [cell for row in rows[1:] for cell in row.cells]
    if len(first) > 1 and all(line.is_bold for line in lines):
        return not all(line.is_bold for cell in below for line in cell.lines)
    if any(_NUMBER.fullmatch(cell.text) for cell in first):
        return False
    numbers = sum(bool(_NUMBER.fullmatch(cell.text)) for cell in below)
    return len(first) > 1 and numbers >= 0.3 * len(below)
