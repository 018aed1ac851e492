"""Tables and headings as the reports of companies set them."""

from inquote.ingest.formats import pdf as pdf_format
from inquote.ingest.formats.base import Parsed
from inquote.ingest.layout.annotations import line_at
from inquote.ingest.layout.lines import Line
from inquote.ingest.layout.shapes import Box
from inquote.ingest.layout.tables import Cell, Table, TableRow, goes_on_below
from made_files import drawn_pdf, shown

COLUMNS = (60, 300, 400)


def page(*drawings: bytes) -> Parsed:
    return pdf_format.parse(drawn_pdf([b"\n".join(drawings)]))


def blocks_of(parsed: Parsed, *kinds: str) -> list[str]:
    """The texts of the blocks of some kinds."""
    return [parsed.text[block.start : block.end] for block in parsed.blocks if block.kind in kinds]


def row(y: float, *cells: str) -> bytes:
    """A row of a table: its cells from the left, each in its column, those of "" left out."""
    return b"\n".join(shown(x, y, cell) for x, cell in zip(COLUMNS, cells, strict=False) if cell)


def signed(y: float, name: str, *amounts: str) -> bytes:
    """A row whose amounts have their currency signs far before them."""
    drawings = [shown(60, y, name)]
    for x, amount in zip(COLUMNS[1:], amounts, strict=True):
        drawings += [shown(x - 30, y, "$"), shown(x, y, amount)]
    return b"\n".join(drawings)


def test_a_currency_sign_stands_with_its_amount_however_far_that_is() -> None:
    parsed = page(
        row(700, "", "2020", "2019"),
        signed(686, "Net income", "5,260", "2,951"),
        row(672, "Shares", "481", "486"),
    )
    assert parsed.text == "2020 | 2019\nNet income | $ 5,260 | $ 2,951\nShares | 481 | 486"
    cells = [block for block in parsed.blocks if block.kind == "cell"]
    assert [cell.column for cell in cells] == [1, 2, 0, 1, 2, 0, 1, 2]


def test_a_currency_sign_close_behind_an_amount_begins_the_next_cell() -> None:
    parsed = page(
        shown(280, 700, "2020"),
        shown(400, 700, "2019"),
        row(686, "Goodwill", "42 $", "40"),
        row(672, "Other", "13", "52"),
        row(658, "Total", "55", "92"),
    )
    assert parsed.text == "2020 | 2019\nGoodwill | 42 | $ 40\nOther | 13 | 52\nTotal | 55 | 92"


def test_prose_above_a_table_ends_no_column_of_it() -> None:
    prose = "The debts that fall due after the end of the year were as stated here in"
    parsed = page(
        shown(60, 728, prose),
        row(700, "", "2020", "2019"),
        row(686, "Loans", "1,514", "1,527"),
        row(672, "Leases", "756", "783"),
    )
    assert blocks_of(parsed, "paragraph", "table") == [
        prose,
        "2020 | 2019\nLoans | 1,514 | 1,527\nLeases | 756 | 783",
    ]


def test_the_parts_of_a_table_and_a_long_heading_between_them_are_one() -> None:
    heading = "Adjustments that lead from the result to the cash that was earned:"
    parsed = page(
        row(700, "", "2020", "2019"),
        row(686, "Result", "1,514", "1,527"),
        row(672, "Tax", "56", "83"),
        shown(60, 658, heading),
        row(644, "Depreciation", "91", "75"),
        row(630, "Deferred tax", "29", "93"),
    )
    assert len(blocks_of(parsed, "table")) == 1
    assert blocks_of(parsed, "row")[3:] == [
        heading,
        "Depreciation | 91 | 75",
        "Deferred tax | 29 | 93",
    ]


def test_headers_below_values_begin_another_table() -> None:
    parsed = page(
        row(700, "In millions", "May 2020", "May 2019"),
        row(686, "Land", "66.1", "73.6"),
        row(672, "Total", "3,580.6", "3,787.2"),
        row(658, "In millions", "May 2020", "May 2019"),
        row(644, "Payroll", "430.4", "345.5"),
    )
    assert [table.count("\n") for table in blocks_of(parsed, "table")] == [2, 1]


def test_a_header_over_one_column_is_part_of_the_table() -> None:
    parsed = page(
        shown(400, 712, "2020 vs."),
        row(700, "", "2020", "2019"),
        row(686, "Sales", "17,626.6", "5 %"),
        row(672, "Profit", "2,953.9", "17 %"),
    )
    assert blocks_of(parsed, "row")[0] == "2020 vs."
    assert next(block.column for block in parsed.blocks if block.kind == "cell") == 2


def test_the_edges_of_shaded_rows_are_no_rules() -> None:
    shading = []
    for at, colour in enumerate((b"0.8 0.93 1 rg", b"1 1 1 rg", b"0.8 0.93 1 rg")):
        low = 682 - 14 * at
        shading.append(colour)
        shading += [b"%d %d %d 14 re f" % (x, low, w) for x, w in ((60, 230), (290, 70), (390, 70))]
        shading += [b"%d %d 1 14 re f" % (x, low) for x in (330, 360)]
    rules = [b"0 0 0 rg", b"60 696 300 1 re f", b"60 654 300 1 re f"]
    parsed = page(
        *shading,
        *rules,
        b"0 0 0 rg",
        row(700, "", "2020", "2019"),
        row(686, "Airplanes", "25,867", "19,493"),
        row(672, "Services", "17,611", "16,328"),
        row(658, "Total", "43,478", "35,821"),
    )
    assert blocks_of(parsed, "row") == [
        "2020 | 2019",
        "Airplanes | 25,867 | 19,493",
        "Services | 17,611 | 16,328",
        "Total | 43,478 | 35,821",
    ]


def test_the_header_of_a_table_at_the_top_of_pages_is_no_running_head() -> None:
    pages = []
    for names in ("Land Mines", "Debts Loans", "Stock Wood", "Cash Coins"):
        rows = [row(740, "In millions", "2020", "2019")]
        for at, name in enumerate(names.split()):
            rows.append(row(726 - 14 * at, name, f"{len(name)}1.5", f"{at}2.5"))
        pages.append(b"\n".join([*rows, shown(60, 698, f"{names} are no more than a part.")]))
    parsed = pdf_format.parse(drawn_pdf(pages))
    assert blocks_of(parsed, "header") == []
    assert parsed.text.count("In millions | 2020 | 2019") == 4


def test_a_line_in_capitals_and_the_name_of_accounts_are_headings_and_units_are_none() -> None:
    parsed = page(
        shown(60, 740, "PET SEGMENT"),
        shown(60, 720, "The sales of food for pets rose by a fifth in the last year of the plan."),
        shown(60, 690, "Consolidated Statements of Earnings"),
        shown(60, 670, "These show what the company earned, and the notes are a part of them."),
        shown(60, 640, "(In millions, except per share data)", font="F2"),
        shown(60, 620, "What is owed to those who own the shares is stated in the last line."),
    )
    assert blocks_of(parsed, "heading") == ["PET SEGMENT", "Consolidated Statements of Earnings"]


def test_words_drawn_over_each_other_in_every_row_are_read() -> None:
    rows = []
    for at, (name, value) in enumerate((("Land", "1,514"), ("Stock", "1,620"), ("Wood", "981"))):
        y = 700 - 14 * at
        rows += [row(y, name, value), shown(303, y, "9" * (3 + at)), shown(400, y, "77")]
    parsed = page(*rows)
    assert all(name in parsed.text for name in ("Land", "Stock", "Wood"))


def test_a_table_whose_names_span_columns_has_no_further_part_below_a_line() -> None:
    def words(text: str, left: float, base: float) -> Line:
        return line_at(text, Box(left, base - 8, left + 30, base), 0)

    def made(base: float) -> Table:
        names = Cell([words("Land", 60, base)], 0, 2)
        values = [Cell([words("1,514", 200 + 100 * at, base)], at) for at in (2, 3)]
        return Table([TableRow([names, *values])], 60, 530, base, base, 10, 0)

    assert goes_on_below(made(100), made(112))
    assert not goes_on_below(made(100), made(124), [words("Tax", 60, 112)])
