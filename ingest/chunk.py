"""Cut a document into passages that fit the embedder's window.

The steps, in the order of the code:

1. Headings split the document into stretches. Each stretch knows its heading path, the titles
   from the outermost heading to its own. A heading begins the first passage of its stretch;
   headings with nothing below them wait for the next one.
2. What no reader sees, blocks that are no prose (navigation, advertising), and heads and feet of
   pages that repeat earlier ones are left out, each with the reason. The neighbours that stay form
   a run.
3. A run is packed: blocks join a group until another one would exceed the target.
4. A group that exceeds the window is cut at the end of a sentence, else of a clause, else of a
   word, else anywhere.
5. Rows of tables and fields of e-mails are read with what explains them (`segments.py`).
"""

import bisect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter, itemgetter

from inquote.ingest.advertising import announces_links, is_bare_line, is_call_to_action
from inquote.ingest.documents import HEADING_SEPARATOR, Document, Passage
from inquote.ingest.packing import CUTTING, Cutting, Packer
from inquote.ingest.segments import Segmenter
from inquote.ingest.text import Range, block_ranges

MIN_WINDOW = 16  # tokens

ASIDE = "beside the text of the page"  # a reason to leave out
REPEATED = "page header or footer, repeated"  # another

_NUMBER = re.compile(r"\d+")

RECIPE = f"version 7, {CUTTING}"  # the version counts up when passages come out differently


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
    repeated = _repeated_edges(document)
    segmenter = Segmenter(document)
    for stretch in _split_at_headings(document):
        runs, excluded = _select_blocks(document, stretch, repeated)
        left_out.extend(excluded)
        packer = Packer(document, segmenter, stretch.heading_path, count_tokens, window, cutting)
        # Let the heading wait for text, unless it was left out.
        if stretch.title and (not excluded or excluded[0].start != stretch.heading[0]):
            outer_path = outer_path if waiting else stretch.outer_path
            waiting.append(stretch.heading)
        # Write headings that no passage can begin with as passages of their own.
        begins = _begins_passage(document, waiting, runs, packer)
        if waiting and not begins and (runs or packer.exceeds_share(waiting)):
            headings = Packer(document, segmenter, outer_path, count_tokens, window, cutting)
            passages.extend(headings.pack(waiting))
            waiting = []
        for run in runs:
            passages.extend(packer.pack(run, waiting))
            waiting = []
    headings = Packer(document, segmenter, outer_path, count_tokens, window, cutting)
    passages.extend(headings.pack(waiting))
    return Chunks(tuple(passages), tuple(left_out))


def _begins_passage(
    document: Document, headings: list[Range], runs: list[list[Range]], packer: "Packer"
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
    document: Document, stretch: _Stretch, repeated: set[int]
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
            reason = REPEATED if start in repeated else ""
            reason = reason or _reason_to_leave_out(document, start, end, under_links)
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


def _repeated_edges(document: Document) -> set[int]:
    """Return where page headers and footers begin whose words stood in an earlier one."""
    seen: set[str] = set()
    repeated: set[int] = set()
    for block in document.blocks:
        if block.kind in ("header", "footer"):
            words = " ".join(_NUMBER.sub(" ", document.text[block.start : block.end]).split())
            if words.casefold() in seen:
                repeated.add(block.start)
            seen.add(words.casefold())
    return repeated


def _is_aside(document: Document, offset: int) -> bool:
    """Return whether an aside covers `offset`."""
    # A page may have thousands of asides and blocks, too many to compare each with each.
    index = bisect.bisect_right(document.asides, offset, key=itemgetter(0)) - 1
    return index >= 0 and offset < document.asides[index][1]
