"""Leave out the spans of sentences that cannot tell what is asked.

These are orders to the reader ("Download our report"), the same question in a text, and, where a
question asks for what is so, sentences on what may come: "approved for" is not "studied in". No
price tells how much something carries, and no sentence what an acronym stands for but one with
its words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inquote.app.answering.acronyms import acronym_asked, tells_expansion
from inquote.app.language.forms import (
    ASKS_FOR_WEIGHT,
    ASKS_WHAT_IS_SO,
    MAY_COME,
    MONEY,
    SAYS_WHAT_IS_SO,
)
from inquote.app.reader.base import Reading, Span
from inquote.index.terms import content_terms
from inquote.ingest.advertising import is_call_to_action
from inquote.ingest.documents import Passage
from inquote.ingest.text import Range, sentence_ranges, touching

LONGEST_ECHO = 15  # words of the same question in a text; a longer one tells something besides


def without_unfit(question: str, passage: Passage, reading: Reading) -> Reading:
    """Return a reading without the spans, the evidence and the members in unfit places."""
    unfit = list(_unfit(question, passage))
    if not unfit:
        return reading
    return replace(
        reading,
        spans=_outside(reading.spans, unfit),
        evidence=_outside(reading.evidence, unfit),
        members=_outside(reading.members, unfit),
    )


def _outside(spans: Sequence[Span], unfit: Sequence[Range]) -> tuple[Span, ...]:
    return tuple(span for span in spans if not touching(unfit, span.start, span.end))


def _unfit(question: str, passage: Passage) -> Iterator[Range]:
    """Yield the sentences and prices of a passage that cannot tell what is asked."""
    if ASKS_FOR_WEIGHT.search(question):
        yield from (price.span() for price in MONEY.finditer(passage.text))
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


def _asks_the_same(sentence: str, question: str) -> bool:
    """Tell whether a short sentence that asks something has most of the stems of a question."""
    if len(sentence.split()) > LONGEST_ECHO:
        return False
    asked = set(content_terms(question))
    shared = asked & set(content_terms(sentence))
    return len(shared) > 1 and 2 * len(shared) >= len(asked)
