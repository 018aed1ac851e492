"""Metrics of a ranked list of passages. Checked against ranx 0.3.21 and pytrec_eval in tests/test_ranking.py."""

from collections.abc import Sequence
from math import log2

from inquote.eval.metrics.answers import Range

FOUND_SHARE = (
    0.5  # of the characters of a piece of evidence that a passage must hold to have found it
)


def holds(passage: Range, evidence: Range) -> bool:
    """Whether a passage has at least half of the characters of a piece of evidence.

    >>> holds(("a", 0, 100), ("a", 90, 110)), holds(("a", 0, 99), ("a", 90, 110))
    (True, False)
    """
    overlap = min(passage[2], evidence[2]) - max(passage[1], evidence[1])
    return passage[0] == evidence[0] and overlap >= FOUND_SHARE * (evidence[2] - evidence[1])


def shown_order(cited: Sequence[Range], nearest: Sequence[Range]) -> list[Range]:
    """The passages as a person meets them: the cited ones first, then the nearest, each once.

    >>> shown_order([("a", 5, 9)], [("a", 0, 5), ("a", 5, 9)])
    [('a', 5, 9), ('a', 0, 5)]
    """
    return list(dict.fromkeys([*cited, *nearest]))


def first_ranks(ranked: Sequence[Range], evidence: Sequence[Sequence[Range]]) -> list[int | None]:
    """For each group of alternatives the rank, from 1, of the first passage that holds one; None where none does.

    >>> first_ranks([("a", 0, 5), ("a", 5, 9)], [[("a", 6, 8), ("b", 0, 2)], [("b", 0, 2)]])
    [2, None]
    """
    return [
        next(
            (
                rank
                for rank, passage in enumerate(ranked, 1)
                if any(holds(passage, r) for r in group)
            ),
            None,
        )
        for group in evidence
    ]


def relevance(ranks: Sequence[int | None], length: int) -> tuple[list[bool], int]:
    """Binary relevance of a list of `length` passages, and how many relevant ones there are to find.

    A passage is relevant where it is the first to hold a group of evidence; each group that no passage holds is one
    more to find. So an answer spread over three places needs three passages, and a copy of one found earns nothing.

    >>> relevance([2, 2, None], 3)
    ([False, True, False], 2)
    """
    found = {rank for rank in ranks if rank is not None}
    return [rank in found for rank in range(1, length + 1)], len(found) + sum(
        rank is None for rank in ranks
    )


def recall_at(relevant: Sequence[bool], total: int, k: int) -> float:
    """The share of the `total` relevant passages that is among the first k: |relevant in first k| / total.

    Manning, Raghavan, Schuetze 2008, Introduction to Information Retrieval, section 8.4.

    >>> recall_at([False, True, True], total=2, k=2)
    0.5
    """
    return sum(relevant[:k]) / total


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """1 / rank of the first relevant passage, 0.0 where there is none; its mean is MRR.

    Voorhees 1999, The TREC-8 Question Answering Track Report.

    >>> reciprocal_rank([False, True, True])
    0.5
    """
    return next((1 / rank for rank, hit in enumerate(relevant, 1) if hit), 0.0)


def ndcg_at(relevant: Sequence[bool], total: int, k: int = 10) -> float:
    """Discounted cumulative gain of the first k over that of the best order, binary gains.

    DCG = sum over relevant ranks of 1 / log2(rank + 1); the best order has min(total, k) relevant ones in front.
    Jaervelin and Kekaelaeinen 2002, doi:10.1145/582415.582418.

    >>> round(ndcg_at([False, True], total=1), 4)
    0.6309
    """
    gain = sum(1 / log2(rank + 1) for rank, hit in enumerate(relevant[:k], 1) if hit)
    return gain / sum(1 / log2(rank + 1) for rank in range(1, min(total, k) + 1))
