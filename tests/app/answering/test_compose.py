from collections.abc import Sequence

import pytest

from inquote.app.answering.compose import compose
from inquote.app.answering.findings import Findings
from inquote.app.answering.forms import Form, form_of
from inquote.app.answering.lists import find_lists
from inquote.app.answering.spans import AnswerSpan, HitReading, rank_spans
from inquote.app.reader.base import Reading, Span
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Passage


def hit(text: str, score: float = 0.0) -> Hit:
    return Hit(Passage("d", 0, len(text), "", text), score, 1, score, None, 0.0)


def reading(
    text: str,
    *spans: tuple[str, float],
    evidence: tuple[tuple[str, float], ...] = (),
    none: float = 0.0,
) -> Reading:
    def ranges(pairs: tuple[tuple[str, float], ...]) -> tuple[Span, ...]:
        return tuple(
            Span(text.index(quote), text.index(quote) + len(quote), score) for quote, score in pairs
        )

    return Reading(ranges(spans), ranges(evidence), none)


def read(hits: Sequence[Hit], readings: Sequence[Reading]) -> list[HitReading]:
    pairs = zip(hits, readings, strict=True)
    return [HitReading(hit, rank, reading) for rank, (hit, reading) in enumerate(pairs)]


def composed(form: Form, text: str, reading: Reading) -> list[str]:
    """The words of the answer from one passage."""
    readings = read([hit(text)], [reading])
    findings = Findings.gather(readings, 0.0, find_lists(readings))
    return [span.text for span in compose(form, findings)]


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("What percentage had a durable response?", Form.SHORT),
        ("When was it approved?", Form.SHORT),
        ("Who developed IMLYGIC?", Form.SHORT),
        ("How many patients took part?", Form.COUNT),
        ("What is the durable response rate?", Form.SHORT),
        ("How does IMLYGIC work?", Form.PROCESS),
        ("Why have sales grown?", Form.EXPLANATION),
        ("What about survival?", Form.SENTENCES),
        ("What is an oncolytic virus?", Form.SENTENCES),
        ("Is IMLYGIC safe?", Form.VERDICT),
        ("Explain the mechanism", Form.EXPLANATION),
        ("What are the five key factors?", Form.LIST),
        ("What are the common side effects?", Form.LIST),
        ("List the cancers", Form.LIST),
        ("Who are the senators?", Form.LIST),
        ("Identify three challenges", Form.LIST),
        ("HSV-1 genetic modification", Form.SENTENCES),
    ],
)
def test_forms(question: str, form: Form) -> None:
    assert form_of(question) is form


def test_spans_of_all_passages_are_ordered_by_score_over_none_and_retrieval() -> None:
    hits = [hit("one two", 0.5), hit("three", 0.9)]
    readings = [
        reading("one two", ("one", 3.0), ("two", 1.0), none=1.0),
        reading("three", ("three", 1.0), none=-0.5),
    ]
    spans = rank_spans(read(hits, readings), retrieval_weight=1.0)
    assert [(s.source.rank, s.start, s.end, s.score) for s in spans] == [
        (0, 0, 3, 2.5),
        (1, 0, 5, 2.4),
        (0, 4, 7, 0.5),
    ]


def test_a_short_question_gets_the_best_span_alone() -> None:
    text = "It rose by 5 %. More."
    assert composed(Form.SHORT, text, reading(text, ("5 %", 6.0), ("More.", 1.0))) == ["5 %"]


def test_a_longer_extent_that_scores_about_alike_is_taken() -> None:
    text = "It helps oncologists and patients alike."
    spans = ("oncologists", 6.0), ("oncologists and patients", 5.5), ("helps oncologists", 4.0)
    assert composed(Form.SHORT, text, reading(text, *spans)) == ["oncologists and patients"]


def test_a_longer_extent_does_not_repeat_the_question() -> None:
    text = "FDA approval: the approval of X by the FDA in 2015"
    whole = "FDA approval: the approval of X by the FDA"
    readings = read([hit(text)], [reading(text, ("the FDA", 9.0), (whole, 8.5))])
    findings = Findings.gather(readings, 0.0)
    spans = compose(Form.SHORT, findings, question="By whom was the approval of X given?")
    assert [span.text for span in spans] == ["the FDA"]
    spans = compose(Form.SHORT, findings, question="Who did it?")
    assert [span.text for span in spans] == [whole]


def test_what_happens_is_told_from_the_span_after_which_the_text_goes_on() -> None:
    slogan = "Its dual action appeals to doctors."
    steps = "X is injected. It enters the cells. It bursts them."
    text = f"{slogan}\n\n{steps}"
    told = reading(text, ("dual action", 5.0), ("injected", 3.6), evidence=((slogan, 1.0),))
    assert composed(Form.PROCESS, text, told) == [
        "X is injected.",
        "It enters the cells.",
        "It bursts them.",
    ]
    weak = reading(text, ("dual action", 5.0), ("injected", 3.4), evidence=((slogan, 1.0),))
    assert composed(Form.PROCESS, text, weak) == [slogan]


def test_an_unsure_span_is_given_with_its_sentence() -> None:
    text = "Before. It rose by 5 %. After."
    assert composed(Form.SHORT, text, reading(text, ("5 %", 1.0))) == ["It rose by 5 %."]


def test_an_explanation_gets_the_sentences_that_support_it_in_text_order() -> None:
    text = "A first. B second. C third. D fourth. E fifth."
    sentences = (
        ("A first.", 1.5),
        ("B second.", -1.0),
        ("C third.", 2.0),
        ("D fourth.", 1.8),
        ("E fifth.", 1.2),
    )
    made = reading(text, ("third", 2.0), evidence=sentences)
    assert composed(Form.SENTENCES, text, made) == ["A first.", "C third.", "D fourth."]


def test_a_stop_that_stands_alone_is_no_sentence() -> None:
    made = reading("A first. . B second.", ("first", 2.0), evidence=(("A first.", 2), (" .", 3)))
    assert composed(Form.SENTENCES, "A first. . B second.", made) == ["A first."]


def test_a_list_gets_all_its_items_by_name() -> None:
    items = "  1. Price: it fell. Much.\n  2. Taste changed. So did size."
    text = f"Two factors matter:\n\n{items}\n\nAfter."
    made = reading(text, ("Two factors", 2.0))
    assert composed(Form.LIST, text, made) == ["Price", "Taste changed."]


def test_a_list_question_answered_from_prose_gets_the_span() -> None:
    text = "They are red, green and blue."
    made = reading(text, ("red, green and blue", 2.0))
    assert composed(Form.LIST, text, made) == ["red, green and blue"]


def test_nothing_read_is_nothing_chosen() -> None:
    assert compose(Form.SHORT, Findings.gather([], 0.0)) == []
    assert rank_spans(read([hit("x")], [Reading((), (), 0.0)]), 1.0) == []


def test_equal_scores_come_in_the_order_of_hits_and_text() -> None:
    hits = [hit("a b"), hit("c")]
    readings = [reading("a b", ("b", 1.0), ("a", 1.0)), reading("c", ("c", 1.0))]
    first, second = read(hits, readings)
    assert rank_spans([first, second], 0.0) == [
        AnswerSpan(first, 0, 1, 1.0),
        AnswerSpan(first, 2, 3, 1.0),
        AnswerSpan(second, 0, 1, 1.0),
    ]


def test_readings_come_in_the_order_of_their_best_spans_and_ties_of_spans_in_theirs() -> None:
    hits = [hit("mud"), hit("a b"), hit("c d")]
    readings = [
        Reading((), (), 0.0),
        reading("a b", ("a", 1.0), ("b", -1.0)),
        reading("c d", ("c", 2.0), ("d", -1.0)),
    ]
    findings = Findings.gather(read(hits, readings), 0.0, unread=[hit("e")])
    assert [shown.passage.text for shown in findings.hits] == ["c d", "a b", "mud", "e"]
    assert [span.text for span in findings.spans] == ["c", "a", "d", "b"]


def test_the_same_words_in_other_passages_support_one_another() -> None:
    hits = [
        Hit(Passage(f"d{at}", 0, 9, "", "One. Two."), 0.0, 1, 0.0, None, 0.0) for at in range(3)
    ]
    readings = [reading("One. Two.", ("One.", score), ("Two.", 2.2)) for score in (2.0, 2.0, -1.0)]
    readings[1] = reading("One. Two.", ("One", 2.0))
    readings[2] = reading("One. Two.", ("One.", -1.0))
    spans = rank_spans(read(hits, readings), 0)
    assert [(s.source.rank, s.start, round(s.score, 3)) for s in spans] == [
        (0, 0, 2.693),  # 2 + log 2
        (1, 0, 2.693),
        (0, 5, 2.2),
        (2, 0, -1.0),
    ]


def test_one_place_in_two_overlapping_passages_supports_nothing() -> None:
    hits = [
        Hit(Passage("d", start, start + 4, "", "One."), 0.0, 1, 0.0, None, 0.0) for start in (5, 5)
    ]
    readings = [reading("One.", ("One.", 2.0)), reading("One.", ("One.", 1.0))]
    spans = rank_spans(read(hits, readings), 0)
    assert [span.score for span in spans] == [2.0, 1.0]


def test_an_explanation_that_is_weak_by_itself_goes_on() -> None:
    text = "It works in many ways. It enters the cell. It multiplies. The cell dies."
    for evidence, sentences, last in (
        (0.4, 3, "It multiplies."),
        (0.6, 1, "It works in many ways."),
    ):
        made = reading(text, ("many ways", 2.0), evidence=(("It works in many ways.", evidence),))
        chosen = composed(Form.EXPLANATION, text, made)
        assert (len(chosen), chosen[-1]) == (sentences, last)
