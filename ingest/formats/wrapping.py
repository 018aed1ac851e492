"""Let the lines of a paragraph flow that an editor or a mail program has wrapped.

A paragraph counts as wrapped where nearly each line is so long that the first word of the next one
did not fit. Poems, addresses, tables of spaces and code keep their lines. A word that is divided at
the end of a wrapped line is joined.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from inquote.ingest.english import HYPHENATED
from inquote.ingest.text import LIST_MARKER

MIN_WIDTH = 40  # characters, of the longest line of a wrapped paragraph
_WIDE = 0.9  # of the lines that go on, that are no longer than the width of a text
_FULL = 0.75  # of the lines of a wrapped paragraph, that are full
_SLACK = 4  # characters that may be missing in a full line
_CODE_SHARE = 0.3  # of the lines

_COLUMNS = re.compile(r"\S {3,}\S")
_CODE = re.compile(r"[;{}]\Z|\A[ \t]*(?:[$#>|]|//|/\*|\*/|</?\w|import |def |class |return\b)")
_DIVIDED = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,60}+)[-\u2010]\Z")
_GOES_ON = re.compile(r"[^\W\d_]+")
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_IDEOGRAPH = re.compile("[\u2e80-\uabff\uf900-\uffef]")  # of scripts without spaces
_HANGING = frozenset("und oder bis sowie bzw and or to et ou e o en of och og".split())


def unwrap(text: str) -> str:
    """Return a text with the lines of its wrapped paragraphs joined."""
    unwrapper = Unwrapper(text)
    lines: list[str] = []
    for paragraph in paragraphs_of(text):
        lines.extend(unwrapper.flow(paragraph))
    return "\n".join(lines)


def paragraphs_of(text: str) -> list[list[str]]:
    """Return the lines of each paragraph, and each blank line as one of its own."""
    paragraphs: list[list[str]] = []
    follows = False
    for line in text.split("\n"):
        if follows and line.strip():
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
        follows = bool(line.strip())
    return paragraphs


class Unwrapper:
    """Lets the wrapped paragraphs of one text flow."""

    def __init__(self, text: str) -> None:
        self._words = frozenset(_WORDS.findall(text))
        lines = text.split("\n")
        lengths = []
        for line, following in pairwise(lines):
            if line.strip() and following.strip():
                lengths.append(len(line.rstrip()))
        lengths.sort()
        self._width = lengths[int(_WIDE * (len(lengths) - 1))] if lengths else 0

    def flow(self, lines: Sequence[str]) -> list[str]:
        """Return the lines of a paragraph, each wrapped item or paragraph on one line."""
        flowing: list[str] = []
        unit: list[str] = []
        for line in lines:
            if unit and LIST_MARKER.match(line):
                flowing.extend(self._join(unit))
                unit = []
            unit.append(line)
        return flowing + self._join(unit)

    def _join(self, lines: list[str]) -> list[str]:
        """Return the lines of an item or a paragraph as one line if they are wrapped."""
        if len(lines) < 2 or not self._is_wrapped([line.rstrip() for line in lines]):
            return lines
        parts = [lines[0].rstrip()]
        for line in lines[1:]:
            following = line.strip()
            parts[-1] = self._end_before(following, parts[-1])
            parts.append(following)
        return ["".join(parts)]

    def _is_wrapped(self, lines: list[str]) -> bool:
        """Return whether each line is full, or nearly each."""
        width = max(map(len, lines))
        if width < MIN_WIDTH or _keeps_lines(lines):
            return False
        if len(lines) <= 3:
            width = max(width, min(self._width, 2 * width))
        full = 0
        for line, following in pairwise(lines):
            first_word = following.split(maxsplit=1)[0]
            fits = len(line) + 1 + len(first_word) <= width - _SLACK
            is_full = not fits and len(line) >= width // 2
            full += is_full or bool(_DIVIDED.search(line) and first_word[0].islower())
        return full >= _FULL * (len(lines) - 1)

    def _end_before(self, following: str, line: str) -> str:
        """Return a line as it goes on with the next one: with a space, or a word undivided."""
        if _IDEOGRAPH.match(line[-1]) and _IDEOGRAPH.match(following):
            return line
        divided = _DIVIDED.search(line)
        rest = _GOES_ON.match(following)
        if divided is None or rest is None or rest.group().lower() in _HANGING:
            return line + " "
        first, second = divided[1], rest.group()
        if not second[0].islower() or self._has_hyphen(first, second):
            return line
        return line[:-1]

    def _has_hyphen(self, first: str, second: str) -> bool:
        """Return whether a word that is divided at a hyphen has one within a line too."""
        if f"{first}-{second}" in self._words:
            return True
        return first + second not in self._words and first.lower() in HYPHENATED


def _keeps_lines(lines: list[str]) -> bool:
    """Return whether lines are columns, quotations of a mail, code, or of many indents."""
    if any(_COLUMNS.search(line.strip()) for line in lines):
        return True
    indents = {len(line) - len(line.lstrip()) for line in lines[1:]}
    code = sum(bool(_CODE.search(line)) for line in lines)
    return len(indents) > 1 or code >= max(1, _CODE_SHARE * len(lines))
