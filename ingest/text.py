"""Text to blocks and sentences, as exact ranges.

A block is a paragraph, a list item, a heading, a row of a table (a line with " | " in it): what blank lines and list
markers separate. A sentence never crosses a
block. Both kinds of range are trimmed of white space, come in text order, do not overlap, and together cover every
character that is not white space.
"""

import os
import re
from collections.abc import Iterable, Iterator

from inquote.ingest.english import ABBREVIATIONS, SENTENCE_STARTERS

Range = tuple[int, int]

LIST_MARKER = re.compile(r"[ \t]*(?:[-*+•‣◦▪–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])[ \t]+(?=\S)")

_LOOK_AHEAD = 100  # characters after a stop that tell whether it ends a sentence
_CELLS = " | "  # between the cells of a row
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_STOP = re.compile(r"(?<![.!?…])[.!?…]++[)\]}\"'”’»]*+(?=\s|$)|[。！？]+[」』”’）]*")
_OPENING = "([{\"'“‘«"
_CAPITALS = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")


def touching(ranges: Iterable[Range], start: int, end: int) -> list[Range]:
    """Return the ranges that share a character with `[start, end)`, in the order given.

    >>> touching([(0, 3), (4, 9), (10, 12)], 5, 11)
    [(4, 9), (10, 12)]
    """
    return [(first, last) for first, last in ranges if first < end and start < last]


def block_ranges(text: str, start: int = 0, end: int | None = None) -> list[Range]:
    """The blocks of `text[start:end]`, as ranges into `text`."""
    end = len(text) if end is None else end
    blocks: list[Range] = []
    at = start
    for gap in _BLANK_LINES.finditer(text, start, end):
        blocks.extend(_items(text, at, gap.start()))
        at = gap.end()
    blocks.extend(_items(text, at, end))
    return blocks


def sentence_ranges(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]`, as ranges into `text`.

    >>> text = "It cost 3.5 million. Dr. Lee paid."
    >>> [text[a:b] for a, b in sentence_ranges(text)]
    ['It cost 3.5 million.', 'Dr. Lee paid.']
    """
    return [
        sentence
        for block in block_ranges(text, start, end)
        for sentence in _sentences(text, *block)
    ]


def _items(text: str, start: int, end: int) -> Iterator[Range]:
    """Cut a paragraph before each line that opens a list item, and around each row of a table."""
    at, row = start, False  # row: whether the line before is a row
    line = start
    while line < end:
        newline = text.find("\n", line, end)
        stop = newline if newline >= 0 else end
        is_row = text.find(_CELLS, line, stop) >= 0
        if line > start and (row or is_row or LIST_MARKER.match(text, line, end)):
            yield from _trimmed(text, at, line)
            at = line
        row, line = is_row, stop + 1
    yield from _trimmed(text, at, end)


def _sentences(text: str, start: int, end: int) -> Iterator[Range]:
    marker = LIST_MARKER.match(text, start, end)
    at, begin = start, marker.end() if marker else start
    for stop in _STOP.finditer(text, begin, end):
        if _ends_sentence(text, begin, stop, end):
            yield from _trimmed(text, at, stop.end())
            at = stop.end()
    yield from _trimmed(text, at, end)


def _ends_sentence(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    after = stop.end()
    while after < end and text[after].isspace():
        after += 1
    if after == end or text[stop.start()] in "。！？":
        return True
    following = text[after : min(end, after + _LOOK_AHEAD)]
    opened = following.lstrip(_OPENING)
    if opened[:1].islower():
        return False
    if stop.group() != ".":
        return True
    return not _is_abbreviation(_last_word(text, start, stop.start()), opened)


def _is_abbreviation(word: str, following: str) -> bool:
    if word.lower() in ABBREVIATIONS:
        return word.lower() != "etc" or following[:1].isdigit()
    if len(word) == 1 and word.isalpha() and word.isupper():
        return word != "I"
    next_word = re.match(r"\w+", following)
    return bool(_CAPITALS.fullmatch(word)) and not (
        next_word and next_word.group().lower() in SENTENCE_STARTERS
    )


def _last_word(text: str, start: int, end: int) -> str:
    at = end
    while at > start and not text[at - 1].isspace():
        at -= 1
    return text[at:end].lstrip(_OPENING)


def _trimmed(text: str, start: int, end: int) -> Iterator[Range]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def printable(path: object) -> str:
    """A path as one line of text that is safe to print: control and bidirectional characters escaped."""
    name = os.fsencode(str(path)).decode("utf-8", "backslashreplace")
    return "".join(
        c if c.isprintable() or c == " " else c.encode("unicode_escape").decode() for c in name
    )


def encodable(text: object) -> str:
    """What came from outside, as a string that UTF-8 can carry: lone surrogates become question marks.

    >>> encodable("who\\ud800"), encodable(None)
    ('who?', '')
    """
    return ("" if text is None else str(text)).encode("utf-8", "replace").decode()
