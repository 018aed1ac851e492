"""Reports with wide intervals, for most tests look at other figures."""

import pytest


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw 50 resamples in the place of 1,000, which cost seconds a report."""
    monkeypatch.setattr("inquote.eval.metrics.bootstrap.RESAMPLES", 50)
