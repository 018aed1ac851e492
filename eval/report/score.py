"""A run to scores: one row a question, one column a measurement, NaN where a measurement does not apply."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

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
from inquote.eval.metrics.ranking import (
    first_ranks,
    ndcg_at,
    recall_at,
    reciprocal_rank,
    relevance,
    shown_order,
)
from inquote.eval.runs.predict import Prediction
from inquote.eval.runs.questions import Question
from inquote.eval.runs.run import Run

Columns = Mapping[str, np.ndarray]
NAN = float("nan")


@dataclass(frozen=True)
class Scores:
    """`columns` maps a measurement to (n,) float64; `ids`, `types` and `parts` say what the rows are."""

    ids: tuple[str, ...]
    types: tuple[str, ...]
    parts: tuple[str, ...]
    columns: dict[str, np.ndarray]

    def where(self, keep: Iterable[bool]) -> "Scores":
        """The rows for which `keep` is true."""
        mask = np.fromiter(keep, bool, len(self.ids))
        chosen = [
            [value for value, kept in zip(names, mask, strict=True) if kept] for names in self.named
        ]
        columns = {name: column[mask] for name, column in self.columns.items()}
        return Scores(tuple(chosen[0]), tuple(chosen[1]), tuple(chosen[2]), columns)

    @property
    def named(self) -> tuple[tuple[str, ...], ...]:
        """Ids, types and parts."""
        return self.ids, self.types, self.parts


@dataclass(frozen=True)
class Metric:
    """A figure of a whole run: `statistic` of the values of `columns`.

    `better` says which way is up, "none" for a violation, which has no acceptable share. A mean has no `statistic`: it
    is taken over the rows where its one column applies.
    """

    name: str
    meaning: str
    better: Literal["higher", "lower", "none"]
    columns: tuple[str, ...]
    statistic: Callable[..., float | None] | None = None

    def of(self, columns: Columns) -> float | None:
        """The figure, None where it applies to no row."""
        values = [columns[name] for name in self.columns]
        if self.statistic is None:
            return float(np.nanmean(values[0])) if np.isfinite(values[0]).any() else None
        applies = self.applies(columns)
        found = self.statistic(*(value[applies] for value in values)) if applies.any() else None
        return None if found is None else float(found)

    def resampled(self, columns: Columns, draws: np.ndarray) -> np.ndarray:
        """(r,) figures of r resamples; `draws` is (r, n) row numbers. NaN where a resample has no row that applies."""
        if self.statistic is not None:
            values = (
                self.of({name: columns[name][draw] for name in self.columns}) for draw in draws
            )
            return np.array([NAN if value is None else value for value in values])
        drawn = columns[self.columns[0]][draws]
        applies = np.isfinite(drawn)
        with np.errstate(invalid="ignore"):
            return np.where(applies, drawn, 0.0).sum(axis=1) / applies.sum(axis=1)

    def applies(self, columns: Columns) -> np.ndarray:
        """(n,) which rows the figure is of."""
        return np.logical_and.reduce([np.isfinite(columns[name]) for name in self.columns])

    def count(self, columns: Columns) -> int:
        """How many rows the figure is of."""
        return int(self.applies(columns).sum())


def _mean(name: str, meaning: str, better: Literal["higher", "lower"] = "higher") -> Metric:
    return Metric(name, meaning, better, (name,))


REFUSAL = ("refused", "answerable")
CONFIDENCE = ("confidence", "candidate_right")
METRICS = (
    _mean("evidence_recall@1", "evidence in the first passage, cited ones before the nearest"),
    _mean(
        "evidence_recall@3", "evidence in the first three passages, cited ones before the nearest"
    ),
    _mean(
        "evidence_recall@5", "evidence in the first five passages, cited ones before the nearest"
    ),
    _mean("retrieval_recall@1", "evidence in the passage that retrieval puts first"),
    _mean("dense_recall@3", "evidence in the first three that dense search listed"),
    _mean("lexical_recall@3", "evidence in the first three that BM25 listed"),
    _mean("mrr", "reciprocal rank of the first passage with evidence, by retrieval"),
    _mean("ndcg@10", "discounted cumulative gain of the first ten, by retrieval"),
    _mean("exact_match", "answer equals an accepted one; answerable questions, a refusal scores 0"),
    _mean(
        "token_f1",
        "overlap of words with an accepted answer; answerable questions, a refusal scores 0",
    ),
    _mean("contains_answer", "answer contains an accepted one; answerable questions"),
    _mean(
        "answer_right",
        "answer contains an accepted one or has token F1 of 0.6; of a list, the share of its items",
    ),
    _mean("overall_right", "right where answerable, refused where not; all questions"),
    _mean(
        "answer_in_evidence",
        "first citation lies in the evidence; answered ones that are answerable",
    ),
    _mean(
        "citation_precision",
        "share of cited characters that are evidence; answered ones that are answerable",
    ),
    _mean(
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
    _mean("answerable_refused", "of those with an answer, the share refused", "lower"),
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
    Metric("errors", "questions that raised an error", "none", ("errors",), np.sum),
)


def latency_metrics(scores: Scores) -> list[Metric]:
    """Median and 95th percentile of the whole call and of each stage, in milliseconds."""
    return [
        Metric(
            f"{name}_p{q}",
            f"{name.removeprefix('ms_')}, {q}th percentile",
            "lower",
            (name,),
            partial(percentile, q=q),
        )
        for name in scores.columns
        if name.startswith("ms_")
        for q in (50, 95)
    ]


def score(run: Run) -> Scores:
    """Score every prediction of a run; errors count as wrong and not as refusals."""
    rows = [_row(prediction, run.texts) for prediction in run.predictions]
    names = dict.fromkeys(
        [
            *(name for metric in METRICS for name in metric.columns),
            *(name for row in rows for name in row),
        ]
    )
    questions = [prediction.question for prediction in run.predictions]
    return Scores(
        ids=tuple(question.id for question in questions),
        types=tuple(question.type for question in questions),
        parts=tuple(question.part for question in questions),
        columns={name: np.array([row.get(name, NAN) for row in rows], float) for name in names},
    )


def _row(prediction: Prediction, texts: Mapping[str, str]) -> dict[str, float]:
    question, answer = prediction.question, prediction.answer
    refused = answer is not None and answer["answer"] is None
    row = {
        "answerable": question.answerable,
        "refused": refused,
        "errors": answer is None,
        "ms_total": prediction.ms,
    }
    row |= {f"ms_{stage}": ms for stage, ms in prediction.stages_ms.items()} | _confidence(
        question, answer
    )
    if answer is not None:
        row["verbatim_violations"] = verbatim_violations(answer, texts)
    if not question.answerable:
        return row | {"overall_right": refused}
    said = _text_metrics(question, (answer or {}).get("answer") or "")
    row |= said | {"overall_right": said["answer_right"], "answerable_refused": refused}
    return row | _ranking(prediction) | _citations(question, answer)


def _confidence(question: Question, answer: dict[str, Any] | None) -> dict[str, float]:
    """Confidence, and whether the answer is right; of a refusal, whether the best candidate in the trace would be."""
    if answer is None:
        return {}
    text = answer["answer"] or next(
        (found["quote"] for found in answer["trace"].get("candidates", ())), ""
    )
    right = answer_right(text, question.answers, question.items) if question.answerable else 0.0
    return {"confidence": answer["confidence"], "candidate_right": right}


def _text_metrics(question: Question, text: str) -> dict[str, float]:
    return {
        "exact_match": exact_match(text, question.answers),
        "token_f1": token_f1(text, question.answers),
        "contains_answer": contains_answer(text, question.answers),
        "answer_right": answer_right(text, question.answers, question.items),
    }


def evidence_ranges(question: Question) -> list[list[Range]]:
    """The question's groups of alternative ranges."""
    return [
        [(found.document, found.start, found.end) for found in group] for group in question.evidence
    ]


def _ranking(prediction: Prediction) -> dict[str, float]:
    evidence = evidence_ranges(prediction.question)
    answer = prediction.answer or {"citations": [], "nearest": []}
    cited = [(c["document"], c["passage_start"], c["passage_end"]) for c in answer["citations"]]
    shown = shown_order(cited, [(n["document"], n["start"], n["end"]) for n in answer["nearest"]])
    retrieved = [_range(hit) for hit in prediction.retrieval]
    relevant, total = relevance(first_ranks(retrieved, evidence), len(retrieved))
    row = {f"evidence_recall@{k}": found_within(shown, evidence, k) for k in (1, 3, 5)}
    return row | {
        "retrieval_recall@1": found_within(retrieved, evidence, 1),
        "dense_recall@3": found_within(_listed(prediction, "dense_rank", 3), evidence, 3),
        "lexical_recall@3": found_within(_listed(prediction, "lexical_rank", 3), evidence, 3),
        "mrr": reciprocal_rank(relevant),
        "ndcg@10": ndcg_at(relevant, total),
    }


def found_within(ranked: list[Range], evidence: list[list[Range]], k: int) -> float:
    """The share of the groups of evidence that the first k passages hold: recall@k with groups as what is sought."""
    ranks = first_ranks(ranked[:k], evidence)
    return recall_at([rank is not None for rank in ranks], len(evidence), len(evidence))


def _listed(prediction: Prediction, rank: str, k: int) -> list[Range]:
    """The passages retrieved that one of the two searches had among its first k."""
    return [_range(hit) for hit in prediction.retrieval if hit[rank] is not None and hit[rank] <= k]


def _range(hit: Mapping[str, Any]) -> Range:
    return hit["document"], hit["start"], hit["end"]


def _citations(question: Question, answer: dict[str, Any] | None) -> dict[str, float]:
    cited = [(c["document"], c["start"], c["end"]) for c in (answer or {}).get("citations", [])]
    evidence = evidence_ranges(question)
    row = {"citation_recall": citation_recall(cited, evidence)}
    precision = citation_precision(cited, evidence)
    if precision is None:
        return row
    return row | {
        "citation_precision": precision,
        "answer_in_evidence": answer_in_evidence(cited, evidence),
    }
