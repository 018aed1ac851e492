"""The questions written to train and calibrate the reader."""

import json
from collections import Counter
from pathlib import Path

import pytest

from inquote.app.training.squad import Article, Paragraph, Question, SquadError, read_squad
from inquote.app.training.written import read_written
from inquote.eval.runs.questions import load_questions
from inquote.eval.studies.observe import retrieve_for_pairs
from inquote.ingest.files.collect import Limits, collect
from inquote.ingest.files.find import find_sources
from places import ROOT

WRITTEN = ROOT / "app" / "training" / "written_questions"
REPORTS = sorted((ROOT / "eval" / "questions" / "reports").glob("*.jsonl"))
OWL = Article(
    "Owl",
    (Paragraph("Owls fly.", ()), Paragraph("They hunt at night.", (Question("1", "When?", ()),))),
)


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_line_is_asked_of_its_paragraph_in_the_place_of_the_paragraph_s_own_questions(
    tmp_path: Path,
) -> None:
    row = {"title": "Owl", "paragraph": 1, "question": "Which hours?", "answer": "night"}
    other = {"title": "Newt", "paragraph": 9, "question": "What?", "answer": "a"}
    none = {"title": "Owl", "paragraph": 1, "question": "Which mice?", "answer": ""}
    (article,) = read_written(lines(tmp_path / "w.jsonl", row, other, none), [OWL])
    asked = (
        Question("written-1", "Which hours?", ((13, "night"),)),
        Question("written-3", "Which mice?", ()),
    )
    assert article == Article(
        "Owl", (Paragraph("Owls fly.", ()), Paragraph("They hunt at night.", asked))
    )


@pytest.mark.parametrize(
    "row",
    [
        {"title": "Owl", "paragraph": 2, "question": "?", "answer": ""},
        {"title": "Owl", "paragraph": 0, "question": "?", "answer": "day"},
        {"title": "Owl", "paragraph": 0, "question": "?"},
        [],
    ],
)
def test_a_line_that_does_not_fit_its_files_is_refused_by_name(tmp_path: Path, row: object) -> None:
    with pytest.raises(SquadError, match=r"w\.jsonl cannot be read as questions"):
        read_written(lines(tmp_path / "w.jsonl", row), [OWL])


def test_the_lines_that_ship_are_whole_and_about_no_article_of_the_report() -> None:
    rows = [json.loads(line) for line in (WRITTEN / "squad.jsonl").read_text("utf-8").splitlines()]
    assert {frozenset(row) for row in rows} == {
        frozenset({"title", "paragraph", "question", "answer"})
    }
    report = json.loads((ROOT / "eval" / "squad-split.json").read_text("utf-8"))["report"]
    assert {row["title"] for row in rows}.isdisjoint(report)
    asked = Counter((row["title"], row["paragraph"], row["question"]) for row in rows)
    assert max(asked.values()) == 1


def test_the_reports_to_train_on_have_their_answers_where_they_say() -> None:
    paragraphs = [p for article in read_squad(WRITTEN / "reports.json") for p in article.paragraphs]
    answers = [(p.text, answer) for p in paragraphs for q in p.questions for answer in q.answers]
    assert [
        text for paragraph, (at, text) in answers if paragraph[at : at + len(text)] != text
    ] == []
    assert len(answers) > 300


@pytest.mark.parametrize("file", REPORTS, ids=lambda file: file.stem)
def test_the_reports_to_calibrate_on_have_their_answers_and_evidence(file: Path) -> None:
    corpus = ROOT / "eval" / "corpora" / "reports" / f"{file.stem}.md"
    (loaded,) = collect(find_sources([corpus]).sources, {}, Limits()).loaded
    text, questions = loaded.document.text, load_questions(file)
    evidence = [found for question in questions for group in question.evidence for found in group]
    assert [found for found in evidence if text[found.start : found.end] != found.quote] == []
    assert [q.id for q in questions if any(answer not in text for answer in q.answers)] == []
    assert (len(questions), sum(not q.answerable for q in questions)) == (60, 26)
    assert len({q.question.casefold() for q in questions}) == 60


def test_a_folder_of_question_files_goes_with_a_folder_of_texts(tmp_path: Path, embedder) -> None:
    (tmp_path / "q").mkdir()
    (tmp_path / "t").mkdir()
    for name in ("newt", "owl"):
        (tmp_path / "t" / f"{name}.md").write_text(f"The {name} sleeps.", encoding="utf-8")
        rows = [
            {
                "id": f"{name}-{at}",
                "question": f"Who sleeps {at}?",
                "type": "factoid",
                "answerable": False,
            }
            for at in range(9)
        ]
        lines(tmp_path / "q" / f"{name}.jsonl", *rows)
    asked = retrieve_for_pairs([f"{tmp_path / 'q'}={tmp_path / 't'}"], embedder)
    assert {(one.source, one.hits[0].passage.text) for one in asked} == {
        ("newt", "The newt sleeps."),
        ("owl", "The owl sleeps."),
    }
    assert all(len(one.hits) == 1 and one.question.part == "tune" for one in asked)
