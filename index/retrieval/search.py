"""A question to fused hits: dense and lexical search, each seeing what the other does not."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from inquote.index.models.embedder import Embedder
from inquote.index.stores.local.derived import Derived
from inquote.index.stores.local.library import Snapshot
from inquote.ingest.documents import Passage

CANDIDATES = 50  # of each search; eight times as many, and again, while these are mostly copies of one another
MOST_CANDIDATES = 3_200
ALIKE = 0.9  # share of the words of two passages that they share: more, and they are copies
MOST_COPIES = 2  # of a passage among the hits, so that a flood of them hides nothing
DENSE_WEIGHT = 0.4  # of the cosine; the rest goes to the lexical score (chosen in eval/LOG.md)


@dataclass(frozen=True)
class Hit:
    """A passage found for a question.

    `score` is the fused retrieval score. Ranks count from 1 and are None where that search did not list the passage;
    `dense_score` is the cosine; `lexical_score` in [0, 1) is the BM25 score divided by its bound, 0.0 where not listed.
    """

    passage: Passage
    score: float
    dense_rank: int | None
    dense_score: float
    lexical_rank: int | None
    lexical_score: float


def fuse(cosine: float, lexical: float, dense_weight: float) -> float:
    """The weighted sum of the two scores.

    >>> fuse(0.5, 0.25, dense_weight=0.4)
    0.35
    """
    return dense_weight * cosine + (1 - dense_weight) * lexical


def without_copies(hits: Iterable[Hit], k: int) -> list[Hit]:
    """The first k of `hits`, at most `MOST_COPIES` of any that share nearly all of their words."""
    kept: list[Hit] = []
    groups: list[tuple[frozenset[str], list[Hit]]] = []
    for hit in hits:
        if len(kept) == k:
            break
        words = frozenset(hit.passage.text.lower().split())
        copies = next((members for other, members in groups if _alike(words, other)), None)
        if copies is None:
            copies = []
            groups.append((words, copies))
        if len(copies) < MOST_COPIES:
            copies.append(hit)
            kept.append(hit)
    return kept


def _alike(words: frozenset[str], others: frozenset[str]) -> bool:
    """Whether the Jaccard index of two sets of words is at least `ALIKE`."""
    shared = len(words & others)
    return shared >= ALIKE * (len(words) + len(others) - shared)


def _cosines(snapshot: Snapshot, query: np.ndarray, rows: Sequence[int]) -> dict[int, float]:
    """Row to cosine, computed from the stored vectors."""
    found, matrix = snapshot.vectors(rows)
    return {int(row): float(score) for row, score in zip(found, matrix @ query, strict=True)}


class Clock:
    """Milliseconds between laps, collected in `laps`."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Add the time since the last lap to that of `stage`."""
        now = time.perf_counter()
        self.laps[stage] = round(self.laps.get(stage, 0.0) + 1000 * (now - self._last), 3)
        self._last = now

    @property
    def total(self) -> float:
        """All laps together."""
        return round(sum(self.laps.values()), 3)


class Search:
    """Dense and lexical search of one generation, fused."""

    def __init__(self, embedder: Embedder, dense_weight: float = DENSE_WEIGHT) -> None:
        self.embedder = embedder
        self.dense_weight = dense_weight

    def is_word(self, derived: Derived, text: str) -> bool:
        """Whether `text` is a word, of the embedder's vocabulary or of the passages."""
        return self.embedder.is_word(text) or derived.lexical.has(text)

    def search(
        self,
        snapshot: Snapshot,
        derived: Derived,
        question: str,
        k: int,
        clock: Clock | None = None,
    ) -> list[Hit]:
        """The best k passages for `question`, best first, ties in the order of passage ids; few copies of one.

        `clock` takes the time of each stage. A `dense_weight` of 0 or 1 switches one search off.
        """
        clock = clock or Clock()
        query = self.embedder.embed_query(question)
        clock.lap("embed")
        count = CANDIDATES
        while True:
            dense = self._dense(snapshot, derived, query, count)
            clock.lap("dense")
            lexical = dict(derived.lexical.search(question, count)) if self.dense_weight < 1 else {}
            clock.lap("lexical")
            cosines = self._complete(snapshot, query, dense, lexical)
            hits = without_copies(
                self._fused(snapshot.passages(list(cosines)), cosines, dense, lexical), k
            )
            clock.lap("fuse")
            if len(hits) == k or count >= MOST_CANDIDATES or max(len(dense), len(lexical)) < count:
                return hits
            count *= 8

    def _dense(
        self, snapshot: Snapshot, derived: Derived, query: np.ndarray, count: int
    ) -> dict[int, float]:
        """Row to cosine of the nearest, best first; a store that rounds its vectors names them, and no more."""
        if self.dense_weight <= 0:
            return {}
        scores, rows = derived.vectors.search(query[None, :], count)
        if derived.vectors.exact:
            return {int(row): float(score) for row, score in zip(rows[0], scores[0], strict=True)}
        cosines = _cosines(snapshot, query, [int(row) for row in rows[0]])
        return dict(sorted(cosines.items(), key=lambda found: (-found[1], found[0])))

    def _complete(
        self,
        snapshot: Snapshot,
        query: np.ndarray,
        dense: dict[int, float],
        lexical: dict[int, float],
    ) -> dict[int, float]:
        """The cosine of every candidate; those that only BM25 listed are computed from the stored vectors."""
        missing = [row for row in lexical if row not in dense]
        return dense | _cosines(snapshot, query, missing) if missing else dict(dense)

    def _fused(
        self,
        passages: dict[int, Passage],
        cosines: dict[int, float],
        dense: Iterable[int],
        lexical: dict[int, float],
    ) -> list[Hit]:
        dense_ranks = {row: rank for rank, row in enumerate(dense, 1)}
        lexical_ranks = {row: rank for rank, row in enumerate(lexical, 1)}
        hits = [
            Hit(
                passage=passages[row],
                score=fuse(cosine, lexical.get(row, 0.0), self.dense_weight),
                dense_rank=dense_ranks.get(row),
                dense_score=cosine,
                lexical_rank=lexical_ranks.get(row),
                lexical_score=lexical.get(row, 0.0),
            )
            for row, cosine in cosines.items()
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))
