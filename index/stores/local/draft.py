"""The next generation of a local library, written ahead of the commit that makes it current.

Rows are stored in small transactions, so that a killed ingest resumes where it was; no reader sees
them before the commit. Rows of a generation that never came are dropped by the next ingest, which
finds their embeddings again.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from inquote.index.clock import utc_now
from inquote.index.stores.base import KEPT_GENERATIONS, MAX_NORM_ERROR, CutDocument
from inquote.index.stores.local.database import FOREVER, Database
from inquote.index.stores.local.snapshot import LocalSnapshot
from inquote.index.stores.recipe import Recipe
from inquote.ingest.errors import IngestError


class LocalDraft:
    """A `Draft` of the generation after `current`; the library is locked.

    The store lends two of its functions: `snapshot` opens a generation within the transaction at
    hand, and `write_files` writes the search files of a snapshot.
    """

    def __init__(
        self,
        database: Database,
        current: int,
        snapshot: Callable[[int], LocalSnapshot],
        write_files: Callable[[LocalSnapshot], None],
    ) -> None:
        self.generation = current + 1
        self.committed = False
        self._database = database
        self._snapshot = snapshot
        self._write_files = write_files
        self._replaced: list[str] = []  # ids of documents whose rows end with this generation
        self._roots: dict[str, str] = {}
        self._digests: dict[str, str] = {}

    def missing(self, keys: Iterable[str], dimension: int) -> set[str]:
        """Return the keys without a sound embedding; a damaged one is to be made anew."""
        return {key for key in keys if not self._has_sound(key, dimension)}

    def _has_sound(self, key: str, dimension: int) -> bool:
        row = self._database.connection().execute(
            "SELECT vector FROM embeddings WHERE content = ?", (key,)
        )
        embedding = row.fetchone()
        return embedding is not None and is_sound(embedding[0], dimension)

    def put_embeddings(self, keys: Sequence[str], matrix: np.ndarray) -> None:
        """Keep embeddings; see `Draft.put_embeddings`."""
        rows = [
            (key, vector.astype(np.float32).tobytes())
            for key, vector in zip(keys, matrix, strict=True)
        ]
        with self._database.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?)", rows)

    def put_documents(self, documents: Sequence[CutDocument]) -> None:
        """Store documents in one transaction; see `Draft.put_documents`."""
        with self._database.writing() as connection:
            for cut in documents:
                connection.execute(
                    f"INSERT INTO documents VALUES ({', '.join('?' * 16)})", self._document_row(cut)
                )
                connection.executemany(
                    "INSERT INTO passages"
                    " (document_id, since, until, start, stop, heading, lead, content)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    self._passage_rows(cut),
                )
        self._replaced += [cut.record.document.id for cut in documents]

    def _document_row(self, cut: CutDocument) -> tuple[object, ...]:
        record, document = cut.record, cut.record.document
        sections = [(s.title, s.level, s.start, s.end) for s in document.sections]
        left_out = [(left.start, left.end, left.reason) for left in cut.chunks.left_out]
        return (
            *(document.id, self.generation, FOREVER, record.root, record.state, record.file),
            *(utc_now(), len(document.text), document.sha256, document.title, document.source),
            *(json.dumps(sections), json.dumps(document.pages), json.dumps(document.asides)),
            *(json.dumps(left_out), document.text),
        )

    def _passage_rows(self, cut: CutDocument) -> list[tuple[object, ...]]:
        return [
            (p.document_id, self.generation, FOREVER, p.start, p.end, p.heading, p.lead, key)
            for key, p in zip(cut.keys, cut.chunks.passages, strict=True)
        ]

    def remove(self, ids: Iterable[str]) -> None:
        """Leave documents out of the next generation."""
        self._replaced += ids

    def put_roots(self, names: Mapping[str, str]) -> None:
        """Remember root folders; see `Draft.put_roots`."""
        self._roots |= names

    def note_files(self, digests: Mapping[str, str]) -> None:
        """Note new digests of files; see `Draft.note_files`."""
        self._digests |= digests

    def commit(self, recipe: Recipe) -> int:
        """Make this generation the current one; see `Draft.commit`."""
        with self._database.writing() as connection:
            self._end_rows()
            self._write_digests()
            connection.executemany("INSERT OR IGNORE INTO roots VALUES (?, ?)", self._roots.items())
            snapshot = self._snapshot(self.generation)
            if not snapshot.has_passages():
                raise IngestError("Nothing would be left to search; the library was not changed.")
            about = {
                "generation": str(self.generation),
                "oldest": str(self._oldest(snapshot, recipe)),
                "recipe": json.dumps(recipe.as_json()),
                "changed_at": utc_now(),
            }
            self._write_files(snapshot)
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", about.items())
        self.committed = True
        return self.generation

    def finish(self) -> None:
        """Write what lasts without a commit: the digests of files that were read again."""
        if self._digests and not self.committed:
            with self._database.writing():
                self._write_digests()

    def _end_rows(self) -> None:
        """Let the rows of replaced documents end here, and delete what no kept generation needs."""
        connection = self._database.connection()
        ending = [(self.generation, id, FOREVER, self.generation) for id in self._replaced]
        past = (self.generation - KEPT_GENERATIONS + 1,)
        for table, name in (("passages", "document_id"), ("documents", "id")):
            connection.executemany(
                f"UPDATE {table} SET until = ? WHERE {name} = ? AND until = ? AND since < ?", ending
            )
            connection.execute(f"DELETE FROM {table} WHERE until <= ?", past)
        connection.execute(
            "DELETE FROM embeddings WHERE content NOT IN (SELECT content FROM passages)"
        )

    def _write_digests(self) -> None:
        rows = [(digest, id, FOREVER) for id, digest in self._digests.items()]
        self._database.connection().executemany(
            "UPDATE documents SET file = ? WHERE id = ? AND until = ?", rows
        )

    def _oldest(self, snapshot: LocalSnapshot, recipe: Recipe) -> int:
        """Return the first generation that is kept and was made with the same recipe."""
        if snapshot.recipe != recipe:
            return self.generation
        return max(snapshot.oldest, self.generation - KEPT_GENERATIONS + 1)


def is_sound(vector: bytes, dimension: int) -> bool:
    """Return whether an embedding as it is stored has its dimension and norm 1."""
    if len(vector) != 4 * dimension:
        return False
    norm = float(np.linalg.norm(np.frombuffer(vector, np.float32)))
    return abs(norm - 1) <= MAX_NORM_ERROR


def drop_unfinished(database: Database) -> None:
    """Remove the rows of generations after the current one, whatever a caller believes it to be."""
    connection = database.connection()
    row = connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    generation = int(row[0]) if row else 0
    query = "SELECT 1 FROM documents WHERE since > ? LIMIT 1"
    if not connection.execute(query, (generation,)).fetchone():
        return
    with database.writing() as connection:
        connection.execute("DELETE FROM passages WHERE since > ?", (generation,))
        connection.execute("DELETE FROM documents WHERE since > ?", (generation,))
