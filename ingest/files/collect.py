"""Many files, one after the other: what changed is read and parsed, several files in parallel, few of them held."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from inquote.ingest.documents import Document
from inquote.ingest.errors import FileSkipped
from inquote.ingest.files.find import SkippedFile, SourceFile
from inquote.ingest.files.load import MAX_BYTES, load_document, read_content
from inquote.ingest.files.sandbox import SECONDS, Sandbox
from inquote.ingest.text import printable

MOST_AHEAD = 256  # files that are read before they are asked for
BYTES_AHEAD = 16 * 1024 * 1024  # of these files at most, but for one


@dataclass(frozen=True)
class Limits:
    """How files are read: `encoding` of texts where it is not to be told from them, and what is too much of a file."""

    encoding: str | None = None
    max_bytes: int = MAX_BYTES
    max_seconds: float = SECONDS


@dataclass(frozen=True)
class LoadedFile:
    """A document, the digest of the file that it was made of, and a warning, "" mostly."""

    source: SourceFile
    document: Document
    digest: str
    warning: str = ""


@dataclass(frozen=True)
class UnchangedFile:
    """The id of a document whose file is as it was."""

    id: str


FileOutcome = LoadedFile | UnchangedFile | SkippedFile
"""What became of a file."""


@dataclass
class FileOutcomes:
    """What became of some files: documents made, ids of files as they were before, files skipped."""

    loaded: list[LoadedFile] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)


def collect(
    sources: Sequence[SourceFile], digests: Mapping[str, str], limits: Limits
) -> FileOutcomes:
    """Read all `sources`, as `read_files` does, and hold what they became."""
    collected = FileOutcomes()
    for outcome in read_files(sources, digests, limits):
        if isinstance(outcome, LoadedFile):
            collected.loaded.append(outcome)
        elif isinstance(outcome, UnchangedFile):
            collected.same.append(outcome.id)
        else:
            collected.skipped.append(outcome)
    return collected


def read_files(
    sources: Sequence[SourceFile],
    digests: Mapping[str, str],
    limits: Limits,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Generator[FileOutcome, None, None]:
    """What becomes of each of `sources`, in their order; files are read ahead by several threads, but not far ahead.

    `digests`, id to digest, are those of files whose documents need not be made again. An iterator that is not read to
    its end is to be closed.
    """
    threads = ThreadPoolExecutor(os.cpu_count())
    with Sandbox(limits.max_seconds) as sandbox:

        def start(source: SourceFile) -> tuple[Future[FileOutcome], int]:
            return threads.submit(_read_one, source, digests, limits, sandbox), _size(source.path)

        try:
            for done, future in enumerate(_ahead(map(start, sources)), 1):
                outcome = future.result()
                progress(done, len(sources))
                yield outcome
        finally:
            threads.shutdown(cancel_futures=True)


def _ahead(started: Iterator[tuple[Future[FileOutcome], int]]) -> Iterator[Future[FileOutcome]]:
    """The futures in order, each with as many started after it as `MOST_AHEAD` and `BYTES_AHEAD` allow."""
    waiting: deque[tuple[Future[FileOutcome], int]] = deque()
    size = 0
    for future, weight in started:
        waiting.append((future, weight))
        size += weight
        while len(waiting) > MOST_AHEAD or size > BYTES_AHEAD:
            first, weight = waiting.popleft()
            yield first
            size -= weight
    for future, _ in waiting:
        yield future


def _size(path: Path) -> int:
    """The bytes of a file, 0 where that cannot be seen."""
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _read_one(
    source: SourceFile, digests: Mapping[str, str], limits: Limits, sandbox: Sandbox
) -> FileOutcome:
    try:
        content = read_content(source.path, encoding=limits.encoding, max_bytes=limits.max_bytes)
        if digests.get(source.id) == content.digest:
            return UnchangedFile(source.id)
        return LoadedFile(
            source, load_document(content, source.id, sandbox), content.digest, content.warning
        )
    except FileSkipped as reason:
        return SkippedFile(printable(source.path), str(reason))
    except (ValueError, ArithmeticError, LookupError, RecursionError, MemoryError) as error:
        return SkippedFile(
            printable(source.path), f"it cannot be parsed ({type(error).__name__}: {error})"
        )
