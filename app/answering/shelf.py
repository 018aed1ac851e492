"""Look up what a question needs: one generation of the library, and the search over it."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from inquote.app.answering.findings import Followed
from inquote.app.answering.spelling import search_with_spelling
from inquote.index.clock import Clock
from inquote.index.retrieval.search import Hit, Search
from inquote.index.stores.base import DocumentInfo, Scope, Snapshot, in_scope
from inquote.ingest.documents import Document

NOTHING = Followed()  # is left out
READ_PASSAGES = 12  # hits of a question


class Shelf:
    """A snapshot and a search; each document is loaded once.

    With a `scope` nothing outside of it is looked up. `followed` says what answers leave out.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        search: Search,
        clock: Clock | None = None,
        scope: Scope | None = None,
        followed: Followed = NOTHING,
        listing: Callable[[], Sequence[DocumentInfo]] | None = None,
    ) -> None:
        self.snapshot = snapshot
        self._search = search
        self._clock = clock or Clock()
        self._scope = scope
        self.followed = followed
        self._documents: dict[str, Document] = {}
        self._listing = listing or snapshot.document_infos
        self._infos: list[DocumentInfo] | None = None

    @property
    def limits(self) -> tuple[tuple[str, ...] | None, Followed]:
        """Return the scope and what is left out: these determine what is looked up."""
        return None if self._scope is None else tuple(self._scope), self.followed

    def following(self, scope: Scope | None, followed: Followed) -> "Shelf":
        """Return a shelf of the same snapshot with another scope and other places left out."""
        scope = self._scope if scope is None else scope
        return Shelf(self.snapshot, self._search, self._clock, scope, followed, self._listing)

    def document(self, id: str) -> Document:
        """Return a document of the library."""
        if id not in self._documents:
            self._documents[id] = self.snapshot.document(id)
        return self._documents[id]

    @property
    def infos(self) -> list[DocumentInfo]:
        """Return the list of the documents, in the order of their ids."""
        if self._infos is None:
            infos = self._listing()
            self._infos = [info for info in infos if in_scope(info.id, self._scope)]
        return self._infos

    def hits(
        self, question: str, count: int = READ_PASSAGES, scope: Scope | None = None
    ) -> list[Hit]:
        """Return the best hits of a question, best first, within a scope."""
        scope = self._scope if scope is None else scope
        return self._search.search(self.snapshot, question, count, scope=scope, clock=self._clock)

    def hits_of_documents(self, question: str, count: int) -> list[Hit]:
        """Return the best hit of each document, of the `count` best documents at most."""
        return self._search.search_documents(self.snapshot, question, count, self._scope)

    def spell_and_search(self, question: str, scope: Scope | None = None) -> tuple[str, list[Hit]]:
        """Return a question with its misspelt words corrected, and its hits."""
        is_word = partial(self._search.is_word, self.snapshot)
        return search_with_spelling(question, partial(self.hits, scope=scope), is_word)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return the embeddings of texts, (n, d) float32 with rows of norm 1."""
        return self._search.embedder.embed_passages(texts)

    def passages_near(self, text: str, count: int, document_id: str) -> list[Hit]:
        """Return the passages of a document nearest in meaning to a text, best first."""
        query = self._search.embedder.embed_query(text)
        ranking = self.snapshot.nearest(query, count, [document_id])
        passages = self.snapshot.passages(id for id, _ in ranking)
        hits = []
        for rank, (id, cosine) in enumerate(ranking, 1):
            hits.append(Hit(passages[id], cosine, rank, cosine, None, 0.0))
        return hits
