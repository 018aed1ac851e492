"""The spans of all passages that were read, on one scale."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inquote.app.reader.base import Reading
from inquote.index.retrieval.search import Hit


@dataclass(frozen=True)
class Chosen:
    """A span of the answer: `hit` indexes the hits that were read, `start` and `end` the passage's text."""

    hit: int
    start: int
    end: int
    score: float


def best_spans(
    hits: Sequence[Hit], readings: Sequence[Reading], retrieval_weight: float
) -> list[Chosen]:
    """All spans of all passages, best first; the score is the reader's plus `retrieval_weight` times the hit's.

    Spans of the same words in several passages support one another. Equal scores come in the order of hits and of the
    text.
    """
    spans = [
        Chosen(
            at, span.start, span.end, span.score - reading.none_score + retrieval_weight * hit.score
        )
        for at, (hit, reading) in enumerate(zip(hits, readings, strict=True))
        for span in reading.spans
    ]
    return sorted(
        _supported(hits, spans), key=lambda span: (-span.score, span.hit, span.start, span.end)
    )


def _supported(hits: Sequence[Hit], spans: Sequence[Chosen]) -> list[Chosen]:
    """The spans, each raised by what its words score at other places: to the logarithm of the summed exponentials.

    Only spans that score over "none", which is 0, support and are supported; of each place the best counts.
    """
    places: dict[str, list[Chosen]] = {}
    words = [_words(hits[span.hit].passage.text[span.start : span.end]) for span in spans]
    for said, span in sorted(zip(words, spans, strict=True), key=lambda pair: -pair[1].score):
        others = places.setdefault(said, [])
        if span.score > 0 and not any(
            other.hit == span.hit or same_place(hits, other, span) for other in others
        ):
            others.append(span)
    raised = []
    for said, span in zip(words, spans, strict=True):
        others = places[said]
        gain = (
            math.log(sum(math.exp(other.score - others[0].score) for other in others))
            if others
            else 0.0
        )
        raised.append(replace(span, score=span.score + (gain if span.score > 0 else 0.0)))
    return raised


def _words(text: str) -> str:
    """A text without case and punctuation, to tell whether two spans say the same.

    >>> _words("Amgen, Inc.") == _words("amgen inc")
    True
    """
    return " ".join(re.findall(r"\w+", text.lower()))


def same_place(hits: Sequence[Hit], one: Chosen, other: Chosen) -> bool:
    """Whether two spans overlap in the document; neighbouring passages share a sentence."""
    first, second = hits[one.hit].passage, hits[other.hit].passage
    return (
        first.document_id == second.document_id
        and first.start + one.start < second.start + other.end
        and second.start + other.start < first.start + one.end
    )
