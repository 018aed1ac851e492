"""The SQLite file of a local library: its schema, its connections, its transactions.

Rows of documents and passages hold from generation `since` to before `until`, so that the last few
generations can be read again. Each row carries a digest of itself, so that a damaged row is never
taken for the text. A connection belongs to one thread.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path

from inquote.index.disk import step, sync
from inquote.index.stores.journal import LOCK_FILE
from inquote.index.stores.local.damage import damaged_meta
from inquote.index.stores.recipe import FORMAT
from inquote.index.stores.sqlite import (
    as_bytes,
    digest_of,
    digest_of_bytes,
    digest_sql,
    explain_error,
    finish_writing,
    open_for_reading,
    open_reader,
    open_writer,
    typed_columns,
)
from inquote.ingest.errors import (
    LibraryMismatch,
    LibraryMissing,
)
from inquote.ingest.files.find import LIBRARY_FILE
from inquote.ingest.text import printable

FOREVER = 2**62  # the `until` of rows that hold in the current generation
LIVE = ":at >= since AND :at < until"  # the rows of generation `at`
UNSEALED_FORMAT = 2  # of libraries whose rows have no digests; a writer adds them
UNSEALED = {  # the SQL for the columns that these do not have
    **dict.fromkeys(("hidden", "blocks", "recognised"), "'[]'"),
    **dict.fromkeys(("original", "boxes", "passages", "segments"), "''"),
    "body": "0",
}

# What a row's digest is made of. A document's text has a SHA-256 of its own among these.
SEALED = {
    "documents": (
        "id since until root state file ingested_at characters sha256 title source sections pages"
        " asides left_out hidden blocks recognised original boxes passages"
    ).split(),
    "passages": "document_id since until start stop body heading lead segments content".split(),
    "embeddings": "content vector".split(),
}
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    id TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, root TEXT NOT NULL,
    state TEXT NOT NULL, file TEXT NOT NULL, ingested_at TEXT NOT NULL,
    characters INTEGER NOT NULL, sha256 TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL,
    sections TEXT NOT NULL, pages TEXT NOT NULL, asides TEXT NOT NULL, left_out TEXT NOT NULL,
    text TEXT NOT NULL, hidden TEXT NOT NULL DEFAULT '[]', blocks TEXT NOT NULL DEFAULT '[]',
    recognised TEXT NOT NULL DEFAULT '[]',
    original TEXT NOT NULL DEFAULT '', boxes TEXT NOT NULL DEFAULT '',
    passages TEXT NOT NULL DEFAULT '', digest TEXT NOT NULL DEFAULT '', PRIMARY KEY (id, since)
);
CREATE TABLE roots (root TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, document_id TEXT NOT NULL, since INTEGER NOT NULL,
    until INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, heading TEXT NOT NULL,
    lead TEXT NOT NULL, content TEXT NOT NULL, body INTEGER NOT NULL DEFAULT 0,
    segments TEXT NOT NULL DEFAULT '', digest TEXT NOT NULL DEFAULT '',
    UNIQUE (document_id, since, start, stop)
);
CREATE TABLE embeddings (
    content TEXT PRIMARY KEY, vector BLOB NOT NULL, digest TEXT NOT NULL DEFAULT ''
);
"""
_ADDED = """
ALTER TABLE documents ADD COLUMN hidden TEXT NOT NULL DEFAULT '[]';
ALTER TABLE documents ADD COLUMN blocks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE documents ADD COLUMN recognised TEXT NOT NULL DEFAULT '[]';
ALTER TABLE documents ADD COLUMN original TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN boxes TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN passages TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE passages ADD COLUMN body INTEGER NOT NULL DEFAULT 0;
ALTER TABLE passages ADD COLUMN segments TEXT NOT NULL DEFAULT '';
ALTER TABLE passages ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE embeddings ADD COLUMN digest TEXT NOT NULL DEFAULT ''
"""


def seal(table: str, **changes: str) -> str:
    """Return the SQL for the digest of a row of a table; `changes` are expressions for columns.

    >>> seal("embeddings", content=":key").partition(",")[0]
    "digest_of(typeof(:key) || ' ' || typeof(embeddings.vector)"
    """
    return digest_sql(*(changes.get(name, f"{table}.{name}") for name in SEALED[table]))


def sound(table: str) -> str:
    """Return the SQL that tells whether a row of a table is as it was written."""
    return f"({table}.digest IS {seal(table)})"


_GROUPED = SEALED["passages"][3:]  # range, heading, lead-in, segments, embedding
# The SQL for the digest of a document's passages.
PASSAGES_SEAL = (
    f"coalesce((SELECT group_digest({typed_columns(*_GROUPED)}) FROM passages"
    " WHERE passages.document_id = documents.id AND passages.since = documents.since"
    f" AND passages.until = documents.until), '{digest_of()}')"
)

# The SQL that tells whether a document is as it was written, with its text and its passages.
SOUND_DOCUMENT = (
    f"({sound('documents')} AND typeof(text) = 'text' AND sha256 = sha256_of({as_bytes('text')})"
    f" AND (passages = '' OR passages = {PASSAGES_SEAL}))"
)


def digest_of_rows(rows: Iterable[Sequence[object]]) -> str:
    """Return the digest of some rows, whatever their order."""
    return digest_of(*sorted(digest_of(*row) for row in rows))


class _GroupDigest:
    """An SQL aggregate: `digest_of_rows` of the rows of a group."""

    def __init__(self) -> None:
        self._digests: list[str] = []

    def step(self, types: str, *contents: bytes | None) -> None:
        """Take a row."""
        self._digests.append(digest_of_bytes(types, *contents))

    def finalize(self) -> str:
        """Return the digest."""
        return digest_of(*sorted(self._digests))


class Database:
    """The file library.db in the folder `folder`; making the object opens nothing.

    Only one that `writes` can change the file.
    """

    def __init__(self, folder: Path, *, writes: bool = False) -> None:
        self.folder = folder
        self.file = folder / LIBRARY_FILE
        self._writes = writes
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()

    def require(self) -> None:
        """Raise `LibraryMissing` for no library, `LibraryMismatch` for one of another format."""
        # os.path.isfile is False for a name too long, where Path.is_file raises
        if os.path.isfile(self.file):  # noqa: PTH113
            with self.reading() as connection:
                if self._has_tables(connection):
                    return
        raise LibraryMissing(
            f"There is no library at {printable(self.folder)}; "
            "make one with: inquote ingest FOLDER --library DIR"
        )

    def create(self) -> None:
        """Make the tables where they are missing, and bring those of an earlier format up to it."""
        connection = self.connection()
        connection.execute("BEGIN IMMEDIATE")
        if not self._has_tables(connection):
            _run(connection, _SCHEMA)
        elif version_of(connection) == UNSEALED_FORMAT:
            _run(connection, _ADDED)
            _seal_all(connection)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        step()
        connection.execute("COMMIT")
        sync(self.folder)

    def _has_tables(self, connection: sqlite3.Connection) -> bool:
        """Return whether the file has its tables; raise `LibraryMismatch` for another format."""
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            return False
        version = version_of(connection)
        if version not in (UNSEALED_FORMAT, FORMAT):
            raise LibraryMismatch(
                f"The library at {printable(self.folder)} was made by another version of inquote "
                f"(its format is {version or 1}, here it is {FORMAT}); "
                "ingest the texts into a new folder with --library."
            )
        return True

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection, in autocommit mode; raise `sqlite3.Error` for none.

        A reader follows a file that was replaced.
        """
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        identity = self.identity
        if connection is not None and not self._writes and identity != self._local.identity:
            with self._guard:
                self._connections.remove(connection)
            connection.close()
            connection = None
        if connection is None:
            connection = (open_writer if self._writes else open_reader)(self.file)
            _add_aggregate(connection)
            self._local.connection, self._local.identity = connection, identity
            with self._guard:
                self._connections.append(connection)
        return connection

    @property
    def identity(self) -> tuple[int, int] | None:
        """What tells the file from one that replaces it; None where there is none."""
        try:
            status = self.file.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read within one transaction; raise the error that explains why SQLite cannot."""
        with ExitStack() as stack:
            lock = self.folder / LOCK_FILE
            connection = open_for_reading(self.file, lock, self.connection, stack)
            try:
                _add_aggregate(connection)
                if version_of(connection) == UNSEALED_FORMAT:
                    _show_sealed(connection)
                connection.execute("BEGIN")
                yield connection
            except sqlite3.Error as error:
                raise explain_error(self.file, error) from error
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write within one transaction: all becomes lasting at its end, or nothing does."""
        connection = self.connection()
        step()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            step()
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the connections of all threads; none may be in use."""
        with self._guard:
            for connection in self._connections:
                if self._writes:
                    finish_writing(self.file, connection)
                else:
                    connection.close()
            self._connections.clear()
        self._local = threading.local()


def version_of(connection: sqlite3.Connection) -> int:
    """Return the format of the file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _run(connection: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";"):
        connection.execute(statement)


def _seal_all(connection: sqlite3.Connection) -> None:
    """Give every row of a library without digests its digest."""
    connection.execute(f"UPDATE documents SET passages = {PASSAGES_SEAL}")
    for table in SEALED:
        connection.execute(f"UPDATE {table} SET digest = {seal(table)}")
    connection.execute(
        "UPDATE meta SET value = json_set(value, '$.format', ?)"
        " WHERE key = 'recipe' AND value <> 'null'",
        (FORMAT,),
    )
    seal_meta(connection)


def _add_aggregate(connection: sqlite3.Connection) -> None:
    connection.create_aggregate("group_digest", -1, _GroupDigest)  # type: ignore[arg-type]


def _show_sealed(connection: sqlite3.Connection) -> None:
    """Let a reader see a library without digests as if it had them."""
    for table, sealed in SEALED.items():
        missing = [name for name in sealed if name in UNSEALED]
        added = [f"{UNSEALED[name]} AS {name}" for name in missing]
        digest = digest_sql(*(UNSEALED.get(name, name) for name in sealed))
        columns = ", ".join(["*", *added, f"{digest} AS digest"])
        connection.execute(
            f"CREATE TEMP VIEW IF NOT EXISTS {table} AS SELECT {columns} FROM main.{table}"
        )


def read_meta(connection: sqlite3.Connection) -> dict[str, str]:
    """Return what the library says of itself; raise `LibraryDamaged` where it is not as written."""
    values = dict(connection.execute("SELECT key, value FROM meta"))
    digest = values.pop("digest", None)
    is_sealed = version_of(connection) != UNSEALED_FORMAT
    if is_sealed and values and digest != _digest_of_meta(connection, values):
        raise damaged_meta()
    return values


def seal_meta(connection: sqlite3.Connection) -> None:
    """Write the digest of what the library says of itself."""
    values = dict(connection.execute("SELECT key, value FROM meta WHERE key <> 'digest'"))
    digest = _digest_of_meta(connection, values)
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('digest', ?)", (digest,))


def _digest_of_meta(connection: sqlite3.Connection, values: dict[str, str]) -> str:
    roots = connection.execute("SELECT root, name FROM roots ORDER BY root").fetchall()
    return digest_of(*chain(*sorted(values.items()), *roots))
