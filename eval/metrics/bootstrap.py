"""Say how sure a figure is: bootstrap intervals, the paired bootstrap, McNemar's exact test.

Everything is seeded.
"""

from dataclasses import dataclass
from math import comb

import numpy as np

from inquote.eval.metrics.metric import Columns, Metric

RESAMPLES = 1000
SEED = 20
INTERVAL = [2.5, 97.5]  # percentiles, for an interval of 95 %


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval.

    `n` is the number of rows that the metric applies to; where it is 0 all else is None.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


def draws(n: int) -> np.ndarray:
    """Return (RESAMPLES, n) row numbers, drawn with replacement."""
    return np.random.default_rng(SEED).integers(n, size=(RESAMPLES, n))


def estimate(metric: Metric, columns: Columns) -> Estimate:
    """Return the figure of a metric with its percentile bootstrap interval over questions.

    Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13: the 2.5th and 97.5th
    percentile of the figures of 1,000 resamples. Resamples to which the metric does not apply are
    left out. Where all rows agree the interval has no width, however few they are.
    """
    value, n = metric.of(columns), metric.count(columns)
    if value is None:
        return Estimate(None, None, None, n)
    if metric.better == "none":  # a count of violations is exact
        return Estimate(value, value, value, n)
    drawn = draws(len(columns[metric.columns[0]]))
    low, high = np.nanpercentile(metric.resampled(columns, drawn), INTERVAL)
    return Estimate(value, float(low), float(high), n)


def paired_difference(metric: Metric, before: Columns, after: Columns) -> Estimate:
    """Return the figure after minus the figure before, with its interval.

    Rows must correspond: the same questions are drawn on both sides. Efron and Tibshirani 1993; for
    comparisons of systems Koehn 2004, W04-3250. Significant at the 5 % level where the interval
    does not hold 0.
    """
    value_before, value_after = metric.of(before), metric.of(after)
    n = min(metric.count(before), metric.count(after))
    if value_before is None or value_after is None:
        return Estimate(None, None, None, n)
    drawn = draws(len(before[metric.columns[0]]))
    differences = metric.resampled(after, drawn) - metric.resampled(before, drawn)
    low, high = np.nanpercentile(differences, INTERVAL)
    return Estimate(value_after - value_before, float(low), float(high), n)


def mcnemar(lost: int, won: int) -> float:
    """Return the exact two-sided p-value that `lost` and `won` changes are chance.

    1.0 where nothing changed. McNemar 1947, doi:10.1007/BF02295996, with the binomial distribution:
    twice the smaller tail of lost + won tosses of a fair coin, at most 1.

    >>> mcnemar(0, 5), mcnemar(3, 3)
    (0.0625, 1.0)
    """
    tosses = lost + won
    tail: float = sum(comb(tosses, k) for k in range(min(lost, won) + 1)) / 2**tosses
    return min(1.0, 2 * tail)
