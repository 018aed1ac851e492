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


GERMAN = "Das Bad ist für alle da, und die Kasse liegt im Haus. "


@pytest.mark.parametrize(
    "sentences",
    [
        ["Das Bad öffnet am 12. Mai um 9 Uhr.", "Die Kasse liegt im 3. Stock."],
        ["Der Vertrag gilt ab dem 1. Januar 2024.", "Es kostet 12.", "Kinder zahlen nichts."],
        ["Die Mühle stand in der Lange Str. 5 in Köln.", "Sie war schön."],
        ["Es ist z. B. am Mo. und Mi. offen, vgl. Nr. 5 und Abs. 3.", "Das war so.", "Wir gehen."],
        ["Sie sagte: „Komm mit.“", "Er ging und war nicht zu sehen."],
        ["Kaiser Wilhelm II. Preußens König war für die Brücke.", "Am 3.", "Der Rest usw."],
        ["M. Dupont habite au n° 3 de la rue.", "Voir l'art. 5 et la p. 12 de la loi."],
        ["Il dit : « Viens. »", "Elle part avec les enfants.", "Cela est.", "Nous partons."],
        ["El Sr. García vive en la calle núm. 5.", "¿Cuándo abre?", "Dijo que no.", "Se fue."],
        ["Il sig. Rossi e il dott. Bianchi sono in via Roma n. 5.", "L'art. 3 non vale."],
        ["De dhr. Jansen woont op nr. 5 van de straat.", "Zie blz. 12.", "'s Avonds is het dicht."],
        ["O Sr. Sousa mora na av. Central, n. 5.", "A Dra. Lima não está."],
        ["It is the cost.[1]", "The end.¹", "And no. 5 is in the house."],
    ],
)
def test_the_sentences_of_a_language_end_where_a_reader_ends_them(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[start:end] for start, end in sentence_ranges(text)] == sentences


def test_a_short_block_is_in_the_language_of_its_text() -> None:
    text = GERMAN + "\n\nOffen seit 12. Mai"
    assert [text[start:end] for start, end in sentence_ranges(text)][-1] == "Offen seit 12. Mai"


def test_english_with_foreign_names_stays_english() -> None:
    text = "The Rue de la Paix was at no. 5 for the last 12. May it stay."
    assert len(sentence_ranges(text)) == 2
