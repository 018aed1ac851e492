"""One writer at a time: the lock of a library, and who holds it."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from inquote.index.clock import utc_now
from inquote.index.disk import step, sync
from inquote.index.stores.journal import LOCK_FILE
from inquote.index.stores.sqlite import OWNER_ONLY, reason_of
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
        make_folder(folder)
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, "the folder is not writable")
        with _file_lock(folder):
            yield
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, sqlite3.Error):
            reason = reason_of(error) or f"library.db is damaged ({error}); run inquote verify"
        else:
            reason = error.strerror or str(error)
        raise IngestError(
            f"The library at {printable(folder)} was not changed: {reason}."
        ) from error


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner can open, lasting; one that is there stays as it is.

    An empty one becomes the owner's alone, for it is to hold a library.
    """
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(0o700, parents=True, exist_ok=True)
    for made in missing:
        sync(made.parent)
    if not missing and not any(folder.iterdir()):
        folder.chmod(0o700)


def keep_private(folder: Path) -> None:
    """Let only the owner read what a library keeps in its folder; other things stay as they are."""
    for name in ("library.db*", "journal.db*", "ingest.*", "derived", "kept", "uploads"):
        for path in folder.glob(name):
            _close_to_others(path)
            for inner in path.rglob("*"):
                _close_to_others(inner)


def _close_to_others(path: Path) -> None:
    with contextlib.suppress(OSError):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else OWNER_ONLY)


@contextmanager
def _file_lock(folder: Path) -> Iterator[None]:
    holder = folder / "ingest.holder"
    lock = FileLock(folder / LOCK_FILE, mode=OWNER_ONLY)
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
