"""Boxes come back as they were packed, and each character of a text stands in its own."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from inquote.ingest.documents import Page
from inquote.ingest.formats import pdf as pdf_format
from inquote.ingest.layout.boxes import LineBoxes, pack_lines, rectangles, unpack_lines
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
    assert rectangles(page, 1, 5) == [(5, 10, 15, 20), (5, 22, 10, 32)]
    assert rectangles(page, 6, 9) == []


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
