"""Hold the generations of a library in memory, as immutable objects."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from inquote.index.stores.base import CutDocument, DocumentRecord
from inquote.index.stores.local.lexical import LexicalEntry, LexicalIndex
from inquote.index.stores.local.vectors import FlatIndex
from inquote.index.stores.recipe import Recipe
from inquote.ingest.documents import Passage


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
