import gzip
import json
from pathlib import Path

import pytest

from inquote.eval.sets.files import SetFileError
from inquote.eval.sets.multispan import choose, load_multispan
from inquote.eval.sets.tables import choose as choose_tables
from inquote.eval.sets.tables import load_tables
from inquote.eval.sets.verdicts import load_verdicts

TABLES = {
    "tables": {
        "a": [["", "2025", "2024"], ["Sales", "12.5", "11.0"], ["Costs", "9.5", "8.0"]],
        "b": [["Name", "Town"], ["Ann", "Sorle"]],
    },
    "paragraphs": {"a": ["Sales and costs were as follows:", "Sales rose."]},
    "questions": [
        {"id": "1", "table": "a", "question": "Sales in 2025?", "answers": ["12.5"]},
        {"id": "2", "table": "b", "question": "Where is Ann?", "answers": ["Sorle"]},
        {"id": "3", "table": "a", "question": "Costs in 2024?", "answers": ["8.0"]},
    ],
}
for row, cells in zip(TABLES["questions"], ([[1, 1]], [[1, 1]], [[2, 2]]), strict=True):
    row["cells"] = cells
SPANS = [{"id": "m", "question": "Who?", "context": "Ann and Bob came.", "answers": ["Ann", "Bob"]}]
VERDICTS = [{"id": "v", "question": "Did it help?", "context": "It did.", "verdict": "maybe"}]


def written(tmp_path: Path, content: object, zipped: bool = False) -> Path:
    path = tmp_path / "set.json"
    data = json.dumps(content).encode()
    path.write_bytes(gzip.compress(data) if zipped else data)
    return path


@pytest.mark.parametrize("zipped", [True, False])
def test_tables_are_read_with_their_paragraphs_a_report_at_a_time(
    tmp_path: Path, zipped: bool
) -> None:
    questions = load_tables(written(tmp_path, TABLES, zipped))
    assert [question.id for question in questions] == ["1", "3", "2"]
    assert [question.report.kind for question in questions] == [
        "financial",
        "financial",
        "wikipedia",
    ]
    assert set(questions[0].headers) == {"Sales", "2025"}


def test_a_kind_and_a_part_are_chosen(tmp_path: Path) -> None:
    questions = load_tables(written(tmp_path, TABLES))
    assert [q.id for q in choose_tables(questions, "wikipedia", "all", None)] == ["2"]
    assert [q.id for q in choose_tables(questions, "all", "all", 1)] == ["1"]
    assert [q.id for q in choose_tables(questions, "all", "report", None)] == ["1", "3"]
    assert [q.id for q in choose_tables(questions, "all", "tune", None)] == ["2"]
    with pytest.raises(SetFileError, match="no poetry tables"):
        choose_tables(questions, "poetry", "all", None)


def test_spans_and_verdicts_are_read(tmp_path: Path) -> None:
    [question] = load_multispan(written(tmp_path, SPANS))
    assert question.answers == ("Ann", "Bob")
    [question] = load_verdicts(written(tmp_path, VERDICTS))
    assert question.verdict == "unclear"
    with pytest.raises(SetFileError, match="no part middle"):
        choose([question], "middle", None)


@pytest.mark.parametrize("load", [load_tables, load_multispan, load_verdicts])
@pytest.mark.parametrize(
    "content", [b"{", b"\x1f\x8b12", b"\xff", b"[1]", b'{"tables": 3}', b"null"]
)
def test_a_bad_file_is_refused_with_a_sentence(tmp_path: Path, load, content: bytes) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "set.json"
    path.write_bytes(content)
    with pytest.raises(SetFileError, match=r"set.json cannot be used .*; give "):
        load(path)


@pytest.mark.parametrize("load", [load_multispan, load_verdicts])
def test_an_empty_file_is_refused(tmp_path: Path, load) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SetFileError, match="holds no questions"):
        load(written(tmp_path, []))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetFileError, match="cannot be used"):
        load_tables(tmp_path / "none.json")
