"""Search documents in memory, with the chunker, the embedder and the search of a library."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from inquote.app.answering.shelf import READ_PASSAGES
from inquote.index.models.embedder import Embedder
from inquote.index.retrieval.search import Hit, Search, fuse
from inquote.index.stores.base import CutDocument, DocumentRecord, Store
from inquote.index.stores.memory import MemoryStore
from inquote.index.stores.recipe import content_hash, recipe_of
from inquote.ingest.chunk import chunk
from inquote.ingest.documents import Document, Passage
from inquote.ingest.errors import InquoteError
from inquote.ingest.packing import CUTTING, Cutting

BATCH = 256  # passages embedded at a time


class CachingEmbedder:
    """An `Embedder` that embeds each text once, in a folder once for all runs.

    Evaluation reads the same sentences for many questions, which a chat does not. The folder keeps
    the vectors in `embeddings.db`; without one they last as long as the object.
    """

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        self.name, self.fingerprint = embedder.name, embedder.fingerprint
        self.dimension, self.window = embedder.dimension, embedder.window
        self.count_tokens, self.is_word = embedder.count_tokens, embedder.is_word
        self._embedder = embedder
        self._vectors: dict[str, np.ndarray] = {}
        self._queries: dict[str, np.ndarray] = {}
        self._database = _open_cache(folder)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Return (n, dimension) float32, rows of norm 1."""
        missing = [text for text in dict.fromkeys(texts) if not self._is_known(text)]
        if missing:
            self._learn(missing)
        matrix = np.array([self._vectors[text] for text in texts], np.float32)
        return matrix.reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> np.ndarray:
        """Return (dimension,) float32 of norm 1."""
        if text not in self._queries:
            self._queries[text] = self._embedder.embed_query(text)
        return self._queries[text]

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self.fingerprint}\n{text}".encode()).hexdigest()

    def _is_known(self, text: str) -> bool:
        """Return whether a text has a vector; one that is only in the database is loaded."""
        if text in self._vectors:
            return True
        row = self._database.execute(
            "SELECT vector FROM embeddings WHERE content = ?", (self._key(text),)
        ).fetchone()
        if row:
            self._vectors[text] = np.frombuffer(row[0], np.float32)
        return row is not None

    def _learn(self, texts: Sequence[str]) -> None:
        for text, vector in zip(texts, self._embedder.embed_passages(texts), strict=True):
            self._vectors[text] = vector
            self._database.execute(
                "INSERT OR IGNORE INTO embeddings VALUES (?, ?)",
                (self._key(text), vector.tobytes()),
            )


def _open_cache(folder: Path | None) -> sqlite3.Connection:
    if folder:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InquoteError(
                f"{folder} is no folder to keep embeddings in: {error.strerror}."
            ) from error
    file = folder / "embeddings.db" if folder else ":memory:"
    database = sqlite3.connect(file, isolation_level=None)
    database.execute(
        "CREATE TABLE IF NOT EXISTS embeddings (content TEXT PRIMARY KEY, vector BLOB NOT NULL)"
    )
    return database


def embed_by_length(
    texts: Sequence[str], embedder: Embedder, progress: Callable[[int, int], None]
) -> np.ndarray:
    """Return (n, d) float32 for texts; short ones are embedded first, so that little is padded."""
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    matrix = np.zeros((len(texts), embedder.dimension), np.float32)
    for at in range(0, len(order), BATCH):
        batch = order[at : at + BATCH]
        matrix[batch] = embedder.embed_passages([texts[row] for row in batch])
        progress(at + len(batch), len(order))
    return matrix


class Shelf:
    """Documents in a library, to be searched as a system searches its own.

    `passages` are all passages in the order of documents and text, by id. The library is made in
    `store`, which is empty; in memory where there is none.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        embedder: Embedder,
        progress: Callable[[int, int], None] = lambda done, total: None,
        cutting: Cutting = CUTTING,
        store: Store | None = None,
    ) -> None:
        self._search = Search(embedder)
        # Cut the documents.
        recipe = recipe_of(embedder)
        cut_documents = []
        self.passages: dict[str, Passage] = {}
        self._by_document: dict[str, list[Passage]] = {}
        for document in documents:
            chunks = chunk(document, embedder.count_tokens, embedder.window, cutting)
            keys = tuple(content_hash(passage, recipe) for passage in chunks.passages)
            record = DocumentRecord(document, root="", state=document.sha256, file="")
            cut_documents.append(CutDocument(record, chunks, keys))
            self.passages.update((passage.id, passage) for passage in chunks.passages)
            self._by_document[document.id] = list(chunks.passages)
        # Embed the passages, and store all.
        texts = [passage.embedded_text for passage in self.passages.values()]
        self.matrix = embed_by_length(texts, embedder, progress)
        all_keys = [key for cut in cut_documents for key in cut.keys]
        store = store or MemoryStore()
        with store.begin() as draft:
            draft.put_embeddings(all_keys, self.matrix)
            draft.put_documents(cut_documents)
            draft.commit(recipe)
        self._open = ExitStack()  # as long as the shelf
        self.snapshot = self._open.enter_context(store.snapshot())

    def search(self, question: str, k: int = READ_PASSAGES) -> list[Hit]:
        """Return the best k passages; see `Search.search`."""
        return self._search.search(self.snapshot, question, k)

    def is_word(self, text: str) -> bool:
        """Return whether `text` is a word of the language or of these documents."""
        return self._search.is_word(self.snapshot, text)

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return one document's passages in text order."""
        return self._by_document.get(document_id, [])

    def cosines(self, question: str) -> dict[str, float]:
        """Return the cosine of a question with every passage, by passage id."""
        query = self._search.embedder.embed_query(question)
        return dict(zip(self.passages, map(float, self.matrix @ query), strict=True))

    def search_within(self, question: str, document_id: str) -> list[Hit]:
        """Return all passages of one document, best first.

        They are scored as among all documents; ranks count among themselves.
        """
        # Scores.
        passages = self.passages_of(document_id)
        ids = [passage.id for passage in passages]
        query = self._search.embedder.embed_query(question)
        cosines = self.snapshot.cosines(query, ids)
        lexical = dict(self.snapshot.matching(question, len(ids), [document_id]))
        # Ranks.
        by_cosine = sorted(ids, key=lambda id: (-cosines[id], id))
        by_words = list(lexical)
        # Hits.
        hits = []
        for passage in passages:
            lexical_score = lexical.get(passage.id, 0.0)
            hits.append(
                Hit(
                    passage=passage,
                    score=fuse(cosines[passage.id], lexical_score, self._search.dense_weight),
                    dense_rank=by_cosine.index(passage.id) + 1,
                    dense_score=cosines[passage.id],
                    lexical_rank=by_words.index(passage.id) + 1 if passage.id in lexical else None,
                    lexical_score=lexical_score,
                )
            )
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))
