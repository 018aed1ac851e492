"""Tables that were set for the eye: signs and gaps in columns of their own, lists without lines."""

import pytest

from inquote.ingest.formats import html
from inquote.ingest.formats.builder import TableCell
from inquote.ingest.formats.table_shapes import items_of, tidied

Placed = list[tuple[str, int, int]]  # text, column, span


def row(*texts: str) -> list[TableCell]:
    return [TableCell(text, at) for at, text in enumerate(texts)]


def placed(cells: list[TableCell]) -> Placed:
    return [(cell.text, cell.column, cell.column_span) for cell in cells]


def test_a_sign_stands_with_its_number_and_a_header_above_both() -> None:
    rows = [
        [TableCell("", 0), TableCell("2021", 1, column_span=2), TableCell("2020", 3, 1, 2)],
        row("Fees", "$", "7.5", "$", "6.1"),
        row("Tips", "", "0.5", "", "—"),
    ]
    assert list(map(placed, tidied(rows))) == [
        [("", 0, 1), ("2021", 1, 1), ("2020", 2, 1)],
        [("Fees", 0, 1), ("$7.5", 1, 1), ("$6.1", 2, 1)],
        [("Tips", 0, 1), ("0.5", 1, 1), ("—", 2, 1)],
    ]


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (["Loss", "$", "(7", ")"], ["Loss", "$(7)"]),
        (["Rate", "12.5", "%"], ["Rate", "12.5%"]),
        (["Rate", "(3", ")%"], ["Rate", "(3)%"]),
        (["Rent", "CA$", "900"], ["Rent", "CA$900"]),
        (["Loan", "$", "—"], ["Loan", "$—"]),
        (["Price in $", "7"], ["Price in $", "7"]),
        (["$", "Dollar"], ["$", "Dollar"]),
        (["Note", "%"], ["Note", "%"]),
    ],
)
def test_only_the_signs_of_numbers_are_joined(texts: list[str], joined: list[str]) -> None:
    assert [cell.text for cell in tidied([row(*texts)])[0]] == joined


def test_a_column_goes_only_where_no_row_needs_it() -> None:
    rows = [row("a", "", "b"), row("c", "", ""), [TableCell("d", 0, 2, 3)], row("", "", "e")]
    assert list(map(placed, tidied(rows))) == [
        [("a", 0, 1), ("b", 1, 1)],
        [("c", 0, 1), ("", 1, 1)],
        [("d", 0, 2)],
        [("", 0, 1), ("e", 1, 1)],
    ]
    wide = [[TableCell("a", 0, 1, 2), TableCell("b", 2, 1, 2)], [TableCell("c", 1, 1, 2)]]
    assert [cell.column for line in tidied(wide) for cell in line] == [0, 2, 1]


def test_a_table_of_markers_is_a_list() -> None:
    assert items_of([row("", "●", "Pools"), row("", "", ""), row("", "(ii)", "Gyms")]) == [
        ("-", "Pools"),
        ("(ii)", "Gyms"),
    ]
    assert items_of([row("Item 1.", "Business", "4")]) == []
    assert items_of([row("•", "Pools"), row("Total", "7")]) == []


def test_one_list_comes_of_tables_that_hold_an_item_each() -> None:
    page = "".join(
        f"<table><tr><td></td><td>{marker}</td><td>{text}</td></tr></table>"
        for marker, text in (("•", "More pools"), ("•", "Warmer water"), ("☑", "Annual report"))
    )
    parsed = html.parse(f"<p>We plan:</p>{page}<p>All of it.</p>".encode())
    assert parsed.text == "We plan:\n\n- More pools\n- Warmer water\n☑ Annual report\n\nAll of it."
    items = [block.label for block in parsed.blocks if block.kind == "item"]
    assert items == ["-", "-", "☑"]
