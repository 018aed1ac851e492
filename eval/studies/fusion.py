"""Which fusion finds the gold passage: BM25 alone, dense alone, and weights between, by recall over a SQuAD file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from inquote.eval.studies.shelf import Shelf
from inquote.eval.studies.squad import holds_answer
from inquote.eval.studies.squad_data import SquadFile, SquadQuestion
from inquote.index.retrieval.search import CANDIDATES

WEIGHTS = tuple(round(0.1 * step, 1) for step in range(11))
RRF_CONSTANT = 60  # Cormack, Clarke, Buettcher 2009, doi:10.1145/1571941.1572114


@dataclass(frozen=True)
class Found:
    """Candidates of a question: rows, cosines, lexical scores, each (n,); 0 is a row that BM25 did not list."""

    rows: np.ndarray
    cosines: np.ndarray
    lexical: np.ndarray
    gold: frozenset[int]


@dataclass(frozen=True)
class Result:
    """Recall of one way to fuse; `weight` is that of the cosine."""

    name: str
    weight: float
    recall_at_1: float
    recall_at_5: float


def by_bound(found: Found, weight: float) -> np.ndarray:
    """The weighted sum with BM25 divided by its bound, as `inquote.index.retrieval.search` fuses."""
    return weight * found.cosines + (1 - weight) * found.lexical


def by_best(found: Found, weight: float) -> np.ndarray:
    """The weighted sum with BM25 divided by the question's best."""
    return weight * found.cosines + (1 - weight) * found.lexical / (found.lexical.max() or 1.0)


def by_rank(found: Found, weight: float) -> np.ndarray:
    """Weighted reciprocal rank fusion: the sum of weight / (60 + rank)."""
    dense_rank, lexical_rank = (
        np.argsort(np.argsort(-scores)) + 1 for scores in (found.cosines, found.lexical)
    )
    listed = found.lexical > 0
    return weight / (RRF_CONSTANT + dense_rank) + np.where(
        listed, (1 - weight) / (RRF_CONSTANT + lexical_rank), 0.0
    )


WAYS: tuple[Callable[[Found, float], np.ndarray], ...] = (by_bound, by_best, by_rank)


def compare_fusions(
    file: SquadFile,
    questions: Sequence[SquadQuestion],
    shelf: Shelf,
    progress: Callable[[int, int], None],
) -> list[Result]:
    """Recall of every way and weight over the answerable ones of `questions`; `shelf` holds all contexts of `file`."""
    found = []
    asked = [question for question in questions if question.answerable]
    for done, question in enumerate(asked, 1):
        found.append(_candidates(question, file.contexts[question.context].id, shelf))
        progress(done, len(asked))
    results = []
    for way in WAYS:
        for weight in WEIGHTS:
            ranks = np.array([_gold_rank(one, way(one, weight)) for one in found])
            results.append(
                Result(way.__name__, weight, float((ranks == 1).mean()), float((ranks <= 5).mean()))
            )
    return results


def _candidates(question: SquadQuestion, gold: str, shelf: Shelf) -> Found:
    cosines = shelf.cosines(question.question)
    lexical = dict(shelf.derived.lexical.search(question.question, CANDIDATES))
    rows = np.union1d(
        np.argsort(-cosines, kind="stable")[:CANDIDATES], np.array(list(lexical), np.int64)
    )
    return Found(
        rows=rows,
        cosines=cosines[rows],
        lexical=np.array([lexical.get(int(row), 0.0) for row in rows]),
        gold=frozenset(
            row for row in shelf.rows_of(gold) if holds_answer(shelf.rows[row], question, gold)
        ),
    )


def _gold_rank(found: Found, scores: np.ndarray) -> float:
    """The rank of the first gold passage, infinite where it is no candidate; equal scores in the order of rows."""
    order = found.rows[np.lexsort((found.rows, -scores))]
    return next((rank for rank, row in enumerate(order, 1) if int(row) in found.gold), float("inf"))
