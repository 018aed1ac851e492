"""Bring a library up to date with files: embed only what is new, commit once."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress, silent
from inquote.index.stores.base import DocumentRecord, Draft, Store
from inquote.index.stores.recipe import check_recipe
from inquote.index.updating.plan import IngestPlan, LibraryState
from inquote.index.updating.report import IngestReport
from inquote.index.updating.writer import PassageWriter
from inquote.ingest.errors import IngestError
from inquote.ingest.files.collect import FileOutcome, Limits, read_files
from inquote.ingest.files.find import SkippedFile, find_sources


@dataclass(frozen=True)
class Options:
    """How to ingest.

    `strict` makes a skipped file an error. `dry_run` only reports. `rebuild` reads and cuts
    everything anew, and embeds what has no sound embedding. `originals` keeps the bytes of files
    beside their documents.
    """

    strict: bool = False
    dry_run: bool = False
    rebuild: bool = False
    originals: bool = True
    limits: Limits = field(default_factory=Limits)


DEFAULT = Options()


def ingest(
    store: Store,
    paths: Sequence[Path],
    embedder: Embedder,
    *,
    options: Options = DEFAULT,
    progress: Progress = silent,
) -> IngestReport:
    """Bring a library up to date with the files below `paths`, and report what changed.

    A folder is mirrored: a document whose file is gone from it is removed; documents from elsewhere
    stay. The library changes in one commit at the end, or not at all. Raises `IngestError` where
    nothing can be ingested, `LibraryMismatch` where the library was made with another recipe,
    `LibraryBusy` where another ingest goes on.
    """
    started = time.monotonic()
    while True:
        # What there is, and what the files are against it.
        state = LibraryState.of(store, mends=not options.dry_run)
        listing = find_sources(paths, state.names, store.folder)
        plan = IngestPlan.of(state.records, listing)
        if state.recovery:
            plan.warnings.append(SkippedFile(store.location, state.recovery))
        digests = {} if options.rebuild else state.digests
        reading = read_files(
            listing.sources,
            digests,
            options.limits,
            lambda done, total: progress("reading", done, total),
        )
        with closing(reading):
            # The documents to write; the plan fills while they are read and written below.
            outcomes = _require_text(chain(listing.skipped, reading))
            records = plan.follow(outcomes, everything=options.rebuild)
            if options.strict:
                records = _refuse_skipped(plan, records)
            if options.dry_run:
                return _dry_run(plan, records, options, state.generation, started)
            with store.begin(progress) as draft:
                if draft.generation != state.generation + 1:
                    continue  # another ingest was quicker
                if options.rebuild:
                    records = chain(records, _untouched_records(store, plan, options))
                draft.put_roots({source.root: source.name for source in listing.sources})
                return write_plan(store, draft, plan, records, embedder, progress, started, options)


def _require_text(outcomes: Iterator[FileOutcome]) -> Iterator[FileOutcome]:
    """Return the same outcomes; raise `IngestError` at once where none of them is a text."""
    skipped: list[SkippedFile] = []
    for outcome in outcomes:
        if not isinstance(outcome, SkippedFile):
            return chain(skipped, [outcome], outcomes)
        skipped.append(outcome)
    raise IngestError(
        f"There is no text to ingest{_first_reason(skipped)}; the library was not changed."
    )


def _refuse_skipped(
    plan: IngestPlan, records: Iterator[DocumentRecord]
) -> Iterator[DocumentRecord]:
    """Yield the records up to the first file skipped; read the rest, then raise `IngestError`."""
    for record in records:
        if not plan.skipped:
            yield record
    if plan.skipped:
        raise IngestError(
            f"Not everything could be read{_first_reason(plan.skipped)}; "
            "the library was not changed."
        )


def _first_reason(skipped: list[SkippedFile]) -> str:
    if not skipped:
        return ""
    more = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
    return f": {skipped[0].path}: {skipped[0].reason}{more}"


def _dry_run(
    plan: IngestPlan,
    records: Iterator[DocumentRecord],
    options: Options,
    generation: int,
    started: float,
) -> IngestReport:
    """Read every file and report what an ingest would do."""
    for _ in records:
        pass
    if options.rebuild:
        plan.unchanged += len(plan.untouched())
    return IngestReport.of(plan, generation, 0, started)


def _untouched_records(
    store: Store, plan: IngestPlan, options: Options
) -> Iterator[DocumentRecord]:
    """Yield, once all files were read, the documents of other places, to be written anew."""
    for id in plan.untouched():
        record = plan.records[id]
        with store.snapshot() as snapshot:
            document = snapshot.document(id)
        plan.unchanged += 1
        plan.written[id] = record.sha256
        stored = record.as_stored(document)
        yield stored if options.originals else replace(stored, original="")


def write_plan(
    store: Store,
    draft: Draft,
    plan: IngestPlan,
    records: Iterator[DocumentRecord],
    embedder: Embedder,
    progress: Progress,
    started: float,
    options: Options = DEFAULT,
) -> IngestReport:
    """Write records into a draft and commit it, where there is anything to do.

    `started` is by the monotonic clock. Raises `LibraryMismatch` where the library was made with
    another recipe, unless it is rebuilt.
    """
    generation = draft.generation - 1
    if generation and not options.rebuild:
        with store.snapshot() as snapshot:
            recipe = snapshot.recipe
        if recipe:
            check_recipe(recipe, embedder)
    writer = PassageWriter(draft, embedder, progress, options.originals)
    writer.write(records)
    if plan.written or plan.removed:
        draft.remove(plan.removed)
        draft.note_files(plan.reread)
        generation = draft.commit(writer.recipe)
    elif plan.reread:
        draft.note_files(plan.reread)
    return IngestReport.of(plan, generation, writer.embedded, started)
