"""Open the SQLite files of a library, seal their rows with digests, and name their faults.

Readers open a file read-only and in SQLite's write-ahead mode, so that they see one state while
another process writes. Where nothing can be written, SQLite's own lock files may be missing; then a
file that nobody writes is read as it lies.
"""

import contextlib
import errno
import hashlib
import itertools
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from inquote.index.disk import step, sync
from inquote.ingest.errors import InquoteError, LibraryBusy, LibraryDamaged, LibraryUnavailable
from inquote.ingest.text import printable

Row = tuple[Any, ...]

BUSY_SECONDS = 30
CHECKPOINT_SECONDS = 2  # to wait for readers when the write-ahead file is emptied
OWNER_ONLY = 0o600  # of files; folders have 0o700
_WAIT_SECONDS = 2.0  # for a writer that begins or ends
_PAUSE_SECONDS = 0.1
_DIGEST_BYTES = 16
_TYPES = {str: "text", int: "integer", bytes: "blob", float: "real"}  # SQL's names
_NO_ACCESS = {sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}


def digest_of(*values: object) -> str:
    """Return a digest of a row's values and their types, hex digits of BLAKE2b.

    >>> digest_of("a", 12) == digest_of("a", 12), digest_of("a", 12) == digest_of("a", "12")
    (True, False)
    """
    types = " ".join(_TYPES.get(type(value), "null") for value in values)
    contents = [value if isinstance(value, bytes) else str(value).encode() for value in values]
    return digest_of_bytes(types, *contents)


def digest_of_bytes(types: str, *contents: bytes | None) -> str:
    """Return the digest of values of these SQL types, given as bytes."""
    parts = [content or b"" for content in contents]
    lengths = f"{types} {[len(part) for part in parts]}".encode()
    joined = lengths + b"".join(parts)
    return hashlib.blake2b(joined, digest_size=_DIGEST_BYTES).hexdigest()


def sha256_of(text: str | bytes) -> str:
    """Return the hex SHA-256 of a text in UTF-8."""
    content = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(content).hexdigest()


def digest_sql(*columns: str) -> str:
    """Return the SQL for the digest of some columns.

    >>> digest_sql("a", "b")
    "digest_of(typeof(a) || ' ' || typeof(b), CAST(a AS BLOB), CAST(b AS BLOB))"
    """
    return f"digest_of({typed_columns(*columns)})"


def typed_columns(*columns: str) -> str:
    """Return the SQL for the arguments of `digest_of_bytes`.

    Columns are handed over as bytes, for a damaged text may be no UTF-8.
    """
    types = " || ' ' || ".join(f"typeof({column})" for column in columns)
    return ", ".join([types, *map(as_bytes, columns)])


def as_bytes(column: str) -> str:
    """Return the SQL for the bytes of a column."""
    return f"CAST({column} AS BLOB)"


def open_writer(file: Path) -> sqlite3.Connection:
    """Open a file to write, made for its owner only where it is missing; in autocommit mode.

    What is deleted is overwritten. Raises `sqlite3.Error` and `OSError`.
    """
    # A file that is there is not opened here: closing it would drop the locks of this process.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    connection = sqlite3.connect(
        file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    with _closed_on_error(connection):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        _add_functions(connection)
    return connection


def open_reader(file: Path) -> sqlite3.Connection:
    """Open a file to read; in autocommit mode. Raises `sqlite3.Error`."""
    return _open_read_only(file, "")


def _open_read_only(file: Path, option: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=ro{option}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    with _closed_on_error(connection):
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA user_version")  # the first access, which finds faults
        connection.execute("SELECT 1 FROM sqlite_master")
        _add_functions(connection)
    return connection


def open_for_reading(
    file: Path, lock: Path, connect: Callable[[], sqlite3.Connection], stack: contextlib.ExitStack
) -> sqlite3.Connection:
    """Return the connection that `connect` makes, or one to the file as it lies, closed by `stack`.

    The second is for places where SQLite cannot make its locks; writers hold `lock`. Raises
    `LibraryDamaged`, `LibraryUnavailable`, `LibraryBusy`.
    """
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            return connect()
        except sqlite3.Error as error:
            problem = explain_error(file, error)
            if not reason_of(error):
                raise problem from error
        try:
            return stack.enter_context(_open_at_rest(file, lock))
        except sqlite3.Error:
            raise problem from None
        except (LibraryBusy, LibraryUnavailable):  # a writer begins, or ends
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)


@contextlib.contextmanager
def _open_at_rest(file: Path, lock: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that nobody writes, where SQLite's own locks cannot be.

    Writers hold `lock`; it is shared for as long as the context lasts, so that none begins. Raises
    `LibraryBusy` where one is at work, `LibraryUnavailable` where changes wait to be written into
    the file.
    """
    with _shared(lock):
        waiting = file.with_name(f"{file.name}-wal")
        if waiting.exists() and waiting.stat().st_size:
            raise LibraryUnavailable(
                f"{printable(file)} was left in the middle of a change and cannot be written here; "
                "open it once where it can be written, with inquote status."
            )
        with contextlib.closing(_open_read_only(file, "&immutable=1")) as connection:
            yield connection


@contextlib.contextmanager
def _shared(lock: Path) -> Iterator[None]:
    """Hold the lock of writers together with other readers; without a lock file there is none."""
    try:
        import fcntl
    except ImportError:  # where there are no such locks
        yield
        return
    try:
        descriptor = os.open(lock, os.O_RDONLY)
    except OSError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise LibraryBusy(
            f"The library at {printable(lock.parent)} is being written; try again in a moment."
        ) from None
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error:
        connection.close()
        raise


def _add_functions(connection: sqlite3.Connection) -> None:
    connection.create_function("digest_of", -1, digest_of_bytes, deterministic=True)
    connection.create_function("sha256_of", 1, sha256_of, deterministic=True)


def finish_writing(file: Path, connection: sqlite3.Connection) -> None:
    """Write what waits into the file, and close the writer so that readers find SQLite's locks.

    The last connection to close would remove the lock files, which readers cannot make in a place
    where nothing can be written. So the last one is a reader.
    """
    keeper = None
    with contextlib.suppress(sqlite3.Error):
        connection.execute(f"PRAGMA busy_timeout = {1000 * CHECKPOINT_SECONDS}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        keeper = open_reader(file)
    connection.close()
    if keeper is not None:
        keeper.close()


def rewrite(file: Path) -> None:
    """Write a file anew without what was deleted from it, and empty its write-ahead file.

    Raises `sqlite3.Error`, and `LibraryBusy` where a reader keeps what was there before.
    """
    connection = open_writer(file)
    try:
        step()
        connection.execute("VACUUM")
        step()
        is_kept = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        finish_writing(file, connection)
    if is_kept:
        raise LibraryBusy(
            f"Another process reads {printable(file)}, and what was erased may still lie there; "
            "say it again when that is done."
        )


@contextlib.contextmanager
def explained(problem: str) -> Iterator[None]:
    """Raise `InquoteError` with a problem and its reason where a file cannot be read or written."""
    try:
        yield
    except sqlite3.Error as error:
        raise InquoteError(f"{problem}: {reason_of(error) or error}.") from error
    except OSError as error:
        raise InquoteError(f"{problem}: {error.strerror or error}.") from error


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether an error says that a file is not as it was written."""
    return isinstance(error, sqlite3.DatabaseError) and not reason_of(error)


def reason_of(error: sqlite3.Error) -> str:
    """Say why a sound file could not be read or written; "" where the file is not sound."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return "the disk is full"
    if code in _BUSY:
        return "another process is using it"
    if code in _NO_ACCESS:
        return "it is not readable or not writable here"
    if code == sqlite3.SQLITE_IOERR:
        return "its disk or network share does not answer"
    if code == sqlite3.SQLITE_NOMEM:
        return "there is not enough memory"
    if code == sqlite3.SQLITE_INTERRUPT or "user-defined" in str(error):
        return "the reading was interrupted"
    return ""


def explain_error(file: Path, error: sqlite3.Error) -> InquoteError:
    """Return the error that tells a person what is the matter with a file of the library."""
    reason = reason_of(error)
    if reason:
        return LibraryUnavailable(
            f"{printable(file)} cannot be used now: {reason}. Nothing is lost; "
            "see to that and try again."
        )
    return LibraryDamaged(
        f"{printable(file)} is damaged ({printable(error)}); "
        "inquote ingest saves what is sound of it."
    )


def readable_rows(connection: sqlite3.Connection, table: str, columns: str) -> Iterator[Row]:
    """Yield columns of the rows of a damaged file's table that SQLite can still read, each once.

    The table is read from both ends as far as that goes, and what lies between row by row. Raises
    `sqlite3.Error` where not damage but something else keeps it from being read.
    """
    query = f"SELECT rowid, {columns} FROM main.{table}"
    ends: list[int] = []
    for order in ("", " DESC"):
        last = None
        try:
            for number, *row in connection.execute(f"{query} ORDER BY rowid{order}"):
                if ends and number <= ends[0]:
                    return
                last = number
                yield tuple(row)
        except sqlite3.Error as error:
            if reason_of(error):
                raise
        else:
            return
        if last is None:
            return
        ends.append(last)
    for number in range(ends[0] + 1, ends[1]):
        with contextlib.suppress(sqlite3.Error):
            for _, *row in connection.execute(f"{query} WHERE rowid = ?", (number,)):
                yield tuple(row)


def replace_damaged(file: Path, new: Path) -> None:
    """Put a new file in the place of a damaged one, of which a copy is kept beside.

    The new one must be closed, and hold all that was written to it.
    """
    waiting = new.with_name(f"{new.name}-wal")
    if waiting.exists() and waiting.stat().st_size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    aside = _free_name(file.with_name(f"{file.name}.damaged"))
    for ending in ("", "-wal"):
        part = file.with_name(file.name + ending)
        if part.exists():
            copy = aside.with_name(aside.name + ending)
            shutil.copyfile(part, copy)
            copy.chmod(OWNER_ONLY)
            sync(copy)
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
        new.with_name(new.name + ending).unlink(missing_ok=True)
    new.replace(file)
    sync(file.parent)


def _free_name(file: Path) -> Path:
    """Return a name that no file has: this one, or one with a number."""
    numbered = (file.with_name(f"{file.name}-{number}") for number in itertools.count(2))
    return next(path for path in itertools.chain([file], numbered) if not path.exists())
