"""Answer a question from its hits: cited and calibrated, or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import zip_longest
from operator import attrgetter
from typing import Any

from inquote.app.answering.cells import header_ranges
from inquote.app.answering.compose import compose
from inquote.app.answering.confidence import Calibration, features_of
from inquote.app.answering.findings import Findings
from inquote.app.answering.forms import Form, form_of, requested_count
from inquote.app.answering.lists import find_lists, read_lists
from inquote.app.answering.spans import AnswerSpan, HitReading, rank_spans, read_hits
from inquote.app.reader.base import Reader
from inquote.index.retrieval.search import Hit
from inquote.index.stores.base import Snapshot
from inquote.ingest.documents import Document, Passage
from inquote.ingest.errors import LibraryDamaged

READ_PASSAGES = 12
READ_FIRST = 5  # passages that may settle the question, so that the rest is not read
MOST_CANDIDATES = 5  # spans that the trace of an answer shows


@dataclass(frozen=True)
class Citation:
    """A verbatim range of a document: `document.text[start:end] == quote`.

    `passage_start` and `passage_end` are the range of the passage around it. `page` counts from 1
    and is None for formats without pages.
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
        """Return the citation with the keys of the contract."""
        fields = asdict(self)
        return {"document": fields.pop("document_id"), **fields}


@dataclass(frozen=True)
class Answer:
    """An answer made of the corpus's own words, or a refusal.

    - `text`: the quotes of `citations`, joined by spaces; None for a refusal, which has none.
    - `headers`: citations of the headers that explain the cells among `citations`, in their order.
    - `confidence`: the calibrated probability in [0, 1] that the answer is right; for a refusal
      that of the answer held back.
    - `hits`: the passages considered, best first.
    - `trace`: the reasons, as JSON.
    - `elapsed_ms`, `stages_ms`: milliseconds; nothing else differs between two runs of the same
      question. The times by stage are not in the JSON.
    """

    question: str
    understood_as: str
    text: str | None
    confidence: float
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    trace: dict[str, Any]
    generation: int
    headers: tuple[Citation, ...] = ()
    elapsed_ms: float = 0.0
    stages_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Return the parts of the question that the corpus does not answer.

        Empty where the question is one, and where the whole answer is refused.
        """
        parts = self.trace.get("parts", []) if self.text is not None else []
        return tuple(part["question"] for part in parts if not part["answered"])

    def with_times(self, stages_ms: Mapping[str, float]) -> "Answer":
        """Return this answer with the times of its making."""
        return replace(
            self, stages_ms=dict(stages_ms), elapsed_ms=round(sum(stages_ms.values()), 3)
        )

    def as_json(self, id: Any = None) -> dict[str, Any]:
        """Return the object of `inquote ask --json` and `POST /api/ask`.

        Its keys are a contract.
        """
        return {
            "id": id,
            "question": self.question,
            "understood_as": self.understood_as,
            "answer": self.text,
            "confidence": self.confidence,
            "citations": [citation.as_json() for citation in self.citations],
            "headers": [citation.as_json() for citation in self.headers],
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


@dataclass(frozen=True, eq=False)
class Choice:
    """An answer before it is cited, which may still be refused.

    `spans` are the answer's; they are empty only where no passage that was read had a span.
    """

    form: Form
    findings: Findings
    spans: tuple[AnswerSpan, ...] = ()
    features: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 0.0

    @property
    def text(self) -> str:
        """Return the spans, joined by spaces."""
        return " ".join(span.text for span in self.spans)


class Answerer:
    """Reads the hits of a question and decides on the answer."""

    def __init__(self, reader: Reader, calibration: Calibration) -> None:
        self.reader = reader
        self.calibration = calibration

    def choose(self, question: str, hits: Sequence[Hit]) -> Choice:
        """Return the best answer of the hits to a question that stands alone."""
        form, most = form_of(question), requested_count(question)

        # Read the passages, then their lists as sentences.
        readings = self._read(question, form, hits)
        lists = find_lists(readings)
        read_lists(question, lists, self.reader, most)

        # Compare all spans, and compose the answer of the best.
        findings = Findings.gather(
            readings, self.calibration.retrieval_weight, lists, hits[len(readings) :]
        )
        if not findings.spans:
            return Choice(form, findings)
        spans = compose(form, findings, most)
        features = features_of(question, findings)
        confidence = round(self.calibration.confidence(features), 4)
        return Choice(form, findings, tuple(spans), features, confidence)

    def _read(self, question: str, form: Form, hits: Sequence[Hit]) -> list[HitReading]:
        """Read the first hits, and the rest unless the first settle the question.

        For a list all are read, because its pieces may lie anywhere.
        """
        enough_score = self.calibration.enough_score
        read = partial(read_hits, question, reader=self.reader, in_headings=form is Form.SHORT)
        if form is Form.LIST or enough_score is None:
            return read(hits)
        readings = read(hits[:READ_FIRST])
        spans = rank_spans(readings, self.calibration.retrieval_weight)
        is_settled = bool(spans) and spans[0].score >= enough_score
        if not is_settled:
            readings += read(hits[READ_FIRST:], first_rank=READ_FIRST)
        return readings

    def answer(
        self,
        question: str,
        understood_as: str,
        parts: Sequence[tuple[str, Sequence[Hit]]],
        snapshot: Snapshot,
    ) -> Answer:
        """Return the answer to a question, with citations checked against the snapshot's documents.

        `parts` are the questions that `understood_as` combines, each with its hits; usually it is
        one. Each part is answered or refused by itself. The confidence is that of the least sure
        part answered, or of the surest where all are refused. The times are left to the caller.
        Raises `LibraryDamaged` where a passage differs from its document.
        """
        # Choose an answer to each part, and accept those that are sure enough.
        choices = [self.choose(part, hits) for part, hits in parts]
        documents = _Documents(snapshot)
        for place, choice in enumerate(choices):
            if self._is_sure(choice):
                choices[place] = _doubted(choice, documents)
        accepted = [choice for choice in choices if self._is_sure(choice)]
        confidence = attrgetter("confidence")
        decisive = min(accepted, key=confidence) if accepted else max(choices, key=confidence)

        # Cite them.
        spans = _distinct_spans(accepted)
        citations = [cite(span, documents.of(span)) for span in spans]
        headers = _cite_headers(spans, documents)

        # Say why.
        hits = interleave([choice.findings.hits for choice in choices])
        trace = self._trace(understood_as, decisive, hits)
        if len(parts) > 1:
            trace["parts"] = [
                {"question": part, "confidence": choice.confidence, "answered": choice in accepted}
                for (part, _), choice in zip(parts, choices, strict=True)
            ]
        return Answer(
            question=question,
            understood_as=understood_as,
            text=" ".join(citation.quote for citation in citations) or None,
            confidence=decisive.confidence,
            citations=tuple(citations),
            hits=hits,
            trace=trace,
            generation=snapshot.generation,
            headers=tuple(headers),
        )

    def _is_sure(self, choice: Choice) -> bool:
        """Tell whether a choice has spans and the confidence that an answer needs."""
        return bool(choice.spans) and choice.confidence >= self.calibration.threshold

    def _trace(self, question: str, choice: Choice, hits: Sequence[Hit]) -> dict[str, Any]:
        """Return the form, the scores, the threshold and the next best spans, as JSON.

        "nearest" indexes `hits`.
        """
        places = {hit.passage.id: number for number, hit in enumerate(hits)}
        candidates = []
        for span in choice.findings.spans[:MOST_CANDIDATES]:
            nearest, score = places[span.passage.id], round(span.score, 4)
            candidates.append({"quote": span.text, "nearest": nearest, "score": score})
        return {
            "form": choice.form.value,
            "reader": self.reader.name,
            "note": self.reader.note(question),
            "threshold": self.calibration.threshold,
            "observed": self._observed(choice.confidence),
            "features": {name: round(value, 4) for name, value in choice.features.items()},
            "candidates": candidates,
            "retrieval": [_retrieval_scores(hit) for hit in hits],
        }

    def _observed(self, confidence: float) -> dict[str, float] | None:
        """Return how often answers of about this confidence were right in the calibration."""
        observed = self.calibration.observed(confidence)
        return {"answers": observed[0], "right": observed[1]} if observed else None


def _retrieval_scores(hit: Hit) -> dict[str, float | None]:
    """Return the scores and ranks of a hit, as JSON."""
    return {
        "score": round(hit.score, 4),
        "dense_rank": hit.dense_rank,
        "dense_score": round(hit.dense_score, 4),
        "lexical_rank": hit.lexical_rank,
        "lexical_score": round(hit.lexical_score, 4),
    }


def _distinct_spans(choices: Sequence[Choice]) -> list[AnswerSpan]:
    """Return the spans of all choices in their order, each range of a document once."""
    spans: dict[tuple[str, int, int], AnswerSpan] = {}
    for choice in choices:
        for span in choice.spans:
            spans.setdefault(span.document_range, span)
    return list(spans.values())


def interleave(rankings: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """Return the best hit of each ranking, then the second best of each, and so on.

    A passage comes at its first place only.
    """
    hits: dict[str, Hit] = {}
    for hits_of_rank in zip_longest(*rankings):
        for hit in filter(None, hits_of_rank):
            hits.setdefault(hit.passage.id, hit)
    return tuple(hits.values())


class _Documents:
    """The documents of spans, each loaded once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._loaded: dict[str, Document] = {}

    def of(self, span: AnswerSpan) -> Document:
        """Return the document that a span stands in."""
        id = span.passage.document_id
        if id not in self._loaded:
            self._loaded[id] = self._snapshot.document(id)
        return self._loaded[id]


def _doubted(choice: Choice, documents: _Documents) -> Choice:
    """Return a choice as sure as the recognition of its words in a picture was."""
    score = 1.0
    for span in choice.spans:
        for start, end, recognition in documents.of(span).recognised:
            if start < span.document_end and span.document_start < end:
                score = min(score, recognition)
    if score == 1.0:
        return choice
    return replace(choice, confidence=round(choice.confidence * score, 4))


def _cite_headers(spans: Sequence[AnswerSpan], documents: _Documents) -> list[Citation]:
    """Return the citations of the headers of the cells among the spans, each place once."""
    headers: dict[tuple[str, int, int], Citation] = {}
    for span in spans:
        if not span.passage.segments:
            continue
        document = documents.of(span)
        for start, end in header_ranges(document, span.document_start):
            quote = document.text[start:end]
            key = document.id, start, end
            headers.setdefault(key, _citation(span.passage, document, start, end, quote))
    return list(headers.values())


def cite(span: AnswerSpan, document: Document) -> Citation:
    """Return the citation of a span; raise `LibraryDamaged` unless it is verbatim."""
    return _citation(span.passage, document, span.document_start, span.document_end, span.text)


def _citation(passage: Passage, document: Document, start: int, end: int, quote: str) -> Citation:
    """Return the citation of a range; raise `LibraryDamaged` unless the quote stands there."""
    if not quote or document.text[start:end] != quote:
        raise LibraryDamaged(
            f"A passage of {document.id} is not what the document says; run inquote verify."
        )
    return Citation(
        document_id=document.id,
        document_sha256=document.sha256,
        title=document.title,
        heading=passage.heading,
        page=document.page_at(start),
        start=start,
        end=end,
        quote=quote,
        passage_start=passage.start,
        passage_end=passage.end,
    )
