"""The SQLite file of a local library: its schema, its connections, its transactions.

Rows of documents and passages hold from generation `since` to before `until`, so that the last few
generations can be read again. A connection belongs to one thread.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inquote.index.stores.local.faults import step
from inquote.index.stores.recipe import FORMAT
from inquote.ingest.errors import LibraryDamaged, LibraryMismatch, LibraryMissing
from inquote.ingest.files.find import LIBRARY_FILE
from inquote.ingest.text import printable

FOREVER = 2**62  # the `until` of rows that hold in the current generation
LIVE = ":at >= since AND :at < until"  # the rows of generation `at`
_BUSY_SECONDS = 30
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    id TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, root TEXT NOT NULL,
    state TEXT NOT NULL, file TEXT NOT NULL, ingested_at TEXT NOT NULL,
    characters INTEGER NOT NULL, sha256 TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL,
    sections TEXT NOT NULL, pages TEXT NOT NULL, asides TEXT NOT NULL, left_out TEXT NOT NULL,
    text TEXT NOT NULL, PRIMARY KEY (id, since)
);
CREATE TABLE roots (root TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, document_id TEXT NOT NULL, since INTEGER NOT NULL,
    until INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, heading TEXT NOT NULL,
    lead TEXT NOT NULL, content TEXT NOT NULL, UNIQUE (document_id, since, start, stop)
);
CREATE TABLE embeddings (content TEXT PRIMARY KEY, vector BLOB NOT NULL);
"""


class Database:
    """The file library.db in the folder `folder`; making the object opens nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / LIBRARY_FILE
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()

    def require(self) -> None:
        """Raise `LibraryMissing` for no library, `LibraryMismatch` for one of another format."""
        # os.path.isfile is False for a name too long, where Path.is_file raises
        if not os.path.isfile(self._file) or not self._has_tables():  # noqa: PTH113
            raise LibraryMissing(
                f"There is no library at {printable(self.folder)}; "
                "make one with: inquote ingest FOLDER --library DIR"
            )

    def create(self) -> None:
        """Make the folder and the tables where they are missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        connection = self.connection()
        connection.execute("BEGIN IMMEDIATE")
        if not self._has_tables():
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        step()
        connection.execute("COMMIT")

    def _has_tables(self) -> bool:
        """Return whether the file has its tables; raise `LibraryMismatch` for another format."""
        connection = self.connection()
        try:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                return False
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise unreadable(error) from error
        if version != FORMAT:
            raise LibraryMismatch(
                f"The library at {printable(self.folder)} was made by another version of inquote "
                f"(its format is {version or 1}, here it is {FORMAT}); "
                "ingest the texts into a new folder with --library."
            )
        return True

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection, in autocommit mode.

        Raises `LibraryDamaged` where the file is no database.
        """
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
            with self._guard:
                self._connections.append(connection)
        return connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.DatabaseError as error:
            connection.close()
            raise LibraryDamaged(
                f"{printable(self._file)} is damaged or cannot be opened ({error}); "
                "move it away and ingest again."
            ) from error
        return connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read within one transaction; raise `LibraryDamaged` where SQLite cannot."""
        connection = self.connection()
        try:
            connection.execute("BEGIN")
            yield connection
        except sqlite3.DatabaseError as error:
            raise unreadable(error) from error
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
                connection.close()
            self._connections.clear()
        self._local = threading.local()


def unreadable(error: sqlite3.Error) -> LibraryDamaged:
    """Return the error that says that SQLite cannot read the library."""
    return LibraryDamaged(f"The library cannot be read ({error}); run inquote verify.")
