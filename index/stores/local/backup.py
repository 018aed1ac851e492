"""Copy a local library while it is used, and bring a copy back.

A backup is a folder: library.db, journal.db and sessions.db as SQLite copies them, the files of
documents and uploads, and `backup.json`, which has the SHA-256 of every file. Search files are left
out, for they are derived. A backup is written beside, checked, and renamed, so that there is a
whole one or none.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from inquote import __version__
from inquote.index.clock import utc_now
from inquote.index.disk import step, sync
from inquote.index.progress import Progress, silent
from inquote.index.stores.journal import JOURNAL_FILE, LOCK_FILE
from inquote.index.stores.local import verify
from inquote.index.stores.local.kept_files import FOLDER as KEPT
from inquote.index.stores.local.lock import make_folder, write_lock
from inquote.index.stores.local.purge import PURGE_MARK
from inquote.index.stores.sessions import SESSIONS_FILE
from inquote.index.stores.sqlite import OWNER_ONLY, explained, open_for_reading, open_reader
from inquote.ingest.errors import IngestError, InquoteError, LibraryMissing
from inquote.ingest.files.find import LIBRARY_FILE, UPLOADS
from inquote.ingest.text import printable

if TYPE_CHECKING:
    from inquote.index.stores.local.store import LocalStore

MANIFEST = "backup.json"
_DATABASES = (LIBRARY_FILE, JOURNAL_FILE, SESSIONS_FILE)
_UNFINISHED = ".restoring"  # the folder of a library that is restored, until it is whole
_ATTEMPTS = 5  # to copy a library that changes meanwhile; at the last one nobody writes


def back_up(store: "LocalStore", target: Path, progress: Progress = silent) -> None:
    """Write a whole, checked copy of a library into the new folder `target`.

    Raises `InquoteError` where it cannot be written or is not as it should be; then there is none.
    """
    store.require()
    target = target.parent.resolve() / target.name
    if target.exists():
        raise InquoteError(
            f"There is something at {printable(target)} already; name a folder that does not exist."
        )
    if target.is_relative_to(store.folder.resolve()):
        raise InquoteError("A backup cannot lie within its library; name a folder elsewhere.")
    with explained(f"The backup was not written to {printable(target)}"):
        target.parent.mkdir(0o700, parents=True, exist_ok=True)
        prefix = f".{target.name[:100]}.unfinished-"
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
        try:
            _copy_checked(store, folder, progress)
            _write_manifest(folder)
            step()
            folder.rename(target)
            sync(target.parent)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _copy_checked(store: "LocalStore", folder: Path, progress: Progress) -> None:
    """Copy until what was copied is one whole library; raise `InquoteError` where it never is."""
    from inquote.index.stores.local.store import LocalStore

    problems: list[str] = []
    for attempt in range(1, _ATTEMPTS + 1):
        lock = write_lock(store.folder) if attempt == _ATTEMPTS else contextlib.nullcontext()
        with lock:
            for name in _DATABASES:
                _copy_database(store.folder / name, folder / name)
            with contextlib.closing(LocalStore(folder)) as copy:
                _copy_kept(store, copy, progress)
                _copy_uploads(store.folder / UPLOADS, folder / UPLOADS)
                _copy_mark(store.folder / PURGE_MARK, folder / PURGE_MARK)
                problems = verify.store_problems(copy, searched=False)
                is_of_one_time = _is_of_one_time(store, copy)
        if not problems and (is_of_one_time or attempt == _ATTEMPTS):
            return
    raise InquoteError(
        f"There is no backup, for the library is not as written: {problems[0]} "
        "Run inquote verify, and inquote ingest to mend it."
    )


def _is_of_one_time(store: "LocalStore", copy: "LocalStore") -> bool:
    """Return whether the library is still in the copied generation, or nothing hangs on that.

    Files that came through the page are copied after the database, which tells of them.
    """
    if not (copy.folder / UPLOADS).exists():
        return True
    with store.snapshot() as now, copy.snapshot() as copied:
        return now.generation == copied.generation


def _copy_database(source: Path, target: Path) -> None:
    """Copy a database, as it is at one moment, into a file that needs no other beside it."""
    if not source.exists():
        return
    step()
    with contextlib.ExitStack() as stack:
        lock = source.with_name(LOCK_FILE)
        connection = open_for_reading(source, lock, lambda: open_reader(source), stack)
        stack.callback(connection.close)
        copy = stack.enter_context(contextlib.closing(sqlite3.connect(target)))
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    target.chmod(OWNER_ONLY)
    sync(target)


def _copy_kept(store: "LocalStore", copy: "LocalStore", progress: Progress) -> None:
    """Copy the files that the documents of a copy need, and are not there yet."""
    with copy.database.reading() as connection:
        rows = connection.execute("SELECT original, boxes FROM documents").fetchall()
    names = sorted({name for row in rows for name in row if name})
    for done, name in enumerate(names, 1):
        content = None if (copy.folder / KEPT / name).exists() else store.kept.read(name)
        if content is not None:
            copy.kept.put(content)
        progress("copying", done, len(names))
    copy.kept.settle()
    copy.kept.sweep(names)


def _copy_uploads(source: Path, target: Path) -> None:
    """Copy the files that came through the page; one that is gone by then is left out."""
    shutil.rmtree(target, ignore_errors=True)
    for path in sorted(source.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with contextlib.suppress(FileNotFoundError):
                _copy_file(path, target / path.relative_to(source))


def _copy_mark(source: Path, target: Path) -> None:
    """Copy the mark of a purge that was cut short, so that the copy is not taken for whole."""
    target.unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):
        _copy_file(source, target)


def _copy_file(source: Path, target: Path) -> str:
    """Copy a file, lasting; return the SHA-256 of what was read."""
    target.parent.mkdir(0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    step()
    with source.open("rb") as old, target.open("wb") as new:
        target.chmod(OWNER_ONLY)
        while block := old.read(1 << 20):
            digest.update(block)
            new.write(block)
        new.flush()
        os.fsync(new.fileno())
    return digest.hexdigest()


def _write_manifest(folder: Path) -> None:
    """Write what a backup holds, the last of its files."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            files[path.relative_to(folder).as_posix()] = digest
    about = {"inquote": __version__, "made_at": utc_now(), "files": files}
    step()
    (folder / MANIFEST).write_text(json.dumps(about, indent=1), encoding="utf-8")
    (folder / MANIFEST).chmod(OWNER_ONLY)
    for path in (folder / MANIFEST, *(path for path in folder.rglob("*") if path.is_dir()), folder):
        sync(path)


def restore_backup(backup: Path, folder: Path, progress: Progress = silent) -> None:
    """Make a library of a backup in `folder`, which must be missing or empty.

    It is checked as `Store.verify` does, in its place at last with library.db. Raises
    `InquoteError` where the backup is not whole and where the library cannot be written; then
    `folder` is as it was.
    """
    files = _read_manifest(backup)
    is_new = not folder.exists()
    if not is_new and (not folder.is_dir() or _is_taken(folder)):
        raise InquoteError(
            f"There is something at {printable(folder)} already, and it is left as it is; "
            "name a folder that is missing or empty with --library."
        )
    with explained(f"The library was not restored to {printable(folder)}"):
        try:
            make_folder(folder)
            _restore(backup, files, folder, progress)
        except BaseException as error:
            _empty(folder)
            if is_new:
                with contextlib.suppress(OSError):
                    folder.rmdir()
            if isinstance(error, IngestError) and error.__cause__:
                raise error.__cause__ from None  # the reason, without the name of that place
            raise


def _is_taken(folder: Path) -> bool:
    """Return whether a folder holds anything but what a restore that was cut short left there."""
    names = {path.name for path in folder.iterdir()}
    return bool(names) and (_UNFINISHED not in names or LIBRARY_FILE in names)


def _empty(folder: Path) -> None:
    """Delete what a restore has written so far, the mark of that last."""
    paths = list(folder.iterdir()) if folder.is_dir() else []
    for path in sorted(paths, key=lambda path: path.name == _UNFINISHED):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _restore(backup: Path, files: Mapping[str, str], folder: Path, progress: Progress) -> None:
    from inquote.index.stores.local.store import LocalStore

    # Copy all files beside.
    _empty(folder)
    new = folder / _UNFINISHED
    new.mkdir(0o700)
    for done, (name, digest) in enumerate(files.items(), 1):
        try:
            is_whole = _copy_file(backup / name, new / name) == digest
        except FileNotFoundError:
            is_whole = False
        if not is_whole:
            raise _not_whole(backup, name)
        progress("copying", done, len(files))
    # Make the search files, and bring a library of an earlier format up to date.
    with contextlib.closing(LocalStore(new)) as store:
        with store.begin(progress):
            pass
        problems = store.verify()
    if problems:
        raise InquoteError(f"The backup at {printable(backup)} is damaged: {problems[0]}")
    # Into place; there is a library as soon as its database is there.
    for path in sorted(new.iterdir(), key=lambda path: path.name == LIBRARY_FILE):
        step()
        path.rename(folder / path.name)
    new.rmdir()
    sync(folder)


def _read_manifest(backup: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a backup; raise `LibraryMissing` where there is none."""
    try:
        files = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))["files"]
        digests = {str(name): str(digest) for name, digest in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise LibraryMissing(
            f"There is no whole backup at {printable(backup)}; name a folder that inquote backup "
            "made."
        ) from None
    if LIBRARY_FILE not in digests:
        raise _not_whole(backup, LIBRARY_FILE)
    for name in digests:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:  # it leads out of the folder
            raise _not_whole(backup, name)
    return digests


def _not_whole(backup: Path, name: str) -> InquoteError:
    return InquoteError(
        f"The backup at {printable(backup)} is not whole: {printable(name)} is missing or not what "
        "was written; take another one."
    )
