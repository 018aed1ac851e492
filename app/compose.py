"""Readings to the spans of an answer: which, how many, in which order."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from app.lists import NUMBERS, list_around
from app.reader.base import Reading
from app.spans import Chosen, same_place
from index.search import Hit
from ingest.sentences import block_ranges, sentence_ranges

MOST_SENTENCES = 3
WEAK_EVIDENCE = 0.5  # below this, an explanation goes on to the sentences that follow
SENTENCE_MARGIN = 1.0  # a further sentence is taken while its evidence score is this near to the best one's

EXTENT_MARGIN = 1.0  # a longer extent of the best span is taken while its score is this near
SURE_SCORE = 4.0  # below this the sentence is given, not the span (both chosen in eval/LOG.md)

_AUXILIARY = r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|might)"
_YES_NO = re.compile(rf"^{_AUXILIARY}(?:n't)?\b(?!.*\bor\b)", re.IGNORECASE)
_SHORT_HOW = re.compile(r"^how (?:many|much|long|old|often|far|large|big|high|tall|deep|fast|soon|late|early)\b", re.I)
_LIST = re.compile(
    r"^(?:(?:please )?(?:list|name|enumerate)\b"
    r"|(?:what|which)\b(?: \w+)? (?:are|were) (?:the|some|all|its|their|\w+'s|\w+’s)\b)"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|several|main|key|different|various|all) (?:\w+ )?"
    r"(?:factors|reasons|steps|types|kinds|ways|parts|items|points|drivers|causes|rules|members|stages|things)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"^(?:(?:what|which|who) (?:are|were)|name|list|give)(?: me)?(?: all)? (?:the|its|their|\w+['’]s) (?:\w+ )?"
    rf"(?P<count>{'|'.join(NUMBERS[2:])}|\d\d?)\b",
    re.IGNORECASE,
)
_EXPLAIN = re.compile(
    r"^(?:how|why|explain|describe|summari[sz]e|define|tell me|give me an overview|what (?:happens|does .* (?:do|mean))"
    r")\b"
    r"|\b(?:mechanism|definition|meaning of|mean by|summary|overview|purpose of|reasons? (?:for|why)|work\?)",
    re.IGNORECASE,
)
_DEFINITION = re.compile(r"^what(?: exactly)? (?:is|are)(?: an?)? [^?]{2,60}\??$|^who (?:is|are|was)\b", re.IGNORECASE)
_ASKS = re.compile(rf"\b(?:who|whom|whose|what|which|when|where|how|why|name|{_AUXILIARY[3:-1]})\b", re.IGNORECASE)
_OF = re.compile(r"\b(?:of|for|in|by|with|percentage|rate|number|name|year|date)\b", re.IGNORECASE)


class Form(Enum):
    """What kind of text answers a question."""

    SHORT = "short span"
    SENTENCES = "sentences"
    EXPLANATION = "explanation"
    LIST = "list"


def form_of(question: str) -> Form:
    """The form of answer that a question asks for, told from its words.

    >>> form_of("How does it work?"), form_of("How many patients?"), form_of("What are the five key factors?")
    (<Form.EXPLANATION: 'explanation'>, <Form.SHORT: 'short span'>, <Form.LIST: 'list'>)
    """
    if _SHORT_HOW.search(question):
        return Form.SHORT
    if _LIST.search(question):
        return Form.LIST
    if _EXPLAIN.search(question):
        return Form.EXPLANATION
    definition = _DEFINITION.search(question) and not _OF.search(question)
    if definition or not _ASKS.search(question) or _YES_NO.search(question):
        return Form.SENTENCES
    return Form.SHORT


def asked_count(question: str) -> int | None:
    """How many things a question says that it asks for.

    >>> asked_count("What are the two parts of the plan?"), asked_count("What are the parts of the 2 plans?")
    (2, None)
    """
    counted = _COUNTED.search(question)
    if not counted:
        return None
    said = counted["count"].lower()
    return int(said) if said.isdigit() else NUMBERS.index(said)


def compose(
    form: Form,
    hits: Sequence[Hit],
    readings: Sequence[Reading],
    spans: Sequence[Chosen],
    most: int | None = None,
) -> list[Chosen]:
    """The spans of the answer; the first of `spans` is the reader's best. Best passage first, in text order within.

    A list is given with all its items where it is the best span, or where a list of at most `most` items is asked for.
    """
    if not spans:
        return []
    best = spans[0]
    around = list_around(hits, best)
    if around and ((form is Form.LIST and around.fits(most)) or around.has_piece(best)):
        return [replace(item, score=best.score) for item in around.items]
    if form is Form.SHORT:
        return [_short(hits[best.hit].passage.text, spans)]
    chosen = _sentences(hits, readings, best)
    if form is Form.EXPLANATION and len(chosen) == 1 and _evidence_of(readings, chosen[0]) < WEAK_EVIDENCE:
        chosen += _following(hits[best.hit].passage.text, chosen[0])
    return chosen


def _short(text: str, spans: Sequence[Chosen]) -> Chosen:
    """The best span at the longest of its extents that score about alike; its sentence where the score is low.

    So "oncologists" becomes "oncologists and patients", and a reader that is unsure shows the words around as well.
    """
    best = spans[0]
    extents = [s for s in spans if s.hit == best.hit and s.start <= best.start and best.end <= s.end]
    longest = max((s for s in extents if s.score >= best.score - EXTENT_MARGIN), key=lambda s: s.end - s.start)
    if best.score >= SURE_SCORE:
        return longest
    touched = [(a, b) for a, b in sentence_ranges(text) if a < longest.end and longest.start < b]
    return Chosen(best.hit, touched[0][0], touched[-1][1], longest.score) if touched else longest


def _sentences(hits: Sequence[Hit], readings: Sequence[Reading], best: Chosen) -> list[Chosen]:
    """The sentence of the best span, and the sentences that support an answer about as well."""
    evidence = [
        Chosen(at, span.start, span.end, span.score - reading.none_score)
        for at, reading in enumerate(readings)
        for span in reading.evidence
    ]
    own = [span for span in evidence if span.hit == best.hit and span.start < best.end and best.start < span.end]
    if not own:
        return [best]
    floor = max(span.score for span in own) - SENTENCE_MARGIN
    others = sorted(
        (s for s in evidence if s not in own and s.score >= max(floor, 0.0)), key=lambda s: (-s.score, s.hit, s.start)
    )
    chosen = list(own)
    for other in others:
        if len(chosen) < MOST_SENTENCES and not any(same_place(hits, other, one) for one in chosen):
            chosen.append(other)
    return sorted(chosen, key=lambda span: (span.hit != best.hit, span.hit, span.start))


def _evidence_of(readings: Sequence[Reading], sentence: Chosen) -> float:
    """How firmly the reader says that a sentence supports an answer."""
    evidence = readings[sentence.hit].evidence
    return max((s.score for s in evidence if (s.start, s.end) == (sentence.start, sentence.end)), default=math.inf)


def _following(text: str, sentence: Chosen) -> list[Chosen]:
    """The sentences that go on from one in its block: what explains little by itself often opens an explanation."""
    block = next((b for b in block_ranges(text) if b[0] <= sentence.start < b[1]), (0, 0))
    after = [(start, end) for start, end in sentence_ranges(text, *block) if start >= sentence.end]
    return [Chosen(sentence.hit, *place, sentence.score) for place in after[: MOST_SENTENCES - 1]]
