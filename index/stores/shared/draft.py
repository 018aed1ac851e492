"""The next generation of a shared library: written ahead, made current by one record."""

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from inquote.index.clock import utc_now
from inquote.index.stores.base import KEPT_GENERATIONS, CutDocument
from inquote.index.stores.recipe import Recipe
from inquote.index.stores.shared.attachments import NOTES, Attachments
from inquote.index.stores.shared.errors import RAISED, explained
from inquote.index.stores.shared.heads import Head, sweep
from inquote.index.stores.shared.indexes import update_indexes
from inquote.index.stores.shared.lease import Lease
from inquote.index.stores.shared.records import NUMBERS_KEPT, Record, Records
from inquote.index.stores.shared.rows import (
    DOCUMENTS,
    KEPT,
    document_row,
    passage_row,
    passages_schema,
)
from inquote.index.stores.shared.tables import NAMES, batches, one_of
from inquote.index.stores.shared.vectors import Embeddings
from inquote.ingest.errors import IngestError, InquoteError

GENERATIONS_A_SWEEP = 4  # for it takes many requests
_KEPT_BYTES = 64_000_000  # of files that are written together


class SharedDraft:
    """A `Draft` of the generation after `base`; the lease is held."""

    def __init__(
        self,
        location: str,
        records: Records,
        base: Record | None,
        lease: Lease,
        attachments: Attachments,
        after: int = 0,
    ) -> None:
        self.generation = (base.generation if base else after) + 1
        self.committed: Record | None = None
        self._location = location
        self._records = records
        self._base = base
        self._lease = lease
        self._attachments = attachments
        versions = base.versions if base else {}
        self._heads: dict[str, Head] = {}
        for name in NAMES:
            version = versions.get(name, 0)
            head = Head(location, name, version, self.generation, lease.writer)
            self._heads[name] = head
        self._embeddings = Embeddings(location, self._heads["passages"])
        self._waiting: list[CutDocument] = []  # for their embeddings
        self._put: set[str] = set()
        self._removed: set[str] = set()
        self._roots: dict[str, str] = {}
        self._digests: dict[str, str] = {}
        self._kept: dict[str, bytes] = {}  # not written yet
        self._terms = base.terms if base else 0

    def missing(self, keys: Iterable[str], dimension: int) -> set[str]:
        """Return the keys without a sound embedding; see `Draft.missing`."""
        wanted = set(keys)
        with explained(self._location):
            return wanted - self._embeddings.sound(wanted, dimension)

    def put_embeddings(self, keys: Sequence[str], matrix: np.ndarray) -> None:
        """Keep embeddings; see `Draft.put_embeddings`."""
        with explained(self._location):
            self._embeddings.put(keys, matrix)

    def keep(self, content: bytes) -> str:
        """Keep bytes and return their name, written with the next documents."""
        name = hashlib.sha256(content).hexdigest()
        self._kept[name] = content
        if sum(map(len, self._kept.values())) >= _KEPT_BYTES:
            with explained(self._location):
                self._write_kept()
        return name

    def _write_kept(self) -> None:
        """Write the bytes that wait, each name once."""
        kept = self._heads["kept"]
        for batch in batches(self._kept):
            if kept.data is not None:
                scanner = kept.data.scanner(columns=["name"], filter=one_of("name", batch))
                for name in scanner.to_table().column("name").to_pylist():
                    self._kept.pop(name, None)
        rows = []
        for name, content in self._kept.items():
            about = {"name": name, "since": self.generation, "writer": self._lease.writer}
            rows.append({**about, "size": len(content), "content": content})
        kept.append(rows, KEPT)
        self._kept = {}

    def put_documents(self, documents: Sequence[CutDocument]) -> None:
        """Store documents in the place of those with the same ids.

        A document whose embeddings are not all there is stored with the commit.
        """
        with explained(self._location):
            self._put_documents(documents)

    def _put_documents(self, documents: Sequence[CutDocument]) -> None:
        vectors = self._vectors_of(documents)
        ready = []
        for cut in documents:
            self._put.add(cut.record.document.id)
            if vectors.keys() >= set(cut.keys):
                ready.append(cut)
            else:
                self._waiting.append(cut)
        self._write(ready, vectors)

    def _vectors_of(self, documents: Sequence[CutDocument]) -> dict[str, np.ndarray]:
        keys: list[str] = []
        for cut in documents:
            keys += cut.keys
        vectors: dict[str, np.ndarray] = {}
        for batch in batches(keys):
            vectors |= self._embeddings.find(batch)
        return vectors

    def _write(self, documents: Sequence[CutDocument], vectors: dict[str, np.ndarray]) -> None:
        """Append the rows of documents and their passages."""
        self._write_kept()
        writer = self._lease.writer
        passages, rows = [], []
        for cut in documents:
            rows.append(document_row(cut, self.generation, writer, utc_now()))
            for key, passage in zip(cut.keys, cut.chunks.passages, strict=True):
                row = passage_row(passage, key, vectors[key], self.generation, writer)
                passages.append(row)
        if passages:
            schema = passages_schema(len(passages[0]["vector"]))
            if self._heads["passages"].append(passages, schema):
                self._terms = 0
            self._terms += sum(row["length"] for row in passages)
        self._heads["documents"].append(rows, DOCUMENTS)

    def _write_waiting(self) -> None:
        """Write the documents whose embeddings came after them."""
        vectors = self._vectors_of(self._waiting)
        for cut in self._waiting:
            if not vectors.keys() >= set(cut.keys):
                raise IngestError("A passage has no embedding; the library was not changed.")
        self._write(self._waiting, vectors)
        self._waiting = []

    def remove(self, ids: Iterable[str]) -> None:
        """Leave documents out of the next generation; see `Draft.remove`."""
        self._removed.update(ids)

    def put_roots(self, names: Mapping[str, str]) -> None:
        """Remember root folders; see `Draft.put_roots`."""
        self._roots |= names

    def note_files(self, digests: Mapping[str, str]) -> None:
        """Note new digests of files; see `Draft.note_files`."""
        self._digests |= digests

    def commit(self, recipe: Recipe) -> int:
        """Make this generation the current one; see `Draft.commit`."""
        with explained(self._location):
            return self._commit(recipe)

    def _commit(self, recipe: Recipe) -> int:
        # All rows, without those of earlier generations that end here.
        self._write_waiting()
        self._end_rows()
        if not self._heads["passages"].count:
            raise IngestError("Nothing would be left to search; the library was not changed.")
        # What makes the tables searchable, then versions that nobody cleans up.
        for head in self._heads.values():
            update_indexes(head)
        for head in self._heads.values():
            head.check()
        self._carry_notes()
        versions = {name: head.pin() for name, head in self._heads.items()}
        # The commit.
        record = self._record(recipe, versions)
        self._lease.check()
        self._records.create(record)
        self.committed = record
        return self.generation

    def _record(self, recipe: Recipe, versions: dict[str, int]) -> Record:
        base = self._base
        oldest = self.generation
        if base and base.recipe == recipe:
            oldest = max(base.oldest, self.generation - KEPT_GENERATIONS + 1)
        return Record(
            generation=self.generation,
            oldest=oldest,
            writer=self._lease.writer,
            changed_at=utc_now(),
            recipe=recipe,
            versions=versions,
            passages=self._heads["passages"].count,
            terms=self._terms,
            roots={**self._roots, **(base.roots if base else {})},
            purged=base.purged if base else 0,
        )

    def _end_rows(self) -> None:
        """Delete the rows of replaced and removed documents, and files that nothing names."""
        ended = self._put | self._removed
        passages = self._heads["passages"]
        for batch in batches(ended):
            condition = one_of("document_id", batch)
            if passages.data is not None:
                past = f"{condition} AND since < {self.generation}"
                scanner = passages.data.scanner(columns=["length"], filter=past)
                self._terms -= sum(scanner.to_table().column("length").to_pylist())
            passages.delete(condition)
            self._heads["documents"].delete(one_of("id", batch))
        self._write_kept()
        kept = self._heads["kept"]
        if ended and kept.data is not None:
            documents = self._heads["documents"].data
            named = documents.scanner(columns=["original", "boxes"]).to_table()
            used = {*named.column("original").to_pylist(), *named.column("boxes").to_pylist()}
            names = kept.data.scanner(columns=["name"]).to_table().column("name").to_pylist()
            for batch in batches(set(names) - used):
                kept.delete(one_of("name", batch))

    def _carry_notes(self) -> None:
        """Note digests of files for this generation, those of the one before included."""
        notes = self._notes_of_base()
        for id in self._put | self._removed:
            notes.pop(id, None)
        for id, digest in self._digests.items():
            if id not in self._put:
                notes[id] = digest
        if notes:
            self._attachments.put(self.generation, NOTES, json.dumps(notes))

    def _notes_of_base(self) -> dict[str, str]:
        if not self._base:
            return {}
        text = self._attachments.get(self._base.generation, NOTES)
        notes: dict[str, str] = json.loads(text or "{}")
        return notes

    def finish(self) -> None:
        """Write what lasts without a commit: digests of files that were read again."""
        if self._base and self._digests and not self.committed:
            notes = self._notes_of_base() | self._digests
            self._attachments.put(self._base.generation, NOTES, json.dumps(notes))

    def keep_embeddings(self) -> None:
        """Let the embeddings last, whatever became of the rest."""
        self._embeddings.flush()

    def clean_up(self) -> None:
        """Let go of what no kept generation needs; what fails is left to the next writer."""
        record = self.committed
        if record is None:
            return
        with contextlib.suppress(*RAISED, InquoteError):
            self._embeddings.clear()
            if record.generation % GENERATIONS_A_SWEEP:
                return
            numbers = self._records.generations()
            past = [number for number in numbers if number <= record.generation - NUMBERS_KEPT]
            self._records.drop(past)
            writers = {}
            for number in range(record.oldest, record.generation + 1):
                writers[number] = self._records.read(number).writer
            for name in NAMES:
                sweep(self._location, name, record.oldest, writers)
            self._attachments.drop_before(record.oldest)
