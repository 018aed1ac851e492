"""Tell what a reader sees of an element: the look that it has, and the reason if it has none.

An element hides its text for good (`display: none`, off the screen, no room), or in a way that an
element within it may take back (`visibility`, the size and the colour of letters). What is in doubt
(a picture behind the text, an unknown colour, an animation) counts as seen.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from inquote.ingest.formats.style.cascade import Values
from inquote.ingest.formats.style.colours import (
    BLACK,
    WHITE,
    Colour,
    blend,
    look_alike,
    name_of_likeness,
    parse_colour,
)
from inquote.ingest.formats.style.selectors import Node

SMALLEST = 1.0  # pixels, of letters and of boxes that nobody sees
FAR = -900.0  # pixels to the left of the page or above it, and beyond
_FAINT = 0.02  # of the full opacity, and less
_PIXELS = {  # in a unit of length; those of the window for one of 1,280 by 800
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 37.8,
    "mm": 3.78,
    "rem": 16.0,
    "vw": 12.8,
    "vh": 8.0,
}
_LENGTH = re.compile(r"\A([-+]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))([a-z]{1,4}|%)?\Z")
_MOVED = re.compile(r"translate(?:3d|x|y)?\(([^(),]*+)(?:,([^(),]*+))?")
_NO_SIZE = re.compile(r"scale(?:3d|x|y)?\(0(?:\.0{0,9})?[,)]|opacity\(0(?:\.0{0,9}|%)?\)")
_NO_CLIP = re.compile(
    r"rect\((?:0|1)(?:px)?,? (?:0|1)(?:px)?,? (?:0|1)(?:px)?,? (?:0|1)(?:px)?\)"
    r"|inset\((?:50|100)%[^()]{0,40}\)|circle\(0(?:px|%)?[^()]{0,40}\)"
)
_SIZES = frozenset(
    "xx-small x-small small medium large x-large xx-large xxx-large smaller larger".split()
)
_BOXES = frozenset(
    "address article aside blockquote center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header li main menu nav ol p pre section ul".split()
)
_OWN_GROUND = frozenset("button input mark meter progress textarea".split())
_PADDING = ("padding", "padding-top", "padding-bottom", "padding-left", "padding-right")
_INLINE = ("inline", "contents", "ruby")
_COLOURS = frozenset("color background-color background-image color-scheme".split())
_ROOM = frozenset("width height max-width max-height".split())
_PAINTED = ("text-shadow", "-webkit-text-fill-color", "-webkit-text-stroke")
_CLIPPED = ("background-clip", "-webkit-background-clip")


class Look(NamedTuple):
    """What an element hands on to its text and to the elements within it.

    `hidden` is the reason that hides all of it, else "". A colour of None is unknown.
    """

    hidden: str = ""
    visible: bool = True
    indented: bool = False  # beyond the edge of the page
    painted: bool = False  # in more than one plain colour
    size: float = 16.0  # of letters, in pixels
    colour: Colour | None = BLACK
    background: Colour | None = WHITE

    @property
    def reason(self) -> str:
        """The reason why the text of the element is not seen, else ""."""
        if self.hidden:
            return self.hidden
        if not self.visible:
            return "visibility: hidden"
        if self.size <= SMALLEST:
            return "font-size: 0" if self.size <= 0 else "font-size: 1px"
        if self.indented:
            return "off the screen"
        return "" if self.painted else self._reason_of_colour()

    def _reason_of_colour(self) -> str:
        if self.colour is None:
            return ""
        if self.colour[3] <= _FAINT:
            return "transparent text"
        if self.background is None:
            return ""
        is_same = look_alike(blend(self.colour, self.background), self.background)
        return name_of_likeness(self.background) if is_same else ""


def look_of(node: Node, outer: Look, certain: Values, possible: Values, known: bool) -> Look:
    """Return the look of an element within one that has the look `outer`.

    `certain` and `possible` are what the page declares for it. `known` tells that no other file
    declares more.
    """
    if outer.hidden:
        return outer
    certain = _stated_by_attributes(node.attributes) | certain
    if node.is_frame:
        certain = {name: value for name, value in certain.items() if name in _COLOURS}
    if not certain and not possible and _is_plain(node):
        return outer
    look = _look(node, outer, certain)
    if look.reason and possible:
        seen = _look(node, outer, certain | possible)
        look = look if seen.reason else seen
    is_sure = known or _states_its_colours(node.attributes.get("style") or "")
    if not is_sure or not possible.keys().isdisjoint(_COLOURS):
        look = look._replace(background=None)
    return look


def _states_its_colours(style: str) -> bool:
    """Return whether a `style` attribute names both colours, which no style sheet then changes."""
    return "color" in style and "background" in style


def _is_plain(node: Node) -> bool:
    """Return whether an element looks like its surroundings unless something is declared."""
    if node.tag == "a" or node.tag in _OWN_GROUND:
        return False
    return node.is_frame or node.attributes.get("hidden") is None


def _stated_by_attributes(attributes: Mapping[str, str]) -> Values:
    """Return what the attributes of old pages declare."""
    values = {}
    for name, attribute in (("color", "color"), ("color", "text"), ("background-color", "bgcolor")):
        colour = attributes.get(attribute)
        if colour:
            values[name] = colour.strip().lower()
    if attributes.get("background"):
        values["background-image"] = "url()"
    return values


def _look(node: Node, outer: Look, values: Values) -> Look:
    """Return the look of an element for which `values` hold."""
    size = _size(values.get("font-size", ""), outer.size)
    hidden = _reason_of_box(node, values, size)
    if hidden:
        return outer._replace(hidden=hidden)
    indent = _pixels(values.get("text-indent", ""), size)
    return Look(
        "",
        _is_visible(values.get("visibility", ""), outer.visible),
        outer.indented if indent is None else indent <= FAR,
        outer.painted or _is_painted(values),
        size,
        _colour(node, values.get("color", ""), outer.colour),
        _background(node, values, outer.background),
    )


def _reason_of_box(node: Node, values: Values, size: float) -> str:
    """Return the reason that hides an element with everything in it, else ""."""
    display = values.get("display", "")
    if display == "none":
        return "display: none"
    attribute = node.attributes.get("hidden")
    if node.is_frame:
        return ""
    if not display and attribute is not None and attribute.strip().lower() != "until-found":
        return "hidden attribute"
    if values.get("content-visibility") == "hidden":
        return "content-visibility: hidden"
    if values.get("animation", "none") != "none" or values.get("animation-name", "none") != "none":
        return ""
    opacity = _number(values.get("opacity", ""))
    if opacity is not None and opacity <= _FAINT:
        return "opacity: 0"
    if _is_far(values, size):
        return "off the screen"
    return "no room to be seen" if _has_no_room(node, values, size) else ""


def _is_far(values: Values, size: float) -> bool:
    """Return whether an element is moved to the left of the page or above it."""
    moves = []
    if values.get("position", "static") in ("absolute", "fixed", "relative"):
        moves += [values.get("left", ""), values.get("top", "")]
    moved = _MOVED.search(values.get("transform", ""))
    if moved:
        moves += [part.strip() for part in moved.groups("")]
    if not any(name in values for name in _PADDING):
        moves.append(values.get("margin-left", ""))
    distances = [_pixels(move, size) for move in moves]
    return any(distance is not None and distance <= FAR for distance in distances)


def _has_no_room(node: Node, values: Values, size: float) -> bool:
    """Return whether the box of an element shows nothing of what is in it."""
    if _NO_SIZE.search(values.get("transform", "")) or _NO_SIZE.search(values.get("filter", "")):
        return True
    position = values.get("position", "static")
    is_out = position in ("absolute", "fixed")
    if is_out and _NO_CLIP.match(" ".join(values.get("clip", "").replace(",", " ").split())):
        return True
    if _NO_CLIP.match(values.get("clip-path", "")):
        return True
    # A box without room shows what flows over, unless it cuts that off; padding gives it room.
    if _ROOM.isdisjoint(values):
        return False
    display = values.get("display", "")
    is_box = is_out or node.tag in _BOXES or bool(display) or "float" in values
    if not is_box or (display.startswith(_INLINE) and display != "inline-block"):
        return False
    if any(name in values for name in _PADDING):
        return False
    cuts = " ".join(values.get(name, "") for name in ("overflow", "overflow-x", "overflow-y"))
    if "hidden" not in cuts and "clip" not in cuts:
        return False
    rooms = [_pixels(values.get(name, ""), size) for name in _ROOM]
    return any(room is not None and room <= SMALLEST for room in rooms)


def _size(value: str, outer: float) -> float:
    """Return the size of letters in pixels."""
    if value in _SIZES or value in ("initial", "unset", "revert"):
        return 16.0
    pixels = outer * _percent(value) if value.endswith("%") else _pixels(value, outer)
    return outer if pixels is None or pixels < 0 else pixels


def _percent(value: str) -> float:
    number = _number(value)
    return 1.0 if number is None else number


def _number(value: str) -> float | None:
    """Return a number or a share in percent, None for anything else."""
    match = _LENGTH.match(value)
    if not match or match[2] not in (None, "%"):
        return None
    return float(match[1]) / (100 if match[2] else 1)


def _pixels(value: str, size: float) -> float | None:
    """Return a length in pixels, None where it cannot be told; `size` is that of the letters."""
    match = _LENGTH.match(value)
    if not match:
        return None
    number, unit = float(match[1]), match[2]
    if unit in ("em", "ex", "ch"):
        return number * size * (1.0 if unit == "em" else 0.5)
    if not unit:
        return number if number == 0 else None
    return number * _PIXELS[unit] if unit in _PIXELS else None


def _is_visible(value: str, outer: bool) -> bool:
    if value in ("hidden", "collapse"):
        return False
    return True if value in ("visible", "initial", "revert") else outer


def _is_painted(values: Values) -> bool:
    """Return whether letters have more than one plain colour."""
    if any("text" in values.get(name, "") for name in _CLIPPED):
        return True
    return any(values.get(name, "none") != "none" for name in _PAINTED)


def _colour(node: Node, value: str, outer: Colour | None) -> Colour | None:
    """Return the colour of letters, None where it is unknown."""
    if not value and node.tag == "a" and node.attributes.get("href") is not None:
        return (0.0, 0.0, 238.0, 1.0)
    if value in ("", "inherit", "unset", "currentcolor"):
        return outer
    return parse_colour(value)


def _background(node: Node, values: Values, outer: Colour | None) -> Colour | None:
    """Return the colour behind the letters, None where it is unknown."""
    if values.get("background-image", "none") not in ("none", "initial", "unset"):
        return None
    position = values.get("position", "static")
    is_over = position in ("absolute", "fixed", "sticky")
    if is_over or (position == "relative" and node.on_picture):
        outer = None
    if node.tag in _OWN_GROUND or "color-scheme" in values:
        outer = None
    value = values.get("background-color", "")
    if value in ("", "initial", "unset", "revert", "none"):
        return outer
    colour = outer if value == "inherit" else parse_colour(value)
    if colour is None or colour[3] >= 1:
        return colour
    if colour[3] <= 0:
        return outer
    return None if outer is None else blend(colour, outer)
