"""Collect the paragraphs and tables of rich text as its control words end them."""

from dataclasses import dataclass, field

from inquote.ingest.documents import BlockKind
from inquote.ingest.formats.builder import TableCell, TextBuilder
from inquote.ingest.formats.table_shapes import write_table
from inquote.ingest.text import LIST_MARKER

_MAX_COLUMNS = 1_000
_MAX_SPAN = 100  # rows that a merged cell reaches down


@dataclass
class Paragraph:
    """The paragraph that is being read: its text, its list label, its place."""

    parts: list[str] = field(default_factory=list)
    label: list[str] = field(default_factory=list)
    depth: int = 0
    level: int = 0  # of a heading
    in_table: bool = False

    @property
    def text(self) -> str:
        """The text without white space around it."""
        return "".join(self.parts).strip()


@dataclass
class _Row:
    """The row of a table that is being read, and how its cells are merged."""

    texts: list[str] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)  # of each cell, as its control word says
    is_header: bool = False


class Collector:
    """Writes paragraphs and tables into a builder; notes and comments follow them."""

    def __init__(self, builder: TextBuilder) -> None:
        self._builder = builder
        self.paragraph = Paragraph()
        self._asides: list[tuple[BlockKind, str, str]] = []
        self._cell: list[str] = []
        self._row = _Row()
        self._rows: list[list[TableCell]] = []
        self._merge = ""
        self._in_list = False

    def add_aside(self, kind: BlockKind, label: str, text: str) -> None:
        """Keep a note or a comment until the paragraph or table around it ends."""
        self._asides.append((kind, label, text))

    def end_paragraph(self) -> None:
        """Write the paragraph, or keep it for the cell that it stands in."""
        paragraph, self.paragraph = self.paragraph, Paragraph()
        self.paragraph.in_table = paragraph.in_table
        self.paragraph.level, self.paragraph.depth = paragraph.level, paragraph.depth
        label = "".join(paragraph.label).strip()
        label = "-" if label and (label == "o" or not any(map(str.isalnum, label))) else label
        if paragraph.in_table:
            number = "" if label == "-" else label
            self._cell.append(f"{number} {paragraph.text}")
            return
        self._write_table()
        if paragraph.text:
            self._write(paragraph, label)
        self._write_asides()

    def _write(self, paragraph: Paragraph, label: str) -> None:
        if paragraph.level:
            self._builder.heading(f"{label} {paragraph.text}", paragraph.level)
            self._in_list = False
            return
        line = f"{label} {paragraph.text}".strip()
        is_marked = bool(label) and LIST_MARKER.match(line) is not None
        self._builder.block(
            "  " * paragraph.depth + line if is_marked else line,
            kind="item" if label else "paragraph",
            level=paragraph.depth + 1 if label else 0,
            label=label,
            gap="\n" if is_marked and self._in_list else "\n\n",
        )
        self._in_list = is_marked

    def begin_row(self) -> None:
        """Begin to describe the cells of a row."""
        self._row.merges = []
        self._row.is_header = False
        self._merge = ""

    def describe(self, word: str) -> None:
        """Take a control word that describes a row or one of its cells."""
        if word == "trhdr":
            self._row.is_header = True
        elif word == "cellx":
            if len(self._row.merges) < _MAX_COLUMNS:
                self._row.merges.append(self._merge)
            self._merge = ""
        else:
            self._merge = word

    def end_cell(self) -> None:
        """End a cell of a row."""
        self.paragraph.in_table = True
        self.end_paragraph()
        self._row.texts.append(" ".join(" ".join(self._cell).split()))
        self._cell = []

    def end_row(self) -> None:
        """End a row: a merged cell without text lengthens the one that it continues."""
        cells: list[TableCell] = []
        for column, text in enumerate(self._row.texts):
            merge = self._row.merges[column] if column < len(self._row.merges) else ""
            if merge == "clmrg" and cells and not text:
                last = cells[-1]
                span = column - last.column + 1
                cells[-1] = TableCell(last.text, last.column, last.row_span, span, last.is_header)
            elif merge != "clvmrg" or text or not self._lengthen(column):
                cells.append(TableCell(text, column, is_header=self._row.is_header))
        if self._row.texts:
            self._rows.append(cells)
        self._row.texts = []

    def _lengthen(self, column: int) -> bool:
        """Let the cell above reach one row further down; return whether there is one."""
        for up, row in enumerate(reversed(self._rows[-_MAX_SPAN:]), start=2):
            for at, cell in enumerate(row):
                if cell.column == column:
                    spans = (up, cell.column_span, cell.is_header)
                    row[at] = TableCell(cell.text, column, *spans)
                    return True
        return False

    def _write_table(self) -> None:
        """Write the rows that have ended."""
        if self._row.texts or self._cell:
            self._row.texts += [" ".join(self._cell)] if self._cell else []
            self._cell = []
            self.end_row()
        if self._rows:
            write_table(self._builder, self._rows)
            self._in_list = False
            self._rows = []
            self._write_asides()

    def _write_asides(self) -> None:
        asides, self._asides = self._asides, []
        for kind, label, text in asides:
            self._builder.block(text, kind=kind, label=label)
        if self._builder.write_hidden() or asides:
            self._in_list = False

    def end(self) -> None:
        """Write what is left."""
        self.paragraph.in_table = False
        self.end_paragraph()
        self._write_table()
