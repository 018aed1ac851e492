"""Parse an OpenDocument text: headings, lists with their numbers, tables, notes, comments.

A file is an archive, or one XML file (.fodt). It is checked before it is opened.
"""

import re
from typing import Any

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.archive import archive_kind
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical
from inquote.ingest.formats.opendocument.body import BodyWriter
from inquote.ingest.formats.opendocument.styles import Styles
from inquote.ingest.formats.opendocument.xml import OFFICE
from inquote.ingest.formats.package import Package, parse_xml

_FLAT = re.compile(rb"^\xef?\xbb?\xbf?\s{0,100}<\?xml[^>]{0,200}>\s{0,100}<office:document\s")
_HEAD = 2_000  # bytes that tell a flat file
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse an OpenDocument text, or raise `FileSkipped` if it is unsafe or damaged."""
    roots = _roots_of(content)
    body = None
    for root in roots:
        for element in () if root is None else root.iter(f"{OFFICE}text"):
            body = element if body is None else body
    if body is None:
        raise FileSkipped("it is a damaged OpenDocument text (its text cannot be read)")
    builder = TextBuilder()
    styles = Styles(roots)
    writer = BodyWriter(builder, styles)
    writer.write_margins("header")
    writer.write(body)
    writer.write_margins("footer")
    return builder.parsed(canonical(_title_of(roots)).strip())


def _roots_of(content: bytes) -> list[Any]:
    """Return the root elements of a file's parts, None for one that cannot be read."""
    if not content.startswith(b"PK"):
        if b"<!DOCTYPE" in content:
            raise FileSkipped(
                "it holds a document type declaration, which a document has no need of"
            )
        return [parse_xml(content)]
    package = Package(content)
    if b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise FileSkipped("it needs a password; save a copy without one")
    return [package.xml(name) for name in ("content.xml", "styles.xml", "meta.xml")]


def _title_of(roots: list[Any]) -> str:
    for root in roots:
        for element in () if root is None else root.iter(_TITLE):
            if element.getparent().tag == f"{OFFICE}meta":
                return element.text or ""
    return ""


def _is_text(content: bytes, suffix: str) -> bool:
    if content.startswith(b"PK"):
        return archive_kind(content) == "odt"
    is_flat = _FLAT.match(content[:_HEAD]) is not None
    return is_flat and b"opendocument.text" in content[: _HEAD * 4]


FORMAT = Format("odt", _is_text, parse)
