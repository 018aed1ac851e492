"""Documents searched in memory, with the same chunker, embedder and search as a library on disk."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import numpy as np

from inquote.app.answering.answer import READ_PASSAGES
from inquote.index.models.embedder import Embedder
from inquote.index.retrieval.search import Hit, Search, fuse
from inquote.index.stores.local.derived import Derived
from inquote.index.stores.local.lexical import LexicalIndex
from inquote.index.stores.local.library import Snapshot
from inquote.index.stores.local.vectors import FaissStore
from inquote.ingest.chunk import CUTTING, Cutting, chunk
from inquote.ingest.documents import Document, Passage
from inquote.ingest.errors import InquoteError

BATCH = 256


class Remembering:
    """An embedder that embeds each text once; with a folder also once for all runs (`embeddings.db` in it).

    Evaluation reads the same sentences for many questions, which a chat does not.
    """

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        self.name, self.fingerprint = embedder.name, embedder.fingerprint
        self.dimension, self.window = embedder.dimension, embedder.window
        self.count_tokens, self.is_word = embedder.count_tokens, embedder.is_word
        self._embedder = embedder
        self._known: dict[str, np.ndarray] = {}
        self._queries: dict[str, np.ndarray] = {}
        if folder:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InquoteError(
                    f"{folder} is no folder to keep embeddings in: {error.strerror}."
                ) from error
        self._store = sqlite3.connect(
            folder / "embeddings.db" if folder else ":memory:", isolation_level=None
        )
        self._store.execute(
            "CREATE TABLE IF NOT EXISTS embeddings (content TEXT PRIMARY KEY, vector BLOB NOT NULL)"
        )

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """See `Embedder.embed_passages`."""
        missing = [
            text
            for text in dict.fromkeys(texts)
            if text not in self._known and not self._recall(text)
        ]
        if missing:
            self._learn(missing)
        return np.array([self._known[text] for text in texts], np.float32).reshape(
            len(texts), self.dimension
        )

    def embed_query(self, text: str) -> np.ndarray:
        """See `Embedder.embed_query`."""
        if text not in self._queries:
            self._queries[text] = self._embedder.embed_query(text)
        return self._queries[text]

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self.fingerprint}\n{text}".encode()).hexdigest()

    def _recall(self, text: str) -> bool:
        found = self._store.execute(
            "SELECT vector FROM embeddings WHERE content = ?", (self._key(text),)
        ).fetchone()
        if found:
            self._known[text] = np.frombuffer(found[0], np.float32)
        return found is not None

    def _learn(self, texts: Sequence[str]) -> None:
        for text, vector in zip(texts, self._embedder.embed_passages(texts), strict=True):
            self._known[text] = vector
            self._store.execute(
                "INSERT OR IGNORE INTO embeddings VALUES (?, ?)",
                (self._key(text), vector.tobytes()),
            )


def embedded(
    texts: Sequence[str], embedder: Embedder, progress: Callable[[int, int], None]
) -> np.ndarray:
    """(n, d) float32; short texts first, so that little is padded."""
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    matrix = np.zeros((len(texts), embedder.dimension), np.float32)
    for at in range(0, len(order), BATCH):
        batch = order[at : at + BATCH]
        matrix[batch] = embedder.embed_passages([texts[row] for row in batch])
        progress(at + len(batch), len(order))
    return matrix


class Shelf:
    """Passages of documents, in the place of a library's snapshot and derived files; rows count from 0."""

    def __init__(
        self,
        documents: Sequence[Document],
        embedder: Embedder,
        progress: Callable[[int, int], None] = lambda a, b: None,
        cutting: Cutting = CUTTING,
    ) -> None:
        made = [
            chunk(document, embedder.count_tokens, embedder.window, cutting).passages
            for document in documents
        ]
        self.rows = dict(enumerate(passage for passages in made for passage in passages))
        self._of_document: dict[str, list[int]] = {}
        for row, passage in self.rows.items():
            self._of_document.setdefault(passage.document_id, []).append(row)
        self.matrix = embedded(
            [passage.embedded_text for passage in self.rows.values()], embedder, progress
        )
        texts = ((row, passage.embedded_text) for row, passage in self.rows.items())
        self.derived = Derived(
            0, FaissStore.build(list(self.rows), self.matrix), LexicalIndex.build(texts)
        )
        self._search = Search(embedder)

    def passages(self, rows: Sequence[int]) -> dict[int, Passage]:
        """See `Snapshot.passages`."""
        return {row: self.rows[row] for row in rows}

    def vectors(self, rows: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """See `Snapshot.vectors`."""
        chosen = np.array(sorted(rows), np.int64)
        return chosen, self.matrix[chosen]

    def search(self, question: str, k: int = READ_PASSAGES) -> list[Hit]:
        """As `Search.search` on a library of these documents."""
        return self._search.search(cast(Snapshot, self), self.derived, question, k)

    def is_word(self, text: str) -> bool:
        """Whether `text` is a word of the language or of these documents."""
        return self._search.is_word(self.derived, text)

    def rows_of(self, document_id: str) -> list[int]:
        """The rows of one document's passages, in text order."""
        return self._of_document.get(document_id, [])

    def cosines(self, question: str) -> np.ndarray:
        """(n,) cosines of the question with every row."""
        return self.matrix @ self._search.embedder.embed_query(question)

    def search_within(self, question: str, document_id: str) -> list[Hit]:
        """All passages of one document, scored as among all documents, best first; ranks count among themselves."""
        rows = self.rows_of(document_id)
        cosines = self.cosines(question)
        lexical = dict(self.derived.lexical.search(question, len(self.rows)))
        by_cosine = sorted(rows, key=lambda row: (-cosines[row], row))
        by_words = sorted(
            (row for row in rows if row in lexical), key=lambda row: (-lexical[row], row)
        )
        hits = [
            Hit(
                passage=self.rows[row],
                score=fuse(float(cosines[row]), lexical.get(row, 0.0), self._search.dense_weight),
                dense_rank=by_cosine.index(row) + 1,
                dense_score=float(cosines[row]),
                lexical_rank=by_words.index(row) + 1 if row in lexical else None,
                lexical_score=lexical.get(row, 0.0),
            )
            for row in rows
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))
