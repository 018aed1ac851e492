"""Tables in text: which delimiter, which cells are names, what stands above."""

import pytest

from inquote.ingest.documents import Block
from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import tables
from inquote.ingest.formats.base import Parsed
from inquote.ingest.formats.registry import detect_format


def parse(text: str) -> Parsed:
    return tables.FORMAT.parse(text.encode(), None)


def named(text: str, suffix: str) -> str:
    return detect_format(text.encode(), suffix).name


def headers(parsed: Parsed) -> list[str]:
    return [parsed.text[cell.start : cell.end] for cell in parsed.blocks if cell.is_header]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_parts_the_cells(delimiter: str) -> None:
    rows = [["berth", "depth", "length"], ["North", "4.5", "80"], ["South", "6", "120"]]
    parsed = parse("\n".join(delimiter.join(row) for row in rows))
    assert parsed.text == "berth | depth | length\nNorth | 4.5 | 80\nSouth | 6 | 120"
    assert headers(parsed) == ["berth", "depth", "length"]
    assert [block.kind for block in parsed.blocks[:3]] == ["table", "row", "cell"]
    assert parsed.blocks[-1] == Block("cell", len(parsed.text) - 3, len(parsed.text), 0, "", 2, 2)


def test_decimal_commas_do_not_part_cells() -> None:
    parsed = parse("Ort;Länge;Breite\nKiel;1,5;2,25\nBonn;3,5;4,75\n")
    assert parsed.text.split("\n")[1] == "Kiel | 1,5 | 2,25"


def test_quotes_hold_delimiters_line_ends_and_quotes() -> None:
    parsed = parse('name,note\nfir,"tall,\nold ""tree"""\noak,"low"\n')
    assert parsed.text.split("\n")[1] == 'fir | tall, old "tree"'


def test_a_quote_that_is_not_closed_costs_no_row() -> None:
    parsed = parse('size,kind\n"5 in,pipe\n' + "6,rod\n" * 300)
    assert '"5 in | pipe' in parsed.text
    assert parsed.text.count("6 | rod") == 300


def test_a_title_and_lines_above_the_table_stay_outside_of_it() -> None:
    parsed = parse("Catch by year,,\nReported by the harbour office.,,\n\nyear,cod,eel\n2001,7,3\n")
    assert parsed.title == "Catch by year"
    assert parsed.text.startswith("Catch by year\n\nReported by the harbour office.\n\nyear | cod")
    assert headers(parsed) == ["year", "cod", "eel"]


def test_rows_of_figures_have_no_names() -> None:
    assert headers(parse("1,2,3\n4,5,6\n7,8,9\n")) == []
    assert headers(parse("red,round\nblue,flat\nred,flat\n")) == []


def test_years_beside_an_empty_corner_are_names() -> None:
    assert headers(parse(";2021;2022\nRoads;4;5\nParks;1;2\n")) == ["", "2021", "2022"]


def test_two_rows_of_names_are_both_names() -> None:
    parsed = parse("Group,Size,Result,\n,,mean,spread\nA,5,1.5,0.2\nB,7,1.8,0.3\n")
    assert headers(parsed)[-2:] == ["mean", "spread"]


def test_prose_that_is_named_as_a_table_is_text() -> None:
    prose = "It rained, and we left.\nThe boat sank\nNobody, as they say, was hurt, or so.\n"
    assert named(prose, ".csv") == "text"
    assert named("One paragraph of words without any mark\n" * 3, ".csv") == "text"


def test_only_a_plain_table_is_one_under_another_name() -> None:
    assert named("a;b;c\n1;2;3\n4;5;6\n", ".txt") == "csv"
    assert named("We came, we saw, we left\nYou go, you see, you stay\nSo, so, so\n", ".txt") == (
        "text"
    )
    assert named("a;b;c\n1;2;3\n4;5;6\n", ".md") == "markdown"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_letter(encoding: str) -> None:
    content = "name;size\nÅsa;5\n".encode(encoding)
    assert tables.FORMAT.sniff(content, ".csv")
    assert tables.FORMAT.parse(content, None).text == "name | size\nÅsa | 5"


def test_a_table_of_too_many_cells_is_refused_with_one_sentence() -> None:
    with pytest.raises(FileSkipped, match=r"more than 500,000 cells; split it"):
        parse("1,2,3,4,5,6,7,8,9,0\n" * 50_001)
