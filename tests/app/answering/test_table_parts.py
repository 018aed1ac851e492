from pathlib import Path

import pytest

from fakes import PLAIN_CALIBRATION, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.answering.table_parts import table_parts
from inquote.app.system import System
from inquote.index.retrieval.search import Hit, Search
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from store_writing import EMBEDDER
from tables import Rows, passage_of

INVENTORIES = (
    ("Inventories", "2019", "2018", "2019 vs. 2018"),
    ("Raw materials", "12", "10", "2"),
    ("Finished goods", "30", "20", "10"),
    ("Total inventories", "42", "30", "12"),
    ("Packaging", "1", "2", "(1)"),
)
LEVELS = (
    ("Assets", "Level 1", "Level 2"),
    ("Funds", "12", "10"),
    ("Bonds", "30", "20"),
    ("Loans", "5", "6"),
)
BY_YEAR = (("Year", "Sales"), ("2019", "12"), ("2018", "10"), ("2017", "9"))


def parts(question: str, *tables: Rows) -> list[str]:
    hits = [Hit(passage_of(rows), 1.0, 1, 1.0, 1, 1.0) for rows in tables]
    return [span.text for span in table_parts(question, hits)]


@pytest.mark.parametrize(
    ("question", "rows", "wanted"),
    [
        ("Which years does the table show?", INVENTORIES, ["2019", "2018"]),
        ("In which years was inventories recorded?", INVENTORIES, ["2019", "2018"]),
        ("Which years are listed in the table?", BY_YEAR, ["2019", "2018", "2017"]),
        (
            "What are the components of total inventories?",
            INVENTORIES,
            ["Raw materials", "Finished goods"],
        ),
        (
            "What are the types of packaging and goods in the table?",
            INVENTORIES,
            ["Raw materials", "Finished goods", "Packaging"],
        ),
        ("Which levels are shown in the table?", LEVELS, ["Level 1", "Level 2"]),
        ("Which assets are there?", LEVELS, ["Funds", "Bonds", "Loans"]),
        ("Name all assets", LEVELS, ["Funds", "Bonds", "Loans"]),
        ("Which assets are of level 1?", LEVELS, []),
        ("Which funds are held?", LEVELS, []),
        ("What are the components of revenue and its growth?", INVENTORIES, []),
        ("What was the total in 2019?", INVENTORIES, []),
    ],
)
def test_years_and_rows_of_a_table(question: str, rows: Rows, wanted: list[str]) -> None:
    assert parts(question, rows) == wanted


def test_the_table_with_most_of_the_question_answers() -> None:
    question = "Which years does the table of inventories and goods show?"
    assert parts(question, BY_YEAR, INVENTORIES) == ["2019", "2018"]


def test_rows_under_a_heading_of_the_table() -> None:
    rows = (
        ("Payables", "2019", "2018"),
        ("Current", "", ""),
        ("Trade payables", "1", "2"),
        ("Non-current", "", ""),
        ("Grants", "3", "4"),
        ("Deposits", "5", "6"),
    )
    wanted = ["Grants", "Deposits"]
    assert parts("What are the components of non-current payables?", rows) == wanted


def test_a_question_for_something_else_gets_no_years() -> None:
    assert parts("What years did the band tour?", BY_YEAR) == []


def test_the_system_lists_the_rows_each_cited(tmp_path: Path) -> None:
    table = "| Inventories | 2019 |\n|---|---|\n| Raw materials | 12 |\n| Goods | 30 |"
    (tmp_path / "notes.md").write_text(f"# Notes\n\n{table}\n")
    store = LocalStore(tmp_path / "library")
    ingest(store, [tmp_path / "notes.md"], EMBEDDER)
    system = System(store, Search(EMBEDDER), Answerer(FakeReader(), PLAIN_CALIBRATION))
    answer = system.answer("What are the components of inventories?")
    assert answer.text == "Raw materials; Goods"
    assert [citation.quote for citation in answer.citations] == ["Raw materials", "Goods"]
    assert answer.confidence == 0.7
