"""Parse a table in text: CSV, and its kin with semicolons, tabs or bars.

The delimiter is the one that parts most lines into equally many cells. A title above the table is a
heading, other lines there are paragraphs or small tables, and a blank line parts two tables.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TableCell, TextBuilder
from inquote.ingest.formats.encoding import decode, decode_first

MAX_CELLS = 500_000
_DELIMITERS = "\t;|,"  # in the order of preference
_SAMPLE_BYTES = 60_000  # that show the delimiter
_SAMPLE_ROWS = 300
_MAX_FIELD = 200_000  # characters; a quote that nobody closes makes a longer one
_MAX_CELL_LINES = 200  # the same, of a row
_EVEN_SHARE = 0.6  # of a table's rows that have as many cells as most
_MAX_CELL_WORDS = 25  # on average, where commas part the cells
_MAX_PLAIN_WORDS = 8  # the same, in a file that is not named as a table
_MAX_NAME = 60  # characters of a column's name
_MAX_TITLE_WORDS = 14
_NUMBER = re.compile(r"[-+(~<>≤≥]{0,2}\s?[$€£¥]?\s?[-+]?\d[\d.,:/\s%()-]{0,30}[a-zA-Z%€$]{0,3}\)?")
_DIGIT_COMMA = re.compile(r"(?<=\d),(?=\d)")
_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".psv"})
_PLAIN_SUFFIXES = frozenset({".txt", ".text", ".dat", ""})


@dataclass(frozen=True)
class _Row:
    """The cells of a row, and its lines as they stand in the file."""

    cells: tuple[str, ...]
    raw: str

    @property
    def filled(self) -> int:
        """How many of the cells hold something."""
        return len([cell for cell in self.cells if cell.strip()])


@dataclass(frozen=True)
class _Shape:
    """How a delimiter parts a text: the cells that most rows have, the share of these rows.

    `words` is the mean length of a cell, in words.
    """

    delimiter: str
    columns: int
    share: float
    rows: int
    words: float


def parse(text: str) -> Parsed:
    """Parse a text that holds tables; raise `FileSkipped` where they are too large."""
    lines = _lines_of(text)
    shape = _shape_of(lines)
    delimiter = shape.delimiter if shape else ","
    try:
        rows = _limited(_rows(lines, delimiter))
    except csv.Error:  # a quote that is not closed: quotes are letters like any other
        rows = _limited(_rows(lines, delimiter, csv.QUOTE_NONE))
    builder = TextBuilder()
    for part in _parts(rows):
        _write_part(builder, part, delimiter)
    return builder.parsed()


def _lines_of(text: str) -> list[str]:
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _rows(
    lines: Sequence[str], delimiter: str, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
) -> Iterator[_Row]:
    """Yield the rows of a text; raise `csv.Error` where a quote is not closed."""
    csv.field_size_limit(_MAX_FIELD)
    reader = csv.reader(
        (f"{line}\n" for line in lines),
        delimiter=delimiter,
        quoting=quoting,
        skipinitialspace=delimiter != "\t",
    )
    start = 0
    for cells in reader:
        if reader.line_num - start > _MAX_CELL_LINES:
            raise csv.Error("a quote is not closed")
        yield _Row(tuple(cells), "\n".join(lines[start : reader.line_num]))
        start = reader.line_num


def _limited(rows: Iterable[_Row]) -> list[_Row]:
    """Return rows as a list; raise `FileSkipped` if they have too many cells."""
    count = 0
    limited = []
    for row in rows:
        count += len(row.cells)
        if count > MAX_CELLS:
            raise FileSkipped(
                f"it is a table of more than {MAX_CELLS:,} cells; split it into smaller files"
            )
        limited.append(row)
    return limited


def _shape_of(lines: Sequence[str]) -> _Shape | None:
    """Return how the best delimiter parts a text, None where none makes a table of it."""
    best: _Shape | None = None
    for delimiter in _DELIMITERS:
        shape = _measure(lines, delimiter)
        if shape and (best is None or _rank(shape) > _rank(best)):
            best = shape
    return best


def _rank(shape: _Shape) -> tuple[bool, int]:
    return shape.share > 0.9, shape.columns


def _measure(lines: Sequence[str], delimiter: str) -> _Shape | None:
    """Return how a delimiter parts the first rows, None where it makes no table."""
    sample: list[_Row] = []
    try:
        sample.extend(islice(_rows(lines, delimiter), _SAMPLE_ROWS))
    except csv.Error:
        sample.extend(islice(_rows(lines, delimiter, csv.QUOTE_NONE), _SAMPLE_ROWS))
    rows = [row for row in sample if row.filled]
    if not rows:
        return None
    columns, count = Counter(len(row.cells) for row in rows).most_common(1)[0]
    if delimiter == ",":
        columns -= _decimal_commas(rows)
    if columns < 2 or count < _EVEN_SHARE * len(rows):
        return None
    words = sum(len(row.raw.split()) for row in rows) / sum(row.filled for row in rows)
    return _Shape(delimiter, columns, count / len(rows), len(rows), words)


def _decimal_commas(rows: Sequence[_Row]) -> int:
    """Return how many commas of a row stand between digits, where others do not part cells."""
    semicolons = sum(row.raw.count(";") + row.raw.count("\t") for row in rows)
    if semicolons < len(rows):
        return 0
    return sum(len(_DIGIT_COMMA.findall(row.raw)) for row in rows) // len(rows)


def _parts(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Return the rows between blank ones, all together where blank rows are as many as others."""
    parts: list[list[_Row]] = [[]]
    for row in rows:
        if row.filled:
            parts[-1].append(row)
        elif parts[-1]:
            parts.append([])
    parts = [part for part in parts if part]
    if 2 * len(parts) > sum(map(len, parts)):
        return [[row for part in parts for row in part]]
    return parts


def _write_part(builder: TextBuilder, rows: list[_Row], delimiter: str) -> None:
    """Write the lines above a table, and the table."""
    columns = Counter(len(row.cells) for row in rows).most_common(1)[0][0]
    start = 0
    while start < len(rows) and columns > 1 and not _opens_table(rows[start], columns):
        _write_line(builder, rows[start], delimiter)
        start += 1
    body = rows[start:]
    width = max((_width(row) for row in body), default=0)
    headers = _header_count(body)
    builder.table(_cells(row, width, at < headers) for at, row in enumerate(body))


def _opens_table(row: _Row, columns: int) -> bool:
    """Return whether a row is the first of a table with so many columns."""
    return len(row.cells) >= columns and row.filled > 1


def _width(row: _Row) -> int:
    """Return the number of a row's cells up to the last one that holds something."""
    filled = [at for at, cell in enumerate(row.cells, 1) if cell.strip()]
    return filled[-1] if filled else 0


def _write_line(builder: TextBuilder, row: _Row, delimiter: str) -> None:
    """Write a row above a table: a title, words, or a row of its own."""
    if row.filled > 1 and f"{delimiter} " not in row.raw:
        builder.table([_cells(row, _width(row), False)])
        return
    words = next(cell for cell in row.cells if cell.strip()) if row.filled == 1 else row.raw
    is_title = row.filled == 1 and len(words.split()) <= _MAX_TITLE_WORDS
    if is_title and words.strip()[-1] not in ".,;:!?":
        builder.heading(words, 1)
    else:
        builder.block(words.strip())


def _header_count(rows: Sequence[_Row]) -> int:
    """Return how many of the first rows name the columns: none, one, or two."""
    if len(rows) < 2 or not _names_columns(rows[0], rows[1:]):
        return 0
    second = rows[1]
    is_second = not second.cells[0].strip() and not any(map(_is_number, second.cells))
    return 2 if is_second and len(rows) > 2 else 1


def _names_columns(row: _Row, below: Sequence[_Row]) -> bool:
    """Return whether the cells of a row are names of what stands below them.

    They are short words, each once, and no words of the columns.
    """
    names = [cell.strip() for cell in row.cells if cell.strip()]
    if any(len(name) > _MAX_NAME or (name[-1] in ".!?" and len(name) > 9) for name in names):
        return False
    is_corner_empty = not row.cells[0].strip() and _width(row) == len(names) + 1
    if _has_figures_below(row, below) or (is_corner_empty and below[0].cells[0].strip()):
        return True
    if len(set(names)) < len(names) or any(map(_is_number, names)):
        return False
    for other in below[:_SAMPLE_ROWS]:
        pairs = zip(row.cells, other.cells, strict=False)
        if any(cell.strip() and cell == other_cell for cell, other_cell in pairs):
            return False
    return True


def _has_figures_below(row: _Row, below: Sequence[_Row]) -> bool:
    """Return whether a word stands above figures, and the row holds more words than years."""
    for column, name in enumerate(row.cells):
        if not name.strip() or _is_number(name):
            continue
        figures = words = 0
        for other in below[:_SAMPLE_ROWS]:
            cell = other.cells[column].strip() if column < len(other.cells) else ""
            figures += bool(cell) and _is_number(cell)
            words += bool(cell) and not _is_number(cell)
        if figures > words:
            return True
    return False


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell.strip()) is not None


def _cells(row: _Row, width: int, is_header: bool) -> list[TableCell]:
    """Return a row of a table of this width."""
    cells = []
    for column, text in enumerate(row.cells[:width]):
        cells.append(TableCell(text, column, is_header=is_header))
    return cells


def _is_table(content: bytes, suffix: str) -> bool:
    """Return whether a file is named as a table and is even, or is plainly one."""
    if suffix not in _SUFFIXES | _PLAIN_SUFFIXES:
        return False
    try:
        text = decode(content[:_SAMPLE_BYTES])
    except FileSkipped:
        return False
    lines = _lines_of(text)
    if len(content) > _SAMPLE_BYTES:
        lines = lines[:-1] or lines
    shape = _shape_of(lines)
    if shape is None:
        return False
    if suffix in _SUFFIXES:
        is_prose = shape.delimiter == "," and shape.words > _MAX_CELL_WORDS
        return not is_prose
    is_plain = shape.rows > 2 and shape.share == 1 and shape.words <= _MAX_PLAIN_WORDS
    return is_plain and shape.columns > 2 and not _looks_written(lines, shape.delimiter)


def _looks_written(lines: Sequence[str], delimiter: str) -> bool:
    """Return whether delimiters are followed by spaces, as in prose, or frame each line."""
    text = "\n".join(lines[:_SAMPLE_ROWS])
    spaced = text.count(f"{delimiter} ")
    return (delimiter != "\t" and 2 * spaced > text.count(delimiter)) or text.startswith("|")


FORMAT = Format("csv", _is_table, decode_first(parse), encoded=True)
