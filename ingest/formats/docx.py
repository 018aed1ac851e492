"""Parse a Word document: paragraphs, headings by their style, lists as items, tables as rows.

A .docx is an archive of XML, which is checked before it is opened.
"""

import io
import re
from typing import TYPE_CHECKING, Any

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.archive import check_archive, is_archive_with
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical, first_title
from inquote.ingest.formats.docx_looks import Looks

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_LIST_STYLE = re.compile(r"List (?:Bullet|Number)")
_INVISIBLE = (  # a copy for older programs, text that was moved away or deleted
    "ancestor::*[local-name() = 'Fallback'] | ancestor::w:moveFrom | ancestor::w:del"
)
_TEXT_PARTS = (
    ".//w:t | .//w:tab[not(parent::w:tabs)] | .//w:br | .//w:cr | .//w:p"
    " | .//w:noBreakHyphen | .//w:sym"
)
_SYMBOLS = {  # of the Symbol font, by the low byte
    0xA3: "≤",
    0xA5: "∞",
    0xAE: "→",
    0xB0: "°",
    0xB1: "±",
    0xB3: "≥",
    0xB4: "×",
    0xB7: "•",
    0xB8: "÷",
    0xB9: "≠",
    0x44: "Δ",
    0x61: "α",
    0x62: "β",
    0x64: "δ",
    0x67: "γ",
    0x6C: "λ",
    0x6D: "μ",
    0x70: "π",
    0x73: "σ",
    0x77: "ω",
}
_UNKNOWN_SYMBOL = "\ufffd"
_HEADING = re.compile(r"(?:heading|überschrift|titre) (\d)", re.IGNORECASE)


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse a Word document, or raise `FileSkipped` if it is unsafe or damaged."""
    parts = check_archive(content)
    if "word/document.xml" not in parts:
        raise FileSkipped(
            "it is an archive but not a Word document; unpack it and ingest what it holds"
        )
    import docx
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    try:
        document = docx.Document(io.BytesIO(content))
    except Exception as error:  # python-docx raises what its parsers raise
        raise FileSkipped(f"it is a damaged Word document ({type(error).__name__})") from error
    # Write the outermost paragraphs and tables, wherever the body holds them, then the notes.
    writer = _Writer(Looks(document))
    paragraphs = ".//w:p[not(ancestor::w:tbl or ancestor::w:p)]"
    tables = ".//w:tbl[not(ancestor::w:tbl)]"
    for element in document.element.body.xpath(f"{paragraphs} | {tables}"):
        if element.tag.endswith("}tbl"):
            writer.write_table(Table(element, document._body))
        else:
            writer.write_paragraph(Paragraph(element, document._body))
    writer.write_notes(document)
    text, blocks = writer.builder.build()
    title = canonical(document.core_properties.title or "").strip()
    hidden = tuple(writer.builder.hidden)
    return Parsed(text, blocks, title or first_title(text, blocks), hidden=hidden)


class _Writer:
    """Writes paragraphs, tables and notes into a builder.

    What is hidden in one of them follows it.
    """

    def __init__(self, looks: Looks) -> None:
        self.builder = TextBuilder()
        self.looks = looks
        self.item_numbers: dict[int, int] = {}  # the last item's number at each depth of a list
        self.in_list = False  # whether the last block was an item

    def write_paragraph(self, paragraph: "Paragraph") -> None:
        """Write a heading, a list item or prose."""
        text = self._visible_text(paragraph._p).strip()
        if text:
            self._write_visible(paragraph, text)
        if self.builder.write_hidden():
            self.in_list = False

    def _write_visible(self, paragraph: "Paragraph", text: str) -> None:
        """Write the visible text of a paragraph in the way of its style."""
        style = (paragraph.style.name if paragraph.style is not None else "") or ""
        heading = _HEADING.match(style)
        if heading or style == "Title":
            self.in_list = False
            self.builder.heading(text, min(6, int(heading.group(1))) if heading else 1)
            return
        marker = self._next_marker(paragraph, style)
        self.builder.block(marker + text, gap="\n" if marker and self.in_list else "\n\n")
        self.in_list = bool(marker)
        if not marker:
            self.item_numbers.clear()

    def _next_marker(self, paragraph: "Paragraph", style: str) -> str:
        """Return the indent and marker of a list item, "" for prose.

        The marker is a number where the style is one of numbered lists, else "- ".
        """
        level = _list_level(paragraph)
        if level is None and not _LIST_STYLE.match(style):
            return ""
        depth = level or 0
        indent = "  " * depth
        if "Number" not in style:
            return f"{indent}- "
        # An item ends the lists that are deeper than its own.
        for deeper in [other for other in self.item_numbers if other > depth]:
            del self.item_numbers[deeper]
        self.item_numbers[depth] = self.item_numbers.get(depth, 0) + 1
        return f"{indent}{self.item_numbers[depth]}. "

    def write_notes(self, document: Any) -> None:
        """Write the footnotes and endnotes, each as a block."""
        from docx.oxml import parse_xml

        for related in document.part.rels.values():
            if related.reltype.endswith(("/footnotes", "/endnotes")) and not related.is_external:
                notes = parse_xml(related.target_part.blob)
                for note in notes.xpath("./w:footnote[not(@w:type)] | ./w:endnote[not(@w:type)]"):
                    self.builder.block(" ".join(self._visible_text(note).split()))
                    self.builder.write_hidden()

    def write_table(self, table: "Table") -> None:
        """Write each row as a line, with a cell that spans several columns once."""
        gap = "\n\n"
        for row in table.rows:
            cells: dict[Any, str] = {}
            for cell in row.cells:
                if cell._tc not in cells:
                    cells[cell._tc] = " ".join(self._visible_text(cell._tc).split())
            line = " | ".join(cells.values())
            if line.strip(" |"):
                self.builder.block(line, gap=gap)
                gap = "\n"
        self.in_list = False
        self.builder.write_hidden()

    def _visible_text(self, element: Any) -> str:
        """Return the text of a paragraph, cell or note with all changes accepted.

        Text in fields and text boxes is included. What is hidden goes to the builder.
        """
        visible = []
        for part in element.xpath(f"({_TEXT_PARTS})[not({_INVISIBLE})]"):
            text = _part_text(part)
            reason = "" if part.tag.endswith("}p") else self.looks.reason(part)
            if reason:
                self.builder.hide(text, reason)
            else:
                self.builder.part_hidden()
                visible.append(text)
        return "".join(visible)


def _part_text(element: Any) -> str:
    """Return the characters that one element of a text run stands for."""
    namespace, _, kind = element.tag.rpartition("}")
    if kind == "t":
        return element.text or ""
    if kind == "sym":
        font = element.get(f"{namespace}}}font", "")
        code = element.get(f"{namespace}}}char", "")
        return _decode_symbol(font, code)
    return {"tab": " ", "noBreakHyphen": "-"}.get(kind, "\n")


def _decode_symbol(font: str, code: str) -> str:
    """Return a character of a symbol font, the replacement character if it is not known."""
    symbols = _SYMBOLS if font == "Symbol" else {}
    try:
        return symbols.get(int(code, 16) & 0xFF, _UNKNOWN_SYMBOL)
    except ValueError:
        return _UNKNOWN_SYMBOL


def _list_level(paragraph: "Paragraph") -> int | None:
    """Return the depth, from 0, of a paragraph that Word numbers or bullets, else None."""
    if not paragraph._p.xpath("./w:pPr/w:numPr"):
        return None
    if paragraph._p.xpath("./w:pPr/w:numPr/w:numId[@w:val = '0']"):
        return None  # switched off
    levels = paragraph._p.xpath("./w:pPr/w:numPr/w:ilvl/@w:val")
    return int(levels[0]) if levels else 0


FORMAT = Format("docx", lambda content, suffix: is_archive_with(content, b"word/"), parse)
