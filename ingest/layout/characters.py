"""Read the characters of a page: where each stands, how large it is, and whether a reader sees it.

Places are turned so that the text runs from left to right: characters of one angle share a frame,
and `Style.angle` leads back to the page.
"""

import ctypes
import math
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium

from inquote.ingest.layout import library
from inquote.ingest.layout.legibility import Legibility
from inquote.ingest.layout.shapes import Frame, Shapes, colour_of
from inquote.ingest.layout.strings import (
    FIRST_FROM_RIGHT,
    String,
    Style,
    fill,
    joined_halves,
    text_of,
)

INVISIBLE = 3  # the mode of drawing that leaves no mark
_CLIPPING = 7
SMALLEST = 1.01  # points; smaller text cannot be read
_PALE = 250  # of 255: white
_LEVEL = 3.0  # degrees that a line may lean
_BOLD = range(600, 1001)  # a larger weight is that of no font
_LONGEST = 32_767  # bytes of a string; PDFium drops the rest of a longer one
_LEAST_UP = 0.45  # of the size that a string reaches above its baseline
_FIRST_JOINED = ord(FIRST_FROM_RIGHT)
_ASIDE = 0.5  # of the size that letters below one another stand aside, at most
_FARTHEST = 3.0  # of the size that a letter reaches from its baseline
_SAMPLE = 5  # every so many characters are asked for their map
# The codes of ligatures in the fonts of TeX, which say nothing of Unicode.
_TEX_LIGATURES = {11: 0xFB00, 12: 0xFB01, 13: 0xFB02, 14: 0xFB03, 15: 0xFB04}
_BOLD_NAME = re.compile(r"bold|black|heavy|demi|cmbx|sfbx|ecbx|nimbus\w*-medi(?!um)", re.IGNORECASE)


@dataclass
class PageText:
    """The strings of a page, in the order in which they were drawn.

    `layered` counts those that are drawn invisibly over a picture, which shows their words.
    """

    strings: list[String] = field(default_factory=list)
    layered: int = 0
    hidden: list[tuple[str, str]] = field(default_factory=list)
    legibility: Legibility = field(default_factory=Legibility)


def turned(x: float, y: float, angle: float) -> tuple[float, float]:
    """Return a point of the page in the frame of an angle."""
    if not angle:
        return x, y
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return x * cosine + y * sine, y * cosine - x * sine


def read_characters(text_page: Any, frame: Frame, shapes: Shapes) -> PageText:
    """Return the characters of a text page of `pypdfium2`."""
    return _Reader(library.address_of(text_page.raw), frame, shapes).read()


def codes_of(text_page: int, drawn: Sequence[int]) -> list[int]:
    """Return the code of each character, zero for the second half of one; `drawn` are its strings.

    The ligatures of fonts that have codes of their own for them get those of Unicode.
    """
    codes = joined_halves(list(map(library.code_of, repeat(text_page), range(len(drawn)))))
    for index, code in enumerate(codes if _TEX_LIGATURES.keys() & set(codes) else ()):
        if code in _TEX_LIGATURES and library.is_unmapped(text_page, index) == 1:
            font = library.font_of(drawn[index])
            beside = [at for at in (index - 1, index + 1) if 0 <= at < len(codes) and drawn[at]]
            letters = [at for at in beside if chr(codes[at]).isalpha()]
            if any(library.font_of(drawn[at]) == font for at in letters):
                codes[index] = _TEX_LIGATURES[code]
    return codes


def _closed_up(
    codes: Sequence[int], lefts: "array[float]", rights: "array[float]"
) -> tuple[list[int], "array[float]", "array[float]"]:
    """Return letters that stand below one another, each as long as it is to the next.

    PDFium sees blanks between them, which have no width.
    """
    kept = [at for at, left in enumerate(lefts) if left < rights[at]]
    starts = array("f", [lefts[at] for at in kept])
    ends = starts[1:] + array("f", [rights[at] for at in kept[-1:]])
    return [codes[at] for at in kept], starts, ends


class _Reader:
    """Reads one page. Everything is fetched for all characters at once, and then cut in strings."""

    def __init__(self, text_page: int, frame: Frame, shapes: Shapes) -> None:
        self.page = text_page
        self.frame = frame
        self.shapes = shapes
        self.result = PageText()
        self._rect = pdfium.FS_RECTF()
        self._bolds: dict[int, bool] = {}
        self._reaches: dict[int, tuple[dict[int, float], dict[int, float]]] = {}
        self._scales: dict[int, float] = {}
        self._styles: dict[tuple[float, float, float, float, bool, str], Style] = {}
        count = library.count_characters(text_page)
        self.drawn: list[int] = list(map(library.object_of, repeat(text_page), range(count)))
        self.codes = codes_of(text_page, self.drawn)
        self.boxes = array("f", bytes(16 * count))  # left, top, right, bottom of each
        start = self.boxes.buffer_info()[0]
        places = range(start, start + 16 * count, 16)
        for _ in map(library.loose_box, repeat(text_page), range(count), places):
            pass

    def read(self) -> PageText:
        start, count = 0, len(self.codes)
        while start < count:
            drawn = self.drawn[start]
            end = start + 1
            while end < count and self.drawn[end] == drawn:
                end += 1
            if drawn:
                self._read_string(drawn, start, end)
            elif self.result.hidden:
                self._hide(" ", self.result.hidden[-1][0])
            start = end
        legibility = self.result.legibility
        for index in range(0, count, _SAMPLE):
            drawn = self.drawn[index]
            if drawn and self.codes[index] > 32:
                is_unmapped = library.is_unmapped(self.page, index) == 1
                legibility.sampled += 1
                legibility.unmapped += is_unmapped
                legibility.guessed += is_unmapped and not self._is_embedded(drawn)
        return self.result

    def _is_embedded(self, drawn: int) -> bool:
        """Return whether the file holds the font of a string."""
        return bool(library.is_embedded(library.font_of(drawn)) == 1)

    def _read_string(self, drawn: int, start: int, end: int) -> None:
        """Read the string from one character to another."""
        matrix = pdfium.FS_MATRIX()
        library.matrix_of(self.page, start, ctypes.addressof(matrix))
        scale = library.font_size(self.page, start)
        sign = -1 if scale < 0 else 1
        angle = self._angle(sign * matrix.a, sign * matrix.b)
        size = self._size(drawn, abs(scale) * math.hypot(matrix.c, matrix.d), angle)
        runs_down = angle == 0 and self.frame.is_upright and self._runs_down(start, end, size)
        if runs_down:
            angle = 90.0
        x, y = self.frame.shown(*self._origin(start))
        base = turned(x, y, angle)[1]
        codes, (lefts, rights) = self.codes[start:end], self._edges(start, end, angle, size)
        if runs_down:
            codes, lefts, rights = _closed_up(codes, lefts, rights)
        if angle == 0 and self.frame.is_upright:
            up = base - (self.frame.matrix[5] - self.boxes[4 * start + 1])
            down = self.frame.matrix[5] - self.boxes[4 * start + 3] - base
        else:
            up, down = 0.8 * size, 0.2 * size
        style = self._style(drawn, start, (size, up, down, angle), (x, y))
        if style.hidden:
            letters = [text_of(code) for code in self.codes[start:end]]
            self._hide("".join(letters), style.hidden)
        else:
            self.result.legibility.cut += end - start >= _LONGEST or end - start == _LONGEST // 2
            up, down = self._reach(drawn, start, end, angle, size)
            string = String(style, base, base - up, base + down)
            if codes:
                fill(string, codes, lefts, rights)
            self.result.strings.append(string)
            self.result.layered += library.render_mode(drawn) in (INVISIBLE, _CLIPPING)

    def _size(self, drawn: int, size: float, angle: float) -> float:
        """Return the size of a string's letters.

        A font of drawings (Type 3), which has no name, has units of its own, often dots, and a size
        that says nothing: what all its letters on the page reach together is taken.
        """
        font = library.font_of(drawn) or 0
        if size >= SMALLEST or not size or library.font_name(font, None, 0) > 1:
            return size
        if font not in self._scales:
            up = down = 0.0
            is_of_font = {item: library.font_of(item) == font for item in set(self.drawn) if item}
            for index, item in enumerate(self.drawn):
                if is_of_font.get(item):
                    reach = self._letter_reach(index, angle, size)
                    up, down = max(up, reach[0]), max(down, reach[1])
            self._scales[font] = max(1.0, up + down)
        return size * self._scales[font]

    def _angle(self, a: float, b: float) -> float:
        """Return the angle of a text on the page as it is shown, right ones without their lean."""
        outer = self.frame.matrix
        across, down = outer[0] * a + outer[2] * b, outer[1] * a + outer[3] * b
        if down == 0 and across > 0:
            return 0.0
        angle = math.degrees(math.atan2(down, across))
        near = round(angle / 90) * 90
        return float((near if abs(angle - near) <= _LEVEL else round(angle)) % 360)

    def _runs_down(self, start: int, end: int, size: float) -> bool:
        """Return whether upright letters stand below one another, as Chinese and Japanese may."""
        if self.boxes[4 * end - 3] > self.boxes[4 * start + 3]:
            return False  # the last one is not below the first
        (x1, y1), (x2, y2) = self._origin(start), self._origin(end - 1)
        return abs(x2 - x1) < _ASIDE * size and y1 - y2 > (end - start - 1) * size / 4

    def _origin(self, index: int) -> tuple[float, float]:
        x, y = ctypes.c_double(), ctypes.c_double()
        library.origin_of(self.page, index, ctypes.addressof(x), ctypes.addressof(y))
        return x.value, y.value

    def _edges(
        self, start: int, end: int, angle: float, size: float
    ) -> tuple["array[float]", "array[float]"]:
        """Return the left and right edges of characters, in the frame of an angle."""
        boxes = self.boxes
        if angle == 0 and self.frame.is_upright:
            lefts, rights = boxes[4 * start : 4 * end : 4], boxes[4 * start + 2 : 4 * end : 4]
            shift = self.frame.matrix[4]
            if shift:
                lefts = array("f", [left + shift for left in lefts])
                rights = array("f", [right + shift for right in rights])
            return lefts, rights
        lefts, rights = array("f"), array("f")
        for index in range(4 * start, 4 * end, 4):
            x1, y1 = self.frame.shown(boxes[index], boxes[index + 3])
            x2, y2 = self.frame.shown(boxes[index + 2], boxes[index + 1])
            if angle % 90:
                # The box of a leaning letter is too large; its middle and size are not.
                middle = turned((x1 + x2) / 2, (y1 + y2) / 2, angle)[0]
                first, last = middle - size / 4, middle + size / 4
            else:
                first, last = turned(x1, y1, angle)[0], turned(x2, y2, angle)[0]
            lefts.append(min(first, last))
            rights.append(max(first, last))
        return lefts, rights

    def _reach(
        self, drawn: int, start: int, end: int, angle: float, size: float
    ) -> tuple[float, float]:
        """Return how far the letters of a string reach above and below its baseline.

        A letter of a font reaches as far each time, so that the page is asked once for each. Those
        of scripts that join their letters look different at the end of a word.
        """
        if angle % 90:
            return 0.8 * size, 0.2 * size  # the box of a leaning letter is too large
        font = library.font_of(drawn) or 0
        ups, downs = self._reaches.setdefault(font, ({}, {}))
        codes = self.codes[start:end]
        letters = set(codes)
        if not ups.keys() >= letters or max(letters) >= _FIRST_JOINED:
            for index, code in enumerate(codes, start):
                if code not in ups or code >= _FIRST_JOINED:
                    up, down = self._letter_reach(index, angle, size)
                    if max(up, down) > _FARTHEST:
                        up = down = 0.0
                    ups[code], downs[code] = (
                        max(up, ups.get(code, 0)),
                        max(down, downs.get(code, 0)),
                    )
        up, down = max(map(ups.__getitem__, letters)), max(map(downs.__getitem__, letters))
        return max(_LEAST_UP, up) * size, down * size

    def _letter_reach(self, index: int, angle: float, size: float) -> tuple[float, float]:
        """Return how far a letter reaches above and below its baseline, as parts of its size."""
        places = array("d", bytes(32))  # left, right, bottom, top
        start = places.buffer_info()[0]
        library.tight_box(self.page, index, *range(start, start + 32, 8))
        left, right, bottom, top = places
        if not (left < right and bottom < top and size):
            return 0.0, 0.0
        base = turned(*self.frame.shown(*self._origin(index)), angle)[1]
        ends = [
            turned(*self.frame.shown(*place), angle)[1] for place in ((left, top), (right, bottom))
        ]
        return (base - min(ends)) / size, (max(ends) - base) / size

    def _style(
        self,
        drawn: int,
        index: int,
        measures: tuple[float, float, float, float],
        place: tuple[float, float],
    ) -> Style:
        size, up, down, angle = measures
        if not 0.3 * size <= up <= 1.6 * size:
            up = 0.8 * size
        if not 0 <= down <= 0.8 * size:
            down = 0.2 * size
        reason = self._reason(drawn, size, *place)
        key = (
            round(size, 2),
            round(up, 1),
            round(down, 1),
            angle,
            self._is_bold(drawn, index),
            reason,
        )
        if key not in self._styles:
            self._styles[key] = Style(*key)
        return self._styles[key]

    def _is_bold(self, drawn: int, index: int) -> bool:
        font = library.font_of(drawn) or 0
        if font not in self._bolds:
            name = ctypes.create_string_buffer(128)
            library.font_name(font, ctypes.addressof(name), 128)
            is_named = bool(_BOLD_NAME.search(name.value.decode("latin-1")))
            weight = library.font_weight(self.page, index)
            self._bolds[font] = is_named or weight in _BOLD
        return self._bolds[font]

    def _reason(self, drawn: int, size: float, x: float, y: float) -> str:
        """Return why no reader sees a string, "" where one does."""
        if not (-1 <= x <= self.frame.width + 1 and -1 <= y <= self.frame.height + 1):
            return "off the page"
        middle = (x + size / 4, y - size / 4)
        mode = library.render_mode(drawn)
        if mode in (INVISIBLE, _CLIPPING):
            is_seen = any(box.holds(*middle) for box in self.shapes.pictures)
            return "" if is_seen else "drawn invisibly"
        if size < SMALLEST:
            return "too small to read"
        *colour, cover = colour_of(drawn)
        if mode in (0, 4) and (cover == 0 or min(colour) >= _PALE):
            grounds = (*self.shapes.fills, *self.shapes.pictures)
            if cover == 0 or not any(box.holds(*middle) for box in grounds):
                return "white text"
        return ""

    def _hide(self, text: str, reason: str) -> None:
        hidden = self.result.hidden
        if hidden and hidden[-1][0] == reason:
            hidden[-1] = (reason, hidden[-1][1] + text)
        else:
            hidden.append((reason, text))
