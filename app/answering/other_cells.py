"""Leave out the cells of another year, or of another row, than a question names."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from inquote.app.answering.cells import ReadCell, read_rows
from inquote.app.answering.names import names_in
from inquote.app.language.headers import (
    ASKS_FOR_SHARE,
    OF_SEVERAL_TIMES,
    SHARE,
    is_of_change,
)
from inquote.app.reader.base import Reading, Span
from inquote.index.terms import content_terms
from inquote.ingest.documents import Passage
from inquote.ingest.values import YEAR_WITHIN, is_value

_OF_TIME = {"fiscal", "year"}  # terms of headers that say nothing of what stands below them


def without_other_cells(question: str, passage: Passage, reading: Reading) -> Reading:
    """Return a reading without the values that are of another year or row than a question names.

    The fare from Port Orme to Tolsay is not one that stands beside "Port Orme - Marram".
    """
    other = {cell.start - passage.start for cell in _other_cells(question, passage)}
    if not other:
        return reading

    def own(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(span for span in spans if span.start not in other)

    return replace(reading, spans=own(reading.spans), members=own(reading.members))


def _other_cells(question: str, passage: Passage) -> Iterator[ReadCell]:
    """Yield these values; none for a question on several times or rows, or on a change."""
    rows = list(read_rows(passage))
    yield from _shares_beside_amounts(question, rows)
    is_of_several = bool(OF_SEVERAL_TIMES.search(question)) or is_of_change(question)
    years = set() if is_of_several else set(YEAR_WITHIN.findall(question))
    named = [] if is_of_several else _names_of_rows(question, rows)
    for cell in chain(*rows) if years or named else ():
        if is_value(cell.words) and (_is_of_other_year(cell, years) or _is_beside(cell, named)):
            yield cell


def _shares_beside_amounts(question: str, rows: Iterable[list[ReadCell]]) -> Iterator[ReadCell]:
    """Yield the shares and changes that stand beside an amount, for a question for no such thing.

    Those under a header that the question names stay.
    """
    if ASKS_FOR_SHARE.search(question) or is_of_change(question):
        return
    asked = set(content_terms(question))
    for row in rows:
        values = [cell for cell in row if cell.row and is_value(cell.words)]
        aside = [cell for cell in values if SHARE.search(cell.words) or is_of_change(cell.column)]
        for cell in aside if len(aside) < len(values) else ():
            named = asked & set(content_terms(YEAR_WITHIN.sub(" ", cell.column)))
            if named <= _OF_TIME:
                yield cell


def _is_of_other_year(cell: ReadCell, years: set[str]) -> bool:
    """Tell whether a cell stands under another year, and the year asked for not in its row.

    Where no header has a year, the one before the table is that of all its cells.
    """
    above = set(YEAR_WITHIN.findall(cell.column))
    around = YEAR_WITHIN.findall(" ".join((cell.row, *cell.names)))
    if not above and not around:
        before = set(YEAR_WITHIN.findall(cell.before))
        above = before if len(before) == 1 else above
    return bool(years and above) and years.isdisjoint(above) and years.isdisjoint(around)


def _names_of_rows(question: str, rows: list[list[ReadCell]]) -> list[set[str]]:
    """Return the terms of each name of a question that the first cell of a row has."""
    first = [set(content_terms(row[0].words)) for row in rows if len(row) > 1]
    named = [set(content_terms(name)) for name in names_in(question)]
    return [name for name in named if name and any(name <= terms for terms in first)]


def _is_beside(cell: ReadCell, named: list[set[str]]) -> bool:
    """Tell whether neither a cell's row nor its column has one of the names of rows."""
    around = set(content_terms(" ".join((cell.row, cell.column, *cell.names))))
    return bool(cell.row) and any(not name <= around for name in named)
