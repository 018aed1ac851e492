"""Erase documents of a local library, so that no file of it holds their words.

One transaction takes them out of all generations and makes the next one, whose search files are
written before. What then lies in freed space, in other generations' search files and in kept files
goes afterwards; a mark says that this is not done yet, and the next writer of the library does it.
"""

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from inquote.index.clock import utc_now
from inquote.index.disk import step, sync
from inquote.index.progress import Progress, silent
from inquote.index.stores.base import KEPT_GENERATIONS
from inquote.index.stores.local.database import LIVE, Database, read_meta, seal_meta
from inquote.index.stores.local.draft import drop_damaged_past, drop_unfinished, kept_names
from inquote.index.stores.sqlite import OWNER_ONLY, explained, rewrite
from inquote.ingest.errors import IngestError
from inquote.ingest.files.find import LIBRARY_FILE, UPLOADS
from inquote.ingest.text import printable

if TYPE_CHECKING:
    from inquote.index.stores.local.store import LocalStore

PURGE_MARK = "purge.unfinished"  # documents, each with its name as an upload; it goes at the end
NOT_DONE = "The documents are not in the library any more, but in some of its files; say it again"
_PURGED = "purged"  # the key of the generation that the last purge made
_ASIDE = ".removed"  # the folder of uploads whose documents were removed
_REPLACED = ".replaced"
_LEFT_OVER = (f"{LIBRARY_FILE}.damaged*", "recovery")


def purge_documents(store: "LocalStore", ids: Sequence[str], progress: Progress) -> int:
    """Erase documents of a locked library and return its generation; see `Store.purge`.

    `store` is the one writer. Raises `IngestError` as `Store.purge` does.
    """
    database = store.database
    connection = database.connection()
    drop_unfinished(database)
    drop_damaged_past(database, store.kept)
    marked = _read_mark(store.folder)
    marks = {**_upload_names(connection, ids), **marked}
    held = _held(connection, ids)
    for id in ids:
        is_known = id in held or id in marked or any(_upload_files(store.folder, marks[id]))
        if not is_known:
            raise IngestError(
                f"There is no document {printable(id)} in the library, nor in its earlier "
                "generations; inquote status lists them."
            )
    doomed = [*held, *_past_copies(connection, held)]
    marks.update(_upload_names(connection, doomed))
    names = [marks[id] for id in doomed if marks[id]]
    try:
        _write_mark(store.folder, marks)
        if doomed:
            with _set_aside(store.folder / UPLOADS, names), database.writing() as connection:
                _erase(store, connection, doomed, progress)
    except (IngestError, OSError, sqlite3.Error):
        if not marked and len(_held(connection, doomed)) == len(doomed):  # nothing was erased
            (store.folder / PURGE_MARK).unlink(missing_ok=True)
        raise
    with explained(NOT_DONE):
        return finish_purge(store, progress)


def last_purge(database: Database) -> int:
    """Return the generation that the last purge made; 0 for none."""
    with database.reading() as connection:
        return int(read_meta(connection).get(_PURGED, 0))


def _held(connection: sqlite3.Connection, ids: Iterable[str]) -> list[str]:
    """Return those of the ids that any generation holds."""
    query = "SELECT 1 FROM documents WHERE id = ? LIMIT 1"
    return [id for id in dict.fromkeys(ids) if connection.execute(query, (id,)).fetchone()]


def _past_copies(connection: sqlite3.Connection, ids: Sequence[str]) -> list[str]:
    """Return documents of the past with the same text as some: what these were called before."""
    query = (
        "SELECT DISTINCT id FROM documents WHERE sha256 IN (SELECT sha256 FROM documents"
        " WHERE id = :id) AND id NOT IN (SELECT id FROM documents WHERE until > :last)"
    )
    last = int(read_meta(connection).get("generation", 0))
    names: set[str] = set()
    for id in ids:
        names.update(name for (name,) in connection.execute(query, {"id": id, "last": last}))
    return sorted(names.difference(ids))


def _erase(
    store: "LocalStore", connection: sqlite3.Connection, ids: Sequence[str], progress: Progress
) -> None:
    """Make the next generation, and let all that are kept be without some documents."""
    meta = read_meta(connection)
    new = int(meta.get("generation", 0)) + 1
    past = new - KEPT_GENERATIONS + 1
    for table, name in (("passages", "document_id"), ("documents", "id")):
        connection.executemany(f"DELETE FROM {table} WHERE {name} = ?", [(id,) for id in ids])
        connection.execute(f"DELETE FROM {table} WHERE until <= ?", (past,))
    connection.execute("DELETE FROM embeddings WHERE content NOT IN (SELECT content FROM passages)")
    connection.execute("DELETE FROM roots WHERE root NOT IN (SELECT root FROM documents)")
    if not _has_passages(connection, new):
        raise IngestError(
            "Nothing would be left to search; the library was not changed. To erase all of it, "
            f"delete the folder {printable(store.folder)}."
        )
    oldest = max(past, int(meta["oldest"]))
    while not _has_passages(connection, oldest):
        oldest += 1
    about = {"generation": new, "oldest": oldest, "changed_at": utc_now(), _PURGED: new}
    for key, value in about.items():
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, str(value)))
    seal_meta(connection)
    store.write_files(store.snapshot_of(connection, new), progress)


def _has_passages(connection: sqlite3.Connection, generation: int) -> bool:
    query = f"SELECT 1 FROM passages WHERE {LIVE} LIMIT 1"
    return connection.execute(query, {"at": generation}).fetchone() is not None


def finish_purge(store: "LocalStore", progress: Progress = silent) -> int:
    """Finish what a purge began: erase what no generation needs from all files.

    The library is locked, `store` the one writer. Returns the generation; does nothing where no
    purge was begun. Raises `OSError`, `sqlite3.Error`, and `LibraryBusy` as `rewrite` does.
    """
    with store.snapshot() as snapshot:
        generation = snapshot.generation
    marks = _read_mark(store.folder)
    if not marks:
        return generation
    # Files that came through the page, and damaged ones that were kept aside.
    held = _held(store.database.connection(), marks)
    for id, name in marks.items():
        if id not in held:
            _delete(_upload_files(store.folder, name))
    for pattern in _LEFT_OVER:
        _delete(store.folder.glob(pattern))
    # Search files of the other generations, which can be made anew at any time, and the files of
    # documents.
    own = store.generation_folder(generation)
    _delete(folder for folder in store.derived.iterdir() if folder != own)
    store.sweep(generation)
    _delete(store.kept.strays(kept_names(store.database)))
    store.mend_kept(progress)
    rewrite(store.database.file)
    _delete([store.folder / PURGE_MARK])
    return generation


def _delete(paths: Iterable[Path]) -> None:
    """Delete files and folders, lasting."""
    for path in list(paths):
        step()
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        sync(path.parent)


def _upload_names(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, str]:
    """Map ids to the names of the files that came through the page, "" for other documents.

    Files may be left of documents that no generation holds.
    """
    row = connection.execute("SELECT name FROM roots WHERE root = ?", (UPLOADS,)).fetchone()
    prefix = f"{row[0] if row else UPLOADS}/"
    return {id: id.removeprefix(prefix) if id.startswith(prefix) else "" for id in ids}


def _upload_files(library: Path, name: str) -> Iterator[Path]:
    """Yield the files of that name that came through the page.

    Replaced and removed ones are among them, and those on their way when a server was killed.
    """
    uploads = library / UPLOADS
    if name:
        folders = [uploads, uploads / _ASIDE, uploads / _REPLACED, *uploads.glob(".incoming-*/*")]
        paths = [folder / name for folder in folders]
        paths.append(uploads / _REPLACED / f".{PurePosixPath(name).name}.passing")
        yield from filter(Path.is_file, paths)


@contextlib.contextmanager
def _set_aside(uploads: Path, names: Sequence[str]) -> Iterator[None]:
    """Move uploads where no ingest finds them, and back where the work within fails."""
    moved = [name for name in names if (uploads / name).is_file()]
    try:
        for name in moved:
            step()
            (uploads / _ASIDE / name).parent.mkdir(0o700, parents=True, exist_ok=True)
            (uploads / name).replace(uploads / _ASIDE / name)
        yield
    except BaseException:
        for name in moved:
            if (uploads / _ASIDE / name).is_file():
                (uploads / _ASIDE / name).replace(uploads / name)
        raise


def _read_mark(library: Path) -> dict[str, str]:
    """Return the documents whose purge is not finished; none where the mark was cut off."""
    try:
        marks = json.loads((library / PURGE_MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(id): str(name) for id, name in marks.items()}


def _write_mark(library: Path, marks: Mapping[str, str]) -> None:
    step()
    new = library / f".{PURGE_MARK}"
    new.write_text(json.dumps(marks), encoding="utf-8")
    new.chmod(OWNER_ONLY)
    sync(new)
    new.replace(library / PURGE_MARK)
    sync(library)
