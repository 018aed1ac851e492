"""Make training pairs of questions on tables, read as the reader meets them in a library.

The file is JSON: `tables`, rows of strings by id; `paragraphs`, by the same id, those that stand
before the table; `questions`, each with `id`, `table`, `question`, `answers`, and `cells`, a list
of [row, column]. A question that its table does not answer has no cells.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from inquote.app.training.json_files import read_json_file
from inquote.app.training.pairs import Group, Pair
from inquote.app.training.squad import SquadError
from inquote.app.training.typed_questions import imitate_typing
from inquote.index.terms import content_terms
from inquote.ingest.chunk import chunk
from inquote.ingest.documents import Document, Passage, sections_of
from inquote.ingest.formats.builder import TableCell, TextBuilder
from inquote.ingest.grid import read_grids
from inquote.ingest.text import Range

WINDOW = 256  # tokens of a passage, at most, as the packaged embedder has them
MADE_QUESTIONS = 3  # that are made from the headers of a table, each time it is seen
_MARKED = 0.7  # share of the tables whose first row is marked as headers
_ABSENT = 0.25  # share of the made questions that ask for a column that is not there
_RIVALS = 2  # passages of the same document beside the one that answers, at most
_OTHER_YEARS = (2007, 2011, 2012, 2013, 2022, 2024, 2025)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_TEMPLATES = (
    "What was the {row} in {column}?",
    "What is the {column} of {row}?",
    "How much was {row} in {column}?",
    "What is the {column} for {row}?",
    "{row} {column}",
    "What were {row} for {column}?",
)

CountTokens = Callable[[str], int]


@dataclass(frozen=True)
class TableQuestion:
    """A question on a table; `cells` are the places, (row, column), of the cells that answer."""

    text: str
    cells: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Table:
    """A table with the paragraphs before it and the questions on it."""

    id: str
    rows: tuple[tuple[str, ...], ...]
    paragraphs: tuple[str, ...]
    questions: tuple[TableQuestion, ...]

    def groups(self, seed: int, count_tokens: CountTokens) -> list[Group]:
        """Return the groups of all questions; the same seed gives the same groups."""
        rng = random.Random(f"{seed} {self.id}")
        document = self._document(is_marked=rng.random() < _MARKED)
        passages = chunk(document, count_tokens, WINDOW).passages
        cells = _cells(document)
        made = _made_questions(document, rng)
        groups = []
        for question in [*self.questions, *made]:
            places = [cells[place] for place in question.cells if place in cells]
            if len(places) == len(question.cells):
                groups.append(_group(question.text, places, passages, rng))
        return groups

    def _document(self, *, is_marked: bool) -> Document:
        """Return a document with the paragraphs and the table."""
        builder = TextBuilder()
        for paragraph in self.paragraphs:
            builder.block(paragraph)
        rows = []
        for number, row in enumerate(self.rows):
            is_header = is_marked and number == 0
            rows.append(
                [TableCell(text, at, is_header=is_header) for at, text in enumerate(row)],
            )
        builder.table(rows)
        parsed = builder.parsed()
        sections = sections_of(parsed.text, parsed.blocks)
        return Document(self.id, "", "", parsed.text, "", sections, blocks=parsed.blocks)


def read_tables(path: Path) -> list[Table]:
    """Return the tables of a file; raise `SquadError` if it is not in the layout."""

    def complain(error: Exception) -> SquadError:
        return SquadError(
            f"{path} cannot be read as questions on tables ({error!r}); give one in the layout of "
            "written_questions/tables.json."
        )

    return read_json_file(path, _tables, complain)


def _tables(stored: dict[str, Any]) -> list[Table]:
    questions: dict[str, list[TableQuestion]] = {}
    for item in stored["questions"]:
        cells = tuple((row, column) for row, column in item["cells"])
        questions.setdefault(item["table"], []).append(TableQuestion(item["question"], cells))
    tables = []
    for id, rows in stored["tables"].items():
        paragraphs = tuple(stored.get("paragraphs", {}).get(id, ()))
        cells_of_rows = tuple(tuple(row) for row in rows)
        tables.append(Table(id, cells_of_rows, paragraphs, tuple(questions.get(id, ()))))
    return tables


def _cells(document: Document) -> dict[tuple[int, int], Range]:
    """Return the range of each cell with text, by (row, column)."""
    cells = {}
    for block in document.blocks:
        if block.kind == "cell" and block.start < block.end:
            cells[block.row, block.column] = block.start, block.end
    return cells


def _made_questions(document: Document, rng: random.Random) -> list[TableQuestion]:
    """Make questions from the headers of cells drawn at random."""
    named = _named_cells(document)
    questions = []
    for cell in rng.sample(named, min(MADE_QUESTIONS, len(named))):
        column = cell.column
        cells: tuple[tuple[int, int], ...] = (cell.place,)
        if rng.random() < _ABSENT:
            column = _absent(column, document.text, rng)
            cells = ()
        if column:
            text = rng.choice(_TEMPLATES).format(row=cell.row, column=column)
            questions.append(TableQuestion(text, cells))
    return questions


class _NamedCell(NamedTuple):
    """The place of a cell, and the words of its headers in its row and its column."""

    place: tuple[int, int]
    row: str
    column: str


def _named_cells(document: Document) -> list[_NamedCell]:
    """Return the cells that have headers both in their row and in their column."""
    named = []
    for grid in read_grids(document):
        for number, row in enumerate(grid.rows):
            for cell in row.cells:
                headers = grid.headers_of(number, cell)
                if cell.column and headers.rows and headers.columns:
                    ranges = (headers.rows, headers.columns)
                    words = [_words(document.text, each) for each in ranges]
                    named.append(_NamedCell((cell.row, cell.column), *words))
    return named


def _words(text: str, ranges: Sequence[Range]) -> str:
    return " ".join(" ".join(text[start:end].split()).strip(":") for start, end in ranges)


def _absent(column: str, text: str, rng: random.Random) -> str:
    """Return the words of a column with a year that stands nowhere in the text, "" for none."""
    years = [str(year) for year in _OTHER_YEARS if str(year) not in text]
    if not years or not _YEAR.search(column):
        return ""
    return _YEAR.sub(rng.choice(years), column)


def _group(
    question: str, places: Sequence[Range], passages: Sequence[Passage], rng: random.Random
) -> Group:
    """Return the pairs of a question: the passage that answers, then some that do not."""
    typed = imitate_typing(question, rng)
    pairs = []
    for passage in passages:
        inside = _read_ranges(passage, places)
        pairs.append(_pair(typed, passage, inside))
    answering = [pair for pair in pairs if pair.start is not None]
    others = [pair for pair in pairs if pair.start is None]
    words = set(content_terms(question))
    others.sort(key=lambda pair: -len(words & set(content_terms(pair.text))))
    if places and answering:
        first = max(answering, key=lambda pair: len(pair.members))
        return (first, *others[:_RIVALS])
    return (others[0],) if others else ()


def _pair(question: str, passage: Passage, places: Sequence[Range]) -> Pair:
    heading = ": ".join(filter(None, (passage.outer_heading, passage.lead)))
    text = passage.read_text
    if not places:
        return Pair(question, heading, text, is_new=True)
    members = tuple(places) if len(places) > 1 else ()
    start, end = places[0][0], places[-1][1]
    return Pair(question, heading, text, start, end, members, is_whole=False, is_new=True)


def _read_ranges(passage: Passage, places: Sequence[Range]) -> list[Range]:
    """Return where cells are read in a passage, in the order read."""
    wanted = {start for start, _ in places}
    ranges = []
    at = 0
    for segment in passage.segments:
        if segment.is_cell and segment.start in wanted and passage.start <= segment.start:
            ranges.append((at, at + len(segment.text)))
            wanted.discard(segment.start)
        at += len(segment.text)
    return ranges
