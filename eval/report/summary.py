"""Scores to figures with intervals: of all questions, of each part, of each type; and what went wrong, one by one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from inquote.eval.metrics.bootstrap import Estimate, estimate
from inquote.eval.report.score import METRICS, Metric, Scores, latency_metrics, score
from inquote.eval.runs.run import Run

BY_TYPE = ("evidence_recall@3", "answer_right", "token_f1", "overall_right", "answerable_refused")

Figures = dict[str, Estimate]
"""Metric to figure."""


@dataclass(frozen=True)
class Miss:
    """A question that was not answered or refused as it should be."""

    id: str
    type: str
    question: str
    wanted: str
    got: str
    confidence: float | None


@dataclass(frozen=True)
class Summary:
    """Everything that a report shows; `baselines` maps a simpler system to its figures."""

    about: dict[str, Any]
    scores: Scores
    metrics: tuple[Metric, ...]
    figures: Figures
    parts: dict[str, Figures]
    types: dict[str, Figures]
    misses: tuple[Miss, ...]
    baselines: dict[str, Figures]

    def as_json(self) -> dict[str, Any]:
        """The content of report.json."""
        return {
            "about": self.about,
            "figures": _plain(self.figures),
            "parts": {name: _plain(figures) for name, figures in self.parts.items()},
            "types": {name: _plain(figures) for name, figures in self.types.items()},
            "baselines": {name: _plain(figures) for name, figures in self.baselines.items()},
            "misses": [asdict(miss) for miss in self.misses],
        }


def summarise(run: Run, baselines: Mapping[str, Run] | None = None) -> Summary:
    """Score a run and put intervals on every figure."""
    scores = score(run)
    metrics = (*METRICS, *latency_metrics(scores))
    by_type = [metric for metric in METRICS if metric.name in BY_TYPE]
    return Summary(
        about=run.about,
        scores=scores,
        metrics=metrics,
        figures=_figures(metrics, scores),
        parts={
            part: _figures(METRICS, scores.where(p == part for p in scores.parts))
            for part in _kinds(scores.parts)
        },
        types={
            kind: _figures(by_type, scores.where(t == kind for t in scores.types))
            for kind in _kinds(scores.types)
        },
        misses=_misses(run, scores),
        baselines={name: _of_baseline(other) for name, other in (baselines or {}).items()},
    )


def _of_baseline(run: Run) -> Figures:
    scores = score(run)
    return _figures((*METRICS, *latency_metrics(scores)), scores)


def _figures(metrics: tuple[Metric, ...] | list[Metric], scores: Scores) -> Figures:
    return {metric.name: estimate(metric, scores.columns) for metric in metrics}


def _kinds(names: tuple[str, ...]) -> list[str]:
    return sorted(set(names))


def _plain(figures: Figures) -> dict[str, Any]:
    return {name: asdict(figure) for name, figure in figures.items()}


def _misses(run: Run, scores: Scores) -> tuple[Miss, ...]:
    """The questions that are not wholly right, in the order of the file."""
    missed = []
    for prediction, right in zip(run.predictions, scores.columns["overall_right"], strict=True):
        question, answer = prediction.question, prediction.answer
        if right < 1:
            wanted = (
                " / ".join(item[0] for item in question.items)
                or (question.answers or ("(no answer)",))[0]
            )
            got = (
                f"error: {prediction.error}" if answer is None else answer["answer"] or "(refused)"
            )
            confidence = answer["confidence"] if answer else None
            missed.append(
                Miss(question.id, question.type, question.question, wanted, got, confidence)
            )
    return tuple(missed)
