"""One writer at a time: the lock of a library, and what is said while another holds it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from inquote.index.stores.local.faults import step
from inquote.index.stores.local.library import Library
from inquote.ingest.errors import IngestError, LibraryBusy
from inquote.ingest.text import printable

LOCK_SECONDS = 10.0


@contextmanager
def writing(path: Path) -> Iterator[Library]:
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
    except (OSError, sqlite3.DatabaseError) as error:
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
        step()
        holder.write_text(f"process {os.getpid()} since {now()}", encoding="utf-8")
        yield
    finally:
        lock.release()


def now() -> str:
    """The time in ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
