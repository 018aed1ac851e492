import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from inquote.eval.runs.questions import QuestionFileError
from inquote.eval.studies.rewrites import (
    LastTurn,
    compare_with_rewrites,
    load_turns,
    rewrite_table,
    token_f1,
)

LEANS = LastTurn("a", ("Who sells Nova?",), "How heavy is it?", "How heavy is Nova?")
ALONE = LastTurn("b", ("Who sells Nova?",), "Who is Ada?", "Who is Ada?")


def test_parts_hold_whole_conversations() -> None:
    assert LEANS.part == ALONE.part
    parts = {LastTurn("", (f"{n}?",), "", "").part for n in range(30)}
    assert parts == {"tune", "held out"}


def test_figures_say_what_is_brought_in_and_what_is_dragged_in() -> None:
    def add_nova(question: str, history: Sequence[str]) -> str:
        return f"{question} Nova"

    (figures,) = compare_with_rewrites([LEANS, ALONE], add_nova)
    assert (figures.turns, figures.standing) == (2, 1)
    assert (figures.brought_in, figures.within_reach, figures.changed) == (1.0, 1.0, 1.0)
    (unchanged,) = compare_with_rewrites([LEANS, ALONE], lambda question, history: question)
    assert (unchanged.brought_in, unchanged.changed) == (0.0, 0.0)
    assert unchanged.token_f1 == unchanged.token_f1_alone == (0.75 + 1) / 2
    assert rewrite_table([unchanged]).rows[0][:4] == (unchanged.part, "2", "0.875", "0.875")


def test_token_f1_is_of_words() -> None:
    assert token_f1("a b", "B, a!") == 1.0
    assert token_f1("a", "b") == 0.0


def test_a_file_that_holds_no_turns_is_named(tmp_path: Path) -> None:
    row = {"id": "a", "history": ["Hi."], "question": "Why?", "rewrite": "Why?"}
    file = tmp_path / "turns.json"
    file.write_text(json.dumps([row, row | {"history": []}]), encoding="utf-8")
    assert [turn.question for turn in load_turns(file)] == ["Why?"]
    file.write_text('[{"id": "a"}]', encoding="utf-8")
    with pytest.raises(QuestionFileError, match="no list of turns"):
        load_turns(file)
