"""Hold the generations of a library in memory, as immutable objects."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from inquote.index.clock import utc_now
from inquote.index.stores.base import KEPT_GENERATIONS, CutDocument, DocumentRecord
from inquote.index.stores.local.lexical import LexicalEntry, LexicalIndex
from inquote.index.stores.local.vectors import FlatIndex
from inquote.index.stores.recipe import Recipe
from inquote.ingest.documents import Passage
from inquote.ingest.errors import IngestError


@dataclass(frozen=True)
class Entry:
    """A stored document, the digest of its file, and the time of its ingest."""

    cut: CutDocument
    file: str
    ingested_at: str


@dataclass(frozen=True)
class Generation:
    """Everything that one generation holds; passages are numbered in the order of their ids."""

    number: int = 0
    recipe: Recipe | None = None
    changed_at: str = ""
    entries: dict[str, Entry] = field(default_factory=dict)
    embeddings: dict[str, np.ndarray] = field(default_factory=dict)
    attachments: dict[str, str] = field(default_factory=dict)
    is_purged: bool = False  # documents were erased from it, and nothing is attached any more

    @cached_property
    def passages(self) -> dict[str, Passage]:
        """The passages by id, in the order of ids."""
        entries = self.entries.values()
        passages = (passage for entry in entries for passage in entry.cut.chunks.passages)
        return {passage.id: passage for passage in sorted(passages, key=lambda p: p.id)}

    @property
    def records(self) -> list[DocumentRecord]:
        """The records of all documents."""
        return [entry.cut.record for entry in self.entries.values()]

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the passages by number."""
        return list(self.passages)

    @cached_property
    def matrix(self) -> np.ndarray:
        """(n, d) float32, a row a passage, in the order of numbers."""
        keys = {}
        for entry in self.entries.values():
            for passage, key in zip(entry.cut.chunks.passages, entry.cut.keys, strict=True):
                keys[passage.id] = key
        return np.array([self.embeddings[keys[id]] for id in self.ids], np.float32)

    @cached_property
    def vectors(self) -> FlatIndex:
        """The vectors of all passages by number."""
        return FlatIndex(range(len(self.ids)), self.matrix)

    @cached_property
    def lexical(self) -> LexicalIndex:
        """The words of all passages by number."""
        numbered = enumerate(self.passages.values())
        return LexicalIndex.build(LexicalEntry.of(row, passage) for row, passage in numbered)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The number of each passage by its id."""
        return {id: row for row, id in enumerate(self.ids)}

    def without(self, ids: Collection[str]) -> "Generation":
        """Return this generation without some documents and all that only they need."""
        entries = {id: entry for id, entry in self.entries.items() if id not in ids}
        keys = {key for entry in entries.values() for key in entry.cut.keys}
        embeddings = {key: vector for key, vector in self.embeddings.items() if key in keys}
        return replace(self, entries=entries, embeddings=embeddings, attachments={}, is_purged=True)


def purged(kept: Sequence[Generation], ids: Sequence[str]) -> list[Generation]:
    """Return kept generations without some documents, and the next one after them.

    Documents of the past with the same text go too. Raises `IngestError` as `Store.purge` does.
    """
    texts: dict[str, set[str]] = {}
    for state in kept:
        for record in state.records:
            texts.setdefault(record.document.id, set()).add(record.document.sha256)
    for id in ids:
        if id not in texts:
            raise IngestError(f"There is no document {id} in the library.")
    doomed = set(ids)
    for id, hashes in texts.items():
        is_past = id not in kept[-1].entries
        if is_past and any(not hashes.isdisjoint(texts[other]) for other in ids):
            doomed.add(id)
    states = [state.without(doomed) for state in kept]
    if not states[-1].ids:
        raise IngestError("Nothing would be left to search; the library was not changed.")
    new = replace(states[-1], number=states[-1].number + 1, attachments={}, is_purged=False)
    states.append(replace(new, changed_at=utc_now()))
    return [state for state in states if state.ids][-KEPT_GENERATIONS:]
