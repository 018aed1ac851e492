"""Answer from the fields at the head of an e-mail: the value of the field that is asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from inquote.app.language.mail import ASKED_FIELDS, SUBJECT_QUESTION
from inquote.app.reader.base import Reading, Span
from inquote.ingest.documents import Passage
from inquote.ingest.english import MAIL_FIELDS
from inquote.ingest.text import block_ranges

ASKED_SCORE = 6.0  # of the value that is asked for, over all else that the passage says


@dataclass(frozen=True)
class _Field:
    """A field of a passage: its label, where that starts, and the range of its value."""

    label: str
    start: int
    value: tuple[int, int]


def read_mail(question: str, passage: Passage, reading: Reading) -> Reading:
    """Return the reading of a passage with the fields of an e-mail taken for what they are.

    A label never answers: its value takes its place. The value that the question asks for, and so
    the subject, comes first.
    """
    fields = list(_fields_of(passage))
    if not fields:
        return reading
    spans = [_at_value(span, fields) for span in reading.spans]
    members = tuple(_at_value(member, fields) for member in reading.members)
    asked = _asked_range(question, passage, fields)
    if asked is not None:
        best = max([reading.none_score, *(span.score for span in spans)])
        spans = [span for span in spans if (span.start, span.end) != asked]
        spans.insert(0, Span(*asked, best + ASKED_SCORE))
        members = ()
    spans.sort(key=lambda span: (-span.score, span.start, span.end))
    return replace(reading, spans=tuple(spans), members=members)


def is_field_value(passage: Passage, start: int, end: int) -> bool:
    """Tell whether a range of a passage is the value of a field of an e-mail."""
    return any(field.value == (start, end) for field in _fields_of(passage))


def _fields_of(passage: Passage) -> Iterator[_Field]:
    """Yield the fields of e-mails that a passage reads, each in three segments."""
    segments = passage.segments
    for label, words, value in zip(segments, segments[1:], segments[2:], strict=False):
        if words.start < 0 and MAIL_FIELDS.get(label.text) == words.text:
            start = value.start - passage.start + value.text.index(" ") + 1
            end = value.start - passage.start + len(value.text)
            yield _Field(label.text, label.start - passage.start, (start, end))


def _at_value(span: Span, fields: Sequence[_Field]) -> Span:
    """Return a span, at the value of a field where it lies in the field's label."""
    for field in fields:
        if field.start <= span.start and span.end <= field.value[0]:
            return replace(span, start=field.value[0], end=field.value[1])
    return span


def _asked_range(
    question: str, passage: Passage, fields: Sequence[_Field]
) -> tuple[int, int] | None:
    """Return the range that a question for a field or the subject asks for, None for another."""
    if SUBJECT_QUESTION.search(question):
        headings = block_ranges(passage.text, 0, min(passage.body, fields[0].start))
        return headings[-1] if headings else None
    for pattern, labels in ASKED_FIELDS:
        if pattern.search(question):
            values = {field.label: field.value for field in reversed(fields)}
            return next((values[label] for label in labels if label in values), None)
    return None
