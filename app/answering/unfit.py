"""Leave out the spans of sentences that cannot tell what is asked.

These are orders to the reader ("Download our report"), the same question in a text, and, where a
question asks for what is so, sentences on what may come: "approved for" is not "studied in". No
price tells how much something carries, and no sentence what an acronym stands for but one with
its words. What stands before "approved for" is not what something is approved for, and "cells and
antibodies" names no antibody. A factory is no headquarters. A row of a table of contents tells on
which page something stands, and a telephone number has digits.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from inquote.app.answering.acronyms import acronym_asked, tells_expansion
from inquote.app.answering.definitions import around_stranded
from inquote.app.language.forms import (
    ASKS_FOR_WEIGHT,
    ASKS_WHAT_IS_SO,
    MAY_COME,
    MONEY,
    SAYS_WHAT_IS_SO,
)
from inquote.app.language.phrases import BESIDE_AFTER, BESIDE_BEFORE, CLASS_ASKED
from inquote.app.language.written import (
    ASKS_FOR_PLACE,
    ROW_OF_CONTENTS,
    TOLD_WITH,
    WRITTEN_AS,
)
from inquote.app.reader.base import Reading, Span
from inquote.index.terms import content_terms
from inquote.ingest.advertising import is_call_to_action
from inquote.ingest.documents import Passage
from inquote.ingest.text import Range, sentence_ranges, touching

BESIDE = 120  # characters before and behind a sentence that may say what its place is
LONGEST_ECHO = 15  # words of the same question in a text; a longer one tells something besides


def without_unfit(question: str, passage: Passage, reading: Reading) -> Reading:
    """Return a reading without the spans, the evidence and the members in unfit places.

    A sentence stays evidence where only words of it are unfit.
    """
    unfit = list(_unfit(question, passage))
    words = [*unfit, *_beside_kind(question, passage)]
    before = [before for before, _ in around_stranded(question, passage)]
    written = [how for asked, how in WRITTEN_AS if asked.search(question)]
    if not words and not before and not written:
        return reading

    def fitting(spans: Sequence[Span]) -> tuple[Span, ...]:
        outside = _outside(spans, words)
        outside = tuple(span for span in outside if not _is_within(span, before))
        text = passage.text
        return tuple(
            s for s in outside if all(how.search(text[s.start : s.end]) for how in written)
        )

    return replace(
        reading,
        spans=fitting(reading.spans),
        evidence=_outside(reading.evidence, unfit),
        members=fitting(reading.members),
    )


def _outside(spans: Sequence[Span], unfit: Sequence[Range]) -> tuple[Span, ...]:
    return tuple(span for span in spans if not touching(unfit, span.start, span.end))


def _is_within(span: Span, ranges: Sequence[Range]) -> bool:
    return any(start <= span.start and span.end <= end for start, end in ranges)


def _unfit(question: str, passage: Passage) -> Iterator[Range]:
    """Yield the sentences and prices of a passage that cannot tell what is asked."""
    if ASKS_FOR_WEIGHT.search(question):
        yield from (price.span() for price in MONEY.finditer(passage.text))
    if not ASKS_FOR_PLACE.search(question):
        yield from (row.span() for row in ROW_OF_CONTENTS.finditer(passage.text))
    yield from _of_other_places(question, passage)
    acronym = acronym_asked(question)
    is_acronym = len(acronym) > 1 and acronym[:2].isupper()
    if is_acronym and not tells_expansion(acronym, passage.text[: passage.body]):
        yield 0, passage.body
    asks_what_is_so = bool(ASKS_WHAT_IS_SO.search(question)) and not MAY_COME.search(question)
    for start, end in sentence_ranges(passage.text, passage.body):
        sentence = passage.text[start:end]
        is_hope = asks_what_is_so and MAY_COME.search(sentence)
        if is_acronym and not tells_expansion(acronym, sentence):
            yield start, end
        elif sentence.endswith("?"):
            if _asks_the_same(sentence, question):
                yield start, end
        elif is_call_to_action(sentence):
            if set(content_terms(question)).isdisjoint(content_terms(sentence.split()[0])):
                yield start, end
        elif is_hope and not SAYS_WHAT_IS_SO.search(sentence):
            yield start, end


def _of_other_places(question: str, passage: Passage) -> Iterator[Range]:
    """Yield the sentences that do not say of a place that it is the one asked for."""
    told = [words for asked, words in TOLD_WITH if asked.search(question)]
    for start, end in sentence_ranges(passage.text, passage.body) if told else ():
        around = passage.text[max(0, start - BESIDE) : end + BESIDE]
        if not all(words.search(around) for words in told):
            yield start, end


def _beside_kind(question: str, passage: Passage) -> Iterator[Range]:
    """Yield the things that stand beside the kind of things that a question asks for."""
    asked = CLASS_ASKED.match(question)
    if not asked:
        return
    text = passage.text
    for kind in re.finditer(rf"\b{re.escape(asked['things'])}\b", text, re.IGNORECASE):
        before = BESIDE_BEFORE.search(text, max(0, kind.start() - 100), kind.start())
        after = BESIDE_AFTER.match(text[kind.end() : kind.end() + 100])
        if before:
            yield before.span("item")
        if after:
            yield kind.end() + after.start("item"), kind.end() + after.end("item")


def _asks_the_same(sentence: str, question: str) -> bool:
    """Tell whether a short sentence that asks something has most of the stems of a question."""
    if len(sentence.split()) > LONGEST_ECHO:
        return False
    asked = set(content_terms(question))
    shared = asked & set(content_terms(sentence))
    return len(shared) > 1 and 2 * len(shared) >= len(asked)
