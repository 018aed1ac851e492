"""Find the passages for a question by dense and lexical search; each sees what the other misses."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from inquote.index.clock import Clock
from inquote.index.models.embedder import Embedder
from inquote.index.stores.base import Scope, Searchable
from inquote.ingest.documents import Passage

CANDIDATES = 50  # of each search; eight times as many, and again, while most are copies
MAX_CANDIDATES = 3_200
CANDIDATES_OF_DOCUMENTS = 400  # of each search, where each document is to be heard
ALIKE = 0.9  # share of their words that two passages share from which on they are copies
READ_AT_ONCE = 16  # passages; more than are wanted as a rule, and few copies among them
MAX_COPIES = 2  # of a passage among the hits, so that a flood of them hides nothing
DENSE_WEIGHT = 0.4  # of the cosine; the rest goes to the lexical score (chosen in eval/LOG.md)


@dataclass(frozen=True)
class Hit:
    """A passage retrieved for a question.

    `score` is the fused retrieval score. Ranks count from 1 and are None where that search did not
    list the passage; `dense_score` is the cosine; `lexical_score` in [0, 1) is the BM25 score
    divided by its bound, 0.0 where not listed.
    """

    passage: Passage
    score: float
    dense_rank: int | None
    dense_score: float
    lexical_rank: int | None
    lexical_score: float


def fuse(cosine: float, lexical: float, dense_weight: float) -> float:
    """Return the weighted sum of the two scores.

    >>> fuse(0.5, 0.25, dense_weight=0.4)
    0.35
    """
    return dense_weight * cosine + (1 - dense_weight) * lexical


def without_copies(hits: Iterable[Hit], k: int) -> list[Hit]:
    """Return the first k hits, at most `MAX_COPIES` of any that share nearly all their words."""
    kept: list[Hit] = []
    groups: list[tuple[frozenset[str], list[Hit]]] = []
    for hit in hits:
        if len(kept) == k:
            break
        words = frozenset(hit.passage.text.lower().split())
        copies = next((members for other, members in groups if _are_alike(words, other)), None)
        if copies is None:
            copies = []
            groups.append((words, copies))
        if len(copies) < MAX_COPIES:
            copies.append(hit)
            kept.append(hit)
    return kept


def _are_alike(words: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether the Jaccard index of two sets of words is at least `ALIKE`."""
    shared = len(words & other)
    return shared >= ALIKE * (len(words) + len(other) - shared)


class Search:
    """Dense and lexical search, fused."""

    def __init__(self, embedder: Embedder, dense_weight: float = DENSE_WEIGHT) -> None:
        self.embedder = embedder
        self.dense_weight = dense_weight

    def is_word(self, passages: Searchable, text: str) -> bool:
        """Return whether `text` is a word, of the embedder's vocabulary or of the passages."""
        return self.embedder.is_word(text) or passages.has_word(text)

    def search(
        self,
        passages: Searchable,
        question: str,
        k: int,
        *,
        scope: Scope | None = None,
        clock: Clock | None = None,
    ) -> list[Hit]:
        """Return the best k passages for a question, best first, few copies of any.

        Equal scores come by passage id. Only documents in `scope` are searched. `clock` takes the
        time of each stage. A `dense_weight` of 0 or 1 switches one search off.
        """
        clock = clock or Clock()
        query = self.embedder.embed_query(question)
        clock.lap("embed")
        count = CANDIDATES
        while True:
            # Each search lists its candidates.
            dense: dict[str, float] = {}
            if self.dense_weight > 0:
                dense = dict(passages.nearest(query, count, scope))
            clock.lap("dense")
            lexical: dict[str, float] = {}
            if self.dense_weight < 1:
                lexical = dict(passages.matching(question, count, scope))
            clock.lap("lexical")
            # A candidate of the lexical search alone has a cosine too.
            missing = [id for id in lexical if id not in dense]
            cosines = dense | passages.cosines(query, missing) if missing else dense
            best = without_copies(self._fuse(passages, cosines, dense, lexical), k)
            clock.lap("fuse")
            # Where most candidates are copies of one another, more are needed.
            exhausted = max(len(dense), len(lexical)) < count
            if len(best) == k or count >= MAX_CANDIDATES or exhausted:
                return best
            count *= 8

    def search_documents(
        self, passages: Searchable, question: str, k: int, scope: Scope | None = None
    ) -> list[Hit]:
        """Return the best passage of each document of a scope, of the k best documents at most.

        Copies in different documents all count: each is a document that says so.
        """
        query = self.embedder.embed_query(question)
        dense = dict(passages.nearest(query, CANDIDATES_OF_DOCUMENTS, scope))
        lexical = dict(passages.matching(question, CANDIDATES_OF_DOCUMENTS, scope))
        missing = [id for id in lexical if id not in dense]
        cosines = dense | passages.cosines(query, missing) if missing else dense
        best: dict[str, Hit] = {}
        for hit in self._fuse(passages, cosines, dense, lexical):
            best.setdefault(hit.passage.document_id, hit)
            if len(best) == k:
                break
        return list(best.values())

    def _fuse(
        self,
        passages: Searchable,
        cosines: Mapping[str, float],
        dense: Iterable[str],
        lexical: Mapping[str, float],
    ) -> Iterator[Hit]:
        """Yield a hit for every candidate, best first; a passage is read when its turn is near."""
        dense_ranks = {id: rank for rank, id in enumerate(dense, 1)}
        lexical_ranks = {id: rank for rank, id in enumerate(lexical, 1)}
        scores = {}
        for id, cosine in cosines.items():
            scores[id] = fuse(cosine, lexical.get(id, 0.0), self.dense_weight)
        order = sorted(scores, key=lambda id: (-scores[id], id))
        for at in range(0, len(order), READ_AT_ONCE):
            batch = order[at : at + READ_AT_ONCE]
            read = passages.passages(batch)
            for id in batch:
                yield Hit(
                    passage=read[id],
                    score=scores[id],
                    dense_rank=dense_ranks.get(id),
                    dense_score=cosines[id],
                    lexical_rank=lexical_ranks.get(id),
                    lexical_score=lexical.get(id, 0.0),
                )
