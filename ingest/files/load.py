"""Make a document of a file: read it safely, tell its format from its content, parse it."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from inquote.ingest.documents import Document, visible_ranges
from inquote.ingest.errors import FileSkipped, OnlyPictures
from inquote.ingest.files.sandbox import Sandbox
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import first_title
from inquote.ingest.formats.registry import detect_format
from inquote.ingest.formats.scan import FORMAT as SCAN
from inquote.ingest.layout.recognition import can_recognise
from inquote.ingest.text import printable
from inquote.ingest.titles import is_of, is_worded, says_something, without_note_mark

MAX_BYTES = 64 * 1024 * 1024
PARSERS = "12"  # counts up when documents come out differently
MAX_BYTES_HERE = 100_000  # of a file of a trusted format that is parsed in this process
READ_ATTEMPTS = 3  # of a file that another process is writing


@dataclass(frozen=True)
class FileContent:
    """A file's bytes at one moment, their format, and the file's name without its suffix.

    `encoding` is the one that a person named, None where it is detected.
    """

    name: str
    format: Format
    content: bytes
    encoding: str | None = None

    @property
    def digest(self) -> str:
        """`PARSERS`, a colon, and the hex SHA-256 of the file: all that a document depends on.

        Hashed are one line with the format's name, the encoding that a person named and the file's
        name, and then the file's bytes. Libraries store digests: a file whose digest is stored is
        not parsed again.
        """
        line = f"{self.format.name} {self.encoding} {self.name}\n"
        content = line.encode("utf-8", "surrogateescape") + self.content
        return f"{PARSERS}:{hashlib.sha256(content).hexdigest()}"

    def has_digest(self, digest: str) -> bool:
        """Return whether a digest, by whatever `PARSERS`, was of the same file.

        Digests of version 0.2 do not tell, and count as such.
        """
        _, is_split, content = digest.partition(":")
        return not is_split or content == self.digest.partition(":")[2]


def read_content(
    path: Path,
    *,
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
    target: Path | None = None,
) -> FileContent:
    """Read one file and detect its format; `target` is the file that `path` leads to, if another.

    Raises `FileSkipped` with the reason for a file that cannot be read or is of no known format.
    """
    content = read_file(target or path, max_bytes)
    return FileContent(path.stem, detect_format(content, path.suffix), content, encoding)


def load_document(file: FileContent, id: str, sandbox: Sandbox) -> tuple[Document, str]:
    """Parse a file's content; return its document, and a warning for a person, else "".

    Raises `FileSkipped` with the reason for a file that cannot be parsed or holds no text.
    """
    parsed = _parse(file, sandbox)
    if not parsed.text.strip():
        raise FileSkipped("it holds no text")
    if parsed.hidden and not _visible_text(parsed).strip():
        reasons = ", ".join(dict.fromkeys(hidden.reason for hidden in parsed.hidden))
        raise FileSkipped(f"it holds only text that no reader sees ({reasons})")
    document = Document(
        id=id,
        title=_title_of(parsed, file),
        source=parsed.source,
        text=parsed.text,
        sha256=hashlib.sha256(parsed.text.encode()).hexdigest(),
        sections=parsed.sections,
        pages=parsed.pages,
        asides=parsed.asides,
        hidden=parsed.hidden,
        blocks=parsed.blocks,
        recognised=parsed.recognised,
    )
    return document, parsed.warning


def _title_of(parsed: Parsed, file: FileContent) -> str:
    """Return the title that a file gives its text, else the file's name.

    Where that says nothing, the first heading comes before the name.

    One that was read from a picture counts only where its words look like words.
    """
    first = first_title(parsed.text, parsed.blocks) if parsed.title else ""
    for given in (parsed.title, first):
        title = without_note_mark(given)
        at = parsed.text.find(title)
        is_read = any(start <= at < end for start, end, _ in parsed.recognised)
        is_told = says_something(title) and is_of(title, parsed.text)
        if is_told and (not is_read or is_worded(title)):
            return title
    return printable(file.name.replace("_", " ").replace("-", " "))


def _visible_text(parsed: Parsed) -> str:
    """Return the text without what is hidden."""
    ranges = visible_ranges(len(parsed.text), parsed.hidden)
    return "".join(parsed.text[start:end] for start, end in ranges)


def _parse(file: FileContent, sandbox: Sandbox) -> Parsed:
    """Parse a short file of a trusted format here, and any other file in the sandbox."""
    if file.format.trusted and len(file.content) <= MAX_BYTES_HERE:
        return file.format.parse(file.content, file.encoding)
    try:
        return sandbox.parse(file.format.name, file.content, file.encoding)
    except OnlyPictures:
        if not can_recognise():
            raise
    return sandbox.parse(SCAN.name, file.content)


def read_file(path: Path, max_bytes: int) -> bytes:
    """Return the bytes of a regular file, without following links or waiting for a FIFO.

    Raises `FileSkipped` with the reason where that cannot be done.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise FileSkipped(f"it cannot be opened: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        try:
            for _ in range(READ_ATTEMPTS):
                content = _read_once(file, max_bytes)
                if content is not None:
                    return content
        except OSError as error:
            raise FileSkipped(f"it cannot be read: {error.strerror}") from error
    raise FileSkipped("it is being written; ingest again when that is done")


def _read_once(file: BinaryIO, max_bytes: int) -> bytes | None:
    """Return the bytes of an open file, None if it changed meanwhile."""
    before = os.fstat(file.fileno())
    if not stat.S_ISREG(before.st_mode):
        raise FileSkipped("it is not a regular file")
    if before.st_size > max_bytes:
        limit = max_bytes // 1_000_000
        raise FileSkipped(f"it is larger than {limit} MB (raise the limit with --max-megabytes)")
    file.seek(0)
    content = file.read(max_bytes + 1)
    after = os.fstat(file.fileno())
    unchanged = (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)
    return content if unchanged else None
