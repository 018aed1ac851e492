"""All things of a kind that texts mention."""

import pytest
from answering_library import ask

from inquote.app.answering.mentions import MOST, kind_asked

TEXT = (
    "Developed by Orme, it sells. Marram is a leading health consultancy. Skell Pumps Inc. buys "
    "from Orme Ltd. The Company grew 16.3% and 6.3 % from 3 May 2019 to 2020-01-31, to $1.5 "
    "million or 900 EUR. Ask help@orme.example or see https://orme.example/a. The DRR was III."
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Which companies are mentioned?", "Orme; Marram; Skell Pumps Inc."),
        ("List all companies", "Orme; Marram; Skell Pumps Inc."),
        ("list the years mentioned", "2019; 2020"),
        ("List all dates in the text.", "3 May 2019; 2020-01-31"),
        ("Which percentages are given?", "16.3%; 6.3 %"),
        ("Show me all amounts", "$1.5 million; 900 EUR"),
        ("What e-mail addresses are mentioned?", "help@orme.example"),
        ("Find all links", "https://orme.example/a"),
        ("List all abbreviations", "EUR; DRR"),
    ],
)
def test_all_things_of_a_kind_are_listed(question: str, answer: str) -> None:
    given = ask(question, a=TEXT)
    assert "; ".join(citation.quote for citation in given.citations) == answer
    assert given.inferred is not None
    assert given.inferred.text == f"{len(given.citations)} found by the way they are written"


def test_many_things_are_counted_and_not_all_shown() -> None:
    given = ask("List all years", a=" ".join(map(str, range(1990, 2020))))
    assert len(given.citations) == MOST
    assert given.inferred is not None
    assert given.inferred.text == "30 found by the way they are written, 20 of them here"


def test_nothing_of_a_kind_is_refused() -> None:
    assert ask("List all years", a="Otters swim.").text is None


@pytest.mark.parametrize(
    "question", ["Which companies are growing?", "List the prices", "Which years were good?"]
)
def test_a_question_for_some_of_a_kind_is_another(question: str) -> None:
    assert kind_asked(question) == ""
