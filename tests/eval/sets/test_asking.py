import json
from dataclasses import replace

import pytest

from fakes import PLAIN_CALIBRATION, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.eval.sets.asking import Kept, Machinery, Outcome
from inquote.eval.sets.files import SetFileError
from inquote.eval.sets.multispan import SetQuestion, ask_multispan, multispan_figures
from inquote.eval.sets.tables import (
    CellQuestion,
    Report,
    ask_tables,
    is_neighbour,
    is_right,
    table_figures,
)
from inquote.eval.sets.verdicts import VerdictQuestion, verdict_figures

REPORT = Report(
    "a",
    (("", "2025", "2024"), ("Sales", "12.5", "11.0"), ("Costs", "9.5", "8.0")),
    ("Sales rose.",),
)
SALES = CellQuestion("s", REPORT, "What were sales in 2025?", ("12.5",), ((1, 1),))
COSTS = CellQuestion("c", REPORT, "What were costs in 2024?", ("8.0",), ((2, 2),))


@pytest.fixture
def machinery(embedder) -> Machinery:  # type: ignore[no-untyped-def]
    anyway = replace(PLAIN_CALIBRATION, threshold=0.0)
    return Machinery(embedder, Answerer(FakeReader(), anyway))


def outcome(id: str, *quotes: str, confidence: float = 0.9, verdict: str | None = None) -> Outcome:
    answer = " ".join(quotes) or None
    return Outcome(id, answer, quotes, confidence, verdict, ("Sales | 12.5 | 11.0",))


def test_a_report_is_asked_alone_and_no_question_twice(machinery, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "answers.jsonl"
    done = []
    first = ask_tables(
        [SALES, COSTS], machinery, "md", Kept(path), lambda stage, at, total: done.append(at)
    )
    assert [found.id for found in first] == ["s", "c"]
    assert any("12.5" in text for text in first[0].shown)
    assert done == [2]
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2

    # The second run takes all from the file.
    again = Machinery(machinery.embedder, Answerer(FakeReader(), PLAIN_CALIBRATION))
    assert ask_tables([SALES, COSTS], again, "md", Kept(path), lambda *_: None) == first
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


def test_answers_of_another_kind_of_file_are_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "answers.jsonl"
    path.write_text(json.dumps({"id": "s"}), encoding="utf-8")
    with pytest.raises(SetFileError, match="name another --out"):
        Kept(path)


def test_the_cell_its_neighbour_and_a_refusal_by_hand() -> None:
    right, neighbour = outcome("s", "12.5"), outcome("s", "11.0")
    unsure, half_a_row = outcome("s", "11.0", confidence=0.4), outcome("s", "Sales | 12.5 | 11.0")
    assert [is_right(SALES, o) for o in (right, neighbour, half_a_row)] == [True, False, False]
    assert [is_neighbour(SALES, o) for o in (right, neighbour, unsure, half_a_row)] == [
        False,
        True,
        False,
        True,
    ]
    figures = table_figures([SALES, SALES, COSTS], [right, neighbour, outcome("c")])
    assert figures == {
        "financial": {
            "questions": 3,
            "right": 0.3333,
            "neighbour": 0.3333,
            "refused": 0.3333,
            "shown": 0.6667,
            "ece": 0.4,
        }
    }


def test_several_spans_are_asked_of_all_paragraphs(machinery) -> None:  # type: ignore[no-untyped-def]
    question = SetQuestion("m", "Who came to the fair?", "Ann and Bob came.", ("Ann", "Bob"))
    contexts = ["Ann and Bob came to the fair.", "Eve stayed at home."]
    [answer] = ask_multispan([question], contexts, machinery, Kept(None), lambda *_: None)
    assert answer.quotes == ("Ann and Bob came to the fair.",)
    figures = multispan_figures([question], [answer])
    assert (figures["exact_f1"], figures["spans_an_answer"]) == (0.0, 1.0)
    assert figures["partial_recall"] == 100.0


def test_verdicts_are_counted_with_and_without_those_missing() -> None:
    def asked(id: str, verdict: str) -> VerdictQuestion:
        return VerdictQuestion(id, "Did it?", "Sales | 12.5 | 11.0 rose.", (), verdict)

    questions = [asked("1", "yes"), asked("2", "no"), asked("3", "yes"), asked("4", "unclear")]
    outcomes = [
        outcome("1", "12.5", verdict="yes", confidence=1.0),
        outcome("2", "elsewhere", verdict="yes", confidence=1.0),
        outcome("3"),
        outcome("4"),
    ]
    figures = verdict_figures(questions, outcomes)
    assert (figures["given"], figures["accuracy"], figures["right_of_given"]) == (0.5, 0.25, 0.5)
    assert (figures["always_yes"], figures["refused"], figures["own_abstract"]) == (0.5, 0.5, 0.75)
    assert (figures["ece"], figures["macro_f1"]) == (0.5, round(2 * 1 / 4 / 3, 4))
