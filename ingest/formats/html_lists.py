"""Number the items of a page's lists as a browser does, and tell its notes and fields."""

import re
from typing import Any

from inquote.ingest.formats.builder import BULLET

BULLET_MARKER = f"{BULLET} "

_NOTE_ROLES = frozenset("doc-footnote doc-endnote".split())
_NOTE_ID = re.compile(r"(?:fn|footnote|endnote|cite_note)[-_:.]?\d[\w-]{0,40}\Z", re.IGNORECASE)
_NOTE_ELEMENTS = frozenset("li p div dd aside".split())
_FIELDS_WITHOUT_TEXT = frozenset("hidden password image file reset color range".split())
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MAX_ROMAN = 4_000


class OpenList:
    """A list that is not yet closed, and the number of its next item."""

    def __init__(self, element: Any) -> None:
        self._is_numbered = element.tag == "ol"
        self._type = element.get("type") or "1"
        self._step = 1 if element.get("reversed") is None else -1
        self.length = sum(child.tag == "li" for child in element)
        first = 1 if self._step > 0 else self.length
        self._number = _whole_number(element.get("start"), first)

    def next_marker(self, item: Any) -> str:
        """Return what a browser prints before an item, `BULLET_MARKER` for a bullet."""
        if not self._is_numbered:
            return BULLET_MARKER
        number = _whole_number(item.get("value"), self._number)
        self._number = number + self._step
        return f"{numeral(number, self._type)}. "


def numeral(number: int, type: str) -> str:
    """Return a number in digits, letters or Roman numerals, as the type of a list asks.

    >>> numeral(3, "1"), numeral(28, "a"), numeral(14, "I")
    ('3', 'ab', 'XIV')
    """
    if not 0 < number < _MAX_ROMAN or type not in ("a", "A", "i", "I"):
        return str(number)
    numeral = ""
    if type in ("i", "I"):
        for value, letters in _ROMAN:
            numeral += letters * (number // value)
            number %= value
    while number > 0:
        number, letter = divmod(number - 1, 26)
        numeral = chr(ord("a") + letter) + numeral
    return numeral.upper() if type.isupper() else numeral


def _whole_number(text: str | None, default: int) -> int:
    """Return the whole number that an attribute holds, `default` if it holds none."""
    text = (text or "").strip()
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(text) < 9 else default


def is_note(element: Any) -> bool:
    """Return whether an element is a footnote's text."""
    if (element.get("role") or "") in _NOTE_ROLES:
        return True
    is_named = element.tag in _NOTE_ELEMENTS and _NOTE_ID.match(element.get("id") or "")
    return bool(is_named)


def field_text(element: Any) -> str:
    """Return what a browser shows in a field of a form: its value, or a mark where it is ticked."""
    type = (element.get("type") or "text").lower()
    if type in ("checkbox", "radio"):
        return "" if element.get("checked") is None else "☑"
    return "" if type in _FIELDS_WITHOUT_TEXT else (element.get("value") or "").strip()
