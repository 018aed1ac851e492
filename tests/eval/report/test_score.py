from dataclasses import replace

import numpy as np
import pytest

from eval_fakes import (
    CRASHING,
    FACTOID,
    HOW,
    LIST,
    QUESTIONS,
    UNANSWERABLE,
    TableSystem,
    evidence,
    make_run,
)
from inquote.eval.metrics.bootstrap import estimate
from inquote.eval.report.score import METRICS, latency_metrics, score
from inquote.eval.report.summary import summarise


def figures(run):
    scores = score(run)
    return {metric.name: metric.of(scores.columns) for metric in METRICS}


def test_the_figures_of_a_small_run_by_hand():
    found = figures(make_run())
    # q-1 and q-2 are right, q-3 has one of two items, q-4 is refused, q-5 raises.
    assert found["answer_right"] == pytest.approx((1 + 1 + 0.5 + 0) / 4)
    assert found["overall_right"] == pytest.approx((1 + 1 + 0.5 + 1 + 0) / 5)
    assert found["exact_match"] == pytest.approx(2 / 4)
    assert found["evidence_recall@1"] == pytest.approx((1 + 1 + 0.5 + 0) / 4)
    assert found["evidence_recall@3"] == pytest.approx((1 + 1 + 1 + 0) / 4)
    assert found["retrieval_recall@1"] == pytest.approx((1 + 0 + 0.5 + 0) / 4)
    assert found["mrr"] == pytest.approx((1 + 1 / 2 + 1 + 0) / 4)
    assert found["lexical_recall@3"] == 0.0
    assert found["dense_recall@3"] == pytest.approx((1 + 1 + 1 + 0) / 4)
    assert found["citation_precision"] == 1.0
    assert found["citation_recall"] == pytest.approx((4 / 27 + 10 / 19 + 0.5 + 0) / 4)
    assert found["answer_in_evidence"] == 1.0
    assert (found["refusal_precision"], found["refusal_recall"], found["refusal_f1"]) == (
        1.0,
        1.0,
        1.0,
    )
    assert found["answerable_refused"] == 0.0
    assert (found["verbatim_violations"], found["errors"]) == (0, 1)


def test_an_error_is_wrong_and_no_refusal():
    found = figures(make_run(questions=[replace(UNANSWERABLE, question="crash")]))
    assert (found["overall_right"], found["refusal_recall"], found["errors"]) == (0.0, 0.0, 1)


def test_a_run_without_any_answer_still_has_figures():
    found = figures(make_run(TableSystem({})))
    assert found["answer_right"] == 0.0
    assert found["citation_precision"] is None
    assert found["refusal_precision"] == pytest.approx(1 / 4)


def test_the_confidence_of_a_refusal_is_that_of_the_answer_held_back():
    run = make_run(TableSystem({}), [FACTOID])
    held = replace(
        run.predictions[0],
        answer=run.predictions[0].answer | {"trace": {"candidates": [{"quote": "in 1987"}]}},
    )
    assert score(replace(run, predictions=(held,))).columns["candidate_right"].tolist() == [1.0]
    assert score(run).columns["candidate_right"].tolist() == [0.0]


def test_a_quote_that_is_not_in_the_text_is_counted():
    run = make_run(questions=[FACTOID])
    assert figures(replace(run, texts={"small/tern.md": "changed"}))["verbatim_violations"] == 5


def test_all_groups_of_evidence_must_be_found():
    wide = replace(FACTOID, evidence=evidence("The tern was found in 1987.", "It weighs 120 g."))
    found = figures(make_run(questions=[wide]))
    assert (found["evidence_recall@3"], found["evidence_recall@5"]) == (0.5, 1.0)


def test_latency_is_measured_for_the_call_and_for_every_stage():
    scores = score(make_run())
    found = {metric.name: metric.of(scores.columns) for metric in latency_metrics(scores)}
    assert found["ms_total_p50"] == 10.0
    assert found["ms_embed_p95"] == 2.0


def test_every_part_and_type_has_figures_of_its_own():
    summary = summarise(make_run())
    assert set(summary.types) == {"factoid", "definition", "list", "how"}
    assert summary.types["list"]["answer_right"].value == 0.5
    assert sum(figures["overall_right"].n for figures in summary.parts.values()) == len(QUESTIONS)


def test_what_was_not_right_is_listed_in_the_order_of_the_file():
    misses = summarise(make_run()).misses
    assert [(miss.id, miss.got) for miss in misses] == [
        (LIST.id, "The tern was found in 1987."),
        (CRASHING.id, "error: Please ask something else."),
    ]
    assert misses[0].wanted == "1987 / small fish"


def test_rows_are_chosen_by_a_mask():
    scores = score(make_run()).where([True, True, False, False, False])
    assert scores.ids == (FACTOID.id, HOW.id)
    assert scores.columns["exact_match"].tolist() == [1.0, 1.0]


def test_resampled_figures_of_every_metric_stay_within_the_extremes_of_its_rows():
    scores = score(make_run())
    for metric in METRICS:
        found = estimate(metric, scores.columns)
        if found.value is not None and np.isfinite(found.value):
            assert found.low <= found.value <= found.high or metric.statistic is not None
