import pytest

from eval_fakes import FACTOID, HOW, UNANSWERABLE, make_run
from inquote.eval.report.domains import domain_figures, domain_table


def test_a_domain_says_how_far_and_in_which_direction_confidences_are_off() -> None:
    # Right with 0.9 and 0.8, and a refusal with 0.1 where nothing was to be given.
    figures = domain_figures(make_run(questions=[FACTOID, HOW, UNANSWERABLE]))
    assert figures["count"] == 3
    assert figures["ece"] == pytest.approx((0.1 + 0.2 + 0.1) / 3)
    assert figures["too_low"] == pytest.approx((0.1 + 0.2 - 0.1) / 3)
    assert (figures["answer_right"], figures["refusal_recall"]) == (1.0, 1.0)


def test_a_row_is_shown_for_each_run() -> None:
    runs = {"a": domain_figures(make_run()), "b": domain_figures(make_run(questions=[FACTOID]))}
    table = domain_table(runs)
    assert [row[0] for row in table.rows] == ["a", "b"]
    assert table.rows[1][-2] == "-"  # no unanswerable question
