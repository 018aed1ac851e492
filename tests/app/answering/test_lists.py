from collections.abc import Sequence

from inquote.app.answering.answer import Answerer
from inquote.app.answering.confidence import Calibration
from inquote.app.answering.lists import lists_of
from inquote.app.reader.base import Reading, Span
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Passage

LEAD = "Sales rose for three reasons:"
FIRST = f"A word before. {LEAD}\n\n  1. Price: it fell. Much.\n  2. Taste changed. So did size."
SECOND = "  3. Weather: it was hot."
OTHER = "Sales are a number."


def hits() -> list[Hit]:
    """One list in two passages, the second of which comes first, and a passage of something else."""
    passages = [
        Passage("d", 100, 100 + len(SECOND), "Growth", SECOND, LEAD),
        Passage("e", 0, len(OTHER), "", OTHER),
        Passage("d", 10, 10 + len(FIRST), "Growth", FIRST),
    ]
    return [Hit(passage, 0.0, 1, 0.0, 1, 0.0) for passage in passages]


class ListReader:
    """Finds `said` where a text has it, else the first word, at -1; every text but one with `said` is none at 2."""

    name = "list"

    def __init__(self, said: str) -> None:
        self.said = said

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        return [self._reading(passage.text) for passage in passages]

    def note(self, question: str) -> str | None:
        return None

    def _reading(self, text: str) -> Reading:
        at = text.find(self.said)
        if at < 0:
            return Reading((Span(0, text.index(" "), -1.0),), (), 2.0)
        return Reading((Span(at, at + len(self.said), 3.0),), (), -1.0)


def test_the_pieces_of_a_list_are_one_list_with_all_its_items_in_text_order() -> None:
    (found,) = lists_of(hits())
    assert (found.lead, found.names) == (LEAD, ("Price", "Taste changed", "Weather"))
    texts = [hits()[item.hit].passage.text[item.start : item.end] for item in found.items]
    assert texts == ["Price", "Taste changed.", "Weather"]
    assert [piece.hit for piece in found.pieces] == [0, 2]
    start = hits()[2].passage.text[found.pieces[1].start :]
    assert start.startswith(LEAD)
    assert found.as_sentence().text == f"{LEAD} Price, Taste changed, Weather."
    assert found.told == f"Growth {LEAD} Price, Taste changed, Weather. three 3"


def test_an_item_in_two_passages_counts_once_and_a_heading_introduces_what_nothing_else_does() -> (
    None
):
    text = "- Tea\n- Milk"
    both = [Passage("d", start, start + len(text), "Menu > Drinks", text) for start in (0, 0)]
    (found,) = lists_of([Hit(passage, 0.0, 1, 0.0, 1, 0.0) for passage in both])
    assert found.as_sentence().text == "Drinks Tea, Milk."


def test_two_lists_of_one_section_are_two_lists() -> None:
    text = "1. Knock.\n2. Enter.\n\nTake along:\n\n- tea\n- milk"
    first, second = lists_of([Hit(Passage("d", 0, len(text), "Visits", text), 0.0, 1, 0.0, 1, 0.0)])
    assert (first.lead, first.names) == ("Visits", ("Knock", "Enter"))
    assert (second.lead, second.names) == ("Take along:", ("tea", "milk"))


def test_a_list_without_lead_in_goes_on_in_the_next_passage() -> None:
    halves = [
        Passage("d", 0, 9, "Visits", "1. Knock."),
        Passage("d", 10, 19, "Visits", "2. Enter."),
    ]
    (found,) = lists_of([Hit(passage, 0.0, 1, 0.0, 1, 0.0) for passage in reversed(halves)])
    assert (found.lead, found.names) == ("Visits", ("Knock", "Enter"))


def test_one_item_is_no_list() -> None:
    text = "Only one:\n\n- Tea\n\nAnd more."
    assert lists_of([Hit(Passage("d", 0, len(text), "", text), 0.0, 1, 0.0, 1, 0.0)]) == []


def test_how_many_names_a_span_of_the_sentence_touches() -> None:
    (found,) = lists_of(hits())
    text = found.as_sentence().text
    price, weather = text.index("Price"), text.index("Weather")
    assert found.names_in(0, len(LEAD)) == 0
    assert found.names_in(price, price + 5) == 1
    assert found.names_in(price, weather) == 2
    assert found.names_in(price + 2, weather + 1) == 3


def choose(said: str, question: str = "What made sales rise?") -> tuple[list[str], float]:
    plain = Calibration(weights={"score": 1.0}, bias=0.0, threshold=0.0, retrieval_weight=0.0)
    choice = Answerer(ListReader(said), plain).choose(question, hits())
    return [
        choice.hits[s.hit].passage.text[s.start : s.end] for s in choice.spans
    ], choice.features["score"]


def test_a_list_that_answers_as_a_sentence_is_given_with_all_its_items() -> None:
    assert choose("Price, Taste changed, Weather") == (["Price", "Taste changed.", "Weather"], 4.0)


def test_one_name_of_a_list_is_an_answer_by_itself() -> None:
    assert choose("Weather") == (["Weather"], 4.0)


def test_a_list_of_more_items_than_the_question_counts_is_not_what_it_asks_for() -> None:
    said = "Price, Taste changed, Weather"
    assert choose(said, "What are the three reasons?") == (
        ["Price", "Taste changed.", "Weather"],
        4.0,
    )
    assert choose(said, "What are the two reasons?")[1] == -3.0
