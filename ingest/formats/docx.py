"""Word documents: paragraphs, headings by their style, lists as items, tables as rows.

A .docx is an archive of XML, so it is looked at before it is opened: names that lead outside, parts that unpack to much
more than they take, and document type declarations (entities) are refused; what is unpacked is counted, not believed.
"""

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

MOST_UNPACKED = 200_000_000  # bytes, of all parts together
MOST_PARTS = 5_000
MOST_RATIO = 200  # of a part of a megabyte or more
_LIST_STYLE = re.compile(r"List (?:Bullet|Number)")
_NOT_SEEN = (  # a copy for older programs, text that was moved away or deleted, hidden text
    "ancestor::*[local-name() = 'Fallback'] | ancestor::w:moveFrom | ancestor::w:del"
    " | ancestor::w:r/w:rPr/w:vanish[not(@w:val = '0' or @w:val = 'false')]"
)
_SYMBOLS = {  # of the Symbol font, by the low byte
    **{
        0xB1: "±",
        0xB3: "≥",
        0xA3: "≤",
        0xB4: "×",
        0xB8: "÷",
        0xB0: "°",
        0xAE: "→",
        0xB7: "•",
        0xA5: "∞",
        0xB9: "≠",
    },
    **{
        0x61: "α",
        0x62: "β",
        0x67: "γ",
        0x64: "δ",
        0x6C: "λ",
        0x6D: "μ",
        0x70: "π",
        0x73: "σ",
        0x77: "ω",
        0x44: "Δ",
    },
}
_HEADING = re.compile(r"(?:heading|überschrift|titre) (\d)", re.IGNORECASE)


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse a Word document; raises `FileSkipped` for one that is unsafe or damaged."""
    check_archive(content)
    import docx
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    try:
        document = docx.Document(io.BytesIO(content))
    except Exception as error:  # python-docx raises what its parsers raise
        raise FileSkipped(f"it is a damaged Word document ({type(error).__name__})") from error
    writer, body = _Writer(), document.element.body
    for part in body.xpath(
        ".//w:p[not(ancestor::w:tbl or ancestor::w:p)] | .//w:tbl[not(ancestor::w:tbl)]"
    ):
        if part.tag.endswith("}tbl"):
            writer.table(Table(part, document._body))
        else:
            writer.paragraph(Paragraph(part, document._body))
    writer.notes(document)
    text, sections = writer.builder.build()
    first = next((section.title for section in sections if section.title), "")
    return Parsed(text, sections, canonical(document.core_properties.title or "").strip() or first)


def check_archive(content: bytes) -> None:
    """Raise `FileSkipped` unless the archive is safe to unpack."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise FileSkipped(f"it has {len(parts):,} parts, more than a Word document has")
            unpacked = sum(_unpacked(archive, part) for part in parts)
    except (
        zipfile.BadZipFile,
        RuntimeError,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise FileSkipped(f"it is a damaged archive ({error})") from error
    if not any(part.filename == "word/document.xml" for part in parts):
        raise FileSkipped(
            "it is an archive but not a Word document; unpack it and ingest what it holds"
        )
    if unpacked > MOST_UNPACKED:
        raise FileSkipped(f"it unpacks to more than {MOST_UNPACKED // 1_000_000} MB")


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """How many bytes a part really unpacks to, as far as is needed to tell that it is too many."""
    name = part.filename
    if name.startswith("/") or ".." in name.replace("\\", "/").split("/"):
        raise FileSkipped("it holds a part whose name leads outside of it")
    with archive.open(part) as file:
        head = file.read(4096)
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in head:
            raise FileSkipped(
                "it holds a document type declaration, which a Word document has no need of"
            )
        size = len(head)
        while block := file.read(1 << 20):
            size += len(block)
            if size > MOST_UNPACKED or (
                size > 1 << 20 and size > MOST_RATIO * max(part.compress_size, 1)
            ):
                raise FileSkipped("it unpacks to far more than it holds")
    return size


class _Writer:
    """Writes paragraphs and tables into a text."""

    def __init__(self) -> None:
        self.builder = TextBuilder()
        self.numbers: dict[int, int] = {}  # depth of a numbered list to the number of its last item
        self.in_list = False

    def paragraph(self, paragraph: "Paragraph") -> None:
        """A heading, an item of a list, or prose."""
        text = _words(paragraph._p).strip()
        if not text:
            return
        style = (paragraph.style.name if paragraph.style is not None else "") or ""
        heading = _HEADING.match(style)
        if heading or style == "Title":
            self.in_list = False
            self.builder.heading(text, min(6, int(heading.group(1))) if heading else 1)
            return
        marker = self._marker(paragraph, style)
        self.builder.block(marker + text, gap="\n" if marker and self.in_list else "\n\n")
        self.in_list = bool(marker)
        if not marker:
            self.numbers.clear()

    def _marker(self, paragraph: "Paragraph", style: str) -> str:
        """What stands before an item: "- ", or its number where the style is one of numbers; "" for prose."""
        level = _list_level(paragraph)
        if level is None and not _LIST_STYLE.match(style):
            return ""
        depth = level or 0
        if "Number" not in style:
            return "  " * depth + "- "
        self.numbers = {at: number for at, number in self.numbers.items() if at <= depth}
        self.numbers[depth] = self.numbers.get(depth, 0) + 1
        return "  " * depth + f"{self.numbers[depth]}. "

    def notes(self, document: Any) -> None:
        """The footnotes and endnotes, a block each, at the end."""
        from docx.oxml import parse_xml

        for related in document.part.rels.values():
            if related.reltype.endswith(("/footnotes", "/endnotes")) and not related.is_external:
                notes = parse_xml(related.target_part.blob)
                for note in notes.xpath("./w:footnote[not(@w:type)] | ./w:endnote[not(@w:type)]"):
                    self.builder.block(" ".join(_words(note).split()))

    def table(self, table: "Table") -> None:
        """A line a row, its cells parted by bars; a cell that spans several columns once."""
        gap = "\n\n"
        for row in table.rows:
            cells: dict[Any, str] = {}
            for cell in row.cells:
                cells.setdefault(cell._tc, " ".join(_words(cell._tc).split()))
            line = " | ".join(cells.values())
            if line.strip(" |"):
                self.builder.block(line, gap=gap)
                gap = "\n"
        self.in_list = False


def _words(element: Any) -> str:
    """The text of a paragraph or a cell as it stands with all changes accepted, in fields and text boxes too."""
    wanted = ".//w:t | .//w:tab[not(parent::w:tabs)] | .//w:br | .//w:cr | .//w:p | .//w:noBreakHyphen | .//w:sym"
    return "".join(_written(found) for found in element.xpath(f"({wanted})[not({_NOT_SEEN})]"))


def _written(element: Any) -> str:
    """What an element of a run stands for."""
    kind = element.tag.rpartition("}")[2]
    if kind == "t":
        return element.text or ""
    if kind == "sym":
        namespace = element.tag.rpartition("}")[0] + "}"
        return _symbol(element.get(f"{namespace}font", ""), element.get(f"{namespace}char", ""))
    return {"tab": " ", "noBreakHyphen": "-"}.get(kind, "\n")


def _symbol(font: str, code: str) -> str:
    """A character of a symbol font; one that is not known is shown as such, never lost."""
    known = _SYMBOLS if font == "Symbol" else {}
    try:
        return known.get(int(code, 16) & 0xFF, "\ufffd")
    except ValueError:
        return "\ufffd"


def _list_level(paragraph: "Paragraph") -> int | None:
    """The depth of a paragraph that Word numbers or bullets itself, from 0; None for others."""
    if not paragraph._p.xpath("./w:pPr/w:numPr"):
        return None
    if paragraph._p.xpath("./w:pPr/w:numPr/w:numId[@w:val = '0']"):
        return None  # switched off
    levels = paragraph._p.xpath("./w:pPr/w:numPr/w:ilvl/@w:val")
    return int(levels[0]) if levels else 0


FORMAT = Format("docx", lambda content, suffix: content.startswith(b"PK\x03\x04"), parse)
