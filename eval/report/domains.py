"""Measure confidence a domain at a time: errors of opposite signs cancel out in a mean over all."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from inquote.eval.report.score import METRICS, score
from inquote.eval.report.tables import Table, format_number
from inquote.eval.runs.run import Run

NAMES = ("ece", "auc_answerable", "answer_right", "refusal_recall", "answerable_refused")


def domain_figures(run: Run) -> dict[str, Any]:
    """Return the figures of one domain.

    `too_low` is the share of right candidates less the mean confidence: above 0 where confidences
    are too low, below 0 where they are too high.
    """
    columns = score(run).columns
    figures: dict[str, Any] = {
        "questions": run.about.get("questions", ""),
        "count": len(run.predictions),
    }
    for metric in METRICS:
        if metric.name in NAMES:
            figures[metric.name] = metric.of(columns)
    gap = columns["candidate_right"] - columns["confidence"]
    known = np.isfinite(gap)
    figures["too_low"] = float(gap[known].mean()) if known.any() else None
    return figures


def domain_table(figures: Mapping[str, Mapping[str, Any]]) -> Table:
    """Lay the figures out, a row a run."""
    rows = []
    for path, row in figures.items():
        cells = []
        for name in ("ece", "too_low", *NAMES[1:]):
            cells.append("-" if row.get(name) is None else format_number(row[name]))
        rows.append((path, str(row["questions"]), str(row["count"]), *cells))
    head = ("run", "asked", "questions", "ece", "too_low", *NAMES[1:])
    return Table("Confidence, a domain at a time", head, tuple(rows))
