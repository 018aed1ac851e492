"""Compare ways to fuse BM25 and dense search, and weights between, by recall over a SQuAD file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from inquote.eval.report.tables import Table
from inquote.eval.studies.shelf import Shelf
from inquote.eval.studies.squad import holds_answer
from inquote.eval.studies.squad_data import SquadFile, SquadQuestion
from inquote.index.retrieval.search import CANDIDATES

WEIGHTS = tuple(round(0.1 * step, 1) for step in range(11))
RRF_CONSTANT = 60  # Cormack, Clarke, Buettcher 2009, doi:10.1145/1571941.1572114


@dataclass(frozen=True)
class Candidates:
    """The candidates of a question: n passage ids, cosines (n,) and lexical scores (n,).

    A lexical score of 0 marks a passage that BM25 did not list. `gold` are those with the answer.
    """

    ids: list[str]
    cosines: np.ndarray
    lexical: np.ndarray
    gold: frozenset[str]


@dataclass(frozen=True)
class FusionRecall:
    """The recall of one way to fuse; `weight` is that of the cosine."""

    name: str
    weight: float
    recall_at_1: float
    recall_at_5: float


def by_bound(candidates: Candidates, weight: float) -> np.ndarray:
    """Return the weighted sum with BM25 divided by its bound, as search fuses."""
    return weight * candidates.cosines + (1 - weight) * candidates.lexical


def by_best(candidates: Candidates, weight: float) -> np.ndarray:
    """Return the weighted sum with BM25 divided by the question's best."""
    best = candidates.lexical.max() or 1.0
    return weight * candidates.cosines + (1 - weight) * candidates.lexical / best


def by_rank(candidates: Candidates, weight: float) -> np.ndarray:
    """Return weighted reciprocal ranks: the sum of weight / (60 + rank)."""
    dense = weight / (RRF_CONSTANT + _ranks(candidates.cosines))
    lexical = (1 - weight) / (RRF_CONSTANT + _ranks(candidates.lexical))
    return dense + np.where(candidates.lexical > 0, lexical, 0.0)


def _ranks(scores: np.ndarray) -> np.ndarray:
    """Return the (n,) ranks of scores, from 1 for the highest."""
    return np.argsort(np.argsort(-scores)) + 1


WAYS: tuple[Callable[[Candidates, float], np.ndarray], ...] = (by_bound, by_best, by_rank)


def compare_fusions(
    file: SquadFile,
    questions: Sequence[SquadQuestion],
    shelf: Shelf,
    progress: Callable[[int, int], None],
) -> list[FusionRecall]:
    """Measure the recall of every way and weight over the answerable `questions`.

    `shelf` holds all contexts of `file`.
    """
    # Search once a question.
    answerable = [question for question in questions if question.answerable]
    searched = []
    for done, question in enumerate(answerable, 1):
        searched.append(_candidates(question, file.contexts[question.context].id, shelf))
        progress(done, len(answerable))

    # Fuse in every way with every weight.
    results = []
    for way in WAYS:
        for weight in WEIGHTS:
            ranks = np.array([_gold_rank(c, way(c, weight)) for c in searched])
            result = FusionRecall(
                name=way.__name__,
                weight=weight,
                recall_at_1=float((ranks == 1).mean()),
                recall_at_5=float((ranks <= 5).mean()),
            )
            results.append(result)
    return results


def _candidates(question: SquadQuestion, gold: str, shelf: Shelf) -> Candidates:
    """Return what the two searches list for a question whose answer is in the document `gold`."""
    every_cosine = shelf.cosines(question.question)
    nearest = sorted(every_cosine, key=lambda id: -every_cosine[id])[:CANDIDATES]
    lexical = dict(shelf.snapshot.matching(question.question, CANDIDATES))
    ids = sorted({*nearest, *lexical})
    holders = [p.id for p in shelf.passages_of(gold) if holds_answer(p, question, gold)]
    return Candidates(
        ids=ids,
        cosines=np.array([every_cosine[id] for id in ids]),
        lexical=np.array([lexical.get(id, 0.0) for id in ids]),
        gold=frozenset(holders),
    )


def _gold_rank(candidates: Candidates, scores: np.ndarray) -> float:
    """Return the rank of the first gold passage, infinite where it is no candidate.

    Equal scores stand in the order of passage ids.
    """
    for rank, at in enumerate(np.argsort(-scores, kind="stable"), 1):
        if candidates.ids[at] in candidates.gold:
            return rank
    return float("inf")


def fusion_table(title: str, results: Sequence[FusionRecall]) -> Table:
    """Return the results as a table."""
    rows = []
    for r in results:
        row = (
            r.name,
            f"{r.weight:.1f}",
            f"{r.recall_at_1:.4f}",
            f"{r.recall_at_5:.4f}",
        )
        rows.append(row)
    return Table(
        title, ("scores fused", "weight of the cosine", "recall@1", "recall@5"), tuple(rows)
    )
