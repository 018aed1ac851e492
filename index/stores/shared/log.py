"""A small table that every chat over a library appends to: the last value of a key counts.

Appends of several processes all succeed, in some order, which is the order of the rows. What was
read is looked at again after a second, so that what one chat writes, another sees soon.
"""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from inquote.index.stores.shared.engine import dataset, pa, write
from inquote.index.stores.shared.errors import NotThere, explained
from inquote.index.stores.shared.tables import Table, batches, one_of
from inquote.index.stores.sqlite import digest_of
from inquote.ingest.errors import InquoteError, LibraryUnavailable

FRESH_SECONDS = 1.0
RETRY_SECONDS = 3.0  # until a store that was out of reach is tried again
_SPARE_ROWS = 2_000  # beyond the ones that count, before the others are dropped
_APPENDS_A_TIDY = 64  # each is a file of its own until then
_PAST = timedelta(hours=1)  # for which files are kept that no newest version names
_COLUMNS = ["row", "kind", "key", "value", "digest"]


@dataclass(frozen=True)
class Entry:
    """A value that was put under a key of a kind; None takes the key away."""

    kind: str
    key: str
    value: str | None


class Log:
    """The log called `name` of the library at `location`; safe to use from several threads."""

    def __init__(self, location: str, name: str) -> None:
        self.location = location
        self.name = name
        self._uri = f"{location}/{name}.lance"
        self._lock = threading.Lock()
        self._table: Any = None
        self._version = 0
        self._looked_at = float("-inf")
        self._values: dict[tuple[str, str], str] = {}
        self._appends = 0
        self.damaged = 0

    def values(self, kind: str) -> dict[str, str]:
        """Return the values of a kind by key, in the order of their last writing."""
        with self._lock:
            if time.monotonic() - self._looked_at > FRESH_SECONDS:
                self._look()
            values = {}
            for (of_kind, key), value in self._values.items():
                if of_kind == kind:
                    values[key] = value
            return values

    def _look(self) -> None:
        """Read the table where it has changed."""
        try:
            with explained(self.location):
                if self._table is None:
                    self._table = dataset(self._uri, quick=True)
                self._table.checkout_latest()
        except NotThere:
            return
        except LibraryUnavailable:  # what was read counts until then
            self._looked_at = time.monotonic() + RETRY_SECONDS
            return
        if self._table.version != self._version:
            self._values, _ = self._read()
            self._version = self._table.version
        self._looked_at = time.monotonic()

    def _read(self) -> tuple[dict[tuple[str, str], str], list[str]]:
        """Return the values that count, and the rows that do not."""
        values: dict[tuple[str, str], str] = {}
        last: dict[tuple[str, str], str] = {}
        past: list[str] = []
        self.damaged = 0
        for row in Table(self.location, self.name).rows(_COLUMNS):
            place = row["kind"], row["key"]
            if row["digest"] != digest_of(row["row"], *place, row["value"]):
                self.damaged += 1
                continue
            if place in last:
                past.append(last[place])
            last[place] = row["row"]
            values.pop(place, None)
            if row["value"] is not None:
                values[place] = row["value"]
        return values, past

    def put(self, entries: Sequence[Entry]) -> None:
        """Append entries; raise `InquoteError` where the store cannot be written."""
        if not entries:
            return
        rows = []
        for entry in entries:
            row = secrets.token_hex(8)
            digest = digest_of(row, entry.kind, entry.key, entry.value)
            rows.append((row, entry.kind, entry.key, entry.value, digest))
        fields = [pa.field(name, pa.string()) for name in _COLUMNS]
        columns = [pa.array(values, pa.string()) for values in zip(*rows, strict=True)]
        table = pa.Table.from_arrays(columns, schema=pa.schema(fields))
        with self._lock, explained(self.location):
            self._append(table)
            for entry in entries:
                self._values.pop((entry.kind, entry.key), None)
                if entry.value is not None:
                    self._values[entry.kind, entry.key] = entry.value
            self._looked_at = float("-inf")
            self._appends += 1
        if self._appends % _APPENDS_A_TIDY == 1:  # with the first too, for many processes append
            self.tidy()

    def _append(self, table: Any) -> None:
        try:
            with explained(self.location):
                dataset(self._uri).insert(table)
        except NotThere:
            try:
                write(table, self._uri, "create")
            except OSError as error:
                if "already exists" not in str(error).lower():
                    raise
                dataset(self._uri).insert(table)  # another process was quicker

    def drop(self, is_meant: Callable[[str, str], bool]) -> None:
        """Drop all rows of the (kind, key) pairs that are meant; raise `NotThere` for no log."""
        with self._lock, explained(self.location):
            self._drop(is_meant)

    def erase(self, is_meant: Callable[[str, str], bool]) -> None:
        """Drop these rows, so that no file of the log holds them; raise as `drop` does."""
        with self._lock, explained(self.location):
            table = self._drop(is_meant)
            if table.count_rows():
                table.optimize.compact_files(materialize_deletions_threshold=0.0)
            table.cleanup_old_versions(timedelta(0))  # others may be writing rows just now
            self._table = None

    def _drop(self, is_meant: Callable[[str, str], bool]) -> Any:
        """Drop rows, and return the table."""
        doomed = []
        for row in Table(self.location, self.name).rows(_COLUMNS):
            if is_meant(row["kind"], row["key"]):
                doomed.append(row["row"])
        self._looked_at = float("-inf")
        table = dataset(self._uri)
        for batch in batches(doomed):
            table.delete(one_of("row", batch))
        return table

    def tidy(self) -> None:
        """Drop rows that later ones replaced, where there are many, and join the files of rows."""
        # Where the store is away, or another process does the same, the next time will do.
        with self._lock, contextlib.suppress(InquoteError), explained(self.location):
            values, past = self._read()
            table = dataset(self._uri)
            if len(past) >= len(values) + _SPARE_ROWS:
                for batch in batches(past):
                    table.delete(one_of("row", batch))
            if len(table.get_fragments()) >= _APPENDS_A_TIDY:
                table.optimize.compact_files()
                table.cleanup_old_versions(_PAST)
