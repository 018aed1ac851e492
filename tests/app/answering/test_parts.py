import pytest

from inquote.app.answering.parts import split_question


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Who makes IMLYGIC?", ["Who makes IMLYGIC?"]),
        (
            "How was OPTiM designed, and what was its outcome?",
            ["How was OPTiM designed?", "What was OPTiM's outcome?"],
        ),
        (
            "Who built Hamar Bridge and in which year did it open and why was it closed",
            [
                "Who built Hamar Bridge?",
                "In which year did Hamar Bridge open?",
                "Why was Hamar Bridge closed?",
            ],
        ),
        (
            "What did OPTiM show about response, and about survival?",
            ["What did OPTiM show about response?", "What did OPTiM show about survival?"],
        ),
        (
            "How many in Spain and in France were counted?",
            ["How many in Spain and in France were counted?"],
        ),
        ("What is said about costs and on risks?", ["What is said about costs and on risks?"]),
        ("What is sold and why?", ["What is sold and why?"]),
        ("Rules and what they mean", ["Rules and what they mean"]),
        ("Who and what changed?", ["Who and what changed?"]),
        ("What is the name and what is the name?", ["What is the name?"]),
        (
            " and ".join(f"what is thing {n}" for n in range(5)),
            [" and ".join(f"what is thing {n}" for n in range(5))],
        ),
    ],
)
def test_a_question_that_asks_several_things_is_taken_apart(
    question: str, parts: list[str]
) -> None:
    assert split_question(question) == parts
