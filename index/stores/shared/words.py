"""Search passages by words: Lance's BM25 on the stems of the local store, scores in [0, 1).

BM25: Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75. As in the local store a score is divided by
its bound for the question, the sum of idf (k1 + 1) over all its terms; within a scope, a term is as
rare as it is there; and a term that stands nowhere counts as misspelt where others one edit away
stand somewhere.
"""

import math
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
_SLACK = 24  # hits beyond k, among which ties are made whole
_DISCOUNT = 1 - 1e-6  # Lance adds in 32 bits, so that a score may pass its bound

Ranked = list[tuple[str, float]]
Rows = dict[str, dict[str, Any]]  # of passages by id


class Words:
    """The words of the passages of one generation: `total` passages of `terms` words in all."""

    def __init__(self, table: Table, total: int, terms: int) -> None:
        self._table = table
        self._total = total
        self._average = terms / max(1, total)
        self._counts: dict[str, int] = {}

    def has(self, word: str, condition: str | None) -> bool:
        """Return whether a form of a word stands in any passage that a condition holds for."""
        for term in analyzer().analyze(word):
            if condition is None and self.count(term):
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
        exact: list[tuple[str, float, float]] = []  # term, boost, weight
        near: list[tuple[Rows, float]] = []
        for term in terms:
            containing = self._count_in(term, condition, total)
            weight = idf(containing, total)
            misspelt = {} if containing else self._misspelt(term, condition)
            if misspelt:
                near.append((misspelt, idf(len(misspelt), total)))
                continue
            boost = 1.0 if condition is None else self._boost(term, containing, weight)
            exact.append((term, boost, weight))
        bound = sum(weight for _, _, weight in exact) * (K1 + 1)
        bound += sum(weight for _, weight in near) * (K1 + 1)
        if near:
            scores = self._with_misspelt(exact, near, k, condition)
        else:
            scores = self._exact(exact, k, condition)
        ranked = [(id, score / bound * _DISCOUNT) for id, score in scores]
        return sorted(ranked, key=lambda item: (-item[1], item[0]))[:k]

    # Counts

    def count(self, term: str) -> int:
        """Return how many passages hold a term.

        Lance does not say so; the score of its first hit for the term alone does.
        """
        count = self._counts.get(term)
        if count is None:
            if len(self._counts) >= _MOST_CACHED:
                self._counts.clear()
            count = self._counts[term] = self._read_count(term)
        return count

    def _read_count(self, term: str) -> int:
        hits = self._hits(_match(term), 1, None, "terms", "length")
        if not hits:
            return 0
        hit = hits[0]
        frequency = hit["terms"].split(" ").count(term)
        weight = hit["_score"] / max(1e-9, self._saturation(frequency, hit["length"]))
        return max(1, round((self._total + 1) / math.exp(weight) - 0.5))

    def _saturation(self, frequency: int, length: int) -> float:
        """Return BM25's factor for a term that a text of this length holds so many times."""
        norm = K1 * (1 - B + B * length / max(1e-9, self._average))
        return frequency * (K1 + 1) / (frequency + norm)

    def _count_in(self, term: str, condition: str | None, total: int) -> int:
        everywhere = self.count(term)
        if condition is None or not everywhere:
            return everywhere
        count = self._counted(_match(term), condition)
        if count < _MOST_COUNTED:
            return count
        return min(total, max(count, round(everywhere * total / self._total)))

    def _counted(self, query: Any, condition: str | None) -> int:
        return len(self._hits(query, _MOST_COUNTED, condition))

    def _boost(self, term: str, containing: int, weight: float) -> float:
        """Return what Lance's weight of a term, of all texts, is multiplied with in a scope."""
        if not containing:
            return 0.0
        return weight / idf(self.count(term), self._total)

    def _misspelt(self, term: str, condition: str | None) -> Rows:
        """Return the passages with a term one edit away, by id; none where it is too short.

        Lance counts two letters that changed places as two edits, so these are asked for beside.
        """
        if len(term) < _SHORTEST_MISSPELT or term.isdigit():
            return {}
        rows: Rows = {}
        for query in (_match(term, fuzziness=1), _match(" ".join(transposed(term)))):
            for hit in self._hits(query, _MOST_COUNTED, condition, "id", "terms", "length"):
                rows[hit["id"]] = hit
        return rows

    # Hits

    def _exact(
        self, terms: list[tuple[str, float, float]], k: int, condition: str | None
    ) -> Ranked:
        """Return (id, score) of the best passages, at least k and all ties of the last."""
        wanted = [(term, boost) for term, boost, _ in terms if boost]
        if not wanted:
            return []
        if condition is None:
            query = _match(" ".join(term for term, _ in wanted))
        else:
            clauses = [(Occur.SHOULD, _match(term, boost)) for term, boost in wanted]
            query = BooleanQuery(clauses) if len(clauses) > 1 else clauses[0][1]
        limit = k + _SLACK
        while True:
            hits = self._hits(query, limit, condition, "id")
            is_whole = len(hits) < limit or hits[-1]["_score"] < hits[k - 1]["_score"]
            if is_whole:
                return [(hit["id"], hit["_score"]) for hit in hits]
            limit *= 4

    def _with_misspelt(
        self,
        exact: list[tuple[str, float, float]],
        near: list[tuple[Rows, float]],
        k: int,
        condition: str | None,
    ) -> Ranked:
        """Return (id, score) of passages with terms as typed, and with some one edit away."""
        rows: Rows = {}
        bonus: dict[str, float] = {}
        for misspelt, weight in near:
            rows |= misspelt
            for id in misspelt:
                bonus[id] = bonus.get(id, 0.0) + weight
        if exact:
            query = _match(" ".join(term for term, _, _ in exact))
            for hit in self._hits(query, 4 * k + _SLACK, condition, "id", "terms", "length"):
                rows[hit["id"]] = hit
        ranked = []
        for id, row in rows.items():
            words = row["terms"].split(" ")
            score = bonus.get(id, 0.0)
            for term, _, weight in exact:
                score += weight * self._saturation(words.count(term), row["length"])
            ranked.append((id, score))
        return ranked

    def _hits(
        self, query: Any, limit: int, condition: str | None, *columns: str
    ) -> list[dict[str, Any]]:
        names = [*columns, "_score"]
        search = self._table.search if "id" in columns else self._table.columns
        table = search(names, condition, full_text_query=query, limit=limit)
        rows: list[dict[str, Any]] = table.to_pylist()
        return rows


def _match(terms: str, boost: float = 1.0, fuzziness: int = 0) -> Any:
    """Return the query for any of some terms, parted by spaces."""
    return MatchQuery(terms, "terms", boost=boost, fuzziness=fuzziness, max_expansions=100)


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
