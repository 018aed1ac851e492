"""What a question is limited to: read, checked, searched, shown and kept."""

import json
from pathlib import Path

import pytest
from answering_library import make_system

from inquote.app.answering.scope import MAX_ENTRIES, ScopeError, read_scope
from inquote.app.chat.conversation import places_of
from inquote.app.chat.export import as_html, as_markdown
from inquote.app.cli.output import answer_line, format_answer
from inquote.app.service.answer_changes import compare
from inquote.index.stores.journal import QuestionInContext, SqliteJournal

TEXTS = {
    "zoo/otters.md": "An otter weighs 12 kilograms.",
    "river/otters.md": "An otter weighs 9 kilograms.",
    "river/newts.md": "Newts live in ponds.",
}
QUESTION = "An otter weighs how many kilograms?"


@pytest.mark.parametrize(
    ("scope", "quote"),
    [
        (["zoo"], "An otter weighs 12 kilograms."),
        (["river/"], "An otter weighs 9 kilograms."),
        (["river/otters.md", "river/newts.md"], "An otter weighs 9 kilograms."),
    ],
)
def test_only_the_scope_is_asked_shown_and_kept(scope: list[str], quote: str) -> None:
    system = make_system(**TEXTS)
    answer = system.ask(QUESTION, scope=scope)
    assert answer.text == quote
    expected = [entry.rstrip("/") for entry in scope]
    assert answer.as_json()["scope"] == expected
    assert f"Only in {', '.join(expected)}" in format_answer(answer)
    assert "Only in" in as_markdown([answer])
    assert "Only in" in as_html([answer])
    assert all(hit.passage.document_id.startswith(tuple(expected)) for hit in answer.hits)
    kept = QuestionInContext(QUESTION, (), tuple(expected))
    assert system.journal is not None
    assert system.journal.questions() == [kept]
    (change,) = compare([kept], (1, 2), lambda q, h, _, s: system.answer(q, h, None, s))
    assert change.as_json()["scope"] == expected
    assert change.after.text == quote


def test_a_document_answers_within_its_scope_as_it_does_alone() -> None:
    alone = make_system(**{"zoo/otters.md": TEXTS["zoo/otters.md"]}).answer(QUESTION)
    within = make_system(**TEXTS).ask(QUESTION, scope=["zoo/otters.md"])
    assert (within.text, within.citations) == (alone.text, alone.citations)
    assert within.confidence == pytest.approx(alone.confidence, abs=0.02)


def test_one_document_of_thousands_answers_as_it_does_alone() -> None:
    texts = {}
    for number in range(2_000):
        keeper = f"keeper{number % 7}"
        text = f"Station {number} lies at {number + 7} metres. It is kept by {keeper}."
        texts[f"all/part-{number % 9}/{number}.md"] = text
    shelf = make_system(**texts)
    for number in (11, 1_234):
        id = f"all/part-{number % 9}/{number}.md"
        alone = make_system(**{id: texts[id]})
        for question in (f"Station {number} lies at how many metres?", "Who is it kept by?"):
            within, own = shelf.ask(question, scope=[id]), alone.answer(question)
            assert (within.text, within.citations) == (own.text, own.citations)
            assert {hit.passage.document_id for hit in within.hits} == {id}
            assert within.confidence == pytest.approx(own.confidence, abs=0.02)


@pytest.mark.parametrize("scope", [["zo"], ["zoo", "sea"], [], [""], ["/"], ["y\ud800"]])
def test_a_scope_that_is_not_there_is_a_sentence(scope: list[str]) -> None:
    with pytest.raises(ScopeError):
        make_system(**TEXTS).ask(QUESTION, scope=scope)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("zoo/oters.md", "names near it: zoo/otters.md"),
        ("rivr", "names near it: river"),
        ("Newts", "names near it: river/newts.md"),
        ("otters", "names near it: river/otters.md, zoo/otters.md"),
        ("quarterly figures", "inquote status --json lists the documents"),
    ],
)
def test_names_near_one_that_is_not_there_are_told(name: str, near: str) -> None:
    sentence = f"There is no document or folder {name} in the library; {near}"
    with pytest.raises(ScopeError, match=sentence):
        make_system(**TEXTS).ask(QUESTION, scope=[name])


def test_a_scope_is_bounded() -> None:
    with pytest.raises(ScopeError, match="at most 1,000"):
        read_scope([str(number) for number in range(MAX_ENTRIES + 1)])


def test_a_line_of_json_may_have_a_scope() -> None:
    system = make_system(**TEXTS)
    line = json.dumps({"question": QUESTION, "scope": ["zoo"]}).encode()
    assert answer_line(system, line, ["river"])["answer"] == "An otter weighs 12 kilograms."
    line = json.dumps({"question": QUESTION}).encode()
    assert answer_line(system, line, ["river"])["answer"] == "An otter weighs 9 kilograms."
    line = json.dumps({"question": QUESTION, "scope": "zoo"}).encode()
    assert "scope must be a list" in answer_line(system, line)["error"]


@pytest.mark.parametrize("limit", ["[1]", "[", "{}", "[" * 100_000])
def test_a_limit_from_a_browser_may_be_anything(limit: str) -> None:
    assert all(isinstance(place, str) for place in places_of(limit))


def test_the_journal_keeps_a_question_once_a_scope(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    questions = [
        QuestionInContext("Who?"),
        QuestionInContext("Who?", ("What?",), ("zoo", "a.md")),
        QuestionInContext("Who?", ("What?",)),
    ]
    for number, question in enumerate([*questions, questions[0]]):
        journal.record_question(question, f"2026-11-24T20:13:0{number}")
    assert journal.questions() == [*questions[1:], questions[0]]
