"""Count the items of a Word document's lists, and print their numbers as Word does.

A list (`w:num`) follows a scheme of nine levels (`w:abstractNum`) and may change some of them.
Lists of one scheme count on from each other, unless a list states where it starts.
"""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from inquote.ingest.formats.builder import BULLET
from inquote.ingest.formats.word.numerals import numeral
from inquote.ingest.formats.word.styles import Styles
from inquote.ingest.formats.word.xml import W, find, is_on, kind_of, value, whole

_PLACE = re.compile(r"%([1-9])")
_MAX_DEPTH = 8


class Label(NamedTuple):
    """What stands before a paragraph: its text, and how deep its list is, from 0."""

    text: str
    depth: int


@dataclass(frozen=True)
class _Level:
    """A level of a scheme: where it starts, how it prints, after which level it starts anew."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int = -1  # the level, from 1, after which it does; 0 for never, -1 for any higher
    is_legal: bool = False  # whether all its numbers are decimal
    style: str = ""


@dataclass
class _List:
    """A list: its scheme, its own levels, and where it starts them."""

    scheme: str
    levels: dict[int, _Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of a document, and how far each scheme has counted."""

    def __init__(self, root: Any, styles: Styles) -> None:
        """Read the numbering part, which may be None."""
        self._styles = styles
        self._schemes: dict[str, dict[int, _Level]] = {}
        self._links: dict[str, str] = {}  # from a scheme to the style that states it
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        for element in () if root is None else root:
            kind = kind_of(element)
            if kind == "abstractNum":
                id = element.get(f"{W}abstractNumId") or ""
                self._schemes[id] = _levels_of(element)
                self._links[id] = value(element, "numStyleLink")
            elif kind == "num":
                self._lists[element.get(f"{W}numId") or ""] = _list_of(element)

    def next_label(self, paragraph: Any) -> Label | None:
        """Return the label of a paragraph and count it, None for one without a number."""
        own = find(paragraph, "pPr", "numPr")
        id, depth = value(own, "numId"), value(own, "ilvl")
        for style in self._styles.of(paragraph):
            given = find(style, "pPr", "numPr")
            if given is None or (id and depth):
                continue
            id = id or value(given, "numId")
            depth = depth or value(given, "ilvl") or self._linked_depth(id, style)
        if not id or id == "0" or id not in self._lists:
            return None
        return self._count(id, max(0, min(_MAX_DEPTH, whole(depth))))

    def _linked_depth(self, id: str, style: Any) -> str:
        """Return the level of a list that names a style, else ""."""
        levels = self._levels(self._lists[id]) if id in self._lists else {}
        for depth, level in levels.items():
            if level.style and level.style == style.get(f"{W}styleId"):
                return str(depth)
        return ""

    def _levels(self, list: _List) -> dict[int, _Level]:
        return {**self._schemes.get(self._scheme(list), {}), **list.levels}

    def _scheme(self, list: _List) -> str:
        """Return the scheme of a list, that of the linked style where it only names one."""
        link = self._links.get(list.scheme, "")
        for style in self._styles.chain(link) if link else ():
            linked = self._lists.get(value(find(style, "pPr", "numPr"), "numId"))
            if linked is not None:
                return linked.scheme
        return list.scheme

    def _count(self, id: str, depth: int) -> Label | None:
        """Count an item and return its label, None where its level prints nothing."""
        list = self._lists[id]
        levels = self._levels(list)
        counts = self._counts.setdefault(self._scheme(list), {})
        if id not in self._begun:
            self._begun.add(id)
            for at, start in list.starts.items():
                counts[at] = start - 1
        level = levels.get(depth, _Level())
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [at for at in counts if at > depth]:
            restart = levels.get(deeper, _Level()).restart
            if restart < 0 or depth < restart:
                del counts[deeper]
        if level.format == "bullet":
            return Label(BULLET, depth) if level.text.strip() else None
        text = _PLACE.sub(lambda place: _printed(place, levels, counts, level), level.text).strip()
        return Label(text, depth) if text else None


def _printed(
    place: re.Match[str], levels: dict[int, _Level], counts: dict[int, int], level: _Level
) -> str:
    """Return the number that takes a place ("%2") of a level's text."""
    depth = int(place.group(1)) - 1
    given = levels.get(depth, _Level())
    format = "decimal" if level.is_legal and given.format != "none" else given.format
    return numeral(counts.get(depth, given.start), format)


def _levels_of(scheme: Any) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for element in scheme.iter(f"{W}lvl"):
        levels[whole(element.get(f"{W}ilvl"))] = _level_of(element)
    return levels


def _level_of(element: Any) -> _Level:
    format = find(element, "numFmt")
    if format is None:  # a newer format, with an older one beside it
        format = next(element.iter(f"{W}numFmt"), None)
    return _Level(
        whole(value(element, "start"), 1),
        "decimal" if format is None else format.get(f"{W}val") or "decimal",
        value(element, "lvlText"),
        whole(value(element, "lvlRestart"), -1),
        is_on(element, "isLgl"),
        value(element, "pStyle"),
    )


def _list_of(element: Any) -> _List:
    made = _List(value(element, "abstractNumId"))
    for override in element.iter(f"{W}lvlOverride"):
        depth = whole(override.get(f"{W}ilvl"))
        level = override.find(f"{W}lvl")
        if level is not None:
            made.levels[depth] = _level_of(level)
        start = value(override, "startOverride")
        if start:
            made.starts[depth] = whole(start, 1)
    return made
