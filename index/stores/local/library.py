"""The library on disk: SQLite is the truth, vectors and lexical index are derived from it.

    library.db              documents, passages, embeddings by content hash, recipe, generation
    journal.db              questions asked
    derived/gen-000007/     vectors.faiss, lexical/, manifest.json
    ingest.lock             one writer

Rows of documents and passages hold from generation `since` to before `until`, so that the last few generations can be
asked again, and what changed between them told. A reader takes one snapshot a question: a deferred transaction whose
first read is `generation`, so that everything it then sees belongs to that generation.

Connections belong to one thread.
"""

import json
import os
import sqlite3
import threading
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inquote.index.stores.local.faults import step
from inquote.index.stores.recipe import FORMAT, Recipe
from inquote.ingest.chunk import LeftOut
from inquote.ingest.documents import Document, Passage, Section
from inquote.ingest.errors import GenerationGone, LibraryDamaged, LibraryMismatch, LibraryMissing
from inquote.ingest.files.find import LIBRARY_FILE
from inquote.ingest.text import printable

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    id TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, root TEXT NOT NULL, state TEXT NOT NULL,
    file TEXT NOT NULL, ingested_at TEXT NOT NULL, characters INTEGER NOT NULL, sha256 TEXT NOT NULL,
    title TEXT NOT NULL, source TEXT NOT NULL, sections TEXT NOT NULL, pages TEXT NOT NULL, asides TEXT NOT NULL,
    left_out TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (id, since)
);
CREATE TABLE roots (root TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, document_id TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, heading TEXT NOT NULL, lead TEXT NOT NULL, content TEXT NOT NULL,
    UNIQUE (document_id, since, start, stop)
);
CREATE TABLE embeddings (content TEXT PRIMARY KEY, vector BLOB NOT NULL);
"""
NEVER = 2**62  # the `until` of rows that hold still
NORM_OFF = 1e-3  # that the norm of a stored embedding may be from 1
_ROWS = 10_000  # read at a time
_LIVE = ":at >= since AND :at < until"
_DOCUMENT = (
    f"SELECT id, title, source, text, sha256, sections, pages, asides FROM documents WHERE {_LIVE}"
)
_PASSAGE = "SELECT row, document_id, start, stop, heading, lead FROM passages WHERE {live}"


@dataclass(frozen=True)
class DocumentInfo:
    """A line of the list of documents; `characters` and `passages` are counts, `ingested_at` is ISO 8601 UTC."""

    id: str
    title: str
    source: str
    sha256: str
    characters: int
    passages: int
    ingested_at: str


@dataclass(frozen=True)
class FileRecord:
    """Of a document its root folder, its state, the digest of its file, and the SHA-256 of its text."""

    root: str
    state: str
    file: str
    sha256: str


class Snapshot:
    """One generation of a library, read within one transaction: the current one, or an earlier one that is kept."""

    def __init__(self, connection: sqlite3.Connection, generation: int | None = None) -> None:
        self._connection = connection
        self.generation = int(self._meta("generation") or 0) if generation is None else generation
        self._at = {"at": self.generation}

    def _meta(self, key: str) -> str | None:
        found = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    @property
    def oldest(self) -> int:
        """The first generation that can still be asked."""
        return int(self._meta("oldest") or 1)

    @property
    def changed_at(self) -> str:
        """When the current generation was made, ISO 8601 UTC; "" before the first."""
        return self._meta("changed_at") or ""

    def _live(self, query: str, **values: object) -> sqlite3.Cursor:
        """The rows of a query, "{live}" in it standing for: of this generation."""
        return self._connection.execute(query.format(live=_LIVE), {**self._at, **values})

    @property
    def recipe(self) -> Recipe | None:
        """How the library was made; None before its first ingest. Raises `LibraryMismatch` for a foreign format."""
        stored = json.loads(self._meta("recipe") or "null")
        if stored is None:
            return None
        if stored.get("format") != FORMAT:
            raise LibraryMismatch(
                f"The library has format {stored.get('format')} and this version of inquote reads format {FORMAT}; "
                "ingest the texts into a new folder with --library."
            )
        return Recipe(**stored)

    def document(self, id: str) -> Document:
        """The document called `id`; raises `KeyError` where there is none."""
        found = self._connection.execute(
            f"{_DOCUMENT} AND id = :id", {**self._at, "id": id}
        ).fetchone()
        if found is None:
            raise KeyError(id)
        return _document(found)

    def documents(self) -> Iterator[Document]:
        """All documents in the order of their ids."""
        return map(_document, self._connection.execute(f"{_DOCUMENT} ORDER BY id", self._at))

    def stored(self) -> dict[str, "FileRecord"]:
        """What was noted of every document when it was stored, in the order of ids, texts not read."""
        found = self._live(
            "SELECT id, root, state, file, sha256 FROM documents WHERE {live} ORDER BY id"
        )
        return {id: FileRecord(*noted) for id, *noted in found}

    def roots(self) -> dict[str, str]:
        """Root folder to the name that its documents' ids begin with."""
        return dict(self._connection.execute("SELECT root, name FROM roots"))

    def document_infos(self) -> list[DocumentInfo]:
        """What there is, in the order of ids, texts not read."""
        found = self._live(
            "SELECT id, title, source, sha256, characters, coalesce(count, 0), ingested_at FROM documents LEFT JOIN"
            " (SELECT document_id, count(*) AS count FROM passages WHERE {live} GROUP BY document_id)"
            " ON document_id = id WHERE {live} ORDER BY id"
        )
        return [DocumentInfo(*line) for line in found]

    def left_out(self) -> Iterator[tuple[str, LeftOut, str]]:
        """(document id, range and rule, text) of everything that is in no passage."""
        for id, text, stored in self._live(
            "SELECT id, text, left_out FROM documents WHERE {live} ORDER BY id"
        ):
            for start, end, reason in json.loads(stored):
                yield id, LeftOut(start, end, reason), text[start:end]

    def has_passages(self) -> bool:
        """Whether there is anything to search."""
        return self._live("SELECT 1 FROM passages WHERE {live} LIMIT 1").fetchone() is not None

    def passages(self, rows: Sequence[int]) -> dict[int, Passage]:
        """The passages of these rows; raises `LibraryDamaged` where one is missing."""
        listed = ",".join(str(int(row)) for row in rows)
        found = self._live(
            f"{_PASSAGE} AND row IN ({listed}) ORDER BY document_id, start, stop"
        ).fetchall()
        passages = dict(self._with_texts(found))
        if len(passages) != len(set(rows)):
            raise LibraryDamaged(
                "The index names passages that the library does not hold; run inquote verify."
            )
        return passages

    def all_passages(self) -> Iterator[tuple[int, Passage]]:
        """(row, passage) in the order of documents and text."""
        yield from self._with_texts(self._live(f"{_PASSAGE} ORDER BY document_id, start, stop"))

    def _with_texts(self, lines: Iterable[Sequence[Any]]) -> Iterator[tuple[int, Passage]]:
        """The passages of rows that come document by document; each document's text is read once.

        SQLite's own substr would count characters from the beginning of the text for every passage.
        """
        id: str | None = None
        text: str | None = None
        for row, document_id, start, stop, heading, lead in lines:
            if document_id != id:
                found = self._live(
                    "SELECT text FROM documents WHERE {live} AND id = :id", id=document_id
                ).fetchone()
                id, text = document_id, found[0] if found else None
            if text is not None:
                yield row, Passage(document_id, start, stop, heading, text[start:stop], lead)

    def contents(self) -> dict[int, str]:
        """Row to content hash of every passage."""
        return dict(self._live("SELECT row, content FROM passages WHERE {live} ORDER BY row"))

    def vectors(self, rows: Sequence[int] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Rows (n,) int64 ascending and their vectors (n, d) float32; of all passages when `rows` is None.

        Raises `LibraryDamaged` where one is cut.
        """
        chosen = "" if rows is None else f" AND row IN ({','.join(str(int(row)) for row in rows)})"
        found = self._live(
            "SELECT row, vector FROM passages JOIN embeddings ON embeddings.content = passages.content"
            f" WHERE {{live}}{chosen} ORDER BY row"
        )
        numbers, bytes_of_all = (
            array("q"),
            bytearray(),
        )  # neither is ever there twice, for there may be many
        while some := found.fetchmany(_ROWS):
            numbers.extend(row for row, _ in some)
            bytes_of_all += b"".join(vector for _, vector in some)
        dimension, rest = divmod(len(bytes_of_all), 4 * max(1, len(numbers)))
        if rest:
            raise LibraryDamaged(
                "Some embeddings in library.db are cut; make them anew: inquote ingest --rebuild PATH..."
            )
        matrix = np.frombuffer(bytes_of_all, np.float32).reshape(len(numbers), dimension)
        return np.array(numbers, np.int64), matrix


def _document(fields: Sequence[Any]) -> Document:
    id, title, source, text, sha256, sections, pages, asides = fields
    return Document(
        *(id, title, source, text, sha256),
        sections=tuple(Section(*section) for section in json.loads(sections)),
        pages=tuple(json.loads(pages)),
        asides=tuple((start, end) for start, end in json.loads(asides)),
    )


class Library:
    """A library's folder. Opening one creates nothing; `create` does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.derived = path / "derived"
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> "Library":
        """The library at `path`; raises `LibraryMissing` where there is none."""
        library = cls(path)
        # os.path.isfile is False for a name too long, where Path.is_file raises
        if not os.path.isfile(path / LIBRARY_FILE) or not library.is_made():  # noqa: PTH113
            raise LibraryMissing(
                f"There is no library at {printable(path)}; make one with: inquote ingest FOLDER --library DIR"
            )
        return library

    def is_made(self) -> bool:
        """Whether the file has its tables; raises `LibraryMismatch` where they are those of another format."""
        connection = self.connection()
        try:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                return False
            found = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise LibraryDamaged(
                f"The library cannot be read ({error}); run inquote verify."
            ) from error
        if found != FORMAT:
            raise LibraryMismatch(
                f"The library at {printable(self.path)} was made by another version of inquote (its format is "
                f"{found or 1}, here it is {FORMAT}); ingest the texts into a new folder with --library."
            )
        return True

    @classmethod
    def create(cls, path: Path) -> "Library":
        """The library at `path`, made empty where there is none."""
        path.mkdir(parents=True, exist_ok=True)
        library = cls(path)
        connection = library.connection()
        connection.execute("BEGIN IMMEDIATE")
        if not library.is_made():
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        step()
        connection.execute("COMMIT")
        return library

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, in autocommit mode; raises `LibraryDamaged` where the file is no database."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self.path / LIBRARY_FILE, timeout=30, isolation_level=None, check_same_thread=False
            )
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
            except sqlite3.DatabaseError as error:
                connection.close()
                raise LibraryDamaged(
                    f"{printable(self.path / LIBRARY_FILE)} is damaged or cannot be opened ({error}); "
                    "move it away and ingest again."
                ) from error
            self._local.connection = connection
            with self._guard:
                self._connections.append(connection)
        return connection

    @contextmanager
    def snapshot(self, generation: int | None = None) -> Iterator[Snapshot]:
        """One generation, by default the current one, for as long as the context lasts.

        Raises `GenerationGone` for one that is not kept, `LibraryDamaged` where SQLite cannot read it.
        """
        connection = self.connection()
        try:
            connection.execute("BEGIN")
            current = Snapshot(connection)
            if generation is None:
                yield current
            elif current.oldest <= generation <= current.generation:
                yield Snapshot(connection, generation)
            else:
                raise GenerationGone(
                    f"Generation {generation} of the library is not kept any more."
                )
        except sqlite3.DatabaseError as error:
            raise LibraryDamaged(
                f"The library cannot be read ({error}); run inquote verify."
            ) from error
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def generation_folder(self, generation: int) -> Path:
        """Where the derived files of a generation lie."""
        return self.derived / f"gen-{generation:06d}"

    @property
    def size(self) -> int:
        """The bytes that the library takes on disk."""
        return sum(path.stat().st_size for path in self.path.rglob("*") if path.is_file())

    def close(self) -> None:
        """Close the connections of all threads; none may be in use."""
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()
