"""Hits to spans to an answer that is cited and calibrated, or a refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import zip_longest
from operator import attrgetter
from typing import Any

from inquote.app.answering.compose import compose
from inquote.app.answering.confidence import Calibration, features_of
from inquote.app.answering.forms import Form, form_of, requested_count
from inquote.app.answering.lists import with_lists
from inquote.app.answering.spans import Chosen, best_spans
from inquote.app.reader.base import Reader, Reading
from inquote.index.retrieval.search import Hit
from inquote.index.stores.local.library import Snapshot
from inquote.ingest.documents import Document
from inquote.ingest.errors import LibraryDamaged

READ_PASSAGES = 12
READ_FIRST = 5  # of these; the others are read where the first leave doubt


@dataclass(frozen=True)
class Citation:
    """A verbatim range of a document: `document.text[start:end] == quote`, checked when it is made.

    `passage_start` and `passage_end` are the range of the passage it was found in. `page` counts from 1, None for
    formats without pages.
    """

    document_id: str
    document_sha256: str
    title: str
    heading: str
    page: int | None
    start: int
    end: int
    quote: str
    passage_start: int
    passage_end: int

    def as_json(self) -> dict[str, Any]:
        """The citation in the contract's words."""
        fields = asdict(self)
        return {"document": fields.pop("document_id"), **fields}


@dataclass(frozen=True)
class Answer:
    """An answer made of the corpus's own words, or a refusal.

    `text` is None when refused, and then `citations` is empty; else it is the quotes of `citations`, joined with a
    space. `confidence` is in [0, 1]: the calibrated probability that the answer is right; for a refusal, that of the
    answer that was held back. `hits` are the passages considered, best first. `trace` says why. The times, in
    milliseconds, are all that differs between two runs of the same question; those by stage are not in the JSON.
    """

    question: str
    understood_as: str
    text: str | None
    confidence: float
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    trace: dict[str, Any]
    generation: int
    elapsed_ms: float = 0.0
    stages_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Of several questions asked at once, those that the corpus does not answer; () where there is no answer."""
        parts = self.trace.get("parts", []) if self.text is not None else []
        return tuple(part["question"] for part in parts if not part["answered"])

    def with_times(self, stages_ms: Mapping[str, float]) -> "Answer":
        """This answer with the times of its making."""
        return replace(
            self, stages_ms=dict(stages_ms), elapsed_ms=round(sum(stages_ms.values()), 3)
        )

    def as_json(self, id: Any = None) -> dict[str, Any]:
        """The object that `inquote ask --json` and `POST /api/ask` give; its keys are a contract."""
        return {
            "id": id,
            "question": self.question,
            "understood_as": self.understood_as,
            "answer": self.text,
            "confidence": self.confidence,
            "citations": [citation.as_json() for citation in self.citations],
            "nearest": [
                {
                    "document": hit.passage.document_id,
                    "heading": hit.passage.heading,
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "quote": hit.passage.text,
                }
                for hit in self.hits
            ],
            "trace": self.trace,
            "generation": self.generation,
            "elapsed_ms": self.elapsed_ms,
        }


@dataclass(frozen=True)
class Choice:
    """What the reader's words come to, before documents are looked at: an answer that may still be refused.

    `hits` are in the order of their best spans, those not read last. `spans`, the answer's, and `best`, the first few
    candidates, index them; both are empty only where no passage had a span.
    """

    form: Form
    hits: tuple[Hit, ...]
    spans: tuple[Chosen, ...]
    best: tuple[Chosen, ...]
    features: dict[str, float]
    confidence: float

    @property
    def text(self) -> str:
        """The spans, joined by spaces."""
        return " ".join(
            self.hits[span.hit].passage.text[span.start : span.end] for span in self.spans
        )


class Answerer:
    """Reads hits and decides."""

    def __init__(self, reader: Reader, calibration: Calibration) -> None:
        self.reader = reader
        self.calibration = calibration

    def choose(self, question: str, hits: Sequence[Hit]) -> Choice:
        """The best answer that the passages of `hits` give to a question that stands alone."""
        form, most = form_of(question), requested_count(question)
        readings = self._readings(question, form, hits)
        read, unread = hits[: len(readings)], hits[len(readings) :]
        read, readings = self._ranked(read, with_lists(question, read, readings, self.reader, most))
        spans = best_spans(read, readings, self.calibration.retrieval_weight)
        shown = (*read, *unread)
        if not spans:
            return Choice(form, shown, (), (), {}, 0.0)
        chosen = compose(form, read, readings, spans, most)
        features = features_of(question, shown, readings, spans)
        confidence = round(self.calibration.confidence(features), 4)
        return Choice(form, shown, tuple(chosen), tuple(spans[:5]), features, confidence)

    def _readings(self, question: str, form: Form, hits: Sequence[Hit]) -> list[Reading]:
        """The readings of the first of `hits`, and of the others unless the first have settled the question.

        For a list all are read: its pieces may lie anywhere.
        """
        enough = None if form is Form.LIST else self.calibration.enough_score
        first = hits if enough is None else hits[:READ_FIRST]
        readings = self.reader.read(question, [hit.passage for hit in first])
        spans = best_spans(first, readings, self.calibration.retrieval_weight)
        if enough is not None and not (spans and spans[0].score >= enough):
            readings += self.reader.read(question, [hit.passage for hit in hits[READ_FIRST:]])
        return readings

    def _ranked(
        self, hits: Sequence[Hit], readings: Sequence[Reading]
    ) -> tuple[list[Hit], list[Reading]]:
        """Hits and readings in the order of their best spans; hits without one come last, as they were."""
        first: dict[int, int] = {}
        for rank, span in enumerate(best_spans(hits, readings, self.calibration.retrieval_weight)):
            first.setdefault(span.hit, rank)
        order = sorted(range(len(hits)), key=lambda at: (first.get(at, len(hits) * 10_000), at))
        return [hits[at] for at in order], [readings[at] for at in order]

    def answer(
        self,
        question: str,
        understood_as: str,
        parts: Sequence[tuple[str, Sequence[Hit]]],
        snapshot: Snapshot,
    ) -> Answer:
        """The answer, its citations checked against the documents of `snapshot`; the times are left to the caller.

        `parts` are the questions that `understood_as` asks at once, mostly itself alone, each with its hits. Those that
        the corpus answers are answered; the confidence is that of the least sure of them, and, where all are refused,
        of the surest. Raises `LibraryDamaged` where a passage is not what its document says.
        """
        choices = [self.choose(part, hits) for part, hits in parts]
        given = [
            choice
            for choice in choices
            if choice.spans and choice.confidence >= self.calibration.threshold
        ]
        cited = _cited(given)
        documents = {
            id: snapshot.document(id) for id in {hit.passage.document_id for hit, _ in cited}
        }
        citations = tuple(
            cite(hit, span, documents[hit.passage.document_id]) for hit, span in cited
        )
        sure = attrgetter("confidence")
        decisive = min(given, key=sure) if given else max(choices, key=sure)
        hits = taken_in_turns([choice.hits for choice in choices])
        trace = self._trace(understood_as, decisive, hits)
        if len(parts) > 1:
            trace["parts"] = [
                {"question": part, "confidence": choice.confidence, "answered": choice in given}
                for (part, _), choice in zip(parts, choices, strict=True)
            ]
        return Answer(
            question=question,
            understood_as=understood_as,
            text=" ".join(citation.quote for citation in citations) or None,
            confidence=decisive.confidence,
            citations=citations,
            hits=hits,
            trace=trace,
            generation=snapshot.generation,
        )

    def _trace(self, question: str, choice: Choice, hits: Sequence[Hit]) -> dict[str, Any]:
        """Why: what was asked for, the scores, the line, and what came next; "nearest" indexes `hits`."""
        at = {hit.passage.id: number for number, hit in enumerate(hits)}
        return {
            "form": choice.form.value,
            "reader": self.reader.name,
            "note": self.reader.note(question),
            "threshold": self.calibration.threshold,
            "observed": self._observed(choice.confidence),
            "features": {name: round(value, 4) for name, value in choice.features.items()},
            "candidates": [
                {
                    "quote": choice.hits[s.hit].passage.text[s.start : s.end],
                    "nearest": at[choice.hits[s.hit].passage.id],
                    "score": round(s.score, 4),
                }
                for s in choice.best
            ],
            "retrieval": [
                {
                    "score": round(hit.score, 4),
                    "dense_rank": hit.dense_rank,
                    "dense_score": round(hit.dense_score, 4),
                    "lexical_rank": hit.lexical_rank,
                    "lexical_score": round(hit.lexical_score, 4),
                }
                for hit in hits
            ],
        }

    def _observed(self, confidence: float) -> dict[str, float] | None:
        """How often answers at about this confidence were right on the questions of the calibration."""
        observed = self.calibration.observed(confidence)
        return {"answers": observed[0], "right": observed[1]} if observed else None


def _cited(choices: Sequence[Choice]) -> list[tuple[Hit, Chosen]]:
    """The spans of several choices, each place of a document once, in the order of the choices."""
    places: dict[tuple[str, int, int], tuple[Hit, Chosen]] = {}
    for choice in choices:
        for span in choice.spans:
            hit = choice.hits[span.hit]
            start = hit.passage.start
            places.setdefault(
                (hit.passage.document_id, start + span.start, start + span.end), (hit, span)
            )
    return list(places.values())


def taken_in_turns(rankings: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """The best hits of each ranking, then the second best of each, and so on; a passage at its first place only."""
    taken: dict[str, Hit] = {}
    for of_rank in zip_longest(*rankings):
        for hit in filter(None, of_rank):
            taken.setdefault(hit.passage.id, hit)
    return tuple(taken.values())


def cite(hit: Hit, span: Chosen, document: Document) -> Citation:
    """The citation of a span of a hit's passage; raises `LibraryDamaged` unless it is verbatim."""
    start, end = hit.passage.start + span.start, hit.passage.start + span.end
    quote = hit.passage.text[span.start : span.end]
    if not quote or document.text[start:end] != quote:
        raise LibraryDamaged(
            f"A passage of {document.id} is not what the document says; run inquote verify."
        )
    return Citation(
        document_id=document.id,
        document_sha256=document.sha256,
        title=document.title,
        heading=hit.passage.heading,
        page=document.page_at(start),
        start=start,
        end=end,
        quote=quote,
        passage_start=hit.passage.start,
        passage_end=hit.passage.end,
    )
