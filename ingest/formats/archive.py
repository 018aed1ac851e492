"""Check an archive before anything of it is opened.

Names that lead outside, parts that unpack to far more than they take, and document type
declarations (entities) are refused. The check counts the bytes that come out and does not believe
the sizes that the archive states.
"""

import io
import re
import zipfile
import zlib

from inquote.ingest.errors import FileSkipped

MAX_UNPACKED = 200_000_000  # bytes of a part, and of all parts together
MAX_PARTS = 5_000
MAX_NAMED = 1_000_000  # bytes of the part that names the types of the others
MAX_RATIO = 200  # of unpacked to packed bytes, for a part of more than a megabyte

_OFFICE_TYPE = re.compile(
    rb"(wordprocessingml|spreadsheetml|presentationml)\.\w{1,20}\.main\+xml"
    rb"|ms-(word|excel|powerpoint)\.\w{1,20}\.\w{1,20}\.main\+xml"
)
_OFFICE_KINDS = {
    b"wordprocessingml": "docx",
    b"word": "docx",
    b"spreadsheetml": "xlsx",
    b"excel": "xlsx",
    b"presentationml": "pptx",
    b"powerpoint": "pptx",
}
_OFFICE_FOLDERS = {"word": "docx", "xl": "xlsx", "ppt": "pptx"}
_MIME_TYPES = {
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.text-template": "odt",
}

CONTAINER = "META-INF/container.xml"  # the part of an EPUB that names the others
ZIP_START = b"PK\x03\x04"
_END = b"PK\x05\x06"  # of an archive: the record that says where its directory is
_MAX_END = 66_000  # bytes from that record to the end of the file


def central_directory(content: bytes) -> bytes:
    """Return the bytes that list an archive's parts, with their names, empty where none do."""
    end = content.rfind(_END, max(0, len(content) - _MAX_END))
    if end < 0:
        return b""
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    return content[max(0, end - size) : end]


def check_archive(content: bytes, *, has_doctypes: bool = False) -> list[str]:
    """Return the names of an archive's parts; raise `FileSkipped` if it is unsafe to unpack.

    Parts of a format that `has_doctypes` may declare a document type; its parser must not resolve
    entities.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS:
                raise FileSkipped(f"it has {len(parts):,} parts, more than a document has")
            unpacked = sum(_unpacked_size(archive, part, has_doctypes) for part in parts)
    except (
        zipfile.BadZipFile,
        RuntimeError,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
        zlib.error,
    ) as error:
        raise FileSkipped(f"it is a damaged archive ({error})") from error
    if unpacked > MAX_UNPACKED:
        raise FileSkipped(f"it unpacks to more than {MAX_UNPACKED // 1_000_000} MB")
    return [part.filename for part in parts]


def _unpacked_size(archive: zipfile.ZipFile, part: zipfile.ZipInfo, has_doctypes: bool) -> int:
    """Return how many bytes a part unpacks to, or raise `FileSkipped` if it is unsafe."""
    name = part.filename
    if name.startswith("/") or ".." in name.replace("\\", "/").split("/"):
        raise FileSkipped("it holds a part whose name leads outside of it")
    try:
        return _counted_size(archive, part, has_doctypes)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return 0  # a broken part, which reads as empty


def _counted_size(archive: zipfile.ZipFile, part: zipfile.ZipInfo, has_doctypes: bool) -> int:
    with archive.open(part) as file:
        head = file.read(4096)
        is_xml = part.filename.endswith((".xml", ".rels"))
        if is_xml and not has_doctypes and b"<!DOCTYPE" in head:
            raise FileSkipped(
                "it holds a document type declaration, which a document has no need of"
            )
        size = len(head)
        while block := file.read(1 << 20):
            size += len(block)
            is_bomb = size > 1 << 20 and size > MAX_RATIO * max(part.compress_size, 1)
            if is_bomb or size > MAX_UNPACKED:
                raise FileSkipped("it unpacks to far more than it holds")
    return size


def archive_kind(content: bytes) -> str:
    """Return what an archive holds: "docx", "xlsx", "pptx", "odt", "epub", else "zip".

    Returns "" for what is no archive.
    """
    if not content.startswith(ZIP_START):
        return ""
    end = content.rfind(_END)
    if end < 0 or int.from_bytes(content[end + 10 : end + 12], "little") > MAX_PARTS:
        return "zip"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _kind_of(archive)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError):
        return "zip"


def _kind_of(archive: zipfile.ZipFile) -> str:
    """Return the kind of an open archive, by what it says of itself, else by its parts' names."""
    stated = _MIME_TYPES.get(read_part(archive, "mimetype", MAX_NAMED).strip())
    if stated:
        return stated
    types = _OFFICE_TYPE.search(read_part(archive, "[Content_Types].xml", MAX_NAMED))
    if types:
        return _OFFICE_KINDS[types.group(1) or types.group(2)]
    names = archive.namelist()
    if CONTAINER in names:
        return "epub"
    if "xl/workbook.bin" in names:
        return "zip"
    for name in names:
        kind = _OFFICE_FOLDERS.get(name.replace("\\", "/").partition("/")[0].lower())
        if kind:
            return kind
    return "zip"


def read_part(archive: zipfile.ZipFile, name: str, most: int = -1) -> bytes:
    """Return a part, or the first bytes of it; b"" where it is missing or broken."""
    try:
        with archive.open(name) as file:
            return file.read(most)
    except (KeyError, zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError):
        return b""
