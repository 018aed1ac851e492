from dataclasses import replace

import pytest

from inquote.app.answering.cells import (
    ACCOUNTS,
    UNASKED,
    cell_fits,
    fitting_members,
    row_around,
    terms_of_cells,
    weigh_cells,
)
from inquote.app.answering.spans import read_hits
from inquote.app.reader.base import Reading, Span
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Passage
from tables import SALES, passage_of

ROWS = (("Day", "Pool", "Gym"), ("Monday", "closed", "7:00"), ("Sunday", "9:00", "closed"))


def best(question: str, passage: Passage) -> str:
    """The cell that fits a question best where the reader scores all alike."""
    spans = []
    for segment in passage.segments:
        if segment.is_cell and segment.start >= len("Day | Pool | Gym"):
            spans.append(Span(segment.start, segment.start + len(segment.text), 1.0))
    terms = terms_of_cells(question, [passage])
    first = weigh_cells(question, terms, passage, spans)[0]
    return passage.text[first.start : first.end]


@pytest.mark.parametrize(
    ("question", "cell"),
    [
        ("When is the gym open on Monday?", "7:00"),
        ("When is the pool open on Sunday?", "9:00"),
        ("On which day is the gym closed?", "Sunday"),
        ("On which day is the pool closed?", "Monday"),
    ],
)
def test_a_cell_fits_by_its_headers_and_a_row_by_one_of_its_cells(question: str, cell: str) -> None:
    assert best(question, passage_of(ROWS)) == cell


def test_a_row_that_the_question_names_goes_before_another() -> None:
    rows = (
        ("Day", "Opening hours of the swimming pool"),
        ("Friday", "7:00"),
        ("Saturday", "9:00"),
    )
    passage = passage_of(rows)
    friday, saturday = (passage.text.index(time) for time in ("7:00", "9:00"))
    spans = [Span(saturday, saturday + 4, 3.0), Span(friday, friday + 4, 0.0)]
    question = "What are the opening hours of the pool on Friday?"
    weighed = weigh_cells(question, terms_of_cells(question, [passage]), passage, spans)
    assert passage.text[weighed[0].start : weighed[0].end] == "7:00"
    other = "What are the opening hours of the pool?"
    weighed = weigh_cells(other, terms_of_cells(other, [passage]), passage, spans)
    assert weighed[0].start == saturday


def test_of_members_in_one_row_those_stay_that_the_question_names_best() -> None:
    passage = passage_of(SALES)
    starts = [passage.text.index(words) for words in ("7.5", "6.1", "9.5")]
    members = [Span(start, start + 3, 1.0) for start in starts]
    terms = frozenset({"pump", "2018"})
    kept = fitting_members(terms, passage, members)
    assert [passage.text[span.start : span.end] for span in kept] == ["6.1", "9.5"]
    assert fitting_members(frozenset(), passage, members) == tuple(members)


def test_a_row_whose_whole_name_is_asked_for_goes_before_a_longer_one() -> None:
    rows = (("Assets in dollars", "2019"), ("Change in cash held", "7.5"), ("Cash held", "6.1"))
    assert best("How much cash was held in 2019?", passage_of(rows)) == "6.1"


def test_a_row_of_which_the_question_says_all_goes_before_one_with_more_words() -> None:
    rows = (("Assets", "2019"), ("Total current assets", "6,495"), ("Total assets", "20,762"))
    assert best("What were total assets in 2019?", passage_of(rows)) == "20,762"


def test_a_total_goes_before_a_part_that_the_question_does_not_name() -> None:
    rows = (("Segment", "Net sales 2018"), ("Electronics", "5,472"), ("Total company", "32,765"))
    passage = passage_of(rows)
    question = "What were net sales in 2018?"
    fits = cell_fits(question, terms_of_cells(question, [passage]), passage)
    part, whole = (fits[passage.text.index(value)] for value in ("5,472", "32,765"))
    assert whole - part == pytest.approx(UNASKED)


def test_a_row_in_the_accounts_of_the_company_fits_better_than_the_same_in_a_note() -> None:
    rows = (("In millions", "2020"), ("Research and development", "2,188"))
    question = "What was research and development in 2020?"
    passage = passage_of(rows)
    terms = terms_of_cells(question, [passage])
    fits = []
    for heading in ("Note 12. Stock plans", "Consolidated Statements of Income"):
        placed = replace(passage, heading=heading)
        fits.append(max(cell_fits(question, terms, placed).values()))
    assert fits[1] - fits[0] == pytest.approx(ACCOUNTS)


def test_what_stands_above_a_table_explains_its_cells() -> None:
    rows = (("In millions", "2022"), ("Airplanes", "329"))
    passage = passage_of(rows)
    question = "What was the backlog of airplanes in 2022?"
    terms = terms_of_cells(question, [passage])
    plain = max(cell_fits(question, terms, passage).values())
    for above in (replace(passage, heading="Backlog"), replace(passage, lead="The backlog was:")):
        assert max(cell_fits(question, terms, above).values()) > plain


def test_the_first_words_of_a_question_ask_for_headers() -> None:
    rows = (("Song", "Film", "Length"), ("Rain", "Clouds", "3:11"), ("Sun", "Noon", "2:50"))
    assert best("How long is Rain?", passage_of(rows)) == "3:11"


def test_a_cell_that_only_repeats_the_question_goes_last() -> None:
    rows = (("Player", "Position"), ("Ada", "Center"), ("Bo", "Guard"))
    assert best("Who plays center?", passage_of(rows)) == "Ada"


def test_the_row_around_a_cell_is_read_with_its_headers() -> None:
    passage = passage_of(ROWS)
    assert row_around(passage, passage.text.index("9:00")) == "Day Sunday: Pool 9:00; Gym closed."
    assert row_around(passage, 0) == "Day Monday: Pool closed; Gym 7:00."
    assert row_around(Passage("b.md", 0, 9, "", "The pools"), 0) == ""


def test_only_terms_that_stand_in_a_table_count() -> None:
    plain = Passage("b.md", 0, 9, "", "The pools")
    assert terms_of_cells("Is the pool warm on Monday?", [passage_of(ROWS), plain]) == {
        "pool",
        "monday",
    }
    assert terms_of_cells("Is the pool warm?", [plain]) == set()


def test_cells_of_passages_that_are_read_apart_are_weighed_by_the_same_terms() -> None:
    class Everywhere:
        name = "everywhere"

        def read(self, question: str, passages: list[Passage]) -> list[Reading]:
            start = passages[0].text.index("7:00")
            return [Reading((Span(start, start + 4, 0.0),), (), 0.0)]

        def note(self, question: str) -> None:
            return None

    hit = Hit(passage_of(ROWS), 0.0, 1, 0.0, None, 0.0)
    other = frozenset({"monday", "sauna"})
    question = "When is the sauna open on Monday?"
    (alone,) = read_hits(question, [hit], Everywhere())
    (together,) = read_hits(question, [hit], Everywhere(), terms=other)
    assert alone.reading.spans[0].score == 2 * together.reading.spans[0].score > 0
