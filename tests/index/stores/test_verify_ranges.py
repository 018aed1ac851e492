"""The ranges that `verify` checks: blocks, pages and boxes, a sentence for each fault."""

from dataclasses import replace

import pytest

from inquote.index.stores.verify_ranges import box_problems, range_problems
from inquote.ingest.documents import Block, Document, Hidden, Page, Section
from inquote.ingest.layout.boxes import LineBoxes, pack_lines

TEXT = "One\n\ntwo | three\nfour | \n\nFive"
TABLE = (
    Block("table", 5, 24),
    Block("row", 5, 16),
    Block("cell", 5, 8),
    Block("cell", 11, 16, column=1),
    Block("row", 17, 24, row=1),
    Block("cell", 17, 21, row=1),
    Block("cell", 24, 24, row=1, column=1),
)
WHOLE = Document(
    *("a.pdf", "One", "", TEXT, ""),
    blocks=(Block("heading", 0, 3, 1), *TABLE, Block("paragraph", 26, 30)),
    pages=(Page(1, 0, 3), Page(2, 3, 5), Page(3, 5, 30)),
)


def problems(**changes: object) -> list[str]:
    return list(range_problems(replace(WHOLE, **changes)))  # type: ignore[arg-type]


def test_a_table_between_blocks_has_no_fault() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        ([("note", 26, 31)], "The note at 26 of a.pdf has a range outside the text."),
        ([("note", -1, 3)], "The note at -1 of a.pdf has a range outside the text."),
        ([("note", 3, 2)], "The note at 3 of a.pdf has a range outside the text."),
        (
            [("note", 5, 8), ("item", 0, 3)],
            "The item at 0 of a.pdf stands before the block that it follows.",
        ),
        ([("item", 0, 8), ("note", 5, 12)], "The note at 5 of a.pdf crosses the item at 0."),
        ([("item", 0, 8), ("note", 5, 8)], "The note at 5 of a.pdf crosses the item at 0."),
        ([("row", 5, 16), ("cell", 11, 20)], "The cell at 11 of a.pdf crosses the row at 5."),
    ],
)
def test_a_block_out_of_place_is_named(blocks: list[tuple[str, int, int]], sentence: str) -> None:
    assert problems(blocks=tuple(Block(*block) for block in blocks)) == [sentence]  # type: ignore[arg-type]


def test_pages_outside_the_text_and_over_each_other_are_named() -> None:
    pages = (Page(1, 0, 5), Page(2, 3, 9), Page(3, 9, 31))
    assert problems(pages=pages) == [
        "Page 2 of a.pdf begins before the end of the page before it.",
        "Page 3 of a.pdf has a range outside the text.",
    ]


def test_hidden_ranges_and_sections_outside_the_text_are_named() -> None:
    assert problems(hidden=(Hidden(3, 40, "white text"),)) == [
        "A hidden range of a.pdf is outside the text."
    ]
    assert problems(sections=(Section("Two", 1, 0, 3), Section("One", 1, 0, 31))) == [
        "The section 'Two' of a.pdf does not begin with its heading.",
        "The section 'One' of a.pdf has a range outside the text.",
    ]


def test_boxes_that_cannot_be_unpacked_or_are_of_other_text_are_named() -> None:
    whole = pack_lines([LineBoxes(0, 3, 10.0, 20.0, (1.0, 2.0, 3.0, 4.0))])
    pages = [
        Page(1, 0, 3, lines=whole),
        Page(2, 3, 5, lines=whole),
        Page(3, 5, 9, lines=whole[:-3]),
        Page(4, 9, 9),
    ]
    assert list(box_problems("a.pdf", pages)) == [
        "The boxes of page 2 of a.pdf are not those of its text.",
        "The boxes of page 3 of a.pdf cannot be unpacked.",
    ]
