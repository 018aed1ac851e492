from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inquote.ingest.chunk import chunk
from inquote.ingest.documents import Document
from inquote.ingest.formats.builder import TableCell, TextBuilder
from inquote.ingest.grid import grid_at
from inquote.ingest.segments import Segmenter


def document(rows: list[list[str]], before: str = "", *, marked: bool = True) -> Document:
    """A document with a table whose first row is marked as headers."""
    builder = TextBuilder()
    if before:
        builder.block(before)
    cells = []
    for number, row in enumerate(rows):
        is_header = marked and number == 0
        cells.append([TableCell(text, at, is_header=is_header) for at, text in enumerate(row)])
    builder.table(cells)
    parsed = builder.parsed()
    return Document("a.md", "", "", parsed.text, "", blocks=parsed.blocks)


def rows_as_read(a: Document) -> list[str]:
    """The rows of the first table as models read them, "" for one that is read as it stands."""
    place = grid_at(a, a.text.index(" | "))
    assert place is not None
    grid = place[1]
    lines = []
    for number in range(len(grid.rows)):
        lines.append("".join(segment.text for segment in grid.segments_of(number)))
    return lines


@pytest.mark.parametrize("marked", [True, False])
def test_a_row_is_read_with_the_headers_of_its_cells(marked: bool) -> None:
    table = [["Port", "2021", "2022"], ["Hull", "€4.2m", "€4.9m"], ["Bari", "€0.8m", ""]]
    read = rows_as_read(document(table, marked=marked))
    assert read == ["", "Port Hull: 2021 €4.2m; 2022 €4.9m.", "Port Bari: 2021 €0.8m."]


def test_two_rows_of_headers_are_read_from_the_outer_one_in() -> None:
    table = [
        ["", "Years ended May 31,", "", ""],
        ["(in millions)", "2020", "2019", "Change"],
        ["Total sales", "$14.5", "$12.9", "12 %"],
    ]
    assert rows_as_read(document(table))[2] == (
        "(in millions) Total sales: Years ended May 31, 2020 $14.5; Years ended May 31, 2019 $12.9;"
        " Years ended May 31, Change 12 %."
    )


def test_a_title_alone_and_marked_years_are_above_the_values() -> None:
    table = [
        ["Fiscal Year 2019", "", ""],
        ["", "2019 (1)", "2018"],
        ["Assets", "", ""],
        ["Pools", "7", "—"],
    ]
    read = rows_as_read(document(table, marked=False))
    assert read[3] == "Assets, Fiscal Year 2019 Pools: 2019 (1) 7; 2018 —."


def test_a_title_and_a_row_that_names_the_first_column_are_above_the_values() -> None:
    table = [
        ["Selected data", "", ""],
        ["Obligations", "2019", "2018"],
        ["Leases", "$7", "$6"],
        ["Loans", "$5", "$4"],
    ]
    read = rows_as_read(document(table, marked=False))
    assert read[2] == "Selected data Obligations Leases: 2019 $7; 2018 $6."
    below = [["", "Payments due", ""], ["Obligations", "Total", "Less than 1 Year"], *table[2:]]
    read = rows_as_read(document(below, marked=False))
    assert read[2] == "Obligations Leases: Payments due Total $7; Payments due Less than 1 Year $6."


def test_short_names_above_a_column_of_numbers_are_headers() -> None:
    songs = [["Rain", "Ada", "3:11"], ["Sun", "Bo", "2:50"], ["Snow", "Cy", "4:07"]]
    read = rows_as_read(document([["Title", "Singer", "Length"], *songs], marked=False))
    assert read[:2] == ["", "Title Rain: Singer Ada; Length 3:11."]
    read = rows_as_read(document(songs, marked=False))
    assert read[0] == "Rain: Ada; 3:11."
    read = rows_as_read(document([["Title", "Title", "Length"], *songs], marked=False))
    assert read[1] == "Rain: Ada; 3:11."


def test_titles_without_headers_below_them_are_groups() -> None:
    table = [["Pools", ""], ["Gyms", ""], ["Hall", "7"]]
    assert rows_as_read(document(table, marked=False)) == ["", "", "Gyms, Hall: 7."]


def test_words_above_dates_are_headers() -> None:
    table = [["Name", "Term start", "Term end"], ["Ada", "1 May 1926", "2 June 1927"]]
    read = rows_as_read(document(table, marked=False))
    assert read[1] == "Name Ada: Term start 1 May 1926; Term end 2 June 1927."


def test_a_header_reaches_over_all_the_columns_that_it_spans() -> None:
    builder = TextBuilder()
    head = [TableCell("", 0), TableCell("2021", 1, 1, 2), TableCell("2020", 3, 1, 2)]
    row = [TableCell(text, at) for at, text in enumerate(("Fees", "", "7", "", "6"))]
    builder.table([head, row])
    parsed = builder.parsed()
    read = rows_as_read(Document("a.md", "", "", parsed.text, "", blocks=parsed.blocks))
    assert read[1] == "Fees: 2021 7; 2020 6."


def test_a_header_above_the_middle_reaches_both_ways() -> None:
    table = [["", "", "Years", ""], ["", "2020", "2019", "2018"], ["Sales", "1", "2", "3"]]
    read = rows_as_read(document(table))
    assert read[2] == "Sales: Years 2020 1; Years 2019 2; Years 2018 3."


def test_a_row_group_explains_the_rows_below_it_up_to_their_total() -> None:
    table = [
        ["", "2020"],
        ["Europe:", ""],
        ["Tea", "4"],
        ["Total Europe", "9"],
        ["Tea", "7"],
    ]
    read = rows_as_read(document(table))
    assert read[2:] == ["Europe:, Tea: 2020 4.", "Europe:, Total Europe: 2020 9.", "Tea: 2020 7."]


def test_two_columns_without_headers_are_names_and_values() -> None:
    table = [["Boat", "Kestrel"], ["Home port", "Hull"]]
    read = rows_as_read(document(table, marked=False))
    assert read == ["Boat: Kestrel.", "Home port: Hull."]


def test_prose_in_cells_is_read_as_it_stands() -> None:
    assert rows_as_read(document([["Rule", "Text"], ["1", "word " * 80]]))[1] == ""


def test_a_cell_has_the_headers_of_its_column_and_its_row() -> None:
    a = document([["Port", "2021", "2022"], ["Hull", "4.2", "4.9"]], "Duties by port")
    offset = a.text.index("4.9")
    place = grid_at(a, offset)
    assert place is not None
    row, grid, number = place
    headers = grid.headers_of(number, row.cells[2])
    assert [a.text[start:end] for start, end in headers.rows] == ["Hull"]
    assert [a.text[start:end] for start, end in headers.columns] == ["2022"]
    assert grid_at(a, 0) is None
    assert Segmenter(a).lead_at(offset) == "Duties by port"
    assert Segmenter(a).lead_at(0) is None


def test_a_passage_within_a_table_has_the_line_before_it_as_lead() -> None:
    rows = [["Port", "Duty"], *([f"Port {number}", f"{number}.5"] for number in range(60))]
    passages = chunk(document(rows, "Duties by port"), lambda text: len(text.split()), 64).passages
    assert len(passages) > 3
    assert all(passage.lead == "Duties by port" for passage in passages[1:])
    assert passages[1].read_text.startswith("Port Port ")
    assert "Duty" not in passages[1].text


words = st.text(st.characters(categories=["L", "Nd"]), max_size=8)


@settings(deadline=None)
@given(st.lists(st.lists(words, min_size=2, max_size=5), min_size=1, max_size=6), st.booleans())
def test_every_segment_stands_where_it_says(rows: list[list[str]], marked: bool) -> None:
    a = document(rows, "A table", marked=marked)
    pieces = Segmenter(a).segments(0, len(a.text))
    cited = [piece for piece in pieces if piece.start >= 0]
    for piece in cited:
        assert a.text[piece.start : piece.start + len(piece.text)] == piece.text
    shown = {piece.start for piece in cited}
    for block in a.blocks if pieces else ():
        if block.kind == "cell" and block.start < block.end:
            inside = any(piece.start <= block.start for piece in cited)
            assert block.start in shown or inside


def test_a_text_without_tables_has_no_segments() -> None:
    plain = replace(document([["a", "b"]]), blocks=())
    assert Segmenter(plain).segments(0, len(plain.text)) == ()
