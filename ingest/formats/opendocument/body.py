"""Write the body of an OpenDocument text, block by block."""

from typing import Any

from inquote.ingest.documents import BlockKind
from inquote.ingest.formats.builder import TableCell, TextBuilder, joined_lines
from inquote.ingest.formats.opendocument.inline import InlineReader, Line
from inquote.ingest.formats.opendocument.styles import Styles
from inquote.ingest.formats.opendocument.xml import DC, TABLE, TEXT
from inquote.ingest.formats.table_shapes import write_table
from inquote.ingest.formats.word.xml import kind_of, whole
from inquote.ingest.text import LIST_MARKER

_GROUPS = frozenset(
    "section index-body table-of-content illustration-index alphabetical-index user-index "
    "bibliography table-index object-index index-title text-box numbered-paragraph "
    "table-header-rows table-rows table-row-group frame a g custom-shape rect".split()
)
_MAX_REPEATS = 1_000
_CAPTIONS = ("caption", "illustration", "figure", "drawing")


class BodyWriter:
    """Writes blocks into a builder; notes, comments and text boxes follow their block."""

    def __init__(self, builder: TextBuilder, styles: Styles) -> None:
        self._builder = builder
        self._styles = styles
        self._reader = InlineReader(styles, builder)
        self._counts: dict[str, dict[int, int]] = {}  # how far each list style has counted
        self._outline: dict[int, int] = {}
        self._in_list = False

    def write(self, container: Any) -> None:
        """Write the blocks of a body, a section or a text box."""
        for element in container:
            kind = kind_of(element)
            if kind == "h":
                self._write_heading(element)
            elif kind == "p":
                self._write_paragraph(element)
            elif kind == "list":
                self._write_list(element, "", 1)
            elif kind == "table":
                self._write_table(element)
            elif kind in _GROUPS:
                self.write(element)

    def write_margins(self, kind: str) -> None:
        """Write the "header" or "footer" of pages, each text once, numbers of pages left out."""
        texts: dict[str, None] = {}
        for master in self._styles.masters:
            for margin in master:
                if not kind_of(margin).startswith(kind):
                    continue
                for paragraph in margin.iter(f"{TEXT}p", f"{TEXT}h"):
                    line = self._reader.read(paragraph)
                    texts[" ".join(line.text.split()) if line.has_words else ""] = None
        for text in texts:
            self._builder.block(text, kind="header" if kind == "header" else "footer")

    def _write_heading(self, element: Any) -> None:
        line = self._reader.read(element)
        level = max(1, whole(element.get(f"{TEXT}outline-level"), 1))
        if line.text:
            self._outline[level] = self._outline.get(level, 0) + 1
            for deeper in [at for at in self._outline if at > level]:
                del self._outline[deeper]
            label = self._styles.outline_label(level, self._outline)
            self._builder.heading(f"{label} {line.text}", min(6, level))
        self._in_list = False
        self._write_attached(line)

    def _write_paragraph(self, element: Any) -> None:
        line = self._reader.read(element)
        names = self._styles.names(element.get(f"{TEXT}style-name") or "")
        kind: BlockKind = "paragraph"
        if any(name.startswith(_CAPTIONS) for name in names):
            kind = "caption"
        elif "preformatted text" in names:
            kind = "code"
        if "title" in names:
            self._builder.heading(line.text, 1)
        else:
            self._builder.block(line.text, kind=kind)
        self._in_list = self._in_list and not line.text
        self._write_attached(line)

    def _write_list(self, element: Any, style: str, depth: int) -> None:
        """Write a list; its items count on where it says so."""
        style = self._begin_list(element, style, depth)
        for item in element:
            if kind_of(item) not in ("list-item", "list-header"):
                continue
            label = self._next_label(item, style, depth)
            for child in item:
                if kind_of(child) == "list":
                    self._write_list(child, style, depth + 1)
                elif kind_of(child) == "h":
                    self._write_heading(child)
                elif kind_of(child) == "p":
                    label = self._write_item(child, label, depth)
                else:
                    self.write([child])
        if depth == 1:
            self._in_list = False

    def _begin_list(self, element: Any, style: str, depth: int) -> str:
        """Return the style of a list in one of another style; count anew unless it goes on."""
        style = element.get(f"{TEXT}style-name") or style
        if element.get(f"{TEXT}continue-numbering") != "true":
            self._counts.setdefault(style, {}).pop(depth, None)
        return style

    def _next_label(self, item: Any, style: str, depth: int) -> str:
        """Count an item; return what is printed before it, "" before the header of a list."""
        if kind_of(item) == "list-header":
            return ""
        counts = self._counts.setdefault(style, {})
        first = self._styles.start(style, depth)
        counts[depth] = whole(item.get(f"{TEXT}start-value"), counts.get(depth, first - 1) + 1)
        return self._styles.label(style, depth, counts)

    def _write_item(self, paragraph: Any, label: str, depth: int) -> str:
        """Write a paragraph of an item; return the label if it is still to be written."""
        line = self._reader.read(paragraph)
        if line.text:
            text = f"{label} {line.text}".strip()
            is_marked = bool(label) and LIST_MARKER.match(text) is not None
            self._builder.block(
                "  " * (depth - 1) + text if is_marked else text,
                kind="item" if label else "paragraph",
                level=depth if label else 0,
                label=label,
                gap="\n" if is_marked and self._in_list else "\n\n",
            )
            self._in_list = is_marked
            label = ""
        self._write_attached(line)
        return label

    def _write_table(self, table: Any) -> None:
        """Write a table, then what its cells refer to and the tables in them."""
        lines: list[Line] = []
        inner: list[Any] = []
        rows = []
        elements = [row for row in table.iter(f"{TABLE}table-row") if _table_of(row) is table]
        for row in elements:
            is_header = kind_of(row.getparent()) == "table-header-rows"
            rows.append(self._read_row(row, is_header, lines, inner))
        if len(rows) == 1 and len(rows[0]) == 1 and not inner:
            for cell in elements[0].iterchildren(f"{TABLE}table-cell"):
                self.write(cell)
            return
        self._in_list = False
        write_table(self._builder, rows)
        for line in lines:
            self._write_attached(line)
        self._builder.write_hidden()
        for nested in inner:
            self._write_table(nested)

    def _read_row(
        self, row: Any, is_header: bool, lines: list[Line], inner: list[Any]
    ) -> list[TableCell]:
        """Return the cells of a row; their lines and tables are added to the lists."""
        cells: list[TableCell] = []
        column = 0
        for cell in row:
            kind = kind_of(cell)
            repeats = max(1, whole(cell.get(f"{TABLE}number-columns-repeated"), 1))
            if kind == "table-cell":
                text = joined_lines(self._read_lines(cell, lines))
                inner.extend(part for part in cell.iter(f"{TABLE}table") if _outer(part) is cell)
                down, across = (
                    max(1, min(_MAX_REPEATS, whole(cell.get(f"{TABLE}number-{name}-spanned"), 1)))
                    for name in ("rows", "columns")
                )
                for at in range(min(repeats, _MAX_REPEATS) if text else 1):
                    cells.append(TableCell(text, column + at, down, across, is_header))
            column += repeats
        return cells

    def _read_lines(
        self, container: Any, lines: list[Line], style: str = "", depth: int = 0
    ) -> list[tuple[str, str]]:
        """Return the lines of a cell, each after its label; they are added to `lines` too."""
        pairs: list[tuple[str, str]] = []
        if kind_of(container) == "list":
            style = self._begin_list(container, style, depth)
        label = self._next_label(container, style, depth) if _is_item(container) else ""
        for element in container:
            kind = kind_of(element)
            if kind in ("p", "h"):
                lines.append(self._reader.read(element))
                pairs.append((label, lines[-1].text))
                label = "" if lines[-1].text else label
            elif kind == "list":
                pairs += self._read_lines(element, lines, style, depth + 1)
            elif _is_item(element) or kind in _GROUPS - {"text-box"}:
                pairs += self._read_lines(element, lines, style, depth)
        return pairs

    def _write_attached(self, line: Line) -> None:
        """Write what is hidden, then the notes, comments, pictures and text boxes of a line."""
        if self._builder.write_hidden():
            self._in_list = False
        for note in line.notes:
            self._write_note(note)
        for description in line.pictures:
            self._builder.block(description, kind="caption")
        for box in line.boxes:
            self._in_list = False
            self.write(box)

    def _write_note(self, note: Any) -> None:
        """Write a note with its mark, or a comment with its author."""
        self._in_list = False
        texts = []
        for paragraph in note.iter(f"{TEXT}p", f"{TEXT}h"):
            texts.append(" ".join(self._reader.read(paragraph).text.split()))
        text = " ".join(texts).strip()
        if kind_of(note) == "annotation":
            author = (note.findtext(f"{DC}creator") or "").strip()
            lead = f"{author}: " if author and text else ""
            self._builder.block(f"{lead}{text}", kind="comment")
            return
        citation = note.find(f"{TEXT}note-citation")
        mark = "" if citation is None else (citation.text or "").strip()
        if text:
            self._builder.block(f"{mark} {text}".strip(), kind="note", label=mark)


def _table_of(element: Any) -> Any:
    """Return the table around an element, else None."""
    return next(element.iterancestors(f"{TABLE}table"), None)


def _outer(table: Any) -> Any:
    """Return the cell that a table stands in, else None."""
    return next(table.iterancestors(f"{TABLE}table-cell"), None)


def _is_item(element: Any) -> bool:
    return kind_of(element) in ("list-item", "list-header")
