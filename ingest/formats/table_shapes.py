"""Make tables that were set for the eye into tables to be read.

Annual reports set a currency's sign, a closing bracket and a gap in columns of their own, and a
list's bullets in the first column of a table without lines.
"""

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from inquote.ingest.formats.builder import BULLET, TableCell, TextBuilder

_BEFORE = re.compile(r"(?:[A-Z]{0,3}[$€£¥₹₩]\s{0,2}\(?|\()\Z")  # a number in the next cell
_AFTER = re.compile(r"(?:\)?\s{0,2}%|\))\Z")  # a number in the cell before
_BEGINS_NUMBER = re.compile(r"[(+−–—-]{0,2}\s{0,2}(?:[.,]?\d|\Z)")
_ENDS_NUMBER = re.compile(r"(?:\d|[–—-])\)?\Z")
_BULLETS = frozenset("-*+•‣◦▪●○■□–·o§\uf0b7\uf0a7")
_MARKER = re.compile(r"[☐☑☒]\Z|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{2,5})[.)]\Z")

Rows = list[list[TableCell]]


def write_table(
    builder: TextBuilder, rows: Sequence[Sequence[TableCell]], *, aside: bool = False
) -> None:
    """Append a table set for the eye; one that only sets markers before items is a list."""
    items = items_of(rows)
    for marker, words in items:
        gap = "\n" if builder.ends_in_item else "\n\n"
        builder.block(f"{marker} {words}", kind="item", label=marker, gap=gap, aside=aside)
    if not items:
        builder.table(tidied(rows), aside=aside)


def tidied(rows: Iterable[Sequence[TableCell]]) -> Rows:
    """Return the rows with each sign in its number's cell, without the columns that hold nothing.

    >>> cells = [TableCell("Fees", 0), TableCell("", 1), TableCell("$", 2), TableCell("7", 3)]
    >>> [(cell.text, cell.column) for cell in tidied([cells])[0]]
    [('Fees', 0), ('$7', 1)]
    """
    return _without_gaps([_joined(row) for row in rows])


def items_of(rows: Iterable[Sequence[TableCell]]) -> list[tuple[str, str]]:
    """Return the marker and the words of each item, [] for a table that is no list.

    >>> items_of([[TableCell("", 0), TableCell("•", 1), TableCell("More games", 2)]])
    [('-', 'More games')]
    """
    items = []
    for row in rows:
        texts = [" ".join(cell.text.split()) for cell in row if cell.text.strip()]
        if not texts:
            continue
        is_bullet = texts[0] in _BULLETS
        if len(texts) != 2 or not (is_bullet or _MARKER.match(texts[0])):
            return []
        items.append((BULLET if is_bullet else texts[0], texts[1]))
    return items


def _joined(row: Sequence[TableCell]) -> list[TableCell]:
    """Return a row with the cells of one number as one cell over all their columns."""
    cells: list[TableCell] = []
    for cell in row:
        last = cells[-1] if cells else None
        if last is None or not _are_one_number(last, cell):
            cells.append(cell)
        else:
            text = last.text.strip() + cell.text.strip()
            span = cell.column + cell.column_span - last.column
            cells[-1] = replace(last, text=text, column_span=span)
    return cells


def _are_one_number(cell: TableCell, following: TableCell) -> bool:
    if cell.column + cell.column_span != following.column:
        return False
    first, second = cell.text.strip(), following.text.strip()
    if _AFTER.match(second):
        return _ENDS_NUMBER.search(first) is not None
    return bool(second and _BEFORE.match(first) and _BEGINS_NUMBER.match(second))


def _without_gaps(rows: Rows) -> Rows:
    """Return rows without the columns in which no cell with text needs a place of its own."""
    kept: list[int] = []  # columns
    filled = {cell for row in rows for cell in row if cell.text.strip()}
    spans = {(cell.column_span, cell.column) for cell in filled}
    for span, column in sorted(spans):
        at = bisect.bisect_left(kept, column)
        if at == len(kept) or kept[at] >= column + span:
            kept.insert(at, column)
    return [[placed for cell in row for placed in _placed(cell, kept)] for row in rows]


def _placed(cell: TableCell, kept: Sequence[int]) -> list[TableCell]:
    """Return a cell in the columns that are kept, [] where it stands in none of them."""
    first = bisect.bisect_left(kept, cell.column)
    span = bisect.bisect_left(kept, cell.column + cell.column_span) - first
    return [replace(cell, column=first, column_span=span)] if span else []
