"""Measure a ranked list of passages against the evidence of a question.

Checked against ranx 0.3.21 and pytrec_eval in tests/eval/metrics/test_ranking.py.
"""

from collections.abc import Sequence
from math import log2

from inquote.eval.metrics.answers import Range

HELD_SHARE = 0.5  # of the characters of a piece of evidence: a passage with as many holds it


def holds(passage: Range, evidence: Range) -> bool:
    """Tell whether a passage has at least half of the characters of a piece of evidence.

    >>> holds(("a", 0, 100), ("a", 90, 110)), holds(("a", 0, 99), ("a", 90, 110))
    (True, False)
    """
    overlap = min(passage[2], evidence[2]) - max(passage[1], evidence[1])
    return passage[0] == evidence[0] and overlap >= HELD_SHARE * (evidence[2] - evidence[1])


def shown_order(cited: Sequence[Range], nearest: Sequence[Range]) -> list[Range]:
    """Return the passages as a person meets them: the cited, then the nearest, each once.

    >>> shown_order([("a", 5, 9)], [("a", 0, 5), ("a", 5, 9)])
    [('a', 5, 9), ('a', 0, 5)]
    """
    return list(dict.fromkeys([*cited, *nearest]))


def first_ranks(ranked: Sequence[Range], evidence: Sequence[Sequence[Range]]) -> list[int | None]:
    """Return for each group of alternatives the rank of the first passage that holds one of them.

    Ranks count from 1; None where no passage holds any.

    >>> first_ranks([("a", 0, 5), ("a", 5, 9)], [[("a", 6, 8), ("b", 0, 2)], [("b", 0, 2)]])
    [2, None]
    """
    return [_first_rank(ranked, group) for group in evidence]


def _first_rank(ranked: Sequence[Range], group: Sequence[Range]) -> int | None:
    for rank, passage in enumerate(ranked, 1):
        if any(holds(passage, piece) for piece in group):
            return rank
    return None


def relevance(ranks: Sequence[int | None], length: int) -> tuple[list[bool], int]:
    """Return which of `length` passages are relevant, and how many relevant ones exist.

    A passage is relevant where it is the first to hold a group of evidence; each group that no
    passage holds is one more that exists. So an answer spread over three places needs three
    passages, and a second copy earns nothing.

    >>> relevance([2, 2, None], 3)
    ([False, True, False], 2)
    """
    relevant_ranks = {rank for rank in ranks if rank is not None}
    relevant = [rank in relevant_ranks for rank in range(1, length + 1)]
    return relevant, len(relevant_ranks) + ranks.count(None)


def recall_at(relevant: Sequence[bool], total: int, k: int) -> float:
    """Return the share of the `total` relevant passages that is among the first k.

    |relevant in first k| / total: Manning, Raghavan, Schuetze 2008, Introduction to Information
    Retrieval, section 8.4.

    >>> recall_at([False, True, True], total=2, k=2)
    0.5
    """
    return sum(relevant[:k]) / total


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """Return 1 / rank of the first relevant passage, 0.0 where there is none; its mean is MRR.

    Voorhees 1999, The TREC-8 Question Answering Track Report.

    >>> reciprocal_rank([False, True, True])
    0.5
    """
    for rank, is_relevant in enumerate(relevant, 1):
        if is_relevant:
            return 1 / rank
    return 0.0


def ndcg_at(relevant: Sequence[bool], total: int, k: int = 10) -> float:
    """Return the discounted cumulative gain of the first k over that of the best order.

    Gains are binary.

    DCG = sum over relevant ranks of 1 / log2(rank + 1); the best order has min(total, k) relevant
    ones in front. Jaervelin and Kekaelaeinen 2002, doi:10.1145/582415.582418.

    >>> round(ndcg_at([False, True], total=1), 4)
    0.6309
    """
    best = [True] * min(total, k)
    return _gain(relevant[:k]) / _gain(best)


def _gain(relevant: Sequence[bool]) -> float:
    return sum(1 / log2(rank + 1) for rank, is_relevant in enumerate(relevant, 1) if is_relevant)
