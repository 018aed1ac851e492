"""Score what depends on the form of an answer: cells, sets, counts, verdicts, near misses."""

from collections.abc import Mapping
from typing import Any

from inquote.eval.metrics.answers import answer_right, exact_match
from inquote.eval.metrics.cells import cell_right, count_right
from inquote.eval.metrics.span_sets import set_counts
from inquote.eval.runs.questions import Question
from inquote.eval.runs.stated import count_of, verdict_of

SURE = 0.5  # an answer to a near miss with a confidence above it misleads


def score_near_miss(question: Question, answer: dict[str, Any] | None) -> dict[str, float]:
    """Measure a question that the corpus almost answers; {} for any other."""
    if not question.near_miss or answer is None:
        return {}
    given = answer["answer"] is not None
    return {"near_miss_refused": not given, "near_miss_sure": given and answer["confidence"] > SURE}


def score_form(question: Question, answer: Mapping[str, Any]) -> dict[str, float]:
    """Measure an answerable question as its form is measured; {} for one without a form."""
    quotes = [citation["quote"] for citation in answer.get("citations", ())]
    match question.form:
        case "table":
            return {"cell_right": _cell_right(question, quotes)}
        case "list":
            counts = set_counts(quotes, _wanted_spans(question, quotes))
            return {
                "set_given": counts.given,
                "set_wanted": counts.wanted,
                "set_correct": counts.correct,
                "set_overlap_given": counts.overlap_given,
                "set_overlap_wanted": counts.overlap_wanted,
            }
        case "count" if question.count is not None:
            text = answer.get("answer") or ""
            return {"count_right": count_right(text, question.count, count_of(answer))}
        case "verdict":
            return {"verdict_right": verdict_of(answer) == question.verdict}
    return {}


def candidate_right(question: Question, text: str, quotes: list[str]) -> float:
    """Return how right an answer is, given or held back: its text, or of a table its quotes."""
    if question.form == "table":
        return _cell_right(question, quotes)
    return answer_right(text, question.answers, question.items)


def _cell_right(question: Question, quotes: list[str]) -> float:
    """Return 1.0 where all quotes together, or one of them, are the cell, else 0.0."""
    right = 0.0
    for some in (quotes, *([quote] for quote in quotes)):
        right = max(right, cell_right(some, question.answers[:1], question.headers))
    return right


def _wanted_spans(question: Question, quotes: list[str]) -> list[str]:
    """Return a wording of each item: that which is quoted, else the first."""
    spans = []
    for wordings in question.items:
        quoted = [wording for wording in wordings if exact_match(wording, quotes)]
        spans.append((quoted or list(wordings))[0])
    return spans
