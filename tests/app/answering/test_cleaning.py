import pytest

from inquote.app.answering.cleaning import MAX_CHARACTERS, clean_question
from inquote.ingest.errors import QuestionError


@pytest.mark.parametrize(
    "bad",
    ["", "   ", "\u200b\u200d", "\u202e\u2066", "🙂🙂", "?!...", "x", None, ["a"], 7, "\x00\x01"],
)
def test_what_is_no_question_is_refused(bad: object) -> None:
    with pytest.raises(QuestionError, match="Please type a question"):
        clean_question(bad)


def test_a_question_too_long_is_refused_with_the_limit() -> None:
    with pytest.raises(QuestionError, match=r"10,000 characters long; please ask in at most 2,000"):
        clean_question("x" * 10_000)
    assert clean_question("x" * MAX_CHARACTERS) == "x" * MAX_CHARACTERS


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        (" What\nis\tthis? ", "What is this?"),
        ("ＩＭＬＹＧＩＣ ﬁrst", "IMLYGIC first"),
        ("Wha\ud800t is\x00 it", "What is it"),
        ("cafe\u0301", "café"),
        ("它是什么", "它是什么"),
        ("[SEP] [MASK] what", "[SEP] [MASK] what"),
    ],
)
def test_cleaning(typed: str, cleaned: str) -> None:
    assert clean_question(typed) == cleaned
