import pytest
from answering_library import ask

from inquote.app.answering.names import names_in


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Who is the chairman of Morvane?", ["Morvane"]),
        ("Amcor's net sales", ["Amcor"]),
        ("Who was it that founded Calder Quay Capital in May?", ["Calder Quay Capital"]),
        ("When did American regulators approve it?", []),
        ("Where is it sold?", []),
        ("What Is The Name Of It?", []),
        ("VELTRACIN CAGR", ["VELTRACIN", "CAGR"]),
        ("What was the GM-CSF FDA date?", ["GM-CSF", "FDA"]),
        ("What were the sales in January–June?", []),
    ],
)
def test_names_of_a_question(question: str, names: list[str]) -> None:
    assert names_in(question) == names


def test_an_answer_is_looked_for_where_the_name_stands() -> None:
    answer = ask(
        "What are the net sales of Amcor?",
        a="Orinoco sells books. The net sales are 9 million.",
        b="Amcor makes boxes. The net sales are 5 million.",
    )
    assert answer.text == "The net sales are 5 million."


def test_a_name_that_stands_nowhere_near_is_refused_with_the_reason() -> None:
    answer = ask("Who is the chairman of Morvane?", a="The chairman of the board is Ann Lee.")
    assert answer.text is None
    assert answer.trace["absent"] == ["Morvane"]
    assert answer.hits[0].passage.document_id == "a"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("When did the United States ban lead?", "The U.S. did ban lead in 1978."),
        ("When did the FDA ban lead?", "The Food and Drug Administration did ban lead in 1978."),
        ("When did Norvaden ban lead?", "Norvadem did ban lead in 1978."),
    ],
)
def test_a_name_may_be_written_another_way(question: str, text: str) -> None:
    assert ask(question, a=text).text == text


def test_a_dash_of_another_kind_is_the_same_name() -> None:
    answer = ask("Who leads Orme-Kell?", a="The chair who leads Orme–Kell is Ann Lee. It is old.")
    assert "absent" not in answer.trace
