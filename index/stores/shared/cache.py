"""Keep on this machine's disk what a chat reads of a shared library, within a budget.

The files of a table never change, so a generation whose files fit into the budget is kept whole,
and its tables are opened from the disk; later generations fetch what is new. A library that does
not fit is read from the store, and only what is in memory is kept. Documents' files are kept by
their hash.

`INQUOTE_CACHE` names the folder, `INQUOTE_CACHE_MEGABYTES` the budget; 0 switches it off.
"""

import contextlib
import hashlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lance.file import LanceFileSession

from inquote.index.stores.shared.engine import options_of
from inquote.index.stores.shared.errors import explained
from inquote.index.stores.shared.records import Record
from inquote.index.stores.shared.tables import Table
from inquote.ingest.errors import InquoteError

DEFAULT_MEGABYTES = 10_000
_FOLDER = "~/.cache/inquote"
_OLD_SECONDS = 600.0  # after which a file that no generation here needs is nobody's
_FILES = "files"


class Cache:
    """The cache of the library at `location`: its tables and its documents' files."""

    def __init__(self, location: str) -> None:
        root = Path(os.environ.get("INQUOTE_CACHE") or _FOLDER).expanduser()
        name = hashlib.sha256(location.encode()).hexdigest()[:24]
        self.location = location
        self.folder = root / name
        megabytes = os.environ.get("INQUOTE_CACHE_MEGABYTES", "")
        budget = int(megabytes) if megabytes.isdecimal() else DEFAULT_MEGABYTES
        self.budget = budget * 1_000_000
        self._purged = 0  # the last purge whose tables are gone from here
        self._files_purged = 0  # the last one whose files are
        self._needed: dict[int, set[Path]] = {}  # files by generation, of the last ones mirrored

    @property
    def tables(self) -> str:
        """Where the tables that are kept here are opened."""
        return f"file://{self.folder}"

    def mirror(self, record: Record, tables: list[Table]) -> bool:
        """Fetch what a generation's tables consist of, and return whether all of it fits here.

        Raises `InquoteError` where the store or the disk fails.
        """
        if not self.budget:
            return False
        wanted: dict[Path, tuple[str, str]] = {}
        size = 0
        for table in tables:
            sizes = {}
            for row in _rows(table.data.all_files()):
                sizes[row["path"]] = row["size_bytes"]
            for path in _files_of(table):
                size += sizes.get(path, 0)
                wanted[self.folder / f"{table.name}.lance" / path] = table.name, path
        if size > self.budget:
            return False
        with explained(self.location):
            for file, (name, path) in wanted.items():
                if not file.exists():
                    self._fetch(name, path, file)
        self._keep_record(record)
        self._needed[record.generation] = set(wanted)
        self._erase(record)
        self._sweep()
        return True

    def _fetch(self, name: str, path: str, file: Path) -> None:
        """Fetch a file beside, and put it into place when it is whole."""
        file.parent.mkdir(0o700, parents=True, exist_ok=True)
        base = f"{self.location}/{name}.lance"
        new = file.with_name(f".{file.name}.{os.getpid()}")
        LanceFileSession(base, storage_options=options_of(base)).download_file(path, str(new))
        new.replace(file)

    def _keep_record(self, record: Record) -> None:
        file = self.folder / "record.json"
        new = file.with_name(f".record.{os.getpid()}")
        new.write_text(record.dump(), encoding="utf-8")
        new.replace(file)

    def last_record(self) -> Record | None:
        """Return the record of the generation that was kept here last; None for none."""
        if not self.budget:
            return None
        try:
            return Record.load((self.folder / "record.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, TypeError, KeyError, InquoteError):
            return None

    def _erase(self, record: Record) -> None:
        """Remove at once what a purge erased since a generation was kept here last."""
        if record.purged <= self._purged:
            return
        self._purged = record.purged
        for generation in list(self._needed):
            if generation < record.purged:
                del self._needed[generation]
        for file in self._table_files():
            if file not in self._needed[record.generation]:
                file.unlink(missing_ok=True)

    def drop_files(self, record: Record) -> None:
        """Remove the documents' files where a purge came since the last look."""
        if record.purged > self._files_purged:
            self._files_purged = record.purged
            shutil.rmtree(self.folder / _FILES, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove files of generations past that no process has needed for a while."""
        for generation in sorted(self._needed)[:-2]:
            del self._needed[generation]
        needed: set[Path] = set().union(*self._needed.values())
        for file in needed:
            with contextlib.suppress(OSError):
                os.utime(file)
        oldest = time.time() - _OLD_SECONDS
        for file in self._table_files():
            with contextlib.suppress(OSError):
                if file not in needed and file.stat().st_mtime < oldest:
                    file.unlink()

    def _table_files(self) -> Iterator[Path]:
        for table in self.folder.glob("*.lance"):
            for file in table.rglob("*"):
                if file.is_file():
                    yield file

    def file(self, name: str, read: Callable[[], bytes | None]) -> Path | None:
        """Return the file of this machine with the bytes of that SHA-256.

        None where there are none, and where they cannot be written here.
        """
        file = self.folder / _FILES / name
        with contextlib.suppress(FileNotFoundError):
            os.utime(file)
            return file
        content = read()
        if content is None:
            return None
        new = file.with_name(f".{name}.{os.getpid()}.{threading.get_ident()}")
        try:
            file.parent.mkdir(0o700, parents=True, exist_ok=True)
            new.write_bytes(content)
            new.replace(file)
        except OSError:
            with contextlib.suppress(OSError):
                new.unlink()
            return None
        self._shrink(file)
        return file

    def _shrink(self, newest: Path) -> None:
        """Remove the documents' files that were read longest ago, as far as they are too many."""
        files = []
        for file in newest.parent.iterdir():
            with contextlib.suppress(OSError):
                files.append((file.stat().st_mtime, file.stat().st_size, file))
        total = sum(size for _, size, _ in files)
        for _, size, file in sorted(files):
            if total <= self.budget or file == newest:
                break
            with contextlib.suppress(OSError):
                file.unlink()
            total -= size


def _rows(reader: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = reader.read_all().to_pylist()
    return rows


def _files_of(table: Table) -> list[str]:
    """Return the files of a table's version, relative to it."""
    files = []
    for row in _rows(table.data.tracked_files(min_version=table.version)):
        if row["version"] == table.version and row["type"] != "transaction file":
            files.append(str(row["path"]))
    return files
