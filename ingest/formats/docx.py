"""Parse a Word document: headings, lists with their numbers, tables, notes, comments, margins.

A .docx is an archive of XML, which is checked before it is opened and read part by part. A part
that is broken costs what it holds, never the file.
"""

from typing import Any

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.archive import archive_kind
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical
from inquote.ingest.formats.package import Package, Relation
from inquote.ingest.formats.word.attached import AttachedWriter
from inquote.ingest.formats.word.body import BodyWriter
from inquote.ingest.formats.word.inline import InlineReader
from inquote.ingest.formats.word.looks import Looks
from inquote.ingest.formats.word.margins import Margins
from inquote.ingest.formats.word.notes import Notes
from inquote.ingest.formats.word.numbering import Numbering
from inquote.ingest.formats.word.styles import Styles
from inquote.ingest.formats.word.xml import find


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse a Word document, or raise `FileSkipped` if it is unsafe or damaged."""
    package = Package(content)
    name = package.main_part("a Word document", "word/document.xml")
    main = package.xml(name)
    body = find(main, "body")
    if body is None:
        raise FileSkipped("it is a damaged Word document (its text cannot be read)")
    relations = package.relations(name)
    parts = _settings(package, relations)
    styles = Styles(parts["styles"])
    builder = TextBuilder()
    notes = Notes(package, relations, parts["settings"], main)
    reader = InlineReader(Looks(main, styles), builder, notes)
    writer = BodyWriter(
        builder,
        reader,
        styles,
        Numbering(parts["numbering"], styles),
        notes,
        AttachedWriter(builder, package, relations).write,
    )
    margins = Margins(package, relations, reader)
    for text in margins.texts("header", main, parts["settings"]):
        builder.block(text, kind="header")
    builder.write_hidden()
    writer.write(body)
    for text in margins.texts("footer", main, parts["settings"]):
        builder.block(text, kind="footer")
    builder.write_hidden()
    return builder.parsed(canonical(package.title()).strip())


def _settings(package: Package, relations: dict[str, Relation]) -> dict[str, Any]:
    """Return the parts that say how the text is shown, None for one that is not there."""
    parts: dict[str, Any] = {"styles": None, "numbering": None, "settings": None}
    for relation in relations.values():
        if relation.kind in parts and parts[relation.kind] is None:
            parts[relation.kind] = package.xml(relation.target)
    return parts


def _is_word(content: bytes, suffix: str) -> bool:
    return archive_kind(content) == "docx"


FORMAT = Format("docx", _is_word, parse)
