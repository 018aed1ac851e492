from dataclasses import replace

from inquote.app.answering.compose import compose
from inquote.app.answering.findings import Findings
from inquote.app.answering.forms import Form
from inquote.app.answering.spans import HitReading
from inquote.app.reader.base import Reading, Span
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Passage, Segment

TEXT = "Tea grows in Assam and Kenya. It is drunk in Bonn. Coffee grows in Peru."


def place(text: str, quote: str, score: float) -> Span:
    start = text.index(quote)
    return Span(start, start + len(quote), score)


def source(text: str, best: str, *members: tuple[str, float], score: float = 9.0) -> HitReading:
    """The reading of a text whose best span is `best`."""
    passage = Passage("d", len(best), len(best) + len(text), "", text)
    belonging = tuple(place(text, *member) for member in members)
    reading = Reading((place(text, best, score),), (), 0.0, belonging)
    return HitReading(Hit(passage, 0.0, 1, 0.0, None, 0.0), 0, reading)


def composed(form: Form, *sources: HitReading, most: int | None = None) -> list[str]:
    return [span.text for span in compose(form, Findings.gather(sources, 0.0), most)]


def test_all_spans_that_belong_to_the_answer_are_given() -> None:
    reading = source(TEXT, "Assam and Kenya", ("Assam", 2.0), ("Kenya", 1.0))
    assert composed(Form.SHORT, reading) == ["Assam", "Kenya"]
    assert composed(Form.LIST, reading) == ["Assam", "Kenya"]
    assert composed(Form.SHORT, reading, most=1) == ["Assam and Kenya"]


def test_one_span_that_belongs_leaves_the_best_span() -> None:
    assert composed(Form.SHORT, source(TEXT, "Assam and Kenya", ("Assam", 2.0))) == [
        "Assam and Kenya"
    ]


def test_parts_of_one_phrase_are_not_torn_apart() -> None:
    years = source("It stood from 1294 to 1307.", "1294 to 1307", ("1294", 1.0), ("1307", 1.0))
    assert composed(Form.SHORT, years) == ["1294 to 1307"]
    length = source("It is 9 km (5.6 mi) long.", "9 km (5.6 mi)", ("9 km", 1.0), ("5.6 mi", 1.0))
    assert composed(Form.SHORT, length) == ["9 km (5.6 mi)"]


def test_a_name_in_brackets_is_no_answer_more() -> None:
    text = "It is made of herpes virus (HSV) and a gene."
    reading = source(text, "herpes virus", ("herpes virus", 1.0), ("HSV", 1.0))
    assert composed(Form.SHORT, reading) == ["herpes virus"]


def test_a_name_that_was_marked_in_part_is_given_whole() -> None:
    text = "It was sung by Jimmie Lunceford and Harry James."
    reading = source(text, "Lunceford", ("Lunceford", 1.0), ("Harry", 1.0))
    assert composed(Form.SHORT, reading) == ["Jimmie Lunceford", "Harry James"]
    first = source("Anna Berg and Bo Lind sang.", "Berg", ("Berg", 1.0), ("Bo", 1.0))
    assert composed(Form.SHORT, first) == ["Berg", "Bo Lind"]  # "Anna" may open the sentence


def test_a_compound_among_items_stays_whole() -> None:
    text = "It is tried in head and neck cancers, lung cancer, and gout of the foot."
    parts = ("head", "neck cancers", "lung cancer", "gout", "foot")
    reading = source(text, "lung cancer", *((part, 1.0) for part in parts))
    assert composed(Form.SHORT, reading) == [
        "head and neck cancers",
        "lung cancer",
        "gout of the foot",
    ]


def test_adjectives_that_share_a_noun_are_one_span() -> None:
    text = (
        "It is for the care of painful, badly infected, or chronic wounds, in deep or dorsal burns."
    )
    parts = ("care of painful", "badly infected", "chronic wounds", "deep", "dorsal")
    reading = source(text, "care of painful", *((part, 1.0) for part in parts))
    assert composed(Form.SHORT, reading) == [
        "care of painful, badly infected, or chronic wounds",
        "deep",
        "dorsal",
    ]
    text = "Seals with nasal, dental or ventral marks and coastal, inland seals."
    reading = source(text, "dental", ("dental", 1.0), ("ventral", 1.0), ("seals", 1.0))
    assert composed(Form.SHORT, reading) == ["nasal, dental or ventral marks", "seals"]


def test_spans_elsewhere_than_the_best_one_are_no_answer() -> None:
    assert composed(Form.SHORT, source(TEXT, "Bonn", ("Assam", 2.0), ("Kenya", 1.0))) == ["Bonn"]


def test_spans_of_other_passages_join_once_where_these_answer_as_well() -> None:
    first = source(TEXT, "Assam", ("Assam", 2.0))
    second = source("Tea grows in Assam, Japan and Peru.", "Japan", ("Japan", 1.0), ("Peru", 1.0))
    assert composed(Form.SHORT, first, second) == ["Assam", "Japan", "Peru"]
    weak = source("Tea grows in Japan and Peru.", "Japan", ("Japan", 1.0), ("Peru", 1.0), score=3.0)
    assert composed(Form.SHORT, first, weak) == ["Assam"]


def test_a_cell_answers_without_its_row() -> None:
    text = "Hull | 4.2 | 4.9"
    segments = (
        Segment("Hull", 0, True),
        Segment(": "),
        Segment("4.2", 7, True),
        Segment("; "),
        Segment("4.9", 13, True),
        Segment("."),
    )
    passage = Passage("d", 0, len(text), "", text, segments=segments)
    reading = Reading((place(text, "4.9", 1.0),), (place(text, text, 3.0),), 0.0)
    weak = HitReading(Hit(passage, 0.0, 1, 0.0, None, 0.0), 0, reading)
    assert composed(Form.SHORT, weak) == composed(Form.SENTENCES, weak) == ["4.9"]


def test_a_number_an_address_and_a_phrase_are_not_torn_apart() -> None:
    text = "The sum is 17,81,841 crore."
    number = source(text, "17,81,841", ("17", 1.0), ("81", 1.0), ("841", 1.0))
    assert composed(Form.SHORT, number) == ["17,81,841"]
    text = "Write to mill@bonn.example.org today."
    address = source(text, "mill@bonn.example.org", ("mill", 1.0), ("bonn.example.org", 1.0))
    assert composed(Form.SHORT, address) == ["mill@bonn.example.org"]
    text = "It occurs in subsequent loop iterations and elsewhere."
    phrase = source(text, "subsequent loop iterations", ("subsequent", 1.0), ("iterations", 1.0))
    assert composed(Form.SHORT, phrase) == ["subsequent loop iterations"]


def test_one_thing_asked_for_stands_in_one_sentence() -> None:
    text = "It gains a small speedup or no speedup. It gains 2x on loops."
    reading = source(text, "a small speedup", ("a small speedup", 2.0), ("no", 1.0), ("2x", 1.0))
    findings = Findings.gather([reading], 0.0)
    asked = [
        span.text for span in compose(Form.SHORT, findings, None, "What speedup does it gain?")
    ]
    assert asked == ["a small speedup"]
    asked = [span.text for span in compose(Form.SHORT, findings, None, "Which speedups are there?")]
    assert asked == ["a small speedup", "2x"]


def test_a_number_within_another_span_says_nothing_more() -> None:
    text = "It is due 45 days after March or by mail, thus in 45."
    reading = source(text, "45 days after March", ("45 days after March", 2.0), ("by mail", 1.0))
    start = text.index("45.")
    more = (*reading.reading.members, Span(start, start + 2, 1.0))
    reading = replace(reading, reading=replace(reading.reading, members=more))
    assert composed(Form.SHORT, reading) == ["45 days after March", "by mail"]
