import pytest

from inquote.app.answering.cells_together import cells_together
from tables import SALES, Rows, passage_of


def named(question: str, rows: Rows, cell: str) -> list[str]:
    passage = passage_of(rows)
    places = cells_together(question, passage, passage.text.index(cell))
    return [passage.text[start:end] for start, end in places]


@pytest.mark.parametrize(
    ("question", "cells"),
    [
        ("What were the sales of pumps in 2018?", ["6.1"]),
        ("What were the sales of pumps in 2019 and 2018 respectively?", ["7.5", "6.1"]),
        ("What was the change in the sales of pumps?", ["1.4"]),
        ("What were the sales of pumps?", []),
    ],
)
def test_a_question_names_the_columns_of_values(question: str, cells: list[str]) -> None:
    assert named(question, SALES, "7.5") == cells


def test_a_unit_in_brackets_names_no_column() -> None:
    rows = (("Units", "2017", "2016 (in thousands, but for memberships)"), ("Paid", "33", "40"))
    assert named("How many paid memberships are there?", rows, "33") == []


def test_a_column_with_more_of_the_question_goes_before_one_with_less() -> None:
    rows = (("Profit", "May 31, 2019", "August 31, 2019"), ("Gross", "44.3", "49.5"))
    assert named("What was the gross profit in May 2019?", rows, "49.5") == ["44.3"]
    assert named("What was the gross profit in 2019?", rows, "49.5") == []


def test_dates_are_told_apart_by_their_headers_and_names_are_not() -> None:
    rows = (("Name", "Term start", "Term end"), ("Ada", "1 May 1926", "2 June 1927"))
    assert named("When did the term of Ada end?", rows, "1 May 1926") == ["2 June 1927"]
    assert named("Whose term end was in 1927?", rows, "Ada") == []


BONDS = (
    ("Bonds", "2019 Cost", "2019 Value", "2018 Value"),
    ("Municipal bonds", "$44", "$45", "$41"),
    ("Corporate bonds", "$48", "$49", "$47"),
    ("Other", "$8", "$9", "$7"),
)


@pytest.mark.parametrize(
    ("question", "cells"),
    [
        ("What is the cost of municipal and corporate bonds in 2019?", ["$44", "$48"]),
        ("What is the cost of corporate bonds and of cash?", ["$48"]),
        ("What is the cost of corporate bonds in 2019?", ["$48"]),
    ],
)
def test_a_question_names_the_rows_of_values(question: str, cells: list[str]) -> None:
    assert named(question, BONDS, "$48") == cells


def test_a_question_for_each_year_gets_the_values_of_all_years() -> None:
    question = "What were the sales of pumps in each year, in chronological order?"
    assert named(question, SALES, "7.5") == ["7.5", "6.1"]


def test_a_column_of_change_is_not_named_by_its_years() -> None:
    rows = (("Sales", "2019", "2018", "2019 vs. 2018"), ("Pumps", "7.5", "6.1", "1.4"))
    assert named("What were the sales of pumps in 2018 and 2019?", rows, "1.4") == ["7.5", "6.1"]
    assert named("What was the change from 2018 to 2019?", rows, "1.4") == ["1.4"]
