import pytest

from fake_system import make_document
from inquote.app.answering.candidates import candidates_of


def drawn(text: str) -> list[str]:
    return [candidate.question for candidate in candidates_of(make_document(text))]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The OPTiM trial was a Phase III study.", "What was the OPTiM trial?"),
        ("Ada Quill is the founder.", "What is Ada Quill?"),
        ("Tern was developed by Amgen.", "Who developed Tern?"),
        ("Tern was approved by the agency in October 2015.", "When was Tern approved?"),
        ("Tern is used for the treatment of colds.", "What is Tern used for?"),
        (
            "It has common side effects including fatigue.",
            "Which common side effects are mentioned?",
        ),
        ("They saw a response rate of 16.3%.", "What was the response rate?"),
        ("In all, 436 patients were randomized.", "How many patients were randomized?"),
        ("A magnetic resonance image (MRI) was made.", "What does MRI stand for?"),
    ],
)
def test_a_sentence_makes_a_question(sentence: str, question: str) -> None:
    assert question in drawn(sentence)


@pytest.mark.parametrize(
    "sentence", ["This is a study.", "It was approved in 2015.", "Such things (ABC) are a sign."]
)
def test_a_sentence_that_stands_on_another_makes_none(sentence: str) -> None:
    assert drawn(sentence) == []
