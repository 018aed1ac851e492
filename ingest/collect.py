"""Many files at once: what changed is read and parsed, several files in parallel."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ingest.documents import Document
from ingest.errors import FileSkipped
from ingest.find import Skipped, Source, printable
from ingest.load import MAX_BYTES, load_document, read
from ingest.sandbox import SECONDS, Sandbox


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


@dataclass
class Collected:
    """What became of some files: documents made, ids of files as they were before, files skipped."""

    loaded: list[Loaded] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def collect(
    sources: Sequence[Source],
    digests: Mapping[str, str],
    limits: Limits,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Collected:
    """Read all `sources`; `digests`, id to digest, are those of files whose documents need not be made again."""
    collected = Collected()
    with Sandbox(limits.max_seconds) as sandbox, ThreadPoolExecutor(os.cpu_count()) as threads:

        def load(source: Source) -> Loaded | str | FileSkipped:
            try:
                content = read(source.path, encoding=limits.encoding, max_bytes=limits.max_bytes)
                if digests.get(source.id) == content.digest:
                    return source.id
                return Loaded(source, load_document(content, source.id, sandbox), content.digest, content.warning)
            except FileSkipped as reason:
                return reason
            except (ValueError, ArithmeticError, LookupError, RecursionError, MemoryError) as error:
                return FileSkipped(f"it cannot be parsed ({type(error).__name__}: {error})")

        for done, (source, found) in enumerate(zip(sources, threads.map(load, sources), strict=True), 1):
            if isinstance(found, Loaded):
                collected.loaded.append(found)
            elif isinstance(found, str):
                collected.same.append(found)
            else:
                collected.skipped.append(Skipped(printable(source.path), str(found)))
            progress(done, len(sources))
    return collected
