import pytest

from inquote.app.answering.verdict import verdict


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("Is the drug approved by the FDA?", "The drug was approved by the FDA in 2015.", "yes"),
        ("Are dogs allowed in the rooms?", "Dogs are not allowed in the rooms.", "no"),
        ("Are dogs allowed in the rooms?", "Dogs are forbidden in the rooms.", "no"),
        ("Must guests pay the fee?", "For guests who pay by card, the fee is waived.", "no"),
        ("Is the fee of guests waived?", "The fee of guests is waived.", "yes"),
        ("Does the drug prolong life?", "It is unclear whether the drug prolongs life.", "unclear"),
        ("Is the drug approved in Japan?", "The drug was approved in 2015.", None),
        ("Does it damage healthy cells?", "Unlike others, which damage healthy cells, not.", None),
        ("Is it not safe?", "It is safe.", None),
        ("Is it safe?", "", None),
    ],
)
def test_a_verdict_is_said_where_the_sentence_settles_it(
    question: str, text: str, said: str | None
) -> None:
    assert verdict(question, text) == said


def test_words_of_the_heading_need_not_stand_in_the_sentence() -> None:
    text = "Dogs are welcome."
    assert verdict("Are dogs welcome in the garden room?", text, "Garden room") == "yes"
