from typing import Any

import pytest
from made_files import archive, word

from ingest.errors import FileSkipped
from ingest.formats import docx

PLAIN = {"word/document.xml": b"<w:document/>", "[Content_Types].xml": b"<Types/>"}


def filled(document: Any) -> None:
    document.add_heading("Otters", 0)
    document.add_heading("Food", 2)
    document.add_paragraph("They eat crabs.\tAnd fish.")
    for item in ("crab", "fish"):
        document.add_paragraph(item, style="List Bullet")
    document.add_paragraph("Then:")
    for item in ("one", "two"):
        document.add_paragraph(item, style="List Number")
    table = document.add_table(2, 2)
    for row, cells in zip(table.rows, (("Year", "Number"), ("2020", "5")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text


def test_headings_items_and_tables() -> None:
    parsed = docx.parse(word(filled))
    assert parsed.text.split("\n\n") == [
        "Otters",
        "Food",
        "They eat crabs. And fish.",
        "- crab\n- fish",
        "Then:",
        "1. one\n2. two",
        "Year | Number\n2020 | 5",
    ]
    assert [(s.title, s.level) for s in parsed.sections] == [("Otters", 1), ("Food", 2)]
    assert parsed.title == "Otters"


def test_text_put_in_by_a_tracked_change_is_read_and_deleted_text_is_not() -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def fill(document: Any) -> None:
        paragraph = document.add_paragraph("An otter ")
        for change in (
            "<w:ins {}><w:r><w:t>swims.</w:t></w:r></w:ins>",
            "<w:del {}><w:r><w:delText>no</w:delText></w:r></w:del>",
        ):
            paragraph._p.append(parse_xml(change.format(nsdecls("w"))))

    assert docx.parse(word(fill)).text == "An otter swims."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 cut", "damaged archive"),
        (word(filled)[:3000], "damaged archive"),
        (archive({"a.txt": b"x"}), "not a Word document"),
        (archive({**PLAIN, "../x": b"x"}), "leads outside"),
        (archive({**PLAIN, "word/bomb.bin": b"0" * 30_000_000}), "far more than it holds"),
        (archive({"word/document.xml": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}), "document type"),
        (archive(PLAIN), "damaged Word document"),
        (archive({**PLAIN, **{f"p{at}": b"" for at in range(6000)}}), "more than a Word document has"),
    ],
)
def test_what_is_unsafe_or_damaged_is_skipped_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileSkipped, match=reason):
        docx.parse(content)
