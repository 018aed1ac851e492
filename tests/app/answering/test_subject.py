"""What a text is about, and a first question that calls it "it"."""

import pytest
from answering_library import make_system

from inquote.app.answering.subject import of_subject, subject_of

TEXT = "NORVA is a ferry. NORVA was built by Orme. NORVA sails. NORVA rests."


@pytest.mark.parametrize(
    ("title", "text", "subject"),
    [
        ("NORVA Sales: What Drives Them", "NORVA " * 4, "NORVA"),
        ("NORVA Sales: What Drives Them", "NORVA " * 3, ""),
        ("Thornbury Vale at Work", "Thornbury Vale " * 4, "Thornbury Vale"),
        ("Networks of the north", "Networks networks " * 4, ""),
        ("December 13", "December 13 " * 4, ""),
        ("CHAPTER 1: PUMPS", "CHAPTER PUMPS pumps " * 4, ""),
        ("Annual Report", "annual report " * 4, ""),
        ("", "text " * 9, ""),
    ],
)
def test_the_subject_of_a_text(title: str, text: str, subject: str) -> None:
    assert subject_of(title, text) == subject


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("How does it work?", "How does NORVA work?"),
        ("What are its routes?", "What are NORVA's routes?"),
        ("Which towns is it known for?", "Which towns is NORVA known for?"),
        ("How is it given to the patient?", "How is NORVA given to the patient?"),
        ("What is this about?", ""),
        ("Is it allowed to smoke?", ""),
        ("Who is he?", ""),
        ("What is a ferry and how does it work?", ""),
    ],
)
def test_a_pronoun_stands_for_the_subject(question: str, about: str) -> None:
    assert of_subject(question, "NORVA") == about


def test_a_first_question_on_it_is_on_the_subject_of_the_only_text() -> None:
    answer = make_system(NORVA=TEXT).answer("Who was it built by?")
    assert answer.understood_as == "Who was NORVA built by?"
    assert answer.question == "Who was it built by?"
    whole = make_system(NORVA=TEXT).answer("What is it about?")
    assert whole.understood_as == "What is it about?"
    several = make_system(NORVA=TEXT, b="Otters swim.").answer("Who was it built by?")
    assert several.understood_as == "Who was it built by?"
