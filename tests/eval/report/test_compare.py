import json
from dataclasses import replace

import pytest

from eval_fakes import FACTOID, HOW, QUESTIONS, UNANSWERABLE, TableSystem, make_run
from inquote.eval.report.compare import (
    compare,
    comparison_tables,
    format_comparison,
    names_of,
    write_comparison,
)
from inquote.eval.runs.run import RunError

MANY = [
    replace(FACTOID, id=f"q-{number:02d}", question=f"When was it found, {number}?")
    for number in range(20)
]


def system_that_knows(questions):
    return TableSystem({question.question: (["1987"], 0.9) for question in questions})


def difference(found, metric):
    return next(d for d in found.differences if d.metric == metric)


def test_a_run_does_not_differ_from_itself():
    found = compare(make_run(), make_run())
    assert {d.verdict for d in found.differences} == {"no difference"}
    assert found.flips == ()


def test_a_loss_of_many_is_worse_by_mcnemar():
    found = difference(
        compare(
            make_run(system_that_knows(MANY), MANY), make_run(system_that_knows(MANY[8:]), MANY)
        ),
        "answer_right",
    )
    assert (found.lost, found.won) == (8, 0)
    assert found.p == pytest.approx(2 / 2**8)
    assert found.change.value == pytest.approx(-0.4)
    assert found.verdict == "worse"


def test_a_loss_of_one_is_no_difference_yet():
    found = difference(
        compare(
            make_run(system_that_knows(MANY), MANY), make_run(system_that_knows(MANY[1:]), MANY)
        ),
        "answer_right",
    )
    assert (found.lost, found.p, found.verdict) == (1, 1.0, "no difference")


def test_for_a_metric_that_should_be_low_more_is_worse():
    found = compare(make_run(system_that_knows(MANY), MANY), make_run(system_that_knows([]), MANY))
    assert difference(found, "answerable_refused").change.value == 1.0
    assert difference(found, "answerable_refused").verdict == "worse"
    assert (
        difference(found, "answerable_refused").lost,
        difference(found, "answerable_refused").won,
    ) == (len(MANY), 0)


def test_a_metric_between_nought_and_one_is_judged_by_its_interval():
    found = difference(compare(make_run(), make_run(TableSystem({}))), "overall_right")
    assert found.p is None
    assert found.change.low <= found.change.value <= found.change.high


def test_citations_are_compared_where_both_runs_have_some():
    beside = replace(FACTOID, id="q-9", question="When was it seen?")
    bold = TableSystem({FACTOID.question: (["1987"], 0.9), beside.question: (["small fish"], 0.9)})
    asked = [FACTOID, beside]
    found = compare(make_run(system_that_knows([FACTOID]), asked), make_run(bold, asked))
    precision = difference(found, "citation_precision")
    assert (precision.before, precision.after, precision.change.n) == (1.0, 1.0, 1)
    assert difference(found, "answerable_refused").change.n == 2


def test_one_violation_is_worse_whatever_the_interval():
    bad = replace(make_run(), texts={"small/tern.md": ""})
    assert difference(compare(make_run(), bad), "verbatim_violations").verdict == "worse"


def test_flipped_questions_show_both_answers():
    found = compare(
        make_run(),
        make_run(
            TableSystem(
                {HOW.question: (["small fish"], 0.8), UNANSWERABLE.question: (["1987"], 0.6)}
            )
        ),
    )
    assert [(flip.id, flip.won, flip.before, flip.after) for flip in found.flips] == [
        ("q-1", False, "1987 [0.90]", "(refused) [0.10]"),
        ("q-3", False, "The tern was found in 1987. [0.70]", "(refused) [0.10]"),
        ("q-4", False, "(refused) [0.10]", "1987 [0.60]"),
    ]


def test_questions_of_one_run_only_are_left_out_and_counted():
    found = compare(make_run(), make_run(questions=QUESTIONS[:2]))
    assert (found.questions, found.left_out) == (2, 3)
    assert "3 questions are in one run only" in format_comparison(found)


def test_runs_without_a_common_question_are_refused():
    with pytest.raises(RunError, match="no question in common"):
        compare(make_run(questions=[FACTOID]), make_run(questions=[HOW]))


def test_a_question_that_was_changed_is_refused():
    changed = replace(FACTOID, answers=("1988",))
    with pytest.raises(RunError, match="q-1 is not the same"):
        compare(make_run(questions=[FACTOID]), make_run(questions=[changed]))


def test_the_files_are_written_and_escaped(tmp_path):
    question = replace(FACTOID, question="<b>When?</b>")
    found = compare(
        make_run(system_that_knows([question]), [question]),
        make_run(TableSystem({}), [question]),
        ("one", "two"),
    )
    write_comparison(found, tmp_path / "out")
    assert (
        json.loads((tmp_path / "out" / "compare.json").read_text(encoding="utf-8"))["questions"]
        == 1
    )
    assert "<b>" not in (tmp_path / "out" / "compare.html").read_text(encoding="utf-8")
    assert "# one and two" in (tmp_path / "out" / "compare.md").read_text(encoding="utf-8")


def test_the_tables_have_a_row_a_metric_and_a_row_a_flip():
    found = compare(make_run(), make_run(TableSystem({})))
    metrics, flips = comparison_tables(found)
    assert len(metrics.rows) == len(found.differences)
    assert len(flips.rows) == 3


def test_folders_of_the_same_name_are_told_apart_by_their_paths(tmp_path):
    assert names_of(tmp_path / "a", tmp_path / "b") == ("a", "b")
    assert names_of(tmp_path / "a" / "x", tmp_path / "b" / "x") == (
        str(tmp_path / "a" / "x"),
        str(tmp_path / "b" / "x"),
    )
