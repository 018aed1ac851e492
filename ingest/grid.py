"""Read the tables of a text as grids: the headers that explain each cell, and rows as sentences.

A row alone says little: "Roads | €4.2m | €4.9m". Models read it as "Department Roads: 2021 €4.2m;
2022 €4.9m.", in segments that know their places in the text.
"""

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter

from inquote.ingest.column_headers import headers_over
from inquote.ingest.documents import Block, Document, Segment
from inquote.ingest.text import Range
from inquote.ingest.values import YEAR_WITHIN, is_amount, is_value, is_year

MAX_HEADER_ROWS = 6
MAX_HEADER_LENGTH = 70  # characters of a header that is read with each cell below it
MAX_NAME_WORDS = 5  # of a cell that names a column of a table without marked headers
LEAST_VALUES = 3  # below it
VALUES_SHARE = 0.8  # of the cells below it that are numbers or dates
MAX_CELL_WORDS = 60  # of a cell; a row with a longer one is prose, and read as it stands
MAX_LEAD_WORDS = 20  # of the lines before a table that say what it shows
MAX_LEAD_BLOCKS = 3  # these lines

_TOTAL = re.compile(r"\W{0,2}(?:sub)?total\b", re.IGNORECASE)


@dataclass(frozen=True)
class GridRow:
    """A row of a table: its range of the text, and its cells, those without text left out."""

    start: int
    end: int
    cells: tuple[Block, ...]


@dataclass(frozen=True)
class CellHeaders:
    """The ranges that explain a cell: those of its column, outermost first, and of its row."""

    columns: tuple[Range, ...]
    rows: tuple[Range, ...]


class Grid:
    """One table of a text.

    `lead` are the lines before the table that say what it shows, "" where there are none.
    """

    def __init__(self, text: str, rows: Sequence[GridRow], lead: str = "") -> None:
        self.text = text
        self.rows = tuple(rows)
        self.lead = lead

    def place_at(self, offset: int) -> "GridPlace | None":
        """Return the row that holds an offset of the text, None for none."""
        number = bisect.bisect_right(self.rows, offset, key=attrgetter("start")) - 1
        if number < 0 or offset >= self.rows[number].end:
            return None
        return self.rows[number], self, number

    def words(self, cell: Block) -> str:
        """Return the text of a cell."""
        return self.text[cell.start : cell.end]

    @cached_property
    def _width(self) -> int:
        """The number of columns, spanned ones among them."""
        return 1 + max(_last_column(row) for row in self.rows)

    @cached_property
    def header_rows(self) -> int:
        """The number of rows at the top that say what stands below them."""
        count = titles = 0  # a title above the headers stands in the first column alone
        for row in self.rows[:MAX_HEADER_ROWS]:
            is_title = count == titles and [cell.column for cell in row.cells] == [0]
            if not (is_title or _is_marked(row) or self._looks_like_header(row, count)):
                break
            count += 1
            titles += is_title
        return count if titles < count < len(self.rows) else 0

    def _looks_like_header(self, row: GridRow, before: int) -> bool:
        """Tell whether a row without marked headers names columns of numbers.

        `before` rows stand above it. Where one of these has words in the first column besides
        others, this one has none there, or a unit.
        """
        first = [cell for cell in row.cells if cell.column == 0]
        others = [cell for cell in row.cells if cell.column > 0]
        if not others or any(map(is_amount, map(self.words, others))):
            return False
        first_words = self.words(first[0]) if first else ""
        is_named = any(
            above.cells[0].column == 0
            and len(above.cells) > 1
            and not self.words(above.cells[0]).startswith("(")
            for above in self.rows[:before]
        )
        if is_year(first_words) or (is_named and first_words[:1] not in ("", "(")):
            return False
        spans = (range(cell.column, cell.column + cell.column_span) for cell in others)
        columns = {column for span in spans for column in span}
        is_of_years = any(YEAR_WITHIN.search(self.words(cell)) for cell in others)
        if before == 0 and not is_of_years and self._names_a_column(row):
            return True
        values = texts = 0
        for cell in _cells_in(self._rows_of_values(before + 1), columns):
            words = self.words(cell)
            if is_value(words) or (YEAR_WITHIN.search(words) and not is_of_years):
                values += 1
            elif any(map(str.isalnum, words)):  # a dash says nothing
                texts += not is_year(words)
        return values > texts or not (first or values or texts)

    def _rows_of_values(self, first: int) -> Sequence[GridRow]:
        """Return the rows from one on, without those at their head that may be headers too."""
        for number in range(first, min(MAX_HEADER_ROWS, len(self.rows))):
            beside = [self.words(cell) for cell in self.rows[number].cells if cell.column > 0]
            if not beside or any(map(is_amount, beside)):
                return self.rows[number:]
        return self.rows[first:]

    def _names_a_column(self, row: GridRow) -> bool:
        """Tell whether a row of short texts, each but once, stands over a column of numbers."""
        names = [self.words(cell) for cell in row.cells]
        is_whole = len({*names}) == len(names) == self._width
        if not is_whole or any(len(name.split()) > MAX_NAME_WORDS for name in names):
            return False
        below: dict[int, list[bool]] = {}
        for cell in _cells_in(self.rows[1:], set(range(1, self._width))):
            words = self.words(cell)
            is_typed = is_value(words) or bool(YEAR_WITHIN.search(words))
            below.setdefault(cell.column, []).append(is_typed)
        return any(
            len(typed) >= LEAST_VALUES and sum(typed) >= VALUES_SHARE * len(typed)
            for typed in below.values()
        )

    @cached_property
    def has_labels(self) -> bool:
        """Whether the first column names the rows: words alone, beside a column of values alone."""
        names: list[str] = []
        is_column_of_values: dict[int, bool] = {}
        for row in self.rows[self.header_rows :]:
            for cell in row.cells:
                words = self.words(cell)
                if cell.column == 0:
                    names.append(words)
                else:
                    so_far = is_column_of_values.get(cell.column, True)
                    is_column_of_values[cell.column] = so_far and is_value(words)
        has_values = any(is_column_of_values.values())
        return len(names) > 1 and has_values and not any(map(is_value, names))

    @cached_property
    def _column_headers(self) -> dict[int, tuple[Range, ...]]:
        """The headers of each column, outermost first, each text once."""
        columns: dict[int, list[Range]] = {}
        for number, row in enumerate(self.rows[: self.header_rows]):
            reaches = number + 1 < self.header_rows
            over = headers_over(self.text, row.cells, self._width, reaches=reaches)
            for column, cell in over.items():
                columns.setdefault(column, []).append((cell.start, cell.end))
        return {column: self._distinct(ranges) for column, ranges in columns.items()}

    def _distinct(self, ranges: Iterable[Range]) -> tuple[Range, ...]:
        by_words = {self.text[start:end]: (start, end) for start, end in ranges}
        return tuple(by_words.values())

    @cached_property
    def _groups(self) -> tuple[Range | None, ...]:
        """The heading inside the table that each row stands under, None for none."""
        groups: list[Range | None] = []
        group: Range | None = None
        for number, row in enumerate(self.rows):
            groups.append(group)
            if number < self.header_rows or not row.cells:
                continue
            cell = row.cells[0]
            if len(row.cells) == 1 and cell.column == 0 and not is_value(self.words(cell)):
                group = cell.start, cell.end
                groups[-1] = None
            elif _TOTAL.match(self.words(cell)):
                group = None
        return tuple(groups)

    def headers_of(self, row_number: int, cell: Block) -> CellHeaders:
        """Return the headers of a cell of the row with this number, from 0."""
        if row_number < self.header_rows:
            return CellHeaders((), ())
        columns = self._column_headers.get(cell.column, ())
        rows = []
        group = self._groups[row_number]
        if group is not None:
            rows.append(group)
        first = self.rows[row_number].cells[0]
        if first.column == 0 and first is not cell:
            rows.append((first.start, first.end))
        return CellHeaders(columns, tuple(rows))

    def segments_of(self, number: int) -> list[Segment]:
        """Return a row as models read it; [] for a row that is read as it stands."""
        row = self.rows[number]
        if number < self.header_rows or len(row.cells) < 2:
            return []
        if any(len(self.words(cell).split()) > MAX_CELL_WORDS for cell in row.cells):
            return []
        segments: list[Segment] = []
        group = self._groups[number]
        if group is not None:
            segments += [self._segment(group), Segment(", ")]
        for place, cell in enumerate(row.cells):
            # Write the headers of the column, then the cell.
            for header in self._column_headers.get(cell.column, ()):
                segments += [self._segment(self._shorten(header)), Segment(" ")]
            segments.append(Segment(self.words(cell), cell.start, is_cell=True))
            is_first = place == 0 and cell.column == 0
            segments.append(Segment(": " if is_first else "; "))
        segments[-1] = Segment(".")
        return segments

    def _segment(self, place: Range) -> Segment:
        return Segment(self.text[place[0] : place[1]], place[0], is_cell=True)

    def _shorten(self, header: Range) -> Range:
        """Return the words of a header that are read with each cell."""
        start, end = header
        if end - start > MAX_HEADER_LENGTH:
            end = start + self.text[start : start + MAX_HEADER_LENGTH].rfind(" ")
        return start, max(start + 1, end)


def _is_marked(row: GridRow) -> bool:
    """Tell whether the author marked the cells of a row as headers, those of columns among them."""
    names_columns = any(cell.column > 0 for cell in row.cells)
    return names_columns and all(cell.is_header for cell in row.cells)


def _cells_in(rows: Iterable[GridRow], columns: set[int]) -> Iterator[Block]:
    for row in rows:
        for cell in row.cells:
            if cell.column in columns:
                yield cell


def _last_column(row: GridRow) -> int:
    return max((cell.column + cell.column_span - 1 for cell in row.cells), default=0)


GridPlace = tuple[GridRow, Grid, int]
"""A row, its table, and its number there from 0."""


def grid_at(document: Document, offset: int) -> GridPlace | None:
    """Return the row of a table that holds an offset, None for none; other tables are not read."""
    after = bisect.bisect_right(document.blocks, offset, key=attrgetter("start"))
    for number in range(after - 1, -1, -1):
        table = document.blocks[number]
        if table.kind != "table":
            continue
        end = bisect.bisect_left(document.blocks, table.end, key=attrgetter("start"))
        for grid in read_grids(replace(document, blocks=document.blocks[number:end])):
            return grid.place_at(offset)
        return None
    return None


def read_grids(document: Document) -> Iterator[Grid]:
    """Yield the tables of a document in text order."""
    grid: _OpenGrid | None = None
    before: list[Block] = []  # the last blocks that were no part of a table
    for block in document.blocks:
        if block.kind == "table":
            yield from _closed(document.text, grid)
            grid = _OpenGrid(_lead_of(document.text, before))
            before = []
        elif grid is not None and block.kind == "row":
            grid.rows.append((block, []))
        elif grid is not None and grid.rows and block.kind == "cell":
            if block.start < block.end:
                grid.rows[-1][1].append(block)
        else:
            before = [*before[1 - MAX_LEAD_BLOCKS :], block]
    yield from _closed(document.text, grid)


class _OpenGrid:
    """A table while its rows are gathered, each with its cells."""

    def __init__(self, lead: str) -> None:
        self.lead = lead
        self.rows: list[tuple[Block, list[Block]]] = []


def _closed(text: str, grid: _OpenGrid | None) -> Iterator[Grid]:
    """Yield the table that was gathered, unless it has no rows."""
    if grid is not None and grid.rows:
        rows = [GridRow(row.start, row.end, tuple(cells)) for row, cells in grid.rows]
        yield Grid(text, rows, grid.lead)


def _lead_of(text: str, before: Sequence[Block]) -> str:
    """Return the lines before a table that say what it shows, if they are short enough."""
    lead: list[str] = []
    for block in reversed(before):
        words = text[block.start : block.end].split()
        if block.kind not in ("caption", "paragraph") or len(words) + len(lead) > MAX_LEAD_WORDS:
            break
        lead = words + lead
    return " ".join(lead)
