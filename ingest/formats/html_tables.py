"""Collect the rows of a table, cell by cell, with the spans that HTML and its like have."""

from dataclasses import dataclass, field
from typing import Any

from inquote.ingest.formats.builder import CELL_SEPARATOR, TableCell, TextBuilder
from inquote.ingest.formats.table_shapes import write_table

_MAX_SPAN = 1_000


@dataclass
class OpenTable:
    """A table that is not yet closed.

    `inline_before` is the text that stood before it in a cell of the table around it. `reaching`
    tells for a column how many more rows a cell from above reaches into.
    """

    inline_before: list[str] = field(default_factory=list)
    rows: list[list[TableCell]] = field(default_factory=list)
    cells: list[TableCell] = field(default_factory=list)
    cell: Any = None  # the element of the open cell
    reaching: dict[int, int] = field(default_factory=dict)
    in_head: bool = False

    def close_cell(self, text: str) -> None:
        """Add the open cell."""
        element, self.cell = self.cell, None
        spans = _span(element.get("rowspan")), _span(element.get("colspan"))
        self.add(text, *spans, is_header=element.tag == "th" or self.in_head)

    def add(self, text: str, rows: int, columns: int, *, is_header: bool) -> None:
        """Add a cell that reaches over `rows` and `columns`, in the next column that is free."""
        column = self.cells[-1].column + self.cells[-1].column_span if self.cells else 0
        while self.reaching.get(column):
            column += 1
        self.cells.append(TableCell(text, column, rows, columns, is_header))

    def close_row(self) -> None:
        """Add the open row, and count down the cells that reach into it."""
        for column, rows in list(self.reaching.items()):
            if rows > 1:
                self.reaching[column] = rows - 1
            else:
                del self.reaching[column]
        for cell in self.cells:
            if cell.row_span > 1:
                for column in range(cell.column, cell.column + cell.column_span):
                    self.reaching[column] = cell.row_span - 1
        if self.cells:
            self.rows.append(self.cells)
        self.cells = []

    def write(self, builder: TextBuilder, *, aside: bool) -> bool:
        """Write the rows so far; return whether there were any with text."""
        rows, self.rows = self.rows, []
        length = builder.length
        write_table(builder, rows, aside=aside)
        return builder.length > length

    def as_words(self) -> str:
        """Return the rows as words of the cell that the table stands in."""
        lines = [", ".join(filter(None, _texts(cells))) for cells in self.rows]
        return " ".join(filter(None, lines))


def _texts(cells: list[TableCell]) -> list[str]:
    return [cell.text.replace(CELL_SEPARATOR, ", ") for cell in cells]


def _span(text: str | None) -> int:
    """Return how many rows or columns a cell reaches over."""
    text = (text or "").strip()
    number = int(text) if text.isdecimal() and len(text) < 9 else 1
    return min(max(1, number), _MAX_SPAN)
