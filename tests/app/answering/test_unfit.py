import pytest

from inquote.app.answering.unfit import without_unfit
from inquote.app.reader.base import Reading, Span
from inquote.ingest.documents import Passage

APPROVED = "It is approved for melanoma."
STUDIED = "There is growing interest in expanding its use to lung cancer."
ORDER = "Access all our reports on cancer."
QUESTION = "What drives the sales of the drug?"


def kept(question: str, *sentences: str) -> list[str]:
    """The sentences of a passage in which a span may stand."""
    text = " ".join(sentences)
    spans = []
    for sentence in sentences:
        start = text.index(sentence)
        spans.append(Span(start, start + len(sentence), 1.0))
    passage = Passage("a", 0, len(text), "", text)
    reading = without_unfit(question, passage, Reading(tuple(spans), tuple(spans), 0.0))
    assert reading.spans == reading.evidence
    return [text[span.start : span.end] for span in reading.spans]


@pytest.mark.parametrize(
    ("question", "left_out"),
    [
        ("Which cancers is it approved for?", STUDIED),
        ("Which cancers may it be approved for in future?", ""),
        ("Which cancers is it studied in?", ""),
    ],
)
def test_what_may_come_does_not_tell_what_is_so(question: str, left_out: str) -> None:
    wanted = [sentence for sentence in (APPROVED, STUDIED) if sentence != left_out]
    assert kept(question, APPROVED, STUDIED) == wanted


def test_an_order_to_the_reader_answers_only_a_question_for_it() -> None:
    assert kept("What is known of cancer?", APPROVED, ORDER) == [APPROVED]
    assert kept("How do I access the reports?", APPROVED, ORDER) == [APPROVED, ORDER]


def test_the_same_question_in_a_text_is_no_answer() -> None:
    assert kept("What drives sales of the drug?", QUESTION, APPROVED) == [APPROVED]
    assert kept("What is asked of the title?", QUESTION) == [QUESTION]
    told = f"Since it was approved in 2015, for a cancer that few drugs reach: {QUESTION}"
    assert kept("What drives sales of the drug?", told) == [told]


def test_no_price_tells_how_much_something_carries() -> None:
    load, price = "The van carries 900 kg.", "It costs 31,000 euros."
    assert kept("How much can the van carry?", load, price) == [load]
    assert kept("How much does the van cost?", load, price) == [load, price]
    assert kept("How much does it weigh?", load, "It is $900 a month.") == [load]


def spans_left(question: str, text: str, *spans: str) -> list[str]:
    """The words of a text that may answer a question, each a span of its own."""
    found = [Span(text.index(words), text.index(words) + len(words), 1.0) for words in spans]
    reading = Reading(tuple(found), (Span(0, len(text), 1.0),), 0.0)
    left = without_unfit(question, Passage("a", 0, len(text), "", text), reading)
    assert left.evidence  # a sentence still tells what its words do
    return [text[span.start : span.end] for span in left.spans]


@pytest.mark.parametrize(
    ("question", "text", "spans", "left"),
    [
        ("What is it approved for?", "A viral therapy approved for melanoma.",
         ("viral therapy", "melanoma"), ["melanoma"]),
        ("What is it approved for?", "An approved therapy against cancer.", ("therapy", "cancer"),
         []),
        ("What was it built for?", "It was built originally for mining.", ("It", "mining"),
         ["mining"]),
        ("What days is it open on?", "It is open daily.", ("daily",), ["daily"]),
        ("Who was it made by?", "The car, made by Orme, is old.", ("car", "Orme"), ["Orme"]),
        ("What approved it?", "A viral therapy approved for melanoma.", ("viral therapy",),
         ["viral therapy"]),
    ],
)  # fmt: skip
def test_what_a_question_ends_with_stands_before_the_answer(
    question: str, text: str, spans: tuple[str, ...], left: list[str]
) -> None:
    assert spans_left(question, text, *spans) == left


@pytest.mark.parametrize(
    ("text", "spans", "left"),
    [
        ("They gave CAR-T cells and antibodies.", ("CAR-T cells",), []),
        ("They gave antibodies or CAR-T cells.", ("CAR-T cells",), []),
        ("They gave Orvamab and other antibodies.", ("Orvamab",), ["Orvamab"]),
        ("They gave antibodies such as Orvamab.", ("Orvamab",), ["Orvamab"]),
    ],
)
def test_what_stands_beside_a_kind_is_not_of_it(
    text: str, spans: tuple[str, ...], left: list[str]
) -> None:
    assert spans_left("Which antibodies are mentioned?", text, *spans) == left


def test_a_row_of_contents_tells_where_something_stands_and_no_more() -> None:
    text = "2.1 The otter . . . . . . . 10\n2.2 The newt. . . . 12\n\nThe otter is a mammal."
    row, told = text[: text.index("\n")], "The otter is a mammal."
    spans = tuple(Span(text.index(each), text.index(each) + len(each), 1.0) for each in (row, told))
    passage = Passage("a", 0, len(text), "", text)

    def kept_of(question: str) -> list[str]:
        reading = without_unfit(question, passage, Reading(spans, spans, 0.0))
        return [text[span.start : span.end] for span in reading.spans]

    assert kept_of("What is the otter?") == [told]
    assert kept_of("On which page is the otter?") == [row, told]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What is the phone number of the mill?", ["Call 040 555 12-3."]),
        ("What's the mill's e-mail?", ["Write to mill@example.org."]),
        ("Who repairs the phone?", ["Call 040 555 12-3.", "Write to mill@example.org."]),
    ],
)
def test_numbers_and_addresses_are_written_as_such(question: str, wanted: list[str]) -> None:
    text = "Call 040 555 12-3. Write to mill@example.org."
    spans = tuple(
        Span(text.index(each), text.index(each) + len(each), 1.0)
        for each in ("Call 040 555 12-3.", "Write to mill@example.org.")
    )
    passage = Passage("a", 0, len(text), "", text)
    reading = without_unfit(question, passage, Reading(spans, (), 0.0))
    assert [text[span.start : span.end] for span in reading.spans] == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("When was the handbook issued?", ["March 2012"]),
        ("How many are kept?", ["28 U.S.C. § 586", "March 2012"]),
        ("When does it apply?", ["28 U.S.C. § 586", "March 2012", "the mill"]),
    ],
)
def test_a_time_and_a_number_are_written_as_such(question: str, wanted: list[str]) -> None:
    text = "Under 28 U.S.C. § 586 it was issued in March 2012 by the mill."
    quotes = ("28 U.S.C. § 586", "March 2012", "the mill")
    spans = tuple(Span(text.index(quote), text.index(quote) + len(quote), 1.0) for quote in quotes)
    passage = Passage("a", 0, len(text), "", text)
    reading = without_unfit(question, passage, Reading(spans, (), 0.0))
    assert [text[span.start : span.end] for span in reading.spans] == wanted


@pytest.mark.parametrize(
    ("question", "text", "is_kept"),
    [
        ("Where is Orin headquartered?", "A factory of Orin stands in Tolsay.", False),
        ("Where is Orin headquartered?", "The general offices of Orin are in Tolsay.", True),
        ("Where is Orin's headquarters?", "Orin, based in Tolsay, makes boxes.", True),
        ("Where is Orin incorporated?", "Orin works from Tolsay.", False),
        ("Where is Orin incorporated?", "Tolsay\n\n(State of incorporation)", True),
    ],
)
def test_a_place_of_a_company_is_told_beside_the_words_for_it(
    question: str, text: str, is_kept: bool
) -> None:
    assert kept(question, text) == [text] * is_kept


@pytest.mark.parametrize(
    ("question", "is_kept"),
    [
        ("What was the revenue of Orin in 2022?", False),
        ("How much did the revenue of Orin grow?", True),
        ("How much of the revenue of Orin comes from ore?", True),
        ("What was the tax rate on income?", True),
    ],
)
def test_an_amount_of_money_is_no_percentage(question: str, is_kept: bool) -> None:
    passage = Passage("a", 0, 5, "", "1.8 %")
    reading = without_unfit(question, passage, Reading((Span(0, 5, 1.0),), (), 0.0))
    assert bool(reading.spans) == is_kept
