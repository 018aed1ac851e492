"""Evidence to one number: the calibrated probability that an answer is right, and the line for refusal."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from app.compose import Chosen, same_place
from app.reader.base import Reading
from index.search import Hit
from ingest.errors import ModelError


@dataclass(frozen=True)
class Calibration:
    """Logistic regression on the features below (Platt 1999), fitted by `python -m eval calibrate`.

    `weights` by feature name and `bias` give the log-odds that the answer is right; below `threshold`, a probability,
    it is refused. `retrieval_weight` is what a hit's fused score adds to the reader's score of its spans.
    `enough_score` is the best span's score from which on the first few passages settle a question and no more are
    read; None where all are always read. `bins` are (lower bound, number of answers, share right) on held-out
    questions, for the tooltip; `questions` is how many questions that were in all, `unanswerable` how many of them had
    no answer.
    """

    weights: Mapping[str, float]
    bias: float
    threshold: float
    retrieval_weight: float
    bins: tuple[tuple[float, int, float], ...] = ()
    questions: int = 0
    unanswerable: int = 0
    enough_score: float | None = None

    @classmethod
    def load(cls, path: Path) -> "Calibration":
        """Read the JSON that `eval calibrate` wrote; raises `ModelError` where it is missing or damaged."""
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{**stored, "bins": tuple(tuple(line) for line in stored["bins"])})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ModelError(
                f"The calibration {path.name} is missing or damaged ({error}); reinstall inquote."
            ) from error

    def dumps(self) -> str:
        """The JSON that `load` reads, a line a field."""
        lines = (f" {json.dumps(name)}: {json.dumps(value)}" for name, value in asdict(self).items())
        return "{\n" + ",\n".join(lines) + "\n}\n"

    def confidence(self, features: Mapping[str, float]) -> float:
        """The probability in (0, 1) that the answer is right."""
        odds = self.bias + sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))

    def observed(self, confidence: float) -> tuple[int, float] | None:
        """How many held-out answers had about this confidence, and the share of them that was right."""
        around = [line for line in self.bins if line[0] <= confidence]
        return (around[-1][1], around[-1][2]) if around else None


# For a reader that was never calibrated here: the odds are its score over "none". `eval calibrate` does better.
UNFITTED = Calibration(weights={"score": 1.0}, bias=0.0, threshold=0.5, retrieval_weight=0.0)


def features_of(hits: Sequence[Hit], readings: Sequence[Reading], spans: Sequence[Chosen]) -> dict[str, float]:
    """What the confidence is computed from, of the best of `spans` (best first, at least one).

    score: the best span's, over "none"; margin: to the best one elsewhere that does not overlap it, at most 5;
    evidence: of its sentence; dense, lexical: the retrieval scores of its passage; lexical_best: the best of all
    passages; passage_none: how firmly its passage says that it does not answer.
    """
    best = spans[0]
    rival = next((span for span in spans[1:] if not same_place(hits, best, span)), None)
    reading, hit = readings[best.hit], hits[best.hit]
    evidence = [s.score for s in reading.evidence if s.start < best.end and best.start < s.end]
    return {
        "score": best.score,
        "margin": min(5.0, best.score - rival.score) if rival else 5.0,
        "evidence": max(evidence, default=0.0),
        "dense": hit.dense_score,
        "lexical": hit.lexical_score,
        "lexical_best": max(h.lexical_score for h in hits),
        "passage_none": reading.none_score,
    }
