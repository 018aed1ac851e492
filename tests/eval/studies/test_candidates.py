from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from inquote.app.chat.feedback import make_feedback, sentences_of
from inquote.app.system import System
from inquote.eval.runs.questions import load_questions
from inquote.eval.studies.candidates import as_json_lines, candidates_of
from inquote.index.stores.journal import Feedback
from inquote.ingest.errors import InquoteError


@pytest.fixture
def system(make_system: Callable[..., System], corpus: Path) -> System:
    return make_system(corpus)


def said(
    system: System, question: str, verdict: str, sentence: str = "", history: tuple[str, ...] = ()
) -> Feedback:
    """Feedback on the system's answer; `sentence` is the one picked, by its words."""
    answer = system.answer(question, history)
    number = next(
        (n for n, (_, place) in enumerate(sentences_of(answer)) if place.quote == sentence), None
    )
    return make_feedback(question, history, answer, verdict, number)


def rows(system: System, *feedback: Feedback) -> tuple[list[dict], list[str]]:  # type: ignore[type-arg]
    with system.store.snapshot() as snapshot:
        return candidates_of(feedback, snapshot)


def test_a_right_answer_and_a_picked_sentence_become_questions_of_a_question_file(
    system: System, tmp_path: Path
) -> None:
    right = said(system, "How many kilograms weighs an otter?", "right")
    wrong = said(
        system, "Where do newts live?", "wrong answer", "Newts live in ponds.", ("What is a newt?",)
    )
    found, left = rows(system, right, wrong)
    assert left == []
    file = tmp_path / "candidates.jsonl"
    file.write_text(as_json_lines(found), encoding="utf-8")
    first, second = load_questions(file)
    assert first.answers == ("An otter weighs 12 kilograms.",)
    assert (first.type, second.type) == ("factoid", "follow-up")
    assert second.history == ("What is a newt?",)
    evidence = second.evidence[0][0]
    assert (
        system.document(evidence.document).text[evidence.start : evidence.end]
        == "Newts live in ponds."
    )


@pytest.mark.parametrize("verdict", ["not in the corpus", "right"])
def test_what_is_not_in_the_corpus_becomes_a_question_without_an_answer(
    system: System, verdict: str
) -> None:
    found, _ = rows(system, said(system, "Who painted the Mona Lisa in Paris?", verdict))
    assert [(row["answerable"], "answers" in row) for row in found] == [(False, False)]


def test_the_last_verdict_on_a_question_counts(system: System) -> None:
    found, _ = rows(
        system,
        said(system, "Where do newts live?", "not in the corpus"),
        said(system, "Where do newts live?", "wrong passage", "Newts live in ponds."),
    )
    assert [row["answers"] for row in found] == [["Newts live in ponds."]]


def test_what_makes_no_question_is_told(system: System) -> None:
    gone = said(system, "Where do newts live?", "wrong answer", "Newts live in ponds.")
    assert gone.sentence
    gone = replace(gone, sentence=replace(gone.sentence, quote="Newts live in seas."))
    found, left = rows(system, said(system, "How do owls hunt?", "wrong answer"), gone)
    assert found == []
    assert left == [
        "Left out, no sentence was picked as the right one: How do owls hunt?",
        f"Left out, its words are not to be found in {gone.sentence.document} any more: "
        f"Where do newts live?",
    ]


def test_feedback_is_kept_only_with_a_journal(system: System) -> None:
    with pytest.raises(InquoteError, match="--no-history"):
        system.record_feedback(said(system, "Where do newts live?", "right"))
