"""A metric is a figure of a whole run, computed from columns of one number a question.

A column is (n,) float64, NaN where the measurement does not apply to a question.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

Columns = Mapping[str, np.ndarray]
NAN = float("nan")


@dataclass(frozen=True)
class Metric:
    """A figure of a whole run: `statistic` of the values of `columns`.

    `better` says which way is up; it is "none" for violations, of which there must be none. A mean
    has no `statistic`: it is taken over the rows where its one column applies.
    """

    name: str
    meaning: str
    better: Literal["higher", "lower", "none"]
    columns: tuple[str, ...]
    statistic: Callable[..., float | None] | None = None

    def of(self, columns: Columns) -> float | None:
        """Return the figure, None where it applies to no row."""
        applies = self.applies(columns)
        if not applies.any():
            return None
        if self.statistic is None:
            return float(np.nanmean(columns[self.columns[0]]))
        figure = self.statistic(*(columns[name][applies] for name in self.columns))
        return None if figure is None else float(figure)

    def resampled(self, columns: Columns, draws: np.ndarray) -> np.ndarray:
        """Return the (r,) figures of r resamples, NaN where the metric applies to no row of one.

        `draws` is (r, n) row numbers.
        """
        if self.statistic is not None:
            return np.array([self._figure_of_draw(columns, draw) for draw in draws])
        drawn = columns[self.columns[0]][draws]
        applies = np.isfinite(drawn)
        with np.errstate(invalid="ignore"):
            means: np.ndarray = np.where(applies, drawn, 0.0).sum(axis=1) / applies.sum(axis=1)
        return means

    def _figure_of_draw(self, columns: Columns, draw: np.ndarray) -> float:
        figure = self.of({name: columns[name][draw] for name in self.columns})
        return NAN if figure is None else figure

    def applies(self, columns: Columns) -> np.ndarray:
        """Return the (n,) mask of the rows that the figure is of."""
        finite = [np.isfinite(columns[name]) for name in self.columns]
        mask: np.ndarray = np.logical_and.reduce(finite)
        return mask

    def count(self, columns: Columns) -> int:
        """Return how many rows the figure is of."""
        return int(self.applies(columns).sum())


def mean(name: str, meaning: str, better: Literal["higher", "lower"] = "higher") -> Metric:
    """Make the metric that is the mean of the column of the same name."""
    return Metric(name, meaning, better, (name,))
