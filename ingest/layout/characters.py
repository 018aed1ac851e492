"""Read the characters of a page: where each stands, how large it is, and whether a reader sees it.

Places are turned so that the text runs from left to right: characters of one angle share a frame,
and `Style.angle` leads back to the page.
"""

import ctypes
import math
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from inquote.ingest.layout import library
from inquote.ingest.layout.shapes import Frame, Shapes, colour_of

INVISIBLE = 3  # the mode of drawing that leaves no mark
_CLIPPING = 7
SMALLEST = 1.01  # points; smaller text cannot be read
_PALE = 250  # of 255: white
_HYPHEN = 0x02  # PDFium's sign for a hyphen at the end of a line
_LEVEL = 3.0  # degrees that a line may lean
_BOLD = 600
_SAMPLE = 5  # every so many characters are asked for their map
_BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi")
_PRIVATE = {0xB7: "•", 0xA7: "▪", 0xD8: "➢", 0xFC: "✓", 0x2D: "-", 0x6F: "o", 0xA8: "▪", 0x20: " "}
_FRENCH = str.maketrans(
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
    font: int = 0


class Glyph(NamedTuple):
    """A character, or those of a ligature, between two places on a baseline."""

    text: str
    left: float
    right: float
    base: float
    style: Style


@dataclass
class PageText:
    """The characters of a page, in the order in which they were drawn.

    `unmapped` of the `sampled` characters have no way to Unicode.
    """

    glyphs: list[Glyph] = field(default_factory=list)
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
    """Reads one page. A style is made for each drawn string and kept while it goes on."""

    def __init__(self, text_page: int, frame: Frame, shapes: Shapes) -> None:
        self.page = text_page
        self.frame = frame
        self.shapes = shapes
        self.result = PageText()
        self.drawn = 0  # the string at hand
        self.style = Style(0, 0, 0)
        self.drop = 0.0  # from the baseline to the lower edge of a box
        self._rect = pdfium.FS_RECTF()
        self._rect_at = ctypes.addressof(self._rect)
        self._last = (0.0, 0.0, 0.0, 0.0)
        self._bolds: dict[int, bool] = {}

    def read(self) -> PageText:
        index, count = 0, library.count_characters(self.page)
        while index < count:
            code = library.code_of(self.page, index)
            step = 1
            if 0xD800 <= code < 0xDC00 and index + 1 < count:
                low = library.code_of(self.page, index + 1)
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
                step = 2
            drawn = library.object_of(self.page, index)
            if drawn:
                if drawn != self.drawn:
                    self._begin(drawn, index)
                self._add(index, code)
            elif self.result.hidden and self.style.hidden:
                self._hide(" ", self.style.hidden)
            index += step
        return self.result

    def _begin(self, drawn: int, index: int) -> None:
        """Note the style of the string that begins at a character."""
        self.drawn = drawn
        self._last = (0.0, 0.0, 0.0, 0.0)
        matrix = pdfium.FS_MATRIX()
        library.matrix_of(self.page, index, ctypes.addressof(matrix))
        outer = self.frame.matrix
        along = (
            outer[0] * matrix.a + outer[2] * matrix.b,
            outer[1] * matrix.a + outer[3] * matrix.b,
        )
        angle = math.degrees(math.atan2(along[1], along[0]))
        near = round(angle / 90) * 90
        angle = near % 360 if abs(angle - near) <= _LEVEL else round(angle) % 360
        size = library.font_size(self.page, index) * math.hypot(matrix.c, matrix.d)
        x, y = self._origin(index)
        base = turned(*self.frame.shown(x, y), angle)[1]
        library.loose_box(self.page, index, self._rect_at)
        top, bottom = self._box(angle)[1::2]
        up, down = base - top, bottom - base
        self.drop = down
        if not 0.3 * size <= up <= 1.6 * size:
            up = 0.8 * size
        if not 0 <= down <= 0.8 * size:
            down = 0.2 * size
        style = Style(abs(size), up, down, float(angle), self._is_bold(drawn, index))
        self.style = replace(style, hidden=self._reason(drawn, style, x, y), font=0)

    def _origin(self, index: int) -> tuple[float, float]:
        x, y = ctypes.c_double(), ctypes.c_double()
        library.origin_of(self.page, index, ctypes.addressof(x), ctypes.addressof(y))
        return x.value, y.value

    def _box(self, angle: float) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of the last box, in the frame of an angle."""
        rect = self._rect
        x1, y1 = self.frame.shown(rect.left, rect.bottom)
        x2, y2 = self.frame.shown(rect.right, rect.top)
        if angle and angle % 90:
            # The box of a leaning letter is too large; its middle and size are not.
            x, y = turned((x1 + x2) / 2, (y1 + y2) / 2, angle)
            half = self.style.size / 4 or 1.0
            return x - half, y - half, x + half, y + half
        if angle:
            (x1, y1), (x2, y2) = turned(x1, y1, angle), turned(x2, y2, angle)
        return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)

    def _is_bold(self, drawn: int, index: int) -> bool:
        font = library.font_of(drawn) or 0
        if font not in self._bolds:
            name = ctypes.create_string_buffer(128)
            library.font_name(font, ctypes.addressof(name), 128)
            letters = name.value.decode("latin-1").lower()
            is_named = any(part in letters for part in _BOLD_NAMES)
            self._bolds[font] = is_named or library.font_weight(self.page, index) >= _BOLD
        return self._bolds[font]

    def _reason(self, drawn: int, style: Style, x: float, y: float) -> str:
        """Return why no reader sees a string, "" where one does."""
        x, y = self.frame.shown(x, y)
        middle = (x + style.size / 4, y - style.size / 4)
        is_on_picture = any(box.holds(*middle) for box in self.shapes.pictures)
        if not (-1 <= x <= self.frame.width + 1 and -1 <= y <= self.frame.height + 1):
            return "off the page"
        mode = library.render_mode(drawn)
        if mode in (INVISIBLE, _CLIPPING):
            return "" if is_on_picture else "drawn invisibly"
        if style.size < SMALLEST:
            return "too small to read"
        *colour, cover = colour_of(drawn)
        if mode in (0, 4) and (cover == 0 or min(colour) >= _PALE):
            is_on_fill = any(box.holds(*middle) for box in self.shapes.fills)
            if cover == 0 or not (is_on_picture or is_on_fill):
                return "white text"
        return ""

    def _add(self, index: int, code: int) -> None:
        """Add a character to the glyphs or to what is hidden."""
        text = self._text(index, code)
        if not text:
            return
        style = self.style
        if style.hidden:
            self._hide(text, style.hidden)
            return
        if not library.loose_box(self.page, index, self._rect_at):
            return
        rect = self._rect
        place = (rect.left, rect.bottom, rect.right, rect.top)
        glyphs = self.result.glyphs
        if place == self._last and glyphs and place[0] != place[2]:
            glyphs[-1] = glyphs[-1]._replace(text=glyphs[-1].text + text)  # a ligature's next letter
            return
        self._last = place
        left, top, right, bottom = self._box(style.angle)
        base = bottom - self.drop if not style.angle % 90 else (top + bottom) / 2
        if unicodedata.combining(text[0]) and glyphs and not glyphs[-1].text.isspace():
            glyphs[-1] = glyphs[-1]._replace(text=unicodedata.normalize("NFC", glyphs[-1].text + text))
            return
        glyphs.append(Glyph(text, left, right, base, style))

    def _text(self, index: int, code: int) -> str:
        """Return a character as it is kept, "" for one that is nothing to read."""
        if index % _SAMPLE == 0 and code > 32:
            self.result.sampled += 1
            self.result.unmapped += library.is_unmapped(self.page, index)
        if 32 < code < 0x7F:
            return chr(code)
        if code == _HYPHEN:
            return "-"
        if code in (0, 0xFFFE, 0xFFFF, 0xFEFF, 0x200B) or 0xD800 <= code < 0xE000:
            return ""
        if code <= 32 or code == 0xA0:
            return " "
        if 0xF000 <= code <= 0xF0FF:
            return _PRIVATE.get(code - 0xF000, chr(code))
        text = chr(code)
        if text.isspace():
            return " "
        if 0xFB00 <= code <= 0xFB06:
            return text.translate(_FRENCH)
        if 0x7F <= code < 0xA0:
            return ""
        return unicodedata.normalize("NFC", text)

    def _hide(self, text: str, reason: str) -> None:
        hidden = self.result.hidden
        if hidden and hidden[-1][0] == reason:
            hidden[-1] = (reason, hidden[-1][1] + text)
        else:
            hidden.append((reason, text))
