"""Ingest: what changed, embed only that, commit once."""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress, silent
from inquote.index.stores.local.generations import generation_of, mend, sweep
from inquote.index.stores.local.library import Library
from inquote.index.stores.local.lock import writing
from inquote.index.stores.local.staging import Staging, drop_unfinished, note_reread, transaction
from inquote.index.updating.plan import DocumentRecord, IngestPlan, LibraryState
from inquote.index.updating.report import IngestReport
from inquote.ingest.errors import IngestError
from inquote.ingest.files.collect import FileOutcome, Limits, read_files
from inquote.ingest.files.find import SkippedFile, find_sources


@dataclass(frozen=True)
class Options:
    """`strict`: a skipped file is an error. `dry_run`: only the account. `rebuild`: read and cut everything anew,
    and embed what is not embedded yet or whose embedding is damaged.
    """

    strict: bool = False
    dry_run: bool = False
    rebuild: bool = False
    limits: Limits = field(default_factory=Limits)


PLAIN = Options()


def ingest(
    path: Path,
    paths: Sequence[Path],
    embedder: Embedder,
    *,
    options: Options = PLAIN,
    progress: Progress = silent,
) -> IngestReport:
    """Bring the library at `path` up to date with the files below `paths`, and say what changed.

    A folder given is mirrored: a document whose file is gone from it is removed; documents from elsewhere stay. The
    library changes in one commit at the end, or not at all. Raises `IngestError` where nothing can be ingested,
    `LibraryMismatch` where the library was made with another recipe, `LibraryBusy` where another ingest goes on.
    """
    started = time.monotonic()
    while True:
        known = LibraryState.of(path)
        found = find_sources(paths, known.names, path)
        plan = IngestPlan.of(known.stored, found)
        digests = {} if options.rebuild else known.digests
        reading = read_files(
            found.sources, digests, options.limits, lambda done, all: progress("reading", done, all)
        )
        with closing(reading):
            records = plan.follow(
                _with_text(chain(found.skipped, reading)), everything=options.rebuild
            )
            if options.strict:
                records = _unless_skipped(plan, records)
            if options.dry_run:
                return _told(plan, records, options, known.generation, started)
            with writing(path) as library:
                if generation_of(library) != known.generation:
                    continue  # another ingest was quicker
                if options.rebuild:
                    records = chain(records, _untouched(library, plan))
                names = {source.root: source.name for source in found.sources}
                return carry_out(
                    library,
                    plan,
                    records,
                    embedder,
                    progress,
                    started,
                    names=names,
                    rebuild=options.rebuild,
                )


def _with_text(outcomes: Iterator[FileOutcome]) -> Iterator[FileOutcome]:
    """The same outcomes; raises `IngestError` at once where none of them is a text."""
    skipped: list[SkippedFile] = []
    for outcome in outcomes:
        if not isinstance(outcome, SkippedFile):
            return chain(skipped, [outcome], outcomes)
        skipped.append(outcome)
    raise IngestError(
        f"There is no text to ingest{_first_reason(skipped)}; the library was not changed."
    )


def _unless_skipped(
    plan: IngestPlan, records: Iterator[DocumentRecord]
) -> Iterator[DocumentRecord]:
    """The same records up to the first file skipped; then the rest is only read, and `IngestError` raised."""
    for record in records:
        if not plan.skipped:
            yield record
    if plan.skipped:
        raise IngestError(
            f"Not everything could be read{_first_reason(plan.skipped)}; the library was not changed."
        )


def _first_reason(skipped: list[SkippedFile]) -> str:
    if not skipped:
        return ""
    more = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
    return f": {skipped[0].path}: {skipped[0].reason}{more}"


def _told(
    plan: IngestPlan,
    records: Iterator[DocumentRecord],
    options: Options,
    generation: int,
    started: float,
) -> IngestReport:
    """The account of an ingest that only reads."""
    for _ in records:
        pass
    if options.rebuild:
        plan.unchanged += len(plan.untouched())
    return IngestReport.of(plan, generation, 0, started)


def _untouched(library: Library, plan: IngestPlan) -> Iterator[DocumentRecord]:
    """When all files have been read: the documents that none of them speaks of, to be written anew."""
    for id in plan.untouched():
        was = plan.stored[id]
        with library.snapshot() as snapshot:
            document = snapshot.document(id)
        plan.unchanged += 1
        plan.written[id] = was.sha256
        yield DocumentRecord(document, was.root, was.state, was.file)


def carry_out(
    library: Library,
    plan: IngestPlan,
    records: Iterator[DocumentRecord],
    embedder: Embedder,
    progress: Progress,
    started: float,
    *,
    names: Mapping[str, str] | None = None,
    rebuild: bool = False,
) -> IngestReport:
    """Write `records` and commit, where there is anything to do; the library is locked.

    `names` are the root folders with what their documents' ids begin with; `started` is by the monotonic clock. Without
    `rebuild`, `LibraryMismatch` is raised where the library was made with another recipe.
    """
    generation = generation_of(library)
    staging = Staging(library, generation + 1, embedder, progress)
    drop_unfinished(library, generation)
    try:
        if not rebuild:
            staging.check_recipe()
        staging.write(records)
        if plan.written or plan.removed:
            staging.commit(plan, names or {})
            return IngestReport.of(plan, generation + 1, staging.embedded, started)
    except BaseException:
        with suppress(OSError, sqlite3.Error):  # else the next ingest does
            drop_unfinished(library, generation)
        raise
    if plan.reread:
        with transaction(library.connection()):
            note_reread(library, plan)
    mend(library, generation, progress)
    with suppress(OSError):
        sweep(library, generation)
    return IngestReport.of(plan, generation, staging.embedded, started)
