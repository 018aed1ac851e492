"""Ingest: what changed, embed only that, commit once."""

import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from index.derived import check_derived, write_derived
from index.embed import Embedder
from index.library import Library, Recipe, Snapshot
from ingest import chunk as chunking
from ingest.chunk import Chunks, chunk
from ingest.documents import Document, Passage
from ingest.errors import FileSkipped, IngestError, LibraryBusy, LibraryMismatch
from ingest.load import LIBRARY_FILE, MAX_BYTES, Skipped, Source, find_sources, load_document, printable

BATCH = 64  # passages embedded and stored at a time
KEPT_GENERATIONS = 2
LOCK_SECONDS = 10.0

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

    @property
    def has_changes(self) -> bool:
        """Whether the library differs from before."""
        return bool(self.added or self.changed or self.renamed or self.removed)

    def as_json(self) -> dict[str, Any]:
        """The object that `inquote ingest --json` prints; its keys are a contract."""
        return asdict(self)


@dataclass(frozen=True)
class Options:
    """`strict`: a skipped file is an error. `dry_run`: only the account. `rebuild`: make everything anew."""

    strict: bool = False
    dry_run: bool = False
    rebuild: bool = False
    encoding: str | None = None
    max_bytes: int = MAX_BYTES


PLAIN = Options()


@dataclass(frozen=True)
class _Files:
    """What was found below the paths named: `documents` maps an id to its root folder and what was read."""

    sources: list[Source]
    documents: dict[str, tuple[str, Document]]
    skipped: list[Skipped]

    @property
    def named(self) -> set[str]:
        return {source.id for source in self.sources}

    @property
    def mirrored(self) -> set[str]:
        return {str(source.root) for source in self.sources if source.mirrored}


@dataclass
class _Plan:
    """Documents to write (id to root, document and state), and ids to take out."""

    write: dict[str, tuple[str, Document, str]] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    unchanged: int = 0


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
    sources, skipped = find_sources(paths)
    files = _Files(sources, _load(sources, skipped, options, progress), skipped)
    if not files.documents:
        raise IngestError(f"There is no text to ingest{_first_reason(skipped)}; the library was not changed.")
    if options.strict and skipped:
        raise IngestError(f"Not everything could be read{_first_reason(skipped)}; the library was not changed.")
    if options.dry_run:
        plan, generation, embedded = *_dry_run(path, files), 0
    else:
        with _writer(path) as library:
            plan, generation, embedded = _update(library, files, embedder, options, progress)
    return _account(plan, skipped, generation, embedded, time.monotonic() - started)


def _dry_run(path: Path, files: _Files) -> tuple[_Plan, int]:
    if not (path / LIBRARY_FILE).exists():
        return _Plan(added=list(files.documents)), 0
    library = Library.open(path)
    try:
        with library.snapshot() as snapshot:
            return _compare(snapshot, files, everything=False), snapshot.generation
    finally:
        library.close()


def _update(
    library: Library, files: _Files, embedder: Embedder, options: Options, progress: Progress
) -> tuple[_Plan, int, int]:
    """The plan that was carried out, the generation it led to, and how many passages were embedded."""
    with library.snapshot() as snapshot:
        generation = snapshot.generation
        if snapshot.recipe and not options.rebuild:
            check_recipe(snapshot.recipe, embedder)
        plan = _compare(snapshot, files, everything=options.rebuild)
    if plan.write or plan.removed:
        embedded = _commit(library, plan, embedder, progress)
        return plan, generation + 1, embedded
    if check_derived(library.generation_folder(generation)):
        _write_generation(library, generation, progress)
    return plan, generation, 0


def recipe_of(embedder: Embedder) -> Recipe:
    """How libraries are made with this embedder and this version of the chunker."""
    return Recipe(embedder.name, embedder.fingerprint, embedder.dimension, embedder.window, chunking.RECIPE)


def check_recipe(stored: Recipe, embedder: Embedder) -> None:
    """Raise `LibraryMismatch` where a library was not made as this embedder and this version would make it.

    Only names and hashes are compared, so that the model need not be loaded.
    """
    if (stored.embedder, stored.fingerprint) != (embedder.name, embedder.fingerprint):
        made, now = stored.embedder, embedder.name
        difference = f"with {made}, not with {now}" if made != now else f"with another version of {now}"
    elif stored.chunking != chunking.RECIPE:
        difference = "by another version of inquote, which cuts passages differently"
    else:
        return
    raise LibraryMismatch(f"The library was made {difference}; rebuild it with: inquote ingest --rebuild PATH...")


def remake_derived(library: Library) -> None:
    """Write the derived files of the current generation anew, under the lock, where they are missing or damaged."""
    with _writer(library.path):
        with library.snapshot() as snapshot:
            generation = snapshot.generation
        if generation and check_derived(library.generation_folder(generation)):
            _write_generation(library, generation, silent)


def _load(
    sources: list[Source], skipped: list[Skipped], options: Options, progress: Progress
) -> dict[str, tuple[str, Document]]:
    documents = {}
    for done, source in enumerate(sources, 1):
        try:
            document = load_document(source.path, source.id, encoding=options.encoding, max_bytes=options.max_bytes)
            documents[source.id] = (str(source.root), document)
        except FileSkipped as reason:
            skipped.append(Skipped(printable(source.path), str(reason)))
        progress("reading", done, len(sources))
    return documents


def _first_reason(skipped: list[Skipped]) -> str:
    if not skipped:
        return ""
    more = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
    return f": {skipped[0].path}: {skipped[0].reason}{more}"


@contextmanager
def _writer(path: Path) -> Iterator[Library]:
    """The library, created if missing, with the write lock held; I/O errors become `IngestError`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not os.access(path, os.W_OK):
            raise PermissionError(13, "the folder is not writable")
        with _lock(path):
            library = Library.create(path)
            try:
                yield library
            finally:
                library.close()
    except (OSError, sqlite3.OperationalError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise IngestError(f"The library at {printable(path)} was not changed: {reason}.") from error


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    holder = path / "ingest.holder"
    lock = FileLock(path / "ingest.lock")
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        since = holder.read_text(encoding="utf-8") if holder.exists() else "an unknown process"
        raise LibraryBusy(
            f"The library at {printable(path)} is being written by {since}; wait until that is done and try again."
        ) from error
    try:
        holder.write_text(f"process {os.getpid()} since {_now()}", encoding="utf-8")
        yield
    finally:
        lock.release()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _compare(snapshot: Snapshot, files: _Files, *, everything: bool) -> _Plan:
    """What to do: a file that could not be read keeps its old document; one gone from a mirrored folder loses it.

    With `everything`, documents that did not change are written anew as well.
    """
    plan = _Plan()
    known = snapshot.document_states()
    for id, (root, document) in files.documents.items():
        _check_root(id, root, known)
        state = document_state(document)
        if id in known and known[id][1] == state:
            plan.unchanged += 1
        else:
            (plan.changed if id in known else plan.added).append(id)
            plan.write[id] = (root, document, state)
    plan.removed = [id for id, (root, _) in known.items() if root in files.mirrored and id not in files.named]
    if everything:
        current = {document.id: document for document in snapshot.documents() if document.id not in plan.removed}
        anew = {id: (known[id][0], document, known[id][1]) for id, document in current.items()}
        plan.unchanged, plan.write = len(current) - len(plan.changed), anew | plan.write
    _find_renamed(plan, {id: known[id][1] for id in plan.removed})
    return plan


def _check_root(id: str, root: str, known: dict[str, tuple[str, str]]) -> None:
    if id in known and known[id][0] != root:
        raise IngestError(
            f"{printable(id)} is already in the library from the folder {printable(known[id][0])}; "
            "rename one of the two folders."
        )


def _find_renamed(plan: _Plan, removed: dict[str, str]) -> None:
    """A document that went and one that came with the same text are one that was renamed."""
    for new in list(plan.added):
        old = next((id for id, state in removed.items() if state == plan.write[new][2]), None)
        if old is not None:
            del removed[old]
            plan.added.remove(new)
            plan.renamed.append((old, new))


def document_state(document: Document) -> str:
    """A digest of everything in a document but its id: two states are equal when a re-ingest has nothing to do."""
    about = (document.title, document.source, document.sha256, document.sections, document.pages)
    return hashlib.sha256(repr(about).encode()).hexdigest()


def _commit(library: Library, plan: _Plan, embedder: Embedder, progress: Progress) -> int:
    """Embed what is new, then change the rows and write the next generation's files in one transaction.

    Until its commit, every reader sees the old generation. Returns how many passages were embedded.
    """
    recipe = recipe_of(embedder)
    chunks = {id: chunk(document, embedder.count_tokens, recipe.window) for id, (_, document, _) in plan.write.items()}
    contents = _contents(chunks, recipe)
    connection = library.connection()
    embedded = _embed_missing(connection, contents, embedder, progress)
    connection.execute("BEGIN IMMEDIATE")
    try:
        _change_rows(connection, plan, chunks, recipe)
        snapshot = Snapshot(connection)
        if not snapshot.has_passages():
            raise IngestError("Nothing would be left to search; the library was not changed.")
        generation = snapshot.generation + 1
        _write_files(library, generation, snapshot, progress)
        connection.executemany(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            [("generation", str(generation)), ("recipe", json.dumps(recipe.as_json())), ("changed_at", _now())],
        )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    _sweep(library, generation)
    return embedded


def _contents(chunks: dict[str, Chunks], recipe: Recipe) -> dict[str, str]:
    """Content hash to embedded text, of all passages of `chunks`."""
    return {
        content_hash(passage, recipe): passage.embedded_text for made in chunks.values() for passage in made.passages
    }


def content_hash(passage: Passage, recipe: Recipe) -> str:
    """The key of a passage's embedding: what is embedded, and by which embedder."""
    return hashlib.sha256(f"{recipe.fingerprint}\n{passage.embedded_text}".encode()).hexdigest()


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
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT OR IGNORE INTO embeddings VALUES (?, ?)",
            [(content, vector.astype(np.float32).tobytes()) for content, vector in zip(batch, matrix, strict=True)],
        )
        connection.execute("COMMIT")
        progress("embedding", at + len(batch), len(missing))
    return len(missing)


def _change_rows(connection: sqlite3.Connection, plan: _Plan, chunks: dict[str, Chunks], recipe: Recipe) -> None:
    gone = [(id,) for id in (*plan.removed, *plan.write)]
    connection.executemany("DELETE FROM passages WHERE document_id = ?", gone)
    connection.executemany("DELETE FROM documents WHERE id = ?", gone)
    for id, (root, document, state) in plan.write.items():
        made = chunks[id]
        connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                id,
                root,
                document.title,
                document.source,
                document.text,
                document.sha256,
                json.dumps([(s.title, s.level, s.start, s.end) for s in document.sections]),
                json.dumps(document.pages),
                json.dumps([(left.start, left.end, left.reason) for left in made.left_out]),
                state,
                _now(),
            ),
        )
        connection.executemany(
            "INSERT INTO passages (document_id, start, stop, heading, lead, content) VALUES (?, ?, ?, ?, ?, ?)",
            [(id, p.start, p.end, p.heading, p.lead, content_hash(p, recipe)) for p in made.passages],
        )
    connection.execute("DELETE FROM embeddings WHERE content NOT IN (SELECT content FROM passages)")


def _write_generation(library: Library, generation: int, progress: Progress) -> None:
    with library.snapshot() as snapshot:
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
    kept = {library.generation_folder(generation - back).name for back in range(KEPT_GENERATIONS)}
    for folder in library.derived.iterdir():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _account(plan: _Plan, skipped: list[Skipped], generation: int, embedded: int, seconds: float) -> Account:
    moved = {old for old, _ in plan.renamed}
    return Account(
        generation=generation,
        added=tuple(plan.added),
        changed=tuple(plan.changed),
        renamed=tuple(plan.renamed),
        removed=tuple(id for id in plan.removed if id not in moved),
        unchanged=plan.unchanged,
        skipped=tuple(skipped),
        passages_embedded=embedded,
        seconds=round(seconds, 3),
    )
