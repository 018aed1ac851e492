"""Say how several documents answer one question: alike or not, how many, and the newest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from inquote.app.answering.dates import date_of
from inquote.app.answering.shelf import Shelf
from inquote.app.answering.spans import AnswerSpan, normalize_words
from inquote.index.retrieval.search import Hit
from inquote.index.terms import content_terms
from inquote.ingest.documents import Passage
from inquote.ingest.text import sentence_ranges, touching

MARGIN = 2.0  # by which the answer of another document may score less than the best
COVERAGE = 0.8  # share of the best answer's words of the question that the other's place must hold
LONGEST_VALUE = 5  # words; a longer answer is no value that could agree or differ

_FIGURE = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True)
class Agreement:
    """The answers of several documents: the groups of those that agree, the largest first."""

    groups: tuple[tuple[AnswerSpan, ...], ...]

    @property
    def spans(self) -> tuple[AnswerSpan, ...]:
        """Return all answers, group by group."""
        return tuple(span for group in self.groups for span in group)


def find_agreement(
    question: str, best: AnswerSpan, spans: Sequence[AnswerSpan], shelf: Shelf
) -> Agreement | None:
    """Return how the documents answer, None where only that of the best span does.

    Of each document the best span counts, where it answers about as surely as the best of all.
    """
    kept = {best.passage.document_id: best}
    words = _shared_words(question, best, shelf)
    for span in spans:
        id = span.passage.document_id
        is_sure = span.score > 0 and span.score >= best.score - MARGIN
        if id in kept or not is_sure or not _is_alike_in_kind(span, best):
            continue
        if _shared_words(question, span, shelf) >= COVERAGE * words:
            kept[id] = span
    if len(kept) == 1:
        return None
    groups: dict[str, list[AnswerSpan]] = {}
    for span in kept.values():
        groups.setdefault(_value_of(span), []).append(span)
    by_size = sorted(groups.values(), key=lambda group: -len(group))
    return Agreement(tuple(map(tuple, by_size)))


def promising_hits(question: str, best: AnswerSpan, hits: Sequence[Hit], shelf: Shelf) -> list[Hit]:
    """Return the hits in other documents that hold as many of the question's words as the best."""
    needed = COVERAGE * _shared_words(question, best, shelf)
    promising = []
    for hit in hits:
        passage = hit.passage
        is_other = passage.document_id != best.passage.document_id
        if is_other and _words_shared_with(question, passage.text, passage, shelf) >= needed:
            promising.append(hit)
    return promising


def is_value(span: AnswerSpan) -> bool:
    """Tell whether a span is short enough to agree with others or to differ."""
    return len(span.text.split()) <= LONGEST_VALUE


def is_figure(span: AnswerSpan) -> bool:
    """Tell whether a span is a value with a figure."""
    return is_value(span) and bool(_FIGURE.search(span.text))


def _is_alike_in_kind(span: AnswerSpan, other: AnswerSpan) -> bool:
    """Tell whether both are figures or both are words."""
    return bool(_FIGURE.search(span.text)) == bool(_FIGURE.search(other.text))


def _shared_words(question: str, span: AnswerSpan, shelf: Shelf) -> int:
    """Count the words of a question that stand at a span: in its sentence, headings, title."""
    passage = span.passage
    touched = touching(sentence_ranges(passage.text), span.start, span.end)
    sentences = " ".join(passage.text[start:end] for start, end in touched)
    return _words_shared_with(question, sentences, passage, shelf)


def _words_shared_with(question: str, text: str, passage: Passage, shelf: Shelf) -> int:
    """Count the words of a question that stand in a text of a passage, its headings, its title."""
    around = f"{text} {passage.heading} {shelf.document(passage.document_id).title}"
    return len(set(content_terms(question)) & set(content_terms(around)))


def _value_of(span: AnswerSpan) -> str:
    """Return what a span says, so that two that say the same are equal."""
    figures = _FIGURE.findall(span.text)
    if figures:
        return " ".join(figure.rstrip(".,").replace(",", "") for figure in figures)
    return normalize_words(span.text)


def agreement_sentence(agreement: Agreement, shelf: Shelf) -> str:
    """Say how many documents give which answer, and what the newest of them says.

    Values are told apart; longer answers are only counted.
    """
    groups = agreement.groups
    count = len(agreement.spans)
    if not all(is_value(group[0]) for group in groups):
        return f"{count} documents {'say the same' if len(groups) == 1 else 'answer this'}"
    clauses = []
    for place, group in enumerate(groups):
        noun = "" if place else (" document" if len(group) == 1 else " documents")
        verb = "says" if len(group) == 1 else "say"
        clauses.append(f"{len(group)}{noun} {verb} {_shown(group[0])}")
    sentence = ", ".join(clauses)
    newest = _newest(agreement.spans, shelf) if len(groups) > 1 else None
    if newest is None:
        return sentence
    span, date = newest
    title = shelf.document(span.passage.document_id).title
    return f"{sentence}; the newest, {title} ({date}), says {_shown(span)}"


def _shown(span: AnswerSpan) -> str:
    return " ".join(span.text.split())


def _newest(spans: Sequence[AnswerSpan], shelf: Shelf) -> tuple[AnswerSpan, str] | None:
    """Return the answer of the newest document and its date, where all have different dates."""
    dated = []
    for span in spans:
        date = date_of(shelf.document(span.passage.document_id))
        if date is None:
            return None
        dated.append((date, span))
    dates = [date for date, _ in dated]
    date, span = max(dated, key=lambda pair: pair[0])
    return (span, date) if dates.count(date) == 1 else None
