"""A library in a folder: SQLite is the truth, the search files of a generation are derived from it.

    library.db              documents, passages, embeddings by content hash, recipe, generation
    journal.db              questions and feedback
    derived/gen-000007/     vectors.faiss, lexical/, manifest.json, attached/
    ingest.lock             one writer

A snapshot is a deferred transaction whose first read is the generation, so that everything it then
sees belongs to that generation.
"""

import contextlib
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from inquote.index.disk import bytes_below, step
from inquote.index.progress import Progress, silent
from inquote.index.stores.base import KEPT_GENERATIONS
from inquote.index.stores.journal import SqliteJournal
from inquote.index.stores.local import purge
from inquote.index.stores.local.database import Database
from inquote.index.stores.local.draft import (
    LocalDraft,
    drop_damaged_past,
    drop_unfinished,
    kept_names,
)
from inquote.index.stores.local.kept_files import KeptFiles
from inquote.index.stores.local.lexical import LexicalEntry, LexicalIndex
from inquote.index.stores.local.lock import keep_private, write_lock
from inquote.index.stores.local.recovery import recover_database
from inquote.index.stores.local.search_files import (
    ATTACHED,
    DERIVED,
    SearchFiles,
    attachments,
    check_search_files,
    load_search_files,
    read_attachment,
    write_attachment,
    write_search_files,
)
from inquote.index.stores.local.snapshot import LocalSnapshot
from inquote.index.stores.local.vectors import FaissIndex
from inquote.ingest.errors import (
    GenerationGone,
    IngestError,
    InquoteError,
    LibraryBusy,
    LibraryDamaged,
)


class LocalStore:
    """A `Store` in the folder `folder`; safe to use from several threads.

    Making the object opens nothing, and no folder is made before the first draft.
    """

    notice = ""

    def __init__(self, folder: Path, *, writes: bool = False) -> None:
        self.folder = folder
        self.derived = folder / DERIVED
        self.kept = KeptFiles(folder)
        self.database = Database(folder, writes=writes)
        self._checked: set[tuple[int, str]] = set()  # generations and documents whose text is sound
        self._required = False
        self._loaded: tuple[object, SearchFiles] | None = None  # of the generation used last
        self._loading = threading.Lock()

    @property
    def location(self) -> str:
        """The folder, as text."""
        return str(self.folder)

    @property
    def size(self) -> int:
        """The bytes of all files in the folder."""
        return bytes_below(self.folder)

    @cached_property
    def journal(self) -> SqliteJournal:
        """The questions and the feedback that are kept in the folder."""
        return SqliteJournal(self.folder)

    def require(self) -> None:
        """Raise `LibraryMissing` for no library, `LibraryMismatch` for one of another format."""
        if not self._required:
            self.database.require()
            self._required = True

    # Reading

    @contextmanager
    def snapshot(self, generation: int | None = None) -> Iterator[LocalSnapshot]:
        """Open one generation for as long as the context lasts; see `Store.snapshot`."""
        self.require()
        with self.database.reading() as connection:
            current = self.snapshot_of(connection)
            if generation is None:
                yield current
            elif current.oldest <= generation <= current.generation:
                yield self.snapshot_of(connection, generation)
            else:
                raise GenerationGone(
                    f"Generation {generation} of the library is not kept any more."
                )

    def snapshot_of(
        self, connection: sqlite3.Connection, generation: int | None = None
    ) -> LocalSnapshot:
        """Return a generation as a connection sees it."""
        return LocalSnapshot(
            connection, self._load, self._attachment, self._checked, self.kept, generation
        )

    def _load(self, generation: int, with_places: bool = False) -> SearchFiles:
        """Return the search files of a generation, made anew where they are missing or damaged.

        They are also made anew where places are needed for a scope and version 0.1 wrote none. The
        files of one generation are held at a time.
        """
        with self._loading:
            # A recovery replaces the database, a purge the search files.
            key = (generation, self.database.identity, self._identity_of(generation))
            if self._loaded is not None and self._loaded[0] == key:
                files = self._loaded[1]
            else:
                self._loaded = None
                self._checked.clear()
                files = self._load_or_remake(generation)
            if with_places and not files.lexical.has_places:
                remake_search_files(self.folder, generation, with_places=True)
                files = load_search_files(self.generation_folder(generation))
            self._loaded = ((*key[:2], self._identity_of(generation)), files)
            return files

    def _identity_of(self, generation: int) -> int | None:
        """Return what tells the folder of a generation's files from one that replaces it."""
        try:
            return self.generation_folder(generation).stat().st_ino
        except OSError:
            return None

    def _load_or_remake(self, generation: int) -> SearchFiles:
        folder = self.generation_folder(generation)
        try:
            return load_search_files(folder)
        except LibraryDamaged:
            try:
                remake_search_files(self.folder, generation)
            except (IngestError, LibraryBusy):  # nothing can be written here, or now
                return self._build_search_files(generation)
            return load_search_files(folder)

    def _build_search_files(self, generation: int) -> SearchFiles:
        """Make the search files of a generation in memory; a snapshot may be open meanwhile."""
        with contextlib.closing(LocalStore(self.folder)) as store:
            with store.snapshot(generation) as snapshot:
                rows, matrix = snapshot.vectors()
                passages = snapshot.numbered_passages()
                lexical = LexicalIndex.build(LexicalEntry.of(row, p) for row, p in passages)
            return SearchFiles(FaissIndex.build(rows, matrix), lexical)

    def generation_folder(self, generation: int) -> Path:
        """Return where the search files of a generation lie."""
        return self.derived / f"gen-{generation:06d}"

    # Writing

    @contextmanager
    def begin(self, progress: Progress = silent, after: int = 0) -> Iterator[LocalDraft]:
        """Become the one writer and begin the next generation; see `Store.begin`.

        Without a commit, search files that are missing or damaged are made anew.
        """
        # Its connection is its own, so that this store's snapshots stay open beside the draft.
        with (
            write_lock(self.folder),
            contextlib.closing(LocalStore(self.folder, writes=True)) as writer,
        ):
            writer.database.create()
            keep_private(self.folder)
            with writer._draft(progress, after) as draft:
                yield draft

    @contextmanager
    def _draft(self, progress: Progress, after: int) -> Iterator[LocalDraft]:
        """Make the draft of a locked library; what it leaves unfinished is dropped."""
        with self.snapshot() as snapshot:
            generation = snapshot.generation
        connection = self.database.connection()
        drop_unfinished(self.database)
        drop_damaged_past(self.database, self.kept)
        draft = LocalDraft(
            self.database,
            self.kept,
            generation or after,
            lambda number: self.snapshot_of(connection, number),
            lambda snapshot: self.write_files(snapshot, progress),
        )
        try:
            yield draft
            draft.finish()
        except BaseException:
            with contextlib.suppress(OSError, sqlite3.Error):  # else the next ingest does it
                drop_unfinished(self.database)
            raise
        # What cannot be done after a commit is left to the next ingest.
        with contextlib.suppress(OSError) if draft.committed else contextlib.nullcontext():
            self.mend_kept(progress)
        keep_private(self.folder)
        with contextlib.suppress(OSError):
            self.sweep(draft.generation if draft.committed else generation)
        with contextlib.suppress(OSError, sqlite3.Error, InquoteError):
            purge.finish_purge(self, progress)

    def mend_kept(self, progress: Progress) -> None:
        """Make damaged files of the kept generations anew.

        Of an earlier generation there may be nothing sound to make them of.
        """
        with self.snapshot() as snapshot:
            kept = range(snapshot.oldest, snapshot.generation + 1)
        for generation in kept:
            try:
                self._mend(generation, progress)
            except LibraryDamaged:
                if generation == kept[-1]:
                    raise

    def _mend(self, generation: int, progress: Progress) -> None:
        """Make the files of a generation anew where they are missing or damaged."""
        folder = self.generation_folder(generation)
        for file in attachments(folder):
            if read_attachment(file) is None:
                file.unlink()
        if check_search_files(folder):
            with self.snapshot(generation) as snapshot:
                self.write_files(snapshot, progress)

    def recover(self) -> str:
        """Make library.db anew of what is sound in it; see `Store.recover`."""
        with write_lock(self.folder):
            if self._can_be_read():
                return ""  # another process was quicker
            count = recover_database(self.folder)
        return (
            f"library.db was damaged; {count} documents were sound and are kept, the others have "
            "to be ingested again. The damaged file is library.db.damaged."
        )

    def _can_be_read(self) -> bool:
        try:
            store = LocalStore(self.folder)
            with contextlib.closing(store), store.snapshot() as snapshot:
                snapshot.file_records()
        except LibraryDamaged:
            return False
        return True

    def write_files(self, snapshot: LocalSnapshot, progress: Progress) -> None:
        """Write the search files of a snapshot's generation."""
        self.derived.mkdir(exist_ok=True)
        rows, matrix = snapshot.vectors()
        total = len(rows)

        def entries() -> Iterable[LexicalEntry]:
            for done, (row, passage) in enumerate(snapshot.numbered_passages(), 1):
                yield LexicalEntry.of(row, passage)
                if done % 1000 == 0 or done == total:
                    progress("indexing", done, total)

        folder = self.generation_folder(snapshot.generation)
        write_search_files(folder, rows, matrix, entries())

    def sweep(self, generation: int) -> None:
        """Remove the folders of generations past and of ingests that were cut short."""
        kept = {self.generation_folder(generation - back).name for back in range(KEPT_GENERATIONS)}
        for folder in self.derived.iterdir() if self.derived.exists() else ():
            if folder.name not in kept:
                step()
                shutil.rmtree(folder, ignore_errors=True)
        self.kept.sweep(kept_names(self.database))

    def attach(self, generation: int, name: str, text: str) -> None:
        """Keep a text in the folder of a generation; see `Store.attach`."""
        with contextlib.suppress(OSError, InquoteError):
            if generation >= purge.last_purge(self.database):
                write_attachment(self.generation_folder(generation) / ATTACHED / name, text)

    def _attachment(self, generation: int, name: str) -> str | None:
        return read_attachment(self.generation_folder(generation) / ATTACHED / name)

    def verify(self) -> list[str]:
        """Say what is wrong with rows and files, a sentence each; [] when all is well.

        All that is kept is checked: documents, passages, vectors and search files of every
        generation, what is attached to them, the journal, and the files that were taken in.
        """
        from inquote.index.stores.local import verify  # it loads all parsers

        return verify.store_problems(self)

    def back_up(self, target: Path, progress: Progress = silent) -> None:
        """Write a whole copy without search files into a new folder; see `Store.back_up`."""
        from inquote.index.stores.local import backup

        backup.back_up(self, target, progress)

    def purge(self, ids: Sequence[str], progress: Progress = silent) -> int:
        """Erase documents from all generations and files; see `Store.purge`."""
        with (
            write_lock(self.folder),
            contextlib.closing(LocalStore(self.folder, writes=True)) as writer,
        ):
            writer.database.create()
            keep_private(self.folder)
            return purge.purge_documents(writer, ids, progress)

    def close(self) -> None:
        """Close the connections of all threads; no snapshot may be open."""
        self.database.close()


def remake_search_files(folder: Path, generation: int, *, with_places: bool = False) -> None:
    """Make the search files of a kept generation anew where they are damaged.

    It reads and writes by itself, so that a snapshot may be open meanwhile. With `with_places`
    files without places count as damaged. Raises `GenerationGone` where the generation is past.
    """
    with write_lock(folder), contextlib.closing(LocalStore(folder)) as store:
        if not _is_usable(store.generation_folder(generation), with_places):
            with store.snapshot(generation) as snapshot:
                store.write_files(snapshot, silent)


def _is_usable(folder: Path, with_places: bool) -> bool:
    try:
        return load_search_files(folder).lexical.has_places or not with_places
    except LibraryDamaged:
        return False
