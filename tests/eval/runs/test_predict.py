import json
from dataclasses import replace

import pytest

from eval_fakes import (
    CRASHING,
    FACTOID,
    QUESTIONS,
    TEXT,
    UNANSWERABLE,
    TableSystem,
    make_run,
    prediction_of,
)
from inquote.eval.runs.predict import predict
from inquote.eval.runs.questions import Question
from inquote.eval.runs.run import RunError, read_run, write_run


def test_an_answer_is_recorded_with_its_retrieval_list():
    prediction = prediction_of(TableSystem(), FACTOID)
    assert prediction.answer["answer"] == "1987"
    assert prediction.answer["id"] == "q-1"
    assert [hit["dense_rank"] for hit in prediction.retrieval] == [1, 2, 3, 4]
    assert prediction.retrieval[0]["document"] == "small/tern.md"
    assert prediction.ms > 0


def test_retrieval_is_listed_in_its_own_order_whatever_reading_made_of_it():
    class Rereading(TableSystem):
        def ask(self, question, history=(), scope=None):
            answer = super().ask(question, history)
            return replace(answer, hits=answer.hits[::-1])

    prediction = prediction_of(Rereading(), FACTOID)
    assert [hit["dense_rank"] for hit in prediction.retrieval] == [1, 2, 3, 4]
    assert prediction.answer["nearest"][0]["quote"] == "It weighs 120 g."


def test_an_exception_becomes_a_prediction_with_its_message():
    prediction = prediction_of(TableSystem(), CRASHING)
    assert (prediction.answer, prediction.error) == (None, "Please ask something else.")


def test_an_exception_that_is_no_sentence_is_named():
    class Broken(TableSystem):
        def ask(self, question, history=(), scope=None):
            raise ZeroDivisionError("oops")

    assert prediction_of(Broken(), FACTOID).error == "ZeroDivisionError: oops"


def test_history_is_passed_on():
    asked = []

    class Listening(TableSystem):
        def ask(self, question, history=(), scope=None):
            asked.append((question, tuple(history)))
            return super().ask(question, history)

    predict(Listening(), [Question("f-1", "And what?", "follow-up", False, history=("First?",))])
    assert asked == [("And what?", ("First?",))]


def test_a_run_comes_back_from_its_file_as_it_was(tmp_path):
    run = make_run()
    write_run(run, tmp_path / "new" / "run")
    assert read_run(tmp_path / "new" / "run") == run


def test_the_file_begins_with_what_made_it_and_has_a_line_a_question(tmp_path):
    lines = write_run(make_run(), tmp_path).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + len(QUESTIONS)
    head = json.loads(lines[0])["run"]
    assert head["system"] == "table"
    assert head["texts"] == {"small/tern.md": TEXT}
    assert json.loads(lines[4])["question"]["id"] == UNANSWERABLE.id


@pytest.mark.parametrize(
    "content", [None, "", "no json", "{}", '{"run": {"texts": {}}}\n{"question": 1}']
)
def test_what_is_no_run_is_refused_with_a_sentence(tmp_path, content):
    if content is not None:
        (tmp_path / "predictions.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(RunError, match="is no run"):
        read_run(tmp_path)
