"""Read tables: those that rules draw, and those whose cells stand in columns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from inquote.ingest.layout.lines import Line, joined
from inquote.ingest.values import YEAR_WITHIN, is_amount, is_year

_LEVEL = 0.3  # of the size that pieces of a row may be apart in height
_WRAPPED = 1.6  # of the size between the lines of a cell, at most
_FULL = 0.6  # of the pieces of the longest row, and more: the row tells the columns
_NUMBER = re.compile(r"[-+(]?[$€£¥]?\s?\(?\d[\d.,' %]*\)?\s?[%€$£]?")
_LABEL_WIDTH = 6.0  # of the size: the names of rows are as wide, at least
_HEADER_WORDS = 8  # of a line over several columns, at most
_MOST_COMPARED = 40  # rows by which a piece is told that stands over several columns
_APART = 2.2  # of the size between the lines of a table, at most
_MOST_BETWEEN = 3  # lines between two parts of a table


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
    return made([TableRow(cells) for cells in _with_own_headers(grid)])


def parts_of_tables(rows: Sequence[Sequence[Line]]) -> list[Sequence[Sequence[Line]]]:
    """Return rows in columns as those of each table: one begins with the headers below values.

    What stands between the last values and the headers belongs to it.
    """
    left = min(piece.left for row in rows for piece in row)
    starts = [0]
    last = 0  # the row behind the last one with values
    for at, row in enumerate(rows):
        if last > starts[-1] and _heads_columns(row, left):
            starts.append(last)
        elif any(is_amount(piece.text) for piece in row[1:]):
            last = at + 1
    return [rows[start:end] for start, end in pairwise([*starts, len(rows)])]


def begin_of_table(rows: Sequence[Sequence[Line]]) -> int:
    """Return the row with which a table begins: its first of several pieces, or a header over it.

    Such a header stands close above, beside the names of the rows. A first row of two pieces that
    stands far above the next one is a title.
    """
    full = [at for at, row in enumerate(rows) if len(row) > 1]
    first = full[0]
    if len(full) > 2 and _stands_apart(rows[first], rows[first + 1]):
        first = full[1]
    left = min(piece.left for row in rows for piece in row)
    while first:
        above, row = rows[first - 1][0], rows[first][0]
        is_near = row.base - above.base <= _WRAPPED * above.size
        is_short = len(above.text.split()) <= _HEADER_WORDS
        if not (is_near and is_short and above.left > left + _LABEL_WIDTH * above.size):
            break
        first -= 1
    return first


def _stands_apart(row: Sequence[Line], below: Sequence[Line]) -> bool:
    """Return whether a row in two parts is a title: two, no years, far above the next row."""
    distance = below[0].base - row[0].base
    has_years = any(YEAR_WITHIN.search(piece.text) for piece in row)
    return len(row) == 2 and not has_years and distance > _APART * row[0].size


def _heads_columns(row: Sequence[Line], left: float) -> bool:
    """Return whether a row between two with values names columns: years, or words above values."""
    if len(row) < 2 or any(is_amount(piece.text) for piece in row):
        return False
    is_of_years = all(YEAR_WITHIN.search(piece.text) for piece in row[1:])
    return is_of_years or row[0].left > left + _LABEL_WIDTH * row[0].size


def _columns_of(rows: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """Return where the columns reach, told by the rows of many pieces."""
    longest = max(len(row) for row in rows)
    full = [row for row in rows if len(row) >= _FULL * longest]
    valued = [row for row in full if sum(is_amount(piece.text) for piece in row) > 1]
    full = valued if len(valued) > 2 else full  # headers may reach over neighbouring columns
    pieces = [piece for row in full for piece in row]
    own = [piece for piece in pieces if not _is_over(piece, full)] or pieces
    columns: list[tuple[float, float]] = []
    for left, right in sorted((piece.left, piece.right) for piece in own):
        if columns and left <= columns[-1][1]:
            columns[-1] = (columns[-1][0], max(right, columns[-1][1]))
        else:
            columns.append((left, right))
    return columns


def _with_own_headers(grid: list[list[Cell]]) -> list[list[Cell]]:
    """Return rows of cells, each header put over the values that it stands beside.

    A header that is set in the middle of a wide column of short values stands over none of them:
    it makes a column of its own, to which no row below has a cell.
    """
    first = next((at for at, row in enumerate(grid) if _has_values(row)), 0)
    below = {cell.column for row in grid[first:] for cell in row}
    above = {cell.column for row in grid[:first] for cell in row}
    moved: dict[int, int] = {}
    for column in sorted(above - below):
        free = [near for near in (column + 1, column - 1) if near in below - above]
        if free and free[0] not in moved.values():
            moved[column] = free[0]
    if not moved:
        return grid
    kept = sorted({moved.get(cell.column, cell.column) for row in grid for cell in row})
    number = {column: at for at, column in enumerate(kept)}
    return [[_renumbered(cell, moved, number) for cell in row] for row in grid]


def _has_values(row: Sequence[Cell]) -> bool:
    return any(cell.column > 0 and is_amount(cell.text) for cell in row)


def _renumbered(cell: Cell, moved: dict[int, int], number: dict[int, int]) -> Cell:
    """Return a cell with the columns that are left, in their order."""
    covered = range(cell.column, cell.column + cell.column_span)
    places = [moved.get(column, column) for column in covered]
    columns = [number[place] for place in places if place in number]
    return replace(cell, column=min(columns), column_span=max(columns) - min(columns) + 1)


def _is_over(piece: Line, rows: Sequence[Sequence[Line]]) -> bool:
    """Return whether a piece stands over two pieces or more of most rows: it spans columns."""
    compared = rows[:_MOST_COMPARED]
    over = 0
    for row in compared:
        over += sum(other.left < piece.right and piece.left < other.right for other in row) > 1
    return 2 * over > len(compared)


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


def goes_on_below(above: Table, below: Table, between: Sequence[Line] = ()) -> bool:
    """Return whether a table is a further part of the one above it, or that one its header.

    Its columns stand below those of the other, and it has no header of its own. `between` are the
    lines that stand between the two: headings inside the table.
    """
    first = below.rows[0].cells
    values = [cell.text for cell in first if cell.column > 0]
    has_header = any(cell.is_header for cell in first) or any(map(is_year, values))
    if has_header or not any(map(is_amount, values)):
        return False
    room = _APART * max(above.size, below.size)
    if below.base - above.bottom > (len(between) + 1) * room or len(between) > _MOST_BETWEEN:
        return False
    reaches = _reaches(above), _reaches(below)
    if not any(_has_values(row.cells) for row in above.rows):
        cells = [line for row in above.rows for cell in row.cells for line in cell.lines]
        return not between and all(_is_above(line, reaches[1]) for line in cells)
    if len(reaches[0]) < 2 or [*reaches[0]] != [*reaches[1]]:
        return False
    left, right = next(iter(reaches[0].values()))
    if any(not left - room < line.left <= right for line in between):
        return False
    return all(
        reaches[0][column][0] <= last and first <= reaches[0][column][1]
        for column, (first, last) in reaches[1].items()
    )


def _is_above(line: Line, reaches: dict[int, tuple[float, float]]) -> bool:
    """Return whether a line stands above one of some columns."""
    return any(left <= line.right and line.left <= right for left, right in reaches.values())


def _reaches(table: Table) -> dict[int, tuple[float, float]]:
    """Return how far each column of a table reaches, told by the cells that span no other."""
    reaches: dict[int, tuple[float, float]] = {}
    for row in table.rows:
        for cell in row.cells:
            if cell.column_span == 1:
                left, right = reaches.get(cell.column, (cell.lines[0].left, cell.lines[0].right))
                left = min(left, *[line.left for line in cell.lines])
                right = max(right, *[line.right for line in cell.lines])
                reaches[cell.column] = (left, right)
    return dict(sorted(reaches.items()))


def together(above: Table, below: Table, between: Sequence[Line] = ()) -> Table:
    """Return the one table of two parts, and the lines between them as rows."""
    lines = list(between)
    for table in (above, below):
        lines.extend([line for row in table.rows for cell in row.cells for line in cell.lines])
    return table_of([sorted(row, key=lambda line: line.left) for row in level_rows(lines)])
