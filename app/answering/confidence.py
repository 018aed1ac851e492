"""Compute the confidence: the calibrated probability that an answer is right."""

import bisect
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inquote.app.answering.cells import row_around
from inquote.app.answering.findings import Findings
from inquote.app.answering.spans import AnswerSpan
from inquote.index.terms import content_terms
from inquote.ingest.errors import ModelError
from inquote.ingest.text import sentence_ranges, touching

Curve = tuple[tuple[float, float], ...]
"""Points (confidence before, after), both rising; straight lines join them."""

CLEAR_MARGIN = 4.0  # a cell that scores so much less is no rival of the best one
MOST_ODDS = 30.0  # the log-odds are cut to this, so that the exponential is finite


@dataclass(frozen=True)
class Calibration:
    """Logistic regression from features to the confidence (Platt 1999).

    `python -m inquote.eval calibrate` fits it and writes these fields to a file:

    - `weights` by the names of `features_of`, and `bias`: they give the log-odds.
    - `threshold`: an answer of less confidence is refused. `given_threshold` takes its place where
      the question comes with its passage, as in SQuAD's own task.
    - `retrieval_weight`: the share of a hit's fused score that its spans' scores get.
    - `settled`: an answer of as much confidence settles the question, and no further passages are
      read; None where all are always read.
    - `hopeless`: where nine passages leave the confidence below it, no further ones are read.
    - `bins`: (lower bound of the confidence, number of answers, share right) on held-out questions.
    - `questions`: the number of held-out questions; `unanswerable` of these have no answer.
    - `curve`: (threshold, answers given with it, share of these that is right).
    - `chosen_on`: questions on which the threshold was chosen, in all and unanswerable.
    - `fitted`: the curve that the confidence goes through at the end, fitted to the verdicts of
      people on answers from one library; none in a file.
    """

    weights: Mapping[str, float]
    bias: float
    threshold: float
    retrieval_weight: float
    bins: tuple[tuple[float, int, float], ...] = ()
    questions: int = 0
    unanswerable: int = 0
    settled: float | None = None
    hopeless: float = 0.0
    given_threshold: float = 0.5
    curve: tuple[tuple[float, int, float], ...] = ()
    chosen_on: tuple[int, int] = (0, 0)
    fitted: Curve = ()

    @classmethod
    def load(cls, path: Path) -> "Calibration":
        """Read a calibration from a JSON file.

        Raises `ModelError` where the file is missing or damaged.
        """
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{name: _freeze(value) for name, value in stored.items()})
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise ModelError(
                f"The calibration {path.name} is missing or damaged ({error}); reinstall inquote."
            ) from error

    def dumps(self) -> str:
        """Return the JSON that `load` reads, one line a field."""
        fields = asdict(self).items()
        lines = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in fields]
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all fields, in hex."""
        return hashlib.sha256(self.dumps().encode()).hexdigest()

    def confidence(self, features: Mapping[str, float]) -> float:
        """Return the probability in (0, 1) that the answer is right."""
        odds = self.bias + sum(weight * features[name] for name, weight in self.weights.items())
        probability = 1 / (1 + math.exp(-max(-MOST_ODDS, min(MOST_ODDS, odds))))
        return curve_at(self.fitted, probability) if self.fitted else probability

    def observed(self, confidence: float) -> tuple[int, float] | None:
        """Return how many held-out answers had about this confidence, and the share right."""
        lower_bins = [line for line in self.bins if line[0] <= confidence]
        if not lower_bins:
            return None
        _, answers, right = lower_bins[-1]
        return answers, right


def curve_at(curve: Curve, confidence: float) -> float:
    """Return what a curve makes of a confidence; beyond its ends it goes on to 0 and to 1.

    >>> curve_at(((0.2, 0.4), (0.6, 0.8)), 0.4)
    0.6
    """
    points = ((0.0, 0.0), *curve, (1.0, 1.0))
    place = bisect.bisect_right(points, (confidence, math.inf))
    (low, from_value), (high, to_value) = points[place - 1], points[min(place, len(points) - 1)]
    if high <= low:
        return from_value
    value = from_value + (to_value - from_value) * (confidence - low) / (high - low)
    return round(value, 6)


def _freeze(value: Any) -> Any:
    """Return the value with tuples for its lists."""
    return tuple(map(_freeze, value)) if isinstance(value, list) else value


# For a reader without a calibration: the log-odds are its score over "none".
UNFITTED = Calibration(weights={"score": 1.0}, bias=0.0, threshold=0.5, retrieval_weight=0.0)


def features_of(
    question: str, findings: Findings, together: Sequence[AnswerSpan] = ()
) -> dict[str, float]:
    """Return the features of the best span, from which the confidence is computed.

    There must be a span. `together` are those that answer with it. No feature depends on what else
    a library holds, as the rarity of words would. The features:

    - score: the best span's, over "none".
    - answers: the score of "this passage answers" of its passage.
    - dense: the cosine of question and passage.
    - covered: the share of the question's words, in [0, 1], that stand in the best span's
      sentences, in its row, or in all of the list that it is.
    - rival: how near another cell of a table comes to the best one, from 0, also for words that
      stand in no table, to 1.
    """
    best = findings.best
    row = row_around(best.passage, best.start)
    return {
        "score": best.score,
        "answers": -best.source.reading.none_score,
        "dense": best.source.hit.dense_score,
        "covered": _word_coverage(question, _words_around_best(findings, row)),
        "rival": _rival(findings, together) if row else 0.0,
    }


def _rival(findings: Findings, together: Sequence[AnswerSpan]) -> float:
    """Return how near the best other cell scores to the best span, a cell too, in [0, 1]."""
    best = findings.best
    for span in findings.spans:
        if best.score - span.score >= CLEAR_MARGIN:
            break
        is_own = span.text == best.text or any(span.overlaps(other) for other in (best, *together))
        if not is_own and row_around(span.passage, span.start):
            return 1.0 - (best.score - span.score) / CLEAR_MARGIN
    return 0.0


def _words_around_best(findings: Findings, row: str) -> str:
    """Return the sentences of the best span, the list that it is, or `row`, that of its cell."""
    best = findings.best
    around = findings.list_around_best
    if around and around.has_piece(best):
        return around.description
    if row:
        return row
    text = best.passage.text
    sentences = touching(sentence_ranges(text), best.start, best.end)
    return " ".join(text[start:end] for start, end in sentences)


def _word_coverage(question: str, text: str) -> float:
    """Return the share of the question's stems that stand in a text, 0 for a question of none."""
    stems = set(content_terms(question))
    return len(stems & set(content_terms(text))) / max(1, len(stems))
