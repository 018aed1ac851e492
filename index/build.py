"""Ingest: what changed, embed only that, commit once."""

import contextlib
import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from index.changes import Files, Known, Plan, compare
from index.derived import check_derived, write_derived
from index.embed import Embedder
from index.library import NEVER, Library, Snapshot
from index.recipe import Recipe, check_recipe, content_hash, recipe_of
from index.steps import step
from index.writing import now, writing
from ingest.chunk import Chunks, chunk
from ingest.collect import Limits, collect
from ingest.errors import IngestError, LibraryMissing
from ingest.find import Skipped, find_sources, printable

BATCH = 64  # passages embedded and stored at a time
KEPT_GENERATIONS = 3  # the current one and those before it that can still be asked

Progress = Callable[[str, int, int], None]
"""`progress(stage, done, total)`, called as the work goes on; stages are "reading", "embedding", "indexing"."""


def silent(stage: str, done: int, total: int) -> None:
    """A `Progress` that shows nothing."""


@dataclass(frozen=True)
class Account:
    """What an ingest did; document ids in order, `renamed` as (old, new), `unchanged` a count."""

    generation: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    unchanged: int
    skipped: tuple[Skipped, ...]
    passages_embedded: int
    seconds: float
    warnings: tuple[Skipped, ...] = ()  # of files that were ingested all the same; for people, not in the JSON

    @property
    def has_changes(self) -> bool:
        """Whether the library differs from before."""
        return bool(self.added or self.changed or self.renamed or self.removed)

    def as_json(self) -> dict[str, Any]:
        """The object that `inquote ingest --json` prints; its keys are a contract."""
        return {name: value for name, value in asdict(self).items() if name != "warnings"}


@dataclass(frozen=True)
class Options:
    """`strict`: a skipped file is an error. `dry_run`: only the account. `rebuild`: make everything anew."""

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
        files = _files(path, paths, known, options, progress)
        if options.dry_run:
            return account_of(_dry_run(path, files, options), files, known.generation, 0, started)
        with writing(path) as library:
            if generation_of(library) == known.generation:
                plan, generation, embedded = _update(library, files, embedder, options, progress)
                return account_of(plan, files, generation, embedded, started)


def _files(library: Path, paths: Sequence[Path], known: Known, options: Options, progress: Progress) -> Files:
    """What lies below `paths`, read; raises `IngestError` where there is no text, or less than all if it is strict."""
    found = find_sources(paths, known.names, library)
    digests = {} if options.rebuild else known.digests
    collected = collect(found.sources, digests, options.limits, lambda done, total: progress("reading", done, total))
    collected.skipped[:0] = found.skipped
    if not collected.loaded and not collected.same:
        raise IngestError(f"There is no text to ingest{_first_reason(collected.skipped)}; the library was not changed.")
    if options.strict and collected.skipped:
        raise IngestError(
            f"Not everything could be read{_first_reason(collected.skipped)}; the library was not changed."
        )
    return Files(found, collected)


def _dry_run(path: Path, files: Files, options: Options) -> Plan:
    try:
        library = Library.open(path)
    except LibraryMissing:
        return Plan(added=[loaded.source.id for loaded in files.collected.loaded])
    try:
        with library.snapshot() as snapshot:
            return compare(snapshot, files, everything=options.rebuild)
    finally:
        library.close()


def generation_of(library: Library) -> int:
    """The generation that a library is at."""
    with library.snapshot() as snapshot:
        return snapshot.generation


def _update(
    library: Library, files: Files, embedder: Embedder, options: Options, progress: Progress
) -> tuple[Plan, int, int]:
    """The plan that was carried out, the generation it led to, and how many passages were embedded."""
    with library.snapshot() as snapshot:
        generation = snapshot.generation
        if snapshot.recipe and not options.rebuild:
            check_recipe(snapshot.recipe, embedder)
        plan = compare(snapshot, files, everything=options.rebuild)
    if plan.write or plan.removed:
        names = {source.root: source.name for source in files.found.sources}
        embedded = commit(library, plan, names, embedder, progress)
        return plan, generation + 1, embedded
    _note_reread(library.connection(), plan)
    if check_derived(library.generation_folder(generation)):
        _write_generation(library, generation, progress)
    return plan, generation, 0


def _note_reread(connection: sqlite3.Connection, plan: Plan) -> None:
    """Note the digests of files that changed while their text did not, so that they are not parsed again."""
    reread = [(digest, id, NEVER) for id, digest in plan.reread.items()]
    connection.executemany("UPDATE documents SET file = ? WHERE id = ? AND until = ?", reread)


def remake_derived(library: Library, generation: int | None = None) -> None:
    """Write the derived files of a generation, by default the current one, anew where they are missing or damaged."""
    with writing(library.path):
        generation = generation or generation_of(library)
        if generation and check_derived(library.generation_folder(generation)):
            _write_generation(library, generation, silent)


def _first_reason(skipped: list[Skipped]) -> str:
    if not skipped:
        return ""
    more = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
    return f": {skipped[0].path}: {skipped[0].reason}{more}"


def commit(library: Library, plan: Plan, names: Mapping[str, str], embedder: Embedder, progress: Progress) -> int:
    """Embed what is new, then change the rows and write the next generation's files in one transaction.

    Until its commit, every reader sees the old generation. Returns how many passages were embedded.
    """
    recipe = recipe_of(embedder)
    chunks = {id: chunk(record.document, embedder.count_tokens, recipe.window) for id, record in plan.write.items()}
    contents = _contents(chunks, recipe)
    connection = library.connection()
    embedded = _embed_missing(connection, contents, embedder, progress)
    connection.execute("BEGIN IMMEDIATE")
    try:
        generation = Snapshot(connection).generation + 1
        _change_rows(connection, plan, chunks, recipe, generation)
        connection.executemany("INSERT OR IGNORE INTO roots VALUES (?, ?)", names.items())
        snapshot = Snapshot(connection, generation)
        if not snapshot.has_passages():
            raise IngestError("Nothing would be left to search; the library was not changed.")
        _write_files(library, generation, snapshot, progress)
        about = {
            "generation": str(generation),
            "oldest": str(_oldest(snapshot, recipe, generation)),
            "recipe": json.dumps(recipe.as_json()),
            "changed_at": now(),
        }
        connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", about.items())
        step()
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    with contextlib.suppress(OSError):  # the ingest is done; what is left over goes with the next one
        _sweep(library, generation)
    return embedded


def _oldest(snapshot: Snapshot, recipe: Recipe, generation: int) -> int:
    """The first generation that can be asked: of those kept, and made with the same recipe as this one."""
    if snapshot.recipe != recipe:
        return generation
    return max(snapshot.oldest, generation - KEPT_GENERATIONS + 1)


def _contents(chunks: dict[str, Chunks], recipe: Recipe) -> dict[str, str]:
    """Content hash to embedded text, of all passages of `chunks`."""
    return {
        content_hash(passage, recipe): passage.embedded_text for made in chunks.values() for passage in made.passages
    }


def _embed_missing(
    connection: sqlite3.Connection, contents: dict[str, str], embedder: Embedder, progress: Progress
) -> int:
    """Embed what has no embedding yet, in small transactions, so that a killed ingest resumes where it was."""
    have = {content for (content,) in connection.execute("SELECT content FROM embeddings")}
    missing = sorted((content for content in contents if content not in have), key=lambda c: len(contents[c]))
    for at in range(0, len(missing), BATCH):
        batch = missing[at : at + BATCH]
        matrix = embedder.embed_passages([contents[content] for content in batch])
        if matrix.shape != (len(batch), embedder.dimension) or not np.isfinite(matrix).all():
            raise IngestError("The embedder gave vectors of a wrong shape or not finite; the library was not changed.")
        step()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT OR IGNORE INTO embeddings VALUES (?, ?)",
            [(content, vector.astype(np.float32).tobytes()) for content, vector in zip(batch, matrix, strict=True)],
        )
        connection.execute("COMMIT")
        progress("embedding", at + len(batch), len(missing))
    return len(missing)


def _change_rows(
    connection: sqlite3.Connection, plan: Plan, chunks: dict[str, Chunks], recipe: Recipe, generation: int
) -> None:
    """What goes holds until this generation, what comes holds from it on; what is past the kept ones is deleted."""
    gone = [(generation, id, NEVER) for id in (*plan.removed, *plan.write)]
    connection.executemany("UPDATE passages SET until = ? WHERE document_id = ? AND until = ?", gone)
    connection.executemany("UPDATE documents SET until = ? WHERE id = ? AND until = ?", gone)
    _note_reread(connection, plan)
    past = (generation - KEPT_GENERATIONS + 1,)
    connection.execute("DELETE FROM passages WHERE until <= ?", past)
    connection.execute("DELETE FROM documents WHERE until <= ?", past)
    for id, record in plan.write.items():
        made, document = chunks[id], record.document
        connection.execute(
            f"INSERT INTO documents VALUES ({', '.join('?' * 16)})",
            (
                *(id, generation, NEVER, record.root, record.state, record.file, now()),
                *(len(document.text), document.sha256, document.title, document.source),
                json.dumps([(s.title, s.level, s.start, s.end) for s in document.sections]),
                json.dumps(document.pages),
                json.dumps(document.asides),
                json.dumps([(left.start, left.end, left.reason) for left in made.left_out]),
                document.text,
            ),
        )
        connection.executemany(
            "INSERT INTO passages (document_id, since, until, start, stop, heading, lead, content)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (id, generation, NEVER, p.start, p.end, p.heading, p.lead, content_hash(p, recipe))
                for p in made.passages
            ],
        )
    connection.execute("DELETE FROM embeddings WHERE content NOT IN (SELECT content FROM passages)")


def _write_generation(library: Library, generation: int, progress: Progress) -> None:
    with library.snapshot(generation) as snapshot:
        _write_files(library, generation, snapshot, progress)


def _write_files(library: Library, generation: int, snapshot: Snapshot, progress: Progress) -> None:
    library.derived.mkdir(exist_ok=True)
    rows, matrix = snapshot.vectors()
    total = len(rows)

    def texts() -> Iterable[tuple[int, str]]:
        for done, (row, passage) in enumerate(snapshot.all_passages(), 1):
            yield row, passage.embedded_text
            if done % 1000 == 0 or done == total:
                progress("indexing", done, total)

    write_derived(library.generation_folder(generation), rows, matrix, texts())


def _sweep(library: Library, generation: int) -> None:
    """Remove the folders of generations past and of ingests that were cut off."""
    step()
    kept = {library.generation_folder(generation - back).name for back in range(KEPT_GENERATIONS)}
    for folder in library.derived.iterdir():
        if folder.name not in kept:
            step()
            shutil.rmtree(folder, ignore_errors=True)


def account_of(plan: Plan, files: Files, generation: int, embedded: int, started: float) -> Account:
    """What was done: a plan carried out, from files as they were found, `started` by the monotonic clock."""
    moved = {old for old, _ in plan.renamed}
    return Account(
        generation=generation,
        added=tuple(plan.added),
        changed=tuple(plan.changed),
        renamed=tuple(plan.renamed),
        removed=tuple(id for id in plan.removed if id not in moved),
        unchanged=plan.unchanged,
        skipped=tuple(files.collected.skipped),
        passages_embedded=embedded,
        seconds=round(time.monotonic() - started, 3),
        warnings=tuple(
            Skipped(printable(loaded.source.path), loaded.warning)
            for loaded in files.collected.loaded
            if loaded.warning
        ),
    )
