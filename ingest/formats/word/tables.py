"""Lay out a table of Word's: where each cell stands, how far it reaches, which ones are headers."""

from dataclasses import dataclass
from typing import Any

from inquote.ingest.formats.word.styles import Styles
from inquote.ingest.formats.word.xml import W, find, is_on, kind_of, unwrapped, value, whole

MAX_COLUMNS = 1_000
_MAX_SAMPLE = 20  # rows that tell whether a column holds numbers
_MAX_NUMBER = 6  # characters in which a number begins
_PLAIN_FILLS = ("", "auto", "ffffff")


@dataclass
class Cell:
    """A cell of a table: its element, its column from 0, and how far it reaches."""

    element: Any
    column: int
    row_span: int = 1
    column_span: int = 1
    is_header: bool = False


def rows_of(table: Any, styles: Styles) -> list[list[Cell]]:
    """Return the rows of a table, each with the cells that begin in it.

    A cell that continues one above or to the left lengthens that one. One that has nothing to
    continue, or has text of its own, stands for itself.
    """
    rows: list[list[Cell]] = []
    elements = []
    above: dict[int, Cell] = {}  # the cells that reach down to the last row, by their column
    for row in unwrapped(table):
        properties = row.find(f"{W}trPr")
        if kind_of(row) != "tr" or (properties is not None and find(properties, "del") is not None):
            continue
        cells, above = _cells_of(row, above)
        rows.append(cells)
        elements.append(row)
    _mark_headers(table, elements, rows, styles)
    return rows


def _cells_of(row: Any, above: dict[int, Cell]) -> tuple[list[Cell], dict[int, Cell]]:
    """Return the cells that begin in a row, and those that may go on in the next one."""
    cells: list[Cell] = []
    reaching: dict[int, Cell] = {}
    column = _columns(value(row.find(f"{W}trPr"), "gridBefore"), 0)
    for element in unwrapped(row):
        if kind_of(element) != "tc":
            continue
        properties = element.find(f"{W}tcPr")
        span = _columns(value(properties, "gridSpan"), 1)
        merge = find(properties, "vMerge")
        goes_on = merge is not None and merge.get(f"{W}val") != "restart"
        upper = above.get(column)
        if goes_on and upper is not None and not _has_text(element):
            upper.row_span += 1
            reaching[column] = upper
        elif cells and value(properties, "hMerge") == "continue" and not _has_text(element):
            cells[-1].column_span += span
        else:
            cells.append(Cell(element, column, 1, span))
            if merge is not None:
                reaching[column] = cells[-1]
        column += span
    return cells, reaching


def _columns(text: str, least: int) -> int:
    return max(least, min(MAX_COLUMNS, whole(text, least)))


def _has_text(cell: Any) -> bool:
    return any((text.text or "").strip() for text in cell.iter(f"{W}t"))


def _mark_headers(table: Any, elements: list[Any], rows: list[list[Cell]], styles: Styles) -> None:
    """Mark the cells of the rows that head a table: those that it names, else a bold first row."""
    heads = 0
    while heads < len(elements) and is_on(elements[heads].find(f"{W}trPr"), "tblHeader"):
        heads += 1
    if heads == 0 and len(rows) > 1:
        is_header = _stands_out(rows[0], rows[1], table, styles) or _names_numbers(rows)
        heads = 1 if is_header else 0
    for row in rows[:heads]:
        for cell in row:
            cell.is_header = True


def _stands_out(first: list[Cell], second: list[Cell], table: Any, styles: Styles) -> bool:
    """Return whether the first row is set apart from the second, by its letters or its ground."""
    look = find(table, "tblPr", "tblLook")
    if look is not None and _heads(look) and _style_heads(table, styles):
        return True
    for test in (_is_bold, _is_shaded):
        if first and all(test(cell.element, styles) for cell in first):
            return not all(test(cell.element, styles) for cell in second)
    return False


def _names_numbers(rows: list[list[Cell]]) -> bool:
    """Return whether a first row of words stands above a column that holds only numbers."""
    texts = [_text_of(cell) for cell in rows[0]]
    if len(texts) < 2 or not all(texts) or any(map(_has_digit, texts)) or len(rows) < 3:
        return False
    columns: dict[int, bool] = {}
    for row in rows[1:_MAX_SAMPLE]:
        for cell in row:
            is_number = _has_digit(_text_of(cell)[:_MAX_NUMBER])
            columns[cell.column] = columns.get(cell.column, True) and is_number
    return any(columns.values())


def _text_of(cell: Cell) -> str:
    return "".join(text.text or "" for text in cell.element.iter(f"{W}t")).strip()


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _heads(look: Any) -> bool:
    """Return whether a table's look gives its first row a format of its own."""
    stated = look.get(f"{W}firstRow")
    if stated is not None:
        return stated not in ("0", "false", "off")
    try:
        return bool(int(look.get(f"{W}val") or "0", 16) & 0x20)
    except ValueError:
        return False


def _style_heads(table: Any, styles: Styles) -> bool:
    """Return whether a table's style sets the first row in bold or on a ground."""
    for style in styles.chain(value(table.find(f"{W}tblPr"), "tblStyle")):
        for part in style.iter(f"{W}tblStylePr"):
            if part.get(f"{W}type") != "firstRow":
                continue
            fill = next(part.iter(f"{W}shd"), None)
            return is_on(part.find(f"{W}rPr"), "b") or fill is not None
    return False


def _is_bold(cell: Any, styles: Styles) -> bool:
    """Return whether a cell has text, all of it bold."""
    has_text = False
    for paragraph in cell.iter(f"{W}p"):
        by_style = _switch_of(styles.of(paragraph))
        for run in paragraph.iter(f"{W}r"):
            if not _has_text(run):
                continue
            has_text = True
            own = find(run, "rPr", "b")
            if not (by_style if own is None else is_on(run.find(f"{W}rPr"), "b")):
                return False
    return has_text


def _switch_of(chain: list[Any]) -> bool:
    for style in chain:
        if find(style, "rPr", "b") is not None:
            return is_on(style.find(f"{W}rPr"), "b")
    return False


def _is_shaded(cell: Any, styles: Styles) -> bool:
    shading = find(cell, "tcPr", "shd")
    fill = "" if shading is None else shading.get(f"{W}fill") or ""
    return fill.lower() not in _PLAIN_FILLS
