"""Find the cells that answer together: of the columns, or of the rows, that a question names."""

import re
from collections.abc import Iterable

from inquote.app.answering.cells import ReadCell, read_rows
from inquote.app.language.headers import EACH_TIME, SEVERAL, is_of_change
from inquote.index.terms import content_terms
from inquote.ingest.documents import Passage
from inquote.ingest.text import Range
from inquote.ingest.values import IN_BRACKETS, YEAR_WITHIN, is_value

MOST_NAMED = 4  # cells of a row that a question names by their columns

_MAY = re.compile(r"\bMay\b")


def cells_together(question: str, passage: Passage, start: int) -> list[Range]:
    """Return the values that answer with the one at `start`, each a range of the passage's text.

    They stand in the rows that a question for several names, or else in its row under the columns
    that the question names. In text order; [] where `start` is no value, or none is named.
    """
    return _of_named_rows(question, passage, start) or named_cells(question, passage, start)


def _of_named_rows(question: str, passage: Passage, start: int) -> list[Range]:
    """Return the values under the same headers in two or more rows that a question names whole."""
    if not SEVERAL.search(question):
        return []
    place = passage.start + start
    asked = set(content_terms(question))
    named: dict[frozenset[str], list[ReadCell]] = {}  # values, by the terms of their row's name
    own: ReadCell | None = None
    for row in read_rows(passage):
        name = frozenset(content_terms(row[0].words)) if row and not row[0].row else frozenset()
        values = [cell for cell in row[1:] if is_value(cell.words)]
        if name and name <= asked and values:
            named.setdefault(name, values)
            own = next((cell for cell in values if cell.start == place), own)
    named = {name: row for name, row in named.items() if not any(name < other for other in named)}
    if own is None or len(named) < 2:
        return []
    cells = [cell for row in named.values() for cell in row if cell.column == own.column]
    return _places(cells, passage) if len(cells) > 1 else []


def named_cells(question: str, passage: Passage, start: int) -> list[Range]:
    """Return the values in the row of the value at `start` whose columns a question names.

    "In 2018 and 2019" names two; each is a range of the passage's text, in text order. Columns
    whose headers have fewer of the words that tell columns apart are not asked for. [] where the
    question has none of these words, where `start` is no value, and where more than `MOST_NAMED`
    are named.
    """
    place = passage.start + start
    cells = _cells_like(passage, place)
    if len(cells) < 2:
        return []
    if EACH_TIME.search(question):
        cells = [cell for cell in cells if YEAR_WITHIN.search(cell.column)]
        return _places(cells, passage) if any(cell.start == place for cell in cells) else []
    # Find the words that tell the columns apart, and those that the question has.
    if not is_of_change(question):
        cells = [cell for cell in cells if not is_of_change(cell.column)] or cells
    headers = [_header_terms(cell.column) for cell in cells]
    telling = frozenset.union(*headers) - frozenset.intersection(*headers)
    asked = [telling & _header_terms(question) & terms for terms in headers]
    # Of the columns with the same words of the question take one, that of `start` before another.
    chosen: dict[frozenset[str], ReadCell] = {}
    for cell, terms in zip(cells, asked, strict=True):
        if terms and not any(terms < other for other in asked):
            chosen[terms] = cell if cell.start == place else chosen.get(terms, cell)
    return _places(chosen.values(), passage) if len(chosen) <= MOST_NAMED else []


def _places(cells: Iterable[ReadCell], passage: Passage) -> list[Range]:
    """Return the ranges of cells in a passage's text, in text order."""
    places = sorted((cell.start - passage.start, len(cell.words)) for cell in cells)
    return [(start, start + length) for start, length in places]


def _cells_like(passage: Passage, place: int) -> list[ReadCell]:
    """Return the values, or dates, of a row that holds one at a place of the document, else []."""
    for row in read_rows(passage):
        for cell in row:
            kind = _kind(cell.words)
            if kind and cell.start <= place < cell.start + len(cell.words):
                return [other for other in row if _kind(other.words) == kind]
    return []


def _kind(words: str) -> str:
    """Return "value" or "date" of a cell's words, "" for others."""
    if is_value(words):
        return "value"
    return "date" if YEAR_WITHIN.search(words) else ""


def _header_terms(text: str) -> frozenset[str]:
    """Return the terms of a header or a question without brackets, which hold units.

    "May" is a month where it has its capital.
    """
    text = IN_BRACKETS.sub(" ", text)
    return frozenset(content_terms(text)) | frozenset(map(str.lower, _MAY.findall(text)))
