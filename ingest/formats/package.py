"""Read an Office package: an archive of XML parts that name one another by relationships.

Names are compared without case, and the namespaces of strict OOXML are read as those of
transitional OOXML. A part that is missing or broken reads as empty.
"""

import io
import posixpath
import re
import zipfile
import zlib
from typing import Any, NamedTuple
from urllib.parse import unquote

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.archive import check_archive

BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError)
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w{1,40})/(\w)")
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


class Relation(NamedTuple):
    """A relationship of a part: its kind ("footnotes"), and the name of the part it leads to."""

    kind: str
    target: str


class Package:
    """The parts of a package."""

    def __init__(self, content: bytes) -> None:
        """Open an archive, or raise `FileSkipped` if it is unsafe or damaged."""
        check_archive(content)
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        self._names: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            self._names.setdefault(_plain(info.filename), info)

    def main_part(self, kind: str, name: str) -> str:
        """Return the name of the main part; `name` is the usual one, `kind` that of its element.

        Raises `FileSkipped` where the archive holds none.
        """
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and _plain(relation.target) in self._names:
                return relation.target
        if name in self._names:
            return name
        raise FileSkipped(f"it is an archive but not {kind}; unpack it and ingest what it holds")

    def read(self, name: str) -> bytes:
        """Return the bytes of a part, b"" where it is missing or broken."""
        info = self._names.get(_plain(name))
        if info is None:
            return b""
        try:
            return self._zip.read(info)
        except BROKEN:
            return b""

    def xml(self, name: str) -> Any:
        """Return the root element of a part, None where there is none."""
        return parse_xml(self.read(name))

    def transitional(self, name: str) -> bytes:
        """Return the XML of a part in the namespaces of transitional OOXML."""
        return _transitional(self.read(name))

    def relations(self, name: str) -> dict[str, Relation]:
        """Return what a part leads to within the package, by id; "" is the package itself."""
        folder, file = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
        relations: dict[str, Relation] = {}
        if root is None:
            return relations
        for element in root.iter(_RELATIONSHIP):
            if element.get("TargetMode") == "External":
                continue
            kind = (element.get("Type") or "").rpartition("/")[2]
            target = unquote(element.get("Target") or "").replace("\\", "/")
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            relations[element.get("Id") or ""] = Relation(kind, path)
        return relations

    def title(self) -> str:
        """Return the title that the package states, else ""."""
        for relation in self.relations("").values():
            if relation.kind == "core-properties":
                root = self.xml(relation.target)
                title = None if root is None else root.find(f".//{_TITLE}")
                return "" if title is None else title.text or ""
        return ""


def parse_xml(content: bytes) -> Any:
    """Return the root element of XML, None where nothing of it can be read.

    No entity is resolved and nothing is fetched. What follows an error is read as far as it goes.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True, remove_comments=True, remove_pis=True
    )
    content = _transitional(content)
    try:
        return etree.fromstring(content, parser) if content else None
    except (etree.XMLSyntaxError, ValueError):
        return None


def _transitional(xml: bytes) -> bytes:
    return _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", xml)


def _plain(name: str) -> str:
    """Return a part's name as it is compared."""
    return name.replace("\\", "/").lstrip("/").lower()
