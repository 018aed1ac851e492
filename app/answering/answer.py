"""Hold an answer: the corpus's own words, each cited, and what is inferred from them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from inquote.app.answering.cells import header_ranges
from inquote.app.answering.spans import AnswerSpan
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Document, Passage
from inquote.ingest.errors import LibraryDamaged

JSON_VERSION = 2  # of the object of an answer; 2: what `answer` parts items by
ITEM_FORMS = ("list", "count", "short span")  # whose quotes are items where there are several
ENDS_SENTENCE = (".", "!", "?", ":", ";", "…")  # after which a quote is joined by a space


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
class Inferred:
    """What an answer says that is no quote: it follows from the quotes beside it.

    `kind` is "verdict" (yes, no, unclear), "count" (of the things quoted) or "agreement" (how many
    documents say what).
    """

    kind: str
    text: str


def absence(answer: "Answer") -> str:
    """Return the sentence on names of a question that stand near no passage; "" for none."""
    names = answer.trace.get("absent", [])
    if not names:
        return ""
    verb = "stands" if len(names) == 1 else "stand"
    return f"{' and '.join(names)} {verb} nowhere near a passage that could answer."


def join_quotes(quotes: Iterable[str], form: str = "sentences") -> str:
    """Join the different quotes of an answer of a form: items by "; ", sentences by a space.

    An item among others stands on one line and without the mark that ends it. Two quotes that are
    no items are joined by a space after the end of a sentence, else by a semicolon.

    >>> join_quotes(["fatigue,", "fever."], "list"), join_quotes(["It rained.", "It snowed."])
    ('fatigue; fever.', 'It rained. It snowed.')
    """
    distinct = list(dict.fromkeys(quotes))
    if form in ITEM_FORMS and len(distinct) > 1:
        last = " ".join(distinct[-1].split())
        return "; ".join([*map(item_of, distinct[:-1]), last])
    text = ""
    for quote in distinct:
        if text:
            text += " " if text.endswith(ENDS_SENTENCE) else "; "
        text += quote
    return text


def joint_form(trace: Mapping[str, Any]) -> str:
    """Return the form that quotes are joined by; answers to several questions are sentences."""
    return "sentences" if "parts" in trace else str(trace.get("form", ""))


def item_of(quote: str) -> str:
    """Return a quote as an item of a list: on one line, without the mark that ends it.

    >>> item_of("chills,"), item_of("It is mild."), item_of("made in the U.S.")
    ('chills', 'It is mild', 'made in the U.S.')
    """
    item = " ".join(quote.split()).rstrip(" ;,:")
    last_word = item.rpartition(" ")[2]
    ends_sentence = item.endswith(".") and "." not in last_word[:-1]
    return item[:-1] if ends_sentence else item


@dataclass(frozen=True)
class Answer:
    """An answer made of the corpus's own words, or a refusal.

    - `text`: the quotes of `citations` as `join_quotes` joins them; None for a refusal, which has
      none.
    - `inferred`: what follows from the quotes and stands in no text, None for most answers.
    - `headers`: citations of the headers that explain the cells among `citations`, in their order.
    - `confidence`: the calibrated probability in [0, 1] that the answer is right; for a refusal
      that of the answer held back.
    - `hits`: the passages considered, best first.
    - `trace`: the reasons, as JSON.
    - `readings`: what the question may mean besides, the likeliest first.
    - `notice`: a sentence of the page's own, for a turn that is no question, or on the language of
      one; "" for most.
    - `scope`: the documents and folders that alone were asked; empty for everything.
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
    elapsed_ms: float = 0.0
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    inferred: Inferred | None = None
    headers: tuple[Citation, ...] = ()
    scope: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    notice: str = ""

    @property
    def is_small_talk(self) -> bool:
        """Whether nothing was searched for, because the turn is no question."""
        return bool(self.notice) and not self.hits and self.text is None

    @property
    def has_items(self) -> bool:
        """Say whether the quotes are items of a list."""
        return len(self.citations) > 1 and joint_form(self.trace) in ITEM_FORMS

    @property
    def under_headers(self) -> str:
        """Return the headers of the cells that answer, on one line; "" for an answer in prose."""
        quotes = [" ".join(citation.quote.split()).rstrip(":") for citation in self.headers]
        return " · ".join(dict.fromkeys(quotes))

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
            "version": JSON_VERSION,
            "id": id,
            "question": self.question,
            "understood_as": self.understood_as,
            "readings": list(self.readings),
            "notice": self.notice,
            "scope": list(self.scope) or None,
            "answer": self.text,
            "inferred": asdict(self.inferred) if self.inferred else None,
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


def cite_headers(
    spans: Iterable[AnswerSpan], document_of: Callable[[str], Document]
) -> list[Citation]:
    """Return the citations of the headers of the cells among the spans, each place once."""
    headers: dict[tuple[str, int, int], Citation] = {}
    for span in spans:
        if not span.passage.segments:
            continue
        document = document_of(span.passage.document_id)
        for start, end in header_ranges(document, span.document_start):
            quote = document.text[start:end]
            key = document.id, start, end
            headers.setdefault(key, _citation(span.passage, document, start, end, quote))
    return list(headers.values())


def cite(span: AnswerSpan, document: Document) -> Citation:
    """Return the citation of a span; raise `LibraryDamaged` unless it is verbatim."""
    return _citation(span.passage, document, span.document_start, span.document_end, span.text)


def cite_range(passage: Passage, document: Document, start: int, end: int) -> Citation:
    """Return the citation of a range that may leave the passage by which it was reached."""
    quote = document.text[start:end]
    citation = _citation(passage, document, start, end, quote)
    return replace(citation, passage_start=start, passage_end=end)


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
