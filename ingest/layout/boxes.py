"""Keep the boxes of a page's characters: packed, and as the rectangles of a range of text.

Places are in points from the left and the top of the page as it is shown.
"""

import struct
import zlib
from array import array
from collections.abc import Iterable
from operator import sub
from typing import NamedTuple

from inquote.ingest.documents import Page

_STEP = 20  # quantised to this part of a point
_HEAD = struct.Struct("<IIii")  # start, length, top, bottom
_LIMIT = 2**30 - 1  # so that a step is a number of four bytes

Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


class LineBoxes(NamedTuple):
    """The boxes of a range of a document's text that stands in one line.

    Character `start + i` reaches from `edges[i]` to `edges[i + 1]`, which fall where the text runs
    from right to left.
    """

    start: int
    end: int
    top: float
    bottom: float
    edges: tuple[float, ...]


def pack_lines(lines: Iterable[LineBoxes]) -> bytes:
    """Return lines as bytes, their places rounded to a twentieth of a point."""
    parts = []
    for line in lines:
        places = [int(edge * _STEP + 0.5) for edge in line.edges]
        if min(places) < 1:
            places = [_quantised(edge) for edge in line.edges]
        if max(places) > _LIMIT or min(places) < -_LIMIT:
            places = [max(-_LIMIT, min(_LIMIT, place)) for place in places]
        steps = array("i", places[:1])
        steps.extend(map(sub, places[1:], places))
        top, bottom = (max(-_LIMIT, min(_LIMIT, _quantised(y))) for y in (line.top, line.bottom))
        parts.append(_HEAD.pack(line.start, line.end - line.start, top, bottom))
        parts.append(steps.tobytes())
    return zlib.compress(b"".join(parts), 3) if parts else b""


def unpack_lines(packed: bytes) -> list[LineBoxes]:
    """Return the lines that `pack_lines` packed."""
    content = zlib.decompress(packed) if packed else b""
    lines = []
    at = 0
    while at < len(content):
        start, length, top, bottom = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        place = 0
        edges = []
        for step in array("i", content[at : at + 4 * (length + 1)]):
            place += step
            edges.append(place / _STEP)
        at += 4 * (length + 1)
        lines.append(LineBoxes(start, start + length, top / _STEP, bottom / _STEP, tuple(edges)))
    return lines


def rectangles(page: Page, start: int, end: int) -> list[Rectangle]:
    """Return the rectangles that the text from `start` to `end` covers on a page."""
    places = []
    for line in unpack_lines(page.lines):
        first, last = max(start, line.start), min(end, line.end)
        if first < last:
            edges = line.edges[first - line.start : last - line.start + 1]
            places.append((min(edges), line.top, max(edges), line.bottom))
    return places


def _quantised(place: float) -> int:
    return int(place * _STEP + 0.5) if place >= 0 else -int(0.5 - place * _STEP)
