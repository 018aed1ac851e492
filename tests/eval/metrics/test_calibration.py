import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from inquote.eval.metrics.calibration import (
    aurc,
    expected_calibration_error,
    percentile,
    reliability,
    risk_coverage,
    roc_auc,
)


def test_the_risk_coverage_curve_by_hand():
    coverage, risk = risk_coverage([0.2, 0.9, 0.6, 0.4], [0, 1, 0, 1])
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert aurc([0.2, 0.9, 0.6, 0.4], [0, 1, 0, 1]) == pytest.approx(
        (0 + 1 / 2 + 1 / 3 + 1 / 2) / 4
    )


def test_equal_confidences_are_given_together_in_whatever_order_they_come():
    assert aurc([0.5, 0.5], [1, 0]) == aurc([0.5, 0.5], [0, 1]) == 0.5


def test_partly_right_lists_count_in_part():
    assert aurc([0.9], [0.4]) == pytest.approx(0.6)


def test_reliability_bins_have_equal_widths_and_leave_out_the_empty():
    bins = reliability([0.05, 0.95, 1.0, 0.91], [0, 1, 1, 0])
    assert [(bin.low, bin.count) for bin in bins] == [(0.0, 1), (0.9, 3)]
    assert bins[1].right == pytest.approx(2 / 3)
    assert bins[1].confidence == pytest.approx((0.95 + 1.0 + 0.91) / 3)


def test_calibration_error_by_hand():
    # bin [0.8, 0.9): confidence 0.8, right 0.5, 2 of 3 answers; bin [0.3, 0.4): confidence 0.3,
    # right 0, 1 of 3
    assert expected_calibration_error([0.8, 0.8, 0.3], [1, 0, 0]) == pytest.approx(
        (2 * 0.3 + 1 * 0.3) / 3
    )


def test_a_perfectly_calibrated_bin_has_no_error():
    assert expected_calibration_error([0.75] * 4, [1, 1, 1, 0]) == 0.0


def test_roc_auc_equals_scikit_learn_with_ties():
    rng = np.random.default_rng(0)
    scores, labels = rng.integers(0, 8, 200) / 8, rng.random(200) < 0.3
    assert roc_auc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))


def test_roc_auc_needs_both_classes():
    assert roc_auc([0.5, 0.6], [True, True]) is None


def test_percentiles_are_linear_between_neighbours():
    assert percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.5
    assert percentile([7.0], 95) == 7.0
    assert percentile([], 50) is None
