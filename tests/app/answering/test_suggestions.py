import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fake_system import ARTICLE, make_answer, make_document
from inquote.app.answering.answer import Answer
from inquote.app.answering.candidates import candidates_of
from inquote.app.answering.suggestions import (
    ATTACHMENT,
    MOST_TRIED,
    Suggestion,
    draw_candidates,
    follow_up_questions,
    keep_answered,
    opening_questions,
)
from inquote.app.system import System

MakeSystem = Callable[..., System]


def test_only_what_is_surely_answered_from_its_place_is_kept() -> None:
    document = make_document("Tern is a virus.\n\nElsewhere, Tern is a bird.", title="")
    [candidate] = candidates_of(document)
    sure = make_answer(candidate.question, document, ["a virus"])
    for answer, kept in [
        (sure, True),
        (replace(sure, confidence=0.65), False),
        (make_answer(candidate.question, document, ["a bird"]), False),
        (make_answer(candidate.question, document, []), False),
    ]:
        assert bool(keep_answered([candidate], lambda question, answer=answer: answer)) is kept  # type: ignore[misc]


def test_they_are_found_once_a_generation_and_lie_beside_it(
    make_system: MakeSystem, tmp_path: Path
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a.md").write_text(
        "## The Otter's Diet\n\nThe otter's diet is fish.\n\n"
        "## Elsewhere\n\nBlue Whale is a mammal.\n"
    )
    system = make_system(folder)
    found = system.suggestions()
    assert [suggestion.question for suggestion in found] == [
        "What is The Otter's diet?",
        "What is Blue Whale?",
    ]
    assert (
        system.document("texts/a.md").text[found[1].start : found[1].end]
        == "Blue Whale is a mammal."
    )
    asked: list[object] = []
    assert system.suggestions(lambda *question: asked.append(question)) == found  # type: ignore[arg-type,return-value]
    assert asked == []
    kept = system.store.generation_folder(1) / "attached" / ATTACHMENT
    for damaged in (
        "[",
        "[1]",
        json.dumps({"reader": "fake", "questions": [{"x": 1}]}),
        '{"reader": "other"}',
    ):
        kept.write_text(damaged)
        assert system.suggestions() == found
    (folder / "a.md").write_text("Blue Whale is a mammal.")
    make_system(folder)
    assert [suggestion.question for suggestion in system.suggestions()] == ["What is Blue Whale?"]


def test_of_many_documents_a_bounded_number_is_tried(
    make_system: MakeSystem, tmp_path: Path
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(2 * MOST_TRIED + 1):
        (folder / f"{number:03}.txt").write_text(
            f"Alpha{number} is a letter. Beta{number} is a letter."
        )
    system = make_system(folder)
    asked: list[str] = []

    def ask(question: str, history: object, generation: int | None) -> Answer:
        asked.append(question)
        return system.answer(question, generation=generation)

    system.suggestions(ask)
    assert len(asked) == MOST_TRIED
    assert asked[:2] == ["What is Alpha0?", "What is Alpha3?"]
    with system.store.snapshot() as snapshot:
        assert len({candidate.document_id for candidate in draw_candidates(snapshot)}) == 33


SUGGESTIONS = [
    Suggestion("One?", "corpus/small.md", 0, 5, 0.9),
    Suggestion("Two?", "corpus/small.md", 300, 310, 0.8),
    Suggestion("Three?", "b", 0, 5, 0.7),
    Suggestion("Four?", "corpus/small.md", ARTICLE.index("2015"), ARTICLE.index("2015") + 4, 0.6),
]


def test_one_begins_with_the_first_of_each_document() -> None:
    assert opening_questions(SUGGESTIONS, 3) == ["One?", "Three?", "Two?"]


def test_nobody_begins_by_asking_what_an_abbreviation_stands_for() -> None:
    abbreviation = Suggestion("What does DRR stand for?", "a", 0, 5, 0.9)
    assert opening_questions([abbreviation, *SUGGESTIONS], 3) == [
        "One?",
        "Three?",
        abbreviation.question,
    ]
    assert opening_questions([abbreviation], 3) == [abbreviation.question]


def test_one_goes_on_nearby_with_what_is_new() -> None:
    answer = make_answer("When was it approved?", make_document(ARTICLE), ["2015"])
    assert follow_up_questions(SUGGESTIONS, answer, ["When was it approved?"], 3) == [
        "One?",
        "Two?",
        "Three?",
    ]
    assert follow_up_questions(SUGGESTIONS, answer, ["one ", "When was it approved?"], 3) == [
        "Two?",
        "Three?",
    ]


def test_after_a_refusal_one_goes_on_near_the_nearest_passage() -> None:
    answer = make_answer("Cost?", make_document(ARTICLE), [], ["The future is open."])
    assert follow_up_questions(SUGGESTIONS, answer, ["Cost?"], 2) == ["Two?", "Four?"]
