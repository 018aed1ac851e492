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
from inquote.index.stores.local.database import (
    FOREVER,
    SEALED,
    SOUND_DOCUMENT,
    Database,
    digest_of_rows,
    read_meta,
    seal,
    seal_meta,
    sound,
)
from inquote.index.stores.local.kept_files import KeptFiles
from inquote.index.stores.local.snapshot import LocalSnapshot
from inquote.index.stores.recipe import Recipe
from inquote.index.stores.segments import dump_segments
from inquote.index.stores.sqlite import as_bytes, digest_of
from inquote.ingest.errors import IngestError

_KEPT = "original, boxes"  # the columns that name kept files
_DAMAGED_PAST = f"""
SELECT 1 FROM documents WHERE until <= :at AND NOT coalesce({SOUND_DOCUMENT}, 0)
UNION ALL SELECT 1 FROM passages WHERE until <= :at AND NOT coalesce({sound("passages")}, 0)
UNION ALL SELECT 1 FROM embeddings WHERE NOT coalesce({sound("embeddings")}, 0)
    AND content NOT IN (SELECT content FROM passages WHERE until > :at)
LIMIT 1
"""


class LocalDraft:
    """A `Draft` of the generation after `current`; the library is locked.

    The store lends two of its functions: `snapshot` opens a generation within the transaction at
    hand, and `write_files` writes the search files of a snapshot.
    """

    def __init__(
        self,
        database: Database,
        kept_files: KeptFiles,
        current: int,
        snapshot: Callable[[int], LocalSnapshot],
        write_files: Callable[[LocalSnapshot], None],
    ) -> None:
        self.generation = current + 1
        self.committed = False
        self._database = database
        self._kept_files = kept_files
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
            f"SELECT {sound('embeddings')}, {as_bytes('vector')} FROM embeddings WHERE content = ?",
            (key,),
        )
        embedding = row.fetchone()
        return embedding is not None and embedding[0] and is_sound(embedding[1], dimension)

    def put_embeddings(self, keys: Sequence[str], matrix: np.ndarray) -> None:
        """Keep embeddings; see `Draft.put_embeddings`."""
        rows = []
        for key, vector in zip(keys, matrix, strict=True):
            content = vector.astype(np.float32).tobytes()
            rows.append((key, content, digest_of(key, content)))
        with self._database.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", rows)

    def keep(self, content: bytes) -> str:
        """Keep bytes and return their name; see `Draft.keep`."""
        return self._kept_files.put(content)

    def put_documents(self, documents: Sequence[CutDocument]) -> None:
        """Store documents in one transaction; see `Draft.put_documents`."""
        self._kept_files.settle()
        with self._database.writing() as connection:
            for cut in documents:
                passages = self._passage_rows(cut)
                document = self._document_row(cut, digest_of_rows(row[3:] for row in passages))
                connection.executemany(
                    _insert("passages"), [(*row, digest_of(*row)) for row in passages]
                )
                text = cut.record.document.text
                connection.execute(
                    _insert("documents", "text"), (*document, digest_of(*document), text)
                )
        self._replaced += [cut.record.document.id for cut in documents]

    def _document_row(self, cut: CutDocument, passages: str) -> tuple[object, ...]:
        """Return the sealed columns of a document, given the digest of its passages."""
        record, document = cut.record, cut.record.document
        sections = [(s.title, s.level, s.start, s.end) for s in document.sections]
        pages = [
            (page.number, page.start, page.end, page.label, page.width, page.height)
            for page in document.pages
        ]
        left_out = [(left.start, left.end, left.reason) for left in cut.chunks.left_out]
        hidden = [(place.start, place.end, place.reason) for place in document.hidden]
        return (
            *(document.id, self.generation, FOREVER, record.root, record.state, record.file),
            *(utc_now(), len(document.text), document.sha256, document.title, document.source),
            *(json.dumps(sections), json.dumps(pages), json.dumps(document.asides)),
            *(json.dumps(left_out), json.dumps(hidden), json.dumps(document.blocks)),
            *(json.dumps(document.recognised), record.original, record.boxes, passages),
        )

    def _passage_rows(self, cut: CutDocument) -> list[tuple[object, ...]]:
        """Return the sealed columns of a document's passages."""
        return [
            (
                p.document_id,
                self.generation,
                FOREVER,
                p.start,
                p.end,
                p.body,
                p.heading,
                p.lead,
                dump_segments(p.segments),
                key,
            )
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
            has_damage = self._end_rows()
            self._write_digests()
            snapshot = self._snapshot(self.generation)
            if not snapshot.has_passages():
                raise IngestError("Nothing would be left to search; the library was not changed.")
            oldest = self.generation if has_damage else self._oldest(snapshot, recipe)
            about = {
                "generation": str(self.generation),
                "oldest": str(oldest),
                "recipe": json.dumps(recipe.as_json()),
                "changed_at": utc_now(),
            }
            self._write_files(snapshot)
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", about.items())
            connection.executemany("INSERT OR IGNORE INTO roots VALUES (?, ?)", self._roots.items())
            seal_meta(connection)
        self.committed = True
        return self.generation

    def finish(self) -> None:
        """Write what lasts without a commit: the digests of files that were read again."""
        if self._digests and not self.committed:
            with self._database.writing():
                self._write_digests()

    def _end_rows(self) -> bool:
        """Let the rows of replaced documents end here, and delete what no kept generation needs.

        Where rows were damaged, none of the generations before is kept. Returns whether any was.
        """
        connection = self._database.connection()
        has_damage = self._delete_damaged()
        kept = 1 if has_damage else KEPT_GENERATIONS
        for table, name in (("passages", "document_id"), ("documents", "id")):
            connection.executemany(
                f"UPDATE {table} SET until = :at, digest = {seal(table, until=':at')}"
                f" WHERE {table}.{name} = :id AND until > :at AND since < :at",
                [{"id": id, "at": self.generation} for id in self._replaced],
            )
            past = self.generation - kept + 1
            connection.execute(f"DELETE FROM {table} WHERE until <= ?", (past,))
        connection.execute(
            "DELETE FROM embeddings WHERE content NOT IN (SELECT content FROM passages)"
        )
        return has_damage

    def _delete_damaged(self) -> bool:
        """Delete rows that are not as they were written, and return whether there were any.

        A damaged document that is not replaced stays, and counts as damaged; so does a document of
        which a passage or a vector is deleted here.
        """
        connection = self._database.connection()
        count = 0
        for table in ("passages", "embeddings"):
            query = f"DELETE FROM {table} WHERE NOT coalesce({sound(table)}, 0)"
            count += connection.execute(query).rowcount
        count += connection.executemany(
            f"DELETE FROM documents WHERE id = ? AND NOT coalesce({SOUND_DOCUMENT}, 0)",
            [(id,) for id in self._replaced],
        ).rowcount
        count += connection.execute(
            "DELETE FROM passages WHERE NOT EXISTS (SELECT 1 FROM documents"
            " WHERE id = passages.document_id AND since = passages.since)"
        ).rowcount
        return count > 0

    def _write_digests(self) -> None:
        rows = []
        for id, digest in self._digests.items():
            rows.append({"file": digest, "id": id, "last": FOREVER})
        self._database.connection().executemany(
            f"UPDATE documents SET file = :file, digest = {seal('documents', file=':file')}"
            f" WHERE id = :id AND until = :last AND {sound('documents')}",
            rows,
        )

    def _oldest(self, snapshot: LocalSnapshot, recipe: Recipe) -> int:
        """Return the first generation that is kept and was made with the same recipe."""
        if snapshot.recipe != recipe:
            return self.generation
        return max(snapshot.oldest, self.generation - KEPT_GENERATIONS + 1)


def _insert(table: str, *columns: str) -> str:
    """Return the SQL that inserts a table's sealed columns, their digest, and these columns."""
    names = (*SEALED[table], "digest", *columns)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def is_sound(vector: bytes, dimension: int) -> bool:
    """Return whether an embedding as it is stored has its dimension and norm 1."""
    if len(vector) != 4 * dimension:
        return False
    norm = float(np.linalg.norm(np.frombuffer(vector, np.float32)))
    return abs(norm - 1) <= MAX_NORM_ERROR


def drop_unfinished(database: Database) -> None:
    """Remove the rows of generations after the current one, whatever a caller believes it to be."""
    connection = database.connection()
    generation = int(read_meta(connection).get("generation", 0))
    query = "SELECT 1 FROM documents WHERE since > ? LIMIT 1"
    if not connection.execute(query, (generation,)).fetchone():
        return
    with database.writing() as connection:
        connection.execute("DELETE FROM passages WHERE since > ?", (generation,))
        connection.execute("DELETE FROM documents WHERE since > ?", (generation,))


def drop_damaged_past(database: Database, kept_files: KeptFiles) -> None:
    """Keep no generation before the current one if anything of them is not as it was written.

    Nothing could make it anew: the files that it came from have changed since.
    """
    connection = database.connection()
    meta = read_meta(connection)
    at = {"at": int(meta.get("generation", 0))}
    has_damage = connection.execute(_DAMAGED_PAST, at).fetchone() is not None
    past = connection.execute(f"SELECT {_KEPT} FROM documents WHERE until <= :at", at)
    if not has_damage and not kept_files.damaged(past.fetchall()):
        return
    with database.writing() as connection:
        for table in ("passages", "documents"):
            connection.execute(f"DELETE FROM {table} WHERE until <= :at", at)
        connection.execute(
            "DELETE FROM embeddings WHERE content NOT IN (SELECT content FROM passages)"
        )
        connection.execute("UPDATE meta SET value = :at WHERE key = 'oldest'", at)
        seal_meta(connection)


def kept_names(database: Database) -> set[str]:
    """Return the names of the kept files that any generation needs."""
    rows = database.connection().execute(f"SELECT {_KEPT} FROM documents").fetchall()
    return {name for row in rows for name in row if name}
