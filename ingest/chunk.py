"""Cut a document into passages that fit the embedder's window.

The steps, in the order of the code:

1. Headings split the document into stretches. Each stretch knows its heading path, the titles
   from the outermost heading to its own. A heading begins the first passage of its stretch;
   headings with nothing below them wait for the next one.
2. What no reader sees, and blocks that are no prose (navigation, advertising), are left out, each
   with the reason. The neighbours that stay form a run.
3. A run is packed: blocks join a group until another one would exceed the target.
4. A group that exceeds the window is cut at the end of a sentence, else of a clause, else of a
   word, else anywhere.

Three numbers of tokens play a part. The window is the most that the embedder reads at once, the
target is the length at which a passage is closed, and a budget is whichever limit a range is
measured against. A passage counts with everything the embedder reads: its heading path, its
lead-in (the line that introduces the list it comes from) and its text.
"""

import bisect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter

from inquote.ingest.advertising import announces_links, is_bare_line, is_call_to_action
from inquote.ingest.documents import HEADING_SEPARATOR, Document, Passage
from inquote.ingest.text import LIST_MARKER, Range, block_ranges, sentence_ranges

MIN_WINDOW = 16  # tokens
HEADING_SHARE = 0.25  # of the window, at most, for the heading path, and as much for the lead-in
MAX_TOKEN_LENGTH = 24  # characters; a range that is longer than its tokens can be is not counted

ASIDE = "beside the text of the page"  # a reason to leave out

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
RECIPE = f"version 4, {CUTTING}"  # the version counts up when passages come out differently


@dataclass(frozen=True)
class LeftOut:
    """A range of a document that is in no passage, and the reason for it."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True)
class Chunks:
    """The passages of a document and the ranges left out of them, both in text order."""

    passages: tuple[Passage, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class _Stretch:
    """A heading, if there is one, and the text between it and the next one.

    `title` is the heading itself, `heading_path` the titles that lead to it, joined with " > ", and
    `outer_path` that path without it. The text begins at `start`, the heading before it.
    """

    title: str
    heading_path: str
    outer_path: str
    start: int
    end: int

    @property
    def heading(self) -> Range:
        """The range of the heading."""
        return self.start - len(self.title), self.start


def chunk(
    document: Document, count_tokens: Callable[[str], int], window: int, cutting: Cutting = CUTTING
) -> Chunks:
    """Cut `document` into passages of at most `window` tokens.

    `count_tokens(text)` counts as the embedder does, its special tokens included. Every passage
    carries its heading path. Raises `ValueError` for a window of less than 16 tokens.
    """
    if window < MIN_WINDOW:
        raise ValueError(
            f"a window of {window} tokens is too small to hold a passage; "
            f"at least {MIN_WINDOW} are needed"
        )
    passages: list[Passage] = []
    left_out: list[LeftOut] = []
    waiting: list[Range] = []  # headings with nothing below them so far
    outer_path = ""  # that of the first of them
    for stretch in _split_at_headings(document):
        runs, excluded = _select_blocks(document, stretch)
        left_out.extend(excluded)
        packer = _Packer(document, stretch.heading_path, count_tokens, window, cutting)
        # Let the heading wait for text, unless it was left out.
        if stretch.title and (not excluded or excluded[0].start != stretch.heading[0]):
            outer_path = outer_path if waiting else stretch.outer_path
            waiting.append(stretch.heading)
        # Write headings that no passage can begin with as passages of their own.
        begins = _begins_passage(document, waiting, runs, packer)
        if waiting and not begins and (runs or packer.exceeds_share(waiting)):
            headings = _Packer(document, outer_path, count_tokens, window, cutting)
            passages.extend(headings.pack(waiting))
            waiting = []
        for run in runs:
            passages.extend(packer.pack(run, waiting))
            waiting = []
    headings = _Packer(document, outer_path, count_tokens, window, cutting)
    passages.extend(headings.pack(waiting))
    return Chunks(tuple(passages), tuple(left_out))


def _begins_passage(
    document: Document, headings: list[Range], runs: list[list[Range]], packer: "_Packer"
) -> bool:
    """Return whether headings can begin the first passage of some text: it follows at once."""
    if not headings or not runs:
        return False
    is_next = not document.text[headings[-1][1] : runs[0][0][0]].strip()
    return is_next and not packer.exceeds_share(headings)


def _split_at_headings(document: Document) -> Iterator[_Stretch]:
    """Yield the stretches of a document in text order."""
    sections = document.sections
    if not sections:
        yield _Stretch("", "", "", 0, len(document.text))
    path: list[tuple[int, str]] = []  # level and title of the headings above the current stretch
    for index, section in enumerate(sections):
        # A heading closes those of its own level and below.
        path = [(level, title) for level, title in path if level < section.level]
        if section.title:
            path.append((section.level, section.title))
        # A top heading that repeats the document's title says nothing about a passage.
        titles = [title for level, title in path if not (level == 1 and title == document.title)]
        is_last = index + 1 == len(sections)
        end = len(document.text) if is_last else sections[index + 1].start
        start = section.start + len(section.title)
        outer = titles[:-1] if titles and titles[-1] == section.title else titles
        paths = HEADING_SEPARATOR.join(titles), HEADING_SEPARATOR.join(outer)
        yield _Stretch(section.title, *paths, start, end)


def _select_blocks(
    document: Document, stretch: _Stretch
) -> tuple[list[list[Range]], list[LeftOut]]:
    """Return the runs of blocks that go into passages, and the ranges left out."""
    runs: list[list[Range]] = [[]]
    left_out = []
    under_links = announces_links(stretch.title)
    reason = _reason_to_leave_out_heading(document, stretch)
    if stretch.title and reason:
        left_out.append(LeftOut(*stretch.heading, reason))
    for piece_start, piece_end, hidden in _split_at_hidden(document, stretch):
        if hidden:
            left_out.append(LeftOut(piece_start, piece_end, f"hidden: {hidden}"))
            runs.append([])
            continue
        for start, end in block_ranges(document.text, piece_start, piece_end):
            reason = _reason_to_leave_out(document, start, end, under_links)
            if reason:
                left_out.append(LeftOut(start, end, reason))
                runs.append([])
            else:
                runs[-1].append((start, end))
    return [run for run in runs if run], left_out


def _reason_to_leave_out_heading(document: Document, stretch: _Stretch) -> str:
    """Return the reason that keeps a heading out of the passages, else ""."""
    if announces_links(stretch.title):
        return "heading that announces links"
    if _is_aside(document, stretch.heading[0]):
        return ASIDE
    start, end = stretch.heading
    first = bisect.bisect_right(document.hidden, start, key=attrgetter("end"))
    for hidden in document.hidden[first : first + 1]:
        if hidden.start < end:
            return f"hidden: {hidden.reason}"
    return ""


def _split_at_hidden(document: Document, stretch: _Stretch) -> Iterator[tuple[int, int, str]]:
    """Yield the pieces of a stretch in text order, each with the reason that hides it, else ""."""
    start = stretch.start
    first = bisect.bisect_right(document.hidden, start, key=attrgetter("end"))
    for index in range(first, len(document.hidden)):
        hidden = document.hidden[index]
        if hidden.start >= stretch.end:
            break
        begin, end = max(start, hidden.start), min(hidden.end, stretch.end)
        if start < begin:
            yield start, begin, ""
        yield begin, end, hidden.reason
        start = end
    if start < stretch.end:
        yield start, stretch.end, ""


def _reason_to_leave_out(document: Document, start: int, end: int, under_links: bool) -> str:
    """Return the reason that keeps a block out of the passages, "" for prose.

    `under_links` tells that the heading above the block announces links.
    """
    block = document.text[start:end]
    if _is_aside(document, start):
        return ASIDE
    if is_call_to_action(block):
        return "sends the reader elsewhere"
    if under_links and is_bare_line(block):
        return "link under such a heading"
    return ""


def _is_aside(document: Document, offset: int) -> bool:
    """Return whether an aside covers `offset`."""
    # A page may have thousands of asides and blocks, too many to compare each with each.
    index = bisect.bisect_right(document.asides, offset, key=itemgetter(0)) - 1
    return index >= 0 and offset < document.asides[index][1]


class _Packer:
    """Packs the blocks of one stretch into passages."""

    def __init__(
        self,
        document: Document,
        heading_path: str,
        count_tokens: Callable[[str], int],
        window: int,
        cutting: Cutting,
    ) -> None:
        self.document = document
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
            if not self._is_item(block):
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

        List items repeat nothing, for they have a lead-in.
        """
        start = self._overlap_start(*previous)
        if start == previous[1] or self._is_item(block) or self._is_item(previous):
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
        return Passage(self.document.id, start, end, self.heading_path, text, lead, body)

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
