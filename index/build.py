"""Ingest: what changed, embed only that, commit once."""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from index.account import Account, Progress, silent
from index.changes import Known, Plan, Record
from index.embed import Embedder
from index.generations import generation_of, mend, sweep
from index.library import Library
from index.staging import Staging, drop_unfinished, note_reread, transaction
from index.writing import writing
from ingest.collect import Limits, Outcome, read_all
from ingest.errors import IngestError
from ingest.find import Skipped, find_sources


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
) -> Account:
    """Bring the library at `path` up to date with the files below `paths`, and say what changed.

    A folder given is mirrored: a document whose file is gone from it is removed; documents from elsewhere stay. The
    library changes in one commit at the end, or not at all. Raises `IngestError` where nothing can be ingested,
    `LibraryMismatch` where the library was made with another recipe, `LibraryBusy` where another ingest goes on.
    """
    started = time.monotonic()
    while True:
        known = Known.of(path)
        found = find_sources(paths, known.names, path)
        plan = Plan.of(known.stored, found)
        digests = {} if options.rebuild else known.digests
        reading = read_all(found.sources, digests, options.limits, lambda done, all: progress("reading", done, all))
        with closing(reading):
            records = plan.follow(_with_text(chain(found.skipped, reading)), everything=options.rebuild)
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
                    library, plan, records, embedder, progress, started, names=names, rebuild=options.rebuild
                )


def _with_text(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """The same outcomes; raises `IngestError` at once where none of them is a text."""
    skipped: list[Skipped] = []
    for outcome in outcomes:
        if not isinstance(outcome, Skipped):
            return chain(skipped, [outcome], outcomes)
        skipped.append(outcome)
    raise IngestError(f"There is no text to ingest{_first_reason(skipped)}; the library was not changed.")


def _unless_skipped(plan: Plan, records: Iterator[Record]) -> Iterator[Record]:
    """The same records up to the first file skipped; then the rest is only read, and `IngestError` raised."""
    for record in records:
        if not plan.skipped:
            yield record
    if plan.skipped:
        raise IngestError(f"Not everything could be read{_first_reason(plan.skipped)}; the library was not changed.")


def _first_reason(skipped: list[Skipped]) -> str:
    if not skipped:
        return ""
    more = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
    return f": {skipped[0].path}: {skipped[0].reason}{more}"


def _told(plan: Plan, records: Iterator[Record], options: Options, generation: int, started: float) -> Account:
    """The account of an ingest that only reads."""
    for _ in records:
        pass
    if options.rebuild:
        plan.unchanged += len(plan.untouched())
    return Account.of(plan, generation, 0, started)


def _untouched(library: Library, plan: Plan) -> Iterator[Record]:
    """When all files have been read: the documents that none of them speaks of, to be written anew."""
    for id in plan.untouched():
        was = plan.stored[id]
        with library.snapshot() as snapshot:
            document = snapshot.document(id)
        plan.unchanged += 1
        plan.written[id] = was.sha256
        yield Record(document, was.root, was.state, was.file)


def carry_out(
    library: Library,
    plan: Plan,
    records: Iterator[Record],
    embedder: Embedder,
    progress: Progress,
    started: float,
    *,
    names: Mapping[str, str] | None = None,
    rebuild: bool = False,
) -> Account:
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
            return Account.of(plan, generation + 1, staging.embedded, started)
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
    return Account.of(plan, generation, staging.embedded, started)
