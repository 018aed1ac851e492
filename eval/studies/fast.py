"""Compare the fast way of answering that ships with the plain way, on the same hits.

The plain way reads every passage, in float32, on the network as transformers lays it out. The one
that ships reads in bfloat16 where the processor has it, and reads the later passages only where the
first leave doubt.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from inquote.app.answering.answerer import Answerer
from inquote.app.answering.choice import Choice
from inquote.app.build import make_answerer
from inquote.app.reader.span import SpanReader
from inquote.eval.metrics.answers import answer_right, token_f1
from inquote.eval.studies.observe import RetrievedQuestion
from inquote.index.models.embedder import Embedder

MEANS = ("same_spans", "same_decision", "fast_f1", "plain_f1", "fast_right", "plain_right")
DIFFERENCE = "difference"  # of the confidences

Row = dict[str, float]
"""The figures of one question; those of F1 and right answers only where it is answerable."""


@dataclass(frozen=True)
class Ways:
    """Two answerers with the same weights and calibration."""

    fast: Answerer
    plain: Answerer

    @classmethod
    def shipped(cls, embedder: Embedder) -> "Ways":
        """Return the span reader as it ships, and the plain one."""
        fast = make_answerer(None, embedder)
        calibration = replace(fast.calibration, settled=None)
        return cls(fast, Answerer(SpanReader(precision="float32"), calibration))


def compare_ways(
    questions: Sequence[RetrievedQuestion],
    ways: Ways,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> dict[str, Any]:
    """Return by source how far the answers of both ways agree, and what each way reaches.

    - `same_spans`: share of questions with the same spans of the same passages in the same order.
    - `same_decision`: share of questions that both ways answer or both refuse.
    - F1 and right answers: over the answerable questions, nothing refused.
    """
    rows: dict[str, list[Row]] = {}
    for done, question in enumerate(questions, 1):
        rows.setdefault(question.source, []).append(_compare_answers(question, ways))
        progress("answering both ways", done, len(questions))
    return {source: _summarize(rows_of_source) for source, rows_of_source in rows.items()}


def _compare_answers(retrieved: RetrievedQuestion, ways: Ways) -> Row:
    """Answer one question both ways and compare the answers."""
    fast = ways.fast.choose(retrieved.understood, retrieved.hits)
    plain = ways.plain.choose(retrieved.understood, retrieved.hits)
    threshold = ways.fast.calibration.threshold
    row: Row = {
        "same_spans": _places(fast) == _places(plain),
        "same_decision": (fast.confidence < threshold) == (plain.confidence < threshold),
        DIFFERENCE: abs(fast.confidence - plain.confidence),
    }
    question = retrieved.question
    if question.answerable:
        for name, choice in (("fast", fast), ("plain", plain)):
            row[f"{name}_f1"] = token_f1(choice.text, question.answers)
            row[f"{name}_right"] = answer_right(choice.text, question.answers, question.items)
    return row


def _places(choice: Choice) -> list[tuple[str, int, int]]:
    """Return the passages and ranges of an answer's spans."""
    return [(span.passage.id, span.start, span.end) for span in choice.spans]


def _summarize(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the number of questions, the means, and how far the confidences differ."""
    summary: dict[str, Any] = {"questions": len(rows)}
    for name in MEANS:
        values = [row[name] for row in rows if name in row]
        if values:
            summary[name] = round(float(np.mean(values)), 4)
    differences = np.array([row[DIFFERENCE] for row in rows])
    summary["confidence_apart_median"] = round(float(np.median(differences)), 4)
    summary["confidence_apart_p99"] = round(float(np.percentile(differences, 99)), 4)
    summary["confidence_apart_most"] = round(float(differences.max()), 4)
    return summary
