"""Put the pieces of a page in the order in which they are read.

Rows that leave the same strip free make a band. A band of prose beside prose is columns, one of
short cells side by side is a table, and the rest is lines.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from inquote.ingest.layout.bands import (
    EVERYWHERE,
    Piece,
    Row,
    Strip,
    bands_of,
    free_of,
    gutters_of,
)
from inquote.ingest.layout.lines import Line, joined
from inquote.ingest.layout.tables import (
    Table,
    begin_of_table,
    goes_on_below,
    level_rows,
    parts_of_tables,
    table_of,
    together,
)
from inquote.ingest.layout.words import is_from_right

_PROSE_WORDS = 3.5  # in a line, on average
_PROSE_LETTERS = 14  # in a line, on average, for scripts without blanks
_PROSE_FILL = 0.5  # of a column's width that its lines fill, on average
_MIN_LINES = 3  # of a column
_ALIGNED = 0.6  # of the rows of the shorter column, and more: a table
_NARROW_LINES = 2
_GOES_DOWN = 0.25  # of the lines that begin with a small letter, and more
_MAX_DEPTH = 8
_MARKER = re.compile(r"\(?\w{1,4}[.)]|[-•‣◦▪●○■□◆–—*➢✓o]|\d{1,2}(?:\.\d{1,2}){1,4}\.?|\[\w{1,8}\]")

_WORD = re.compile(r"[^\W_]{2}|^\d$")
_LEAST_WORDS = 0.6  # of the pieces of a table hold a word or a number
_SIGNS = "=∂∑∫∈∩∪→⇔ε"  # of formulas


@dataclass(frozen=True)
class Flow:
    """Lines that follow each other in a column, whose edges are `left` and `right`."""

    lines: list[Line]
    left: float
    right: float


@dataclass(frozen=True)
class Fields:
    """Lines of a name and its value each."""

    lines: list[Line]


Region = Flow | Table | Fields


def read_order(pieces: Sequence[Piece], depth: int = 0) -> list[Region]:
    """Return the regions of a page, or of a column of it, as they are read."""
    if not pieces:
        return []
    left = min(piece.left for piece in pieces)
    right = max(piece.right for piece in pieces)
    regions: list[Region] = []
    plain: list[Row] = []
    for band in bands_of(_rows(pieces)):
        inner = _regions_of(band, depth) if depth < _MAX_DEPTH else None
        if inner is None:
            plain.extend(band)
            continue
        regions.extend(_flows(plain, left, right))
        plain = []
        regions.extend(inner)
    regions.extend(_flows(plain, left, right))
    return _whole_tables(regions)


def _whole_tables(regions: Sequence[Region]) -> list[Region]:
    """Return regions, the parts of a table and the headings between them as one table."""
    whole: list[Region] = []
    for region in regions:
        last = whole[-1] if whole else None
        between = last.lines if isinstance(last, Flow) else []
        at = len(whole) - (2 if between else 1)
        above = whole[at] if at >= 0 else None
        match above, region:
            case Table() as upper, Table() as lower if goes_on_below(upper, lower, between):
                whole[at:] = [together(upper, lower, between)]
            case _:
                whole.append(region)
    return whole


def _rows(pieces: Sequence[Piece]) -> list[Row]:
    rows = level_rows(pieces)
    for row in rows:
        row.sort(key=lambda piece: piece.left)
    return rows


def _flows(rows: Sequence[Row], left: float, right: float) -> Iterator[Region]:
    """Yield rows that are no columns: lines, and the tables among them."""
    lines: list[Line] = []
    for row in rows:
        pieces = [piece for piece in row if isinstance(piece, Line)]
        if pieces:
            if is_from_right("".join([piece.text for piece in pieces])):
                pieces.reverse()
            lines.append(joined(pieces))
        for piece in row:
            if isinstance(piece, Table):
                if lines:
                    yield Flow(lines, left, right)
                lines = []
                yield piece
    if lines:
        yield Flow(lines, left, right)


def _regions_of(band: Sequence[Row], depth: int) -> list[Region] | None:
    """Return the columns, the table or the fields that a band is, None where it is lines."""
    free: list[Strip] = list(EVERYWHERE)
    for row in band:
        free = free_of(row, free)
    gutters = gutters_of(band, free)
    columns = _columns(band, gutters)
    columns = _without_markers(columns, gutters)
    if len(columns) < 2 or len(band) < 2:
        return None
    shared = [row for row in band if len({_at(piece, gutters) for piece in row}) > 1]
    shortest = min(len(_rows(column)) for column in columns)
    is_aligned = len(shared) >= 2 and len(shared) >= _ALIGNED * shortest
    prose = [_is_prose(column) for column in columns]
    has_table = any(isinstance(piece, Table) for row in band for piece in row)
    goes_down = len(band) >= 3 and all(map(_goes_down, columns))
    texts = [column for column, is_text in zip(columns, prose, strict=True) if is_text]
    is_text = all(prose) or goes_down or (len(texts) > 1 and all(map(_goes_down, texts)))
    if is_text or (texts and not is_aligned):
        return _in_columns(columns, depth)
    if is_aligned and not has_table:
        lines = [[piece for piece in row if isinstance(piece, Line)] for row in band]
        return None if _is_formula(lines) else _table_or_fields(lines, len(columns))
    if not is_aligned and min(map(len, columns)) >= _NARROW_LINES:
        return _in_columns(columns, depth)
    return None


def _is_formula(rows: Sequence[Sequence[Line]]) -> bool:
    """Return whether few pieces of a band hold a word or a number of two digits."""
    texts = [piece.text for row in rows for piece in row]
    words = sum(bool(_WORD.search(text)) for text in texts)
    signs = sum(text.count(sign) for text in texts for sign in _SIGNS)
    return words < _LEAST_WORDS * len(texts) or signs > 0.3 * len(texts)


def _at(piece: Piece, gutters: Sequence[Strip]) -> int:
    """Return the column in which a piece stands."""
    return sum(piece.left >= (start + end) / 2 for start, end in gutters)


def _columns(band: Sequence[Row], gutters: Sequence[Strip]) -> list[list[Piece]]:
    columns: list[list[Piece]] = [[] for _ in range(len(gutters) + 1)]
    for row in band:
        for piece in row:
            columns[_at(piece, gutters)].append(piece)
    return columns


def _without_markers(columns: list[list[Piece]], gutters: list[Strip]) -> list[list[Piece]]:
    """Return the columns, those of nothing but list marks put to the column they stand before."""
    at = 0
    while at + 1 < len(columns):
        texts = [piece.text for piece in columns[at] if isinstance(piece, Line)]
        if len(texts) == len(columns[at]) and all(map(_MARKER.fullmatch, texts)):
            columns[at + 1].extend(columns.pop(at))
            gutters.pop(at)
        else:
            at += 1
    return columns


def _is_prose(column: Sequence[Piece]) -> bool:
    """Return whether the lines of a column are running text."""
    lines = [joined_row for joined_row in _flow_lines(column) if joined_row.text]
    if len(lines) < _MIN_LINES:
        return False
    width = max(line.right for line in lines) - min(line.left for line in lines)
    words = sum(len(line.text.split()) for line in lines) / len(lines)
    letters = sum(sum(map(str.isalpha, line.text)) for line in lines)
    length = sum(len(line.text) for line in lines)
    fill = sum(line.right - line.left for line in lines) / (len(lines) * max(width, 1.0))
    is_wordy = words >= _PROSE_WORDS or (
        words < 2 and letters / len(lines) >= _PROSE_LETTERS and max(map(_is_cjk, lines))
    )
    return is_wordy and fill >= _PROSE_FILL and letters >= 0.55 * length


def _is_cjk(line: Line) -> bool:
    return any("\u2e80" <= character <= "\u9fff" for character in line.text[:20])


def _flow_lines(pieces: Sequence[Piece]) -> list[Line]:
    lines = []
    for row in _rows(pieces):
        parts = [piece for piece in row if isinstance(piece, Line)]
        if parts:
            lines.append(joined(parts))
    return lines


def _in_columns(columns: list[list[Piece]], depth: int) -> list[Region]:
    texts = [piece.text for column in columns for piece in column if isinstance(piece, Line)]
    if is_from_right("".join(texts)):
        columns = columns[::-1]
    regions = []
    for column in columns:
        regions.extend(read_order(column, depth + 1))
    return regions


def _table_or_fields(rows: list[list[Line]], count: int) -> list[Region]:
    """Return tables or fields, and the lines before and after each."""
    full = [at for at, row in enumerate(rows) if len(row) > 1]
    first, last = full[0], full[-1] + 1
    left = min(line.left for row in rows for line in row)
    right = max(line.right for row in rows for line in row)

    def flow(lines: Sequence[Sequence[Line]]) -> list[Region]:
        return [Flow([joined(row) for row in lines], left, right)] if lines else []

    while last < len(rows) and _is_rest_of_cell(rows[last - 1], rows[last]):
        last += 1
    tables: list[Region] = []
    for part in parts_of_tables(rows[:last]):
        begin = begin_of_table(part)
        tables.extend([*flow(part[:begin]), table_of(part[begin:])])
    all_rows = [row for table in tables if isinstance(table, Table) for row in table.rows]
    is_pair = count == 2 and max(len(row.cells) for row in all_rows) <= 2
    has_header = any(cell.is_header for row in all_rows for cell in row.cells)
    names = [row[0].text for row in rows if len(row) > 1]
    if is_pair and not has_header and median([len(name.split()) for name in names]) <= 6:
        tables = [*flow(rows[:first]), Fields([joined(row) for row in rows[first:last]])]
    return [*tables, *flow(rows[last:])]


def _is_rest_of_cell(above: Sequence[Line], row: Sequence[Line]) -> bool:
    """Return whether a row of one piece goes on with a cell of the row above."""
    piece = row[0]
    is_near = piece.base - above[-1].base <= 1.6 * piece.size
    is_within = any(
        cell.left - piece.size <= piece.left and piece.right <= cell.right + 8 * piece.size
        for cell in above
    )
    return is_near and is_within and (piece.left > above[0].right or piece.text[:1].islower())


def _goes_down(column: Sequence[Piece]) -> bool:
    """Return whether lines of a column go on with the line above, as text does and cells do not."""
    lines = _flow_lines(column)
    if len(lines) < 2:
        return True
    small = sum(line.text[:1].islower() for line in lines[1:])
    return small >= _GOES_DOWN * (len(lines) - 1)
