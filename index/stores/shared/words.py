"""Search passages by words: Lance's BM25 on the stems of the local store, scores in [0, 1).

BM25: Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75. As in the local store a score is divided by
its bound for the question, the sum of idf (k1 + 1) over all its terms; within a scope, a term is as
rare as it is there; and a term that stands nowhere counts as misspelt where others one edit away
stand somewhere.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from lance.query import BooleanQuery, MatchQuery, Occur

from inquote.index.stores.shared.tables import Table
from inquote.index.terms import analyzer, content_terms, idf

K1 = 1.2
B = 0.75
_MAX_TERMS = 256  # of a question
_SHORTEST_MISSPELT = 4  # letters of a term that may be misspelt
_MOST_COUNTED = 5_000  # texts that are counted one by one; of more, the share is estimated
_MOST_CACHED = 20_000  # terms whose counts are kept
_SLACK = 250  # hits beyond k, among which ties are made whole
_THREADS = 2  # queries of one question that are asked at once
_MOST_PAIRED = 3  # misspelt terms of which passages with two are looked for
_DISCOUNT = 1 - 1e-6  # Lance adds in 32 bits, so that a score may pass its bound

Ranked = list[tuple[str, float]]
Hits = list[tuple[int, float]]  # the place of a row in the table, and its score


@dataclass(frozen=True)
class Misspelt:
    """A term that stands nowhere: the rows with terms one edit away, how to find them, a weight."""

    places: frozenset[int]
    query: Any
    weight: float


class Words:
    """The words of the passages of one generation: `total` passages of `terms` words in all."""

    def __init__(self, table: Table, total: int, terms: int) -> None:
        self._table = table
        self._total = total
        self._average = terms / max(1, total)
        self._counts: dict[str, int] = {}
        self._threads = ThreadPoolExecutor(_THREADS, "inquote-words")

    def has(self, word: str, condition: str | None) -> bool:
        """Return whether a form of a word stands in any passage that a condition holds for."""
        for term in analyzer().analyze(word):
            if condition is None and self.counts([term])[term]:
                return True
            if condition is not None and self._hits(_match(term), 1, condition):
                return True
        return False

    def search(self, question: str, k: int, condition: str | None, total: int) -> Ranked:
        """Return the best k (passage id, score), best first, equal scores by id.

        `total` is the number of passages that the condition holds for; None is all.
        """
        terms = content_terms(question)[:_MAX_TERMS]
        if not terms or k < 1 or not total:
            return []
        everywhere = self.counts(terms)
        exact: list[tuple[str, float]] = []  # term, boost
        near: list[Misspelt] = []
        bound = 0.0
        for term in terms:
            containing = self._count_in(term, everywhere[term], condition, total)
            weight = idf(containing, total)
            misspelt = None if containing else self._misspelt(term, condition, total)
            if misspelt:
                near.append(misspelt)
                weight = misspelt.weight
            elif containing:
                exact.append((term, weight / idf(everywhere[term], self._total)))
            bound += weight * (K1 + 1)
        scores = _best_of(self._scores(exact, near, k, condition), k)
        named = self._table.at(scores, ["id"])
        ranked = {named[at]["id"]: score / bound * _DISCOUNT for at, score in scores.items()}
        return as_ranking(ranked)[:k]

    # Counts

    def counts(self, terms: Sequence[str]) -> dict[str, int]:
        """Return how many passages hold each term.

        Lance does not say so; the score of its first hit for the term alone does.
        """
        known = {term: count for term in terms if (count := self._counts.get(term)) is not None}
        unknown = [term for term in dict.fromkeys(terms) if term not in known]
        first: dict[str, tuple[int, float]] = {}
        hits = self._threads.map(lambda term: self._hits(_match(term), 1, None), unknown)
        for term, found in zip(unknown, hits, strict=True):
            known[term] = 0
            if found:
                first[term] = found[0]
        rows = self._table.at(dict(first.values()), ["terms", "length"])
        for term, (at, score) in first.items():
            frequency = rows[at]["terms"].split(" ").count(term)
            weight = score / max(1e-9, self._saturation(frequency, rows[at]["length"]))
            known[term] = max(1, round((self._total + 1) / math.exp(weight) - 0.5))
        if len(self._counts) > _MOST_CACHED:
            self._counts.clear()
        self._counts |= known
        return known

    def _saturation(self, frequency: int, length: int) -> float:
        """Return BM25's factor for a term that a text of this length holds so many times."""
        norm = K1 * (1 - B + B * length / max(1e-9, self._average))
        return frequency * (K1 + 1) / (frequency + norm)

    def _count_in(self, term: str, everywhere: int, condition: str | None, total: int) -> int:
        """Return how many passages under a condition hold a term that so many hold everywhere."""
        if condition is None or not everywhere:
            return everywhere
        count = len(self._hits(_match(term), _MOST_COUNTED, condition))
        if count < _MOST_COUNTED:
            return count
        return min(total, max(count, round(everywhere * total / self._total)))

    def _misspelt(self, term: str, condition: str | None, total: int) -> Misspelt | None:
        """Return where terms one edit away stand; None where nowhere, and where it is too short.

        Lance counts two letters that changed places as two edits, so these are asked for beside.
        """
        if len(term) < _SHORTEST_MISSPELT or term.isdigit():
            return None
        ways = [_match(term, 0.0, fuzziness=1), _match(" ".join(transposed(term)), 0.0)]
        places: set[int] = set()
        for way in ways:
            places.update(at for at, _ in self._hits(way, _MOST_COUNTED, condition))
        query = BooleanQuery([(Occur.SHOULD, way) for way in ways])
        return Misspelt(frozenset(places), query, idf(len(places), total)) if places else None

    # Hits

    def _scores(
        self,
        exact: Sequence[tuple[str, float]],
        near: Sequence[Misspelt],
        k: int,
        condition: str | None,
    ) -> dict[int, float]:
        """Return the scores of the best passages by place, at least k and all ties of the last.

        Lance adds the scores of the terms as typed; a misspelt one adds its weight, wherever it is.
        """
        clauses = [(Occur.SHOULD, _match(term, boost)) for term, boost in exact]
        queries = [BooleanQuery([(Occur.MUST, each.query), *clauses]) for each in near]
        if len(near) <= _MOST_PAIRED:
            for one, other in combinations(near, 2):
                musts = [(Occur.MUST, one.query), (Occur.MUST, other.query)]
                queries.append(BooleanQuery([*musts, *clauses]))
        if exact and condition is None:
            queries.append(_match(" ".join(term for term, _ in exact)))
        elif exact:
            queries.append(BooleanQuery(clauses) if len(clauses) > 1 else clauses[0][1])
        scores: dict[int, float] = {}
        for misspelt in near:  # those without a term as typed
            scores |= dict.fromkeys(misspelt.places, 0.0)
        for found in self._threads.map(lambda query: self._best(query, k, condition), queries):
            scores |= found
        for misspelt in near:
            for at in misspelt.places:
                scores[at] += misspelt.weight
        return scores

    def _best(self, query: Any, k: int, condition: str | None) -> dict[int, float]:
        """Return the scores above 0 of k rows by place, and of all that tie with the last."""
        limit = k + _SLACK
        while True:
            hits = self._hits(query, limit, condition)
            if len(hits) < limit or hits[-1][1] < hits[k - 1][1] or hits[-1][1] <= 0:
                return _best_of({at: score for at, score in hits if score > 0}, k)
            limit *= 4

    def _hits(self, query: Any, limit: int, condition: str | None) -> Hits:
        """Return the best rows for a query, best first."""
        table = self._table.search(["_score"], condition, full_text_query=query, limit=limit)
        places, scores = table.column("_rowid").to_pylist(), table.column("_score").to_pylist()
        return list(zip(places, scores, strict=True))


def _match(terms: str, boost: float = 1.0, fuzziness: int = 0) -> Any:
    """Return the query for any of some terms, parted by spaces."""
    return MatchQuery(terms, "terms", boost=boost, fuzziness=fuzziness, max_expansions=100)


def _best_of(scores: dict[int, float], k: int) -> dict[int, float]:
    """Return the k best scores, and all that tie with the last."""
    if len(scores) <= k:
        return scores
    last = sorted(scores.values(), reverse=True)[k - 1]
    return {at: score for at, score in scores.items() if score >= last}


def transposed(term: str) -> list[str]:
    """Return a term with each two neighbouring letters in the other order.

    >>> transposed("trail")
    ['rtail', 'taril', 'trial', 'trali']
    """
    variants = []
    for at in range(len(term) - 1):
        variants.append(f"{term[:at]}{term[at + 1]}{term[at]}{term[at + 2 :]}")
    return variants


def as_ranking(scores: dict[str, float]) -> Ranked:
    """Return (id, score) pairs, best first, equal scores by id."""
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
