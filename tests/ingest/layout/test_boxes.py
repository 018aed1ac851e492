"""Boxes come back as they were packed, and each character of a text stands in its own."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquote.ingest.documents import Page
from inquote.ingest.formats import pdf as pdf_format
from inquote.ingest.layout.boxes import (
    LineBoxes,
    Places,
    pack_lines,
    page_lines,
    rectangles,
    unpack_lines,
)
from made_files import down, drawn_pdf, pdf, shown

PLACES = st.floats(-5_000, 5_000)
EDGES = st.lists(PLACES, min_size=2, max_size=30)


@given(st.lists(st.tuples(st.integers(0, 10_000_000), PLACES, PLACES, EDGES), max_size=8))
def test_packed_lines_come_back_within_a_fortieth_of_a_point(
    made: list[tuple[int, float, float, list[float]]],
) -> None:
    lines = [
        LineBoxes(start, start + len(edges) - 1, top, bottom, tuple(edges))
        for start, top, bottom, edges in made
    ]
    unpacked = unpack_lines(pack_lines(lines))
    assert [(line.start, line.end) for line in unpacked] == [(x.start, x.end) for x in lines]
    for line, back in zip(lines, unpacked, strict=True):
        places = zip((line.top, *line.edges), (back.top, *back.edges), strict=True)
        assert max(abs(place - other) for place, other in places) <= 0.026


def test_places_that_no_page_has_are_cut_off() -> None:
    (line,) = unpack_lines(pack_lines([LineBoxes(0, 1, -1e12, 1e12, (-1e12, 1e12))]))
    assert line.top < -1e6
    assert line.edges[1] > 1e6


def test_a_range_has_a_rectangle_in_each_line() -> None:
    lines = [
        LineBoxes(0, 3, 10, 20, (0, 5, 10, 15)),
        LineBoxes(4, 6, 22, 32, (10, 5, 0)),  # from right to left
    ]
    page = Page(1, 0, 6, lines=pack_lines(lines))
    # With a little room above and below, that ends in the middle between the lines.
    assert rectangles(page, 1, 5) == [(5, 8.5, 15, 21), (5, 21, 10, 33.5)]
    assert rectangles(page, 6, 9) == []


def test_letters_that_stand_above_each_other_have_one_rectangle() -> None:
    lines = [LineBoxes(at, at + 1, 90 - 10 * at, 100 - 10 * at, (50, 60)) for at in range(3)]
    page = Page(1, 0, 3, lines=pack_lines(lines))
    assert rectangles(page, 0, 3) == [(50, 70, 60, 100)]


def test_a_range_is_told_by_page_wherever_its_words_stand() -> None:
    note = LineBoxes(8, 9, 30, 40, (0, 5))  # on the first page, after the text of the second
    pages = [
        Page(1, 0, 4, lines=pack_lines([LineBoxes(0, 3, 10, 20, (0, 5, 10, 15)), note])),
        Page(2, 4, 9, lines=pack_lines([LineBoxes(4, 7, 10, 20, (0, 5, 10, 15))])),
        Page(3, 9, 9),
    ]
    places = Places(pages)
    assert sorted(places.of(2, 9)) == [1, 2]
    assert len(places.of(2, 9)[1]) == 2
    assert sorted(places.of(8, 9)) == [1]
    assert places.of(9, 20) == {}


def test_the_lines_of_a_page_have_words_and_what_is_between_them() -> None:
    text = "a bc\n\nde"
    lines = [
        LineBoxes(6, 8, 30, 40, (9, 5, 1)),  # from right to left
        LineBoxes(0, 4, 10, 20, (0, 5, 7, 12, 15)),
    ]
    first, second = page_lines(Page(1, 0, 8, lines=pack_lines(lines)), text)
    assert (first["text"], first["gap"], first["words"]) == ("a bc", "\n\n", [0, 7])
    assert (second["start"], second["back"], second["box"]) == (6, True, [1, 30, 9, 40])


@pytest.mark.parametrize(
    ("extra", "size", "place"),
    [
        (b"/Rotate 90", (792, 612), (690, 72)),
        (b"/Rotate 180", (612, 792), (612 - 72, 690)),
        (b"/Rotate 270", (792, 612), (792 - 690, 612 - 72)),
        (b"/CropBox [50 100 600 760]", (550, 660), (22, 70)),
        (b"/Rotate 90 /CropBox [50 100 600 760]", (660, 550), (590, 22)),
        (b"/UserUnit 2", (612, 792), (72, 792 - 690)),
    ],
)
def test_boxes_stand_where_a_turned_or_cut_page_shows_the_words(
    extra: bytes, size: tuple[int, int], place: tuple[float, float]
) -> None:
    parsed = pdf_format.parse(drawn_pdf([shown(72, 690, "Fever was seen")], extra=extra))
    page = parsed.pages[0]
    assert (page.width, page.height) == size
    start = parsed.text.index("Fever")
    (box,) = rectangles(page, start, start + 5)
    across, down = place  # where the first letter's baseline begins
    assert box[0] - 4 <= across <= box[2] + 4
    assert box[1] - 4 <= down <= box[3] + 4
    assert sorted((round(box[2] - box[0]), round(box[3] - box[1])))[1] in range(23, 28)


def test_hidden_words_have_no_boxes() -> None:
    white = b"1 1 1 rg " + shown(72, 650, "Unseen words")
    parsed = pdf_format.parse(drawn_pdf([shown(72, 690, "Fever was seen") + b"\n" + white]))
    start = parsed.text.index("Unseen")
    assert parsed.hidden
    assert rectangles(parsed.pages[0], start, start + 6) == []


def letters_with_boxes(content: bytes) -> list[tuple[str, float, float]]:
    """Each character that has a box, with the left and the upper edge of it."""
    parsed = pdf_format.parse(content)
    letters = []
    for page in parsed.pages:
        for line in unpack_lines(page.lines):
            for at in range(line.start, line.end):
                letters.append((parsed.text[at], line.edges[at - line.start], line.top))
    return letters


WORDS = st.text("abcdeéñfijlst-.", min_size=1, max_size=9).filter(lambda word: word.strip("-."))


@given(st.lists(st.lists(WORDS, min_size=1, max_size=6), min_size=1, max_size=6))
def test_every_character_has_the_box_that_it_was_drawn_in(made: list[list[str]]) -> None:
    lines = [" ".join(words) for words in made]
    boxed = letters_with_boxes(pdf([down(lines)]))
    first_lefts = [left for letter, left, _ in boxed]
    assert abs(min(first_lefts) - 72) < 1
    for at, line in enumerate(lines):
        top = 792 - (700 - 12 * at)
        own = sorted((left, letter) for letter, left, y in boxed if top - 12 < y < top)
        drawn = unicodedata.normalize("NFC", line).replace(" ", "")
        shown_letters = "".join(letter for _, letter in own).replace(" ", "")
        # Of a word that is divided at a line's end, the hyphen is not kept.
        assert shown_letters in (drawn, drawn.removesuffix("-"))


def test_an_edit_of_the_text_moves_no_box() -> None:
    drawing = b"\n".join(
        [shown(72, 700, "The water of the riv-"), shown(72, 688, "er is clear, caf\xe9 and all.")]
    )
    parsed = pdf_format.parse(drawn_pdf([drawing]))
    assert parsed.text == "The water of the river is clear, café and all."
    at = parsed.text.index("er is")
    ((left, _, right, _),) = rectangles(parsed.pages[0], at, at + 2)
    assert (round(left), round(right)) == (72, 81)
    assert len(rectangles(parsed.pages[0], at - 3, at + 2)) == 2


def test_the_boxes_of_a_turned_page_are_those_of_the_page_as_shown() -> None:
    content = pdf([[(700, 10, "Otters swim.")]], extra=b"/Rotate 90")
    parsed = pdf_format.parse(content)
    page = parsed.pages[0]
    assert (page.width, page.height) == (792, 612)
    places = rectangles(page, 0, len(parsed.text))
    lefts, tops, rights, bottoms = zip(*places, strict=True)
    assert 695 < min(lefts) < max(rights) < 712
    assert round(min(tops)) == 72
    assert 120 < max(bottoms) < 150
