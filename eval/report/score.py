"""Score a run: one row a question, one column a measurement, NaN where one does not apply.

`METRICS` lists the figures of a report in its order; the functions from `_score_row` on fill the
columns they are of.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import compress
from typing import Any

import numpy as np

from inquote.eval.metrics.answers import (
    Range,
    answer_in_evidence,
    answer_right,
    citation_precision,
    citation_recall,
    contains_answer,
    exact_match,
    refusal_f1,
    refusal_precision,
    refusal_recall,
    token_f1,
    verbatim_violations,
)
from inquote.eval.metrics.calibration import aurc, expected_calibration_error, percentile, roc_auc
from inquote.eval.metrics.metric import NAN, Metric, mean
from inquote.eval.metrics.ranking import (
    first_ranks,
    ndcg_at,
    recall_at,
    reciprocal_rank,
    relevance,
    shown_order,
)
from inquote.eval.metrics.span_sets import summed_f1
from inquote.eval.report.score_forms import candidate_right, score_form, score_near_miss
from inquote.eval.runs.predict import Prediction
from inquote.eval.runs.questions import Question
from inquote.eval.runs.run import Run


@dataclass(frozen=True)
class Scores:
    """The measurements of n questions.

    `columns` maps a measurement to (n,) float64; `ids`, `types`, `forms` and `parts` are those of
    the rows.
    """

    ids: tuple[str, ...]
    types: tuple[str, ...]
    forms: tuple[str, ...]
    parts: tuple[str, ...]
    columns: dict[str, np.ndarray]

    def where(self, keep: Iterable[bool]) -> "Scores":
        """Return the rows for which `keep` is true."""
        mask = np.fromiter(keep, bool, len(self.ids))
        return Scores(
            ids=tuple(compress(self.ids, mask)),
            types=tuple(compress(self.types, mask)),
            forms=tuple(compress(self.forms, mask)),
            parts=tuple(compress(self.parts, mask)),
            columns={name: column[mask] for name, column in self.columns.items()},
        )


REFUSAL = ("refused", "answerable")
CONFIDENCE = ("confidence", "candidate_right")
METRICS = (
    mean("evidence_recall@1", "evidence in the first passage, cited ones before the nearest"),
    mean(
        "evidence_recall@3", "evidence in the first three passages, cited ones before the nearest"
    ),
    mean("evidence_recall@5", "evidence in the first five passages, cited ones before the nearest"),
    mean("retrieval_recall@1", "evidence in the passage that retrieval puts first"),
    mean("dense_recall@3", "evidence in the first three that dense search listed"),
    mean("lexical_recall@3", "evidence in the first three that BM25 listed"),
    mean("mrr", "reciprocal rank of the first passage with evidence, by retrieval"),
    mean("ndcg@10", "discounted cumulative gain of the first ten, by retrieval"),
    mean("exact_match", "answer equals an accepted one; answerable questions, a refusal scores 0"),
    mean(
        "token_f1",
        "overlap of words with an accepted answer; answerable questions, a refusal scores 0",
    ),
    mean("contains_answer", "answer contains an accepted one; answerable questions"),
    mean(
        "answer_right",
        "answer contains an accepted one or has token F1 of 0.6; of a list, the share of its items",
    ),
    mean(
        "overall_right",
        "right where answerable (of a table the cell alone), refused where not; all questions",
    ),
    mean(
        "answer_in_evidence",
        "first citation lies in the evidence; answered ones that are answerable",
    ),
    mean(
        "citation_precision",
        "share of cited characters that are evidence; answered ones that are answerable",
    ),
    mean(
        "citation_recall", "share of the evidence's characters that are cited; answerable questions"
    ),
    Metric(
        "refusal_precision",
        "of the refused, the share without an answer",
        "higher",
        REFUSAL,
        refusal_precision,
    ),
    Metric(
        "refusal_recall",
        "of those without an answer, the share refused",
        "higher",
        REFUSAL,
        refusal_recall,
    ),
    Metric("refusal_f1", "harmonic mean of the two", "higher", REFUSAL, refusal_f1),
    mean("answerable_refused", "of those with an answer, the share refused", "lower"),
    Metric("aurc", "area under the risk-coverage curve", "lower", CONFIDENCE, aurc),
    Metric(
        "ece",
        "expected calibration error, ten equal bins",
        "lower",
        CONFIDENCE,
        expected_calibration_error,
    ),
    Metric(
        "auc_answerable",
        "confidence tells answerable from not",
        "higher",
        ("confidence", "answerable"),
        roc_auc,
    ),
    Metric(
        "verbatim_violations",
        "quotes that are not the text's own",
        "none",
        ("verbatim_violations",),
        np.sum,
    ),
    mean("cell_right", "the wanted cell and no other number; answerable questions on tables"),
    Metric(
        "exact_set_f1",
        "F1 of whole spans, summed over answerable questions for lists (MultiSpanQA)",
        "higher",
        ("set_correct", "set_correct", "set_given", "set_wanted"),
        summed_f1,
    ),
    Metric(
        "partial_set_f1",
        "the same of the longest common substrings of spans",
        "higher",
        ("set_overlap_given", "set_overlap_wanted", "set_given", "set_wanted"),
        summed_f1,
    ),
    mean("count_right", "the wanted number and no other; answerable questions for a count"),
    mean("verdict_right", "the wanted verdict; answerable questions for one, none given is wrong"),
    mean("near_miss_refused", "of questions that the corpus almost answers, the share refused"),
    mean("near_miss_sure", "of these, the share answered with confidence above 0.5", "lower"),
    Metric("errors", "questions that raised an error", "none", ("errors",), np.sum),
)


def latency_metrics(scores: Scores) -> list[Metric]:
    """Return median and 95th percentile of the call and of each stage, in milliseconds."""
    metrics = []
    for name in scores.columns:
        if not name.startswith("ms_"):
            continue
        for q in (50, 95):
            meaning = f"{name.removeprefix('ms_')}, {q}th percentile"
            statistic = partial(percentile, q=q)
            metrics.append(Metric(f"{name}_p{q}", meaning, "lower", (name,), statistic))
    return metrics


def score(run: Run) -> Scores:
    """Score every prediction of a run; errors count as wrong and not as refusals."""
    rows = [_score_row(prediction, run.texts) for prediction in run.predictions]
    names = {name: None for metric in METRICS for name in metric.columns}
    for row in rows:
        names |= dict.fromkeys(row)
    questions = [prediction.question for prediction in run.predictions]
    return Scores(
        ids=tuple(question.id for question in questions),
        types=tuple(question.type for question in questions),
        forms=tuple(question.form for question in questions),
        parts=tuple(question.part for question in questions),
        columns={name: _column(rows, name) for name in names},
    )


def _column(rows: list[dict[str, float]], name: str) -> np.ndarray:
    return np.array([row.get(name, NAN) for row in rows], float)


def _score_row(prediction: Prediction, texts: Mapping[str, str]) -> dict[str, float]:
    """Measure one prediction; measurements that do not apply are left out."""
    question, answer = prediction.question, prediction.answer
    refused = answer is not None and answer["answer"] is None

    # Measure what applies to every question.
    row = {
        "answerable": question.answerable,
        "refused": refused,
        "errors": answer is None,
        "ms_total": prediction.ms,
    }
    row |= {f"ms_{stage}": ms for stage, ms in prediction.stages_ms.items()}
    row |= _score_confidence(question, answer)
    if answer is not None:
        row["verbatim_violations"] = verbatim_violations(answer, texts)
    if not question.answerable:
        return row | score_near_miss(question, answer) | {"overall_right": refused}

    # Compare with the accepted answers and with the evidence.
    row |= _score_text(question, (answer or {}).get("answer") or "")
    row |= score_form(question, answer or {})
    right = row.get("cell_right", row["answer_right"])
    row |= {"overall_right": right, "answerable_refused": refused}
    return row | _score_ranking(prediction) | _score_citations(question, answer)


def _score_confidence(question: Question, answer: dict[str, Any] | None) -> dict[str, float]:
    """Return the confidence, and whether the answer it belongs to is right.

    The confidence of a refusal is that of the best candidate, which stands in the trace.
    """
    if answer is None:
        return {}
    text = answer["answer"]
    quotes = [citation["quote"] for citation in answer["citations"]]
    if not text:
        candidates = answer["trace"].get("candidates", ())
        text = candidates[0]["quote"] if candidates else ""
        quotes = [text]
    right = candidate_right(question, text, quotes) if question.answerable else 0.0
    return {"confidence": answer["confidence"], "candidate_right": right}


def _score_text(question: Question, text: str) -> dict[str, float]:
    return {
        "exact_match": exact_match(text, question.answers),
        "token_f1": token_f1(text, question.answers),
        "contains_answer": contains_answer(text, question.answers),
        "answer_right": answer_right(text, question.answers, question.items),
    }


def evidence_ranges(question: Question) -> list[list[Range]]:
    """Return the question's groups of alternative ranges."""
    groups = []
    for group in question.evidence:
        groups.append([(piece.document, piece.start, piece.end) for piece in group])
    return groups


def _score_ranking(prediction: Prediction) -> dict[str, float]:
    # Collect the lists: as shown to a person, as retrieved, and as each of the two searches listed.
    answer = prediction.answer or {"citations": [], "nearest": []}
    cited = [(c["document"], c["passage_start"], c["passage_end"]) for c in answer["citations"]]
    shown = shown_order(cited, [_range(passage) for passage in answer["nearest"]])
    retrieved = [_range(hit) for hit in prediction.retrieval]
    dense = _listed_by(prediction, "dense_rank", 3)
    lexical = _listed_by(prediction, "lexical_rank", 3)

    # Hold the evidence against them.
    evidence = evidence_ranges(prediction.question)
    relevant, total = relevance(first_ranks(retrieved, evidence), len(retrieved))
    return {
        "evidence_recall@1": evidence_recall_at(shown, evidence, 1),
        "evidence_recall@3": evidence_recall_at(shown, evidence, 3),
        "evidence_recall@5": evidence_recall_at(shown, evidence, 5),
        "retrieval_recall@1": evidence_recall_at(retrieved, evidence, 1),
        "dense_recall@3": evidence_recall_at(dense, evidence, 3),
        "lexical_recall@3": evidence_recall_at(lexical, evidence, 3),
        "mrr": reciprocal_rank(relevant),
        "ndcg@10": ndcg_at(relevant, total),
    }


def evidence_recall_at(ranked: list[Range], evidence: list[list[Range]], k: int) -> float:
    """Return the share of the groups of evidence that the first k passages hold."""
    ranks = first_ranks(ranked[:k], evidence)
    return recall_at([rank is not None for rank in ranks], len(evidence), len(evidence))


def _listed_by(prediction: Prediction, rank: str, k: int) -> list[Range]:
    """Return the retrieved passages that one of the two searches had among its first k."""
    return [_range(hit) for hit in prediction.retrieval if hit[rank] is not None and hit[rank] <= k]


def _range(passage: Mapping[str, Any]) -> Range:
    return passage["document"], passage["start"], passage["end"]


def _score_citations(question: Question, answer: dict[str, Any] | None) -> dict[str, float]:
    cited = [_range(citation) for citation in (answer or {}).get("citations", [])]
    evidence = evidence_ranges(question)
    row = {"citation_recall": citation_recall(cited, evidence)}
    precision = citation_precision(cited, evidence)
    if precision is not None:
        row["citation_precision"] = precision
        row["answer_in_evidence"] = answer_in_evidence(cited, evidence)
    return row
