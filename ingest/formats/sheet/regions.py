"""Cut the cells of a sheet into the tables that they form, and find the rows that head them.

Empty rows part tables, and so do empty columns between parts that are two columns wide at least; a
single empty column beside one of labels or sums belongs to the table, and so do empty rows and
columns that are narrower than a line and a word: they are there for the look of it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from inquote.ingest.formats.sheet.cells import SheetCell

_MAX_CUTS = 12  # of a region within a region
_MAX_HEADERS = 4  # rows

Rows = dict[int, dict[int, SheetCell]]
Merges = dict[int, dict[int, tuple[int, int]]]  # rows and columns that a cell covers
Narrow = tuple[set[int], set[int]]  # rows and columns that part nothing


class Region(NamedTuple):
    """A table of a sheet: its rows, and how many of them head it."""

    rows: Rows
    headers: int

    @property
    def columns(self) -> list[int]:
        """The columns that hold a cell."""
        return sorted(_columns_of(self.rows))


def regions_of(rows: Rows, merges: Merges, headers: set[int], narrow: Narrow) -> list[Region]:
    """Return the tables of a sheet, from the top, and from the left where they stand together.

    `headers` are rows that the sheet itself says are such.
    """
    regions = []
    joining = {row for row in narrow[0] if len(rows.get(row + 1, ())) != 1}  # no line of a note
    for part in _cut(rows, merges, (joining, narrow[1]), 0):
        regions.append(Region(part, _header_rows(part, headers)))
    return regions


def _cut(rows: Rows, merges: Merges, narrow: Narrow, depth: int) -> list[Rows]:
    """Return the parts of a region that empty rows, then empty columns, part."""
    if not rows:
        return []
    bands = _runs(rows, _reaches(rows, merges, axis=0), narrow[0])
    if len(bands) == 1:
        bands = _wide(_runs(_columns_of(rows), _reaches(rows, merges, axis=1), narrow[1]))
        parts = [_within(rows, band) for band in bands]
    else:
        parts = []
        for band in bands:
            parts.append({row: rows[row] for row in sorted(band)})
    if len(parts) < 2 or depth >= _MAX_CUTS:
        return parts if len(parts) == 1 else [rows]
    cut = []
    for part in parts:
        cut.extend(_cut(part, merges, narrow, depth + 1))
    return cut


def _reaches(rows: Rows, merges: Merges, axis: int) -> dict[int, int]:
    """Return how many rows (axis 0) or columns (axis 1) the merged cells at each one cover."""
    reaches: dict[int, int] = {}
    for row, cells in rows.items():
        for column, spans in merges.get(row, {}).items():
            at = row if axis == 0 else column
            if column in cells:
                reaches[at] = max(reaches.get(at, 1), spans[axis])
    return reaches


def _runs(used: Iterable[int], reaches: dict[int, int], narrow: set[int]) -> list[set[int]]:
    """Return the runs of rows or columns that follow each other.

    A merged cell reaches on, and so does what stands before narrow ones.
    """
    runs: list[set[int]] = []
    next_free = -1
    for at in sorted(used):
        while next_free in narrow and next_free < at:
            next_free += 1
        if not runs or at > next_free:
            runs.append(set())
        runs[-1].add(at)
        next_free = max(next_free, at + reaches.get(at, 1))
    return runs


def _wide(runs: list[set[int]]) -> list[set[int]]:
    """Return runs of columns, those of a single column joined to the run before."""
    joined: list[set[int]] = []
    for run in runs:
        if joined and (len(run) < 2 or len(joined[-1]) < 2):
            joined[-1] |= run
        else:
            joined.append(set(run))
    return joined


def _within(rows: Rows, columns: set[int]) -> Rows:
    """Return the rows of a region, cut to some columns."""
    part: Rows = {}
    for row, cells in rows.items():
        kept = {column: cell for column, cell in cells.items() if column in columns}
        if kept:
            part[row] = kept
    return part


def _columns_of(rows: Rows) -> set[int]:
    columns: set[int] = set()
    for cells in rows.values():
        columns.update(cells)
    return columns


def _header_rows(rows: Rows, headers: set[int]) -> int:
    """Return how many of the first rows head a table."""
    numbers = sorted(rows)
    for at, number in enumerate(numbers[:_MAX_HEADERS]):
        if number in headers and at + 1 < len(numbers):
            return at + 1
    for at in range(min(_MAX_HEADERS, len(numbers) - 1)):
        cells = rows[numbers[at]].values()
        if len(cells) < 2:
            continue  # a title above the header
        below = rows[numbers[at + 1]]
        if any(cell.is_number and not cell.is_bold for cell in cells):
            return 0
        is_bold = all(cell.is_bold for cell in cells)
        if is_bold and not all(cell.is_bold for cell in below.values()):
            return at + 1
        has_numbers = any(cell.is_number for cell in below.values())
        if not has_numbers and len(cells) < len(below):
            continue  # heads of several columns
        return at + 1 if has_numbers and not any(cell.is_number for cell in cells) else 0
    return 0
