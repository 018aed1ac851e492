"""Prefer the sentence that says what something is, and the version above what changed in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from inquote.app.language.forms import DEFINES, VERSION, VERSION_HEADING, VERSION_QUESTION, WHAT_IS
from inquote.app.reader.base import Span
from inquote.ingest.documents import Passage
from inquote.ingest.text import Range, sentence_ranges, touching

DEFINING_SCORE = 3.0  # of a span in a sentence that says what the thing is


def weigh_definitions(question: str, passage: Passage, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return spans best first, those in a sentence that defines what is asked for raised.

    Other questions, and passages without such a sentence, leave the spans as they are.
    """
    asked = WHAT_IS.match(question)
    defining = list(_defining(asked["thing"], passage)) if asked else []
    if not defining:
        return tuple(spans)
    weighed = []
    for span in spans:
        if touching(defining, span.start, span.end):
            span = replace(span, score=span.score + DEFINING_SCORE)
        weighed.append(span)
    return tuple(sorted(weighed, key=lambda span: (-span.score, span.start, span.end)))


def is_defined_in(question: str, passage: Passage) -> bool:
    """Tell whether a passage has a sentence that says what the thing is that is asked for."""
    asked = WHAT_IS.match(question)
    return asked is not None and any(True for _ in _defining(asked["thing"], passage))


def name_version(question: str, passage: Passage, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return spans with the version above the best one before it, where that is asked for.

    Release notes name a version in a heading, and below it what changed.
    """
    if not spans or not VERSION_QUESTION.match(question):
        return tuple(spans)
    best = spans[0]
    above = list(VERSION_HEADING.finditer(passage.text, 0, best.start))
    if not above or VERSION.search(passage.text, best.start, best.end):
        return tuple(spans)
    return (Span(*above[-1].span(), best.score), *spans)


def _defining(thing: str, passage: Passage) -> Iterator[Range]:
    """Yield the sentences of a passage that begin with a thing and say what it is."""
    pattern = re.compile(DEFINES.format(thing=re.escape(thing)), re.IGNORECASE)
    for start, end in sentence_ranges(passage.text, passage.body):
        if pattern.match(passage.text, start, end):
            yield start, end
