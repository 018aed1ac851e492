"""Find the rows of a page that leave the same strip free: a band of columns, or of a table."""

from collections.abc import Iterator, Sequence

from inquote.ingest.layout.lines import Line
from inquote.ingest.layout.tables import Table

_GUTTER = 0.8  # of the size: the least width of a strip between columns
_CLOSE = 1.6  # of the size between lines of a column, at most
_NEAR_HEADER = 2.5  # of the size between the header of a table and its first row, at most
_FAR_BELOW = 20.0  # of the size, and more: below all columns
_LINES_BEFORE = 3  # above a row of columns that may be their first, at most
_FAR = 1e9  # points

Piece = Line | Table
Strip = tuple[float, float]
Row = list[Piece]

EVERYWHERE = [(-_FAR, _FAR)]
"""What is free before any row is looked at."""


def free_of(row: Row, within: Sequence[Strip]) -> list[Strip]:
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


def gutters_of(rows: Sequence[Row], free: Sequence[Strip]) -> list[Strip]:
    """Return the free strips that have text on both sides."""
    inner = [strip for strip in free if strip[0] > -_FAR and strip[1] < _FAR]
    if not inner:
        return inner
    left = min([row[0].left for row in rows])
    right = max([max([piece.right for piece in row]) for row in rows])
    return [strip for strip in inner if left < strip[0] and strip[1] < right]


def bands_of(rows: Sequence[Row]) -> list[list[Row]]:
    """Return rows in groups that share a gutter, or have none."""
    bands: list[list[Row]] = []
    for band in _settled(list(_bands(rows))):
        bands.extend(_without_prose(band))
    return bands


def _bands(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield these groups, the first lines of some at the end of the group above."""
    band: list[Row] = []
    free: list[Strip] = list(EVERYWHERE)
    has_gutter = False
    for row in rows:
        if not band:
            band, free, has_gutter = [row], free_of(row, EVERYWHERE), len(row) > 1
            continue
        shared = free_of(row, free)
        if _stands_far(band, row):
            yield band
            band, free, has_gutter = [row], free_of(row, EVERYWHERE), False
        elif gutters_of([*band, row], shared) and not _parts(band, free, row, has_gutter):
            band.append(row)
            free, has_gutter = shared, True
        elif has_gutter:
            before, rest, free = _from_columns(band, row)
            if before:
                yield before
            band = [*rest, row]
            has_gutter = len(row) > 1
        else:
            # A gutter may begin with one of the last rows.
            start, free, has_gutter = _begin(band, row)
            if start:
                yield band[:start]
            band = [*band[start:], row]
    if band:
        yield band


def _from_columns(band: list[Row], row: Row) -> tuple[list[Row], list[Row], list[Strip]]:
    """Return a band in two where a row goes on with its columns but for the prose above them.

    The second part is empty where the row begins something else. With them comes what the second
    part and the row leave free.
    """
    first = next((at for at, above in enumerate(band) if len(above) > 1), 0)
    free = free_of(row, EVERYWHERE)
    for above in band[first:] if first else ():
        free = free_of(above, free)
    if first and gutters_of([*band[first:], row], free):
        return band[:first], band[first:], free
    return band, [], free_of(row, EVERYWHERE)


def _stands_far(band: Sequence[Row], row: Row) -> bool:
    """Return whether a line stands so far below a band that it belongs to no column of it."""
    bottom = max([piece.bottom for piece in band[-1]])
    size = max([piece.size for piece in band[-1]])
    return len(row) == 1 and row[0].base - bottom > _FAR_BELOW * max(size, row[0].size)


def _parts(band: Sequence[Row], free: Sequence[Strip], row: Row, has_gutter: bool) -> bool:
    """Return whether a row is prose below a band of columns, or begins columns below prose."""
    if has_gutter:
        return _crosses(row, gutters_of(band, free))
    gutters = gutters_of([row], free_of(row, EVERYWHERE))
    return any(_crosses(above, gutters) for above in band)


def _crosses(row: Row, gutters: Sequence[Strip]) -> bool:
    """Return whether a line goes from the first of several columns into the next: it is in none."""
    if len(row) > 1 or len(gutters) < 2:
        return False
    start, end = min(gutters)
    return row[0].left < start and row[0].right > end


def _settled(bands: list[list[Row]]) -> list[list[Row]]:
    """Return bands, the last rows of each with the next one where they are its first lines."""
    for at in range(len(bands) - 1):
        band, below = bands[at], bands[at + 1]
        free: list[Strip] = list(EVERYWHERE)
        for row in below:
            free = free_of(row, free)
        gutters = gutters_of(below, free)
        if not gutters:
            continue
        while len(band) > 1:
            free = free_of(band[-1], free)
            distance = below[0][0].base - band[-1][0].base
            near = _NEAR_HEADER if len(gutters) > 1 else _CLOSE
            if distance > near * band[-1][0].size or not gutters_of(below, free):
                break
            if _crosses(band[-1], gutters):
                break
            below.insert(0, band.pop())
    return bands


def _without_prose(band: list[Row]) -> Iterator[list[Row]]:
    """Yield a band, and before it and behind it the lines that reach over its gutters."""
    full = [at for at, row in enumerate(band) if len(row) > 1]
    if not full:
        yield band
        return
    first, end = full[0], full[-1] + 1
    free: list[Strip] = list(EVERYWHERE)
    for row in band[first:end]:
        free = free_of(row, free)
    count = len(gutters_of(band[first:end], free))
    while first and len(gutters_of(band[first - 1 : end], free_of(band[first - 1], free))) == count:
        first -= 1
        free = free_of(band[first], free)
    while end < len(band) and len(gutters_of(band[first:end], free_of(band[end], free))) == count:
        free = free_of(band[end], free)
        end += 1
    for part in (band[:first], band[first:end], band[end:]):
        if part:
            yield part


def _begin(band: Sequence[Row], row: Row) -> tuple[int, list[Strip], bool]:
    """Return from which row of a band on a gutter runs that the next row leaves free too."""
    free = free_of(row, EVERYWHERE)
    start, best = len(band), free
    has_gutter = len(row) > 1
    rows = [row]
    gutters = gutters_of(rows, free)
    for index in range(len(band) - 1, max(-1, len(band) - _LINES_BEFORE - 1), -1):
        if _crosses(band[index], gutters):
            break
        free = free_of(band[index], free)
        rows.append(band[index])
        if gutters_of(rows, free):
            start, best, has_gutter = index, free, True
    if not has_gutter:
        return 0, free, False
    return start, best, True
