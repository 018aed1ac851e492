"""Say what a cell of a table means: the row that it is read in, and the headers that explain it."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from inquote.app.language.headers import OF_ACCOUNTS, OF_THE_WHOLE, expected_headers
from inquote.app.reader.base import Span
from inquote.index.terms import content_terms
from inquote.ingest.documents import Document, Passage, Segment
from inquote.ingest.grid import grid_at
from inquote.ingest.text import BLOCK_GAP, Range
from inquote.ingest.values import is_value

HEADER_WEIGHT = 8.0  # of the fit of a cell's headers beside the reader's score
EXPECTED = 0.4  # more fit for a cell under a header that the question's first words ask for
ECHO = 0.25  # less fit for a cell that says no more than the question
WHOLE_NAME = 0.1  # more fit for a cell whose row's name stands whole in the question
UNASKED = 0.5  # less fit for a value of whose row's name the question says nothing
ACCOUNTS = 0.5  # more fit for a row that a question names in the accounts of the whole company
INTRODUCTION = 200  # characters before a table that say what it shows
ABOUT = 0.3  # more fit for a cell where all that its headers lack stands above its table


def row_around(passage: Passage, start: int) -> str:
    """Return the row of a table as models read it, around `passage.text[start]`.

    Around a header that is the first row that it explains. "" where there is no cell.
    """
    place = passage.start + start
    row: list[str] = []
    is_around = False
    for segment in passage.segments:
        if not segment.is_cell and "\n" in segment.text:
            if is_around:
                break
            row = []
        else:
            row.append(segment.text)
            begin = segment.start
            is_around |= segment.is_cell and begin <= place < begin + len(segment.text)
    return "".join(row) if is_around else ""


@dataclass(frozen=True)
class ReadCell:
    """A cell as it is read: its place in the document, its words, its headers, its row's header.

    `others` are the words of each other cell of its row with the headers of that one, `names` the
    words of those that are no values. `before` are the words before its table, its last ones.
    """

    start: int
    words: str
    column: str
    row: str
    others: tuple[str, ...]
    names: tuple[str, ...]
    before: str


def terms_of_cells(question: str, passages: Iterable[Passage]) -> frozenset[str]:
    """Return the terms of a question that stand in a row of a table of some passages."""
    terms = set(content_terms(question))
    known: set[str] = set()
    for passage in passages:
        if passage.segments:
            known |= terms & set(content_terms(passage.read_text))
    return frozenset(known)


def weigh_cells(
    question: str, terms: frozenset[str], passage: Passage, spans: Sequence[Span]
) -> tuple[Span, ...]:
    """Return spans best first, those in cells raised by how well their headers fit a question.

    `terms` are the question's that stand in rows of tables. A value fits by the words of its row
    and its column, and less where the question names another row. The name of a row fits by those
    of one cell of the row: the day on which "Gym closed".
    """
    fits = cell_fits(question, terms, passage, {span.start for span in spans})
    weighed = []
    for span in spans:
        score = span.score + HEADER_WEIGHT * fits.get(span.start, 0.0)
        weighed.append(replace(span, score=score))
    return tuple(sorted(weighed, key=lambda span: (-span.score, span.start, span.end)))


def cell_fits(
    question: str, terms: frozenset[str], passage: Passage, starts: Container[int] | None = None
) -> dict[int, float]:
    """Return how well the headers of a passage's cells fit a question, by the cells' offsets.

    With `starts` only cells at these offsets are told. `terms` are as in `weigh_cells`; without
    any, no cell fits.
    """
    cells = _cells_by_start(passage) if terms else {}
    naming = terms & _naming_terms(cell.row for cell in cells.values())
    asked = frozenset(content_terms(question))
    heading = asked & set(content_terms(passage.heading))
    is_of_accounts = bool(OF_ACCOUNTS.search(passage.heading))
    are_named = any(cell.row for cell in cells.values())
    expected = expected_headers(question)
    fits = {}
    for start, cell in cells.items():
        if starts is not None and start not in starts:
            continue
        fit = _fit(cell, terms) - _misfit(cell, naming) / len(terms)
        fit += WHOLE_NAME * _is_named_whole(cell, terms)
        fit += EXPECTED * (not expected.isdisjoint(content_terms(cell.column)))
        fit -= ECHO * _is_echo(cell, terms)
        if is_value(cell.words):
            fit -= UNASKED * (_unasked(cell, asked) if cell.row else are_named)
        fit += ACCOUNTS * (is_of_accounts and _is_asked(cell, asked))
        above = heading | (asked & set(content_terms(cell.before)))
        fits[start] = fit + ABOUT * len(above - _explaining(cell)) / len(asked)
    return fits


def has_rival(
    question: str, terms: frozenset[str], passage: Passage, start: int, others: Iterable[Passage]
) -> bool:
    """Tell whether other passages have a cell that fits a question as well as the one at `start`.

    There is none where no cell of `passage` stands there.
    """
    own = cell_fits(question, terms, passage, {start}).get(start)
    if own is None:
        return False
    return any(
        fit >= own
        for other in others
        if other.segments
        for fit in cell_fits(question, terms, other).values()
    )


def _is_echo(cell: ReadCell, terms: frozenset[str]) -> bool:
    """Tell whether a cell says no more than the question does."""
    return terms.issuperset(content_terms(cell.words))


def fitting_members(
    terms: frozenset[str], passage: Passage, members: Sequence[Span]
) -> tuple[Span, ...]:
    """Return members, of those in one row the ones whose headers fit a question best.

    `terms` are the question's: one that asks for 2020 gets no cell of 2019 beside it.
    """
    cells = _cells_by_start(passage)
    fits: dict[int, float] = {}  # by the member's start
    best: dict[str, float] = {}  # by the row's name
    for member in members:
        cell = cells.get(member.start)
        if cell is not None and cell.row and terms:
            fits[member.start] = _fit(cell, terms)
            best[cell.row] = max(best.get(cell.row, 0.0), fits[member.start])
    return tuple(
        member
        for member in members
        if member.start not in fits or fits[member.start] == best[cells[member.start].row]
    )


def _fit(cell: ReadCell, terms: frozenset[str]) -> float:
    """Return the share of a question's terms, in [0, 1], that explain a cell."""
    around = [cell.row, *cell.names] if cell.row else cell.others
    shares = []
    for words in around:
        shares.append(len(terms & set(content_terms(f"{words} {cell.column}"))) / len(terms))
    return max(shares, default=0.0)


def _is_named_whole(cell: ReadCell, terms: frozenset[str]) -> bool:
    """Tell whether a question has every term of a row's name, two or more."""
    name = set(content_terms(cell.names[0])) if cell.row and cell.names else set()
    return len(name) > 1 and name <= terms


def _unasked(cell: ReadCell, asked: frozenset[str]) -> float:
    """Return the share of a row's name, in [0, 1], that a question does not say.

    Of several names of a row, that is the one it says most of.
    """
    names = filter(None, map(_own_terms, cell.names))
    return min((len(name - asked) / len(name) for name in names), default=0.0)


def _is_asked(cell: ReadCell, asked: frozenset[str]) -> bool:
    """Tell whether a cell is a value, and the question says all of its row's name."""
    name = _own_terms(cell.names[0]) if cell.row and cell.names else frozenset[str]()
    return is_value(cell.words) and bool(name) and name <= asked


def _own_terms(name: str) -> frozenset[str]:
    """Return the terms of a row's name without units and words for the whole, such as "total"."""
    return frozenset(content_terms(OF_THE_WHOLE.sub(" ", name)))


def _explaining(cell: ReadCell) -> frozenset[str]:
    """Return the terms of a cell's row and column."""
    return frozenset(content_terms(f"{cell.row} {cell.column}"))


def _naming_terms(names: Iterable[str]) -> set[str]:
    """Return the terms that tell the rows of these names apart: some have them, others not."""
    rows = [set(content_terms(name)) for name in {*names} - {""}]
    if len(rows) < 2:
        return set()
    return rows[0].union(*rows) - rows[0].intersection(*rows)


def _misfit(cell: ReadCell, naming: frozenset[str]) -> int:
    """Return how many of the terms that name other rows explain a cell of a named row not."""
    if not cell.row:
        return 0
    return len(naming - set(content_terms(f"{cell.row} {cell.column}")))


def _cells_by_start(passage: Passage) -> dict[int, ReadCell]:
    """Map the offsets in a passage's text to the cells of the rows that its segments read."""
    return {cell.start - passage.start: cell for cell in chain(*read_rows(passage))}


def read_rows(passage: Passage) -> Iterator[list[ReadCell]]:
    """Yield the rows that a passage's segments read, each as its cells."""
    row: list[Segment] = []
    before = passage.lead
    for segment in (*passage.segments, Segment("\n")):
        if segment.is_cell or "\n" not in segment.text:
            row.append(segment)
            continue
        yield list(_cells_of_row(row, before))
        row = []
        if BLOCK_GAP in segment.text:
            before = segment.text.rpartition(BLOCK_GAP)[0].strip()[-INTRODUCTION:]


def parts_of_row(row: Sequence[Segment]) -> list[list[Segment]]:
    """Return the segments of each cell of a row: its headers, then the cell itself."""
    parts: list[list[Segment]] = [[]]
    for segment in row:
        if segment.text in (": ", "; ", ".") and segment.start < 0:
            parts.append([])
        else:
            parts[-1].append(segment)
    return [part for part in parts if part and part[-1].is_cell]


def _cells_of_row(row: Sequence[Segment], before: str) -> Iterator[ReadCell]:
    """Yield the cells of a row of a table that stands after the words `before`."""
    parts = parts_of_row(row)
    words = ["".join(segment.text for segment in part) for part in parts]
    texts = [part[-1].text for part in parts]
    has_name = any(segment.text == ": " and segment.start < 0 for segment in row)
    for number, part in enumerate(parts):
        is_name = has_name and number == 0
        column = "".join(segment.text for segment in part[:-1])
        name = words[0] if has_name and not is_name else ""
        others = (*words[:number], *words[number + 1 :])
        names = tuple(text for at, text in enumerate(texts) if at != number and not is_value(text))
        yield ReadCell(part[-1].start, part[-1].text, column, name, others, names, before)


def header_ranges(document: Document, start: int) -> Iterator[Range]:
    """Yield the ranges of the headers of the cell at an offset: of its row, then of its column."""
    place = grid_at(document, start)
    if place is None:
        return
    row, grid, number = place
    for cell in row.cells:
        if cell.start <= start < cell.end:
            headers = grid.headers_of(number, cell)
            yield from headers.rows
            yield from headers.columns
