import gzip
import json
from pathlib import Path

import pytest

from inquote.app.training.squad import Article, Paragraph, Question, SquadError, read_squad


def squad(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_version_1_and_2_files_are_read(tmp_path: Path) -> None:
    answered = {
        "id": "1",
        "question": " Who? ",
        "answers": [{"answer_start": 3, "text": "Ann"}] * 2,
    }
    impossible = {"id": "2", "question": "Why?", "is_impossible": True, "answers": []}
    content = {
        "data": [
            {
                "title": "A_b",
                "paragraphs": [{"context": "Is Ann in?", "qas": [answered, impossible]}],
            }
        ]
    }
    (article,) = read_squad(squad(tmp_path / "squad.json", content))
    assert article.heading == "A b"
    assert article.paragraphs == (
        Paragraph("Is Ann in?", (Question("1", "Who?", ((3, "Ann"),)), Question("2", "Why?", ()))),
    )


def test_a_gzipped_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "squad.json.gz").write_bytes(
        gzip.compress(b'{"data": [{"title": "T", "paragraphs": []}]}')
    )
    assert read_squad(tmp_path / "squad.json.gz") == [Article("T", ())]


@pytest.mark.parametrize("content", [[], {"data": [{"title": "T"}]}, {"data": 3}])
def test_another_layout_is_refused_by_name(tmp_path: Path, content: object) -> None:
    with pytest.raises(SquadError, match=r"bad\.json cannot be read as a SQuAD file"):
        read_squad(squad(tmp_path / "bad.json", content))


def test_a_cut_gzip_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b'{"data": []}' * 50)[:30])
    with pytest.raises(SquadError):
        read_squad(tmp_path / "cut.gz")


def test_the_first_range_is_that_of_the_first_answer() -> None:
    assert Question("q", "Who?", ((3, "Ann"), (9, "Bo"))).first_range == (3, 6)
    assert Question("q", "Who?", ()).first_range is None
