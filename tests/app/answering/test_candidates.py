from dataclasses import replace

import pytest

from fake_system import make_document
from inquote.app.answering.candidates import candidates_of
from inquote.ingest.documents import Block


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


def test_a_plain_word_and_a_note_make_no_question() -> None:
    assert drawn("The air is a mixture of gases.") == []
    text = "Tern is a virus.\n\n1 The Blue Tern is a bird.\n"
    note = Block("note", text.index("1 The"), len(text) - 1)
    document = replace(make_document(text), blocks=(note,))
    assert [candidate.question for candidate in candidates_of(document)] == ["What is Tern?"]


def test_an_abbreviation_of_a_long_text_has_to_be_used() -> None:
    text = "An asynchronous transfer mode (ATM) was made. " + "Nothing more is said. " * 300
    assert drawn(text) == []
    assert drawn(text + "The ATM is old. ATM was new.") == ["What does ATM stand for?"]
