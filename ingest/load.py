"""Files to documents: read safely, the format told from the content, decoded, parsed."""

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.documents import Document
from ingest.errors import FileSkipped
from ingest.find import printable
from ingest.formats import LAST_RESORT, Parsed, encoding_of
from ingest.sandbox import Sandbox

MAX_BYTES = 64 * 1024 * 1024
PARSERS = "2"  # counts up when documents come out differently
PARSED_HERE = ("text", "markdown")  # in this process, up to so many bytes:
MOST_HERE = 100_000
READ_ATTEMPTS = 3  # while a file is being written

_REFUSED = (
    *((b"\x1f\x8b", "gzip"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"7z\xbc\xaf", "7z"), (b"Rar!", "RAR")),
    (b"\xd0\xcf\x11\xe0", "old Word, Excel or PowerPoint"),
)
_MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")
_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})


@dataclass(frozen=True)
class Content:
    """A file's bytes as they were at one moment, and what they are: text, markdown, html, pdf or docx."""

    name: str
    kind: str
    content: bytes
    encoding: str | None = None

    @property
    def warning(self) -> str:
        """What a person should know about how the file was read; "" mostly."""
        if self.encoding is None and self.kind in ("text", "markdown") and encoding_of(self.content) == LAST_RESORT:
            return "it is not UTF-8 and was read as Windows-1252; give --encoding if letters came out wrong"
        return ""

    @property
    def digest(self) -> str:
        """Equal digests give equal documents."""
        about = f"{PARSERS} {self.kind} {self.encoding} {self.name}\n"
        return hashlib.sha256(about.encode("utf-8", "surrogateescape") + self.content).hexdigest()


def read(path: Path, *, encoding: str | None = None, max_bytes: int = MAX_BYTES) -> Content:
    """Read one file; raises `FileSkipped` with the reason where it holds nothing that can be parsed."""
    content = read_file(path, max_bytes)
    return Content(path.stem, kind_of(content, path), content, encoding)


def load_document(read: Content, id: str, sandbox: Sandbox) -> Document:
    """Parse what was read as a `Document`; raises `FileSkipped` with the reason where it holds no readable text."""
    parsed = _parse(read, sandbox)
    if not parsed.text.strip():
        raise FileSkipped("it holds no text")
    return Document(
        id=id,
        title=parsed.title or printable(read.name.replace("_", " ").replace("-", " ")),
        source=parsed.source,
        text=parsed.text,
        sha256=hashlib.sha256(parsed.text.encode()).hexdigest(),
        sections=parsed.sections,
        pages=parsed.pages,
        asides=parsed.asides,
    )


def _parse(read: Content, sandbox: Sandbox) -> Parsed:
    """Short texts and Markdown are parsed here; whatever could lead its parser astray for long, in a child."""
    if read.kind in PARSED_HERE and len(read.content) <= MOST_HERE:
        return parser(read.kind)(read.content, read.encoding)
    return sandbox.parse(read.kind, read.content, read.encoding)


def parser(kind: str) -> Callable[[bytes, str | None], Parsed]:
    """The function that parses the bytes of a file of a `kind`, given its encoding or None."""
    if kind == "html":
        from ingest.formats.html import parse
    elif kind == "pdf":
        from ingest.formats.pdf import parse
    elif kind == "docx":
        from ingest.formats.docx import parse
    else:
        from ingest.formats import markdown, text

        parse_text = markdown.parse if kind == "markdown" else text.parse
        return lambda content, encoding: parse_text(decode(content, encoding))
    return parse


def read_file(path: Path, max_bytes: int) -> bytes:
    """The bytes of a regular file, read whole; links are not followed and a FIFO is not waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise FileSkipped(f"it cannot be opened: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        try:
            for _ in range(READ_ATTEMPTS):
                before = os.fstat(descriptor)
                if not stat.S_ISREG(before.st_mode):
                    raise FileSkipped("it is not a regular file")
                if before.st_size > max_bytes:
                    limit = max_bytes // 1_000_000
                    raise FileSkipped(f"it is larger than {limit} MB (raise the limit with --max-megabytes)")
                file.seek(0)
                content = file.read(max_bytes + 1)
                after = os.fstat(descriptor)
                if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
                    return content
        except OSError as error:
            raise FileSkipped(f"it cannot be read: {error.strerror}") from error
    raise FileSkipped("it is being written; ingest again when that is done")


def kind_of(content: bytes, path: Path) -> str:
    """What a file is, told from its content and, between the texts, from its name; raises `FileSkipped`."""
    if not content:
        raise FileSkipped("it is empty")
    for signature, name in _REFUSED:
        if content.startswith(signature):
            raise FileSkipped(f"it is a {name} file; text, Markdown, HTML, PDF and Word (.docx) can be read")
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return "docx"
    start = content[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()  # of UTF-16 too
    if start.startswith(b"<?xml") and b"<html" in start:
        return "html"
    if start.startswith(_HTML_STARTS) or (path.suffix.lower() in _HTML_SUFFIXES and b"<" in content):
        return "html"
    return "markdown" if path.suffix.lower() in _MARKDOWN_SUFFIXES else "text"


def decode(content: bytes, encoding: str | None = None) -> str:
    """Bytes to text: `encoding` if given, else by the byte order mark, else strict UTF-8, else Windows-1252.

    UTF-16 without a mark is told by its zero bytes. Raises `FileSkipped` for what is no text.
    """
    try:
        decoded = content.decode(encoding or encoding_of(content))
    except (UnicodeDecodeError, LookupError) as error:
        raise FileSkipped(f"it cannot be decoded: {error}") from error
    if "\0" in decoded:
        raise FileSkipped("it is a binary file")
    return decoded
