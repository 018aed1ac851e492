"""How sure a figure is: bootstrap intervals, the paired bootstrap, McNemar's exact test; all seeded."""

from dataclasses import dataclass
from math import comb

import numpy as np

from inquote.eval.report.score import Columns, Metric

RESAMPLES = 1000
SEED = 20


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; None throughout where the metric applies to none of the `n` rows."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def draws(n: int, resamples: int = RESAMPLES) -> np.ndarray:
    """(resamples, n) row numbers, drawn with replacement."""
    return np.random.default_rng(SEED).integers(n, size=(resamples, n))


def estimate(metric: Metric, columns: Columns) -> Estimate:
    """The figure of a metric with its percentile bootstrap interval over questions.

    Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13: the 2.5th and 97.5th percentile of the
    figures of 1,000 resamples. Edge rule: resamples to which the metric does not apply are left out. Where all rows
    agree the interval has no width, however few they are.
    """
    value, n = metric.of(columns), metric.count(columns)
    if value is None:
        return Estimate(None, None, None, n)
    if metric.better == "none":  # a count of violations is exact
        return Estimate(value, value, value, n)
    figures = metric.resampled(columns, draws(len(columns[metric.columns[0]])))
    low, high = np.nanpercentile(figures, [2.5, 97.5])
    return Estimate(value, float(low), float(high), n)


def paired_difference(metric: Metric, before: Columns, after: Columns) -> Estimate:
    """The figure after minus the figure before, the same questions drawn on both sides; rows must correspond.

    Efron and Tibshirani 1993; for comparisons of systems Koehn 2004, W04-3250. Significant at the 5 % level where the
    interval does not hold 0.
    """
    one, other = metric.of(before), metric.of(after)
    n = min(metric.count(before), metric.count(after))
    if one is None or other is None:
        return Estimate(None, None, None, n)
    drawn = draws(len(before[metric.columns[0]]))
    differences = metric.resampled(after, drawn) - metric.resampled(before, drawn)
    low, high = np.nanpercentile(differences, [2.5, 97.5])
    return Estimate(other - one, float(low), float(high), n)


def mcnemar(lost: int, won: int) -> float:
    """The exact two-sided p-value that `lost` and `won` changes of right and wrong are chance; 1.0 where none changed.

    McNemar 1947, doi:10.1007/BF02295996, with the binomial distribution: twice the smaller tail of lost + won fair coin
    tosses, at most 1.

    >>> mcnemar(0, 5), mcnemar(3, 3)
    (0.0625, 1.0)
    """
    tosses = lost + won
    tail = sum(comb(tosses, k) for k in range(min(lost, won) + 1)) / 2**tosses
    return min(1.0, 2 * tail)
