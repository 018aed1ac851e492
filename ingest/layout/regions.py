"""Put the pieces of text of a page into reading order, by the white space between them."""

from collections.abc import Sequence
from statistics import median

from inquote.ingest.layout.recognition import Recognised

_COLUMN_GAP = 0.3  # of a line's height, between two columns at least
_COLUMN_WIDTH = 8  # lines' heights, of half the pieces of a column at least: cells are narrower
_COLUMN_PIECES = 4  # of a column at least
_MAX_DEPTH = 20
_MAX_BANDS = 15  # above and below the columns
_SAME_LINE = 0.5  # of the lower piece's height that two pieces of a line share

_Pieces = list[Recognised]


def reading_order(pieces: Sequence[Recognised]) -> list[_Pieces]:
    """Return the lines of a page in reading order, each from left to right.

    Columns of prose are read one after the other, a table row by row.
    """
    return _order(sorted(pieces, key=lambda piece: (piece.box[1], piece.box[0])), 0)


def _order(pieces: _Pieces, depth: int) -> list[_Pieces]:
    """Return the lines of a region: of its columns, else of what stands above and below."""
    if depth < _MAX_DEPTH and len(pieces) >= 2 * _COLUMN_PIECES:
        for parts in (_columns(pieces), _bands(pieces)):
            if len(parts) > 1:
                lines: list[_Pieces] = []
                for part in parts:
                    lines += _order(part, depth + 1)
                return lines
    return _lines(pieces)


def _columns(pieces: _Pieces) -> list[_Pieces]:
    """Return columns of prose, or all pieces together."""
    height = median(piece.box[3] - piece.box[1] for piece in pieces)
    columns = _cut(pieces, 0, _COLUMN_GAP * height)
    for column in columns:
        width = median(piece.box[2] - piece.box[0] for piece in column)
        if len(column) < _COLUMN_PIECES or width < _COLUMN_WIDTH * height:
            return [pieces]
    return columns


def _bands(pieces: _Pieces) -> list[_Pieces]:
    """Return the largest band of a page that has columns, and what stands above and below it.

    Titles and page numbers cross the columns or stand between them. Where no band has columns, all
    pieces come together.
    """
    bands = _cut(pieces, 1, 0.0)
    last = len(bands)
    edges = []
    for above in range(min(last, _MAX_BANDS)):
        for below in range(min(last - above, _MAX_BANDS)):
            edges.append((above, last - below))
    for above, below in sorted(edges, key=lambda edge: edge[0] - edge[1]):
        middle = [piece for band in bands[above:below] for piece in band]
        has_room = 2 * _COLUMN_PIECES <= len(middle) < len(pieces)
        if has_room and len(_columns(middle)) > 1:
            parts = (bands[:above], bands[above:below], bands[below:])
            return [[piece for band in part for piece in band] for part in parts if part]
    return [pieces]


def _cut(pieces: _Pieces, axis: int, gap: float) -> list[_Pieces]:
    """Cut pieces wherever none stands for more than a gap along an axis: 0 across, 1 down."""
    parts: list[_Pieces] = []
    end = float("-inf")
    for piece in sorted(pieces, key=lambda piece: piece.box[axis]):
        if not parts or piece.box[axis] - end > gap:
            parts.append([])
        parts[-1].append(piece)
        end = max(end, piece.box[axis + 2])
    return parts


def _lines(pieces: _Pieces) -> list[_Pieces]:
    """Return the pieces line by line."""
    lines: list[_Pieces] = []
    for piece in sorted(pieces, key=lambda piece: piece.box[1] + piece.box[3]):
        if lines and _shares_line(lines[-1][-1], piece):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [sorted(line, key=lambda piece: piece.box[0]) for line in lines]


def _shares_line(piece: Recognised, other: Recognised) -> bool:
    shared = min(piece.box[3], other.box[3]) - max(piece.box[1], other.box[1])
    height = min(piece.box[3] - piece.box[1], other.box[3] - other.box[1])
    return shared > _SAME_LINE * height
