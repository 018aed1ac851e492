"""Tell which paragraphs of a slide are items, and print their bullets and numbers.

A paragraph's mark is stated by itself, by its shape, by the shape of the layout that it fills, or
by the master of the slides, the nearest first.
"""

from typing import Any

from inquote.ingest.formats.drawing import A
from inquote.ingest.formats.word.numerals import numeral
from inquote.ingest.formats.word.xml import whole

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
BULLET = "-"
_MAX_DEPTH = 8
_NUMERALS = {
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "circleNum": "decimalEnclosedCircle",
}
_BODIES = ("", "body", "obj", "subTitle")


def placeholder_of(shape: Any) -> Any:
    """Return the element that says which place of the layout a shape fills, else None."""
    return next(shape.iter(f"{P}ph"), None)


class Marks:
    """The marks of one shape's paragraphs, and how far each level has counted."""

    def __init__(self, shape: Any, layout: Any, master: Any) -> None:
        self._counts: dict[int, int] = {}
        self._styles = [shape.find(f"{P}txBody/{A}lstStyle")]
        place = placeholder_of(shape)
        if place is not None and place.get("type", "") in _BODIES:
            self._styles.append(_style_of(layout, place))
            style = None if master is None else master.find(f"{P}txStyles/{P}bodyStyle")
            self._styles.append(style if place.get("type") != "subTitle" else None)

    def next_mark(self, paragraph: Any) -> tuple[str, int]:
        """Return a paragraph's mark, "" for prose, and its depth from 0."""
        own = paragraph.find(f"{A}pPr")
        depth = 0 if own is None else max(0, min(_MAX_DEPTH, whole(own.get("lvl"))))
        stated = _mark_in(own)
        for style in self._styles:
            if stated is None and style is not None:
                stated = _mark_in(style.find(f"{A}lvl{depth + 1}pPr"))
        kind = "" if stated is None else stated.tag.removeprefix(A)
        for deeper in [at for at in self._counts if at > depth or kind != "buAutoNum"]:
            if deeper >= depth:
                del self._counts[deeper]
        if kind == "buAutoNum":
            start = whole(stated.get("startAt"), 1)
            self._counts[depth] = self._counts.get(depth, start - 1) + 1
            return _printed(self._counts[depth], stated.get("type") or ""), depth
        return (BULLET if kind in ("buChar", "buBlip") else ""), depth


def _mark_in(properties: Any) -> Any:
    """Return the element that states a mark or none, None where nothing is stated."""
    for name in ("buNone", "buAutoNum", "buChar", "buBlip"):
        element = None if properties is None else properties.find(f"{A}{name}")
        if element is not None:
            return element
    return None


def _style_of(layout: Any, place: Any) -> Any:
    """Return the list style of the layout's shape that a placeholder fills, else None."""
    for shape in () if layout is None else layout.iter(f"{P}sp"):
        other = placeholder_of(shape)
        if other is not None and other.get("idx", "0") == place.get("idx", "0"):
            return shape.find(f"{P}txBody/{A}lstStyle")
    return None


def _printed(number: int, type: str) -> str:
    """Return the number of an item, with its parentheses or stop."""
    names = [name for name in _NUMERALS if type.startswith(name)]
    format = _NUMERALS[names[0]] if names else "decimal"
    text = numeral(number, format)
    if type.endswith("ParenBoth"):
        return f"({text})"
    return f"{text})" if type.endswith("ParenR") else text if "Plain" in type else f"{text}."
