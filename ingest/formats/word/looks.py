"""Tell which runs of a Word document a reader sees.

A run is hidden by its own properties or by those of its styles: as hidden text, in letters of two
points or less, or in the colour of what lies behind it (its shading, that of its paragraph, its
cell or its table, else the page). What is in doubt counts as seen: a table's style that shades, a
text box, letters with an effect.
"""

from collections.abc import Iterator
from typing import Any

from inquote.ingest.formats.style.colours import (
    WHITE,
    Colour,
    look_alike,
    name_of_likeness,
    parse_colour,
)
from inquote.ingest.formats.word.styles import Styles
from inquote.ingest.formats.word.xml import OFF, W, value

_TINY = 4  # half points
_EFFECTS = frozenset(
    "outline shadow emboss imprint glow textFill textOutline props3d reflection".split()
)
_HIGHLIGHTS = {"white": WHITE, "black": (0.0, 0.0, 0.0, 1.0)}
_BOXES = ("txbxContent", "textbox")


class Looks:
    """What the styles of a document and a run's own properties make of it."""

    def __init__(self, root: Any, styles: Styles) -> None:
        """Read the background of a main part, which may be None."""
        self._styles = styles
        background = None if root is None else root.find(f"{W}background")
        self._page = WHITE if background is None else _hexadecimal(background, "color")

    def reason(self, part: Any) -> str:
        """Return the reason why a piece of text (`w:t`, `w:sym`) is not seen, else ""."""
        run = _ancestor(part, "r")
        if run is None:
            return ""
        paragraph = _ancestor(run, "p")
        own = run.find(f"{W}rPr")
        by_run = self._styles.chain(value(own, "rStyle"))
        by_paragraph = [] if paragraph is None else self._styles.of(paragraph)
        properties = [
            own,
            *_parts(by_run, "rPr"),
            *_parts(by_paragraph, "rPr"),
            self._styles.defaults,
        ]
        properties = [given for given in properties if given is not None]
        if not properties:
            return ""
        if self._is_vanished(own, by_run, by_paragraph):
            return "hidden text"
        size = _number(_first(properties, "sz"))
        if size is not None and size <= _TINY:
            return "one-point text" if size <= 2 else "two-point text"
        return self._reason_of_colour(properties, run, paragraph, by_paragraph)

    def _is_vanished(self, own: Any, by_run: list[Any], by_paragraph: list[Any]) -> bool:
        """Return whether a run is hidden text: by itself, else by one of its two styles."""
        stated = _switch(own)
        if stated is not None:
            return stated
        switches = []
        for chain in (by_run, by_paragraph):
            values = [_switch(properties) for properties in _parts(chain, "rPr")]
            switches.append(next((value for value in values if value is not None), False))
        # The switch of one style turns that of the other.
        return bool(_switch(self._styles.defaults)) or switches[0] != switches[1]

    def _reason_of_colour(
        self, properties: list[Any], run: Any, paragraph: Any, by_paragraph: list[Any]
    ) -> str:
        colour = _first(properties, "color")
        ink = None if colour is None else _hexadecimal(colour, "val")
        if ink is None or any(_has_effect(given) for given in properties):
            return ""
        ground = self._ground(properties, run, paragraph, by_paragraph)
        if ground is None or not look_alike(ink, ground):
            return ""
        return name_of_likeness(ground)

    def _ground(
        self, properties: list[Any], run: Any, paragraph: Any, by_paragraph: list[Any]
    ) -> Colour | None:
        """Return the colour behind a run, None where it is unknown."""
        highlight = _first(properties, "highlight")
        name = "none" if highlight is None else highlight.get(f"{W}val")
        if name != "none":
            return _HIGHLIGHTS.get(name)
        shaded = list(properties)
        if paragraph is not None:
            shaded += [paragraph.find(f"{W}pPr"), *_parts(by_paragraph, "pPr")]
        for element in run.iterancestors():
            kind = element.tag.rpartition("}")[2]
            if kind in _BOXES:
                return None
            if kind in ("tc", "tbl"):
                shaded.append(element.find(f"{W}{kind}Pr"))
            if kind == "tbl" and self._style_shades(element):
                shaded.append(_UNKNOWN)
        for given in shaded:
            if given is _UNKNOWN:
                return None
            shading = None if given is None else given.find(f"{W}shd")
            if shading is not None and _shades(shading):
                return _hexadecimal(shading, "fill")
        return self._page

    def _style_shades(self, table: Any) -> bool:
        """Return whether the style of a table may put a colour behind some of its cells."""
        for style in self._styles.chain(value(table.find(f"{W}tblPr"), "tblStyle")):
            if next(style.iter(f"{W}shd"), None) is not None:
                return True
        return False


_UNKNOWN = object()


def _ancestor(element: Any, kind: str) -> Any:
    """Return the nearest element of a kind around an element, else None."""
    return next(element.iterancestors(f"{W}{kind}"), None)


def _parts(chain: list[Any], kind: str) -> Iterator[Any]:
    """Yield the properties of a kind that the styles of a chain have."""
    for style in chain:
        properties = style.find(f"{W}{kind}")
        if properties is not None:
            yield properties


def _first(properties: list[Any], name: str) -> Any:
    """Return the first element of this name in some properties, else None."""
    for given in properties:
        element = given.find(f"{W}{name}")
        if element is not None:
            return element
    return None


def _switch(properties: Any) -> bool | None:
    """Return whether properties hide text, None where they do not say."""
    element = None if properties is None else properties.find(f"{W}vanish")
    return None if element is None else element.get(f"{W}val") not in OFF


def _number(element: Any) -> float | None:
    value = "" if element is None else element.get(f"{W}val") or ""
    return float(value) if value.isdecimal() and len(value) < 9 else None


def _has_effect(properties: Any) -> bool:
    return any(child.tag.rpartition("}")[2] in _EFFECTS for child in properties)


def _shades(shading: Any) -> bool:
    """Return whether a shading has a colour or a pattern."""
    pattern = shading.get(f"{W}val")
    fill = shading.get(f"{W}fill") or "auto"
    return fill != "auto" or pattern not in (None, "clear", "nil")


def _hexadecimal(element: Any, name: str) -> Colour | None:
    """Return the colour that an attribute names, None for "auto" and patterns."""
    if element.tag == f"{W}shd" and element.get(f"{W}val") not in (None, "clear"):
        return None
    return parse_colour("#" + (element.get(f"{W}{name}") or "auto").lower())
