"""The next generation's rows, written ahead of it: no reader sees them until the one commit that makes it current.

Documents are cut, embedded and stored batch by batch, so that the memory taken does not grow with the corpus, in small
transactions, so that a killed ingest resumes where it was. Rows of a generation that never came are dropped by the
next ingest; their embeddings it finds again.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress
from inquote.index.stores.local.faults import step
from inquote.index.stores.local.generations import KEPT_GENERATIONS, sweep, write_files
from inquote.index.stores.local.library import NEVER, NORM_OFF, Library, Snapshot
from inquote.index.stores.local.lock import now
from inquote.index.stores.recipe import Recipe, check_recipe, content_hash, recipe_of
from inquote.index.updating.plan import DocumentRecord, IngestPlan
from inquote.ingest.chunk import Chunks, chunk
from inquote.ingest.errors import IngestError

BATCH_CHARACTERS = (
    4_000_000  # of documents that are cut and embedded together, the short passages first
)
BATCH = 64  # passages embedded and stored at a time


@dataclass(frozen=True)
class _Cut:
    """A document, what it was cut into, and the content hash of each passage."""

    record: DocumentRecord
    chunks: Chunks
    keys: tuple[str, ...]


class Staging:
    """Generation `generation` of a library that is locked, `library` being at the one before it."""

    def __init__(
        self, library: Library, generation: int, embedder: Embedder, progress: Progress
    ) -> None:
        self.embedded = 0
        self._generation = generation
        self._progress = progress
        self._library = library
        self._connection = library.connection()
        self._embedder = embedder

    @cached_property
    def _recipe(self) -> Recipe:
        """Of the rows that are written; asked for, it loads the embedder."""
        return recipe_of(self._embedder)

    def check_recipe(self) -> None:
        """Raise `LibraryMismatch` where the library was made with another recipe."""
        with self._library.snapshot() as snapshot:
            made = snapshot.recipe
        if made:
            check_recipe(made, self._embedder)

    def write(self, records: Iterable[DocumentRecord]) -> None:
        """Store documents, each at most once, and their passages and embeddings."""
        for batch in self._batches(records):
            self._embed(
                {
                    key: p.embedded_text
                    for cut in batch
                    for key, p in zip(cut.keys, cut.chunks.passages, strict=True)
                }
            )
            with transaction(self._connection):
                for cut in batch:
                    self._insert(cut)

    def _batches(self, records: Iterable[DocumentRecord]) -> Iterator[list[_Cut]]:
        batch: list[_Cut] = []
        size = 0
        for record in records:
            chunks = chunk(record.document, self._embedder.count_tokens, self._recipe.window)
            keys = tuple(content_hash(passage, self._recipe) for passage in chunks.passages)
            batch.append(_Cut(record, chunks, keys))
            size += len(record.document.text)
            if size >= BATCH_CHARACTERS:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _embed(self, contents: Mapping[str, str]) -> None:
        """Embed what has no embedding yet; texts of like length together, for the shorter are filled up."""
        missing = sorted(
            (key for key in contents if not self._has_sound(key)),
            key=lambda key: len(contents[key]),
        )
        total = self.embedded + len(missing)
        for at in range(0, len(missing), BATCH):
            batch = missing[at : at + BATCH]
            matrix = self._embedder.embed_passages([contents[key] for key in batch])
            if (
                matrix.shape != (len(batch), self._embedder.dimension)
                or not np.isfinite(matrix).all()
            ):
                raise IngestError(
                    "The embedder gave vectors of a wrong shape or not finite; the library was not changed."
                )
            with transaction(self._connection):
                self._connection.executemany(
                    "INSERT OR REPLACE INTO embeddings VALUES (?, ?)",
                    [
                        (key, vector.astype(np.float32).tobytes())
                        for key, vector in zip(batch, matrix, strict=True)
                    ],
                )
            self.embedded += len(batch)
            self._progress("embedding", self.embedded, total)

    def _has_sound(self, content: str) -> bool:
        """Whether there is an embedding that is whole; a damaged one is made anew."""
        found = self._connection.execute(
            "SELECT vector FROM embeddings WHERE content = ?", (content,)
        ).fetchone()
        return found is not None and is_sound(found[0], self._recipe.dimension)

    def _insert(self, cut: _Cut) -> None:
        record, document = cut.record, cut.record.document
        self._connection.execute(
            f"INSERT INTO documents VALUES ({', '.join('?' * 16)})",
            (
                *(
                    document.id,
                    self._generation,
                    NEVER,
                    record.root,
                    record.state,
                    record.file,
                    now(),
                ),
                *(len(document.text), document.sha256, document.title, document.source),
                json.dumps([(s.title, s.level, s.start, s.end) for s in document.sections]),
                json.dumps(document.pages),
                json.dumps(document.asides),
                json.dumps([(left.start, left.end, left.reason) for left in cut.chunks.left_out]),
                document.text,
            ),
        )
        self._connection.executemany(
            "INSERT INTO passages (document_id, since, until, start, stop, heading, lead, content)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (p.document_id, self._generation, NEVER, p.start, p.end, p.heading, p.lead, key)
                for key, p in zip(cut.keys, cut.chunks.passages, strict=True)
            ],
        )

    def commit(self, plan: IngestPlan, names: Mapping[str, str]) -> None:
        """Make this generation the current one: what `plan` removes or writes anew holds until it, and no longer.

        `names` are the root folders with what their documents' ids begin with. Raises `IngestError` where nothing would
        be left to search.
        """
        with transaction(self._connection):
            self._end_rows([*plan.removed, *plan.written])
            note_reread(self._library, plan)
            self._connection.executemany("INSERT OR IGNORE INTO roots VALUES (?, ?)", names.items())
            snapshot = Snapshot(self._connection, self._generation)
            if not snapshot.has_passages():
                raise IngestError("Nothing would be left to search; the library was not changed.")
            about = {
                "generation": str(self._generation),
                "oldest": str(self._oldest(snapshot)),
                "recipe": json.dumps(self._recipe.as_json()),
                "changed_at": now(),
            }
            write_files(self._library, snapshot, self._progress)
            self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", about.items())
        with contextlib.suppress(
            OSError
        ):  # the ingest is done; what is left over goes with the next one
            sweep(self._library, self._generation)

    def _end_rows(self, ids: Sequence[str]) -> None:
        """The rows of these documents hold until this generation; what is past the kept ones is deleted."""
        gone = [(self._generation, id, NEVER, self._generation) for id in ids]
        past = (self._generation - KEPT_GENERATIONS + 1,)
        for table, name in (("passages", "document_id"), ("documents", "id")):
            ended = f"UPDATE {table} SET until = ? WHERE {name} = ? AND until = ? AND since < ?"
            self._connection.executemany(ended, gone)
            self._connection.execute(f"DELETE FROM {table} WHERE until <= ?", past)
        self._connection.execute(
            "DELETE FROM embeddings WHERE content NOT IN (SELECT content FROM passages)"
        )

    def _oldest(self, snapshot: Snapshot) -> int:
        """The first generation that can be asked: of those kept, and made with the same recipe as this one."""
        if snapshot.recipe != self._recipe:
            return self._generation
        return max(snapshot.oldest, self._generation - KEPT_GENERATIONS + 1)


def is_sound(vector: bytes, dimension: int) -> bool:
    """Whether an embedding as it is stored has its dimension and norm 1."""
    numbers = (
        np.frombuffer(vector, np.float32)
        if len(vector) == 4 * dimension
        else np.zeros(0, np.float32)
    )
    return bool(abs(float(np.linalg.norm(numbers)) - 1) <= NORM_OFF)


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is done within it becomes lasting at its end, or nothing does."""
    step()
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        step()
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def drop_unfinished(library: Library, generation: int) -> None:
    """Remove what was written of a generation after `generation`, which is the current one."""
    connection = library.connection()
    if connection.execute(
        "SELECT 1 FROM documents WHERE since > ? LIMIT 1", (generation,)
    ).fetchone():
        with transaction(connection):
            connection.execute("DELETE FROM passages WHERE since > ?", (generation,))
            connection.execute("DELETE FROM documents WHERE since > ?", (generation,))


def note_reread(library: Library, plan: IngestPlan) -> None:
    """Note the digests of files that changed while their text did not, so that they are not parsed again.

    In a transaction of the caller's.
    """
    reread = [(digest, id, NEVER) for id, digest in plan.reread.items()]
    library.connection().executemany(
        "UPDATE documents SET file = ? WHERE id = ? AND until = ?", reread
    )
