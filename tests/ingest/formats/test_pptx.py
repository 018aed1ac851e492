from typing import Any

import pytest
from made_office import presentation

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import pptx
from made_files import archive


def filled(made: Any) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Pt

    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = "Food"
    frame = slide.placeholders[1].text_frame
    frame.text = "crab"
    for level, text in ((0, "fish"), (1, "trout")):
        paragraph = frame.add_paragraph()
        paragraph.level = level
        paragraph.text = text
    place = (Pt(10), Pt(10), Pt(90), Pt(90))
    table = slide.shapes.add_table(2, 2, *place).table
    for row, texts in enumerate((("Year", "Number"), ("2020", "5"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    data = CategoryChartData()
    data.categories = ["North", "South"]
    data.add_series("Otters", (4, 7))
    slide.shapes.add_chart(XL_CHART_TYPE.PIE, *place, data)
    slide.notes_slide.notes_text_frame.text = "Ask for questions."


def test_a_slide_has_its_title_its_text_and_its_notes() -> None:
    parsed = pptx.parse(presentation([("Otters", "They swim.")], filled))
    lines = [
        "Otters",
        "They swim.",
        "Food",
        "- crab\n- fish\n  - trout",
        "Year | Number\n2020 | 5",
        "Otters",
        "Otters: North: 4, South: 7",
        "Ask for questions.",
    ]
    assert [line for line in parsed.text.split("\n\n") if line != "Otters"] == [
        line for line in lines if line != "Otters"
    ]
    assert [section.title for section in parsed.sections] == ["Otters", "Food"]
    assert [block.kind for block in parsed.blocks][-1] == "note"
    assert [block.is_header for block in parsed.blocks if block.kind == "cell"] == [
        True,
        True,
        False,
        False,
    ]
    pages = [(page.number, parsed.text[page.start :][:6]) for page in parsed.pages]
    assert pages == [(1, "Otters"), (2, "Food\n\n")]
    assert parsed.pages[0].width == 720


def test_merged_cells_and_groups() -> None:
    def fill(made: Any) -> None:
        from pptx.util import Pt

        slide = made.slides[0]
        place = (Pt(10), Pt(10), Pt(90), Pt(90))
        table = slide.shapes.add_table(2, 2, *place).table
        table.cell(0, 0).merge(table.cell(0, 1))
        table.cell(0, 0).text = "Both"
        table.cell(1, 1).text = "5"
        group = slide.shapes.add_group_shape()
        group.shapes.add_textbox(*place).text_frame.text = "In a group."

    parsed = pptx.parse(presentation([("Otters", "They swim.")], fill))
    both = next(block for block in parsed.blocks if block.column_span == 2)
    assert parsed.text[both.start : both.end] == "Both"
    assert "In a group." in parsed.text


def test_a_hidden_slide_is_hidden() -> None:
    def hide(made: Any) -> None:
        made.slides[1]._element.set("show", "0")

    parsed = pptx.parse(presentation([("Otters", "They swim."), ("Newts", "They glow.")], hide))
    hidden = [(parsed.text[place.start : place.end], place.reason) for place in parsed.hidden]
    assert hidden == [("Newts\nThey glow.", "hidden slide")]
    assert [section.title for section in parsed.sections] == ["Otters"]
    assert len(parsed.pages) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 cut", "damaged archive"),
        (archive({"ppt/presentation.xml": b""}), "damaged PowerPoint"),
        (archive({"a.txt": b"x"}), "not a PowerPoint presentation"),
        (archive({"ppt/presentation.xml": b"x", "ppt/a": b"0" * 30_000_000}), "far more than"),
        (archive({"ppt/presentation.xml": b"<!DOCTYPE x><x/>"}), "document type"),
    ],
)
def test_what_is_unsafe_or_damaged_is_skipped_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileSkipped, match=reason):
        pptx.parse(content)
