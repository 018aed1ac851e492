"""One generation of a shared library: its record, and its tables at the versions it names."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from inquote.index.stores.base import DocumentInfo, FileRecord, Ranking, Scope
from inquote.index.stores.kept import split_lines
from inquote.index.stores.recipe import Recipe
from inquote.index.stores.shared import rows
from inquote.index.stores.shared.attachments import NOTES
from inquote.index.stores.shared.indexes import EXACT_UP_TO, WORDS
from inquote.index.stores.shared.records import Record
from inquote.index.stores.shared.tables import (
    Table,
    one_of,
    place_condition,
    quoted,
)
from inquote.index.stores.shared.words import Words, as_ranking
from inquote.index.stores.sqlite import sha256_of
from inquote.ingest.chunk import LeftOut
from inquote.ingest.documents import Document, Page, Passage
from inquote.ingest.errors import LibraryDamaged

_PROBED_SHARE = 0.08  # of the lists of a large index that are searched
_LEAST_PROBED = 24
_REFINED = 3  # candidates a hit, whose exact vectors are compared
_LEAST_CANDIDATES = 64  # of lists, so that a small k finds the nearest too
_SLACK = 8  # hits beyond k, among which ties are made whole
_READ_AT_ONCE = 64  # documents
_PASSAGES_AT_ONCE = 2_048


@dataclass
class Generation:
    """The record of a generation and its tables, opened once; whoever reads it shares them."""

    record: Record
    documents: Table
    passages: Table
    open_kept: Callable[[], Table | None]
    totals: dict[str, int] = field(default_factory=dict)  # passages by the condition of a scope

    @cached_property
    def kept(self) -> Table | None:
        """The table of files and boxes; None where there is none."""
        return self.open_kept()

    @cached_property
    def words(self) -> Words:
        """The words of all passages."""
        return Words(self.passages, self.record.passages, self.record.terms)

    @cached_property
    def has_lists(self) -> bool:
        """Whether the vectors are searched by lists."""
        return self.record.passages > EXACT_UP_TO

    def total_of(self, condition: str) -> int:
        """Return how many passages a condition holds for."""
        total = self.totals.get(condition)
        if total is None:
            if len(self.totals) > 256:
                self.totals.clear()
            total = self.totals[condition] = self.passages.count(condition)
        return total


class SharedSnapshot:
    """A `Snapshot` of a generation; `newest` is the record of the current one.

    `attachment_of(generation, name)` reads what is beside a generation, `file_of(name, read)` keeps
    a file on this machine.
    """

    def __init__(
        self,
        generation: Generation,
        newest: Record,
        attachment_of: Callable[[int, str], str | None],
        file_of: Callable[[str, Callable[[], bytes | None]], Path | None],
    ) -> None:
        self._held = generation
        self._newest = newest
        self._attachment_of = attachment_of
        self._file_of = file_of
        self.generation = generation.record.generation
        self.oldest = newest.oldest
        self.changed_at = newest.changed_at

    @property
    def recipe(self) -> Recipe | None:
        """How the library was made."""
        return self._held.record.recipe

    # Documents

    def document(self, id: str) -> Document:
        """Return one document; raise `KeyError` where there is none of that id."""
        return rows.load_document(self._row(id, [*rows.SEALED_DOCUMENT, "text", "about"]))

    def _row(self, id: str, columns: list[str]) -> dict[str, Any]:
        listed = self._held.documents.rows(columns, f"id = {quoted(id)}")
        if not listed:
            raise KeyError(id)
        return listed[0]

    def documents(self) -> Iterator[Document]:
        """Yield all documents in the order of their ids."""
        for row in self.document_rows("text", "about"):
            yield rows.load_document(row)

    def document_rows(self, *columns: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of all documents in the order of ids."""
        documents = self._held.documents
        ids = sorted(documents.columns(["id"]).column("id").to_pylist())
        for at in range(0, len(ids), _READ_AT_ONCE):
            batch = ids[at : at + _READ_AT_ONCE]
            listed = documents.rows([*rows.SEALED_DOCUMENT, *columns], one_of("id", batch))
            yield from sorted(listed, key=lambda row: str(row["id"]))

    def _sealed(self) -> list[dict[str, Any]]:
        listed = self._held.documents.rows(rows.SEALED_DOCUMENT)
        return sorted(listed, key=lambda row: str(row["id"]))

    def document_infos(self) -> list[DocumentInfo]:
        """List the documents in the order of their ids, without reading their texts."""
        return [rows.load_info(row) for row in self._sealed()]

    def file_records(self) -> dict[str, FileRecord]:
        """Return what is remembered of each document's file."""
        notes = json.loads(self.attachment(NOTES) or "{}")
        records = {}
        for row in self._sealed():
            records[row["id"]] = rows.load_file_record(row, notes.get(row["id"]))
        return records

    def roots(self) -> dict[str, str]:
        """Return root folders, each with the name that its documents' ids begin with."""
        return dict(self._newest.roots)

    def left_out(self) -> Iterator[tuple[str, LeftOut, str]]:
        """Yield what is in no passage; see `Snapshot.left_out`."""
        for row in self.document_rows("text", "about"):
            text = rows.load_document(row).text
            for start, end, reason in json.loads(rows.load_about(row))["left_out"]:
                yield row["id"], LeftOut(start, end, reason), text[start:end]

    def has_place(self, place: str) -> bool:
        """Return whether there is such a document, or one below such a folder."""
        return self._held.documents.has(place_condition("id", [place]))

    def attachment(self, name: str) -> str | None:
        """Return a text that was attached to this generation; None for none."""
        return self._attachment_of(self.generation, name)

    # Files

    def original(self, id: str) -> bytes | None:
        """Return the bytes of a document's file; None where they are not kept or damaged."""
        return self.content(self._kept_name(id, "original"))

    def original_file(self, id: str) -> Path | None:
        """Return a file of this machine with the bytes of a document's file; None for none."""
        name = self._kept_name(id, "original")
        return self._file_of(name, lambda: self.content(name)) if name else None

    def _kept_name(self, id: str, column: str) -> str:
        row = self._row(id, rows.SEALED_DOCUMENT)
        rows.check_document(row)
        return str(row[column])

    def content(self, name: str) -> bytes | None:
        """Return the bytes that are kept under a name, where they have that digest."""
        if not name or not self._held.kept:
            return None
        listed = self._held.kept.rows(["content"], f"name = {quoted(name)}")
        content: bytes | None = listed[0]["content"] if listed else None
        return content if content is not None and sha256_of(content) == name else None

    @property
    def originals_size(self) -> int:
        """The bytes of the documents' files that are kept, of this generation."""
        if not self._held.kept:
            return 0
        names = set(self._held.documents.columns(["original"]).column("original").to_pylist())
        listed = self._held.kept.rows(["name", "size"])
        return sum(row["size"] for row in listed if row["name"] in names)

    def pages(self, id: str) -> tuple[Page, ...]:
        """Return the pages of a document with the boxes of their lines."""
        content = self.content(self._kept_name(id, "boxes"))
        return split_lines(self.document(id).pages, content or b"")

    # Passages

    def has_passages(self) -> bool:
        """Return whether there is anything to search."""
        return self._held.record.passages > 0

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Return the passages with these ids; see `Searchable.passages`."""
        listed = self._listed(ids, rows.SHOWN_PASSAGE)
        loaded = [rows.load_passage(row) for row in listed]
        return {passage.id: passage for passage in loaded}

    def _listed(self, ids: Iterable[str], columns: list[str]) -> list[dict[str, Any]]:
        """Return the rows of passages; raise `LibraryDamaged` where one is missing."""
        wanted = set(ids)
        listed = self._held.passages.by_id(wanted, columns)
        if len(listed) != len(wanted):
            raise LibraryDamaged(
                "The index names passages that the library does not hold; "
                "ingest its texts again with inquote ingest, which mends it."
            )
        return listed

    def all_passages(self) -> Iterator[Passage]:
        """Yield all passages in the order of documents and text."""
        for row in self.passage_rows(rows.SHOWN_PASSAGE):
            yield rows.load_passage(row)

    def passage_rows(self, columns: list[str]) -> Iterator[dict[str, Any]]:
        """Yield columns of all passages in the order of documents and text."""
        passages = self._held.passages
        names = ["document_id", "start", "stop"]
        keys = passages.columns(names)
        ascending = [(name, "ascending") for name in names]
        order = pc.sort_indices(keys, sort_keys=ascending).to_numpy()
        for at in range(0, len(order), _PASSAGES_AT_ONCE):
            batch = order[at : at + _PASSAGES_AT_ONCE]
            yield from passages.take(batch.tolist(), columns)

    def index_problems(self) -> list[str]:
        """Say where the index of words does not hold all passages; [] for nothing."""
        stats = self._held.passages.data.stats.index_stats(WORDS)
        missing = stats["num_unindexed_rows"]
        return [f"The index of words lacks {missing} passages."] if missing else []

    # Search

    def nearest(self, vector: np.ndarray, k: int, scope: Scope | None = None) -> Ranking:
        """Return the passages nearest to a query; see `Searchable.nearest`."""
        if scope is not None and not scope:
            return []
        condition = self._condition(scope)
        total = self._count(condition)
        k, extra = min(k, total), _SLACK
        if k < 1:
            return []
        while True:
            cosines = self._candidates(vector, min(total, k + extra), condition)
            ranking = as_ranking(cosines)
            is_whole = len(ranking) <= k or ranking[-1][1] < ranking[k - 1][1] - 1e-6
            if is_whole or len(ranking) < k + extra or len(ranking) >= total:
                return ranking[:k]
            extra *= 8

    def _candidates(
        self, vector: np.ndarray, count: int, condition: str | None
    ) -> dict[str, float]:
        """Return exact cosines of about `count` passages that are nearest to a query."""
        query: dict[str, Any] = {"column": "vector", "q": vector, "k": count, "metric": "cosine"}
        if self._held.has_lists:
            lists = round(self._held.record.passages**0.5)
            query["nprobes"] = max(_LEAST_PROBED, round(_PROBED_SHARE * lists))
            query["k"] = max(count, _LEAST_CANDIDATES)
            query["refine_factor"] = _REFINED
        else:
            query["use_index"] = False
        table = self._held.passages.search(["id", "vector"], condition, nearest=query)
        cosines = rows.as_matrix(table.column("vector")) @ vector
        return dict(zip(table.column("id").to_pylist(), map(float, cosines), strict=True))

    def matching(self, question: str, k: int, scope: Scope | None = None) -> Ranking:
        """Return the passages that share a question's words; see `Searchable.matching`."""
        if scope is not None and not scope:
            return []
        condition = self._condition(scope)
        return self._held.words.search(question, k, condition, self._count(condition))

    def _count(self, condition: str | None) -> int:
        """Count the passages under a condition, all of them where there is none."""
        if condition is None:
            return self._held.record.passages
        return self._held.total_of(condition)

    def cosines(self, vector: np.ndarray, ids: Iterable[str]) -> dict[str, float]:
        """Return the cosines of a query with these passages, from the stored vectors."""
        vectors = self._vectors(ids)
        return {id: float(stored @ vector) for id, stored in vectors.items()}

    def _vectors(self, ids: Iterable[str]) -> dict[str, np.ndarray]:
        """Return stored vectors by id; raise `LibraryDamaged` where one is not as written."""
        vectors = {}
        for row in self._listed(ids, ["id", "vector", "vector_digest"]):
            stored = np.array(row["vector"], np.float32)
            if rows.vector_digest(stored) != row["vector_digest"]:
                (found,) = self._listed([row["id"]], ["document_id"])
                raise rows.damaged(found["document_id"])
            vectors[row["id"]] = stored
        return vectors

    def embeddings(self, ids: Sequence[str]) -> np.ndarray:
        """Return the vectors of these passages; see `Searchable.embeddings`."""
        vectors = self._vectors(ids)
        return np.array([vectors[id] for id in ids], np.float32)

    def has_word(self, word: str, scope: Scope | None = None) -> bool:
        """Return whether a form of the word stands in any passage of a scope."""
        if scope is not None and not scope:
            return False
        return self._held.words.has(word, self._condition(scope))

    def _condition(self, scope: Scope | None) -> str | None:
        return None if scope is None else place_condition("document_id", scope)
