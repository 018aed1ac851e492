import pytest

from inquote.eval.metrics.verdicts import verdict_accuracy, verdict_macro_f1


def test_accuracy_counts_no_verdict_as_wrong() -> None:
    assert verdict_accuracy(["yes", "no", None, "unclear"], ["yes", "yes", "no", "unclear"]) == 0.5


def test_macro_f1_is_the_mean_over_three_verdicts() -> None:
    # yes: 1 hit of 2 given and 1 wanted, 2/3; no: 1 hit of 1 and 2, 2/3; unclear: none of 0 and 0.
    assert verdict_macro_f1(["yes", "yes", "no"], ["yes", "no", "no"]) == pytest.approx(4 / 9)


def test_a_constant_yes_gains_little() -> None:
    given = ["yes"] * 4
    assert verdict_macro_f1(given, ["yes", "yes", "no", "unclear"]) == pytest.approx(2 / 9)
