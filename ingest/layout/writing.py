"""Write the parts of a document as text, and note where each character stands on its page."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from inquote.ingest.documents import Page
from inquote.ingest.formats.builder import TableCell, TextBuilder, canonical
from inquote.ingest.layout.boxes import LineBoxes, pack_lines
from inquote.ingest.layout.characters import turned
from inquote.ingest.layout.lines import Line
from inquote.ingest.layout.parts import Part

_DIVIDED = re.compile(r"(?<!\w)(\w{1,100})[-\u2010\u00ad]$")
_FIRST_WORD = re.compile(r"\w{1,100}")
_COMPOUND = re.compile(r"(?<!\w)\w{1,100}-\w{1,100}")
_SOFT = "\u00ad"
# Starters that join the character before them when a text is put in NFC.
_JOINING = set("\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u102e\u1b35")

Place = tuple[Line, int]


@dataclass
class Sheet:
    """A page to be written: its size and its number as printed."""

    width: float
    height: float
    label: str = ""
    start: int | None = None
    boxes: list[LineBoxes] = field(default_factory=list)


@dataclass
class Run:
    """A text, and for each of its characters the line and the offset in it, or None."""

    characters: list[str] = field(default_factory=list)
    places: list[Place | None] = field(default_factory=list)

    def add(self, text: str, place: Place | None) -> None:
        """Add a character."""
        self.characters.append(text)
        self.places.append(place)


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
        """Return the pages of what is written; one without text begins where the next one does."""
        starts: list[int] = []
        following = self.builder.length
        for sheet in reversed(self.sheets):
            following = min(following, following if sheet.start is None else sheet.start)
            starts.append(following)
        starts.reverse()
        ends = [*starts[1:], self.builder.length]
        pages = []
        for index, sheet in enumerate(self.sheets):
            packed = pack_lines(sheet.boxes)
            size = (round(sheet.width, 2), round(sheet.height, 2))
            pages.append(
                Page(index + 1, starts[index] if index else 0, ends[index], sheet.label, *size, packed)
            )
        return tuple(pages)

    def _write_lines(self, part: Part) -> None:
        run = _canonical_run(self._joined(part.lines))
        text = "".join(run.characters)
        if not text.strip():
            return
        if part.kind == "heading":
            self.builder.heading(text, part.level)
        else:
            is_next = self._last is not None and self._last.kind == part.kind
            gap = "\n" if is_next and part.kind in ("item", "field") else "\n\n"
            self.builder.block(text, kind=part.kind, label=_label_of(part, text), gap=gap)
        self._place(run, self.builder.length - len(text))

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
                cells.append(TableCell("".join(run.characters), *spans))
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
            if run.characters:
                self._join(run, line)
            for at, character in enumerate(line.text):
                if character != _SOFT or at == len(line.text) - 1:
                    run.add(character, (line, at))
        while run.characters and run.characters[-1] == _SOFT:
            run.characters.pop()
            run.places.pop()
        return run

    def _join(self, run: Run, line: Line) -> None:
        """Put between two lines what belongs there: a blank, nothing, or no hyphen."""
        last = run.characters[-1]
        if last in ("-", "\u2010", _SOFT):
            start = max(0, len(run.characters) - 101)
            divided = _DIVIDED.search("".join(run.characters[start:]))
            rest = _FIRST_WORD.match(line.text)
            if divided and rest and (line.text[0].islower() or last == _SOFT):
                compound = f"{divided.group(1)}-{rest.group()}".lower()
                if last == _SOFT or compound not in self.compounds:
                    run.characters.pop()
                    run.places.pop()
                return
            if rest and len(run.characters) > 1 and run.characters[-2].isalnum():
                return
        elif _is_wide(last) and _is_wide(line.text[0]):
            return
        run.add(" ", None)

    def _place(self, run: Run, start: int) -> None:
        """Note the boxes of a text that begins at an offset."""
        first = 0
        places = run.places
        for index in range(1, len(places) + 1):
            before = places[index - 1]
            here = places[index] if index < len(places) else None
            if before is None:
                first = index
            elif here is None or not _follows(before, here):
                origin = places[first]
                assert origin is not None
                self._add_boxes(origin, index - first, start + first)
                first = index

    def _add_boxes(self, origin: Place, length: int, start: int) -> None:
        line, at = origin
        sheet = self.sheets[line.page]
        if sheet.start is None or start < sheet.start:
            sheet.start = start
        if line.angle:
            for index in range(length):
                sheet.boxes.append(_turned_back(line, at + index, start + index))
            return
        last = at + length - 1
        is_back = length > 1 and line.lefts[last] < line.lefts[at]
        if is_back:
            edges = (*line.rights[at : last + 1], line.lefts[last])
        else:
            edges = (*line.lefts[at : last + 1], line.rights[last])
        sheet.boxes.append(LineBoxes(start, start + length, line.top, line.bottom, edges))

    def _start(self, page: int, length: int) -> None:
        sheet = self.sheets[page]
        if sheet.start is None:
            sheet.start = self.builder.length + (2 if self.builder.length else 0)


def compounds_in(texts: Sequence[str]) -> set[str]:
    """Return the words, in lower case, that stand somewhere with a hyphen within a line."""
    words: set[str] = set()
    for text in texts:
        if "-" in text:
            words.update(_COMPOUND.findall(text.lower()))
    return words


def _is_wide(character: str) -> bool:
    """Return whether a character is of a script that sets no blanks between words."""
    return "\u2e80" <= character <= "\ud7a3" and not "\uac00" <= character or (
        "\uff00" <= character <= "\uff60"
    )


def _follows(before: Place, here: Place) -> bool:
    """Return whether two places are neighbours in a line, and run the same way."""
    if before[0] is not here[0] or here[1] != before[1] + 1:
        return False
    if here[1] < 2:
        return True
    lefts = here[0].lefts
    at = here[1]
    return (lefts[at] >= lefts[at - 1]) == (lefts[at - 1] >= lefts[at - 2])


def _turned_back(line: Line, at: int, start: int) -> LineBoxes:
    """Return the box of a character of a line that does not lie, on the page."""
    corners = []
    for x in (line.lefts[at], line.rights[at]):
        for y in (line.top, line.bottom):
            corners.append(turned(x, y, -line.angle))
    across, down = zip(*corners, strict=True)
    return LineBoxes(start, start + 1, min(down), max(down), (min(across), max(across)))


def _label_of(part: Part, text: str) -> str:
    if part.kind != "note":
        return ""
    match = re.match(r"\w{1,3}|\W{1,3}", text)
    return match.group().strip() if match else ""


def _canonical_run(run: Run) -> Run:
    """Return a run in canonical form; a character that others join has the place of the first."""
    text = "".join(run.characters)
    if canonical(text) == text:
        return run
    result = Run()
    cluster, place = "", None
    for character, own in (*zip(run.characters, run.places, strict=True), ("", None)):
        if cluster and not (character and _joins(character)):
            for letter in canonical(cluster):
                result.add(letter, place)
                place = None
            cluster = ""
        if not cluster:
            place = own
        cluster += character
    while result.characters and result.characters[-1].isspace():
        result.characters.pop()
        result.places.pop()
    return result


def _joins(character: str) -> bool:
    """Return whether a character may join the one before it in NFC."""
    is_jamo = "\u1160" <= character <= "\u11ff"
    return bool(unicodedata.combining(character)) or is_jamo or character in _JOINING
