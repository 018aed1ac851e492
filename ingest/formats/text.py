"""Parse plain text: wrapped lines flow, other lines stay as they are.

Headings are lone lines in title case, and lines that are underlined.
"""

import re

from inquote.ingest.documents import Block
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import blocks_in, canonical
from inquote.ingest.formats.encoding import decode_first
from inquote.ingest.formats.wrapping import Unwrapper, paragraphs_of
from inquote.ingest.text import LIST_MARKER

_MAX_TITLE_WORDS = 14
_MIN_UNDERLINE = 3
_LONG_WORD = 4  # characters; shorter words of a title may be in lower case
_CAPITALS_SHARE = 0.6  # of the long words of a title
_SOFT_DIVISION = re.compile("\xad\r?\n[ \t]{0,100}")
_UNDERLINES = {"=": 1, "-": 2, "~": 2}  # the level of the heading above each
_NUMBER = re.compile(r"\d{1,3}+(?:\.\d{1,3}+){0,5}+\.?+(?=[ \t])")


def parse(text: str) -> Parsed:
    """Parse plain text."""
    source = canonical(_SOFT_DIVISION.sub("", text)).strip("\n")
    unwrapper = Unwrapper(source)
    lines: list[str] = []
    levels: dict[int, int] = {}  # of headings, by the index of their line
    for paragraph in paragraphs_of(source):
        level = _underlined_level(paragraph)
        if level:
            levels[len(lines)] = level
            lines.append(paragraph[0])
            paragraph = ["", *paragraph[2:]]
        elif _is_lone_title(paragraph):
            levels[len(lines)] = _level(paragraph[0])
        lines.extend(unwrapper.flow(paragraph))
    if len(lines) == 1:  # a text of one line says what it says, and heads nothing
        levels = {}
    text = "\n".join(lines)
    return Parsed(text, blocks_in(text, _headings(lines, levels)))


def _headings(lines: list[str], levels: dict[int, int]) -> list[Block]:
    """Return the headings among the lines of a text."""
    headings = []
    start = 0
    for index, line in enumerate(lines):
        if index in levels:
            title = line.strip()
            begin = start + len(line) - len(line.lstrip())
            headings.append(Block("heading", begin, begin + len(title), levels[index]))
        start += len(line) + 1
    return headings


def _underlined_level(paragraph: list[str]) -> int:
    """Return the level of a heading that is underlined, 0 where a paragraph begins with none."""
    if len(paragraph) < 2:
        return 0
    underline = paragraph[1].strip()
    title = paragraph[0].strip()
    if len(underline) < _MIN_UNDERLINE or len(set(underline)) > 1:
        return 0
    if len(title.split()) > _MAX_TITLE_WORDS or not any(map(str.isalnum, title)):
        return 0
    is_as_long = abs(len(underline) - len(title)) <= max(3, len(title) // 2)
    return _UNDERLINES.get(underline[0], 0) if is_as_long else 0


def _is_lone_title(paragraph: list[str]) -> bool:
    return len(paragraph) == 1 and bool(paragraph[0].strip()) and _is_title(paragraph[0].strip())


def _level(title: str) -> int:
    """Return the level of a title that is not underlined: that of its number, else 1."""
    number = _NUMBER.match(title.strip())
    return min(6, number.group().strip(".").count(".") + 1) if number else 1


def _is_title(line: str) -> bool:
    """Return whether a line reads as a title: few words, no stop, long words capitalised.

    >>> _is_title("Understanding Oncolytic Virus Therapies"), _is_title("it rained, and we left")
    (True, False)
    """
    words = re.findall(r"[^\W\d_][\w'’-]*", line)
    if not 0 < len(words) <= _MAX_TITLE_WORDS or line[-1] in ".,;:!" or LIST_MARKER.match(line):
        return False
    long_words = [word for word in words if len(word) >= _LONG_WORD] or words
    capitals = sum(word[0].isupper() for word in long_words)
    return not line[0].islower() and capitals >= _CAPITALS_SHARE * len(long_words)


FORMAT = Format(
    "text",
    lambda content, suffix: True,
    decode_first(parse),
    trusted=True,
    encoded=True,
)
