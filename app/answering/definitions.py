"""Prefer the places that tell what is asked for, and the version above what changed in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from inquote.app.language.english import ANY_PREPOSITION, compile_words
from inquote.app.language.forms import (
    DEFINES,
    MONEY,
    VERSION,
    VERSION_HEADING,
    VERSION_QUESTION,
    WHAT_IS,
)
from inquote.app.language.phrases import STRANDED
from inquote.app.language.written import PRICE_ASKED
from inquote.app.reader.base import Span
from inquote.index.terms import content_terms
from inquote.ingest.documents import Passage
from inquote.ingest.text import Range, sentence_ranges, touching

TELLING_SCORE = 3.0  # of a span where the text says what is asked for in the question's own words
PRICE_SCORE = 6.0  # of a price beside the name of what is priced, which no verb joins


def weigh_told(question: str, passage: Passage, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return spans best first, those raised that stand where a passage tells what is asked for.

    That is a sentence that defines it, or what follows the words that the question ends with:
    "approved for", or a price beside what is priced. Other questions, and passages without such a
    place, leave the spans as they are.
    """
    places, prices = list(_told(question, passage)), list(_prices(question, passage))
    if not places and not prices:
        return tuple(spans)
    weighed = []
    for span in spans:
        if touching(places, span.start, span.end):
            span = replace(span, score=span.score + TELLING_SCORE)
        elif touching(prices, span.start, span.end):
            span = replace(span, score=span.score + PRICE_SCORE)
        weighed.append(span)
    return tuple(sorted(weighed, key=lambda span: (-span.score, span.start, span.end)))


def is_told_in(question: str, passage: Passage) -> bool:
    """Tell whether a passage has a place that tells what is asked for, as `weigh_told` finds it."""
    return any(True for _ in _told(question, passage))


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


def _told(question: str, passage: Passage) -> Iterator[Range]:
    """Yield the places of a passage that tell what a question asks for."""
    asked = WHAT_IS.match(question)
    if asked:
        pattern = re.compile(DEFINES.format(thing=re.escape(asked["thing"])), re.IGNORECASE)
        for start, end in sentence_ranges(passage.text, passage.body):
            if pattern.match(passage.text, start, end):
                yield start, end
    yield from (after for _, after in around_stranded(question, passage) if after[0] < after[1])


def _prices(question: str, passage: Passage) -> Iterator[Range]:
    """Yield the prices in the sentences that name the thing whose price is asked for."""
    asked = PRICE_ASKED.match(question)
    thing = set(content_terms(asked["thing"] or asked["priced"])) if asked else set()
    for start, end in sentence_ranges(passage.text) if thing else ():
        if thing <= set(content_terms(passage.text[start:end])):
            yield from (price.span() for price in MONEY.finditer(passage.text, start, end))


def around_stranded(question: str, passage: Passage) -> Iterator[tuple[Range, Range]]:
    """Yield what stands before and after the words that a question ends with, in their sentences.

    What something is "approved for" follows these words, or "approved only for", and does not stand
    in a sentence on an "approved therapy": all of that is before them.
    """
    asked = STRANDED.search(question)
    if not asked:
        return
    verb, text = asked["verb"], passage.text
    words = compile_words(rf"\b{verb} (?:\w{{1,20}} ){{0,2}}{asked['preposition']}\b")
    before_noun = compile_words(rf"\b{verb} (?!(?:{ANY_PREPOSITION}|and|or|that)\b)[a-z]")
    for start, end in sentence_ranges(text, passage.body):
        found = words.search(text, start, end)
        if found:
            yield (start, found.end()), (found.end(), end)
        elif before_noun.search(text, start, end):
            yield (start, end), (end, end)
