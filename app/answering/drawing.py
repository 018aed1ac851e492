"""Draw questions from the sentences, the defined terms and the tables of a text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inquote.app.language.english import PLURAL_ENDING
from inquote.app.language.suggesting import (
    ABBREVIATION,
    ABBREVIATION_QUESTION,
    ARTICLES,
    CELL_QUESTION,
    DEFINED_TERM,
    FORM_OF_ADDRESS,
    HEADER,
    SENTENCE_QUESTIONS,
    STANDS_FOR_OTHERS,
    TERM_QUESTION,
    YEAR,
    YEAR_QUESTION,
)
from inquote.ingest.documents import Document
from inquote.ingest.grid import Grid, read_grids
from inquote.ingest.text import Range

_LONG_TEXT = 5_000  # characters; of a longer one, a subject or abbreviation has to be used
_USES = 3  # of these in a long text
_ROWS_EACH = 2  # of a table of which is asked

Drawn = tuple[str, int, int]
"""A question, and the range of the text that may answer it."""


def from_terms(text: str) -> Iterator[Drawn]:
    """Yield what defined terms mean.

    >>> list(from_terms("“Services” means all work."))
    [('What does “Services” mean?', 0, 26)]
    """
    for match in DEFINED_TERM.finditer(text):
        end = text.find("\n", match.end())
        yield (
            TERM_QUESTION.format(term=match["term"]),
            match.start(),
            end if end >= 0 else len(text),
        )


def from_cells(document: Document) -> Iterator[Drawn]:
    """Yield questions for cells: of each table those of its first rows, in its last columns."""
    for grid in read_grids(document):
        yield from _of_grid(grid)


def _of_grid(grid: Grid) -> Iterator[Drawn]:
    """Yield questions for the last cell of the first rows that have a name and a number."""
    asked = 0
    for number, row in enumerate(grid.rows):
        if asked == _ROWS_EACH or len(row.cells) < 2:
            continue
        headers = grid.headers_of(number, row.cells[-1])
        names = [
            [grid.text[start:end] for start, end in side]
            for side in (headers.columns, headers.rows)
        ]
        question = _cell_question(*names) if re.search(r"\d", grid.words(row.cells[-1])) else None
        if question:
            asked += 1
            yield question, row.cells[-1].start, row.cells[-1].end


def _cell_question(columns: list[str], rows: list[str]) -> str | None:
    """Return a question for a cell, None unless words name its row and its column.

    >>> _cell_question(["2021"], ["Net sales"]), _cell_question(["Price"], ["Apples"])
    ('What was the net sales in 2021?', 'What is the price of Apples?')
    """
    if len(columns) != 1 or len(rows) != 1 or not HEADER.fullmatch(rows[0]):
        return None
    if YEAR.fullmatch(columns[0]):
        return YEAR_QUESTION.format(row=_lowered(rows[0]), column=columns[0])
    if HEADER.fullmatch(columns[0]):
        return CELL_QUESTION.format(column=_lowered(columns[0]), row=rows[0])
    return None


def _lowered(words: str) -> str:
    """Return words without the capitals that begin them, abbreviations as they are.

    >>> _lowered("Unit Price"), _lowered("CoLA score")
    ('unit price', 'CoLA score')
    """
    return " ".join(word.lower() if word.istitle() else word for word in words.split())


@dataclass(frozen=True)
class Question:
    """A question that a sentence makes: its template, what it is about, and what may answer it.

    `answer` is a range of the sentence.
    """

    text: str
    template: str
    subject: str
    answer: Range


def from_sentence(sentence: str, text: str = "") -> Iterator[Question]:
    """Yield the questions that the templates make of a sentence of `text`.

    >>> [question.text for question in from_sentence("Developed by Amgen, IMLYGIC is new.")]
    ['Who developed IMLYGIC?']
    >>> sentence = "It reached a Durable Response Rate (DRR) of 16%."
    >>> [question.text for question in from_sentence(sentence)]
    ['What does DRR stand for?', 'What was the durable response rate?']
    """
    whole = 0, len(sentence)
    for long, short in ABBREVIATION.findall(sentence):
        if _abbreviates(short, long) and _is_used(short, text):
            question = ABBREVIATION_QUESTION.format(short=short)
            yield Question(question, ABBREVIATION_QUESTION, short, whole)
    for pattern, template in SENTENCE_QUESTIONS:
        match = pattern.search(sentence)
        subject = _subject_of(match, text) if match else ""
        if not match or not subject:
            continue
        if template.startswith("What") and _is_a_person(subject, text):
            continue
        words = {name: group.lower() for name, group in match.groupdict().items()}
        answer = match.span("answer") if "answer" in words else whole
        question = template.format(**{**words, "subject": subject})
        yield Question(question, template, subject, answer)


def _subject_of(match: re.Match[str], text: str) -> str:
    """Return what a question is about, "" where that says too little or matters too little.

    A subject that begins the sentence or a clause, or is one word, may be a name: it keeps its
    capitals.
    """
    subject = match["subject"]
    if not _is_used(subject, text):
        return ""
    if not match.re.pattern.startswith("^"):
        return subject.lower() if " " in subject else subject
    within = _within_sentence(subject, text)
    return within if _names_something(within) else ""


def _abbreviates(short: str, long: str) -> bool:
    """Tell whether the initials of some words end with an abbreviation, which may be a plural."""
    initials = "".join(word[0] for word in re.split("[ -]", long) if word).upper()
    return initials.endswith(short.rstrip(PLURAL_ENDING).replace("-", ""))


def _is_used(words: str, text: str) -> bool:
    """Tell whether some words matter to a text: a short one, or one that uses them often."""
    if len(text) < _LONG_TEXT:
        return True
    for article in ARTICLES:
        words = words.removeprefix(f"{article} ")
    return text.lower().count(words.lower()) >= _USES


def _names_something(subject: str) -> bool:
    """Tell whether a subject is a name or more than one word, so that a question of it says what.

    >>> _names_something("the air"), _names_something("the OPTiM trial"), _names_something("Tern")
    (False, True, True)
    """
    words = subject.removeprefix("the ").removeprefix("a ").removeprefix("an ").split()
    if STANDS_FOR_OTHERS.intersection([words[-1].lower(), words[0].lower()]):
        return False
    return len(words) > 1 or any(word != word.lower() for word in words)


def _is_a_person(subject: str, text: str) -> bool:
    """Tell whether a text calls what bears the last word of a subject "Ms." or the like.

    >>> _is_a_person("Ada Moore", "Ms. Moore is a clerk."), _is_a_person("Blue Whale", "")
    (True, False)
    """
    last = re.escape(subject.rpartition(" ")[2])
    return bool(re.search(rf"{FORM_OF_ADDRESS} {last}\b", text))


def _within_sentence(subject: str, text: str) -> str:
    """Return the subject that begins a sentence as it stands within one.

    Its first word loses the capital if it is an article, or stands without a capital in `text`.

    >>> _within_sentence("Wave buoys", "Later wave buoys came.")
    'wave buoys'
    >>> _within_sentence("The Tern", ""), _within_sentence("Tern", "")
    ('the Tern', 'Tern')
    """
    first, *rest = subject.split(" ", 1)
    small = rf"(?<![\w./@-]){re.escape(first.lower())}(?![\w./@-])"
    if first in ARTICLES or 4 * len(re.findall(small, text)) > text.count(first):
        first = first.lower()
    return " ".join([first, *rest])
