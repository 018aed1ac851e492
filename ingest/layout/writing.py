"""Write the parts of a document as text, and note where each character stands on its page."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from inquote.ingest.documents import Page
from inquote.ingest.formats.builder import TableCell, TextBuilder, canonical
from inquote.ingest.layout.boxes import LineBoxes, pack_lines
from inquote.ingest.layout.characters import turned
from inquote.ingest.layout.lines import Band, Line, bands_between
from inquote.ingest.layout.parts import Part

_DIVIDED = re.compile(r"(?<!\w)(\w{1,100})[-\u2010\u00ad]$")
_FIRST_WORD = re.compile(r"\w{1,100}")
_COMPOUND = re.compile(r"(?<!\w)\w{1,100}-\w{1,100}")
_SOFT = "\u00ad"
_WIDE_GAP = 1.2  # of the height of letters, and more: nothing of the line stands there
_HYPHENS = ("-", "\u2010", _SOFT)
# Starters that join the character before them when a text is put in NFC.
_JOINING = set(
    "\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u102e\u1b35"
)


@dataclass
class Sheet:
    """A page to be written: its size and its number as printed."""

    width: float
    height: float
    label: str = ""
    start: int | None = None
    boxes: list[LineBoxes] = field(default_factory=list)


class Span(NamedTuple):
    """A part of a text that stands in a line: its offset, and where in the line it begins."""

    start: int
    length: int
    line: Line
    at: int


@dataclass
class Run:
    """A text, and the parts of it that stand in lines."""

    text: str = ""
    spans: list[Span] = field(default_factory=list)

    def add(self, line: Line) -> None:
        """Add a line without its soft hyphens but for one at its end."""
        start = 0
        for at, character in enumerate(line.text) if _SOFT in line.text else ():
            if character == _SOFT and at < len(line.text) - 1:
                self.add_part(line, start, at)
                start = at + 1
        self.add_part(line, start, len(line.text))

    def add_part(self, line: Line, start: int, end: int) -> None:
        """Add the characters of a line from one offset to another."""
        if start < end:
            self.spans.append(Span(len(self.text), end - start, line, start))
            self.text += line.text[start:end]

    def drop_last(self) -> None:
        """Take the last character away."""
        self.text = self.text[:-1]
        last = self.spans.pop()
        if last.length > 1:
            self.spans.append(last._replace(length=last.length - 1))


class Writer:
    """Writes parts one after the other."""

    def __init__(self, sheets: list[Sheet], compounds: set[str]) -> None:
        self.builder = TextBuilder()
        self.sheets = sheets
        self.compounds = compounds
        self._last: Part | None = None

    def write(self, part: Part) -> None:
        """Write a part as its block."""
        if part.reason:
            self.builder.hide(part.text, part.reason)
            self.builder.write_hidden()
        elif part.table is not None:
            self._write_table(part)
        elif part.lines:
            self._write_lines(part)
        else:
            self._start(part.page, len(part.text))
            self.builder.block(part.text, kind=part.kind)
        self._last = part

    def pages(self) -> tuple[Page, ...]:
        """Return the pages of what is written; one without text begins where the next one does.

        A line that stands among the text of another page has no boxes.
        """
        starts: list[int] = []
        following = self.builder.length
        for sheet in reversed(self.sheets):
            following = min(following, following if sheet.start is None else sheet.start)
            starts.append(following)
        starts.reverse()
        ends = [*starts[1:], self.builder.length]
        pages = []
        for index, sheet in enumerate(self.sheets):
            start, end = starts[index] if index else 0, ends[index]
            own = [line for line in sheet.boxes if start <= line.start and line.end <= end]
            packed = pack_lines(own)
            size = (round(sheet.width, 2), round(sheet.height, 2))
            pages.append(
                Page(
                    index + 1,
                    start,
                    end,
                    sheet.label,
                    *size,
                    packed,
                )
            )
        return tuple(pages)

    def _write_lines(self, part: Part) -> None:
        run = _canonical_run(self._joined(part.lines))
        if not run.text.strip():
            return
        if part.kind == "heading":
            self.builder.heading(run.text, part.level)
        else:
            is_next = self._last is not None and self._last.kind == part.kind
            gap = "\n" if is_next and part.kind == "item" else "\n\n"
            self.builder.block(run.text, kind=part.kind, label=_label_of(part, run.text), gap=gap)
        self._place(run, self.builder.length - len(run.text))

    def _write_table(self, part: Part) -> None:
        assert part.table is not None
        runs = []
        rows = []
        for row in part.table.rows:
            cells = []
            for cell in row.cells:
                run = _canonical_run(self._joined(cell.lines))
                runs.append(run)
                spans = (cell.column, cell.row_span, cell.column_span, cell.is_header)
                cells.append(TableCell(run.text, *spans))
            rows.append(cells)
        before = len(self.builder.blocks)
        self.builder.table(rows)
        written = [block for block in self.builder.blocks[before:] if block.kind == "cell"]
        if len(written) == len(runs):
            for run, block in zip(runs, written, strict=True):
                self._place(run, block.start)

    def _joined(self, lines: Sequence[Line]) -> Run:
        """Return the text of lines, a word that is divided between two of them whole again."""
        run = Run()
        for line in lines:
            if run.text:
                self._join(run, line)
            run.add(line)
        if run.text.endswith(_SOFT):
            run.drop_last()
        return run

    def _join(self, run: Run, line: Line) -> None:
        """Put between two lines what belongs there: a blank, nothing, or no hyphen."""
        last = run.text[-1]
        if last in _HYPHENS:
            divided = _DIVIDED.search(run.text[-101:])
            rest = _FIRST_WORD.match(line.text)
            if divided and rest and (line.text[0].islower() or last == _SOFT):
                compound = f"{divided.group(1)}-{rest.group()}".lower()
                if last == _SOFT or compound not in self.compounds:
                    run.drop_last()
                return
            if rest and run.text[-2:-1].isalnum():
                return
        elif _is_wide(last) and _is_wide(line.text[0]):
            return
        run.text += " "

    def _place(self, run: Run, start: int) -> None:
        """Note the boxes of a text that begins at an offset."""
        for span in run.spans:
            first = span.at
            if not span.line.text.isascii():
                for at in range(span.at + 1, span.at + span.length):
                    if not _goes_on(span.line, first, at):
                        self._add_boxes(span.line, first, at, start + span.start + first - span.at)
                        first = at
            end = span.at + span.length
            self._add_boxes(span.line, first, end, start + span.start + first - span.at)

    def _add_boxes(self, line: Line, at: int, end: int, start: int) -> None:
        """Note the boxes of a line's characters, of which the first stands at `start`."""
        sheet = self.sheets[line.page]
        if sheet.start is None or start < sheet.start:
            sheet.start = start
        for band, first, last in _boxed_parts(line, at, end):
            if line.angle:
                for index in range(first, last):
                    sheet.boxes.append(_turned_back(line, index, start + index - at, band))
                continue
            if last - first > 1 and line.lefts[last - 1] < line.lefts[first]:
                edges = (*line.rights[first:last], line.lefts[last - 1])
            else:
                edges = (*line.lefts[first:last], line.rights[last - 1])
            offsets = start + first - at, start + last - at
            sheet.boxes.append(LineBoxes(*offsets, band.top, band.bottom, edges))

    def _start(self, page: int, length: int) -> None:
        sheet = self.sheets[page]
        if sheet.start is None:
            sheet.start = self.builder.length + (2 if self.builder.length else 0)


def _boxed_parts(line: Line, at: int, end: int) -> Iterator[tuple[Band, int, int]]:
    """Yield the parts of a line that a box each holds: on one base, without a wide gap.

    What is drawn in a gap belongs to other lines.
    """
    bands = bands_between(line, at, end) or (Band(0, 0, 0, line.top, line.bottom),)
    for band, following in zip_longest(bands, bands[1:]):
        first, last = at + band.at, at + following.at if following else end
        widest = _WIDE_GAP * (band.bottom - band.top)
        gap = line.text.find(" ", first, last)
        while gap >= 0:
            if line.rights[gap] - line.lefts[gap] > widest and first < gap:
                yield band, first, gap
                first = gap + 1
            gap = line.text.find(" ", gap + 1, last)
        if first < last:
            yield band, first, last


def compounds_in(texts: Sequence[str]) -> set[str]:
    """Return the words, in lower case, that stand somewhere with a hyphen within a line."""
    words: set[str] = set()
    for text in texts:
        if "-" in text:
            words.update(_COMPOUND.findall(text.lower()))
    return words


def _is_wide(character: str) -> bool:
    """Return whether a character is of a script that sets no blanks between words."""
    return ("\u2e80" <= character <= "\ud7a3" and not character >= "\uac00") or (
        "\uff00" <= character <= "\uff60"
    )


def _goes_on(line: Line, first: int, at: int) -> bool:
    """Return whether a character runs on the way that those from `first` run."""
    if at < first + 2:
        return True
    lefts = line.lefts
    return (lefts[at] >= lefts[at - 1]) == (lefts[at - 1] >= lefts[at - 2])


def _turned_back(line: Line, at: int, start: int, band: Band) -> LineBoxes:
    """Return the box of a character of a line that does not lie, on the page."""
    corners = []
    for x in (line.lefts[at], line.rights[at]):
        for y in (band.top, band.bottom):
            corners.append(turned(x, y, -line.angle))
    across, down = zip(*corners, strict=True)
    return LineBoxes(start, start + 1, min(down), max(down), (min(across), max(across)))


def _label_of(part: Part, text: str) -> str:
    if part.kind == "item":
        return text.split(" ", 1)[0]
    if part.kind != "note":
        return ""
    match = re.match(r"\w{1,3}|\W{1,3}", text)
    return match.group().strip() if match else ""


def _canonical_run(run: Run) -> Run:
    """Return a run in canonical form; a character that others join has the place of the first."""
    if run.text.isascii() or canonical(run.text) == run.text:
        return run
    places: dict[int, tuple[Line, int]] = {}
    for span in run.spans:
        for step in range(span.length):
            places[span.start + step] = (span.line, span.at + step)
    result = Run()
    start = 0
    for index in range(1, len(run.text) + 1):
        if index == len(run.text) or not _joins(run.text[index]):
            whole = canonical(run.text[start:index])
            for step in range(len(whole)):
                if start + step in places and step < index - start:
                    result.spans.append(Span(len(result.text) + step, 1, *places[start + step]))
            result.text += whole
            start = index
    result.text = result.text.rstrip()
    result.spans = [span for span in result.spans if span.start < len(result.text)]
    return result


def _joins(character: str) -> bool:
    """Return whether a character may join the one before it in NFC."""
    is_jamo = "\u1160" <= character <= "\u11ff"
    return bool(unicodedata.combining(character)) or is_jamo or character in _JOINING
