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

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAX_STYLES = 20  # that are based on one another
_TINY = 4  # half points
_EFFECTS = frozenset(
    "outline shadow emboss imprint glow textFill textOutline props3d reflection".split()
)
_HIGHLIGHTS = {"white": WHITE, "black": (0.0, 0.0, 0.0, 1.0)}
_OFF = ("0", "false", "off")
_BOXES = ("txbxContent", "textbox")


class Looks:
    """The styles of a document, and what they and a run's own properties make of it."""

    def __init__(self, document: Any) -> None:
        """Read the styles of a document of python-docx."""
        self._styles: dict[str, Any] = {}
        self._chains: dict[str, list[Any]] = {}
        self._defaults: Any = None  # of all runs
        self._default_style = ""  # of paragraphs that name none
        try:
            styles = document.styles.element
        except (KeyError, ValueError, AttributeError):
            styles = ()
        for element in styles:
            if element.tag == f"{_W}style":
                self._add_style(element)
            elif element.tag == f"{_W}docDefaults":
                self._defaults = element.find(f"{_W}rPrDefault/{_W}rPr")
        background = document.element.find(f"{_W}background")
        self._page = WHITE if background is None else _hexadecimal(background, "color")

    def _add_style(self, element: Any) -> None:
        id = element.get(f"{_W}styleId") or ""
        self._styles[id] = element
        is_default = element.get(f"{_W}default") not in (None, *_OFF)
        if is_default and element.get(f"{_W}type") == "paragraph":
            self._default_style = id

    def reason(self, part: Any) -> str:
        """Return the reason why a piece of text (`w:t`, `w:sym`) is not seen, else ""."""
        run = _ancestor(part, "r")
        if run is None:
            return ""
        paragraph = _ancestor(run, "p")
        own = run.find(f"{_W}rPr")
        by_run = self._chain(_value(own, "rStyle"))
        style = "" if paragraph is None else _value(paragraph.find(f"{_W}pPr"), "pStyle")
        by_paragraph = self._chain(style or self._default_style)
        properties = [own, *_parts(by_run, "rPr"), *_parts(by_paragraph, "rPr"), self._defaults]
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
        return bool(_switch(self._defaults)) or switches[0] != switches[1]

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
        name = "none" if highlight is None else highlight.get(f"{_W}val")
        if name != "none":
            return _HIGHLIGHTS.get(name)
        shaded = list(properties)
        if paragraph is not None:
            shaded += [paragraph.find(f"{_W}pPr"), *_parts(by_paragraph, "pPr")]
        for element in run.iterancestors():
            kind = element.tag.rpartition("}")[2]
            if kind in _BOXES:
                return None
            if kind in ("tc", "tbl"):
                shaded.append(element.find(f"{_W}{kind}Pr"))
            if kind == "tbl" and self._style_shades(element):
                shaded.append(_UNKNOWN)
        for given in shaded:
            if given is _UNKNOWN:
                return None
            shading = None if given is None else given.find(f"{_W}shd")
            if shading is not None and _shades(shading):
                return _hexadecimal(shading, "fill")
        return self._page

    def _style_shades(self, table: Any) -> bool:
        """Return whether the style of a table may put a colour behind some of its cells."""
        for style in self._chain(_value(table.find(f"{_W}tblPr"), "tblStyle")):
            if next(style.iter(f"{_W}shd"), None) is not None:
                return True
        return False

    def _chain(self, id: str) -> list[Any]:
        """Return a style and those that it is based on, the nearest first."""
        chain = self._chains.get(id)
        if chain is None:
            chain = self._chains[id] = []
            while id in self._styles and len(chain) < _MAX_STYLES:
                chain.append(self._styles[id])
                id = _value(chain[-1], "basedOn")
        return chain


_UNKNOWN = object()


def _ancestor(element: Any, kind: str) -> Any:
    """Return the nearest element of a kind around an element, else None."""
    return next(element.iterancestors(f"{_W}{kind}"), None)


def _parts(chain: list[Any], kind: str) -> Iterator[Any]:
    """Yield the properties of a kind that the styles of a chain have."""
    for style in chain:
        properties = style.find(f"{_W}{kind}")
        if properties is not None:
            yield properties


def _first(properties: list[Any], name: str) -> Any:
    """Return the first element of this name in some properties, else None."""
    for given in properties:
        element = given.find(f"{_W}{name}")
        if element is not None:
            return element
    return None


def _value(element: Any, name: str) -> str:
    """Return the value that an element's child states, else ""."""
    child = None if element is None else element.find(f"{_W}{name}")
    return "" if child is None else child.get(f"{_W}val") or ""


def _switch(properties: Any) -> bool | None:
    """Return whether properties hide text, None where they do not say."""
    element = None if properties is None else properties.find(f"{_W}vanish")
    return None if element is None else element.get(f"{_W}val") not in _OFF


def _number(element: Any) -> float | None:
    value = "" if element is None else element.get(f"{_W}val") or ""
    return float(value) if value.isdecimal() and len(value) < 9 else None


def _has_effect(properties: Any) -> bool:
    return any(child.tag.rpartition("}")[2] in _EFFECTS for child in properties)


def _shades(shading: Any) -> bool:
    """Return whether a shading has a colour or a pattern."""
    pattern = shading.get(f"{_W}val")
    fill = shading.get(f"{_W}fill") or "auto"
    return fill != "auto" or pattern not in (None, "clear", "nil")


def _hexadecimal(element: Any, name: str) -> Colour | None:
    """Return the colour that an attribute names, None for "auto" and patterns."""
    if element.tag == f"{_W}shd" and element.get(f"{_W}val") not in (None, "clear"):
        return None
    return parse_colour("#" + (element.get(f"{_W}{name}") or "auto").lower())
