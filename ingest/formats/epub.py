"""Parse an EPUB: the pages of a book in the order of its spine, each as the HTML that it is.

The book's title is a heading and its authors a field. The table of contents is left out, for it
says again what the headings say; scripts are no text.
"""

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import html
from inquote.ingest.formats.archive import CONTAINER, archive_kind, check_archive, read_part
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder

_ENCRYPTION = "META-INF/encryption.xml"
_TITLE = re.compile(rb"<title[^<>]{0,200}>[^<]{0,2000}</title>")  # of a page, which nobody sees
_PAGES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/xml")
_FONT_ALGORITHMS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_FIELDS = (("creator", "Author"), ("publisher", "Publisher"), ("date", "Date"))


@dataclass(frozen=True)
class _Package:
    """What a book says of itself: its title, its fields, and the names of its pages in order."""

    title: str
    fields: list[tuple[str, str]]
    pages: list[str]


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse a book; raise `FileSkipped` for one that is locked or holds no pages."""
    names = set(check_archive(content, has_doctypes=True))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _refuse_locked(archive, names)
        package = _read_package(archive, names)
        builder = TextBuilder()
        for name in package.pages:
            _write_page(builder, read_part(archive, name), encoding)
    return _with_title(builder, package)


def _write_page(builder: TextBuilder, content: bytes, encoding: str | None) -> None:
    """Append a page of the book; one that cannot be read costs itself alone."""
    try:
        builder.include(html.parse(_TITLE.sub(b"", content), encoding))
    except FileSkipped:
        return  # a page without text, such as a cover


def _with_title(pages: TextBuilder, package: _Package) -> Parsed:
    """Return the pages' text after the book's title and authors."""
    if not pages.length:
        raise FileSkipped("it is a book without text, of pictures only")
    inner = pages.parsed()
    builder = TextBuilder()
    first = inner.blocks[0]
    if inner.text[first.start : first.end].casefold() != package.title.casefold():
        builder.heading(package.title, 1)
    for label, value in package.fields:
        builder.block(f"{label}: {value}", kind="field", label=label)
    builder.include(inner)
    return builder.parsed(package.title)


def _read_package(archive: zipfile.ZipFile, names: set[str]) -> _Package:
    """Return what the package document says, which the container names."""
    container = _parse_xml(read_part(archive, CONTAINER)) if CONTAINER in names else None
    paths = (
        [] if container is None else [item.get("full-path") for item in _all(container, "rootfile")]
    )
    paths += sorted(name for name in names if name.lower().endswith(".opf"))
    path = next((path for path in paths if path in names), None)
    if path is None:
        raise FileSkipped("it is a damaged EPUB: it does not say what its pages are")
    root = _parse_xml(read_part(archive, path))
    fields = []
    for tag, label in _FIELDS:
        values = [" ".join("".join(item.itertext()).split()) for item in _all(root, tag)]
        if tag == "date":  # the first one is that of the publication
            values = values[:1]
        value = ", ".join(dict.fromkeys(filter(None, values)))
        if value:
            fields.append((label, value))
    title = next(iter(_all(root, "title")), None)
    words = " ".join("".join(title.itertext()).split()) if title is not None else ""
    return _Package(words, fields, _page_names(root, posixpath.dirname(path), names))


def _page_names(root: Any, folder: str, names: set[str]) -> list[str]:
    """Return the pages of the spine, or of the whole manifest where there is no spine."""
    items = {item.get("id"): item for item in _all(root, "item")}
    order = [items.get(item.get("idref")) for item in _all(root, "itemref")]
    pages = []
    for item in order or items.values():
        if item is None or item.get("media-type") not in _PAGES:
            continue
        is_contents = "nav" in (item.get("properties") or "").split()
        name = posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        if name in names and not is_contents:
            pages.append(name)
    return list(dict.fromkeys(pages))


def _refuse_locked(archive: zipfile.ZipFile, names: set[str]) -> None:
    """Raise `FileSkipped` if parts other than fonts are encrypted."""
    if _ENCRYPTION not in names:
        return
    for method in _all(_parse_xml(read_part(archive, _ENCRYPTION)), "EncryptionMethod"):
        if method.get("Algorithm") not in _FONT_ALGORITHMS:
            raise FileSkipped(
                "it is locked by its seller (DRM); ingest a copy of the book without a lock"
            )


def _parse_xml(content: bytes) -> Any:
    """Return the root of an XML part, read without its entities and as far as it is sound."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        raise FileSkipped(f"it is a damaged EPUB ({error})") from error
    if root is None:
        raise FileSkipped("it is a damaged EPUB: a part of it is empty")
    return root


def _all(root: Any, name: str) -> list[Any]:
    """Return the elements of a name, in whatever namespace."""
    return list(root.iter(f"{{*}}{name}"))


FORMAT = Format("epub", lambda content, suffix: archive_kind(content) == "epub", parse)
