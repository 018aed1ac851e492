"""Which ranges of a passage that begins with a heading may answer a question."""

from collections.abc import Sequence

import pytest

from inquote.app.answering.spans import read_hits
from inquote.app.reader.base import Reading, Span
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Passage

TEXT = "Canoes cost 22 euros a day\n\nPay in cash."
BODY = TEXT.index("Pay")


class SpansReader:
    """Reads the same quotes in every passage."""

    name = "spans"

    def __init__(self, *quotes: str) -> None:
        self.quotes = quotes

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        return [self._reading(passage.text) for passage in passages]

    def note(self, question: str) -> str | None:
        return None

    def _reading(self, text: str) -> Reading:
        starts = [text.index(quote) for quote in self.quotes]
        pairs = zip(starts, self.quotes, strict=True)
        return Reading(tuple(Span(at, at + len(quote), 1.0) for at, quote in pairs), (), 0.0)


@pytest.mark.parametrize(
    ("quote", "in_headings", "is_kept"),
    [
        ("22 euros", True, True),
        ("22 euros", False, False),
        ("Canoes cost 22 euros a day", True, False),
        ("a day\n\nPay", True, False),
        ("in cash", False, True),
    ],
)
def test_a_part_of_a_heading_may_answer_a_fact(
    quote: str, in_headings: bool, is_kept: bool
) -> None:
    passage = Passage("d", 0, len(TEXT), "Canoes cost 22 euros a day", TEXT, body=BODY)
    hit = Hit(passage, 0.0, 1, 0.0, None, 0.0)
    (reading,) = read_hits("?", [hit], SpansReader(quote), in_headings=in_headings)
    assert [TEXT[span.start : span.end] for span in reading.reading.spans] == [quote] * is_kept


def test_a_span_ends_with_the_block_in_which_it_begins_and_stands_once() -> None:
    text = "The fee is 5 euros.\n\ntitle: Fees of the harbour"
    hit = Hit(Passage("d", 0, len(text), "", text), 0.0, 1, 0.0, None, 0.0)
    across = SpansReader("5 euros.\n\ntitle", "5 euros.", "Fees of the harbour")
    (reading,) = read_hits("?", [hit], across)
    kept = [text[span.start : span.end] for span in reading.reading.spans]
    assert kept == ["5 euros.", "Fees of the harbour"]


def test_bars_and_halves_of_brackets_at_the_ends_are_no_part_of_a_span() -> None:
    text = "【Head】Ann Lee (chair) | Term: Net 60 | (see"
    hit = Hit(Passage("d", 0, len(text), "", text), 0.0, 1, 0.0, None, 0.0)
    (reading,) = read_hits("?", [hit], SpansReader("】Ann Lee (chair) |", "| Term: Net 60 | ("))
    kept = [text[span.start : span.end] for span in reading.reading.spans]
    assert kept == ["Ann Lee (chair)", "Term: Net 60"]


def test_the_second_topic_of_a_heading_answers_nothing() -> None:
    text = "Approvals and Wider Uses\n\nIt is approved for melanoma."
    body = text.index("It")
    hit = Hit(Passage("d", 0, len(text), "", text, body=body), 0.0, 1, 0.0, None, 0.0)
    (reading,) = read_hits("?", [hit], SpansReader("Wider Uses", "melanoma"))
    assert [text[span.start : span.end] for span in reading.reading.spans] == ["melanoma"]
