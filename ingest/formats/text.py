"""Parse plain text: its lines stay as they are, and lone lines in title case are headings."""

import re

from inquote.ingest.documents import Block
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import blocks_in, canonical
from inquote.ingest.formats.encoding import decode_first
from inquote.ingest.text import LIST_MARKER

_MAX_TITLE_WORDS = 14
_LONG_WORD = 4  # characters; shorter words of a title may be in lower case
_CAPITALS_SHARE = 0.6  # of the long words of a title


def parse(text: str) -> Parsed:
    """Parse plain text, with lone lines that read as titles for headings."""
    text = canonical(text).strip("\n")
    headings = []
    for start, line in _lone_lines(text):
        title = line.strip()
        if _is_title(title):
            indent = len(line) - len(line.lstrip())
            begin = start + indent
            headings.append(Block("heading", begin, begin + len(title), 1))
    return Parsed(text, blocks_in(text, headings))


def _lone_lines(text: str) -> list[tuple[int, str]]:
    """Return the start and text of each line between two blank lines or edges of the text."""
    lone_lines = []
    lines = text.split("\n")
    start = 0
    for index, line in enumerate(lines):
        above = lines[index - 1] if index else ""
        below = lines[index + 1] if index + 1 < len(lines) else ""
        if line.strip() and not above.strip() and not below.strip():
            lone_lines.append((start, line))
        start += len(line) + 1
    return lone_lines


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
