import pytest

from inquote.app.answering.conversation import (
    MAX_CHARACTERS,
    clean_question,
    parts_of,
    topic_of,
    understand,
)
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


@pytest.mark.parametrize(
    ("question", "history", "understood"),
    [
        ("Who makes IMLYGIC?", ["When was it approved?"], "Who makes IMLYGIC?"),
        ("When was it approved?", ["Who makes IMLYGIC?"], "When was IMLYGIC approved?"),
        ("when was it approved", ["who makes imlygic"], "when was imlygic approved"),
        ("What are its side effects?", ["Who makes IMLYGIC?"], "What are IMLYGIC's side effects?"),
        (
            "And in the control group?",
            ["What was the rate in the trial?"],
            "What was the rate in the control group?",
        ),
        (
            "What about side effects?",
            ["How effective is IMLYGIC?"],
            "How effective is IMLYGIC? Side effects?",
        ),
        ("Why?", ["Is IMLYGIC approved?"], "Is IMLYGIC approved? Why?"),
        ("Who is DelveInsight?", ["Who makes IMLYGIC?"], "Who is DelveInsight?"),
        ("What is its name?", [], "What is its name?"),
        ("When was it approved?", ["", "?!", "x" * 9999], "When was it approved?"),
        (
            "And its price?",
            ["Who makes IMLYGIC?", "When was it approved?"],
            "When was IMLYGIC approved? Its price?",
        ),
    ],
)
def test_follow_ups(question: str, history: list[str], understood: str) -> None:
    assert understand(question, history) == understood


def test_topics() -> None:
    assert topic_of("What did the OPTiM trial show?") == "the OPTiM trial"
    assert topic_of("What did OPTiM show in trial centres?") == "OPTiM"
    assert topic_of("Who makes Talimogene Laherparepvec?") == "Talimogene Laherparepvec"
    assert topic_of("who makes talimogene laherparepvec") == "talimogene laherparepvec"


@pytest.mark.parametrize(
    ("earlier", "question", "understood"),
    [
        (
            "What are the side effects of X?",
            "Are they severe?",
            "Are the side effects of X severe?",
        ),
        ("Which cancers do they treat?", "How common are those?", "How common are cancers?"),
        (
            "Did X improve survival?",
            "Who benefited more?",
            "Did X improve survival? Who benefited more?",
        ),
        (
            "How is X given?",
            "What happens to the cells then?",
            "How is X given? What happens to the cells then?",
        ),
        (
            "When is a gauge scrapped?",
            "And what does a new one cost?",
            "When is a gauge scrapped? What does a new one cost?",
        ),
        (
            "What did X reach in OPTiM?",
            "And what was the p-value?",
            "What did X reach in OPTiM? What was the p-value?",
        ),
        ("What happens below 11.8 volts?", "How low can it fall?", "How low can volts fall?"),
        ("Who makes X?", "What about?", "Who makes X?"),
        ("When was X approved?", "And in Europe?", "When was X approved? In Europe?"),
        ("Who makes X in Spain?", "And in France?", "Who makes X in France?"),
        ("What is X used for?", "For children?", "What is X used for? For children?"),
        (
            "What did the X group reach?",
            "And the control group?",
            "What did the control group reach?",
        ),
        ("How does the drug work?", "And the vaccine?", "How does the drug work? The vaccine?"),
        (
            "What is the price of the drug?",
            "And the dose?",
            "What is the price of the drug? The dose?",
        ),
        (
            "When is the station shut?",
            "And the one on the rock?",
            "When is the station shut? The one on the rock?",
        ),
        ("Is X sold? To whom?", "And to children?", "Is X sold? To whom? To children?"),
        ("What is the OPTiM study?", "And who was in it?", "Who was in the OPTiM study?"),
        ("What is the Halvorn virus?", "Is this drug sold?", "Is the Halvorn virus drug sold?"),
        ("Who makes X?", "And who makes Keytruda?", "Who makes Keytruda?"),
        (
            "Who makes X?",
            "What are the key factors of the market?",
            "What are the key factors of the market?",
        ),
    ],
)
def test_what_leans_on_the_question_before_it(earlier: str, question: str, understood: str) -> None:
    assert understand(question, [earlier]) == understood


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
    assert parts_of(question) == parts
