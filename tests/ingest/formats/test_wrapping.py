"""Wrapped lines of plain text flow; lines that mean something stay."""

import pytest

from inquote.ingest.formats import text

WRAPPED = """the server moves on Thursday at 18:00. Please save your
work before that; the outage will last about three and a
half hours. The inter-
national office is not affected."""


def test_wrapped_lines_flow_and_divided_words_are_joined() -> None:
    assert text.parse(WRAPPED).text == (
        "the server moves on Thursday at 18:00. Please save your work before that; the outage will "
        "last about three and a half hours. The international office is not affected."
    )


@pytest.mark.parametrize(
    ("end", "start", "expected"),
    [
        ("an exam-", "ple of it", "an example of it"),
        ("a well-", "known cat", "a well-known cat"),
        ("the Anglo-", "Saxon king", "the Anglo-Saxon king"),
        ("Waren-", "und Lager", "Waren- und Lager"),
        ("a follow-", "up; follow-up", "a follow-up; follow-up"),
        ("Donau\xad", "schiff", "Donauschiff"),
    ],
)
def test_a_word_at_the_end_of_a_line(end: str, start: str, expected: str) -> None:
    lines = f"All of the long lines of this paragraph hold {end}\n{start} here."
    assert (
        text.parse(lines).text == f"All of the long lines of this paragraph hold {expected} here."
    )


def test_wrapped_items_flow_each_by_itself() -> None:
    parsed = text.parse(
        "- The first item is rather long, so that its line was\n  wrapped by the editor of it.\n"
        "- The second one is short."
    )
    assert parsed.text.split("\n") == [
        "- The first item is rather long, so that its line was wrapped by the editor of it.",
        "- The second one is short.",
    ]
    assert [block.kind for block in parsed.blocks] == ["item", "item"]


@pytest.mark.parametrize(
    "lines",
    [
        "The rain falls on the roof,\nThe cat sits in it,\nAnd nobody has proof\nOf what is done.",
        "Brunner Joinery\nTannery Row 14\n8020 Kelbridge",
        "From: Hanna Voss <hanna@example.org>\nTo: Team <team@example.org>\nSubject: The server",
        "Boat                        Days                         Fee\n"
        "dinghy                      1                            8 euros",
        "def double_the_number_of_boats(number_of_boats_in_port):\n"
        "    return number_of_boats_in_port * 2 + the_number_of_boats_at_sea",
        "A sentence that stands by itself on its own long line.\nOne more.\nAnd again a long line "
        "with a sentence of its own, as some write.",
        "> On Mon Tom wrote that the disks must be carried to the\n> cellar before the evening.",
    ],
)
def test_lines_that_mean_something_stay(lines: str) -> None:
    assert text.parse(lines).text == lines


def test_a_long_text_takes_time_in_proportion() -> None:
    parsed = text.parse((WRAPPED.replace("\n", " \n") + "\n") * 5_000)
    assert parsed.text.count("international") == 5_000


def test_underlined_and_numbered_lines_are_headings() -> None:
    parsed = text.parse(
        "Harbour rules\n=============\nNo swimming.\n\nfees of this year\n------------\n\nNone.\n\n"
        "2.1 Testing of Boats\n\nNever.\n\nno heading, for it is long\n---"
    )
    assert [(section.title, section.level) for section in parsed.sections] == [
        ("Harbour rules", 1),
        ("fees of this year", 2),
        ("2.1 Testing of Boats", 2),
    ]
    assert parsed.text.startswith("Harbour rules\n\nNo swimming.\n\nfees of this year\n\n")


def test_a_text_of_one_line_is_a_paragraph() -> None:
    assert [block.kind for block in text.parse("The Gate Code Is 4471").blocks] == ["paragraph"]
