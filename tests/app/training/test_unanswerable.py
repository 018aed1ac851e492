import random

from inquote.app.training.unanswerable import Entities, make_unanswerable

TEXT = (
    "The bridge was built in 1932 by Anna Lind. It spans the river Glomma near Hamar. "
    "A storm damaged the eastern tower in 1951."
)
OTHER = "The ferry across the river Glomma was run by Ole Berg until 1931."


def test_entities_are_told_by_their_form() -> None:
    entities = Entities.of(["It met Anna Lind in Oslo in March 1932, with 4,500 others."]).by_kind
    assert entities == {
        "name": ("Anna Lind", "Oslo"),
        "month": ("March",),
        "year": ("1932",),
        "number": ("4,500",),
    }


def versions(question: str, text: str = TEXT) -> set[str]:
    entities = Entities.of([text, OTHER])
    made = (make_unanswerable(question, text, entities, random.Random(seed)) for seed in range(60))
    return {version for version in made if version is not None}


def test_a_year_is_exchanged_for_another_year() -> None:
    assert "What happened to it in 1951?" in versions("What happened to it in 1932?")


def test_a_name_is_exchanged_for_another_name() -> None:
    assert "What did Ole Berg build?" in versions("What did Anna Lind build?")


def test_a_word_is_exchanged_for_its_opposite() -> None:
    assert "which tower was the smallest?" in versions("which tower was the largest?")


def test_a_negation_is_put_in() -> None:
    assert versions("how did it end up?") >= {"how didn't it end up?"}
    assert "what can't it do?" in versions("what can it do?")


def test_a_question_that_offers_no_way_is_left_out() -> None:
    assert versions("how come?") == set()
