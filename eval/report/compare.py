"""Two runs of the same questions: is a difference more than chance, and which answers changed."""

import json
from dataclasses import asdict, dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from inquote.eval.metrics.bootstrap import Estimate, mcnemar, paired_difference
from inquote.eval.report.report import page
from inquote.eval.report.score import METRICS, Columns, Metric, Scores, latency_metrics, score
from inquote.eval.report.tables import Table, as_html, as_markdown
from inquote.eval.runs.predict import Prediction
from inquote.eval.runs.run import Run, RunError

FLIPS = "overall_right"


@dataclass(frozen=True)
class Difference:
    """One metric on both sides, of the questions that it applies to on both. `change` is after minus before, paired.

    For a metric of rights and wrongs `p` is McNemar's, with `lost` and `won` the questions that changed; else None and
    the interval decides.
    """

    metric: str
    better: str
    before: float | None
    after: float | None
    change: Estimate
    lost: int | None = None
    won: int | None = None
    p: float | None = None

    @property
    def verdict(self) -> str:
        """ "better", "worse" or "no difference", at the 5 % level; a count of violations is taken as it is."""
        value = self.change.value
        if not value or not self._significant:
            return "no difference"
        return "better" if (value > 0) == (self.better == "higher") else "worse"

    @property
    def _significant(self) -> bool:
        low, high = self.change.low, self.change.high
        if self.better == "none":
            return True
        return (
            self.p < 0.05
            if self.p is not None
            else low is not None and high is not None and not low <= 0 <= high
        )


@dataclass(frozen=True)
class Flip:
    """A question that one run has right and the other has not, with both answers."""

    id: str
    question: str
    won: bool
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """Of the questions that both runs have; `left_out` counts those that only one has."""

    names: tuple[str, str]
    questions: int
    left_out: int
    differences: tuple[Difference, ...]
    flips: tuple[Flip, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        differences = [asdict(found) | {"verdict": found.verdict} for found in self.differences]
        return asdict(self) | {"differences": differences}


def compare(before: Run, after: Run, names: tuple[str, str] = ("A", "B")) -> Comparison:
    """Pair the questions of two runs by id. Raises `RunError` where one was changed in between, or none is common."""
    one, other = _common(before, after), _common(after, before)
    if not one.predictions:
        raise RunError(
            f"{names[0]} and {names[1]} have no question in common; compare runs of one question file."
        )
    for left, right in zip(one.predictions, other.predictions, strict=True):
        if left.question != right.question:
            raise RunError(
                f"The question {left.question.id} is not the same in the two runs; make one of them anew."
            )
    scores = score(one), score(other)
    left_out = len(
        {p.question.id for p in before.predictions} ^ {p.question.id for p in after.predictions}
    )
    return Comparison(
        names=names,
        questions=len(one.predictions),
        left_out=left_out,
        differences=tuple(
            _difference(metric, *(s.columns for s in scores)) for metric in _metrics(*scores)
        ),
        flips=tuple(_flips(one, other, *scores)),
    )


def _common(run: Run, other: Run) -> Run:
    """`run` with only the questions that `other` has too, in the order of ids."""
    shared = {prediction.question.id for prediction in other.predictions}
    chosen = [prediction for prediction in run.predictions if prediction.question.id in shared]
    return replace(
        run, predictions=tuple(sorted(chosen, key=lambda prediction: prediction.question.id))
    )


def _metrics(before: Scores, after: Scores) -> list[Metric]:
    timed = [metric for metric in latency_metrics(before) if metric.columns[0] in after.columns]
    return [*METRICS, *timed]


def _difference(metric: Metric, before: Columns, after: Columns) -> Difference:
    before, after = _in_both(metric, before, after)
    change = paired_difference(metric, before, after)
    found = Difference(metric.name, metric.better, metric.of(before), metric.of(after), change)
    if metric.statistic is not None:
        return found
    left, right = before[metric.columns[0]], after[metric.columns[0]]
    applies = metric.applies(before)
    if not applies.any() or not np.isin([left[applies], right[applies]], (0, 1)).all():
        return found
    fell, rose = int((left > right).sum()), int((left < right).sum())
    lost, won = (rose, fell) if metric.better == "lower" else (fell, rose)
    return replace(found, lost=lost, won=won, p=mcnemar(lost, won))


def _in_both(metric: Metric, before: Columns, after: Columns) -> tuple[Columns, Columns]:
    """The metric's columns, without the rows that it applies to on one side only.

    Where one side refuses, the other's citations have none to be compared with; that it refuses counts elsewhere.
    """
    both = metric.applies(before) & metric.applies(after)
    one, other = (
        {name: np.where(both, side[name], np.nan) for name in metric.columns}
        for side in (before, after)
    )
    return one, other


def _flips(before: Run, after: Run, one: Scores, other: Scores) -> list[Flip]:
    rows = zip(
        before.predictions, after.predictions, one.columns[FLIPS], other.columns[FLIPS], strict=True
    )
    return [
        Flip(left.question.id, left.question.question, bool(now > was), _said(left), _said(right))
        for left, right, was, now in rows
        if was != now
    ]


def _said(prediction: Prediction) -> str:
    if prediction.answer is None:
        return f"error: {prediction.error}"
    return f"{prediction.answer['answer'] or '(refused)'} [{prediction.answer['confidence']:.2f}]"


def comparison_tables(found: Comparison) -> list[Table]:
    """The table of metrics and the table of flipped questions."""
    one, other = found.names
    rows = [
        (d.metric, str(d.change.n), _number(d.before), _number(d.after), *_changed(d), d.verdict)
        for d in found.differences
    ]
    head = (
        "metric",
        "questions",
        one,
        other,
        "change",
        "95 % interval",
        "lost / won",
        "p",
        "verdict",
    )
    flips = [
        (flip.id, flip.question, flip.before, flip.after, "won" if flip.won else "lost")
        for flip in found.flips
    ]
    flip_head = ("id", "question", one, other, "")
    made = [
        Table("Metrics", head, tuple(rows)),
        Table("Flipped", flip_head, tuple(flips), prose=True),
    ]
    return [table for table in made if table.rows]


def _changed(found: Difference) -> tuple[str, str, str, str]:
    change = found.change
    interval = "" if change.low is None else f"{_number(change.low)} to {_number(change.high)}"
    flips = "" if found.lost is None else f"{found.lost} / {found.won}"
    return _number(change.value), interval, flips, "" if found.p is None else f"{found.p:.3f}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def write_comparison(found: Comparison, folder: Path) -> None:
    """Write compare.md, compare.html and compare.json into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    heading, about = f"{found.names[0]} and {found.names[1]}", told(found)
    tables = comparison_tables(found)
    body = f"<p>{escape(about)}</p>" + "".join(map(as_html, tables))
    (folder / "compare.html").write_text(page(heading, body), encoding="utf-8")
    text = "\n".join([f"# {heading}\n\n{about}\n", *map(as_markdown, tables)])
    (folder / "compare.md").write_text(text, encoding="utf-8")
    (folder / "compare.json").write_text(
        json.dumps(found.as_json(), indent=1) + "\n", encoding="utf-8"
    )


def told(found: Comparison) -> str:
    """What was compared, in a sentence or two."""
    lost = sum(not flip.won for flip in found.flips)
    left_out = (
        f" {found.left_out} questions are in one run only and were left out."
        if found.left_out
        else ""
    )
    return f"{found.questions} questions in both runs; {lost} lost and {len(found.flips) - lost} won.{left_out}"


def names_of(one: Path, other: Path) -> tuple[str, str]:
    """Two names for two folders: their own, or their whole paths where these are alike."""
    return (one.name, other.name) if one.name != other.name else (str(one), str(other))
