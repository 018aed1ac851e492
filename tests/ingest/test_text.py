from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquote.ingest.text import block_ranges, sentence_ranges


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_ranges(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It rose by 16.3% in 2015. Then it fell.", ["It rose by 16.3% in 2015.", "Then it fell."]),
        (
            "The U.S. Food and Drug Administration agreed.",
            ["The U.S. Food and Drug Administration agreed."],
        ),
        ("He moved to the U.S. The rest stayed.", ["He moved to the U.S.", "The rest stayed."]),
        ("Dr. Lee met J. Smith, e.g. Monday.", ["Dr. Lee met J. Smith, e.g. Monday."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("Apples, pears etc. Then came plums.", ["Apples, pears etc.", "Then came plums."]),
        ("a wrapped\nline goes on. Next.", ["a wrapped\nline goes on.", "Next."]),
        ("Title\n\nBody text.", ["Title", "Body text."]),
        ("1. First: one. More.\n2. Second.", ["1. First: one.", "More.", "2. Second."]),
        ("日本語です。次の文。", ["日本語です。", "次の文。"]),
        ("Wait... what? Yes.", ["Wait... what?", "Yes."]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_blocks_are_paragraphs_and_list_items() -> None:
    text = "Lead:\n\n  1. a\n  2. b\nstill b\n\nEnd"
    assert [text[start:end] for start, end in block_ranges(text)] == [
        "Lead:",
        "1. a",
        "2. b\nstill b",
        "End",
    ]


def test_ranges_can_be_taken_of_a_part() -> None:
    text = "One. Two. Three."
    assert [text[start:end] for start, end in sentence_ranges(text, 5, 9)] == ["Two."]


@given(st.text(alphabet=st.sampled_from('aB1 .!?\n\t-•。\u0301👩\u200d’"()'), max_size=80))
def test_sentences_cover_everything_but_white_space_in_order(text: str) -> None:
    ranges = sentence_ranges(text)
    assert all(start < end for start, end in ranges)
    assert all(first[1] <= second[0] for first, second in pairwise(ranges))
    inside = "".join(text[start:end] for start, end in ranges)
    assert "".join(inside.split()) == "".join(text.split())
    assert all(text[start:end] == text[start:end].strip() for start, end in ranges)


def test_a_row_of_a_table_is_a_block() -> None:
    text = "Numbers:\nYear | Sales\n2020 | 5\nOther\nwords."
    assert [text[a:b] for a, b in block_ranges(text)] == [
        "Numbers:",
        "Year | Sales",
        "2020 | 5",
        "Other\nwords.",
    ]
