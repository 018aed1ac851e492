"""Parse rich text (RTF): paragraphs, headings, lists with their printed marks, tables, notes."""

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical
from inquote.ingest.formats.rich.reader import Reader

_HEAD = b"{\\rtf"


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse rich text, or raise `FileSkipped` for what is none."""
    if not _is_rich(content, ""):
        raise FileSkipped("it is not rich text (RTF); save it again as .rtf or .docx")
    body = TextBuilder()
    reader = Reader(body)
    reader.read(content.decode("latin-1"))
    builder = TextBuilder()
    for text in dict.fromkeys(reader.margins["header"]):
        builder.block(text, kind="header")
    builder.include(body.parsed())
    for text in dict.fromkeys(reader.margins["footer"]):
        builder.block(text, kind="footer")
    return builder.parsed(canonical(reader.title).strip())


def _is_rich(content: bytes, suffix: str) -> bool:
    return content[:100].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_HEAD)


FORMAT = Format("rtf", _is_rich, parse)
