import pytest

from inquote.ingest.layout.legibility import Legibility

WORDS = "Parallel Genetic Algorithms"


@pytest.mark.parametrize(
    ("text", "counts", "is_garbage"),
    [
        (WORDS, (100, 100, 0), False),
        (WORDS.upper(), (100, 100, 0), False),
        ("Výbava na přání", (10, 10, 0), False),
        ("プログラムのアンインストール", (10, 10, 0), False),
        ("à À â Â ä Ä ç Ç", (8, 8, 0), False),
        ("QbsbmmfmHfofujdBmhpsjuint", (100, 100, 0), True),  # each letter is the next one
        ("6XPPD /,1( 83", (100, 100, 0), True),
        ("QbsbmmfmHfofujdBmhpsjuint", (100, 30, 0), False),  # most of it is mapped
        (WORDS, (100, 100, 100), True),  # of a font that is not there: a guess
    ],
)
def test_what_makes_no_words_is_garbage(
    text: str, counts: tuple[int, int, int], is_garbage: bool
) -> None:
    assert Legibility(*counts).is_garbage(text) is is_garbage


def test_a_part_that_no_font_maps_is_warned_of() -> None:
    assert Legibility(100, 3).warning == ""
    assert "cut at that length" in Legibility(cut=1).warning
    assert "which characters 25 % of the glyphs are" in Legibility(100, 25).warning
