"""Readings to the spans of an answer: which, how many, in which order."""

import math
from collections.abc import Sequence
from dataclasses import replace

from inquote.app.answering.forms import Form
from inquote.app.answering.lists import list_around
from inquote.app.answering.spans import Chosen, same_place
from inquote.app.reader.base import Reading
from inquote.index.retrieval.search import Hit
from inquote.ingest.text import block_ranges, sentence_ranges

MOST_SENTENCES = 3
WEAK_EVIDENCE = 0.5  # below this, an explanation goes on to the sentences that follow
SENTENCE_MARGIN = (
    1.0  # a further sentence is taken while its evidence score is this near to the best one's
)

EXTENT_MARGIN = 1.0  # a longer extent of the best span is taken while its score is this near
SURE_SCORE = 4.0  # below this the sentence is given, not the span (both chosen in eval/LOG.md)


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
    if (
        form is Form.EXPLANATION
        and len(chosen) == 1
        and _evidence_of(readings, chosen[0]) < WEAK_EVIDENCE
    ):
        chosen += _following(hits[best.hit].passage.text, chosen[0])
    return chosen


def _short(text: str, spans: Sequence[Chosen]) -> Chosen:
    """The best span at the longest of its extents that score about alike; its sentence where the score is low.

    So "oncologists" becomes "oncologists and patients", and a reader that is unsure shows the words around as well.
    """
    best = spans[0]
    extents = [
        s for s in spans if s.hit == best.hit and s.start <= best.start and best.end <= s.end
    ]
    longest = max(
        (s for s in extents if s.score >= best.score - EXTENT_MARGIN), key=lambda s: s.end - s.start
    )
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
    own = [
        span
        for span in evidence
        if span.hit == best.hit and span.start < best.end and best.start < span.end
    ]
    if not own:
        return [best]
    floor = max(span.score for span in own) - SENTENCE_MARGIN
    others = sorted(
        (s for s in evidence if s not in own and s.score >= max(floor, 0.0)),
        key=lambda s: (-s.score, s.hit, s.start),
    )
    chosen = list(own)
    for other in others:
        if len(chosen) < MOST_SENTENCES and not any(same_place(hits, other, one) for one in chosen):
            chosen.append(other)
    return sorted(chosen, key=lambda span: (span.hit != best.hit, span.hit, span.start))


def _evidence_of(readings: Sequence[Reading], sentence: Chosen) -> float:
    """How firmly the reader says that a sentence supports an answer."""
    evidence = readings[sentence.hit].evidence
    return max(
        (s.score for s in evidence if (s.start, s.end) == (sentence.start, sentence.end)),
        default=math.inf,
    )


def _following(text: str, sentence: Chosen) -> list[Chosen]:
    """The sentences that go on from one in its block: what explains little by itself often opens an explanation."""
    block = next((b for b in block_ranges(text) if b[0] <= sentence.start < b[1]), (0, 0))
    after = [(start, end) for start, end in sentence_ranges(text, *block) if start >= sentence.end]
    return [Chosen(sentence.hit, *place, sentence.score) for place in after[: MOST_SENTENCES - 1]]
