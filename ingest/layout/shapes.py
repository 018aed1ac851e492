"""Read what a page draws beside its text: rules, filled areas and pictures.

Places are in points from the left and the top of the page as it is shown.
"""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from inquote.ingest.layout import library

_MAX_OBJECTS = 4_000  # of a page; drawings have more, and no tables
_MAX_SEGMENTS = 2_000  # of a path
_MAX_DEPTH = 4  # of forms within forms
_THIN = 3.0  # points; a filled rectangle that is thinner is a rule
_STRAIGHT = 1.0  # points that a rule may lean
_MIN_RULE = 4.0  # points
_WHITE = 245  # of 255, and more

Matrix = tuple[float, float, float, float, float, float]


class Box(NamedTuple):
    """A rectangle of a page."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point lies within."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def meets(self, other: "Box") -> bool:
        """Return whether two rectangles have a point in common."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )


@dataclass(frozen=True)
class Frame:
    """The page as it is shown: its size, and the way from PDF places to shown ones."""

    width: float
    height: float
    matrix: Matrix

    @property
    def is_upright(self) -> bool:
        """Whether the page is shown as the file has it."""
        return self.matrix[0] == 1

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the file stands on the page as it is shown."""
        return apply(self.matrix, x, y)

    def box(self, x1: float, y1: float, x2: float, y2: float) -> Box:
        """Return where a rectangle of the file stands."""
        left, top = self.shown(x1, y1)
        right, bottom = self.shown(x2, y2)
        return Box(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


@dataclass
class Shapes:
    """The drawings of a page. Rules that lie are (left, y, right, y), those that stand (x, ...)."""

    lying: list[Box] = field(default_factory=list)
    standing: list[Box] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)


_Area = tuple[tuple[int, int, int], int, int]
"""The colour of a filled area, and where it begins and ends from the top of the page."""


@dataclass
class _Filled:
    """The filled areas of a page, and its slips: thin ones, rules or else edges of such an area."""

    areas: set[_Area] = field(default_factory=set)
    slips: list[tuple[_Area, Box]] = field(default_factory=list)

    def rules(self) -> list[Box]:
        """Return the slips that are no edge of an area of their colour and height."""
        return [slip for area, slip in self.slips if area not in self.areas]


def frame_of(page: Any) -> Frame:
    """Return the frame of a page of `pypdfium2`."""
    left, bottom, right, top = page.get_bbox()
    width, height = right - left, top - bottom
    match page.get_rotation():
        case 90:
            return Frame(height, width, (0, 1, 1, 0, -bottom, -left))
        case 180:
            return Frame(width, height, (-1, 0, 0, 1, right, -bottom))
        case 270:
            return Frame(height, width, (0, -1, -1, 0, top, right))
    return Frame(width, height, (1, 0, 0, -1, -left, top))


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Return a point moved by a matrix of PDF.

    >>> apply((1, 0, 0, -1, 0, 10), 2, 3)
    (2, 7)
    """
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def combined(inner: Matrix, outer: Matrix) -> Matrix:
    """Return the matrix that moves a point by `inner` and then by `outer`."""
    a, b = outer[0] * inner[0] + outer[2] * inner[1], outer[1] * inner[0] + outer[3] * inner[1]
    c, d = outer[0] * inner[2] + outer[2] * inner[3], outer[1] * inner[2] + outer[3] * inner[3]
    return (a, b, c, d, *apply(outer, inner[4], inner[5]))


def read_shapes(page: Any, frame: Frame) -> Shapes:
    """Return what a page of `pypdfium2` draws beside its text."""
    shapes = Shapes()
    filled = _Filled()
    for drawn, matrix in _objects(library.address_of(page.raw), frame.matrix):
        kind = library.object_kind(drawn)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            _read_path(drawn, matrix, shapes, filled)
        elif kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
            bounds = _bounds(drawn, matrix)
            if bounds:
                shapes.pictures.append(bounds)
    for rule in filled.rules():
        _add_rules([], rule, shapes)
    return shapes


def _objects(page: int, matrix: Matrix) -> Iterator[tuple[int, Matrix]]:
    """Yield the drawings of a page and of the forms in it, each with its way to the shown page."""
    count = min(library.count_objects(page), _MAX_OBJECTS)
    waiting = [(library.page_object(page, index), matrix, 0) for index in reversed(range(count))]
    left = _MAX_OBJECTS
    while waiting and left:
        drawn, matrix, depth = waiting.pop()
        left -= 1
        if drawn and library.object_kind(drawn) != pdfium.FPDF_PAGEOBJ_FORM:
            yield drawn, matrix
        elif drawn and depth < _MAX_DEPTH:
            inner = combined(_matrix(drawn), matrix)
            for index in reversed(range(min(library.count_form_objects(drawn), _MAX_OBJECTS))):
                waiting.append((library.form_object(drawn, index), inner, depth + 1))


def _matrix(drawn: int) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    if not library.object_matrix(drawn, ctypes.addressof(matrix)):
        return (1, 0, 0, 1, 0, 0)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _bounds(drawn: int, matrix: Matrix) -> Box | None:
    places = (ctypes.c_float * 4)()
    start = ctypes.addressof(places)
    if not library.object_bounds(drawn, start, start + 4, start + 8, start + 12):
        return None
    if not all(map(math.isfinite, places)):
        return None
    return _box_of([apply(matrix, x, y) for x in places[::2] for y in places[1::2]])


def _box_of(points: list[tuple[float, float]]) -> Box:
    across, down = zip(*points, strict=True)
    return Box(min(across), min(down), max(across), max(down))


def _read_path(drawn: int, matrix: Matrix, shapes: Shapes, filled: _Filled) -> None:
    """Note the rules and filled areas of a path."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    library.draw_mode(drawn, ctypes.addressof(fill), ctypes.addressof(stroke))
    colour = colour_of(drawn)
    is_filled = bool(fill.value) and colour[3] > 0
    if not is_filled and not stroke.value:
        return
    own = combined(_matrix(drawn), matrix)
    for points in _polygons(drawn, own):
        box = _box_of(points)
        area = colour[:3], round(box.top), round(box.bottom)
        is_thin = min(box.right - box.left, box.bottom - box.top) <= _THIN
        if is_thin and not stroke.value:
            filled.slips.append((area, box))
        elif is_thin or not is_filled:
            _add_rules(points, box, shapes)
        else:
            filled.areas.add(area)
            if min(colour[:3]) < _WHITE:
                shapes.fills.append(box)
            if stroke.value:
                _add_rules(points, box, shapes)


def _polygons(drawn: int, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
    """Yield the points of each part of a path, those of curves among them."""
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    for index in range(min(library.count_segments(drawn), _MAX_SEGMENTS)):
        segment = library.path_segment(drawn, index)
        if not segment:
            continue
        if library.segment_kind(segment) == pdfium.FPDF_SEGMENT_MOVETO and points:
            yield points
            points = []
        library.segment_point(segment, ctypes.addressof(x), ctypes.addressof(y))
        if math.isfinite(x.value) and math.isfinite(y.value):
            points.append(apply(matrix, x.value, y.value))
    if points:
        yield points


def _add_rules(points: list[tuple[float, float]], box: Box, shapes: Shapes) -> None:
    """Note the straight sides of a polygon, or of a thin box, as rules."""
    if box.bottom - box.top <= _THIN or box.right - box.left <= _THIN:
        points = [(box.left, box.top), (box.right, box.bottom)]
        if box.bottom - box.top <= _THIN:
            points = [
                (box.left, (box.top + box.bottom) / 2),
                (box.right, (box.top + box.bottom) / 2),
            ]
        else:
            points = [
                ((box.left + box.right) / 2, box.top),
                ((box.left + box.right) / 2, box.bottom),
            ]
    elif len(points) == 4:  # a rectangle closes itself
        points = [*points, points[0]]
    for (x1, y1), (x2, y2) in pairwise(points):
        if abs(y1 - y2) <= _STRAIGHT and abs(x1 - x2) >= _MIN_RULE:
            shapes.lying.append(Box(min(x1, x2), (y1 + y2) / 2, max(x1, x2), (y1 + y2) / 2))
        elif abs(x1 - x2) <= _STRAIGHT and abs(y1 - y2) >= _MIN_RULE:
            shapes.standing.append(Box((x1 + x2) / 2, min(y1, y2), (x1 + x2) / 2, max(y1, y2)))


def colour_of(drawn: int) -> tuple[int, int, int, int]:
    """Return the fill of a drawing: red, green, blue and how far it covers, each up to 255."""
    parts = (ctypes.c_uint * 4)()
    start = ctypes.addressof(parts)
    if not library.fill_colour(drawn, start, start + 4, start + 8, start + 12):
        return (0, 0, 0, 255)
    return (parts[0], parts[1], parts[2], parts[3])
