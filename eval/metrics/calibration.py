"""Measure confidence and time: arrays of one number a question in, one number or a curve out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True)
class Bin:
    """The answers with a confidence in [low, high).

    `confidence` is their mean confidence, `right` the share of them that is right.
    """

    low: float
    high: float
    count: int
    confidence: float
    right: float


def risk_coverage(
    confidence: Sequence[float], right: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return coverage and risk, each (n,), with only the 1, 2, ... n most confident answers given.

    Coverage is the share of questions answered, risk the share of wrong among these. El-Yaniv and
    Wiener 2010, JMLR 11; Geifman and El-Yaniv 2017, arXiv:1705.08500. Answers of equal confidence
    can only be given together, so each has the risk at the end of its tie.

    >>> [part.round(3).tolist() for part in risk_coverage([0.9, 0.5, 0.7], [1, 0, 1])]
    [[0.333, 0.667, 1.0], [0.0, 0.0, 0.333]]
    """
    # Put the most confident first.
    scores = np.asarray(confidence, float)
    order = np.argsort(-scores, kind="stable")
    scores = scores[order]

    # Count wrong answers up to each rank, and read the count at the end of each tie.
    wrong = np.cumsum(1 - np.asarray(right, float)[order])
    last_of_tie = np.searchsorted(-scores, -scores, side="right") - 1
    ranks = np.arange(1, len(scores) + 1)
    return ranks / len(scores), (wrong / ranks)[last_of_tie]


def aurc(confidence: Sequence[float], right: Sequence[float]) -> float:
    """Return the area under the risk-coverage curve, the mean of its n risks; 0.0 is perfect.

    Geifman and El-Yaniv 2017, arXiv:1705.08500. A random order gives the share of wrong answers.

    >>> round(aurc([0.9, 0.5, 0.7], [1, 0, 1]), 4)
    0.1111
    """
    _, risk = risk_coverage(confidence, right)
    return float(risk.mean())


def reliability(confidence: Sequence[float], right: Sequence[float], bins: int = BINS) -> list[Bin]:
    """Return the bins of a reliability plot: equal widths over [0, 1], empty ones left out.

    A confidence of 1.0 belongs to the last bin. Guo et al. 2017, arXiv:1706.04599.

    >>> reliability([0.72, 0.78, 0.1], [1, 0, 0], bins=2)[1]
    Bin(low=0.5, high=1.0, count=2, confidence=0.75, right=0.5)
    """
    scores = np.asarray(confidence, float)
    rights = np.asarray(right, float)
    places = np.minimum((scores * bins).astype(int), bins - 1)
    made = []
    for at in range(bins):
        inside = places == at
        if inside.any():
            mean_confidence = float(scores[inside].mean())
            share_right = float(rights[inside].mean())
            count = int(inside.sum())
            made.append(Bin(at / bins, (at + 1) / bins, count, mean_confidence, share_right))
    return made


def expected_calibration_error(
    confidence: Sequence[float], right: Sequence[float], bins: int = BINS
) -> float:
    """Return the mean gap between confidence and share of right answers, over `reliability`'s bins.

    Bins weigh as much as they have answers. Guo et al. 2017, arXiv:1706.04599, equation 3:
    ECE = sum |B| / n * |acc(B) - conf(B)|, with equal-width bins.

    >>> round(expected_calibration_error([0.72, 0.78, 0.1], [1, 0, 0], bins=2), 4)
    0.2
    """
    filled = reliability(confidence, right, bins)
    gaps = sum(bin.count * abs(bin.right - bin.confidence) for bin in filled)
    return float(gaps / len(confidence))


def roc_auc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """Return the probability that a positive scores above a negative, ties half.

    None where there is no positive or no negative. Hanley and McNeil 1982,
    doi:10.1148/radiology.143.1.7063747: the Mann-Whitney statistic over n+ n-.

    >>> roc_auc([0.9, 0.4, 0.4, 0.1], [True, True, False, False])
    0.875
    """
    values = np.asarray(scores, float)
    labels = np.asarray(positive, bool)
    positives, negatives = values[labels], np.sort(values[~labels])
    if not len(positives) or not len(negatives):
        return None
    below = np.searchsorted(negatives, positives, side="left")
    below_or_equal = np.searchsorted(negatives, positives, side="right")
    return float((below + below_or_equal).sum() / (2 * len(positives) * len(negatives)))


def percentile(values: Sequence[float], q: float) -> float | None:
    """Return the q-th percentile, 0 to 100, None of nothing.

    Linear between neighbours: Hyndman and Fan 1996, type 7.

    >>> percentile([10.0, 20.0, 40.0], 75)
    30.0
    """
    return float(np.percentile(np.asarray(values, float), q)) if len(values) else None
