"""Evidence to one number: the calibrated probability that an answer is right, and the line for refusal."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inquote.app.answering.lists import list_around
from inquote.app.answering.spans import Chosen
from inquote.app.reader.base import Reading
from inquote.index.retrieval.search import Hit
from inquote.index.terms import content_terms, idf
from inquote.ingest.errors import ModelError
from inquote.ingest.text import sentence_ranges


@dataclass(frozen=True)
class Calibration:
    """Logistic regression on the features below (Platt 1999), fitted by `python -m inquote.eval calibrate`.

    `weights` by feature name and `bias` give the log-odds that the answer is right; below `threshold`, a probability,
    it is refused. `given_threshold` takes its place where the passage is given, as in SQuAD's own task.
    `retrieval_weight` is what a hit's fused score adds to the reader's score of its spans. `enough_score` is the best
    span's score from which on the first few passages settle a question and no more are read; None where all are always
    read. `bins` are (lower bound, number of answers, share right) on held-out questions, for the tooltip; `questions`
    is how many questions that were in all, `unanswerable` how many of them had no answer.
    """

    weights: Mapping[str, float]
    bias: float
    threshold: float
    retrieval_weight: float
    bins: tuple[tuple[float, int, float], ...] = ()
    questions: int = 0
    unanswerable: int = 0
    enough_score: float | None = None
    given_threshold: float = 0.5
    curve: tuple[tuple[float, int, float], ...] = ()
    chosen_on: tuple[int, int] = (0, 0)

    @classmethod
    def load(cls, path: Path) -> "Calibration":
        """Read the JSON that `eval calibrate` wrote; raises `ModelError` where it is missing or damaged."""
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{name: _frozen(value) for name, value in stored.items()})
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise ModelError(
                f"The calibration {path.name} is missing or damaged ({error}); reinstall inquote."
            ) from error

    def dumps(self) -> str:
        """The JSON that `load` reads, a line a field."""
        lines = (
            f" {json.dumps(name)}: {json.dumps(value)}" for name, value in asdict(self).items()
        )
        return "{\n" + ",\n".join(lines) + "\n}\n"

    def confidence(self, features: Mapping[str, float]) -> float:
        """The probability in (0, 1) that the answer is right."""
        odds = self.bias + sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))

    def observed(self, confidence: float) -> tuple[int, float] | None:
        """How many held-out answers had about this confidence, and the share of them that was right."""
        around = [line for line in self.bins if line[0] <= confidence]
        return (around[-1][1], around[-1][2]) if around else None


def _frozen(value: Any) -> Any:
    """The value with tuples for its lists."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


# For a reader that was never calibrated here: the odds are its score over "none". `eval calibrate` does better.
UNFITTED = Calibration(weights={"score": 1.0}, bias=0.0, threshold=0.5, retrieval_weight=0.0)


def features_of(
    question: str, hits: Sequence[Hit], readings: Sequence[Reading], spans: Sequence[Chosen]
) -> dict[str, float]:
    """What the confidence is computed from, of the best of `spans` (best first, at least one).

    `readings` are those of the first of `hits`. score: the best span's, over "none"; answers: how firmly the passage
    that is surest says that it answers; dense, lexical: the retrieval scores of the best span's passage; covered: the
    share of the question's words, weighted as by BM25 among the hits, that the span's sentences (of a list all of it)
    share, in [0, 1].
    """
    best = spans[0]
    hit = hits[best.hit]
    return {
        "score": best.score,
        "answers": max(-reading.none_score for reading in readings),
        "dense": hit.dense_score,
        "lexical": hit.lexical_score,
        "covered": _covered(question, hits, _told_by(hits, best)),
    }


def _told_by(hits: Sequence[Hit], span: Chosen) -> str:
    """The sentences that a span touches; for a list what introduces it, its items by name and how many there are."""
    around = list_around(hits, span)
    if around and around.has_piece(span):
        return around.told
    text = hits[span.hit].passage.text
    return " ".join(text[a:b] for a, b in sentence_ranges(text) if a < span.end and span.start < b)


def _covered(question: str, hits: Sequence[Hit], text: str) -> float:
    """The share of the question's stems that `text` has, each weighing what it weighs in BM25 over the hits."""
    found = [set(content_terms(hit.passage.embedded_text)) for hit in hits]
    weights = {
        term: idf(sum(term in stems for stems in found), len(found))
        for term in content_terms(question)
    }
    shared = weights.keys() & set(content_terms(text))
    return sum(weights[term] for term in sorted(shared)) / (sum(weights.values()) or 1.0)
