"""Pack neighbouring blocks into passages that fit the embedder's window.

Three numbers of tokens play a part. The window is the most that the embedder reads at once, the
target is the length at which a passage is closed, and a budget is whichever limit a range is
measured against. A passage counts with everything the embedder reads: its heading path, its
lead-in (the line that introduces the list it comes from) and its text, the rows of tables with the
headers of their cells.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from inquote.ingest.documents import Document, Passage
from inquote.ingest.segments import Segmenter
from inquote.ingest.text import LIST_MARKER, Range, sentence_ranges

HEADING_SHARE = 0.25  # of the window, at most, for the heading path, and as much for the lead-in
MAX_TOKEN_LENGTH = 24  # characters; a range that is longer than its tokens can be is not counted

_CLAUSE_END = re.compile(r"(?<=[,;:)–—])(?=\s)")
_WORD_END = re.compile(r"(?<=\S)(?=\s)")


@dataclass(frozen=True)
class Cutting:
    """The length of passages.

    A passage is closed when another block would take it over `target` tokens. The next one begins
    with its last `overlap` sentences, unless these exceed a quarter of the target.
    """

    target: int = 200
    overlap: int = 1


CUTTING = Cutting()  # chosen in eval/LOG.md


class Packer:
    """Packs the blocks of one stretch of a document into passages."""

    def __init__(
        self,
        document: Document,
        segmenter: Segmenter,
        heading_path: str,
        count_tokens: Callable[[str], int],
        window: int,
        cutting: Cutting,
    ) -> None:
        self.document = document
        self.segmenter = segmenter
        self.count_tokens = count_tokens
        self.window = window
        self.cutting = cutting
        self.heading_path = self._shorten(heading_path)
        self.body = 0  # where the text begins that follows headings in the same passage

    def exceeds_share(self, headings: list[Range]) -> bool:
        """Return whether headings take more of a passage than they should."""
        text = self.document.text[headings[0][0] : headings[-1][1]]
        return self.count_tokens(text) > HEADING_SHARE * self.window

    def pack(self, run: list[Range], headings: Sequence[Range] = ()) -> Iterator[Passage]:
        """Yield the passages of neighbouring blocks with `headings` before them, in text order."""
        self.body = run[0][0] if headings else 0
        group = list(headings)  # the blocks of the open passage
        before = len(group)  # how many of them stand before the run
        group_lead = ""  # its lead-in, where it begins within a list
        list_lead = ""  # the lead-in of the list that the current block may belong to
        for block in run:
            # Close the passage that this block would take over the target.
            is_open = len(group) > before
            if is_open and not self._fits_target(group[0][0], block[1], group_lead):
                yield from self._close(group, group_lead)
                group, group_lead, before = self._carry_over(group[-1], block), "", 0
            # Note the lead-in of a list, and give it to a passage that begins with an item.
            table_lead = self.segmenter.lead_at(block[0])
            if table_lead is not None and not group:
                group_lead = self._shorten(table_lead)
            elif not self._is_item(block):
                list_lead = self._lead_in(block)
            elif not group:
                group_lead = list_lead
            group.append(block)
        if group:
            yield from self._close(group, group_lead)

    def _close(self, group: list[Range], lead: str) -> Iterator[Passage]:
        """Yield a group of blocks as one passage, or as several if it exceeds the window."""
        for start, end in self._cut_to_window(group[0][0], group[-1][1], lead):
            yield self._make_passage(start, end, lead)

    def _carry_over(self, previous: Range, block: Range) -> list[Range]:
        """Return the end of the previous block that the passage of `block` repeats, if any.

        List items and rows repeat nothing, for they have a lead-in.
        """
        start = self._overlap_start(*previous)
        if start == previous[1] or self._is_item(block) or self._is_item(previous):
            return []
        if self.segmenter.lead_at(previous[0]) is not None:
            return []
        return [(start, previous[1])] if self._fits_target(start, block[1], "") else []

    def _overlap_start(self, start: int, end: int) -> int:
        """Return where the overlap at the end of a range begins, `end` if there is none."""
        if not self.cutting.overlap:
            return end
        budget = self.cutting.target // 4
        sentences = sentence_ranges(self.document.text, start, end)
        for sentence_start, _ in sentences[-self.cutting.overlap :]:
            if self._fits(sentence_start, end, "", budget):
                return sentence_start
        return end

    def _is_item(self, block: Range) -> bool:
        return bool(LIST_MARKER.match(self.document.text, *block))

    def _lead_in(self, block: Range) -> str:
        """Return the last sentence of a block that ends with a colon, else ""."""
        text = self.document.text
        if text[block[1] - 1] != ":":
            return ""
        start, end = sentence_ranges(text, *block)[-1]
        return self._shorten(text[start:end])

    def _cut_to_window(self, start: int, end: int, lead: str) -> Iterator[Range]:
        """Yield the pieces of a range, each as long as the window allows."""
        while not self._fits(start, end, lead, self.window):
            cut = self._last_cut(start, end, lead)
            yield start, cut
            # Repeat the last sentences where the next piece still gets beyond this one.
            overlap = self._overlap_start(start, cut)
            repeats = start < overlap < cut and self._gets_beyond(cut, overlap, end, lead)
            start = overlap if repeats else cut
            while start < end and self.document.text[start].isspace():
                start += 1
        yield start, end

    def _gets_beyond(self, cut: int, start: int, end: int, lead: str) -> bool:
        """Return whether a piece of `[start, end)` that begins at `start` can end after `cut`."""
        if self._fits(start, end, lead, self.window):
            return True
        return self._last_cut(start, end, lead) > cut

    def _last_cut(self, start: int, end: int, lead: str) -> int:
        """Return the last offset before `end` at which a piece that begins at `start` may end."""
        far = min(end, start + self.window * MAX_TOKEN_LENGTH)
        for stops in _possible_cuts(self.document.text, start, far):
            inside = [stop for stop in stops if start < stop < far]
            cut = self._last_that_fits(start, inside, lead)
            if cut is not None:
                return cut
        return start + 1  # a single character that exceeds the window

    def _last_that_fits(self, start: int, stops: list[int], lead: str) -> int | None:
        """Return the last of the ascending `stops` up to which the text fits the window."""
        # Bisection: everything before `low` fits, everything from `high` on does not.
        low, high = 0, len(stops)
        while low < high:
            middle = (low + high) // 2
            if self._fits(start, stops[middle], lead, self.window):
                low = middle + 1
            else:
                high = middle
        return stops[low - 1] if low else None

    def _fits_target(self, start: int, end: int, lead: str) -> bool:
        return self._fits(start, end, lead, self.cutting.target)

    def _fits(self, start: int, end: int, lead: str, budget: int) -> bool:
        """Return whether the passage of a range takes at most `budget` tokens and fits the window.

        Counting is slow, so a range that is far too long is not counted.
        """
        if end - start > self.window * MAX_TOKEN_LENGTH:
            return False
        tokens = self.count_tokens(self._make_passage(start, end, lead).embedded_text)
        return tokens <= min(budget, self.window)

    def _make_passage(self, start: int, end: int, lead: str) -> Passage:
        text = self.document.text[start:end]
        body = max(0, min(self.body, end) - start)
        segments = self.segmenter.segments(start, end)
        return Passage(self.document.id, start, end, self.heading_path, text, lead, body, segments)

    def _shorten(self, line: str) -> str:
        """Return a heading path or lead-in without the last words that exceed its share."""
        words = line.split()
        while words and self.count_tokens(" ".join(words)) > self.window * HEADING_SHARE:
            words.pop()
        return " ".join(words)


def _possible_cuts(text: str, start: int, end: int) -> Iterator[list[int]]:
    """Yield the offsets at which a range may be cut, the best kind of place first."""
    yield [stop for _, stop in sentence_ranges(text, start, end)]
    yield [match.start() for match in _CLAUSE_END.finditer(text, start, end)]
    yield [match.start() for match in _WORD_END.finditer(text, start, end)]
    yield list(range(start + 1, end))
