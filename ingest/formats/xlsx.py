"""Parse an Excel workbook: a heading for each sheet, its tables, its comments, its charts.

Numbers and dates are written as their formats show them. What is hidden (a sheet, a row, a column)
is kept and marked.
"""

from dataclasses import replace
from typing import Any

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.archive import archive_kind
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import CELL_SEPARATOR, TableCell, TextBuilder, canonical
from inquote.ingest.formats.drawing import A, chart_lines, paragraphs_of
from inquote.ingest.formats.package import Package
from inquote.ingest.formats.sheet.cells import Sheet, SheetReader, add_header
from inquote.ingest.formats.sheet.regions import Region, Rows, regions_of
from inquote.ingest.formats.sheet.workbook import S, SheetEntry, Workbook, rich_text

_THREADED = "[Threaded comment]"  # a program's words, then "Comment: " and those of the author
_CUT = "a sheet of it is damaged and was read as far as it could be; save it again"
_UNCOUNTED = (
    "some of its formulas hold no result; open it in a spreadsheet program and save it to have them"
)


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse a workbook, or raise `FileSkipped` if it is unsafe, damaged or too large."""
    package = Package(content)
    name = package.main_part("an Excel workbook", "xl/workbook.xml")
    if name.endswith(".bin"):
        raise FileSkipped("it is a binary Excel workbook (.xlsb); save it as .xlsx")
    root = package.xml(name)
    if root is None:
        raise FileSkipped("it is a damaged Excel workbook (its sheets cannot be read)")
    writer = _Writer(package, Workbook(package, name, root))
    writer.write()
    builder = writer.builder
    warnings = [_CUT] * writer.has_cut_sheet + [_UNCOUNTED] * writer.lacks_results
    title = canonical(package.title()).strip()
    parsed = builder.parsed(title, warning="; ".join(warnings))
    return replace(parsed, title=title)  # the name of a sheet is no title


class _Writer:
    """Writes the sheets of a workbook into a builder."""

    def __init__(self, package: Package, workbook: Workbook) -> None:
        self.builder = TextBuilder()
        self.lacks_results = False
        self.has_cut_sheet = False
        self._package = package
        self._workbook = workbook
        self._reader = SheetReader(workbook)

    def write(self) -> None:
        """Write all sheets."""
        for entry in self._workbook.sheets:
            sheet = self._reader.read(self._package.transitional(entry.part))
            self.lacks_results = self.lacks_results or sheet.lacks_results
            self.has_cut_sheet = self.has_cut_sheet or sheet.is_cut
            if entry.is_hidden:
                self._hide(sheet.rows, "hidden sheet")
                self.builder.write_hidden()
            else:
                self._write_sheet(entry, sheet)

    def _write_sheet(self, entry: SheetEntry, sheet: Sheet) -> None:
        """Write a sheet's name, then its tables, comments and drawings."""
        mark = self.builder.mark()
        self.builder.heading(entry.name, 1)
        heading = self.builder.mark()
        relations = self._package.relations(entry.part).values()
        for relation in relations:
            table = self._package.xml(relation.target) if relation.kind == "table" else None
            if table is not None and table.get("headerRowCount") != "0":
                add_header(sheet, table.get("ref") or "")
        narrow = (sheet.narrow_rows, sheet.narrow_columns)
        for region in regions_of(self._visible(sheet), sheet.merges, sheet.header_rows, narrow):
            self._write_region(region, sheet)
        self.builder.write_hidden()
        for relation in relations:
            if relation.kind == "comments":
                self._write_comments(self._package.xml(relation.target))
            elif relation.kind == "drawing":
                self._write_drawing(relation.target)
        if self.builder.mark() == heading:
            self.builder.return_to(mark)  # a sheet without any text

    def _visible(self, sheet: Sheet) -> Rows:
        """Return the cells that a reader sees, and hide the others."""
        visible: Rows = {}
        for row, cells in sheet.rows.items():
            if row in sheet.hidden_rows:
                self._hide({row: cells}, "hidden row")
                continue
            seen = {}
            for column, cell in cells.items():
                if column in sheet.hidden_columns:
                    self._hide({row: {column: cell}}, "hidden column")
                else:
                    seen[column] = cell
            if seen:
                visible[row] = seen
        return visible

    def _hide(self, rows: Rows, reason: str) -> None:
        for cells in rows.values():
            texts = [" ".join(cell.text.split()) for cell in cells.values()]
            self.builder.hide(f"{CELL_SEPARATOR.join(texts)}\n", reason)

    def _write_region(self, region: Region, sheet: Sheet) -> None:
        """Write a table; cells below each other in one column are paragraphs."""
        columns = region.columns
        if len(columns) == 1:
            for cells in region.rows.values():
                self.builder.block(cells[columns[0]].text)
            return
        rows = []
        for at, (row, cells) in enumerate(region.rows.items()):
            line = []
            for column, cell in cells.items():
                down, across = sheet.merges.get(row, {}).get(column, (1, 1))
                place = column - columns[0]
                line.append(TableCell(cell.text, place, down, across, at < region.headers))
            rows.append(line)
        self.builder.table(rows)

    def _write_comments(self, root: Any) -> None:
        """Write the comments of a sheet, each with its cell and its author."""
        if root is None:
            return
        authors = [author.text or "" for author in root.iter(f"{S}author")]
        for comment in root.iter(f"{S}comment"):
            number = comment.get("authorId") or ""
            at = int(number) if number.isdecimal() and len(number) < 9 else len(authors)
            author = authors[at].strip() if at < len(authors) else ""
            text = " ".join(rich_text(comment).split())
            if author and text.startswith(f"{author}:"):
                author = ""
            if text.startswith(_THREADED):
                author, text = "", text.partition("Comment: ")[2]
            lead = ", ".join(filter(None, (comment.get("ref") or "", author)))
            if text:
                self.builder.block(f"{lead}: {text}", kind="comment")

    def _write_drawing(self, part: str) -> None:
        """Write the text boxes and charts of a sheet."""
        root = self._package.xml(part)
        if root is not None and next(root.iter(f"{A}p"), None) is not None:
            for text in paragraphs_of(root):
                self.builder.block(text)
        for relation in self._package.relations(part).values():
            chart = self._package.xml(relation.target) if relation.kind == "chart" else None
            for text in () if chart is None else chart_lines(chart):
                self.builder.block(text)


FORMAT = Format("xlsx", lambda content, suffix: archive_kind(content) == "xlsx", parse)
