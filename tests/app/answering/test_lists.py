from collections.abc import Sequence

from inquote.app.answering.answerer import Answerer
from inquote.app.answering.confidence import Calibration
from inquote.app.answering.lists import find_lists
from inquote.app.answering.spans import HitReading
from inquote.app.reader.base import Reading, Span
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Passage

LEAD = "Sales rose for three reasons:"
FIRST = f"A word before. {LEAD}\n\n  1. Price: it fell. Much.\n  2. Taste changed. So did size."
SECOND = "  3. Weather: it was hot."
OTHER = "Sales are a number."


def hits() -> list[Hit]:
    """A list in two passages, its end retrieved first, and a passage of something else."""
    passages = [
        Passage("d", 100, 100 + len(SECOND), "Growth", SECOND, LEAD),
        Passage("e", 0, len(OTHER), "", OTHER),
        Passage("d", 10, 10 + len(FIRST), "Growth", FIRST),
    ]
    return [Hit(passage, 0.0, 1, 0.0, 1, 0.0) for passage in passages]


def unread(hits: Sequence[Hit]) -> list[HitReading]:
    """Hits whose reader has nothing to say."""
    return [HitReading(hit, rank, Reading((), (), 0.0)) for rank, hit in enumerate(hits)]


class ListReader:
    """Finds `words` where a text has them, at 4 over "none"; else the first word, at -3."""

    name = "list"

    def __init__(self, words: str) -> None:
        self.words = words

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        return [self._reading(passage.text) for passage in passages]

    def note(self, question: str) -> str | None:
        return None

    def _reading(self, text: str) -> Reading:
        at = text.find(self.words)
        if at < 0:
            return Reading((Span(0, text.index(" "), -1.0),), (), 2.0)
        return Reading((Span(at, at + len(self.words), 3.0),), (), -1.0)


def test_the_pieces_of_a_list_are_one_list_with_all_its_items_in_text_order() -> None:
    (text_list,) = find_lists(unread(hits()))
    assert (text_list.lead, text_list.names) == (LEAD, ("Price", "Taste changed", "Weather"))
    assert [item.text for item in text_list.items] == ["Price", "Taste changed.", "Weather"]
    assert [piece.source.rank for piece in text_list.pieces] == [2, 0]
    assert text_list.best_piece is text_list.pieces[1]
    assert text_list.pieces[0].text.startswith(LEAD)
    assert text_list.as_sentence().text == f"{LEAD} Price, Taste changed, Weather."
    assert text_list.description == f"Growth {LEAD} Price, Taste changed, Weather. three 3"


def test_an_item_in_two_passages_counts_once_and_a_heading_introduces_what_nothing_else_does() -> (
    None
):
    text = "- Tea\n- Milk"
    both = [Passage("d", start, start + len(text), "Menu > Drinks", text) for start in (0, 0)]
    (text_list,) = find_lists(unread([Hit(passage, 0.0, 1, 0.0, 1, 0.0) for passage in both]))
    assert text_list.as_sentence().text == "Drinks Tea, Milk."


def test_two_lists_of_one_section_are_two_lists() -> None:
    text = "1. Knock.\n2. Enter.\n\nTake along:\n\n- tea\n- milk"
    hit = Hit(Passage("d", 0, len(text), "Visits", text), 0.0, 1, 0.0, 1, 0.0)
    first, second = find_lists(unread([hit]))
    assert (first.lead, first.names) == ("Visits", ("Knock", "Enter"))
    assert (second.lead, second.names) == ("Take along:", ("tea", "milk"))


def test_a_list_without_lead_in_goes_on_in_the_next_passage() -> None:
    halves = [
        Passage("d", 0, 9, "Visits", "1. Knock."),
        Passage("d", 10, 19, "Visits", "2. Enter."),
    ]
    backwards = [Hit(passage, 0.0, 1, 0.0, 1, 0.0) for passage in reversed(halves)]
    (text_list,) = find_lists(unread(backwards))
    assert (text_list.lead, text_list.names) == ("Visits", ("Knock", "Enter"))


def test_one_item_is_no_list() -> None:
    text = "Only one:\n\n- Tea\n\nAnd more."
    hit = Hit(Passage("d", 0, len(text), "", text), 0.0, 1, 0.0, 1, 0.0)
    assert find_lists(unread([hit])) == []


def test_how_many_names_a_span_of_the_sentence_touches() -> None:
    (text_list,) = find_lists(unread(hits()))
    text = text_list.as_sentence().text
    price, weather = text.index("Price"), text.index("Weather")
    assert text_list.count_names(0, len(LEAD)) == 0
    assert text_list.count_names(price, price + 5) == 1
    assert text_list.count_names(price, weather) == 2
    assert text_list.count_names(price + 2, weather + 1) == 3


def choose(words: str, question: str = "What made sales rise?") -> tuple[list[str], float]:
    plain = Calibration(weights={"score": 1.0}, bias=0.0, threshold=0.0, retrieval_weight=0.0)
    choice = Answerer(ListReader(words), plain).choose(question, hits())
    return [span.text for span in choice.spans], choice.features["score"]


def test_a_list_that_answers_as_a_sentence_is_given_with_all_its_items() -> None:
    assert choose("Price, Taste changed, Weather") == (["Price", "Taste changed.", "Weather"], 4.0)


def test_one_name_of_a_list_is_an_answer_by_itself() -> None:
    assert choose("Weather") == (["Weather"], 4.0)


def test_a_list_of_more_items_than_the_question_counts_is_not_what_it_asks_for() -> None:
    names = "Price, Taste changed, Weather"
    assert choose(names, "What are the three reasons?") == (
        ["Price", "Taste changed.", "Weather"],
        4.0,
    )
    assert choose(names, "What are the two reasons?")[1] == -3.0
