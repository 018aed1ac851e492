"""Cells of another year, or of another row, than a question names."""

from dataclasses import replace

import pytest

from inquote.app.answering.other_cells import without_other_cells
from inquote.app.reader.base import Reading, Span
from tables import SALES, Rows, passage_of

FARES = (
    ("Fares", "Adult", "Dog"),
    ("Orme - Marram", "14.90", "3.50"),
    ("Orme - Tolsay", "21.00", "5.50"),
)
SHARES = (("In millions", "Amount", "Part"), ("Net sales", "17,626.6", "5 %"))
YEARS_DOWN = (("Year", "Since 1990"), ("2019", "7.5"), ("2018", "6.1"))


def left(question: str, rows: Rows) -> list[str]:
    """The values that are left of a reading that takes every value of a table."""
    passage = passage_of(rows)
    values = [cell for row in rows[1:] for cell in row[1:]]
    starts = [passage.text.index(value) for value in values]
    spans = [Span(at, at + len(value), 1.0) for at, value in zip(starts, values, strict=True)]
    reading = without_other_cells(question, passage, Reading(tuple(spans), (), 0.0))
    return [passage.text[span.start : span.end] for span in reading.spans]


@pytest.mark.parametrize(
    ("question", "rows", "values"),
    [
        ("What were sales of pumps in 2019?", SALES[:2], ["7.5"]),
        ("What were sales of pumps in 2017?", SALES[:2], []),
        ("What were sales of pumps in 2017 and 2018?", SALES[:2], ["7.5", "6.1"]),
        ("How did sales of pumps change since 2017?", SALES[:2], ["7.5", "6.1", "1.4"]),
        ("What were sales of pumps?", SALES[:2], ["7.5", "6.1"]),
        ("By how much percent did sales of pumps rise?", SALES[:2], ["7.5", "6.1", "1.4"]),
        ("What were net sales?", SHARES, ["17,626.6"]),
        ("What was the growth of net sales?", SHARES, ["17,626.6", "5 %"]),
        ("What was the margin of profit?", SHARES, ["17,626.6", "5 %"]),
        ("What was it in 2019?", YEARS_DOWN, ["7.5"]),
        ("What does a dog cost to Tolsay?", FARES, ["21.00", "5.50"]),
        ("What does a dog cost from Marram to Tolsay?", FARES, []),
        ("What does a dog cost to Marram or Tolsay?", FARES, ["14.90", "3.50", "21.00", "5.50"]),
        ("What does a dog cost to Skell?", FARES, ["14.90", "3.50", "21.00", "5.50"]),
    ],
)
def test_values_of_other_years_and_rows_are_left_out(
    question: str, rows: Rows, values: list[str]
) -> None:
    assert left(question, rows) == values


def test_the_year_before_a_table_is_that_of_cells_without_one() -> None:
    rows = (("In thousands", "Streaming"), ("Revenues", "1,953"))
    passage = replace(passage_of(rows), lead="Year ended December 31, 2015")
    start = passage.text.index("1,953")
    reading = Reading((Span(start, start + 5, 1.0),), (), 0.0)
    for year, count in (("2015", 1), ("2016", 0)):
        question = f"What were the revenues of streaming in {year}?"
        assert len(without_other_cells(question, passage, reading).spans) == count
