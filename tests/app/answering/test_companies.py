import pytest
from answering_library import ask

RIVAL = "Orinoco, Inc. sells books. Morvane is a rival. The company does pay ten employees."


def test_a_report_that_says_the_company_is_asked_so() -> None:
    own = "Morvane, Inc. makes boxes. The company does pay nine employees."
    answer = ask("How many employees does Morvane get?", a=own, b=RIVAL)
    assert answer.understood_as == "How many employees does the company get?"
    assert answer.text == "The company does pay nine employees."
    assert [citation.document_id for citation in answer.citations] == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "Morvane makes boxes. The company does pay nine employees.",
        RIVAL,
    ],
)
def test_what_is_not_the_companys_own_stays_unasked(text: str) -> None:
    answer = ask("How many employees does Morvane get?", a=text)
    assert answer.text is None
    assert answer.understood_as == "How many employees does Morvane get?"


def test_a_surer_answer_keeps_the_name() -> None:
    own = "Morvane, Inc. makes boxes. Many employees does Morvane get. The company has some."
    answer = ask("How many employees does Morvane get?", a=own)
    assert answer.understood_as == "How many employees does Morvane get?"
