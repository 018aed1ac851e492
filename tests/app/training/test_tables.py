import json
from pathlib import Path

import pytest

from inquote.app.training.pairs import Pair
from inquote.app.training.squad import SquadError
from inquote.app.training.tables import read_tables

STORED = {
    "tables": {"t": [["", "2019", "2018"], ["Sales", "$4.2", "$3.9"], ["Costs", "1.0", "0.8"]]},
    "paragraphs": {"t": ["Figures in millions"]},
    "questions": [
        {"table": "t", "question": "Sales in 2018?", "cells": [[1, 2]]},
        {"table": "t", "question": "Costs in 2019 and 2018?", "cells": [[2, 1], [2, 2]]},
        {"table": "t", "question": "Sales in 2012?", "cells": []},
    ],
}


def count_tokens(text: str) -> int:
    return len(text.split())


def answers(pair: Pair) -> list[str]:
    return [pair.text[start:end] for start, end in pair.spans]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "tables.json"
    file.write_text(json.dumps(STORED))
    return file


def test_questions_on_a_table_mark_the_cells_where_they_are_read(path: Path) -> None:
    (table,) = read_tables(path)
    groups = table.groups(seed=1, count_tokens=count_tokens)
    first, second, third = groups[:3]
    assert "Sales: 2019 $4.2; 2018 $3.9." in first[0].text
    assert answers(first[0]) == ["$3.9"] and first[0].members == ()
    assert answers(second[0]) == ["1.0", "0.8"] and len(second[0].members) == 2
    assert third[0].spans == ()


def test_the_same_seed_makes_the_same_questions_of_the_headers(path: Path) -> None:
    (table,) = read_tables(path)
    made = [table.groups(seed, count_tokens)[3:] for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]
    for group in made[0]:
        assert len(answers(group[0])) < 2


def test_a_file_in_another_layout_is_told(tmp_path: Path) -> None:
    file = tmp_path / "tables.json"
    file.write_text("[]")
    with pytest.raises(SquadError, match="cannot be read as questions on tables"):
        read_tables(file)
