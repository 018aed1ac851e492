"""Keep the boxes of a page's characters: packed, and as the rectangles of a range of text.

Places are in points from the left and the top of the page as it is shown.
"""

import re
import struct
import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import pairwise, zip_longest
from operator import sub
from typing import Any, NamedTuple

from inquote.ingest.documents import Page

_STEP = 20  # quantised to this part of a point
_HEAD = struct.Struct("<IIii")  # start, length, top, bottom
_ROOM = 0.15  # of a line's height, above and below it
_CUT = 0.024  # of a line's height, at most, where another line reaches into it
_SAME_ROW = 0.25  # of the heights of two lines that their middles are apart, at most
_LEVEL = 0.1  # points that the letters of a line are apart in height, at most
_LETTER_GAP = 0.5  # of the size of letters between two of a line, at most
_WIDEST = 2.0  # of a line's height is a letter, at most; what is wider is a gap
_WORD = re.compile(r"\S++")
_LONGEST_GAP = 8  # characters between two lines that are told; what is longer stands elsewhere
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
    """Return the rectangles that the text from `start` to `end` covers on a page.

    They reach a little above and below the letters, for brackets do, and never beyond the middle
    between two lines.
    """
    places: list[Rectangle] = []
    last_end = -1  # of the line before, if that is a letter of text that does not lie
    lines = unpack_lines(page.lines)
    for line in lines:
        first, last = max(start, line.start), min(end, line.end)
        if first < last:
            edges = line.edges[first - line.start : last - line.start + 1]
            place = (min(edges), line.top, max(edges), line.bottom)
            is_letter = line.end == line.start + 1
            if not is_letter:
                place = _with_room(place, lines)
            if is_letter and last_end == line.start and _go_on(places[-1], place):
                places[-1] = _around(places[-1], place)
            else:
                places.append(place)
            last_end = line.end if is_letter else -1
    return places


def _with_room(place: Rectangle, lines: Sequence[LineBoxes]) -> Rectangle:
    """Return a part of a line with the room above and below it, up to the lines there."""
    left, top, right, bottom = place
    height = bottom - top
    room = _ROOM * height
    above, below = top - room, bottom + room
    for other in lines:
        if other.bottom < top - 2 * room or other.top > bottom + 2 * room:
            continue
        apart = (other.top + other.bottom) - (top + bottom)
        is_same_row = abs(apart) < _SAME_ROW * (height + other.bottom - other.top)
        if is_same_row or not _has_letters(other, left, right):
            continue
        if apart < 0:
            above = max(above, (other.bottom + top) / 2)
        else:
            below = min(below, (other.top + bottom) / 2)
    return (left, min(above, top + _CUT * height), right, max(below, bottom - _CUT * height))


def _has_letters(line: LineBoxes, left: float, right: float) -> bool:
    """Return whether letters of a line, and not a wide gap alone, stand between two edges."""
    edges = line.edges
    if max(edges[0], edges[-1]) <= left or min(edges[0], edges[-1]) >= right:
        return False
    widest = _WIDEST * (line.bottom - line.top)
    for edge, other in pairwise(edges):
        if abs(other - edge) <= widest and min(edge, other) < right and max(edge, other) > left:
            return True
    return False


def _go_on(place: Rectangle, other: Rectangle) -> bool:
    """Return whether a letter stands beside, above or below the one before it, in one line."""
    left, top, right, bottom = map(abs, map(sub, place, other))
    if max(left, right) < _LEVEL:
        gap, size = max(place[1], other[1]) - min(place[3], other[3]), place[2] - place[0]
    else:
        gap, size = max(place[0], other[0]) - min(place[2], other[2]), place[3] - place[1]
    return min(max(left, right), max(top, bottom)) < _LEVEL and gap < _LETTER_GAP * size


def _around(place: Rectangle, other: Rectangle) -> Rectangle:
    left, right = min(place[0], other[0]), max(place[2], other[2])
    return (left, min(place[1], other[1]), right, max(place[3], other[3]))


def _quantised(place: float) -> int:
    return int(place * _STEP + 0.5) if place >= 0 else -int(0.5 - place * _STEP)


class Places:
    """The pages of a document, to be asked where a range of its text stands."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = pages
        self._extents = [_extent(page) for page in pages]

    def of(self, start: int, end: int) -> dict[int, list[Rectangle]]:
        """Return the rectangles of a range, by the number of the page, pages without any aside."""
        places = {}
        for page, (first, last) in zip(self._pages, self._extents, strict=True):
            boxes = rectangles(page, start, end) if first < end and start < last else []
            if boxes:
                places[page.number] = boxes
        return places


def _extent(page: Page) -> tuple[int, int]:
    """Return the least range of the text that holds all that stands on a page.

    It may reach beyond the page's own range, for a note is read after the paragraph that refers to
    it, which may end on the next page. A page without boxes has an empty range.
    """
    content = zlib.decompress(page.lines) if page.lines else b""
    starts, ends = [], []
    at = 0
    while at < len(content):
        start, length, _, _ = _HEAD.unpack_from(content, at)
        starts.append(start)
        ends.append(start + length)
        at += _HEAD.size + 4 * (length + 1)
    return (min(starts), max(ends)) if starts else (0, 0)


def page_lines(page: Page, text: str) -> list[dict[str, Any]]:
    """Return the lines of a page in the order of the text, as objects for JSON.

    - `start` is the line's offset, `text` are its words, `gap` what stands in the text between
      it and the next line of the page: nothing before a raised figure.
    - `box` are its left, top, right and bottom edge, `words` the left edge of each word, or the
      right edges where `back` says that the line runs from right to left.
    """
    lines = sorted(unpack_lines(page.lines))
    objects = []
    for line, following in zip_longest(lines, lines[1:]):
        gap = text[line.end : following.start] if following else "\n"
        starts = [match.start() for match in _WORD.finditer(text, line.start, line.end)]
        left, right = min(line.edges), max(line.edges)
        objects.append(
            {
                "start": line.start,
                "text": text[line.start : line.end],
                "gap": gap if len(gap) <= _LONGEST_GAP else "\n",
                "box": [round(place, 2) for place in (left, line.top, right, line.bottom)],
                "words": [round(line.edges[start - line.start], 2) for start in starts],
                "back": line.edges[-1] < line.edges[0],
            }
        )
    return objects
