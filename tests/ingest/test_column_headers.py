"""A header stands over its own columns, and over those that it may be meant for."""

import pytest

from inquote.ingest.column_headers import headers_over
from inquote.ingest.documents import Block


def over(width: int, *headers: tuple[int, str], reaches: bool = True) -> list[str]:
    """The header over each column from the second on."""
    text, cells = "", []
    for column, words in headers:
        cells.append(Block("cell", len(text), len(text) + len(words), column=column))
        text += words
    found = headers_over(text, cells, width, reaches=reaches)
    return [
        text[found[column].start : found[column].end] if column in found else ""
        for column in range(1, width)
    ]


@pytest.mark.parametrize(
    ("width", "headers", "expected"),
    [
        (4, [(2, "Pension")], ["Pension"] * 3),
        (4, [(2, "Fiscal 2020 vs.")], ["", "Fiscal 2020 vs.", ""]),
        (6, [(4, "% Change"), (5, "% Change")], ["", "", "", "% Change", "% Change"]),
        (5, [(1, "2020"), (3, "2019")], ["2020", "2020", "2019", "2019"]),
        (4, [(3, "(in thousands)")], ["(in thousands)"] * 3),
    ],
)
def test_a_header_reaches_over_the_columns_that_it_stands_over(
    width: int, headers: list[tuple[int, str]], expected: list[str]
) -> None:
    assert over(width, *headers) == expected


def test_the_last_headers_reach_over_no_other_column() -> None:
    assert over(5, (1, "2020"), (3, "2019"), reaches=False) == ["2020", "", "2019", ""]
