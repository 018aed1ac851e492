"""Gather what reading the hits of one question came to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inquote.app.answering.forms import Form
from inquote.app.answering.lists import TextList
from inquote.app.answering.spans import AnswerSpan, HitReading, rank_spans
from inquote.index.retrieval.search import Hit

Place = tuple[str, int, int]
"""The id of a document, and a range of it."""


@dataclass(frozen=True)
class Followed:
    """What a turn that asks for more leaves out, and the form in which it wants the rest."""

    without: tuple[Place, ...] = ()
    form: Form | None = None


@dataclass(frozen=True, eq=False)
class Findings:
    """The readings, candidate spans and lists of one question.

    - `readings`: in the order of their best spans; those without a span come last.
    - `spans`: the candidates for the answer, best first.
    - `lists`: the lists of the passages that were read, in text order.
    - `unread`: the hits that were not read, in the order of retrieval.
    """

    readings: tuple[HitReading, ...]
    spans: tuple[AnswerSpan, ...]
    lists: tuple[TextList, ...] = ()
    unread: tuple[Hit, ...] = ()

    @classmethod
    def gather(
        cls,
        readings: Sequence[HitReading],
        retrieval_weight: float,
        lists: Sequence[TextList] = (),
        unread: Sequence[Hit] = (),
    ) -> "Findings":
        """Rank the readings by their spans, and the spans by their scores.

        Spans of equal scores come in the new order of the readings and in that of the text.
        """
        spans = rank_spans(readings, retrieval_weight)
        sources = [span.source for span in spans]
        places: dict[HitReading, int] = {}
        for reading in [*sources, *readings]:
            places.setdefault(reading, len(places))
        spans.sort(key=lambda span: (-span.score, places[span.source]))
        return cls(tuple(places), tuple(spans), tuple(lists), tuple(unread))

    def without(self, places: Sequence[Place]) -> "Findings":
        """Return the findings without the spans that touch a place."""
        if not places:
            return self
        kept = [span for span in self.spans if not _touches(span, places)]
        return replace(self, spans=tuple(kept))

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Return all hits: those read in the order of their best spans, then those not read."""
        return (*(reading.hit for reading in self.readings), *self.unread)

    @property
    def best(self) -> AnswerSpan:
        """Return the best span; there must be one."""
        return self.spans[0]

    @property
    def list_around_best(self) -> TextList | None:
        """Return the list that the best span stands in or introduces."""
        for text_list in self.lists:
            for piece in text_list.pieces:
                if piece.touches(self.best):
                    return text_list
        return None


def _touches(span: AnswerSpan, places: Sequence[Place]) -> bool:
    for document_id, start, end in places:
        is_there = span.passage.document_id == document_id
        if is_there and span.document_start < end and start < span.document_end:
            return True
    return False
