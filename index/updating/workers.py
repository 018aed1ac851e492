"""Say who reads, cuts and embeds the files of an ingest: this machine, or others."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress
from inquote.index.stores.base import Draft
from inquote.index.updating.writer import PassageWriter
from inquote.ingest.files.collect import FileOutcome, Limits, read_files
from inquote.ingest.files.find import SourceFile


@dataclass(frozen=True)
class TextAhead:
    """Says before the first outcome that there is a text among the files: a draft is wanted."""


Outcomes = Iterator[FileOutcome | TextAhead]


class Workers(Protocol):
    """Those who do the work of an ingest."""

    def read(
        self,
        sources: Sequence[SourceFile],
        digests: Mapping[str, str],
        limits: Limits,
        progress: Progress,
    ) -> Generator[FileOutcome | TextAhead, None, None]:
        """Yield the outcome of each source once, in any order; see `read_files`.

        A `TextAhead` may come before the first document, and at no other time.
        """
        ...

    def writer(
        self, draft: Draft, embedder: Embedder, progress: Progress, originals: bool
    ) -> PassageWriter:
        """Return the writer of the documents that were read."""
        ...


class ThisMachine:
    """Reads with a thread a processor, cuts and embeds in this process."""

    def read(
        self,
        sources: Sequence[SourceFile],
        digests: Mapping[str, str],
        limits: Limits,
        progress: Progress,
    ) -> Generator[FileOutcome | TextAhead, None, None]:
        """Yield the outcome of each source, in their order; see `read_files`."""

        def report(done: int, total: int) -> None:
            progress("reading", done, total)

        yield from read_files(sources, digests, limits, report)

    def writer(
        self, draft: Draft, embedder: Embedder, progress: Progress, originals: bool
    ) -> PassageWriter:
        """Return a writer that cuts and embeds."""
        return PassageWriter(draft, embedder, progress, originals)


THIS_MACHINE = ThisMachine()
