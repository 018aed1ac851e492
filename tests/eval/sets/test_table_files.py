import csv
import io

import pytest

from inquote.eval.sets.table_files import FORMATS, report_files
from inquote.ingest.files.collect import Limits, collect
from inquote.ingest.files.find import find_sources

ROWS = [["", "2025", "2024"], ["Sales | net", "1,250", "(3)"], ["A, B & C", "", "<1"]]
PARAGRAPHS = ["The figures were as follows:", "Sales\nrose."]


def test_a_markdown_report_has_its_table_where_it_is_announced() -> None:
    [text] = report_files(ROWS, PARAGRAPHS, "md").values()
    assert text.splitlines() == [
        "The figures were as follows:",
        "",
        "|  | 2025 | 2024 |",
        "| --- | --- | --- |",
        "| Sales \\| net | 1,250 | (3) |",
        "| A, B & C |  | <1 |",
        "",
        "Sales rose.",
    ]


def test_an_html_report_escapes_its_cells() -> None:
    [text] = report_files(ROWS, ["Sales rose."], "html").values()
    assert "<tr><td>A, B &amp; C</td><td></td><td>&lt;1</td></tr>" in text
    assert text.index("<table>") < text.index("Sales rose.")


def test_a_csv_report_has_its_paragraphs_beside_it() -> None:
    files = report_files(ROWS, PARAGRAPHS, "csv")
    assert list(csv.reader(io.StringIO(files["report.csv"]))) == ROWS
    assert files["report.txt"] == "The figures were as follows:\n\nSales rose.\n"
    assert list(report_files(ROWS, [], "csv")) == ["report.csv"]


@pytest.mark.parametrize("format", FORMATS)
def test_every_cell_is_in_the_text_of_the_report(tmp_path, format) -> None:  # type: ignore[no-untyped-def]
    for name, content in report_files(ROWS, PARAGRAPHS, format).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    loaded = collect(find_sources([tmp_path]).sources, {}, Limits()).loaded
    text = "\n".join(file.document.text for file in loaded)
    for cell in ("2025", "2024", "1,250", "(3)", "A, B & C", "<1", "Sales rose."):
        assert cell in text
