"""Say why an answer was given: the trace of an answer, as JSON."""

from collections.abc import Sequence
from typing import Any

from inquote.app.answering.choice import Choice, Part
from inquote.app.answering.confidence import Calibration
from inquote.app.reader.base import Reader
from inquote.index.retrieval.search import Hit

MOST_CANDIDATES = 5  # spans that the trace of an answer shows


def trace_of(
    question: str, choice: Choice, hits: Sequence[Hit], reader: Reader, calibration: Calibration
) -> dict[str, Any]:
    """Return the form, the scores, the threshold and the next best spans, as JSON.

    "nearest" indexes `hits`.
    """
    places = {hit.passage.id: number for number, hit in enumerate(hits)}
    candidates = []
    for span in choice.findings.spans[:MOST_CANDIDATES]:
        nearest, score = places[span.passage.id], round(span.score, 4)
        candidates.append({"quote": span.text, "nearest": nearest, "score": score})
    trace = {
        "form": choice.form.value,
        "reader": reader.name,
        "note": reader.note(question),
        "threshold": calibration.threshold,
        "observed": _observed(choice, calibration) if choice.features else None,
        "features": {name: round(value, 4) for name, value in choice.features.items()},
        "candidates": candidates,
        "retrieval": [_retrieval_scores(hit) for hit in hits],
    }
    return trace | ({"absent": list(choice.absent)} if choice.absent else {})


def _observed(choice: Choice, calibration: Calibration) -> dict[str, float] | None:
    """Return how often answers of about this confidence were right in the calibration."""
    observed = calibration.observed(choice.confidence)
    return {"answers": observed[0], "right": observed[1]} if observed else None


def part_json(part: Part, accepted: Sequence[Choice]) -> dict[str, Any]:
    """Return a part of a question as the trace shows it."""
    return {
        "question": part.question,
        "confidence": part.choice.confidence,
        "answered": part.choice in accepted,
    }


def _retrieval_scores(hit: Hit) -> dict[str, float | None]:
    """Return the scores and ranks of a hit, as JSON."""
    return {
        "score": round(hit.score, 4),
        "dense_rank": hit.dense_rank,
        "dense_score": round(hit.dense_score, 4),
        "lexical_rank": hit.lexical_rank,
        "lexical_score": round(hit.lexical_score, 4),
    }
