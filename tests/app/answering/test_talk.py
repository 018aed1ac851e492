"""Readings of a follow-up compete, and turns about the last answer are answered from it."""

from dataclasses import replace

import pytest
from answering_library import make_system

from inquote.app.answering.readings import Reading, leans, of_record, readings_of

TEXTS = {
    "a": "# Otter\n\nOtters weigh eight kilograms. Otters live in rivers. Anna Berg counts otters.",
    "b": "# Newt\n\nNewts weigh ten grams. Newts live in ponds.",
}


def test_a_question_that_stands_alone_has_one_reading() -> None:
    assert not leans("Where do newts live?", ["What do otters weigh?"])
    assert leans("Where do they live?", ["What do otters weigh?"])
    answer = make_system(**TEXTS).answer("Where do newts live?", ["What do otters weigh?"])
    assert (answer.understood_as, answer.readings) == ("Where do newts live?", ())


def test_readings_are_the_questions_that_a_turn_may_mean() -> None:
    system = make_system(**TEXTS)
    last = system.answer("Who counts otters?")
    questions = [
        one.question for one in readings_of("Where does she live?", ["Who counts otters?"], last)
    ]
    assert questions[0] == "Who counts otters? Where does she live?"
    assert "Where does Anna Berg live?" in questions
    assert "Where does she live?" in questions
    limited = readings_of("Where does she live?", ["Who counts otters?"], last, within=True)
    assert Reading(questions[0], ("a",)) in limited


def test_an_answer_names_the_other_readings() -> None:
    answer = make_system(**TEXTS).answer("Where do they live?", ["What do otters weigh?"])
    assert answer.understood_as == "Where do otters live?"
    assert "Where do they live?" in answer.readings
    assert answer.as_json()["readings"] == list(answer.readings)


def test_the_same_question_after_the_same_has_the_same_answer() -> None:
    history = ["What do otters weigh?", "Where do they live?"]
    warm = make_system(**TEXTS)
    for place, question in enumerate(history):
        warm.answer(question, history[:place])
    after = warm.answer("And newts?", history)
    cold = make_system(**TEXTS).answer("And newts?", history)
    assert after.with_times({}).as_json() == cold.with_times({}).as_json()


def test_the_evidence_is_the_last_answer_with_what_came_next() -> None:
    system = make_system(**TEXTS)
    last = system.answer("What do otters weigh?")
    answer = system.answer("are you sure?", ["What do otters weigh?"])
    assert (answer.text, answer.question) == (last.text, "are you sure?")
    assert answer.inferred is not None
    assert answer.inferred.kind == "evidence"
    assert answer.inferred.text.startswith(f"{round(100 * last.confidence)} % sure")
    assert "shows" not in answer.trace
    shown = system.answer("Where does it say that?", ["What do otters weigh?"])
    assert (shown.text, shown.trace["shows"]) == (last.text, 0)


def test_others_leave_out_what_was_answered() -> None:
    system = make_system(a="Otters eat fish. Otters eat crabs. Otters eat mussels.")
    question = "What do otters eat?"
    answers = [system.answer(question), system.answer("any others?", [question])]
    answers.append(system.answer("and more?", [question, "any others?"]))
    places = [(c.start, c.end) for answer in answers for c in answer.citations]
    assert len(places) == len(set(places))


LONGER = {
    "a": "# Otter\n\nThe otter is a mammal of the rivers of Europe. "
    "The section is about otters and their food in general.\n\n"
    "## Food\n\nOtters eat fish and crabs and mussels and frogs.",
    "b": "# Newt\n\nThe newt is a small animal of the ponds of Europe.",
}


def test_what_it_is_about_asks_for_the_document_of_the_last_answer() -> None:
    system = make_system(**LONGER)
    for history in (
        ["What do otters eat?"],
        ["Where do newts live?", "What do otters eat?"],
    ):
        answer = system.answer("What is it about?", history)
        assert answer.understood_as == "What is it about?"
        assert {citation.document_id for citation in answer.citations} == {"a"}
        assert answer.citations[0].quote == "The otter is a mammal of the rivers of Europe."
    everything = system.answer("What are these documents about?", ["What do otters eat?"])
    assert {citation.document_id for citation in everything.citations} == {"a", "b"}


def test_a_document_is_asked_about_by_its_title() -> None:
    answer = make_system(**LONGER, **{"Pond life": LONGER["b"]}).answer("What is pond life about?")
    assert [citation.document_id for citation in answer.citations] == ["Pond life"]
    assert answer.trace["form"] == "overview"


@pytest.mark.parametrize(
    ("heading", "typed", "meant"),
    [
        ("Contract 2: Oxygen", "When does the contract end?", "When does Contract 2: Oxygen end?"),
        ("Article V", "Who may amend this article?", "Who may amend Article V?"),
        ("Contract 2: Oxygen", "When does the contract of Breva end?", ""),
        ("Contract 2: Oxygen", "When does the tank arrive?", ""),
        ("Contracts in force", "Who signs the contracts?", ""),
    ],
)
def test_the_contract_is_the_one_that_was_answered_from(
    heading: str, typed: str, meant: str
) -> None:
    last = make_system(**TEXTS).answer("Who counts otters?")
    cited = tuple(replace(citation, heading=heading) for citation in last.citations)
    assert of_record(typed, replace(last, citations=cited)) == meant
    assert of_record(typed, None) == ""
