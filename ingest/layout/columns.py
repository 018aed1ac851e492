"""Put the pieces of a page in the order in which they are read.

Rows that leave the same strip free make a band. A band of prose beside prose is columns, one of
short cells side by side is a table, and the rest is lines.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from inquote.ingest.layout.lines import Line, joined
from inquote.ingest.layout.tables import Table, level_rows, table_of
from inquote.ingest.layout.words import is_from_right

_GUTTER = 0.8  # of the size: the least width of a strip between columns
_PROSE_WORDS = 3.5  # in a line, on average
_PROSE_LETTERS = 14  # in a line, on average, for scripts without blanks
_PROSE_FILL = 0.5  # of a column's width that its lines fill, on average
_MIN_LINES = 3  # of a column
_ALIGNED = 0.6  # of the rows of the shorter column, and more: a table
_NARROW_LINES = 2
_GOES_DOWN = 0.25  # of the lines that begin with a small letter, and more
_CLOSE = 1.6  # of the size between lines of a column, at most
_FAR_BELOW = 20.0  # of the size, and more: below all columns
_MAX_DEPTH = 8
_FAR = 1e9  # points
_MARKER = re.compile(r"\(?\w{1,4}[.)]|[-•‣◦▪●○■□◆–—*➢✓o]|\d{1,2}(?:\.\d{1,2}){1,4}\.?|\[\w{1,8}\]")

_WORD = re.compile(r"[^\W_]{2}|^\d$")
_LEAST_WORDS = 0.6  # of the pieces of a table hold a word or a number
_SIGNS = "=∂∑∫∈∩∪→⇔ε"  # of formulas

Piece = Line | Table
Strip = tuple[float, float]
Row = list[Piece]


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
    for band in _settled(list(_bands(_rows(pieces)))):
        inner = _regions_of(band, depth) if depth < _MAX_DEPTH else None
        if inner is None:
            plain.extend(band)
            continue
        regions.extend(_flows(plain, left, right))
        plain = []
        regions.extend(inner)
    regions.extend(_flows(plain, left, right))
    return regions


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


def _free(row: Row, within: Sequence[Strip]) -> list[Strip]:
    """Return the parts of strips that a row leaves free, those wide enough."""
    size = min(piece.size for piece in row)
    free = []
    for start, end in within:
        for piece in row:
            if piece.right <= start or piece.left >= end:
                continue
            if piece.left - start >= _GUTTER * size:
                free.append((start, piece.left))
            start = max(start, piece.right)
        if end - start >= _GUTTER * size:
            free.append((start, end))
    return free


def _gutters(rows: Sequence[Row], free: Sequence[Strip]) -> list[Strip]:
    """Return the free strips that have text on both sides."""
    inner = [strip for strip in free if strip[0] > -_FAR and strip[1] < _FAR]
    if not inner:
        return inner
    left = min([row[0].left for row in rows])
    right = max([max([piece.right for piece in row]) for row in rows])
    return [strip for strip in inner if left < strip[0] and strip[1] < right]


_EVERYWHERE = [(-_FAR, _FAR)]


def _bands(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield rows in groups that share a gutter, or have none."""
    band: list[Row] = []
    free: list[Strip] = list(_EVERYWHERE)
    has_gutter = False
    for row in rows:
        if not band:
            band, free, has_gutter = [row], _free(row, _EVERYWHERE), len(row) > 1
            continue
        shared = _free(row, free)
        if _stands_far(band, row):
            yield band
            band, free, has_gutter = [row], _free(row, _EVERYWHERE), False
        elif _gutters([*band, row], shared):
            band.append(row)
            free, has_gutter = shared, True
        elif has_gutter:
            yield band
            band, free, has_gutter = [row], _free(row, _EVERYWHERE), len(row) > 1
        else:
            # A gutter may begin with one of the last rows.
            start, free, has_gutter = _begin(band, row)
            if start:
                yield band[:start]
            band = [*band[start:], row]
    if band:
        yield band


def _stands_far(band: Sequence[Row], row: Row) -> bool:
    """Return whether a line stands so far below a band that it belongs to no column of it."""
    bottom = max([piece.bottom for piece in band[-1]])
    size = max([piece.size for piece in band[-1]])
    return len(row) == 1 and row[0].base - bottom > _FAR_BELOW * max(size, row[0].size)


def _settled(bands: list[list[Row]]) -> list[list[Row]]:
    """Return bands, the last rows of each with the next one where they are its first lines."""
    for at in range(len(bands) - 1):
        band, below = bands[at], bands[at + 1]
        free: list[Strip] = list(_EVERYWHERE)
        for row in below:
            free = _free(row, free)
        if not _gutters(below, free):
            continue
        while len(band) > 1:
            free = _free(band[-1], free)
            distance = below[0][0].base - band[-1][0].base
            if distance > _CLOSE * band[-1][0].size or not _gutters(below, free):
                break
            below.insert(0, band.pop())
    return bands


def _begin(band: Sequence[Row], row: Row) -> tuple[int, list[Strip], bool]:
    """Return from which row of a band on a gutter runs that the next row leaves free too."""
    free = _free(row, _EVERYWHERE)
    start, best = len(band), free
    has_gutter = len(row) > 1
    rows = [row]
    for index in range(len(band) - 1, max(-1, len(band) - 4), -1):
        free = _free(band[index], free)
        rows.append(band[index])
        if _gutters(rows, free):
            start, best, has_gutter = index, free, True
    if not has_gutter:
        return 0, free, False
    return start, best, True


def _regions_of(band: Sequence[Row], depth: int) -> list[Region] | None:
    """Return the columns, the table or the fields that a band is, None where it is lines."""
    free: list[Strip] = list(_EVERYWHERE)
    for row in band:
        free = _free(row, free)
    gutters = _gutters(band, free)
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
    """Return a table or fields, and the lines before and after it."""
    full = [at for at, row in enumerate(rows) if len(row) > 1]
    first, last = full[0], full[-1] + 1
    left = min(line.left for row in rows for line in row)
    right = max(line.right for row in rows for line in row)
    while last < len(rows) and _is_rest_of_cell(rows[last - 1], rows[last]):
        last += 1
    regions: list[Region] = []
    if first:
        regions.append(Flow([joined(row) for row in rows[:first]], left, right))
    table = table_of(rows[first:last])
    is_pair = count == 2 and max(len(row.cells) for row in table.rows) <= 2
    has_header = any(cell.is_header for row in table.rows for cell in row.cells)
    names = [row[0].text for row in rows if len(row) > 1]
    if is_pair and not has_header and median([len(name.split()) for name in names]) <= 6:
        regions.append(Fields([joined(row) for row in rows[first:last]]))
    else:
        regions.append(table)
    if last < len(rows):
        regions.append(Flow([joined(row) for row in rows[last:]], left, right))
    return regions


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
