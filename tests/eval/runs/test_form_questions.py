"""The questions by form: sound against the texts, and as many of each as are said to be."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from inquote.eval.places import ARTICLE, CORPORA, QUESTIONS
from inquote.eval.runs.corpus import corpus_of
from inquote.eval.runs.questions import (
    FORMS,
    Question,
    QuestionFileError,
    load_questions,
    question_files,
)
from inquote.ingest.files.collect import Limits, collect
from inquote.ingest.files.find import find_sources

FILES = [*sorted((QUESTIONS / "filings").glob("*.jsonl")), QUESTIONS / "imlygic-forms.jsonl"]


@cache
def texts_of(corpus: Path) -> dict[str, str]:
    loaded = collect(find_sources([corpus]).sources, {}, Limits()).loaded
    return {file.source.id: file.document.text for file in loaded}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def questions(path: Path) -> tuple[Question, ...]:
    return load_questions(path)


def quotes_of(question: Question) -> list[str]:
    return [piece.quote for group in question.evidence for piece in group]


def test_there_are_forty_of_each_form_a_quarter_of_them_unanswerable() -> None:
    questions = load_questions(QUESTIONS / "filings")
    assert Counter(question.form for question in questions) == dict.fromkeys(FORMS, 40)
    unanswerable = [question for question in questions if not question.answerable]
    assert Counter(question.form for question in unanswerable) == dict.fromkeys(FORMS, 10)
    assert len({question.question.casefold() for question in questions}) == 280
    assert sum(bool(question.near_miss) for question in unanswerable) >= 65


def test_every_quote_stands_at_its_offsets(path: Path, questions: tuple[Question, ...]) -> None:
    texts = texts_of(corpus_of(path))
    for question in questions:
        for group in question.evidence:
            for piece in group:
                assert texts[piece.document][piece.start : piece.end] == piece.quote


def test_every_answer_and_item_is_in_a_document_of_its_evidence(
    path: Path, questions: tuple[Question, ...]
) -> None:
    texts = texts_of(corpus_of(path))
    for question in questions:
        documents = {piece.document for group in question.evidence for piece in group}
        for answer in question.answers:
            assert any(answer in texts[id] for id in documents), question.id
        for item in question.items:
            quotes = quotes_of(question)
            assert any(wording in quote for wording in item for quote in quotes), question.id


def test_a_cell_stands_in_its_row_and_its_headers_in_the_document(
    path: Path, questions: tuple[Question, ...]
) -> None:
    texts = texts_of(corpus_of(path))
    for question in questions:
        if question.form == "table" and question.answerable:
            assert all(question.answers[0] in quote for quote in quotes_of(question))
            text = texts[question.evidence[0][0].document]
            assert [header for header in question.headers if header not in text] == []
            assert question.headers


def test_a_count_of_items_is_their_number(questions: tuple[Question, ...]) -> None:
    for question in questions:
        if question.form == "count" and question.items:
            assert question.count == len(question.items), question.id


def test_both_parts_hold_their_share(questions: tuple[Question, ...]) -> None:
    parts = [question.part for question in questions]
    assert 0.4 <= parts.count("tune") / len(parts) <= 0.6


@pytest.mark.parametrize(
    ("path", "corpus"),
    [
        ("imlygic.jsonl", ARTICLE),
        ("imlygic-forms.jsonl", ARTICLE),
        ("stations.jsonl", CORPORA / "stations"),
        ("filings/tables.jsonl", CORPORA / "filings"),
        ("filings", CORPORA / "filings"),
        ("reports/desalination.jsonl", CORPORA / "reports" / "desalination.md"),
    ],
)
def test_the_texts_of_a_question_file_are_known(path: str, corpus: Path) -> None:
    assert corpus_of(QUESTIONS / path) == corpus


def test_a_folder_of_question_files_is_read_by_name(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match="holds no question file"):
        question_files(tmp_path)
    for name in ("b", "a"):
        (tmp_path / f"{name}.jsonl").write_text("", encoding="utf-8")
    assert [file.stem for file in question_files(tmp_path)] == ["a", "b"]


def test_a_file_of_one_s_own_is_about_the_article() -> None:
    assert corpus_of(Path("few.jsonl")) == ARTICLE
