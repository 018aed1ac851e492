"""Erase documents of a shared library from all kept generations, and from the files of its tables.

The next generation without them is committed first. Then the records of the kept generations are
moved to versions that were written without them, and all other versions are removed.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from inquote.index.clock import utc_now
from inquote.index.stores.base import KEPT_GENERATIONS
from inquote.index.stores.shared import vectors
from inquote.index.stores.shared.attachments import Attachments
from inquote.index.stores.shared.engine import dataset
from inquote.index.stores.shared.errors import NotThere, explained
from inquote.index.stores.shared.heads import Head, erase_past
from inquote.index.stores.shared.indexes import remake_indexes
from inquote.index.stores.shared.lease import Lease
from inquote.index.stores.shared.records import Record, Records
from inquote.index.stores.shared.tables import NAMES, Table, batches, one_of
from inquote.ingest.errors import IngestError


def purge(location: str, records: Records, lease: Lease, ids: Sequence[str]) -> int:
    """Erase documents, and return the number of the generation after that; the lease is held."""
    with explained(location):
        return Purge(location, records, lease).run(ids)


class Purge:
    """Erases documents of the library at `location`."""

    def __init__(self, location: str, records: Records, lease: Lease) -> None:
        self.location = location
        self._records = records
        self._lease = lease
        newest = records.read(max(records.generations()))
        self._kept = [records.read(n) for n in range(newest.oldest, newest.generation)] + [newest]
        self._number = newest.generation + 1

    def run(self, ids: Sequence[str]) -> int:
        """Erase documents; see `Store.purge`."""
        doomed = self._doomed(ids)
        newest = self._kept[-1]
        if not doomed and newest.purged == newest.generation:
            self._erase(self._kept)  # a second call finishes one that was cut short
            return newest.generation
        for id in ids:
            if id not in doomed:
                raise IngestError(f"There is no document {id} in the library.")
        # The kept generations, written without them.
        rewritten = []
        for record in self._kept[1 - KEPT_GENERATIONS :]:
            without = self._without(record, doomed)
            if without.passages:
                rewritten.append(without)
        if not rewritten or rewritten[-1].generation != newest.generation:
            raise IngestError("Nothing would be left to search; the library was not changed.")
        # The commit, and then the past.
        final = replace(
            rewritten[-1],
            generation=self._number,
            oldest=rewritten[0].generation,
            changed_at=utc_now(),
            purged=self._number,
        )
        final = replace(final, versions=self._pinned(final))
        self._lease.check()
        self._records.create(final)
        for record in rewritten:
            self._records.replace(replace(record, purged=self._number))
        self._erase([*rewritten, final])
        return self._number

    def _doomed(self, ids: Sequence[str]) -> set[str]:
        """Return the documents, and those of the past that say the same."""
        hashes: dict[str, set[str]] = {}
        current: set[str] = set()
        for record in self._kept:
            rows = self._table(record, "documents").rows(["id", "sha256"])
            current = {row["id"] for row in rows}
            for row in rows:
                hashes.setdefault(row["id"], set()).add(row["sha256"])
        doomed = {id for id in ids if id in hashes}
        texts: set[str] = set().union(*(hashes[id] for id in doomed))
        for id, own in hashes.items():
            if id not in current and not own.isdisjoint(texts):
                doomed.add(id)
        return doomed

    def _table(self, record: Record, name: str) -> Table:
        return Table(self.location, name, record.versions[name])

    def _without(self, record: Record, doomed: set[str]) -> Record:
        """Return the record of a generation whose tables lack some documents."""
        heads = {}
        for name in NAMES:
            version = record.versions.get(name, 0)
            head = Head(self.location, name, version, self._number, self._lease.writer)
            heads[name] = head
        terms = record.terms
        for batch in batches(doomed):
            condition = one_of("document_id", batch)
            table = self._table(record, "passages")
            terms -= sum(table.columns(["length"], condition).column("length").to_pylist())
            heads["passages"].delete(condition)
            heads["documents"].delete(one_of("id", batch))
        self._delete_files(heads["documents"], heads["kept"])
        for head in heads.values():
            if head.changed and head.count:
                remake_indexes(head)
        versions = {}
        for name, head in heads.items():
            head.check()
            versions[name] = head.pin(record.generation)
        count = heads["passages"].count
        return replace(
            record, writer=self._lease.writer, versions=versions, passages=count, terms=terms
        )

    def _delete_files(self, documents: Head, kept: Head) -> None:
        """Delete the files that no document of a generation names."""
        if kept.data is None:
            return
        columns = documents.data.scanner(columns=["original", "boxes"]).to_table()
        used = {*columns.column("original").to_pylist(), *columns.column("boxes").to_pylist()}
        names = kept.data.scanner(columns=["name"]).to_table().column("name").to_pylist()
        for batch in batches(set(names) - used):
            kept.delete(one_of("name", batch))

    def _pinned(self, record: Record) -> dict[str, int]:
        """Keep the versions of a record's tables for the next generation too."""
        versions = {}
        for name in NAMES:
            version = record.versions.get(name, 0)
            head = Head(self.location, name, version, self._number, self._lease.writer)
            versions[name] = head.pin()
        return versions

    def _erase(self, kept: Sequence[Record]) -> None:
        """Remove all versions but those of some records, what is attached, and old embeddings."""
        writers = {record.generation: record.writer for record in kept}
        for name in NAMES:
            erase_past(self.location, name, writers)
        Attachments(self.location).erase_before(self._number)
        with contextlib.suppress(NotThere), explained(self.location):
            table = dataset(f"{self.location}/{vectors.TABLE}.lance")
            table.delete("true")
            table.cleanup_old_versions(timedelta(0), delete_unverified=True)  # all the lease's
