import pytest

from inquote.app.answering.comparison import best_pair, sides_of
from inquote.app.answering.spans import AnswerSpan, HitReading
from inquote.app.reader.base import Reading
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Passage


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        (
            "What was the response rate for the drug compared to that of placebo?",
            [
                "What was the response rate for the drug?",
                "What was the response rate for placebo?",
            ],
        ),
        (
            "What share responded with IMLYGIC vs. GM-CSF in the OPTiM trial?",
            [
                "What share responded with IMLYGIC in the OPTiM trial?",
                "What share responded with GM-CSF in the OPTiM trial?",
            ],
        ),
        ("Arlo vs Brisk range", ["Arlo range?", "Brisk range?"]),
        (
            "How does the range of the Arlo compare with that of the Brisk?",
            ["What is the range of the Arlo?", "What is the range of the Brisk?"],
        ),
        ("How does the Arlo compare with the Brisk?", []),
        ("Is the Arlo faster compared to the Brisk?", []),
        ("What is the range of the Arlo?", []),
    ],
)
def test_a_comparison_is_a_question_about_each_side(question: str, sides: list[str]) -> None:
    assert sides_of(question) == sides


def spans(text: str, *quotes: tuple[str, float]) -> list[AnswerSpan]:
    passage = Passage("d", 0, len(text), "", text)
    source = HitReading(Hit(passage, 0.0, 1, 0.0, None, 0.0), 0, Reading((), (), 0.0))
    made = []
    for quote, score in quotes:
        start = text.index(quote)
        made.append(AnswerSpan(source, start, start + len(quote), score))
    return made


def test_two_sides_are_answered_by_different_words() -> None:
    text = "It was 16.3%, more than the 2.1% of the other group."
    drug = spans(text, ("16.3%", 5.0), ("2.1%", 1.0))
    other = spans(text, ("16.3%", 4.0), ("the other group", 3.9), ("2.1%", 3.0))
    pair = best_pair(drug, other)
    assert pair is not None
    assert [span.text for span in pair] == ["16.3%", "2.1%"]
    assert best_pair(drug[:1], other[:1]) is None
