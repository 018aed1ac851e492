"""Answer a question for what a table has: the years above it, or the names of its rows.

A reader finds one cell. "Which years does the table show?" wants each header that is a year, "What
are the components of inventories?" each row above the total.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from inquote.app.answering.cells import INTRODUCTION, parts_of_row, row_around
from inquote.app.answering.choice import Choice
from inquote.app.answering.forms import Form
from inquote.app.answering.spans import AnswerSpan, HitReading, spans_at
from inquote.app.language.headers import (
    KIND_OF_WHOLE,
    NAMES_ASKED,
    PERIOD,
    ROWS_ASKED,
    TOTAL,
    YEARS_ASKED,
    is_of_change,
    naming_terms,
)
from inquote.index.retrieval.search import Hit
from inquote.index.terms import content_terms
from inquote.ingest.documents import Segment
from inquote.ingest.text import BLOCK_GAP
from inquote.ingest.values import YEAR_WITHIN

LEAST_SHARE = 0.7  # least `fit` of a table
LONGEST_YEAR = 30  # characters of a column's header that gives a year
LONGEST_NAME = 12  # of a row's name that is one

SURE = 0.5  # a confidence with which an answer that stands in no table stays

# The shares that were right of the questions for tables that weights and rules are tuned on.
YEARS_CONFIDENCE = 0.9
ROWS_CONFIDENCE = 0.7


@dataclass(frozen=True)
class _Row:
    """A row: its name, the header above that, the heading it stands under, its columns' headers."""

    name: Segment
    kind: str
    group: str
    columns: tuple[Segment, ...]


@dataclass(frozen=True, eq=False)
class _Table:
    """The rows with a name that a passage has of a table, and the words before and in it."""

    source: HitReading
    rows: tuple[_Row, ...]
    before: str
    words: str

    def has_headers_of(self, other: "_Table") -> bool:
        """Tell whether both are parts of one table."""
        return self is other or not self._headers.isdisjoint(other._headers)

    @property
    def _headers(self) -> set[tuple[str, int]]:
        id = self.source.passage.document_id
        return {(id, column.start) for row in self.rows for column in row.columns}

    def fit(self, terms: frozenset[str]) -> float:
        """Return the share of terms in and before the table, and that before it, in [0, 2]."""
        if not terms:
            return 1.0
        before = terms & set(content_terms(self.before))
        within = terms & set(content_terms(self.words))
        return (len(before | within) + len(before)) / len(terms)


def with_table_parts(question: str, choice: Choice, hits: Sequence[Hit]) -> Choice:
    """Return the years or the rows of a table in place of a choice, where these are asked for.

    A sure answer that stands in no table stays.
    """
    asks_years = bool(YEARS_ASKED.search(question))
    if not asks_years and not (ROWS_ASKED.search(question) or NAMES_ASKED.search(question)):
        return choice
    best = choice.findings.spans[:1]
    is_in_table = any(row_around(span.passage, span.start) for span in best)
    if choice.confidence >= SURE and not is_in_table:
        return choice
    parts = table_parts(question, hits)
    confidence = YEARS_CONFIDENCE if asks_years else ROWS_CONFIDENCE
    return Choice(Form.LIST, choice.findings, tuple(parts), {}, confidence) if parts else choice


def table_parts(question: str, hits: Sequence[Hit]) -> list[AnswerSpan]:
    """Return the years or the names of rows that a question asks for, in text order.

    They are of the table that has most of the question's terms in it and before it, the first of
    these in the order of retrieval, and of all its passages among the hits; [] where none has
    enough of them.
    """
    named = NAMES_ASKED.search(question)
    terms = naming_terms(question[named.start("names") :] if named else question)
    tables: list[_Table] = []
    for rank, hit in enumerate(hits):
        tables += _tables_of(HitReading.unread(hit, rank))
    best: tuple[float, list[AnswerSpan]] | None = None
    for table in tables:
        fit = table.fit(terms)
        if fit < LEAST_SHARE or (best and fit <= best[0]):
            continue
        same = [other for other in tables if other.has_headers_of(table)]
        same.sort(key=lambda other: other.source.passage.start)
        rows = [row for other in same for row in other.rows]
        spans = _spans(_parts_asked(question, terms, rows), same)
        if spans:
            best = fit, spans
    return best[1] if best else []


def _tables_of(source: HitReading) -> Iterator[_Table]:
    """Yield the tables of a passage that have rows with a name."""
    passage = source.passage
    before = f"{passage.heading} {passage.lead}"
    pieces: list[Segment] = []
    for segment in (*passage.segments, Segment(BLOCK_GAP)):
        if segment.is_cell or BLOCK_GAP not in segment.text:
            pieces.append(segment)
            continue
        rows = tuple(_rows_of(pieces))
        if rows:
            words = " ".join(piece.text for piece in pieces)
            yield _Table(source, rows, before, words)
        before = f"{passage.heading} {segment.text.rstrip()[-INTRODUCTION:]}"
        pieces = []


def _rows_of(pieces: Sequence[Segment]) -> Iterator[_Row]:
    """Yield the rows of a table that have a name and a cell beside it."""
    row: list[Segment] = []
    for segment in (*pieces, Segment("\n")):
        if segment.is_cell or "\n" not in segment.text:
            row.append(segment)
            continue
        parts = parts_of_row(row)
        has_name = any(segment.text == ": " and segment.start < 0 for segment in row)
        row = []
        if has_name and len(parts) > 1:
            named = parts[0]
            is_grouped = len(named) > 2 and named[1].text == ", " and named[1].start < 0
            kind = named[-3].text if len(named) > 2 and named[-2].text == " " else ""
            columns = [each for part in parts[1:] for each in part[:-1] if each.is_cell]
            yield _Row(named[-1], kind, named[0].text if is_grouped else "", tuple(columns))


def _spans(parts: Iterable[Segment], tables: Sequence[_Table]) -> list[AnswerSpan]:
    """Return the places of parts of a table, each in the first passage that holds it."""
    places = [(part.start, part.start + len(part.text)) for part in parts]
    spans = spans_at(places, [table.source for table in tables])
    return sorted(spans, key=lambda span: span.document_start)


def _parts_asked(question: str, terms: frozenset[str], rows: Sequence[_Row]) -> list[Segment]:
    """Return the headers or the names of rows that a question asks for."""
    columns = _distinct(column for row in rows for column in row.columns)
    if YEARS_ASKED.search(question):
        return _years(columns) or _distinct(
            row.name for row in rows if _is_year(row.name, LONGEST_NAME)
        )
    asked = ROWS_ASKED.search(question)
    if not asked:
        return _distinct(row.name for row in _rows_named(question, rows))
    kind = set(content_terms(asked["kind"] or asked["part"]))
    of_kind = [column for column in columns if kind & set(content_terms(column.text))]
    if len(of_kind) > 1:
        return of_kind
    return _distinct(row.name for row in _rows_asked(terms, rows))


def _rows_named(question: str, rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows whose names have the header that a question asks for, and nothing else of."""
    asked = NAMES_ASKED.search(question)
    kind = set(content_terms(asked["names"])) if asked else set()
    named = [row for row in rows if kind and set(content_terms(row.kind)) == kind]
    said = set(content_terms(question))
    for column in (column for row in named for column in row.columns):
        header = set(content_terms(column.text))
        if header and header <= said:
            return []  # "Which funds have a level 1 value?"
    return [row for row in named if not TOTAL.search(row.name.text)]


def _years(columns: Sequence[Segment]) -> list[Segment]:
    """Return the headers that give a year, or else a period."""
    years = [column for column in columns if _is_year(column)]
    single = [year for year in years if not is_of_change(year.text)]
    return single or years or [column for column in columns if PERIOD.search(column.text)]


def _is_year(part: Segment, longest: int = LONGEST_YEAR) -> bool:
    return len(part.text) <= longest and bool(YEAR_WITHIN.search(part.text))


def _rows_asked(terms: frozenset[str], rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows above the whole that a question names, those under a heading, or all."""
    for at, row in enumerate(rows):
        name = set(content_terms(KIND_OF_WHOLE.sub("", row.name.text)))
        is_whole = name == terms or (len(name) > 1 and name <= terms)
        above = _rows_above(rows, at)
        if is_whole and above:
            return above
    named = {row.group: frozenset(content_terms(row.group)) for row in rows if row.group}
    named = {group: own for group, own in named.items() if own <= terms}
    whole = [group for group in named if not any(named[group] < own for own in named.values())]
    chosen = [row for row in rows if row.group in whole] or rows
    return [row for row in chosen if not TOTAL.search(row.name.text)]


def _rows_above(rows: Sequence[_Row], at: int) -> list[_Row]:
    """Return the rows above one, up to the total or the heading before it."""
    above: list[_Row] = []
    for row in reversed(rows[:at]):
        if TOTAL.search(row.name.text) or row.group != rows[at - 1].group:
            break
        above.insert(0, row)
    return above


def _distinct(parts: Iterable[Segment]) -> list[Segment]:
    """Return segments in their order, each words once."""
    distinct: dict[str, Segment] = {}
    for part in parts:
        if part.start >= 0:
            distinct.setdefault(part.text, part)
    return list(distinct.values())
