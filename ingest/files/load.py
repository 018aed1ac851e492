"""Files to documents: read safely, the format told from the content, decoded, parsed."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from inquote.ingest.documents import Document
from inquote.ingest.errors import FileSkipped
from inquote.ingest.files.sandbox import Sandbox
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.encoding import LAST_RESORT, encoding_of
from inquote.ingest.formats.registry import format_of
from inquote.ingest.text import printable

MAX_BYTES = 64 * 1024 * 1024
PARSERS = "2"  # counts up when documents come out differently
MOST_HERE = 100_000  # bytes of a trusted format that are parsed in this process
READ_ATTEMPTS = 3  # while a file is being written


@dataclass(frozen=True)
class FileContent:
    """A file's bytes as they were at one moment, and the format that they are in."""

    name: str
    format: Format
    content: bytes
    encoding: str | None = None

    @property
    def warning(self) -> str:
        """What a person should know about how the file was read; "" mostly."""
        if (
            self.encoding is None
            and self.format.encoded
            and encoding_of(self.content) == LAST_RESORT
        ):
            return "it is not UTF-8 and was read as Windows-1252; give --encoding if letters came out wrong"
        return ""

    @property
    def digest(self) -> str:
        """Equal digests give equal documents."""
        about = f"{PARSERS} {self.format.name} {self.encoding} {self.name}\n"
        return hashlib.sha256(about.encode("utf-8", "surrogateescape") + self.content).hexdigest()


def read_content(
    path: Path, *, encoding: str | None = None, max_bytes: int = MAX_BYTES
) -> FileContent:
    """Read one file; raises `FileSkipped` with the reason where it holds nothing that can be parsed."""
    content = read_file(path, max_bytes)
    return FileContent(path.stem, format_of(content, path.suffix), content, encoding)


def load_document(read: FileContent, id: str, sandbox: Sandbox) -> Document:
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


def _parse(read: FileContent, sandbox: Sandbox) -> Parsed:
    """Parse a short file of a trusted format here, and whatever could lead its parser astray for long in a child."""
    if read.format.trusted and len(read.content) <= MOST_HERE:
        return read.format.parse(read.content, read.encoding)
    return sandbox.parse(read.format.name, read.content, read.encoding)


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
                    raise FileSkipped(
                        f"it is larger than {limit} MB (raise the limit with --max-megabytes)"
                    )
                file.seek(0)
                content = file.read(max_bytes + 1)
                after = os.fstat(descriptor)
                if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
                    return content
        except OSError as error:
            raise FileSkipped(f"it cannot be read: {error.strerror}") from error
    raise FileSkipped("it is being written; ingest again when that is done")
