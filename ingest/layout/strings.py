"""Make strings of the characters that are drawn together, as they are kept.

Ligatures become letters, marks join their letters, and blanks are noted between the characters.
"""

import unicodedata
from array import array
from dataclasses import dataclass, field
from operator import eq

_HIGH, _LOW = 0xD800, 0xDC00  # where the halves of characters beyond U+FFFF begin
_HYPHEN = 0x02  # PDFium's sign for a hyphen at the end of a line
_OVERDRAWN = 0.25  # of a blank's width that is left when a letter is drawn over it
_PRIVATE = {0xB7: "•", 0xA7: "▪", 0xD8: "➢", 0xFC: "✓", 0x2D: "-", 0x6F: "o", 0xA8: "▪", 0x20: " "}
# Adobe's own codes for the pieces of tall brackets, from U+F8EB on.
_PIECES = "⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪⎮⎞⎟⎠⎤⎥⎦⎫⎬⎭"
_FIRST_PIECE = 0xF8EB
FIRST_FROM_RIGHT = "\u0590"  # the first of the scripts that run from right to left
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
    where the string ends with a blank. `top` and `bottom` are how far its letters reach.
    """

    style: Style
    base: float
    top: float = 0.0
    bottom: float = 0.0
    text: str = ""
    lefts: "array[float]" = field(default_factory=lambda: array("f"))
    rights: "array[float]" = field(default_factory=lambda: array("f"))
    blanks: list[int] = field(default_factory=list)


def fill(string: String, codes: list[int], lefts: "array[float]", rights: "array[float]") -> None:
    """Put characters into a string; blanks are noted, and the letters of a ligature parted."""
    is_plain = min(codes) >= 32 and max(codes) < 0x7F
    if is_plain and True not in map(eq, lefts[1:], lefts):
        _fill_plain(string, bytes(codes).decode("ascii"), lefts, rights)
        return
    letters: list[str] = []
    blank: tuple[float, float] | None = None
    for at, code in enumerate(codes):
        letter = chr(code) if 32 < code < 0x7F else text_of(code)
        left, right = lefts[at], rights[at]
        if letter == " ":
            blank = (left, right)
        elif not letter:
            continue
        elif blank is None and at and letters and (left, right) == (lefts[at - 1], rights[at - 1]):
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
    string.text = "".join(letters)


def _fill_plain(string: String, text: str, lefts: "array[float]", rights: "array[float]") -> None:
    """Put the words of a text without ligatures into a string."""
    if " " not in text:
        string.text, string.lefts, string.rights = text, lefts, rights
        return
    start, length = 0, 0
    size = string.style.size
    for word in text.split(" "):
        end = start + len(word)
        if word:
            if start and _is_seen((lefts[start - 1], rights[start - 1]), lefts[start], size):
                string.blanks.append(length)
            string.lefts.extend(lefts[start:end])
            string.rights.extend(rights[start:end])
            length += len(word)
        start = end + 1
    if text[-1] == " ":
        string.blanks.append(length)
    string.text = text.replace(" ", "")


def text_of(code: int) -> str:
    """Return a character as it is kept, "" for one that is nothing to read."""
    if code == _HYPHEN:
        return "-"
    if code in (0, 0xFFFE, 0xFFFF, 0xFEFF, 0x200B) or 0xD800 <= code < 0xE000:
        return ""
    if code <= 32 or code == 0xA0:
        return " "
    if 0xF000 <= code <= 0xF0FF:
        return _PRIVATE.get(code - 0xF000, chr(code))
    if 0 <= code - _FIRST_PIECE < len(_PIECES):
        return _PIECES[code - _FIRST_PIECE]
    if 0x7F <= code < 0xA0 or code > 0x10FFFF:
        return ""
    text = chr(code)
    if text.isspace():
        return " "
    if 0xFB00 <= code <= 0xFB06:
        return text.translate(_LIGATURES)
    return unicodedata.normalize("NFC", text)


def joined_halves(codes: list[int]) -> list[int]:
    """Return codes with the halves of a character beyond U+FFFF joined: its code and a zero.

    >>> [hex(code) for code in joined_halves([0x41, 0xD835, 0xDC61])]
    ['0x41', '0x1d461', '0x0']
    """
    if not codes or max(codes) < _HIGH:
        return codes
    for at in range(len(codes) - 1):
        high, low = codes[at], codes[at + 1]
        if _HIGH <= high < _LOW <= low < 0xE000:
            codes[at : at + 2] = [0x10000 + ((high - _HIGH) << 10) + low - _LOW, 0]
    return codes


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
        string.lefts[-1:] = array("f", [middle, left])
        string.rights[-1:] = array("f", [right, middle])
    else:
        letters.append(letter)
        string.lefts[-1:] = array("f", [left, middle])
        string.rights[-1:] = array("f", [middle, right])


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
