"""Gather what reading the hits of one question came to."""

from collections.abc import Sequence
from dataclasses import dataclass

from inquote.app.answering.lists import TextList
from inquote.app.answering.spans import AnswerSpan, HitReading, rank_spans
from inquote.index.retrieval.search import Hit


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
        with_span = dict.fromkeys(span.source for span in spans)
        without_span = [reading for reading in readings if reading not in with_span]
        ranked = (*with_span, *without_span)
        place = {reading: number for number, reading in enumerate(ranked)}
        spans.sort(key=lambda span: (-span.score, place[span.source]))
        return cls(ranked, tuple(spans), tuple(lists), tuple(unread))

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
            if any(piece.touches(self.best) for piece in text_list.pieces):
                return text_list
        return None
