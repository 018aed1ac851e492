"""Sets of spans, with values worked by hand after the definitions of MultiSpanQA."""

import pytest

from inquote.eval.metrics.span_sets import (
    exact_set_score,
    partial_set_score,
    set_counts,
    summed_f1,
)


def test_exact_scores_sum_spans_over_all_questions() -> None:
    pairs = [
        (["Ann", "Bob"], ["ann", "Eve", "Dan"]),  # 1 of 2 given, 1 of 3 wanted
        (["the Elbe"], ["Elbe"]),  # articles do not count: 1 of 1, 1 of 1
    ]
    score = exact_set_score(pairs)
    assert (score.precision, score.recall) == (2 / 3, 2 / 4)
    assert score.f1 == pytest.approx(4 / 7)


def test_partial_scores_take_the_longest_common_substring_of_each_span() -> None:
    # "red apples" holds "apples" (6 of 10 characters); "plums" shares "pl" with it.
    score = partial_set_score([(["red apples"], ["apples", "plums"])])
    assert score.precision == pytest.approx(6 / 10)
    assert score.recall == pytest.approx((6 / 6 + 2 / 5) / 2)


def test_a_refusal_costs_precision_and_recall() -> None:
    score = exact_set_score([([], ["Ann"]), (["Bob"], ["Bob"])])
    assert (score.precision, score.recall) == (1 / 2, 1 / 2)
    score = partial_set_score([([], ["Ann"]), (["Bob"], ["Bob"])])
    assert (score.precision, score.recall) == (1 / 2, 1 / 2)


def test_nothing_wanted_and_nothing_given_is_right() -> None:
    assert exact_set_score([([], [])]).f1 == partial_set_score([([], [])]).f1 == 1.0
    assert exact_set_score([(["Ann"], [])]).f1 == 0.0
    assert exact_set_score([]).f1 == 0.0


def test_a_span_given_twice_counts_once() -> None:
    counts = set_counts(["Ann", "ann", "The Ann"], ["Ann"])
    assert (counts.given, counts.correct) == (1, 1)


def test_long_spans_are_compared_letter_by_letter() -> None:
    text = "abcde " * 60
    assert partial_set_score([([text + "x"], [text])]).recall == 1.0


def test_summed_f1_is_that_of_the_sums() -> None:
    # 3 of 4 given are right, 3 of 6 wanted are given: P 0.75, R 0.5, F1 0.6.
    assert summed_f1([1, 2], [1, 2], [2, 2], [3, 3]) == pytest.approx(0.6)
