import pytest
from answering_library import ask, make_system

LEASE = """Lease of a boat

1 Definitions

1.1 A charterer hires the boat.

2 Duties of the charterer

2.1 The charterer refuels the boat before its return.

2.2 The charterer reports damage within 36 hours.

3. Return of the Boat.

The boat comes back on Sunday.

It is clean.
"""
CONTENTS = "Contents\n\n2.2 Damage 7\n\n2.2 Damage is reported to the harbour within a day.\n"


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        ("What does clause 2.2 say?", ["The charterer reports damage within 36 hours."]),
        ("What is in section 1?", ["Definitions", "1.1 A charterer hires the boat."]),
        (
            "What does article 2 provide?",
            [
                "Duties of the charterer",
                "2.1 The charterer refuels the boat before its return.",
                "2.2 The charterer reports damage within 36 hours.",
            ],
        ),
        (
            "What is § 3 about?",
            ["Return of the Boat.", "The boat comes back on Sunday.", "It is clean."],
        ),
    ],
)
def test_a_clause_is_found_by_its_number(question: str, quotes: list[str]) -> None:
    answer = ask(question, a=LEASE)
    assert [citation.quote for citation in answer.citations] == quotes
    assert answer.confidence == 0.9


def test_a_line_of_the_contents_is_no_clause() -> None:
    answer = ask("What does clause 2.2 say?", a=CONTENTS)
    assert answer.text == "Damage is reported to the harbour within a day."


def test_the_document_that_is_named_has_the_clause() -> None:
    rules = "Rules of the harbour\n\n2.2 No boat leaves at night.\n"
    both = {"a": LEASE, "b": rules}
    named = ask("What does rule 2.2 of the harbour say?", **both)
    assert [citation.document_id for citation in named.citations] == ["b"]
    assert named.confidence == 0.9
    assert ask("What does clause 2.2 say?", **both).confidence == 0.5


@pytest.mark.parametrize("question", ["What does clause 9 say?", "Who signed clause 2.2?"])
def test_other_questions_are_read(question: str) -> None:
    assert ask(question, a=LEASE).confidence not in (0.9, 0.5)


def test_more_after_a_clause_is_not_the_clause_again() -> None:
    question = "What does clause 2.2 say?"
    answer = make_system(a=LEASE).answer("tell me more", [question])
    assert ask(question, a=LEASE).text not in (answer.text or "")
