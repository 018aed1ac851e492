"""Draw questions from a document: what a person would ask first comes first.

Titles, headings and fields give questions, then definitions, labels and sentences; the kinds take
turns. What cells of tables and sections say is asked last.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from inquote.app.answering.drawing import Drawn, from_cells, from_sentence, from_terms
from inquote.app.language.suggesting import (
    ARTICLES,
    ASKED_TITLE,
    COMPOUND_TITLE,
    HEADING_QUESTIONS,
    LABEL_QUESTIONS,
    LABELLED,
    MAIL_QUESTIONS,
    NAME_QUESTION,
    NAMED_TITLE,
    OPTIONAL,
    POSSESSIVE_ENDING,
    POSSESSIVE_TITLE,
    SECTION_NUMBER,
    SECTION_QUESTION,
    SECTION_TITLE,
    TITLE_OVERVIEW,
    TITLE_QUESTION,
)
from inquote.ingest.documents import Document, Section, visible_ranges
from inquote.ingest.english import MAIL_FIELDS, MAIL_SENDERS
from inquote.ingest.text import Range, sentence_ranges, touching
from inquote.ingest.titles import says_something

_LONGEST_TITLE = 59  # characters of a heading that makes a question
_LONGEST_LINE = 140  # characters of a line that is a label and its value
_LINES = ("paragraph", "field", "item", "cell")
_USES = 3  # of a title that is the name of a thing
_MOST_ALIKE = 2  # questions of one template
_MOST_SECTIONS = 3  # of which it is asked what they say
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
    for question, start, end in _drawn(document):
        if question not in seen:
            seen.add(question)
            yield Candidate(question, document.id, start, end)


def _drawn(document: Document) -> Iterator[Drawn]:
    """Yield the questions of all kinds, one of each in turns; cells and sections at the end."""
    kinds = (
        _from_mail(document),
        _from_headings(document),
        from_terms(document.text),
        _from_labels(document),
        _from_sentences(document),
    )
    yield from filter(None, chain.from_iterable(zip_longest(*kinds)))
    is_mail = any(block.label == MAIL_SENDERS[0] for block in document.blocks)
    is_named = document.title.casefold() in document.text.casefold()
    if _can_be_asked(document.title) and is_named and not is_mail:
        yield TITLE_OVERVIEW.format(title=document.title), 0, len(document.text)
    yield from from_cells(document)
    yield from islice(_from_sections(document), _MOST_SECTIONS)


def _can_be_asked(title: str) -> bool:
    """Tell whether a question can name a document by its title: in words that say something."""
    return bool(ASKED_TITLE.fullmatch(title)) and not title.isupper() and says_something(title)


def _with_title(template: str, document: Document, **words: str) -> str | None:
    """Return a question with the document's title, or without it where the template allows."""
    if _can_be_asked(document.title):
        return OPTIONAL.sub(r"\1", template).format(title=document.title, **words)
    without = OPTIONAL.sub("", template)
    return None if "{title}" in without else without.format(**words)


def _from_mail(document: Document) -> Iterator[Drawn]:
    """Yield the questions that the fields at the head of an e-mail answer."""
    fields = {block.label: block for block in reversed(document.blocks) if block.kind == "field"}
    for label, template in MAIL_QUESTIONS:
        if label in fields and MAIL_SENDERS[0] in fields:
            place = fields[label]
            yield template.format(title=document.title), place.start, place.end


def _from_headings(document: Document) -> Iterator[Drawn]:
    """Yield the questions that headings ask or make, with their sections; first what a title names.

    Of headings alike, such as those of versions, `_MOST_ALIKE` make one.
    """
    title = document.title
    first = document.sections[0].title if document.sections else ""
    if title == first and NAMED_TITLE.fullmatch(title) and document.text.count(title) >= _USES:
        yield NAME_QUESTION.format(title=title), 0, len(document.text)
    alike: dict[str, int] = {}
    for section in document.sections:
        for template, question in _from_heading(section.title, document):
            alike[template] = alike.get(template, 0) + 1
            if alike[template] <= _MOST_ALIKE or not template:
                yield question, section.start, section.end


def _from_heading(heading: str, document: Document) -> Iterator[tuple[str, str]]:
    """Yield the questions that a heading asks or makes, each behind its template.

    The template is "" where the question is the heading's own.

    >>> list(_from_heading("The Otter's Diet", Document("a", "A", "", "", "")))
    [('', "What is The Otter's diet?")]
    """
    title = SECTION_NUMBER.sub("", heading).rstrip(" :.")
    if title.endswith("?"):
        yield "", title.rsplit(": ", 1)[-1]
    possessive = POSSESSIVE_TITLE.match(title)
    is_short = len(title) <= _LONGEST_TITLE and COMPOUND_TITLE not in title
    if possessive and is_short and _is_spoken_of(possessive[1], document.text):
        owner, owned = possessive.groups()
        first = owned[0].lower() if owned[:2].istitle() else owned[0]
        yield "", TITLE_QUESTION.format(owner=owner, owned=first + owned[1:].lower())
    for pattern, template in HEADING_QUESTIONS:
        match = pattern.fullmatch(title)
        question = _with_title(template, document, **match.groupdict()) if match else None
        if question:
            yield template, question


def _is_spoken_of(owner: str, text: str) -> bool:
    """Tell whether the owner in a heading is one: with an article, one word, or named elsewhere.

    "Maximize Revere" of "Maximize Revere's value" is not, for it begins with a verb.
    """
    if owner.split()[0] in ARTICLES or " " not in owner:
        return True
    named = re.escape(POSSESSIVE_ENDING.sub("", owner))
    return bool(re.search(rf"\b{named}\b(?![’'])", text))


def _from_labels(document: Document) -> Iterator[Drawn]:
    """Yield the questions that lines like "Salary Range: 32,534" answer."""
    for block in document.blocks:
        line = document.text[block.start : min(block.end, block.start + _LONGEST_LINE)]
        match = LABELLED.match(line) if block.kind in _LINES else None
        if match and match["label"] not in MAIL_FIELDS and match["label"] not in document.title:
            for question in _from_label(match["label"], document):
                yield question, block.start, block.end


def _from_label(label: str, document: Document) -> Iterator[str]:
    """Yield the questions that the value behind a label answers."""
    lowered = label if label.isupper() and " " not in label else label.lower()
    for pattern, template in LABEL_QUESTIONS:
        question = _with_title(template, document, label=lowered)
        if question and pattern.search(label):
            yield question


def _from_sentences(document: Document) -> Iterator[Drawn]:
    """Yield the questions of sentences: about what the title and headings name, then what is used.

    Of a template no more than `_MOST_ALIKE` are made.
    """
    named = " ".join([document.title, *(section.title for section in document.sections)]).lower()
    made: dict[str, list[tuple[bool, int, Drawn]]] = {}
    for start, end in _sentences_of(document):
        for question in from_sentence(document.text[start:end], document.text):
            first, last = question.answer
            drawn = question.text, start + first, start + last
            uses = document.text.count(question.subject)
            is_named = question.subject.lower() in named
            made.setdefault(question.template, []).append((is_named, uses, drawn))
    for questions in made.values():
        questions.sort(key=lambda item: (-item[0], -item[1]))
    kept = chain.from_iterable(questions[:_MOST_ALIKE] for questions in made.values())
    for _, _, drawn in sorted(kept, key=lambda item: -item[0]):
        yield drawn


def _sentences_of(document: Document) -> Iterator[Range]:
    """Yield the sentences that a reader sees in the text itself, not beside it."""
    beside = [(block.start, block.end) for block in document.blocks if block.kind in _BESIDE]
    for visible in visible_ranges(len(document.text), document.hidden):
        for start, end in sentence_ranges(document.text, *visible):
            if not touching(beside, start, end):
                yield start, end


def _from_sections(document: Document) -> Iterator[Drawn]:
    """Yield what may be asked of sections whose titles say something, the longest first."""
    sections = [each for each in document.sections if _can_be_named(each, document)]
    for section in sorted(sections, key=lambda section: section.start - section.end):
        title = SECTION_NUMBER.sub("", section.title)
        yield SECTION_QUESTION.format(section=title), section.start, section.end


def _can_be_named(section: Section, document: Document) -> bool:
    """Tell whether a question can name a section, not the whole text, and its heading made none."""
    if any(_from_heading(section.title, document)):
        return False
    title = SECTION_NUMBER.sub("", section.title)
    is_part = section.start > 0 and title != document.title
    return is_part and bool(SECTION_TITLE.fullmatch(title)) and says_something(title)
