"""Write a table of a document as a table of HTML.

The separators between its cells and the ends of its rows stay in the cells, unseen.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from inquote.app.chat.ranges import Mark, RangeWriter
from inquote.ingest import grid as reading
from inquote.ingest.documents import Block


@dataclass
class Row:
    """A row of a table, and its cells in text order."""

    block: Block
    cells: list[Block] = field(default_factory=list)

    @property
    def texts(self) -> list[Block]:
        """The cells that say something."""
        return [cell for cell in self.cells if cell.start < cell.end]

    @property
    def is_header(self) -> bool:
        """Whether all that the row says is a header."""
        return bool(self.texts) and all(cell.is_header for cell in self.texts)


def rows_of(blocks: Iterable[Block]) -> list[Row]:
    """Group the rows and cells of a table; a row without cells is its own cell."""
    rows: list[Row] = []
    for block in blocks:
        if block.kind == "row":
            rows.append(Row(block))
        elif rows:
            rows[-1].cells.append(block)
    for row in rows:
        if not row.cells:
            row.cells.append(row.block._replace(kind="cell"))
    return rows


def _read(rows: Sequence[Row], text: str) -> reading.Grid:
    """Return a table as the reader of questions sees it."""
    lines = []
    for row in rows:
        lines.append(reading.GridRow(row.block.start, row.block.end, tuple(row.texts)))
    return reading.Grid(text, lines)


def _mark_headers(rows: Sequence[Row], read: reading.Grid) -> None:
    """Mark the cells that name columns or rows of values, where their looks alone say so."""
    for at, row in enumerate(rows):
        is_head = at < read.header_rows
        for place, cell in enumerate(row.cells):
            if is_head or (cell.column == 0 and read.has_labels):
                row.cells[place] = cell._replace(is_header=True)


class Grid:
    """The places of a table's cells.

    Columns in which no cell begins or ends are left out, and so are rows without text, so that a
    sheet with two cells far apart is no wide table.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._numbers = [row.block.row for row in rows]
        edges = {0}
        for row in rows:
            for cell in row.cells:
                edges |= {cell.column, cell.column + cell.column_span}
        self._columns = {edge: at for at, edge in enumerate(sorted(edges))}
        self.head_length = self._count_head_rows()

    def _count_head_rows(self) -> int:
        """Count the rows at the top that hold headers alone; a table of headers has no head."""
        count = 0
        while count < len(self.rows) and self.rows[count].is_header:
            count += 1
        return count if count < len(self.rows) else 0

    def columns(self, cell: Block) -> range:
        """Return the columns that a cell covers."""
        return range(self._columns[cell.column], self._columns[cell.column + cell.column_span])

    def rows_covered(self, at: int, cell: Block) -> range:
        """Return the rows that a cell of the row `at` covers, within the head or the body."""
        last = at + 1
        end = self.head_length if at < self.head_length else len(self.rows)
        while last < end and self._numbers[last] < cell.row + cell.row_span:
            last += 1
        return range(at, last)

    def placed(self) -> Iterator[tuple[int, list[tuple[int, Block]]]]:
        """Yield each row's index with (empty columns before the cell, cell) pairs."""
        covered_until: dict[int, int] = {}  # column -> the first row that no cell above covers
        for at, row in enumerate(self.rows):
            column, pairs = 0, []
            for cell in row.cells:
                columns = self.columns(cell)
                free = range(column, columns.start)
                empty = sum(covered_until.get(place, 0) <= at for place in free)
                pairs.append((empty, cell))
                below = self.rows_covered(at, cell).stop
                covered_until.update(dict.fromkeys(columns, below))
                column = max(column, columns.stop)
            yield at, pairs


def _header_cells(
    grid: Grid, read: reading.Grid, marks: Sequence[Mark]
) -> tuple[set[Block], set[Block]]:
    """Return the cells that are cited, and the headers of their rows and columns.

    What the reader takes for headers of a cell, and an answer names, is among them.
    """
    cells = [(at, cell) for at, row in enumerate(grid.rows) for cell in row.cells]
    # Find the cited cells, and the rows and columns that they cover.
    cited: set[Block] = set()
    rows: set[int] = set()
    columns: set[int] = set()
    named: set[tuple[int, int]] = set()  # ranges of the text
    for at, cell in cells:
        if any(mark.touches(cell.start, cell.end) for mark in marks):
            cited.add(cell)
            rows.update(grid.rows_covered(at, cell))
            columns.update(grid.columns(cell))
            of_cell = read.headers_of(at, cell) if cell.start < cell.end else None
            named.update((*of_cell.columns, *of_cell.rows) if of_cell else ())
    # Find the headers above and beside them.
    headers: set[Block] = set()
    for at, cell in cells:
        if at < grid.head_length:
            is_about = not columns.isdisjoint(grid.columns(cell))
        else:
            is_about = not rows.isdisjoint(grid.rows_covered(at, cell))
        if (cell.is_header and is_about) or (cell.start, cell.end) in named:
            headers.add(cell)
    return cited, headers - cited


def _cell_tag(grid: Grid, at: int, cell: Block, kind: str) -> tuple[str, str]:
    """Return the name of a cell's element, and its opening tag."""
    attributes = f' class="{kind}"' if kind else ""
    width, height = len(grid.columns(cell)), len(grid.rows_covered(at, cell))
    if width > 1:
        attributes += f' colspan="{width}"'
    if height > 1:
        attributes += f' rowspan="{height}"'
    is_header = cell.is_header and cell.start < cell.end
    if is_header:
        attributes += ' scope="col"' if grid.rows[at].is_header else ' scope="row"'
    name = "th" if is_header else "td"
    return name, f'<{name}{attributes} dir="auto">'


def table_html(writer: RangeWriter, table: Block, rows: Sequence[Row]) -> str:
    """Write a table, from its start to its end."""
    read = _read(rows, writer.text)
    _mark_headers(rows, read)
    grid = Grid(rows)
    marks = [mark for mark in writer.marks if mark.touches(table.start, table.end)]
    cited, headers = _header_cells(grid, read, marks) if marks else (set(), set())
    parts: list[str] = []
    for at, pairs in grid.placed():
        # Begin the head or the body.
        if at == 0 and grid.head_length:
            parts.append("<thead>")
        elif at == grid.head_length:
            parts.append("</thead><tbody>" if at else "<tbody>")
        parts.append("<tr>")
        # Write each cell, and in it what stands between it and the next one.
        for place, (empty, cell) in enumerate(pairs, start=1):
            if empty:
                parts.append(f'<td colspan="{empty}"></td>' if empty > 1 else "<td></td>")
            kind = "cited" if cell in cited else "about" if cell in headers else ""
            name, tag = _cell_tag(grid, at, cell, kind)
            parts += [tag, writer.gap(cell.start), writer.words(cell.end)]
            parts += [writer.gap(_next_start(rows, table, at, place)), f"</{name}>"]
        parts.append("</tr>")
    body = "".join(parts)
    return f'<div class="scroller table"><table dir="auto">{body}</tbody></table></div>'


def _next_start(rows: Sequence[Row], table: Block, at: int, place: int) -> int:
    """Return where the cell after a row's `place` cells begins, or the table ends."""
    if place < len(rows[at].cells):
        return rows[at].cells[place].start
    return rows[at + 1].cells[0].start if at + 1 < len(rows) else table.end
