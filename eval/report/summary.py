"""Sum up scores: figures with intervals of all questions, each part, each type; and the misses."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from inquote.eval.metrics.bootstrap import Estimate, estimate
from inquote.eval.metrics.metric import Metric
from inquote.eval.report.score import METRICS, Scores, latency_metrics, score
from inquote.eval.runs.predict import Prediction
from inquote.eval.runs.run import Run

BY_TYPE = ("evidence_recall@3", "answer_right", "token_f1", "overall_right", "answerable_refused")

BY_FORM = (
    *("overall_right", "answer_right", "cell_right", "exact_set_f1", "partial_set_f1"),
    *("count_right", "verdict_right", "answerable_refused", "near_miss_refused"),
    *("near_miss_sure", "ece"),
)

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
    """All that a report shows; `baselines` maps the name of a simpler system to its figures."""

    about: dict[str, Any]
    scores: Scores
    metrics: tuple[Metric, ...]
    figures: Figures
    parts: dict[str, Figures]
    types: dict[str, Figures]
    forms: dict[str, Figures]
    misses: tuple[Miss, ...]
    baselines: dict[str, Figures]

    def as_json(self) -> dict[str, Any]:
        """Return the content of report.json."""
        return {
            "about": self.about,
            "figures": _figures_json(self.figures),
            "parts": _groups_json(self.parts),
            "types": _groups_json(self.types),
            "forms": _groups_json(self.forms),
            "baselines": _groups_json(self.baselines),
            "misses": [asdict(miss) for miss in self.misses],
        }


def summarise(run: Run, baselines: Mapping[str, Run] | None = None) -> Summary:
    """Score a run and put intervals on every figure."""
    scores = score(run)
    by_type = [metric for metric in METRICS if metric.name in BY_TYPE]
    by_form = [metric for metric in METRICS if metric.name in BY_FORM]
    metrics = (*METRICS, *latency_metrics(scores))
    forms = _figures_by(scores.forms, by_form, scores) if any(scores.forms) else {}
    return Summary(
        about=run.about,
        scores=scores,
        metrics=metrics,
        figures=_figures(metrics, scores),
        parts=_figures_by(scores.parts, METRICS, scores),
        types=_figures_by(scores.types, by_type, scores),
        forms=forms,
        misses=_misses(run, scores),
        baselines={name: _baseline_figures(other) for name, other in (baselines or {}).items()},
    )


def _baseline_figures(run: Run) -> Figures:
    scores = score(run)
    return _figures((*METRICS, *latency_metrics(scores)), scores)


def _figures(metrics: Sequence[Metric], scores: Scores) -> Figures:
    return {metric.name: estimate(metric, scores.columns) for metric in metrics}


def _figures_by(
    labels: Sequence[str], metrics: Sequence[Metric], scores: Scores
) -> dict[str, Figures]:
    """Return the figures of the rows of each label, in the order of labels."""
    groups = {}
    for name in sorted(set(labels)):
        group = scores.where(label == name for label in labels)
        groups[name] = _figures(metrics, group)
    return groups


def _figures_json(figures: Figures) -> dict[str, Any]:
    return {name: asdict(figure) for name, figure in figures.items()}


def _groups_json(groups: dict[str, Figures]) -> dict[str, Any]:
    return {name: _figures_json(figures) for name, figures in groups.items()}


def _misses(run: Run, scores: Scores) -> tuple[Miss, ...]:
    """Return the questions that are not wholly right, in the order of the file."""
    missed = []
    for prediction, right in zip(run.predictions, scores.columns["overall_right"], strict=True):
        if right < 1:
            missed.append(_miss(prediction))
    return tuple(missed)


def _miss(prediction: Prediction) -> Miss:
    question, answer = prediction.question, prediction.answer
    items = " / ".join(item[0] for item in question.items)
    answers = question.answers or ("(no answer)",)
    wanted = items or answers[0]
    if answer is None:
        got = f"error: {prediction.error}"
        confidence = None
    else:
        got = answer["answer"] or "(refused)"
        confidence = answer["confidence"]
    return Miss(
        id=question.id,
        type=question.type,
        question=question.question,
        wanted=wanted,
        got=got,
        confidence=confidence,
    )
