"""Compare two runs of the same questions: is a difference chance, and which answers changed."""

import json
from dataclasses import asdict, dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from inquote.eval.metrics.bootstrap import Estimate, mcnemar, paired_difference
from inquote.eval.metrics.metric import Columns, Metric
from inquote.eval.report.page import html_page
from inquote.eval.report.score import METRICS, Scores, latency_metrics, score
from inquote.eval.report.tables import Table, as_html, as_markdown, format_interval, format_number
from inquote.eval.runs.predict import Prediction
from inquote.eval.runs.run import Run, RunError

FLIPS = "overall_right"


@dataclass(frozen=True)
class Difference:
    """One metric in both runs, over the questions that it applies to in both.

    `change` is after minus before, paired. For a metric of rights and wrongs `lost` and `won` count
    the questions that changed, and `p` is McNemar's; for others all three are None and the interval
    of `change` decides.
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
        """Return "better", "worse" or "no difference", at the 5 % level.

        Any change in a count of violations is a difference.
        """
        value = self.change.value
        if not value or not self._significant:
            return "no difference"
        return "better" if (value > 0) == (self.better == "higher") else "worse"

    @property
    def _significant(self) -> bool:
        if self.better == "none":
            return True
        if self.p is not None:
            return self.p < 0.05
        low, high = self.change.low, self.change.high
        return low is not None and high is not None and not low <= 0 <= high


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
    """The differences between two runs over the questions of both.

    `left_out` counts the questions that only one has.
    """

    names: tuple[str, str]
    questions: int
    left_out: int
    differences: tuple[Difference, ...]
    flips: tuple[Flip, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the content of compare.json."""
        differences = [asdict(d) | {"verdict": d.verdict} for d in self.differences]
        return asdict(self) | {"differences": differences}


def compare(before: Run, after: Run, names: tuple[str, str] = ("A", "B")) -> Comparison:
    """Compare two runs, their questions paired by id.

    Raises `RunError` where a question was changed in between, or none is common.
    """
    # Pair the questions.
    first, second = _common(before, after), _common(after, before)
    if not first.predictions:
        raise RunError(
            f"{names[0]} and {names[1]} have no question in common; "
            "compare runs of one question file."
        )
    for left, right in zip(first.predictions, second.predictions, strict=True):
        if left.question != right.question:
            raise RunError(
                f"The question {left.question.id} is not the same in the two runs; "
                "make one of them anew."
            )

    # Score both sides, and compare them metric by metric and question by question.
    scores, scores_after = score(first), score(second)
    differences = []
    for metric in _metrics(scores, scores_after):
        differences.append(_compare_metric(metric, scores.columns, scores_after.columns))
    return Comparison(
        names=names,
        questions=len(first.predictions),
        left_out=len(_ids(before) ^ _ids(after)),
        differences=tuple(differences),
        flips=tuple(_flips(first, second, scores, scores_after)),
    )


def _ids(run: Run) -> set[str]:
    return {prediction.question.id for prediction in run.predictions}


def _common(run: Run, other: Run) -> Run:
    """Return `run` with only the questions that `other` has too, in the order of ids."""
    shared = _ids(other)
    chosen = [prediction for prediction in run.predictions if prediction.question.id in shared]
    chosen.sort(key=lambda prediction: prediction.question.id)
    return replace(run, predictions=tuple(chosen))


def _metrics(before: Scores, after: Scores) -> list[Metric]:
    timed = [metric for metric in latency_metrics(before) if metric.columns[0] in after.columns]
    return [*METRICS, *timed]


def _compare_metric(metric: Metric, before: Columns, after: Columns) -> Difference:
    # Keep the rows that the metric applies to on both sides: where one side refuses, the citations
    # of the other have none to be compared with.
    both = metric.applies(before) & metric.applies(after)
    before, after = _masked(metric, before, both), _masked(metric, after, both)
    difference = Difference(
        metric=metric.name,
        better=metric.better,
        before=metric.of(before),
        after=metric.of(after),
        change=paired_difference(metric, before, after),
    )
    if metric.statistic is not None or not both.any():
        return difference

    # Where all values are rights and wrongs, count those that changed.
    left, right = before[metric.columns[0]], after[metric.columns[0]]
    if not np.isin([left[both], right[both]], (0, 1)).all():
        return difference
    fell = int((left > right).sum())
    rose = int((left < right).sum())
    lost, won = (rose, fell) if metric.better == "lower" else (fell, rose)
    return replace(difference, lost=lost, won=won, p=mcnemar(lost, won))


def _masked(metric: Metric, columns: Columns, keep: np.ndarray) -> Columns:
    """Return the metric's columns with NaN in the rows that `keep` excludes."""
    return {name: np.where(keep, columns[name], np.nan) for name in metric.columns}


def _flips(before: Run, after: Run, scores: Scores, scores_after: Scores) -> list[Flip]:
    rights = zip(scores.columns[FLIPS], scores_after.columns[FLIPS], strict=True)
    pairs = zip(before.predictions, after.predictions, strict=True)
    flips = []
    for (left, right), (was_right, is_right) in zip(pairs, rights, strict=True):
        if was_right != is_right:
            flip = Flip(
                id=left.question.id,
                question=left.question.question,
                won=bool(is_right > was_right),
                before=_format_answer(left),
                after=_format_answer(right),
            )
            flips.append(flip)
    return flips


def _format_answer(prediction: Prediction) -> str:
    if prediction.answer is None:
        return f"error: {prediction.error}"
    return f"{prediction.answer['answer'] or '(refused)'} [{prediction.answer['confidence']:.2f}]"


def comparison_tables(comparison: Comparison) -> list[Table]:
    """Return the table of metrics and the table of flipped questions, without empty ones."""
    tables = [_metrics_table(comparison), _flips_table(comparison)]
    return [table for table in tables if table.rows]


def _metrics_table(comparison: Comparison) -> Table:
    before, after = comparison.names
    head = ("metric", "questions", before, after, "change", "95 % interval", "lost / won", "p")
    rows = tuple(_difference_row(difference) for difference in comparison.differences)
    return Table("Metrics", (*head, "verdict"), rows)


def _difference_row(difference: Difference) -> tuple[str, ...]:
    change = difference.change
    p = difference.p
    flips = "" if difference.lost is None else f"{difference.lost} / {difference.won}"
    return (
        difference.metric,
        str(change.n),
        _number(difference.before),
        _number(difference.after),
        _number(change.value),
        format_interval(change),
        flips,
        "" if p is None else f"{p:.3f}",
        difference.verdict,
    )


def _flips_table(comparison: Comparison) -> Table:
    rows = []
    for flip in comparison.flips:
        outcome = "won" if flip.won else "lost"
        rows.append((flip.id, flip.question, flip.before, flip.after, outcome))
    return Table("Flipped", ("id", "question", *comparison.names, ""), tuple(rows), prose=True)


def _number(value: float | None) -> str:
    return "-" if value is None else format_number(value)


def write_comparison(comparison: Comparison, folder: Path) -> None:
    """Write compare.md, compare.html and compare.json into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    heading = f"{comparison.names[0]} and {comparison.names[1]}"
    about = format_comparison(comparison)
    tables = comparison_tables(comparison)
    body = f"<p>{escape(about)}</p>" + "".join(map(as_html, tables))
    (folder / "compare.html").write_text(html_page(heading, body), encoding="utf-8")
    text = "\n".join([f"# {heading}\n\n{about}\n", *map(as_markdown, tables)])
    (folder / "compare.md").write_text(text, encoding="utf-8")
    content = json.dumps(comparison.as_json(), indent=1)
    (folder / "compare.json").write_text(content + "\n", encoding="utf-8")


def format_comparison(comparison: Comparison) -> str:
    """Say in a sentence or two what was compared."""
    won = sum(flip.won for flip in comparison.flips)
    lost = len(comparison.flips) - won
    sentence = f"{comparison.questions} questions in both runs; {lost} lost and {won} won."
    if comparison.left_out:
        left_out = f"{comparison.left_out} questions are in one run only and were left out."
        return f"{sentence} {left_out}"
    return sentence


def names_of(before: Path, after: Path) -> tuple[str, str]:
    """Return two names for two folders: their own, or their whole paths where these are alike."""
    if before.name != after.name:
        return before.name, after.name
    return str(before), str(after)
