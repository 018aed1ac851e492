from dataclasses import replace

import pytest

from eval_fakes import FACTOID, LIST, UNANSWERABLE, TableSystem, make_run
from inquote.eval.report.score import METRICS, score
from inquote.eval.report.score_forms import score_form, score_near_miss
from inquote.eval.report.summary import summarise
from inquote.eval.report.tables import report_tables

TABLE = replace(FACTOID, id="t-1", form="table", headers=("found",))
SET = replace(LIST, id="l-1", form="list")
COUNT = replace(FACTOID, id="c-1", form="count", count=1987)
VERDICT = replace(FACTOID, id="v-1", form="verdict", verdict="no")
NEAR = replace(UNANSWERABLE, id="n-1", form="table", near_miss="year")


def answer(*quotes: str, **more: object) -> dict[str, object]:
    citations = [{"quote": quote} for quote in quotes]
    return {"answer": " ".join(quotes) or None, "citations": citations, "confidence": 0.6} | more


def test_a_cell_is_right_by_itself_or_among_its_headers() -> None:
    assert score_form(TABLE, answer("1987")) == {"cell_right": 1.0}
    assert score_form(TABLE, answer("found", "1987")) == {"cell_right": 1.0}
    assert score_form(TABLE, answer("1987 or 1988")) == {"cell_right": 0.0}
    assert score_form(TABLE, {}) == {"cell_right": 0.0}


def test_a_list_is_compared_with_the_wordings_that_it_gives() -> None:
    question = replace(SET, items=(("1987", "in 1987"), ("small fish",)))
    row = score_form(question, answer("in 1987", "stones"))
    assert (row["set_correct"], row["set_given"], row["set_wanted"]) == (1, 2, 2)


def test_a_count_and_a_verdict_are_read_from_what_is_inferred() -> None:
    counted = answer("a", "b", inferred={"kind": "count", "text": "1987 things"})
    assert score_form(COUNT, counted) == {"count_right": 1.0}
    assert score_form(COUNT, answer("1987")) == {"count_right": 1.0}
    no = answer("It eats.", inferred={"kind": "verdict", "text": "No"})
    assert score_form(VERDICT, no) == {"verdict_right": True}
    assert score_form(VERDICT, answer("It eats.")) == {"verdict_right": False}
    assert score_form(FACTOID, answer("1987")) == {}


def test_near_misses_are_counted_by_themselves() -> None:
    assert score_near_miss(NEAR, answer("1987")) == {
        "near_miss_refused": False,
        "near_miss_sure": True,
    }
    assert score_near_miss(NEAR, answer("1987", confidence=0.4))["near_miss_sure"] is False
    assert score_near_miss(NEAR, answer()) == {"near_miss_refused": True, "near_miss_sure": False}
    assert score_near_miss(UNANSWERABLE, answer("1987")) == {}


def test_a_report_shows_figures_by_form() -> None:
    summary = summarise(make_run(questions=[TABLE, SET, COUNT, NEAR]))
    assert set(summary.forms) == {"table", "list", "count"}
    assert summary.forms["table"]["cell_right"].value == 1.0
    # The answer is the sentence that holds one of two items: no span is exact.
    assert summary.forms["list"]["exact_set_f1"].value == 0.0
    assert summary.forms["list"]["partial_set_f1"].value > 0
    assert "By form" in [table.title for table in report_tables(summary)]
    assert "forms" in summary.as_json()


def test_questions_without_a_form_have_no_figures_by_form() -> None:
    assert summarise(make_run()).forms == {}
    columns = score(make_run()).columns
    by_name = {metric.name: metric for metric in METRICS}
    assert by_name["cell_right"].of(columns) is None
    assert by_name["exact_set_f1"].of(columns) is None


def test_a_system_that_answers_nothing_gets_nothing_right() -> None:
    summary = summarise(make_run(TableSystem({}), questions=[TABLE, SET]))
    assert summary.forms["list"]["exact_set_f1"].value == pytest.approx(0.0)
