"""Write the body of a Word document: paragraphs, lists, tables, and what they refer to."""

from collections.abc import Callable, Iterable
from typing import Any

from inquote.ingest.documents import BlockKind
from inquote.ingest.formats.builder import BULLET, TableCell, TextBuilder, joined_lines
from inquote.ingest.formats.table_shapes import write_table
from inquote.ingest.formats.word.inline import InlineReader, Line
from inquote.ingest.formats.word.notes import Notes
from inquote.ingest.formats.word.numbering import Label, Numbering
from inquote.ingest.formats.word.styles import Styles
from inquote.ingest.formats.word.tables import Cell, rows_of
from inquote.ingest.formats.word.xml import R, W, find, is_on, kind_of, unwrapped
from inquote.ingest.text import LIST_MARKER

_MAX_HEADING = 300  # characters; a longer paragraph in a heading's style is prose


class BodyWriter:
    """Writes blocks into a builder.

    Notes, comments, text boxes and what is hidden follow the block that they belong to. `attach`
    writes a part that a drawing or a foreign text names by its id.
    """

    def __init__(
        self,
        builder: TextBuilder,
        reader: InlineReader,
        styles: Styles,
        numbering: Numbering,
        notes: Notes,
        attach: Callable[[str], None],
    ) -> None:
        self.builder = builder
        self._reader = reader
        self._styles = styles
        self._numbering = numbering
        self._notes = notes
        self._attach = attach
        self._in_list = False  # whether the last block was an item
        self._carried = ""  # the text of a paragraph whose end was deleted
        self._code: list[str] = []  # the lines of a program's text that has not ended

    def write(self, container: Any) -> None:
        """Write the blocks of a body, a text box or a cell."""
        for element in unwrapped(container):
            kind = kind_of(element)
            if kind == "p":
                self._write_paragraph(element)
            elif kind == "tbl":
                self._write_table(element)
            elif kind == "altChunk":
                self._attach(element.get(f"{R}id") or "")
            elif kind in ("oMath", "oMathPara", "r", "hyperlink"):
                self._write_line(element, Line())
        text, self._carried = self._carried.strip(), ""
        self.builder.block(text)
        self._end_code()

    def _write_line(self, element: Any, line: Line) -> None:
        """Write what stands outside of any paragraph."""
        holder = element.makeelement(f"{W}p")
        holder.append(element)
        self._write_paragraph(holder)

    def _write_paragraph(self, paragraph: Any) -> None:
        """Write a heading, a list item or prose, then what it refers to."""
        line = self._reader.read(paragraph)
        text = self._carried + "".join(line.parts)
        self._carried = f"{text}{_join(paragraph, text)}" if _runs_on(paragraph) else ""
        if text.strip() and not self._carried.strip():
            if self._styles.is_code(paragraph):
                self._code.append(text.rstrip())
            else:
                self._end_code()
                self._write_text(paragraph, text.strip())
        if self.builder.write_hidden():
            self._in_list = False
        self._write_attached([line])

    def _write_text(self, paragraph: Any, text: str) -> None:
        """Write the visible text of a paragraph in the way of its style."""
        label = self._numbering.next_label(paragraph)
        level = self._styles.heading_level(paragraph)
        if level and len(text) <= _MAX_HEADING:
            number = f"{label.text} " if label and label.text != BULLET else ""
            self.builder.heading(number + text, level)
            self._in_list = False
            return
        if label is None and self._styles.is_bulleted(paragraph):
            label = Label(BULLET, 0)
        if label is not None:
            self._write_item(label, text)
            return
        is_caption = self._styles.is_caption(paragraph)
        self.builder.block(text, kind="caption" if is_caption else "paragraph")
        self._in_list = False

    def _end_code(self) -> None:
        """Write the lines of a program's text that came together."""
        lines, self._code = self._code, []
        self.builder.block("\n".join(lines), kind="code")
        self._in_list = self._in_list and not lines

    def _write_item(self, label: Label, text: str) -> None:
        """Write an item; one with a number that is no mere marker is a paragraph of its own."""
        line = f"{label.text} {text}"
        is_marked = LIST_MARKER.match(line) is not None
        indent = "  " * label.depth if is_marked else ""
        self.builder.block(
            indent + line,
            kind="item",
            level=label.depth + 1,
            label=label.text,
            gap="\n" if is_marked and self._in_list else "\n\n",
        )
        self._in_list = is_marked

    def _write_table(self, table: Any) -> None:
        """Write a table, then what its cells refer to; a single cell is written as its blocks."""
        rows = rows_of(table, self._styles)
        if len(rows) == 1 and len(rows[0]) == 1:
            self.write(rows[0][0].element)
            return
        self._end_code()
        self._in_list = False
        lines: list[Line] = []
        inner: list[Any] = []
        written = []
        for row in rows:
            written.append([self._read_cell(cell, lines, inner) for cell in row])
        write_table(self.builder, written)
        self.builder.write_hidden()
        self._write_attached(lines)
        for nested in inner:
            self._write_table(nested)

    def _read_cell(self, cell: Cell, lines: list[Line], inner: list[Any]) -> TableCell:
        """Return a cell with its text; the tables in it are added to `inner`."""
        text = joined_lines(self._read_lines(cell.element, lines, inner))
        spans = (cell.row_span, cell.column_span, cell.is_header)
        return TableCell(text, cell.column, *spans)

    def _read_lines(
        self, container: Any, lines: list[Line], inner: list[Any]
    ) -> list[tuple[str, str]]:
        """Return the texts of the paragraphs in a container, each after its label."""
        pairs = []
        for element in unwrapped(container):
            kind = kind_of(element)
            if kind == "tbl":
                inner.append(element)
            elif kind == "p":
                line = self._reader.read(element)
                lines.append(line)
                label = self._numbering.next_label(element) if line.text else None
                pairs.append((label.text if label else "", line.text))
        return pairs

    def _write_attached(self, lines: Iterable[Line]) -> None:
        """Write the notes, comments, text boxes and drawings that lines refer to."""
        for line in lines:
            if line.references or line.boxes or line.drawings or any(line.pictures):
                self._end_code()
            for reference in line.references:
                if reference.kind == "comment":
                    self._write_comment(reference.id)
                else:
                    self._write_note(reference.kind, reference.id, reference.mark)
            for box in line.boxes:
                self.write(box)
                self._in_list = False
            for description in line.pictures:
                self.builder.block(description, kind="caption")
            for id in line.drawings:
                self._attach(id)

    def _write_note(self, kind: str, id: str, mark: str) -> None:
        """Write a note with its mark."""
        mark = mark or self._notes.mark(kind, id)
        note = self._notes.take(kind, id)
        if note is None:
            return
        self._write_aside(note, mark, "note", label=mark)

    def _write_comment(self, id: str) -> None:
        """Write a comment with its author."""
        comment = self._notes.take("comment", id)
        if comment is not None:
            author = (comment.get(f"{W}author") or "").strip()
            self._write_aside(comment, f"{author}:" if author else "", "comment")

    def _write_aside(self, element: Any, lead: str, kind: BlockKind, label: str = "") -> None:
        """Write the paragraphs of a note or comment as one block, tables in it after it."""
        inner: list[Any] = []
        lines: list[Line] = []
        text = " ".join(joined_lines(self._read_lines(element, lines, inner)).split())
        if text:
            self.builder.block(f"{lead} {text}".strip(), kind=kind, label=label)
        self._in_list = False
        self.builder.write_hidden()
        for table in inner:
            self._write_table(table)


def _begins_large(paragraph: Any) -> bool:
    frame = find(paragraph, "pPr", "framePr")
    return frame is not None and frame.get(f"{W}dropCap") not in (None, "none")


def _runs_on(paragraph: Any) -> bool:
    """Return whether a paragraph goes on in the next: a large first letter, a deleted end."""
    mark = find(paragraph, "pPr", "rPr")
    is_joined = find(mark, "del") is not None and not is_on(mark, "vanish")
    return is_joined or _begins_large(paragraph)


def _join(paragraph: Any, text: str) -> str:
    """Return what stands between the text of a paragraph and the next, which it goes on in."""
    return "" if _begins_large(paragraph) or text.endswith(" ") else " "
