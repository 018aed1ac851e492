"""A document to passages: whole blocks of one section, packed within a token budget, no sentence cut that fits."""

import bisect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from inquote.ingest.advertising import announces_links, is_bare_line, is_call_to_act
from inquote.ingest.documents import Document, Passage
from inquote.ingest.text import LIST_MARKER, Range, block_ranges, sentence_ranges

HEADING_SHARE = 0.25  # of the window at most goes to the heading, and as much to the lead-in
MOST_CHARACTERS = 24  # a token; longer ranges are not worth counting

_CLAUSE_END = re.compile(r"(?<=[,;:)–—])(?=\s)")
_WORD_END = re.compile(r"(?<=\S)(?=\s)")


@dataclass(frozen=True)
class Cutting:
    """How long passages get: one is closed when another block would take it over `target` tokens.

    The next one then begins with its last `overlap` sentences, where these take less than a quarter of the target.
    """

    target: int = 200
    overlap: int = 1


CUTTING = Cutting()  # chosen in eval/LOG.md
RECIPE = f"version 3, {CUTTING}"  # the version counts up when passages come out differently


@dataclass(frozen=True)
class LeftOut:
    """A range that is in the document and in no passage, and the rule that left it out."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True)
class Chunks:
    """What a document was cut into; both in text order."""

    passages: tuple[Passage, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class _Stretch:
    """The prose of one section that stands directly under its heading, `heading` being the path of titles to it."""

    title: str
    heading: str
    start: int
    end: int


def chunk(
    document: Document, count_tokens: Callable[[str], int], window: int, cutting: Cutting = CUTTING
) -> Chunks:
    """Cut `document` into passages of at most `window` tokens, heading and lead-in included.

    `count_tokens(text)` counts as the embedder does, its special tokens included. Headings are in no passage's range:
    each passage carries the path of headings above it. Raises `ValueError` for a window of less than 16 tokens.
    """
    if window < 16:
        raise ValueError(
            f"a window of {window} tokens is too small to hold a passage; at least 16 are needed"
        )
    passages: list[Passage] = []
    left_out: list[LeftOut] = []
    for stretch in _stretches(document):
        runs, without = _prose(document, stretch)
        left_out.extend(without)
        packer = _Packer(document, stretch.heading, count_tokens, window, cutting)
        passages.extend(passage for run in runs for passage in packer.pack(run))
    return Chunks(tuple(passages), tuple(left_out))


def _stretches(document: Document) -> Iterator[_Stretch]:
    """The stretches of text between one heading and the next, each with its path of titles."""
    sections = document.sections
    if not sections:
        yield _Stretch("", "", 0, len(document.text))
    path: list[tuple[int, str]] = []
    for at, section in enumerate(sections):
        path = [(level, title) for level, title in path if level < section.level]
        if section.title:
            path.append((section.level, section.title))
        end = sections[at + 1].start if at + 1 < len(sections) else len(document.text)
        titles = [title for level, title in path if not (level == 1 and title == document.title)]
        yield _Stretch(section.title, " > ".join(titles), section.start + len(section.title), end)


def _prose(document: Document, stretch: _Stretch) -> tuple[list[list[Range]], list[LeftOut]]:
    """The runs of neighbouring blocks that go into passages, and what is left out between them."""
    runs: list[list[Range]] = [[]]
    left_out = []
    links = announces_links(stretch.title)
    if links:
        left_out.append(
            LeftOut(
                stretch.start - len(stretch.title), stretch.start, "heading that announces links"
            )
        )
    for start, end in block_ranges(document.text, stretch.start, stretch.end):
        reason = _reason_to_leave_out(document, start, end, links)
        if reason:
            left_out.append(LeftOut(start, end, reason))
            runs.append([])
        else:
            runs[-1].append((start, end))
    return [run for run in runs if run], left_out


def _reason_to_leave_out(document: Document, start: int, end: int, links: bool) -> str:
    """Why a block is no prose, "" where it is; `links` tells that its heading announces links."""
    block = document.text[start:end]
    aside = bisect.bisect_right(document.asides, start, key=itemgetter(0)) - 1
    if aside >= 0 and start < document.asides[aside][1]:
        return "beside the text of the page"
    if is_call_to_act(block):
        return "sends the reader elsewhere"
    return "link under such a heading" if links and is_bare_line(block) else ""


class _Packer:
    """Packs blocks of one section into passages."""

    def __init__(
        self,
        document: Document,
        heading: str,
        count_tokens: Callable[[str], int],
        window: int,
        cutting: Cutting,
    ) -> None:
        self.document = document
        self.count_tokens = count_tokens
        self.window = window
        self.cutting = cutting
        self.heading = self._fit(heading)

    def pack(self, blocks: list[Range]) -> Iterator[Passage]:
        """Passages of whole blocks while these fit the target; a longer block alone, by sentences."""
        group: list[Range] = []
        lead = ""  # what introduces the group, where it begins within a list
        introduction = ""  # the line that introduces the open list
        for block in blocks:
            if group and not self._fits_target(group[0][0], block[1], lead):
                yield from self._passages(group, lead)
                group, lead = self._overlap_before(block, group[-1]), ""
            if not self._is_item(block):
                introduction = self._introduction(block)
            elif not group:
                lead = introduction
            group.append(block)
        if group:
            yield from self._passages(group, lead)

    def _overlap_before(self, block: Range, before: Range) -> list[Range]:
        """The end of the block before, which the passage of `block` repeats; items of a list have a lead-in instead."""
        start = self._overlap_of(*before)
        if start == before[1] or self._is_item(block) or self._is_item(before):
            return []
        return [(start, before[1])] if self._fits_target(start, block[1], "") else []

    def _overlap_of(self, start: int, end: int) -> int:
        """Where the last sentences of a range begin that the next passage repeats; its end where it repeats none."""
        if not self.cutting.overlap:
            return end
        begins = [begin for begin, _ in sentence_ranges(self.document.text, start, end)][
            -self.cutting.overlap :
        ]
        return next(
            (begin for begin in begins if self._fits(begin, end, "", self.cutting.target // 4)), end
        )

    def _is_item(self, block: Range) -> bool:
        return bool(LIST_MARKER.match(self.document.text, *block))

    def _introduction(self, block: Range) -> str:
        """The last sentence of a block that ends with a colon, else ""."""
        text = self.document.text
        if text[block[1] - 1] != ":":
            return ""
        start, end = sentence_ranges(text, *block)[-1]
        return self._fit(text[start:end])

    def _passages(self, group: list[Range], lead: str) -> Iterator[Passage]:
        for start, end in self._pieces(group[0][0], group[-1][1], lead):
            yield self._passage(start, end, lead)

    def _pieces(self, start: int, end: int, lead: str) -> Iterator[Range]:
        """Cut a range that exceeds the window at the best of: sentence ends, clause ends, word ends, anywhere."""
        while not self._fits(start, end, lead, self.window):
            cut = self._last_fitting(start, end, lead)
            yield start, cut
            again = self._overlap_of(start, cut)
            start = (
                again if start < again < cut and self._goes_beyond(cut, again, end, lead) else cut
            )
            while start < end and self.document.text[start].isspace():
                start += 1
        yield start, end

    def _goes_beyond(self, cut: int, start: int, end: int, lead: str) -> bool:
        """Whether a passage that begins at `start` holds more than what ends at `cut`."""
        return (
            self._fits(start, end, lead, self.window) or self._last_fitting(start, end, lead) > cut
        )

    def _last_fitting(self, start: int, end: int, lead: str) -> int:
        text = self.document.text
        far = min(end, start + self.window * MOST_CHARACTERS)
        sentences = [stop for _, stop in sentence_ranges(text, start, far)]
        clauses, words = (
            [m.start() for m in p.finditer(text, start, far)] for p in (_CLAUSE_END, _WORD_END)
        )
        for stops in (sentences, clauses, words):
            cut = self._bisect(start, [stop for stop in stops if start < stop < far], lead)
            if cut is not None:
                return cut
        return self._bisect(start, list(range(start + 1, far)), lead) or start + 1

    def _bisect(self, start: int, stops: list[int], lead: str) -> int | None:
        """The last of `stops` (ascending) up to which the text fits the window; None where none does."""
        low, high = 0, len(stops)
        while low < high:
            middle = (low + high) // 2
            if self._fits(start, stops[middle], lead, self.window):
                low = middle + 1
            else:
                high = middle
        return stops[low - 1] if low else None

    def _fits(self, start: int, end: int, lead: str, budget: int) -> bool:
        if end - start > self.window * MOST_CHARACTERS:
            return False
        return self.count_tokens(self._passage(start, end, lead).embedded_text) <= min(
            budget, self.window
        )

    def _fits_target(self, start: int, end: int, lead: str) -> bool:
        return self._fits(start, end, lead, self.cutting.target)

    def _passage(self, start: int, end: int, lead: str) -> Passage:
        return Passage(
            self.document.id, start, end, self.heading, self.document.text[start:end], lead
        )

    def _fit(self, line: str) -> str:
        """A heading or lead-in cut at word ends to its share of the window."""
        words = line.split()
        while words and self.count_tokens(" ".join(words)) > self.window * HEADING_SHARE:
            words.pop()
        return " ".join(words)
