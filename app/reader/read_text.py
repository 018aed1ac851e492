"""Prepare the text that the network reads of a passage, and find its words in the passage again."""

import bisect
import re
from dataclasses import replace
from itertools import accumulate, chain
from typing import TYPE_CHECKING

import numpy as np

from inquote.ingest.documents import Passage, Segment
from inquote.ingest.text import Range

if TYPE_CHECKING:
    from inquote.app.reader.model import TextTokens, WordPieces

LONGEST_CELL = 12  # word pieces of a cell that answers as a whole or not at all

# The end of a block, or of a line before "label: value", after a letter or a digit.
_OPEN_END = re.compile(r"(?<=[^\W_])\n(?=\n|[^\n:|]{1,40}: )")


class ReadText:
    """What is read of one passage: the segments' words, or the passage's text as it stands.

    `tokens` are its word pieces. A cell counts as one word; words that stand nowhere in the passage
    neither begin an answer nor end one.
    """

    def __init__(self, passage: Passage, pieces: "WordPieces") -> None:
        self.text = text_as_read(passage.read_text)
        self.tokens = pieces.tokens(self.text)
        self._is_given = bool(passage.segments)
        self._segments = passage.segments or (Segment(passage.text, passage.start),)
        self._shift = passage.start
        self._length = len(passage.text)
        lengths = (len(segment.text) for segment in self._segments)
        self._starts = list(accumulate(chain([0], lengths)))[:-1]
        if self._is_given:
            self.tokens = self._close_cells(self.tokens)

    def place(self, start: int, end: int) -> Range | None:
        """Return the range of the passage at which the read range stands, None for nowhere.

        A read range that joins two segments stands nowhere.
        """
        number = bisect.bisect_right(self._starts, start) - 1
        segment = self._segments[number]
        inside = start - self._starts[number]
        if segment.start < 0 or inside + end - start > len(segment.text):
            return None
        if self.text[end - 1] != segment.text[inside + end - start - 1]:
            return None  # a stop that does not stand in the text
        first = segment.start - self._shift + inside
        last = first + end - start
        return (first, last) if first >= 0 and last <= self._length else None

    def token_starts(self) -> np.ndarray:
        """Return where each token begins in the passage, -1 for nowhere: (tokens,) int."""
        starts = [start for start, _ in self.tokens.offsets]
        if not self._is_given:
            return np.array(starts, dtype=int)
        starts = []
        for start, _ in self.tokens.offsets:
            place = self.place(start, start + 1)
            starts.append(place[0] if place else -1)
        return np.array(starts, dtype=int)

    def _close_cells(self, tokens: "TextTokens") -> "TextTokens":
        """Return the tokens with each short cell as one word, and none outside of the document."""
        opens, closes = list(tokens.opens), list(tokens.closes)
        by_segment: list[list[int]] = [[] for _ in self._segments]
        for token, (start, _) in enumerate(tokens.offsets):
            by_segment[bisect.bisect_right(self._starts, start) - 1].append(token)
        for segment, inside in zip(self._segments, by_segment, strict=True):
            is_whole = segment.is_cell and len(inside) <= LONGEST_CELL
            if segment.start >= 0 and not is_whole:
                continue
            for token in inside:
                opens[token] = is_whole and token == inside[0]
                closes[token] = is_whole and token == inside[-1]
        return replace(tokens, opens=tuple(opens), closes=tuple(closes))


def text_as_read(text: str) -> str:
    """Return a text with a stop at the end of each block without one; all offsets stay.

    A reader sees words only, and would read a heading or a field on into what follows it.

    >>> text_as_read("Boat: Kestrel\\n\\nPort: Hull")
    'Boat: Kestrel.\\nPort: Hull'
    """
    return _OPEN_END.sub(".", text)
