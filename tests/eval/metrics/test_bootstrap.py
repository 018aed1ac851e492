import numpy as np
import pytest
from scipy.stats import binomtest

from inquote.eval.metrics.answers import refusal_precision
from inquote.eval.metrics.bootstrap import estimate, mcnemar, paired_difference
from inquote.eval.metrics.metric import Metric

RIGHT = Metric("right", "", "higher", ("right",))
PRECISION = Metric("precision", "", "higher", ("refused", "answerable"), refusal_precision)


@pytest.fixture(autouse=True)
def few_resamples():
    """Draw all of them, for these tests look at intervals."""


def columns(**values):
    return {name: np.array(column, float) for name, column in values.items()}


def test_the_interval_of_a_mean_is_close_to_the_normal_one():
    found = estimate(RIGHT, columns(right=[1] * 140 + [0] * 60))
    assert found.value == 0.7
    half = 1.96 * (0.7 * 0.3 / 200) ** 0.5  # 0.0635
    assert found.low == pytest.approx(0.7 - half, abs=0.01)
    assert found.high == pytest.approx(0.7 + half, abs=0.01)


def test_rows_to_which_a_mean_does_not_apply_are_left_out():
    found = estimate(RIGHT, columns(right=[1, 0, np.nan, np.nan]))
    assert (found.value, found.n) == (0.5, 2)


def test_a_metric_that_applies_to_no_row_has_no_figure():
    found = estimate(RIGHT, columns(right=[np.nan]))
    assert (found.value, found.low, found.high, found.n) == (None, None, None, 0)


def test_the_same_rows_give_the_same_interval():
    rows = columns(right=np.arange(50) % 3 == 0)
    assert estimate(RIGHT, rows) == estimate(RIGHT, rows)


def test_a_ratio_is_taken_anew_in_each_resample():
    found = estimate(PRECISION, columns(refused=[1, 1, 1, 0] * 25, answerable=[0, 0, 1, 1] * 25))
    assert found.value == pytest.approx(2 / 3)
    assert found.low < 2 / 3 < found.high


def test_a_count_of_violations_is_exact():
    found = estimate(Metric("violations", "", "none", ("v",), np.sum), columns(v=[0, 0, 2]))
    assert (found.value, found.low, found.high) == (2, 2, 2)


def test_pairing_sees_a_difference_that_the_two_intervals_hide():
    before = columns(right=[1] * 50 + [0] * 50)
    after = columns(right=[1] * 58 + [0] * 42)
    assert estimate(RIGHT, before).high > estimate(RIGHT, after).low
    found = paired_difference(RIGHT, before, after)
    assert found.value == pytest.approx(0.08)
    assert found.low > 0


def test_no_difference_has_an_interval_of_nought():
    rows = columns(right=[1, 0, 1])
    found = paired_difference(RIGHT, rows, rows)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("lost", "won"), [(0, 6), (3, 12), (7, 7), (20, 9), (0, 0)])
def test_mcnemar_equals_the_binomial_test(lost, won):
    expected = binomtest(lost, lost + won).pvalue if lost + won else 1.0
    assert mcnemar(lost, won) == pytest.approx(expected)
