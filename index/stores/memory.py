"""A library in memory: what the evaluation searches, and the oracle of the contract tests.

Every search is exact. Generations are immutable objects, so a snapshot is one of them, and a commit
is one assignment.
"""

import contextlib
import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from inquote.index.clock import utc_now
from inquote.index.progress import Progress, silent
from inquote.index.stores.base import (
    KEPT_GENERATIONS,
    MAX_NORM_ERROR,
    CutDocument,
    DocumentInfo,
    FileRecord,
    Ranking,
    Scope,
    in_scope,
)
from inquote.index.stores.kept import split_lines
from inquote.index.stores.memory_journal import MemoryJournal
from inquote.index.stores.memory_state import Entry, Generation, purged
from inquote.index.stores.recipe import Recipe
from inquote.ingest.chunk import LeftOut
from inquote.ingest.documents import Document, Page, Passage
from inquote.ingest.errors import (
    GenerationGone,
    IngestError,
    InquoteError,
    LibraryDamaged,
    LibraryMissing,
)


class MemorySnapshot:
    """A `Snapshot` of a generation in memory; it stays valid as long as it is held."""

    def __init__(
        self,
        state: Generation,
        roots: Mapping[str, str],
        oldest: int,
        changed_at: str,
        contents: Mapping[str, bytes],
    ) -> None:
        self._state = state
        self._roots = dict(roots)
        self.generation = state.number
        self.oldest = oldest
        self.changed_at = changed_at
        self._contents = contents

    @property
    def recipe(self) -> Recipe | None:
        """How the library was made; None before its first ingest."""
        return self._state.recipe

    def document(self, id: str) -> Document:
        """Return one document; raise `KeyError` where there is none of that id."""
        return self._state.entries[id].cut.record.document

    def documents(self) -> Iterator[Document]:
        """Yield all documents in the order of their ids."""
        return (self.document(id) for id in sorted(self._state.entries))

    def document_infos(self) -> list[DocumentInfo]:
        """List the documents in the order of their ids."""
        infos = []
        for d in self.documents():
            entry = self._state.entries[d.id]
            size, count, at = len(d.text), len(entry.cut.chunks.passages), entry.ingested_at
            infos.append(DocumentInfo(d.id, d.title, d.source, d.sha256, size, count, at))
        return infos

    def file_records(self) -> dict[str, FileRecord]:
        """Return what is remembered of each document's file."""
        records = {}
        for id, entry in sorted(self._state.entries.items()):
            record, sha256 = entry.cut.record, entry.cut.record.document.sha256
            kept = record.original, record.boxes
            records[id] = FileRecord(record.root, record.state, entry.file, sha256, *kept)
        return records

    def roots(self) -> dict[str, str]:
        """Return root folders, each with the name that its documents' ids begin with."""
        return self._roots

    def left_out(self) -> Iterator[tuple[str, LeftOut, str]]:
        """Yield (document id, range and rule, text) of everything that is in no passage."""
        for document in self.documents():
            for left in self._state.entries[document.id].cut.chunks.left_out:
                yield document.id, left, document.text[left.start : left.end]

    def has_passages(self) -> bool:
        """Return whether there is anything to search."""
        return bool(self._state.ids)

    def has_place(self, place: str) -> bool:
        """Return whether there is such a document, or one below such a folder."""
        return any(in_scope(id, [place]) for id in self._state.entries)

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Return the passages with these ids; see `Searchable.passages`."""
        try:
            return {id: self._state.passages[id] for id in ids}
        except KeyError as error:
            raise LibraryDamaged(f"There is no passage {error}.") from None

    def all_passages(self) -> Iterator[Passage]:
        """Yield all passages in the order of documents and text."""
        for document in self.documents():
            yield from self._state.entries[document.id].cut.chunks.passages

    def attachment(self, name: str) -> str | None:
        """Return a text that was attached to this generation; None for none."""
        return self._state.attachments.get(name)

    def original(self, id: str) -> bytes | None:
        """Return the bytes of a document's file; None where they are not kept."""
        return self._contents.get(self._state.entries[id].cut.record.original)

    def original_file(self, id: str) -> Path | None:
        """Return None: nothing is kept in files."""
        return None

    @property
    def originals_size(self) -> int:
        """The bytes of the documents' files that are kept."""
        names = {record.original for record in self._state.records}
        return sum(len(self._contents[name]) for name in names if name)

    def pages(self, id: str) -> tuple[Page, ...]:
        """Return the pages of a document with the boxes of their lines."""
        record = self._state.entries[id].cut.record
        return split_lines(record.document.pages, self._contents.get(record.boxes, b""))

    def nearest(self, vector: np.ndarray, k: int, scope: Scope | None = None) -> Ranking:
        """Return the passages nearest to a query; see `Searchable.nearest`."""
        if not self._state.ids:
            return []
        among = None if scope is None else np.array(self._rows_in(scope), np.int64)
        scores, rows = self._state.vectors.search(vector[None, :], k, among)
        ids = (self._state.ids[row] for row in rows[0])
        return list(zip(ids, map(float, scores[0]), strict=True))

    def matching(self, question: str, k: int, scope: Scope | None = None) -> Ranking:
        """Return the passages that share a question's words; see `Searchable.matching`."""
        hits = self._state.lexical.search(question, k, scope)
        ranking = [(self._state.ids[row], score) for row, score in hits]
        return sorted(ranking, key=lambda item: (-item[1], item[0]))

    def cosines(self, vector: np.ndarray, ids: Iterable[str]) -> dict[str, float]:
        """Return the cosines of a query with these passages."""
        rows = self._state.rows
        listed = list(self.passages(ids))
        return {id: float(self._state.matrix[rows[id]] @ vector) for id in listed}

    def embeddings(self, ids: Sequence[str]) -> np.ndarray:
        """Return the vectors of these passages; see `Searchable.embeddings`."""
        rows = [self._state.rows[id] for id in self.passages(ids)]
        return self._state.matrix[rows]

    def has_word(self, word: str, scope: Scope | None = None) -> bool:
        """Return whether a form of the word stands in any passage of a scope."""
        return self._state.lexical.has(word, scope)

    def _rows_in(self, scope: Scope) -> list[int]:
        passages = self._state.passages.values()
        return [row for row, p in enumerate(passages) if in_scope(p.document_id, scope)]


class MemoryDraft:
    """A `Draft` of the generation after the current one of a `MemoryStore`."""

    def __init__(self, store: "MemoryStore", after: int = 0) -> None:
        self.generation = (store.current.number or after) + 1
        self._store = store
        self._entries = dict(store.current.entries)
        self._put: set[str] = set()
        self._roots: dict[str, str] = {}
        self._digests: dict[str, str] = {}
        self._committed = False

    def missing(self, keys: Iterable[str], dimension: int) -> set[str]:
        """Return the keys without a sound embedding of this dimension."""
        return {key for key in keys if not self._has_sound(key, dimension)}

    def _has_sound(self, key: str, dimension: int) -> bool:
        vector = self._store.embeddings.get(key)
        if vector is None or vector.shape != (dimension,):
            return False
        return abs(float(np.linalg.norm(vector)) - 1) <= MAX_NORM_ERROR

    def put_embeddings(self, keys: Sequence[str], matrix: np.ndarray) -> None:
        """Keep embeddings; see `Draft.put_embeddings`."""
        self._store.embeddings.update(zip(keys, matrix.astype(np.float32), strict=True))

    def keep(self, content: bytes) -> str:
        """Keep bytes and return their name; see `Draft.keep`."""
        name = hashlib.sha256(content).hexdigest()
        self._store.contents[name] = content
        return name

    def put_documents(self, documents: Sequence[CutDocument]) -> None:
        """Store documents in the place of those with the same ids."""
        for cut in documents:
            self._entries[cut.record.document.id] = Entry(cut, cut.record.file, utc_now())
            self._put.add(cut.record.document.id)

    def remove(self, ids: Iterable[str]) -> None:
        """Leave documents out of the next generation; see `Draft.remove`."""
        for id in ids:
            if id not in self._put:
                self._entries.pop(id, None)

    def put_roots(self, names: Mapping[str, str]) -> None:
        """Remember root folders; see `Draft.put_roots`."""
        self._roots |= names

    def note_files(self, digests: Mapping[str, str]) -> None:
        """Note new digests of files; see `Draft.note_files`."""
        self._digests |= digests

    def commit(self, recipe: Recipe) -> int:
        """Make this generation the current one; see `Draft.commit`."""
        entries = _with_digests(self._entries, self._digests)
        state = Generation(
            self.generation, recipe, utc_now(), entries, dict(self._store.embeddings)
        )
        if not state.ids:
            raise IngestError("Nothing would be left to search; the library was not changed.")
        self._store.add(state, self._roots)
        self._committed = True
        return self.generation

    def finish(self) -> None:
        """Note what lasts without a commit."""
        if self._digests and not self._committed:
            self._store.note_files(self._digests)


def _with_digests(entries: Mapping[str, Entry], digests: Mapping[str, str]) -> dict[str, Entry]:
    updated = dict(entries)
    for id, digest in digests.items():
        if id in updated:
            entry = updated[id]
            updated[id] = Entry(entry.cut, digest, entry.ingested_at)
    return updated


class MemoryStore:
    """A `Store` that lasts as long as the object."""

    location, notice = "memory:", ""
    folder: Path | None = None

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.embeddings: dict[str, np.ndarray] = {}
        self.contents: dict[str, bytes] = {}
        self._kept: list[Generation] = []
        self._roots: dict[str, str] = {}
        self._writing = threading.Lock()

    @property
    def current(self) -> Generation:
        """The newest generation; an empty one before the first commit."""
        return self._kept[-1] if self._kept else Generation()

    @property
    def size(self) -> int:
        """The bytes of the vectors, which are most of it."""
        return sum(vector.nbytes for vector in self.embeddings.values())

    @contextlib.contextmanager
    def snapshot(self, generation: int | None = None) -> Iterator[MemorySnapshot]:
        """Open one generation; see `Store.snapshot`."""
        kept = list(self._kept)
        if not kept:
            raise LibraryMissing("There is nothing in this library yet.")
        number = kept[-1].number if generation is None else generation
        state = next((state for state in kept if state.number == number), None)
        if state is None:
            raise GenerationGone(f"Generation {number} of the library is not kept any more.")
        yield MemorySnapshot(state, self._roots, kept[0].number, kept[-1].changed_at, self.contents)

    @contextlib.contextmanager
    def begin(self, progress: Progress = silent, after: int = 0) -> Iterator[MemoryDraft]:
        """Become the one writer; see `Store.begin`."""
        with self._writing:
            draft = MemoryDraft(self, after)
            yield draft
            draft.finish()

    def add(self, state: Generation, roots: Mapping[str, str]) -> None:
        """Make a generation the current one."""
        same_recipe = [kept for kept in self._kept if kept.recipe == state.recipe]
        self._roots = {**roots, **self._roots}
        self._kept = [*same_recipe[1 - KEPT_GENERATIONS :], state]

    def note_files(self, digests: Mapping[str, str]) -> None:
        """Note new digests of files in the current generation."""
        if self._kept:
            entries = self.current.entries
            entries.update(_with_digests(entries, digests))

    def recover(self) -> str:
        """Do nothing: what is in memory is not damaged."""
        return ""

    def attach(self, generation: int, name: str, text: str) -> None:
        """Keep a text beside a generation; see `Store.attach`."""
        for state in self._kept:
            if state.number == generation and not state.is_purged:
                state.attachments[name] = text

    def purge(self, ids: Sequence[str], progress: Progress = silent) -> int:
        """Drop documents from all generations; see `Store.purge`."""
        with self._writing:
            self._kept = purged(self._kept, ids)
            self.embeddings = dict(self.current.embeddings)
            records = [record for state in self._kept for record in state.records]
            names = {name for record in records for name in (record.original, record.boxes)}
            for name in self.contents.keys() - names:
                del self.contents[name]
            return self.current.number

    def back_up(self, target: Path, progress: Progress = silent) -> None:
        """Raise `InquoteError`: nothing of this store lasts."""
        raise InquoteError("A library in memory cannot be backed up.")

    def verify(self) -> list[str]:
        """Say what is wrong with the passages' ranges; [] when all is well."""
        problems = []
        for entry in self.current.entries.values():
            text = entry.cut.record.document.text
            for passage in entry.cut.chunks.passages:
                if text[passage.start : passage.end] != passage.text:
                    problems.append(f"The passage {passage.id} is not a range of its document.")
        return problems

    def close(self) -> None:
        """Do nothing: there is nothing to release."""
