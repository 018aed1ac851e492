"""Bring a library up to date with files: embed only what is new, commit once."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress, silent
from inquote.index.stores.base import DocumentRecord, Draft, Store
from inquote.index.stores.recipe import check_recipe
from inquote.index.updating.notes import Notes, keep_notes, read_notes
from inquote.index.updating.plan import IngestPlan, LibraryState
from inquote.index.updating.report import IngestReport
from inquote.index.updating.titles import put_titles, read_titles
from inquote.index.updating.workers import THIS_MACHINE, Outcomes, TextAhead, Workers
from inquote.index.updating.writer import PassageWriter
from inquote.ingest.errors import IngestError, WriterLost
from inquote.ingest.files.collect import FileOutcome, Limits, UnchangedFile
from inquote.ingest.files.find import Listing, SkippedFile, find_sources
from inquote.ingest.text import printable

BEING_WRITTEN = "it is being written; it is taken in when that is done"


@dataclass(frozen=True)
class Options:
    """How to ingest.

    `strict` makes a skipped file an error. `dry_run` only reports. `rebuild` reads and cuts
    everything anew, and embeds what has no sound embedding. `originals` keeps the bytes of files
    beside their documents. `was_late` is set where another process was quicker.

    For who watches files: those of `untouched` are as they were when the same ingest read them
    last, and need not be read; each comes with the reason why it was skipped then, "" for none.
    `held` are files that are still being written; their documents stay. With `may_be_empty` the
    last file of a folder may go.
    """

    strict: bool = False
    dry_run: bool = False
    rebuild: bool = False
    originals: bool = True
    limits: Limits = field(default_factory=Limits)
    was_late: bool = False
    untouched: Mapping[Path, str] = field(default_factory=dict)
    held: frozenset[Path] = frozenset()
    may_be_empty: bool = False


DEFAULT = Options()
_ATTEMPTS = 4  # while other processes are quicker


def ingest(
    store: Store,
    paths: Sequence[Path],
    embedder: Embedder,
    *,
    options: Options = DEFAULT,
    progress: Progress = silent,
    workers: Workers = THIS_MACHINE,
) -> IngestReport:
    """Bring a library up to date with the files below `paths`, and report what changed.

    A folder is mirrored: a document whose file is gone from it is removed; documents from elsewhere
    stay. The library changes in one commit at the end, or not at all. Raises `IngestError` where
    nothing can be ingested, `LibraryMismatch` where the library was made with another recipe,
    `LibraryBusy` where another ingest goes on. An ingest that another one was quicker than begins
    anew, on what that wrote, and says so.
    """
    started = time.monotonic()
    for _ in range(_ATTEMPTS):
        try:
            return _ingest(store, paths, embedder, options, progress, workers, started)
        except WriterLost as error:
            lost = error
            options = replace(options, was_late=True)
    raise lost


def _ingest(
    store: Store,
    paths: Sequence[Path],
    embedder: Embedder,
    options: Options,
    progress: Progress,
    workers: Workers,
    started: float,
) -> IngestReport:
    while True:
        # What there is, and what the files are against it.
        state = LibraryState.of(store, mends=not options.dry_run)
        listing = find_sources(paths, state.names, store.folder)
        listing.hold(options.held, BEING_WRITTEN)
        titles = read_titles(store.journal)
        plan = IngestPlan.of(state.records, listing, titles, state.names)
        if state.recovery:
            plan.warnings.append(SkippedFile(store.location, state.recovery))
        if options.was_late:
            reason = "another process wrote it first, so the ingest began anew on what it wrote"
            plan.warnings.append(SkippedFile(store.location, reason))
        digests = {} if options.rebuild else state.digests
        known = _known_outcomes(listing, state, options.untouched)
        unread = [source for source in listing.sources if source.id not in known]
        reading = workers.read(unread, digests, options.limits, progress)
        with closing(reading):
            # The documents to write; the plan fills while they are read and written below.
            outcomes: Outcomes = chain(listing.skipped, known.values(), reading)
            if not options.may_be_empty:
                outcomes = _require_text(outcomes)
            records = plan.follow(_of_files(outcomes), everything=options.rebuild)
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
                writer = workers.writer(draft, embedder, progress, options.originals)
                return write_plan(
                    store, draft, plan, records, embedder, progress, started, options, writer
                )


def _known_outcomes(
    listing: Listing, state: LibraryState, untouched: Mapping[Path, str]
) -> dict[str, FileOutcome]:
    """Return the outcomes, by id, of files that need not be read."""
    known: dict[str, FileOutcome] = {}
    for source in listing.sources:
        if source.path not in untouched:
            continue
        reason, record = untouched[source.path], state.records.get(source.id)
        if reason:
            known[source.id] = SkippedFile(printable(source.path), reason)
        elif record is not None and not record.is_damaged:
            known[source.id] = UnchangedFile(source.id)
    return known


def _require_text(outcomes: Outcomes) -> Outcomes:
    """Return the same outcomes; raise `IngestError` at once where none of them is a text."""
    skipped: list[SkippedFile] = []
    for outcome in outcomes:
        if not isinstance(outcome, SkippedFile):
            return chain(skipped, [outcome], outcomes)
        skipped.append(outcome)
    raise IngestError(
        f"There is no text to ingest{_first_reason(skipped)}; the library was not changed."
    )


def _of_files(outcomes: Outcomes) -> Iterator[FileOutcome]:
    """Yield the outcomes of files; that a text is ahead is none."""
    for outcome in outcomes:
        if not isinstance(outcome, TextAhead):
            yield outcome


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
    writer: PassageWriter | None = None,
) -> IngestReport:
    """Write records into a draft and commit it, where there is anything to do.

    `writer` is by default one that cuts and embeds here. `started` is by the monotonic clock.
    Raises `LibraryMismatch` where the library was made with another recipe, unless it is rebuilt.
    """
    generation = draft.generation - 1
    earlier: dict[str, Notes] = {}
    if generation:
        with store.snapshot() as snapshot:
            recipe, earlier = snapshot.recipe, read_notes(snapshot)
        if recipe and not options.rebuild:
            check_recipe(recipe, embedder)
    writer = writer or PassageWriter(draft, embedder, progress, options.originals)
    writer.write(records)
    if plan.written or plan.removed:
        draft.remove(plan.removed)
        draft.note_files(plan.reread)
        put_titles(store.journal, plan.kept_titles)
        generation = draft.commit(writer.recipe)
        stay = {*plan.records, *plan.written}
        others = {id: notes for id, notes in earlier.items() if id in stay}
        keep_notes(store, generation, plan.notes, others)
    elif plan.reread:
        draft.note_files(plan.reread)
    return IngestReport.of(plan, generation, writer.embedded, started)
