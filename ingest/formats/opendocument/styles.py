"""Tell what the styles of an OpenDocument text say of runs, lists and pages."""

from collections.abc import Iterator
from typing import Any

from inquote.ingest.formats.builder import BULLET
from inquote.ingest.formats.opendocument.xml import FO, STYLE, TEXT
from inquote.ingest.formats.word.numerals import numeral
from inquote.ingest.formats.word.xml import kind_of, whole

_MAX_PARENTS = 20
_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman"}
_FORMATS["I"] = "upperRoman"


class Styles:
    """The styles of a document by their names."""

    def __init__(self, roots: list[Any]) -> None:
        """Read the styles of a file's parts, each of which may be None."""
        self._styles: dict[tuple[str, str], Any] = {}
        self._lists: dict[str, dict[int, Any]] = {}
        self._outline: dict[int, Any] = {}
        self.masters: list[Any] = []
        for root in roots:
            for element in () if root is None else root.iter(f"{STYLE}style"):
                key = (element.get(f"{STYLE}family") or "", element.get(f"{STYLE}name") or "")
                self._styles[key] = element
            for element in () if root is None else root.iter(f"{TEXT}list-style"):
                self._lists[element.get(f"{STYLE}name") or ""] = _levels_of(element)
            for element in () if root is None else root.iter(f"{TEXT}outline-style"):
                self._outline = _levels_of(element)
            self.masters.extend(() if root is None else root.iter(f"{STYLE}master-page"))

    def chain(self, family: str, name: str) -> Iterator[Any]:
        """Yield a style and its parents, the nearest first."""
        for _ in range(_MAX_PARENTS):
            style = self._styles.get((family, name))
            if style is None:
                return
            yield style
            name = style.get(f"{STYLE}parent-style-name") or ""

    def names(self, name: str) -> list[str]:
        """Return the names of a paragraph's style and its parents, as a person reads them."""
        names = []
        for style in self.chain("paragraph", name):
            shown = style.get(f"{STYLE}display-name") or style.get(f"{STYLE}name") or ""
            names.append(shown.replace("_20_", " ").lower())
        return names or [name.replace("_20_", " ").lower()]

    def hides(self, family: str, name: str) -> bool:
        """Return whether a style hides its text."""
        for style in self.chain(family, name):
            properties = style.find(f"{STYLE}text-properties")
            display = None if properties is None else properties.get(f"{TEXT}display")
            if display is not None:
                return bool(display == "none")
        return False

    def is_bold(self, name: str) -> bool:
        """Return whether the paragraphs of a style are bold."""
        for style in self.chain("paragraph", name):
            properties = style.find(f"{STYLE}text-properties")
            weight = None if properties is None else properties.get(f"{FO}font-weight")
            if weight is not None:
                return bool(weight == "bold")
        return False

    def list_of(self, name: str) -> str:
        """Return the list style that a paragraph's style names, else ""."""
        for style in self.chain("paragraph", name):
            stated = style.get(f"{STYLE}list-style-name")
            if stated is not None:
                return str(stated)
        return ""

    def label(self, list: str, depth: int, counts: dict[int, int]) -> str:
        """Return what a list prints before an item at a depth from 1, "" for nothing."""
        return _label(self._lists.get(list, {}), depth, counts)

    def outline_label(self, depth: int, counts: dict[int, int]) -> str:
        """Return the number of a heading at a level, "" where headings have none."""
        label = _label(self._outline, depth, counts)
        return "" if label == BULLET else label

    def start(self, list: str, depth: int) -> int:
        """Return the number of a list's first item at a depth."""
        level = self._lists.get(list, {}).get(depth)
        return 1 if level is None else whole(level.get(f"{TEXT}start-value"), 1)


def _levels_of(style: Any) -> dict[int, Any]:
    levels: dict[int, Any] = {}
    for level in style:
        levels[whole(level.get(f"{TEXT}level"), 1)] = level
    return levels


def _label(levels: dict[int, Any], depth: int, counts: dict[int, int]) -> str:
    """Return the label of a level, with the numbers of those above it that it shows."""
    level = levels.get(depth)
    if level is None:
        return ""
    if kind_of(level) != "list-level-style-number" and kind_of(level) != "outline-level-style":
        return BULLET
    if not level.get(f"{STYLE}num-format"):
        return ""
    shows = max(1, whole(level.get(f"{TEXT}display-levels"), 1))
    numbers = []
    for at in range(max(1, depth - shows + 1), depth + 1):
        format = "" if at not in levels else levels[at].get(f"{STYLE}num-format") or ""
        if format:
            numbers.append(numeral(counts.get(at, 1), _FORMATS.get(format, "decimal")))
    before = level.get(f"{STYLE}num-prefix") or ""
    return f"{before}{'.'.join(numbers)}{level.get(f'{STYLE}num-suffix') or ''}".strip()
