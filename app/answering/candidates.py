"""Draw questions from a document, by templates over its headings and sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inquote.app.language.english import (
    ABBREVIATION,
    ABBREVIATION_QUESTION,
    ARTICLES,
    COMPOUND_TITLE,
    PLURAL_ENDING,
    POSSESSIVE_TITLE,
    SENTENCE_QUESTIONS,
    TITLE_QUESTION,
)
from inquote.ingest.documents import Document, visible_ranges
from inquote.ingest.text import sentence_ranges, touching

_LONGEST_TITLE = 59  # characters of a heading that makes a question
_LONG_TEXT = 5_000  # characters; of a longer one, an abbreviation has to be used
_USES = 3  # of an abbreviation in a long text
_BESIDE = (
    "note",
    "caption",
    "header",
    "footer",
    "cell",
    "row",
    "table",
    "comment",
    "field",
    "code",
)


@dataclass(frozen=True)
class Candidate:
    """A question that a document may answer from its `text[start:end]`."""

    question: str
    document_id: str
    start: int
    end: int


def candidates_of(document: Document) -> Iterator[Candidate]:
    """Yield the questions that a document may answer, each once.

    >>> text = "The OPTiM trial was a study."
    >>> [candidate.question for candidate in candidates_of(Document("a", "A", "", text, ""))]
    ['What was the OPTiM trial?']
    """
    seen: set[str] = set()
    for question, start, end in _questions_of(document):
        if question not in seen:
            seen.add(question)
            yield Candidate(question, document.id, start, end)


def _questions_of(document: Document) -> Iterator[tuple[str, int, int]]:
    """Yield the questions of headings, then of sentences, with the ranges that may answer them."""
    for section in document.sections:
        for question in _questions_from_heading(section.title):
            yield question, section.start, section.end
    beside = [(block.start, block.end) for block in document.blocks if block.kind in _BESIDE]
    for visible in visible_ranges(len(document.text), document.hidden):
        for start, end in sentence_ranges(document.text, *visible):
            if touching(beside, start, end):
                continue  # what stands beside the text says little of what it is about
            for question in _questions_from_sentence(document.text[start:end], document.text):
                yield question, start, end


def _questions_from_heading(title: str) -> Iterator[str]:
    """Yield the questions that a heading asks or makes.

    >>> list(_questions_from_heading("The Otter's Diet"))
    ["What is The Otter's diet?"]
    """
    if title.endswith("?"):
        yield title.rsplit(": ", 1)[-1]
    possessive = POSSESSIVE_TITLE.match(title)
    if possessive and len(title) <= _LONGEST_TITLE and COMPOUND_TITLE not in title:
        owner, owned = possessive.groups()
        first = owned[0].lower() if owned[:2].istitle() else owned[0]
        yield TITLE_QUESTION.format(owner=owner, owned=first + owned[1:].lower())


def _questions_from_sentence(sentence: str, text: str = "") -> Iterator[str]:
    """Yield the questions that the templates make of a sentence of `text`.

    >>> list(_questions_from_sentence("Developed by Amgen, IMLYGIC is new."))
    ['Who developed IMLYGIC?']
    >>> list(_questions_from_sentence("It reached a Durable Response Rate (DRR) of 16%."))
    ['What does DRR stand for?', 'What was the durable response rate?']
    """
    for long, short in ABBREVIATION.findall(sentence):
        if _abbreviates(short, long) and _is_used(short, text):
            yield ABBREVIATION_QUESTION.format(short=short)
    for pattern, template in SENTENCE_QUESTIONS:
        match = pattern.search(sentence)
        if match:
            words = {name: group.lower() for name, group in match.groupdict().items()}
            # A subject that begins the sentence may be a name: it keeps its capitals.
            if pattern.pattern.startswith("^"):
                words["subject"] = _within_sentence(match["subject"], text)
                if not _names_something(words["subject"]):
                    continue
            yield template.format(**words)


def _abbreviates(short: str, long: str) -> bool:
    """Tell whether the initials of some words end with an abbreviation, which may be a plural."""
    initials = "".join(word[0] for word in re.split("[ -]", long) if word).upper()
    return initials.endswith(short.rstrip(PLURAL_ENDING).replace("-", ""))


def _is_used(short: str, text: str) -> bool:
    """Tell whether an abbreviation matters to a text: a short one, or one that uses it often."""
    return len(text) < _LONG_TEXT or text.count(short) >= _USES


def _names_something(subject: str) -> bool:
    """Tell whether a subject is a name or more than one word, so that a question of it says what.

    >>> _names_something("the air"), _names_something("the OPTiM trial"), _names_something("Tern")
    (False, True, True)
    """
    words = subject.removeprefix("the ").removeprefix("a ").removeprefix("an ").split()
    return len(words) > 1 or any(word != word.lower() for word in words)


def _within_sentence(subject: str, text: str) -> str:
    """Return the subject that begins a sentence as it stands within one.

    Its first word loses the capital if it is an article, or stands without a capital in `text`.

    >>> _within_sentence("Wave buoys", "Later wave buoys came.")
    'wave buoys'
    >>> _within_sentence("The Tern", ""), _within_sentence("Tern", "")
    ('the Tern', 'Tern')
    """
    first, *rest = subject.split(" ", 1)
    in_lower_case = re.escape(first.lower())
    if first in ARTICLES or re.search(rf"\b{in_lower_case}\b", text):
        first = first.lower()
    return " ".join([first, *rest])
