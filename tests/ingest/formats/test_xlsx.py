from datetime import date
from typing import Any

import pytest
from made_office import workbook

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import xlsx
from inquote.ingest.formats.sheet import cells
from inquote.ingest.formats.sheet.numbers import shown
from made_files import archive

FERRIES = [["Ferry", "Fare", "Since"], ["North", 4.5, date(2021, 3, 5)], ["South", 1234.5, None]]


def formatted(book: Any) -> None:
    sheet = book["Ferries"]
    for row in (2, 3):
        sheet.cell(row, 2).number_format = '#,##0.00 "kr"'
    sheet.cell(2, 3).number_format = "d mmmm yyyy"


def test_a_sheet_is_a_heading_and_its_numbers_are_as_shown() -> None:
    parsed = xlsx.parse(workbook({"Ferries": FERRIES, "Empty": []}, formatted))
    assert parsed.text == (
        "Ferries\n\nFerry | Fare | Since\nNorth | 4.50 kr | 5 March 2021\nSouth | 1,234.50 kr"
    )
    headers = [block for block in parsed.blocks if block.is_header]
    assert [(block.row, block.column) for block in headers] == [(0, 0), (0, 1), (0, 2)]


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("0.125", "0%", "13%"),
        ("0.125", "0.0%", "12.5%"),
        ("-1234.5", "#,##0.00", "-1,234.50"),
        ("-5", "#,##0;[Red](#,##0)", "(5)"),
        ("1234.5", "[$€-407] #,##0.00", "€ 1,234.50"),
        ("12345678", '0.0,,"M"', "12.3M"),
        ("7", "000", "007"),
        ("45356.75", "dd/mm/yyyy hh:mm", "05/03/2024 18:00"),
        ("0.5", "h:mm AM/PM", "12:00 PM"),
        ("1.5", "[h]:mm", "36:00"),
        ("0.30000000000000004", "General", "0.3"),
        ("12345678901234", "General", "12345678901234"),
        ("1200", "0.00E+00", "1.20E+03"),
        ("-1", "yyyy", "-1"),
        ("1e999", "0", "1e999"),
        ("north", "0", "north"),
    ],
)
def test_a_number_is_shown_as_its_format_says(number: str, code: str, text: str) -> None:
    assert shown(number, code) == text


def test_empty_rows_and_wide_gaps_part_tables() -> None:
    rows = [
        ["Fares", None, None, None, None],
        [],
        ["Ferry", "Fare", None, "Bus", "Line"],
        ["North", 4, None, "Blue", 12],
        [],
        ["Label", None, 2020],
        ["Total", None, 4],
    ]
    parsed = xlsx.parse(workbook({"S": rows}))
    assert parsed.text.split("\n\n") == [
        "S",
        "Fares",
        "Ferry | Fare\nNorth | 4",
        "Bus | Line\nBlue | 12",
        "Label | 2020\nTotal | 4",
    ]


def test_narrow_rows_and_columns_part_no_table() -> None:
    def narrow(book: Any) -> None:
        sheet = book["S"]
        for row in (3, 6):
            sheet.row_dimensions[row].height = 4.5
        sheet.column_dimensions["D"].width = 2.5

    rows = [
        ["In millions", None, None, None, "2023"],
        [None, "Sales", "Profit", None, "Interest", "Taxes"],
        [],
        ["Zone A", 12, 3, None, 4, 5],
        ["Zone B", 13, 4, None, 5, 6],
        [],
        ["(a) Before taxes."],
    ]
    parsed = xlsx.parse(workbook({"S": rows}, narrow))
    assert parsed.text.endswith("Zone B | 13 | 4 | 5 | 6\n\n(a) Before taxes.")
    assert [block.kind for block in parsed.blocks].count("table") == 1
    headers = [block for block in parsed.blocks if block.is_header]
    assert {block.row for block in headers} == {0, 1}
    assert "Taxes" in [parsed.text[block.start : block.end] for block in headers]


def test_merged_cells_have_spans() -> None:
    def merge(book: Any) -> None:
        book["S"].merge_cells("A2:A3")
        book["S"].merge_cells("B1:C1")

    rows = [["Floor", "Rooms", None], ["First", "library", 4], [None, "hall", 5]]
    parsed = xlsx.parse(workbook({"S": rows}, merge))
    spans = {
        parsed.text[block.start : block.end]: (block.row_span, block.column_span)
        for block in parsed.blocks
        if block.kind == "cell" and (block.row_span, block.column_span) != (1, 1)
    }
    assert spans == {"First": (2, 1), "Rooms": (1, 2)}
    hall = next(b for b in parsed.blocks if parsed.text[b.start : b.end] == "hall")
    assert hall.column == 1


def test_what_is_hidden_is_marked_with_the_reason() -> None:
    def hide(book: Any) -> None:
        book["Old"].sheet_state = "hidden"
        book["S"].row_dimensions[2].hidden = True
        book["S"].column_dimensions["B"].hidden = True

    rows = [["Name", "Code"], ["Otter", 7], ["Owl", 8]]
    parsed = xlsx.parse(workbook({"S": rows, "Old": [["secret", 1]]}, hide))
    hidden = [(parsed.text[place.start : place.end], place.reason) for place in parsed.hidden]
    assert hidden == [
        ("Code", "hidden column"),
        ("Otter | 7", "hidden row"),
        ("8", "hidden column"),
        ("secret | 1", "hidden sheet"),
    ]
    assert parsed.text.startswith("S\n\nName\n\nOwl")


def test_comments_and_formulas_without_results() -> None:
    def fill(book: Any) -> None:
        from openpyxl.comments import Comment

        book["S"]["B1"].comment = Comment("Check this.", "Editor")
        book["S"]["C1"] = "=A1+1"

    parsed = xlsx.parse(workbook({"S": [["Fare", 4]]}, fill))
    assert parsed.text == "S\n\nFare | 4\n\nB1, Editor: Check this."
    assert parsed.blocks[-1].kind == "comment"
    assert "formulas hold no result" in parsed.warning


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
)
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="x/worksheet" Target="s.xml"/></Relationships>'
)


def book_of(sheet: str) -> bytes:
    return archive(
        {
            "xl/workbook.xml": BOOK.encode(),
            "xl/_rels/workbook.xml.rels": RELATION.encode(),
            "xl/s.xml": (SHEET + sheet).encode(),
        }
    )


def test_a_sheet_that_is_cut_or_wrong_keeps_what_can_be_read() -> None:
    row = '<row r="1"><c r="A1"><v>4</v></c><c r="??"><v>5</v></c><c t="s"><v>9</v></c></row>'
    parsed = xlsx.parse(book_of(f"{row}<row r='x'><c><v>6</v></c></row><row"))
    assert parsed.text == "S\n\n4 | 5\n6"
    assert "a sheet of it is damaged" in parsed.warning
    whole = xlsx.parse(book_of(f"{row}</sheetData></worksheet>"))
    assert (whole.text, whole.warning) == ("S\n\n4 | 5", "")


def test_more_cells_than_can_be_read_end_with_one_sentence(monkeypatch: Any) -> None:
    rows = "".join(f"<row><c><v>{number % 7}</v></c></row>" for number in range(3_000))
    monkeypatch.setattr(cells, "MAX_CELLS", 2_000)
    with pytest.raises(FileSkipped, match="more than 2,000 cells"):
        xlsx.parse(book_of(rows))
    monkeypatch.setattr(cells, "MAX_ELEMENTS", 100)
    with pytest.raises(FileSkipped, match="far more empty ones"):
        xlsx.parse(book_of("<row/>" * 200))


def test_sixteen_million_rows_are_refused_before_they_are_read() -> None:
    with pytest.raises(FileSkipped, match="far more than it holds"):
        xlsx.parse(book_of("<row><c><v>1</v></c></row>" * 2_000_000))


def test_a_binary_workbook_is_refused_with_what_to_do() -> None:
    types = b'<Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.bin"/>'
    root = RELATION.encode().partition(b"<Relationship ")[0] + types + b"</Relationships>"
    with pytest.raises(FileSkipped, match="save it as"):
        xlsx.parse(archive({"_rels/.rels": root, "xl/workbook.bin": b"\x83\x01"}))


def named(book: Any) -> None:
    from openpyxl.worksheet.table import Table

    book["S"].add_table(Table(displayName="T", ref="A1:B3"))


def filtered(book: Any) -> None:
    book["S"].auto_filter.ref = "A1:B3"


def frozen(book: Any) -> None:
    book["S"].freeze_panes = "A2"


@pytest.mark.parametrize(
    ("fill", "heads"), [(named, True), (filtered, True), (frozen, True), (None, False)]
)
def test_a_sheet_says_which_row_heads_a_table_of_words(fill: object, heads: bool) -> None:
    rows = [["Animal", "Food"], ["Otter", "crab"], ["Owl", "mouse"]]
    parsed = xlsx.parse(workbook({"S": rows}, fill))
    assert [block.is_header for block in parsed.blocks if block.kind == "cell"][:3] == [
        heads,
        heads,
        False,
    ]
