"""One writer at a time: the lock of a library, and who holds it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from inquote.index.clock import utc_now
from inquote.index.stores.local.faults import step
from inquote.ingest.errors import IngestError, LibraryBusy
from inquote.ingest.text import printable

LOCK_SECONDS = 10.0


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of the library in `folder`, which is made where it is missing.

    Raises `LibraryBusy` where another process holds it, and turns every I/O error of the work
    within into `IngestError`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, "the folder is not writable")
        with _file_lock(folder):
            yield
    except (OSError, sqlite3.DatabaseError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise IngestError(
            f"The library at {printable(folder)} was not changed: {reason}."
        ) from error


@contextmanager
def _file_lock(folder: Path) -> Iterator[None]:
    holder = folder / "ingest.holder"
    lock = FileLock(folder / "ingest.lock")
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        since = holder.read_text(encoding="utf-8") if holder.exists() else "an unknown process"
        raise LibraryBusy(
            f"The library at {printable(folder)} is being written by {since}; "
            "wait until that is done and try again."
        ) from error
    try:
        step()
        holder.write_text(f"process {os.getpid()} since {utc_now()}", encoding="utf-8")
        yield
    finally:
        lock.release()
