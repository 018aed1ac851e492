"""Read many files in their order, several at a time, and hold few of them in memory."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from inquote.ingest.documents import Document
from inquote.ingest.errors import FileSkipped
from inquote.ingest.files.find import SkippedFile, SourceFile
from inquote.ingest.files.load import MAX_BYTES, load_document, read_content
from inquote.ingest.files.sandbox import SECONDS, Sandbox
from inquote.ingest.text import printable

MAX_FILES_AHEAD = 256  # that are read before the caller wants them
MAX_BYTES_AHEAD = 16 * 1024 * 1024  # of these files together; a larger file is read alone


@dataclass(frozen=True)
class Limits:
    """The encoding of texts and the limits of one file.

    `encoding` is the one that a person named, None to detect it. `max_seconds` is the time that
    parsing may take.
    """

    encoding: str | None = None
    max_bytes: int = MAX_BYTES
    max_seconds: float = SECONDS


@dataclass(frozen=True)
class LoadedFile:
    """A document, its file's bytes and their digest, and a warning for a person, else ""."""

    source: SourceFile
    document: Document
    digest: str
    warning: str = ""
    content: bytes = b""


@dataclass(frozen=True)
class UnchangedFile:
    """The id of a document whose file is as it was."""

    id: str


FileOutcome = LoadedFile | UnchangedFile | SkippedFile
"""The result of reading one file."""


@dataclass
class FileOutcomes:
    """The results of reading some files: documents, ids of unchanged files, and files skipped."""

    loaded: list[LoadedFile] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)


def collect(
    sources: Sequence[SourceFile], digests: Mapping[str, str], limits: Limits
) -> FileOutcomes:
    """Read all `sources`, as `read_files` does, and return the outcomes by their kind."""
    outcomes = FileOutcomes()
    for outcome in read_files(sources, digests, limits):
        if isinstance(outcome, LoadedFile):
            outcomes.loaded.append(outcome)
        elif isinstance(outcome, UnchangedFile):
            outcomes.unchanged.append(outcome.id)
        else:
            outcomes.skipped.append(outcome)
    return outcomes


def read_files(
    sources: Sequence[SourceFile],
    digests: Mapping[str, str],
    limits: Limits,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Generator[FileOutcome, None, None]:
    """Yield the outcome of each of `sources`, in their order.

    Several threads read a few files ahead of the caller. `digests` maps ids to the digests of files
    that were ingested before; a file that still has its digest is not parsed. Close a generator
    that you do not read to its end.
    """
    threads = ThreadPoolExecutor(os.cpu_count())
    with Sandbox(limits.max_seconds) as sandbox:

        def start(source: SourceFile) -> tuple[Future[FileOutcome], int]:
            future = threads.submit(read_source, source, digests, limits, sandbox)
            return future, file_size(source)

        try:
            for done, future in enumerate(_start_ahead(map(start, sources)), 1):
                outcome = future.result()
                progress(done, len(sources))
                yield outcome
        finally:
            threads.shutdown(cancel_futures=True)


def _start_ahead(
    started: Iterator[tuple[Future[FileOutcome], int]],
) -> Iterator[Future[FileOutcome]]:
    """Yield the futures of `started` in order, after starting as many more as the limits allow.

    `started` starts a file whenever an item is taken from it: its future, and its size in bytes.
    """
    waiting: deque[tuple[Future[FileOutcome], int]] = deque()
    bytes_ahead = 0
    for future, size in started:
        waiting.append((future, size))
        bytes_ahead += size
        while len(waiting) > MAX_FILES_AHEAD or bytes_ahead > MAX_BYTES_AHEAD:
            oldest, oldest_size = waiting.popleft()
            yield oldest
            bytes_ahead -= oldest_size
    for future, _ in waiting:
        yield future


def file_size(source: SourceFile) -> int:
    """Return the bytes of a file, 0 where its size cannot be read."""
    try:
        return (source.target or source.path).lstat().st_size
    except OSError:
        return 0


def read_source(
    source: SourceFile, digests: Mapping[str, str], limits: Limits, sandbox: Sandbox
) -> FileOutcome:
    """Read and parse one file, or skip it with the error as the reason."""
    try:
        file = read_content(
            source.path,
            encoding=limits.encoding,
            max_bytes=limits.max_bytes,
            target=source.target,
        )
        if digests.get(source.id) == file.digest:
            return UnchangedFile(source.id)
        document, warning = load_document(file, source.id, sandbox)
        return LoadedFile(source, document, file.digest, warning, file.content)
    except FileSkipped as error:
        reason = str(error)
    except (ValueError, ArithmeticError, LookupError, RecursionError, MemoryError) as error:
        reason = f"it cannot be parsed ({type(error).__name__}: {error})"
    return SkippedFile(printable(source.path), reason)
