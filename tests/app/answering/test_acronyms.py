"""Acronyms, and the words that they stand for."""

import pytest
from answering_library import ask

from inquote.app.answering.acronyms import acronym_asked, expansions, is_spelt_out


@pytest.mark.parametrize(
    ("question", "acronym"),
    [
        ("What does DRR stand for?", "DRR"),
        ("what does the acronym OPTiM stand for", "OPTiM"),
        ("What does the CAR in CAR-T stand for?", "CAR"),
        ("What is “HSV-1” short for?", "HSV-1"),
        ("HSV-1 - what is that short for?", "HSV-1"),
        ("What is the full form of DRR?", "DRR"),
        ("What does the abbreviation DRR mean?", "DRR"),
        ("Spell out DRR.", "DRR"),
        ("What do the stars on the flag stand for?", ""),
        ("What is the DRR?", ""),
        ("Who stands for election?", ""),
    ],
)
def test_questions_for_the_words_of_an_acronym(question: str, acronym: str) -> None:
    assert acronym_asked(question) == acronym


@pytest.mark.parametrize(
    ("acronym", "text", "words"),
    [
        ("DRR", "The durable response rate (DRR) rose.", ["durable response rate"]),
        ("HSV-1", "It is herpes simplex virus type 1 (HSV-1).", ["herpes simplex virus type 1"]),
        ("GM-CSF", "granulocyte-macrophage colony-stimulating factor (GM-CSF)",
         ["granulocyte-macrophage colony-stimulating factor"]),
        ("SLA", "The SLA (service level agreement) ends.", ["service level agreement"]),
        ("SLA", "The SLA (see below) ends.", []),
        ("SLA", "**SLA**: service level agreement, in years", ["service level agreement"]),
        ("SLA", "Term\tMeaning\nSLA\tservice level agreement\n", ["service level agreement"]),
        ("SLA", "SLA: two years", []),
        ("SLA", "The rules (SLA) end.", []),
        ("", "The rules () end.", []),
    ],
)  # fmt: skip
def test_words_beside_an_acronym(acronym: str, text: str, words: list[str]) -> None:
    assert [text[start:end] for start, end in expansions(acronym, text)] == words


@pytest.mark.parametrize(
    ("acronym", "text", "is_there"),
    [
        ("FDA", "The Food and Drug Administration said no.", True),
        ("DRR", "the durable response rate rose", True),
        ("EMA", "It explores many advances. Each met an aim.", True),
        ("EMA", "emerging. Many agree", False),
        ("EMA", "the expected meaning, and more", False),
        ("IAM", "It is a must that it arrives mostly", False),
    ],
)
def test_words_with_the_initials_of_an_acronym(acronym: str, text: str, is_there: bool) -> None:
    assert is_spelt_out(acronym, text) is is_there


def test_an_acronym_is_answered_with_its_words() -> None:
    text = "The trial met its aim. The durable response rate (DRR) was 16 %."
    answer = ask("What does DRR stand for?", a=text)
    assert answer.text == "durable response rate"
    assert answer.confidence == 0.9


def test_an_acronym_without_its_words_is_refused() -> None:
    text = "The OPTIM trial, which stands out, met its aim. OPTIM had 436 patients."
    assert ask("What does OPTIM stand for?", a=text).text is None
