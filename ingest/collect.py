"""Many files, one after the other: what changed is read and parsed, several files in parallel, few of them held."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ingest.documents import Document
from ingest.errors import FileSkipped
from ingest.find import Skipped, Source, printable
from ingest.load import MAX_BYTES, load_document, read
from ingest.sandbox import SECONDS, Sandbox

MOST_AHEAD = 256  # files that are read before they are asked for
BYTES_AHEAD = 16 * 1024 * 1024  # of these files at most, but for one


@dataclass(frozen=True)
class Limits:
    """How files are read: `encoding` of texts where it is not to be told from them, and what is too much of a file."""

    encoding: str | None = None
    max_bytes: int = MAX_BYTES
    max_seconds: float = SECONDS


@dataclass(frozen=True)
class Loaded:
    """A document, the digest of the file that it was made of, and a warning, "" mostly."""

    source: Source
    document: Document
    digest: str
    warning: str = ""


@dataclass(frozen=True)
class Same:
    """The id of a document whose file is as it was."""

    id: str


Outcome = Loaded | Same | Skipped
"""What became of a file."""


@dataclass
class Collected:
    """What became of some files: documents made, ids of files as they were before, files skipped."""

    loaded: list[Loaded] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def collect(sources: Sequence[Source], digests: Mapping[str, str], limits: Limits) -> Collected:
    """Read all `sources`, as `read_all` does, and hold what they became."""
    collected = Collected()
    for outcome in read_all(sources, digests, limits):
        if isinstance(outcome, Loaded):
            collected.loaded.append(outcome)
        elif isinstance(outcome, Same):
            collected.same.append(outcome.id)
        else:
            collected.skipped.append(outcome)
    return collected


def read_all(
    sources: Sequence[Source],
    digests: Mapping[str, str],
    limits: Limits,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Generator[Outcome, None, None]:
    """What becomes of each of `sources`, in their order; files are read ahead by several threads, but not far ahead.

    `digests`, id to digest, are those of files whose documents need not be made again. An iterator that is not read to
    its end is to be closed.
    """
    threads = ThreadPoolExecutor(os.cpu_count())
    with Sandbox(limits.max_seconds) as sandbox:

        def start(source: Source) -> tuple[Future[Outcome], int]:
            return threads.submit(_read_one, source, digests, limits, sandbox), _size(source.path)

        try:
            for done, future in enumerate(_ahead(map(start, sources)), 1):
                outcome = future.result()
                progress(done, len(sources))
                yield outcome
        finally:
            threads.shutdown(cancel_futures=True)


def _ahead(started: Iterator[tuple[Future[Outcome], int]]) -> Iterator[Future[Outcome]]:
    """The futures in order, each with as many started after it as `MOST_AHEAD` and `BYTES_AHEAD` allow."""
    waiting: deque[tuple[Future[Outcome], int]] = deque()
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


def _read_one(source: Source, digests: Mapping[str, str], limits: Limits, sandbox: Sandbox) -> Outcome:
    try:
        content = read(source.path, encoding=limits.encoding, max_bytes=limits.max_bytes)
        if digests.get(source.id) == content.digest:
            return Same(source.id)
        return Loaded(source, load_document(content, source.id, sandbox), content.digest, content.warning)
    except FileSkipped as reason:
        return Skipped(printable(source.path), str(reason))
    except (ValueError, ArithmeticError, LookupError, RecursionError, MemoryError) as error:
        return Skipped(printable(source.path), f"it cannot be parsed ({type(error).__name__}: {error})")
