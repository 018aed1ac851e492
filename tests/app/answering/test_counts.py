import pytest

from inquote.app.answering.counts import are_named, items_of, says_number, things_question
from inquote.app.answering.findings import Findings
from inquote.app.answering.lists import find_lists
from inquote.app.answering.spans import AnswerSpan, HitReading
from inquote.app.reader.base import Reading, Span
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Passage


def findings(text: str, quote: str) -> Findings:
    start = text.index(quote)
    reading = Reading((Span(start, start + len(quote), 5.0),), (), 0.0)
    passage = Passage("d", 0, len(text), "", text)
    source = HitReading(Hit(passage, 0.0, 1, 0.0, None, 0.0), 0, reading)
    return Findings.gather([source], 0.0, find_lists([source]))


@pytest.mark.parametrize(
    ("quote", "items"),
    [
        ("fatigue, chills, and fever", ["fatigue", "chills", "fever"]),
        ("red, green and blue", ["red", "green", "blue"]),
        (
            "head and neck cancers, skin cancer, and flu",
            ["head and neck cancers", "skin cancer", "flu"],
        ),
        ("salt and pepper", []),
        ("the old harbour", []),
    ],
)
def test_the_items_of_an_enumeration(quote: str, items: list[str]) -> None:
    made = items_of(findings(f"There were {quote}.", quote))
    assert [item.text for item in made] == items


def test_the_items_of_a_list() -> None:
    text = "Reasons:\n\n- Wind: much.\n- Rain: some."
    made = items_of(findings(text, text))
    assert [item.text for item in made] == ["Wind", "Rain"]
    assert items_of(Findings((), ())) == []


def test_a_number_in_the_text_is_the_count() -> None:
    def said(quote: str) -> list[AnswerSpan]:
        return list(findings(f"There were {quote}.", quote).spans)

    assert says_number(said("twelve boats"))
    assert says_number(said("1,150"))
    assert not says_number(said("boats and ferries"))


def test_a_question_for_the_things_themselves() -> None:
    assert things_question("How many steps are there?") == "Which steps are there?"
    assert things_question("How much is it?") == "How much is it?"


def test_items_are_counted_as_what_the_text_calls_them() -> None:
    made = findings("There are three colours: red, green and blue.", "red, green and blue")
    items = items_of(made)
    assert are_named("How many colours are there?", items)
    assert not are_named("How many children are there?", items)


def test_people_are_not_counted_by_a_list_of_some() -> None:
    text = "All employees follow the code: the chief, the clerk and the cook."
    made = items_of(findings(text, "the chief, the clerk and the cook"))
    assert len(made) == 3
    assert not are_named("How many employees are there?", made)
