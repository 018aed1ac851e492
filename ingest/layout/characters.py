"""Read the characters of a page: where each stands, how large it is, and whether a reader sees it.

Places are turned so that the text runs from left to right: characters of one angle share a frame,
and `Style.angle` leads back to the page.
"""

import ctypes
import math
import re
import unicodedata
from array import array
from dataclasses import dataclass, field
from itertools import repeat
from operator import eq
from typing import Any

import pypdfium2.raw as pdfium

from inquote.ingest.layout import library
from inquote.ingest.layout.shapes import Frame, Shapes, colour_of

INVISIBLE = 3  # the mode of drawing that leaves no mark
_CLIPPING = 7
SMALLEST = 1.01  # points; smaller text cannot be read
_PALE = 250  # of 255: white
_HYPHEN = 0x02  # PDFium's sign for a hyphen at the end of a line
FIRST_FROM_RIGHT = "\u0590"  # the first of the scripts that run from right to left
_LEVEL = 3.0  # degrees that a line may lean
_OVERDRAWN = 0.25  # of a blank's width that is left when a letter is drawn over it
_BOLD = 600
_SAMPLE = 5  # every so many characters are asked for their map
_BOLD_NAME = re.compile(r"bold|black|heavy|demi|cmbx|sfbx|ecbx|nimbus\w*-medi(?!um)", re.IGNORECASE)
_PRIVATE = {0xB7: "•", 0xA7: "▪", 0xD8: "➢", 0xFC: "✓", 0x2D: "-", 0x6F: "o", 0xA8: "▪", 0x20: " "}
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)


@dataclass(frozen=True)
class Style:
    """What the characters of a drawn string share.

    `up` and `down` are how far they reach above and below their baseline; `hidden` is the reason
    why no reader sees them, else "". `angle` is in degrees, and grows clockwise.
    """

    size: float
    up: float
    down: float
    angle: float = 0.0
    is_bold: bool = False
    hidden: str = ""


@dataclass
class String:
    """Characters that were drawn together: their text, and the edges of each.

    `blanks` are the indices of the characters that a blank stands before; that of the end is there
    where the string ends with a blank.
    """

    style: Style
    base: float
    text: str = ""
    lefts: list[float] = field(default_factory=list)
    rights: list[float] = field(default_factory=list)
    blanks: list[int] = field(default_factory=list)


@dataclass
class PageText:
    """The strings of a page, in the order in which they were drawn.

    `unmapped` of the `sampled` characters have no way to Unicode.
    """

    strings: list[String] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    sampled: int = 0
    unmapped: int = 0


def turned(x: float, y: float, angle: float) -> tuple[float, float]:
    """Return a point of the page in the frame of an angle."""
    if not angle:
        return x, y
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return x * cosine + y * sine, y * cosine - x * sine


def read_characters(text_page: Any, frame: Frame, shapes: Shapes) -> PageText:
    """Return the characters of a text page of `pypdfium2`."""
    return _Reader(library.address_of(text_page.raw), frame, shapes).read()


class _Reader:
    """Reads one page. Everything is fetched for all characters at once, and then cut in strings."""

    def __init__(self, text_page: int, frame: Frame, shapes: Shapes) -> None:
        self.page = text_page
        self.frame = frame
        self.shapes = shapes
        self.result = PageText()
        self._rect = pdfium.FS_RECTF()
        self._bolds: dict[int, bool] = {}
        self._styles: dict[tuple[object, ...], Style] = {}
        count = library.count_characters(text_page)
        self.codes: list[int] = list(map(library.code_of, repeat(text_page), range(count)))
        self.drawn: list[int] = list(map(library.object_of, repeat(text_page), range(count)))
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
        for index in range(0, count, _SAMPLE):
            if self.drawn[index] and self.codes[index] > 32:
                self.result.sampled += 1
                self.result.unmapped += library.is_unmapped(self.page, index)
        return self.result

    def _read_string(self, drawn: int, start: int, end: int) -> None:
        """Read the string from one character to another."""
        matrix = pdfium.FS_MATRIX()
        library.matrix_of(self.page, start, ctypes.addressof(matrix))
        scale = library.font_size(self.page, start)
        sign = -1 if scale < 0 else 1
        angle = self._angle(sign * matrix.a, sign * matrix.b)
        size = abs(scale) * math.hypot(matrix.c, matrix.d)
        x, y = self.frame.shown(*self._origin(start))
        base = turned(x, y, angle)[1]
        lefts, rights = self._edges(start, end, angle, size)
        if angle == 0 and self.frame.is_upright:
            up = base - (self.frame.matrix[5] - self.boxes[4 * start + 1])
            down = self.frame.matrix[5] - self.boxes[4 * start + 3] - base
        else:
            up, down = 0.8 * size, 0.2 * size
        style = self._style(drawn, start, (size, up, down, angle), (x, y))
        if style.hidden:
            letters = [self._text(code) for code in self.codes[start:end]]
            self._hide("".join(letters), style.hidden)
        else:
            string = String(style, base)
            self._fill(string, start, end, lefts, rights)
            self.result.strings.append(string)

    def _angle(self, a: float, b: float) -> float:
        """Return the angle of a text on the page as it is shown, right ones without their lean."""
        outer = self.frame.matrix
        across, down = outer[0] * a + outer[2] * b, outer[1] * a + outer[3] * b
        if down == 0 and across > 0:
            return 0.0
        angle = math.degrees(math.atan2(down, across))
        near = round(angle / 90) * 90
        return float((near if abs(angle - near) <= _LEVEL else round(angle)) % 360)

    def _origin(self, index: int) -> tuple[float, float]:
        x, y = ctypes.c_double(), ctypes.c_double()
        library.origin_of(self.page, index, ctypes.addressof(x), ctypes.addressof(y))
        return x.value, y.value

    def _edges(
        self, start: int, end: int, angle: float, size: float
    ) -> tuple[list[float], list[float]]:
        """Return the left and right edges of characters, in the frame of an angle."""
        boxes = self.boxes
        if angle == 0 and self.frame.is_upright:
            shift = self.frame.matrix[4]
            lefts = [left + shift for left in boxes[4 * start : 4 * end : 4]]
            return lefts, [right + shift for right in boxes[4 * start + 2 : 4 * end : 4]]
        lefts, rights = [], []
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
            self._bolds[font] = is_named or library.font_weight(self.page, index) >= _BOLD
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

    def _fill(
        self, string: String, start: int, end: int, lefts: list[float], rights: list[float]
    ) -> None:
        """Put characters into a string; blanks are noted, and the letters of a ligature parted."""
        codes = self.codes[start:end]
        is_plain = 32 < min(codes) and max(codes) < 0x7F
        if is_plain and True not in map(eq, lefts[1:], lefts):
            string.text = bytes(codes).decode("ascii")
            string.lefts, string.rights = lefts, rights
            return
        letters: list[str] = []
        blank: tuple[float, float] | None = None
        for at, code in enumerate(codes):
            letter = chr(code) if 32 < code < 0x7F else self._text(code)
            left, right = lefts[at], rights[at]
            if letter == " ":
                blank = (left, right)
            elif not letter:
                continue
            elif (
                blank is None
                and at
                and letters
                and (left, right) == (lefts[at - 1], rights[at - 1])
            ):
                _share(string, letters, letter)
            elif len(letter) > 1 or (code > 0x2FF and unicodedata.combining(letter)):
                _spread(string, letters, letter, left, right)
            else:
                if blank is not None and _is_seen(blank, left, string.style.size):
                    string.blanks.append(len(letters))
                blank = None
                letters.append(letter)
                string.lefts.append(left)
                string.rights.append(right)
        if blank is not None:
            string.blanks.append(len(letters))
            if not letters:
                string.lefts, string.rights = [], []
        string.text = "".join(letters)

    def _text(self, code: int) -> str:
        """Return a character as it is kept, "" for one that is nothing to read."""
        if code == _HYPHEN:
            return "-"
        if code in (0, 0xFFFE, 0xFFFF, 0xFEFF, 0x200B) or 0xD800 <= code < 0xE000:
            return ""
        if code <= 32 or code == 0xA0:
            return " "
        if 0xF000 <= code <= 0xF0FF:
            return _PRIVATE.get(code - 0xF000, chr(code))
        if 0x7F <= code < 0xA0 or code > 0x10FFFF:
            return ""
        text = chr(code)
        if text.isspace():
            return " "
        if 0xFB00 <= code <= 0xFB06:
            return text.translate(_LIGATURES)
        return unicodedata.normalize("NFC", text)

    def _hide(self, text: str, reason: str) -> None:
        hidden = self.result.hidden
        if hidden and hidden[-1][0] == reason:
            hidden[-1] = (reason, hidden[-1][1] + text)
        else:
            hidden.append((reason, text))


def _is_seen(blank: tuple[float, float], left: float, size: float) -> bool:
    """Return whether a blank is seen, for no letter is drawn over it."""
    if left < blank[0] - 0.1 * size:
        return True  # from right to left
    return left - blank[0] >= _OVERDRAWN * (blank[1] - blank[0])


def _share(string: String, letters: list[str], letter: str) -> None:
    """Give a ligature's next letter a part of the box of the letter before it."""
    left, right = string.lefts[-1], string.rights[-1]
    middle = (left + right) / 2
    if letter >= FIRST_FROM_RIGHT:  # PDFium turns the letters of such a ligature round
        letters.insert(-1, letter)
        string.lefts[-1:] = [middle, left]
        string.rights[-1:] = [right, middle]
    else:
        letters.append(letter)
        string.lefts[-1:] = [left, middle]
        string.rights[-1:] = [middle, right]


def _spread(string: String, letters: list[str], text: str, left: float, right: float) -> None:
    """Add the letters of a ligature, or a mark to the letter that it belongs to."""
    if unicodedata.combining(text[0]) and letters:
        whole = unicodedata.normalize("NFC", letters[-1] + text)
        if len(whole) == 1:
            letters[-1] = whole
            return
        left, right = string.lefts[-1], string.rights[-1]
    step = (right - left) / len(text)
    for at, letter in enumerate(text):
        letters.append(letter)
        string.lefts.append(left + at * step)
        string.rights.append(left + (at + 1) * step)
