"""Read the cells of one sheet, as a reader sees them, with what is merged and what is hidden."""

import io
import re
from dataclasses import dataclass, field
from typing import Any

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.sheet.numbers import shown
from inquote.ingest.formats.sheet.workbook import S, Workbook, rich_text

MAX_CELLS = 200_000  # with a value, in a workbook
MAX_ELEMENTS = 5_000_000  # rows and cells of a workbook, empty ones as well
MAX_CHARACTERS = 20_000_000  # of the cells of a workbook
_LAST_COLUMN = 16_384
_LAST_ROW = 1_048_576
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_VALUE = f"{S}v"
_ON = ("1", "true")
_LINE = 8.0  # points; a row that is lower holds no line
_WORD = 4.0  # characters; a column that is narrower holds no word


@dataclass(frozen=True)
class SheetCell:
    """A cell with a value: its text, whether that is a number, and whether it is bold."""

    text: str
    is_number: bool = False
    is_bold: bool = False


@dataclass
class Sheet:
    """The cells of a sheet by row and column, from 0.

    `merges` are the rows and columns that a cell covers, `header_rows` the rows that a filter, a
    frozen pane or a named table makes headers. The narrow rows and columns have no room for a line
    or a word. `lacks_results` tells whether a formula has no result, `is_cut` whether the sheet
    could not be read to its end.
    """

    rows: dict[int, dict[int, SheetCell]] = field(default_factory=dict)
    merges: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    header_rows: set[int] = field(default_factory=set)
    narrow_rows: set[int] = field(default_factory=set)
    narrow_columns: set[int] = field(default_factory=set)
    lacks_results: bool = False
    is_cut: bool = False
    next_row: int = 0


class SheetReader:
    """Reads the sheets of a workbook and counts their cells together."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._cells = 0
        self._characters = 0
        self._elements = 0

    def read(self, content: bytes) -> Sheet:
        """Return the cells of a sheet's part; raise `FileSkipped` where there are too many."""
        from lxml import etree

        sheet = Sheet()
        tags = [f"{S}{name}" for name in ("col", "row", "mergeCell", "autoFilter", "pane")]
        events = etree.iterparse(
            io.BytesIO(content),
            events=("end",),
            tag=tags,
            recover=True,
            resolve_entities=False,
            no_network=True,
        )
        try:
            for _, element in events:
                kind = element.tag.removeprefix(S)
                self._count(1 + len(element))
                if kind == "row":
                    self._add_row(sheet, element)
                    _forget(element)
                elif kind == "col":
                    _add_columns(sheet, element)
                elif kind == "mergeCell":
                    _add_merge(sheet, element.get("ref") or "")
                elif kind == "pane":
                    frozen = element.get("ySplit") or ""
                    if element.get("state") == "frozen" and _is_number(frozen):
                        sheet.header_rows.add(int(frozen) - 1)
                else:
                    add_header(sheet, element.get("ref") or "")
        except etree.XMLSyntaxError:
            sheet.is_cut = True  # what was read until then is kept
        sheet.is_cut = sheet.is_cut or bool(events.error_log)
        return sheet

    def _count(self, elements: int) -> None:
        self._elements += elements
        if self._elements > MAX_ELEMENTS or self._cells > MAX_CELLS:
            raise FileSkipped(
                f"it has more than {MAX_CELLS:,} cells, or far more empty ones; keep the part of "
                "it that is to be asked in a file of its own"
            )

    def _add_row(self, sheet: Sheet, row: Any) -> None:
        """Add the cells of a row."""
        number = int(row.get("r")) - 1 if _is_number(row.get("r")) else sheet.next_row
        sheet.next_row = number + 1
        if not 0 <= number < _LAST_ROW:
            return
        if _is_below(row.get("ht"), _LINE):
            sheet.narrow_rows.add(number)
        cells: dict[int, SheetCell] = {}
        column = -1
        for element in row.iterchildren(f"{S}c"):
            place = _place_of(element.get("r") or "")
            column = place[1] if place else column + 1
            cell = self._cell_of(sheet, element) if column < _LAST_COLUMN else None
            if cell is not None:
                cells[column] = cell
        if cells:
            self._cells += len(cells)
            sheet.rows[number] = cells
            if row.get("hidden") in _ON:
                sheet.hidden_rows.add(number)

    def _cell_of(self, sheet: Sheet, element: Any) -> SheetCell | None:
        """Return a cell as it is shown, None for an empty one."""
        style = self._workbook.style(element.get("s"))
        kind = element.get("t") or "n"
        parts = {part.tag: part for part in element}
        stated = parts.get(_VALUE)
        value = "" if stated is None else stated.text or ""
        if kind == "inlineStr":
            value = rich_text(parts.get(f"{S}is"))
        elif kind == "s":
            value = self._workbook.string(value)
        elif kind == "b":
            value = "TRUE" if value in _ON else "FALSE"
        elif kind in ("n", "d") and value:
            value = shown(value, style.number_format, self._workbook.counts_from_1904)
        if not value.strip():
            sheet.lacks_results = sheet.lacks_results or f"{S}f" in parts
            return None
        self._characters += len(value)
        if self._characters > MAX_CHARACTERS:
            raise FileSkipped(f"its cells hold more than {MAX_CHARACTERS:,} characters")
        return SheetCell(value, kind in ("n", "d"), style.is_bold)


def add_header(sheet: Sheet, reference: str) -> None:
    """Note that the first row of a range heads the others."""
    place = _place_of(reference.partition(":")[0])
    if place is not None:
        sheet.header_rows.add(place[0])


def _forget(row: Any) -> None:
    """Free a row that was read, and what stands before it."""
    row.clear()
    while row.getprevious() is not None:
        del row.getparent()[0]


def _is_number(text: str | None) -> bool:
    return bool(text) and len(text or "") < 9 and (text or "").isdecimal()


def _is_below(size: str | None, limit: float) -> bool:
    """Return whether a size is stated and is below a limit."""
    try:
        return float(size or "nan") < limit
    except ValueError:
        return False


def _place_of(reference: str) -> tuple[int, int] | None:
    """Return the row and column, from 0, of a reference such as "B3"."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - 64
    return int(match.group(2)) - 1, column - 1


def _add_columns(sheet: Sheet, element: Any) -> None:
    """Note the columns that are hidden, and those that are narrow."""
    first, last = element.get("min"), element.get("max")
    if _is_number(first) and _is_number(last):
        columns = range(int(first) - 1, min(_LAST_COLUMN, int(last)))
        if element.get("hidden") in _ON:
            sheet.hidden_columns.update(columns)
        if _is_below(element.get("width"), _WORD):
            sheet.narrow_columns.update(columns)


def _add_merge(sheet: Sheet, reference: str) -> None:
    first, _, last = reference.partition(":")
    start, end = _place_of(first), _place_of(last)
    if start and end and end >= start:
        sheet.merges.setdefault(start[0], {})[start[1]] = (
            end[0] - start[0] + 1,
            max(1, end[1] - start[1] + 1),
        )
