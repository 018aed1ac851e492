"""Paths to documents: which files, read safely, decoded, parsed by a format told from the content."""

import codecs
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.documents import Document
from ingest.errors import FileSkipped, IngestError
from ingest.formats import Parsed, markdown, text

MAX_BYTES = 64 * 1024 * 1024
LIBRARY_FILE = "library.db"  # a folder that holds one is a library, not a corpus

_BOMS = (  # the four-byte mark first: its beginning is the two-byte one
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = ((b"%PDF-", "PDF"), (b"PK\x03\x04", "ZIP or DOCX"), (b"\x1f\x8b", "gzip"), (b"\x89PNG", "PNG"))
_MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_HTML_STARTS = (b"<!doctype html", b"<html")


@dataclass(frozen=True)
class Source:
    """A file to read: `id` is what its document will be called, `root` the folder that was named for it.

    `mirrored` tells whether that folder was named itself, so that a file gone from it goes from the library too.
    """

    id: str
    path: Path
    root: Path
    mirrored: bool


@dataclass(frozen=True)
class Skipped:
    """A file or folder that was not ingested, and why, in words for a person."""

    path: str
    reason: str


def find_sources(paths: Sequence[Path]) -> tuple[list[Source], list[Skipped]]:
    """The files below `paths` in a stable order; hidden names are passed over, links and special files skipped.

    Raises `IngestError` for a path that does not exist.
    """
    sources: dict[str, Source] = {}
    skipped: list[Skipped] = []
    for given in paths:
        if not os.path.lexists(given):
            raise IngestError(f"There is no file or folder {printable(given)}; name one that exists.")
        root = given.resolve() if given.is_dir() else given.parent.resolve() / given.name
        found = _walk(root, skipped) if root.is_dir() else iter([root])
        folder = root if root.is_dir() else root.parent
        for path in found:
            source = Source(_id(folder, path), path, folder, mirrored=root.is_dir())
            clash = sources.setdefault(source.id, source)
            if clash.path != path:
                raise IngestError(
                    f"{printable(path)} and {printable(clash.path)} would both be called {printable(source.id)}; "
                    "rename one of the two folders."
                )
    return list(sources.values()), skipped


def _walk(folder: Path, skipped: list[Skipped]) -> Iterator[Path]:
    if (folder / LIBRARY_FILE).exists():
        skipped.append(Skipped(printable(folder), "it is a library of inquote's own"))
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        skipped.append(Skipped(printable(folder), f"the folder cannot be read: {error.strerror}"))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_symlink():
            skipped.append(Skipped(printable(entry.path), "it is a symbolic link"))
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), skipped)
        else:
            yield Path(entry.path)


def _id(folder: Path, path: Path) -> str:
    """The folder's own name and the path below it; bytes that are no UTF-8 are written as "\\xNN"."""
    return os.fsencode("/".join((folder.name, *path.relative_to(folder).parts))).decode("utf-8", "backslashreplace")


def printable(path: object) -> str:
    """A path as one line of text that is safe to print: control and bidirectional characters escaped."""
    name = os.fsencode(str(path)).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() or c == " " else c.encode("unicode_escape").decode() for c in name)


def load_document(path: Path, id: str, *, encoding: str | None = None, max_bytes: int = MAX_BYTES) -> Document:
    """Read one file as a `Document`; raises `FileSkipped` with the reason where it holds no readable text."""
    content = read_file(path, max_bytes)
    parsed = _parse(path, decode(content, encoding), content)
    if not parsed.text.strip():
        raise FileSkipped("it holds no text")
    return Document(
        id=id,
        title=parsed.title or path.stem.replace("_", " ").replace("-", " "),
        source=parsed.source,
        text=parsed.text,
        sha256=hashlib.sha256(parsed.text.encode()).hexdigest(),
        sections=parsed.sections,
        pages=parsed.pages,
    )


def read_file(path: Path, max_bytes: int) -> bytes:
    """The bytes of a regular file, read whole; links are not followed and a FIFO is not waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise FileSkipped(f"it cannot be opened: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise FileSkipped("it is not a regular file")
        if about.st_size > max_bytes:
            raise FileSkipped(f"it is larger than {max_bytes // 1_000_000} MB (raise the limit with --max-megabytes)")
        try:
            return file.read(max_bytes)
        except OSError as error:
            raise FileSkipped(f"it cannot be read: {error.strerror}") from error


def decode(content: bytes, encoding: str | None = None) -> str:
    """Bytes to text: `encoding` if given, else by the byte order mark, else strict UTF-8, else Windows-1252.

    UTF-16 without a mark is told by its zero bytes. Raises `FileSkipped` for what is no text.
    """
    if not content:
        raise FileSkipped("it is empty")
    for signature, name in _SIGNATURES:
        if content.startswith(signature):
            raise FileSkipped(f"it is a {name} file; plain text and Markdown can be read")
    try:
        decoded = content.decode(encoding or _encoding(content))
    except (UnicodeDecodeError, LookupError) as error:
        raise FileSkipped(f"it cannot be decoded: {error}") from error
    if "\0" in decoded:
        raise FileSkipped("it is a binary file")
    return decoded


def _encoding(content: bytes) -> str:
    for mark, name in _BOMS:
        if content.startswith(mark):
            return name
    head = content[:4096]
    if b"\0" in head:
        for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
            if len(head) >= 4 and zeros.count(0) > 0.7 * len(zeros) and len(content) % 2 == 0:
                return name
        raise FileSkipped("it is a binary file")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _parse(path: Path, decoded: str, content: bytes) -> Parsed:
    if content[:1024].lstrip().lower().startswith(_HTML_STARTS):
        raise FileSkipped("it is an HTML file; plain text and Markdown can be read")
    if path.suffix.lower() in _MARKDOWN_SUFFIXES:
        return markdown.parse(decoded)
    return text.parse(decoded)
