"""SQuAD files to training groups, and questions made unanswerable."""

import gzip
import json
import random
from pathlib import Path

import pytest

from inquote.app.training.pairs import training_groups
from inquote.app.training.squad import Article, Paragraph, Question, SquadError, read_squad
from inquote.app.training.unanswerable import Entities, make_unanswerable

TEXT = (
    "The bridge was built in 1932 by Anna Lind. It spans the river Glomma near Hamar. "
    "The work took 4 years and cost 12 million crowns. A storm damaged the eastern tower in 1951. "
    "Repairs were paid for by the city, and the tower reopened after 9 months."
)
OTHER = (
    "The ferry across the river Glomma was run by Ole Berg until 1931. It carried 300 people a day, and it was slow. "
    "Many people complained about the price of the ferry before the bridge was opened to them."
)


def article(copies: int = 1) -> Article:
    first = [
        Question(
            f"a{i}",
            "Who built the bridge across the Glomma?",
            ((TEXT.index("Anna Lind"), "Anna Lind"),),
        )
        for i in range(copies)
    ]
    second = [
        Question(
            f"b{i}", "How long did the work take in 1932?", ((TEXT.index("4 years"), "4 years"),)
        )
        for i in range(copies)
    ]
    return Article("The_bridge", (Paragraph(TEXT, (*first, *second)), Paragraph(OTHER, ())))


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


def test_a_positive_keeps_its_answer_whatever_was_cropped() -> None:
    groups = training_groups([article(40)], seed=1)
    positives = [group[0] for group in groups if group[0].start is not None]
    assert len(positives) == 80
    assert {pair.text[pair.start : pair.end] for pair in positives} == {"Anna Lind", "4 years"}
    assert any(pair.text == TEXT for pair in positives) and any(
        len(pair.text) < len(TEXT) for pair in positives
    )


def test_a_question_has_at_most_two_retrieved_rivals() -> None:
    paragraphs = (
        *article(60).paragraphs,
        *(Paragraph(f"The bridge across the Glomma, part {i}.", ()) for i in range(3)),
    )
    groups = training_groups([Article("The_bridge", paragraphs)], seed=2)
    assert {len(group) for group in groups} == {1, 2, 3}


def test_negatives_do_not_hold_the_answer() -> None:
    negatives = [pair for group in training_groups([article(60)], seed=2) for pair in group[1:]]
    assert len(negatives) > 10
    assert all(pair.start is None for pair in negatives)
    assert not any(
        "Anna Lind" in pair.text for pair in negatives if pair.question.startswith("Who")
    )


def test_some_negatives_are_retrieved_and_some_have_lost_their_answer() -> None:
    texts = [pair.text for group in training_groups([article(60)], seed=3) for pair in group[1:]]
    assert any(text in OTHER for text in texts)
    assert any("A storm damaged" in text for text in texts)


def test_the_same_seed_gives_the_same_groups() -> None:
    assert training_groups([article(9)], seed=4) == training_groups([article(9)], seed=4)
    assert training_groups([article(9)], seed=4) != training_groups([article(9)], seed=5)


def test_a_question_without_answers_stands_alone() -> None:
    paragraph = Paragraph(TEXT, (Question("x", "Who sank the bridge?", ()),))
    ((pair,),) = training_groups([Article("T", (paragraph,))], seed=0)
    assert pair.start is None and pair.text in TEXT


def test_entities_are_told_by_their_form() -> None:
    entities = Entities.of(["It met Anna Lind in Oslo in March 1932, with 4,500 others."]).by_kind
    assert entities == {
        "name": ("Anna Lind", "Oslo"),
        "month": ("March",),
        "year": ("1932",),
        "number": ("4,500",),
    }


def versions(question: str, text: str = TEXT) -> set[str]:
    entities = Entities.of([text, OTHER])
    made = (make_unanswerable(question, text, entities, random.Random(seed)) for seed in range(60))
    return {version for version in made if version is not None}


def test_a_year_is_exchanged_for_another_year() -> None:
    assert "What happened to it in 1951?" in versions("What happened to it in 1932?")


def test_a_name_is_exchanged_for_another_name() -> None:
    assert "What did Ole Berg build?" in versions("What did Anna Lind build?")


def test_a_word_is_exchanged_for_its_opposite() -> None:
    assert "which tower was the smallest?" in versions("which tower was the largest?")


def test_a_negation_is_put_in() -> None:
    assert versions("how did it end up?") >= {"how didn't it end up?"}
    assert "what can't it do?" in versions("what can it do?")


def test_a_question_that_offers_no_way_is_left_out() -> None:
    assert versions("how come?") == set()
