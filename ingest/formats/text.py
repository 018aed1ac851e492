"""Plain text: kept line by line; headings are told by how they stand."""

import re

from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import canonical, sections_from
from inquote.ingest.formats.encoding import decoded
from inquote.ingest.text import LIST_MARKER

_MOST_WORDS = 14
_SMALL_WORDS = 4


def parse(text: str) -> Parsed:
    """Parse plain text; a short line alone between blank lines, in the case of a title, is a heading of level 1."""
    text = canonical(text).strip("\n")
    headings = [
        (line.strip(), 1, start + len(line) - len(line.lstrip()))
        for start, line in _lone_lines(text)
    ]
    return Parsed(
        text, sections_from([heading for heading in headings if _is_title(heading[0])], len(text))
    )


def _lone_lines(text: str) -> list[tuple[int, str]]:
    """Lines with a blank line, or the edge of the text, on both sides."""
    lines, starts, at = text.split("\n"), [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    padded = ["", *lines, ""]
    return [
        (starts[i], line)
        for i, line in enumerate(lines)
        if line.strip() and not padded[i].strip() and not padded[i + 2].strip()
    ]


def _is_title(line: str) -> bool:
    """Whether a line reads as a title: few words, no stop at its end, and its longer words capitalised.

    >>> _is_title("Understanding Oncolytic Virus Therapies"), _is_title("it rained, and we left")
    (True, False)
    """
    words = re.findall(r"[^\W\d_][\w'’-]*", line)
    if not 0 < len(words) <= _MOST_WORDS or line[-1] in ".,;:!" or LIST_MARKER.match(line):
        return False
    longer = [word for word in words if len(word) >= _SMALL_WORDS] or words
    return not line[0].islower() and sum(word[0].isupper() for word in longer) >= 0.6 * len(longer)


FORMAT = Format("text", lambda content, suffix: True, decoded(parse), trusted=True, encoded=True)
