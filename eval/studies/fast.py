"""Whether what makes answering fast changes answers: the shipped way against the plain one, on the same hits.

The plain way reads every passage, in float32, on the network as transformers lays it out. The shipped one reads in
bfloat16 where the processor has it, and the later passages only where the first leave doubt.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from inquote.app.answering.answer import Answerer, Choice
from inquote.app.build import make_answerer
from inquote.app.reader.span import SpanReader
from inquote.eval.metrics.answers import answer_right, token_f1
from inquote.eval.studies.observe import Asked
from inquote.index.models.embedder import Embedder


@dataclass(frozen=True)
class Ways:
    """Two answerers with the same weights and calibration."""

    fast: Answerer
    plain: Answerer

    @classmethod
    def shipped(cls, embedder: Embedder) -> "Ways":
        """The span reader as it ships, and the plain one."""
        fast = make_answerer(None, embedder)
        return cls(
            fast, Answerer(SpanReader(bfloat16=False), replace(fast.calibration, enough_score=None))
        )


def compare_ways(
    asked: Sequence[Asked],
    ways: Ways,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> dict[str, Any]:
    """By source: how many answers have the same spans, how far confidences lie apart, and what each way reaches.

    `same_spans` is the share of questions with the same spans of the same passages, in the same order; `same_decision`
    of those answered by both or refused by both; F1 and right answers are over the answerable questions, nothing
    refused.
    """
    rows: dict[str, list[dict[str, float]]] = {}
    for done, one in enumerate(asked, 1):
        fast, plain = (way.choose(one.understood, one.hits) for way in (ways.fast, ways.plain))
        line = ways.fast.calibration.threshold
        row = {
            "same_spans": _places(fast) == _places(plain),
            "same_decision": (fast.confidence < line) == (plain.confidence < line),
            "apart": abs(fast.confidence - plain.confidence),
        }
        if one.question.answerable:
            for name, choice in (("fast", fast), ("plain", plain)):
                row[f"{name}_f1"] = token_f1(choice.text, one.question.answers)
                row[f"{name}_right"] = answer_right(
                    choice.text, one.question.answers, one.question.items
                )
        rows.setdefault(one.source, []).append(row)
        progress("answering both ways", done, len(asked))
    return {source: _summed(of_source) for source, of_source in rows.items()}


def _places(choice: Choice) -> list[tuple[str, int, int]]:
    return [(choice.hits[span.hit].passage.id, span.start, span.end) for span in choice.spans]


def _summed(rows: Sequence[dict[str, float]]) -> dict[str, Any]:
    apart = np.array([row["apart"] for row in rows])
    means = {
        name: round(float(np.mean([row[name] for row in rows if name in row])), 4)
        for name in (
            "same_spans",
            "same_decision",
            "fast_f1",
            "plain_f1",
            "fast_right",
            "plain_right",
        )
        if any(name in row for row in rows)
    }
    return {
        "questions": len(rows),
        **means,
        "confidence_apart_median": round(float(np.median(apart)), 4),
        "confidence_apart_p99": round(float(np.percentile(apart, 99)), 4),
        "confidence_apart_most": round(float(apart.max()), 4),
    }
