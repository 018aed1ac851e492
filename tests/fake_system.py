"""A System without models or library: answers are looked up by the words of the question."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from inquote.app.answering.answer import Answer, Citation
from inquote.app.answering.reply import Reply
from inquote.app.answering.suggestions import Suggestion
from inquote.app.system import PagedDocument
from inquote.index.retrieval.search import Hit
from inquote.index.stores.base import DocumentInfo
from inquote.index.stores.journal import Feedback
from inquote.ingest.documents import Document, Passage, Section
from inquote.ingest.errors import QuestionError

HEADINGS = ("A small article", "Results", "Outlook")
ARTICLE = """A small article

The first virus was approved in 2015. It was found by Ada Quill, who named it Tern.

Results

In the trial, 16.3% of patients had a durable response. The control group had 2.1%, which is less.

Several factors helped:

  1. Safety: side effects were fatigue, chills and fever.
  2. Price: <b>nothing</b> is said & nothing is *known*, not even $$x$$.

Outlook

The future is open.
"""

INJECTIONS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[link](javascript:alert(1)) ![image](https://example.com/x.png)",
    "$$\\frac{1}{2}$$ `code` *bold* <b>b</b> &amp; &lt;",
    '"><form action=https://example.com><style>*{display:none}</style>',
    "</mark></p><mark>",
    '<a href="data:text/html,x">d</a><svg onload=alert(1)><base href=//example.com>'
    "<iframe srcdoc=x>",
]


def make_document(
    text: str, *, id: str = "corpus/small.md", title: str = "A small article", **more: object
) -> Document:
    """A document whose sections begin at the lines that are one of `HEADINGS`."""
    starts = [
        (at, heading) for heading in HEADINGS if (at := f"\n{text}".find(f"\n{heading}\n")) >= 0
    ]
    ends = [*[start for start, _ in starts][1:], len(text)]
    sections = tuple(
        Section(heading, 1, start, end) for (start, heading), end in zip(starts, ends, strict=False)
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(id, title, "https://example.org/small", text, digest, sections, **more)  # type: ignore[arg-type]


def make_citation(document: Document, quote: str) -> Citation:
    """A citation of the first place of `quote`; its passage is the paragraph around it."""
    start = document.text.index(quote)
    end = start + len(quote)
    left = document.text.rfind("\n\n", 0, start) + 2 if "\n\n" in document.text[:start] else 0
    right = document.text.find("\n\n", end)
    right = len(document.text) if right < 0 else right
    heading = " > ".join(s.title for s in document.sections if s.start <= start < s.end)
    return Citation(
        document.id,
        document.sha256,
        document.title,
        heading,
        document.page_at(start),
        start,
        end,
        quote,
        left,
        right,
    )


def make_hit(citation: Citation, document: Document, rank: int) -> Hit:
    passage = Passage(
        document.id,
        citation.passage_start,
        citation.passage_end,
        citation.heading,
        document.text[citation.passage_start : citation.passage_end],
    )
    return Hit(
        passage,
        1 / rank,
        rank,
        0.9 / rank,
        None if rank == 2 else rank,
        0.0 if rank == 2 else 5.0 / rank,
    )


def make_answer(
    question: str, document: Document, quotes: Sequence[str], nearest: Sequence[str] = ()
) -> Answer:
    citations = tuple(make_citation(document, quote) for quote in quotes)
    considered = citations or tuple(make_citation(document, quote) for quote in nearest)
    hits = tuple(
        make_hit(citation, document, rank) for rank, citation in enumerate(considered, start=1)
    )
    return Answer(
        question=question,
        understood_as=" ".join(question.split()),
        text=" ".join(quotes) or None,
        confidence=0.82 if quotes else 0.12,
        citations=citations,
        hits=hits,
        trace={
            "threshold": 0.5,
            "reader": "fake",
            "candidates": [
                {"quote": citation.quote, "nearest": at, "score": 7.5 - at}
                for at, citation in enumerate(considered)
            ],
        },
        generation=1,
        elapsed_ms=1.0,
    )


@dataclass
class FakeStore:
    """The one document of a system, as far as a list of documents needs a store."""

    system: "FakeSystem"
    size: int = 1000
    notice: str = ""

    @contextmanager
    def snapshot(self) -> Iterator["FakeStore"]:
        yield self

    @property
    def generation(self) -> int:
        return self.system.generation

    def document_infos(self) -> list[DocumentInfo]:
        return self.system.documents()


@dataclass
class FakeSystem:
    """`answers` maps a word of the question to the quotes that answer it; else it is refused."""

    document_: Document = field(default_factory=lambda: make_document(ARTICLE))
    answers: dict[str, list[str]] = field(
        default_factory=lambda: {
            "approved": ["2015"],
            "response": ["16.3% of patients", "2.1%"],
            "effects": ["fatigue, chills and fever"],
            "price": ["<b>nothing</b> is said & nothing is *known*, not even $$x$$"],
        }
    )
    nearest: tuple[str, ...] = ("The future is open.", "2015", "16.3% of patients")
    generation: int = 1
    questions: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    recorded: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    understood: dict[str, str] = field(default_factory=dict)
    readings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    feedback: list[Feedback] = field(default_factory=list)
    scopes: list[Sequence[str] | None] = field(default_factory=list)
    hold: threading.Event | None = None
    closed: bool = False
    notes_: dict[str, str] = field(default_factory=dict)
    file: Path | None = None  # that the document's pages are drawn from

    @cached_property
    def store(self) -> FakeStore:
        return FakeStore(self)

    def ask(
        self, question: str, history: Sequence[str] = (), scope: Sequence[str] | None = None
    ) -> Answer:
        self.questions.append((question, tuple(history)))
        if self.hold:
            assert self.hold.wait(20)
        if len(question) > 2000:
            raise QuestionError("Please ask in at most 2,000 characters.")
        if not any(c.isalnum() for c in question):
            raise QuestionError("Please type a question.")
        if "crash" in question:
            raise RuntimeError("secret detail")
        quotes = next(
            (quotes for word, quotes in self.answers.items() if word in question.lower()), []
        )
        answer = make_answer(question, self.document_, quotes, self.nearest)
        if question == "Show me.":
            answer.trace["shows"] = 0
        if question in self.notices:
            notice = self.notices[question]
            return replace(answer, notice=notice, text=None, citations=(), hits=())
        understood = self.understood.get(question, answer.understood_as)
        readings = self.readings.get(question, ())
        scope = tuple(scope or ())
        return replace(answer, understood_as=understood, readings=readings, scope=scope)

    def reply(
        self, question: str, history: Sequence[str] = (), scope: Sequence[str] | None = None
    ) -> Reply:
        self.scopes.append(scope)
        return Reply(self.ask(question, history, scope), {self.document_.id: self.document_})

    def record(self, answer: Answer, history: Sequence[str]) -> None:
        self.recorded.append((answer.question, tuple(history)))

    def with_documents(self, answer: Answer) -> Reply:
        return Reply(answer, {self.document_.id: self.document_})

    def answer(
        self,
        question: str,
        history: Sequence[str] = (),
        generation: int | None = None,
        scope: Sequence[str] | None = None,
    ) -> Answer:
        """An answer without a record; the document is about what its first words say."""
        if question == "What is this document about?":
            return make_answer(question, self.document_, ["The future is open."])
        quotes = next((q for word, q in self.answers.items() if word in question.lower()), [])
        return make_answer(question, self.document_, quotes, self.nearest)

    def document(self, id: str, generation: int | None = None) -> Document:
        return {self.document_.id: self.document_}[id]

    def paged(self, id: str) -> PagedDocument:
        return PagedDocument(self.document(id), self.document_.pages, self.file)

    def documents(self) -> list[DocumentInfo]:
        d = self.document_
        return [
            DocumentInfo(
                d.id, d.title, d.source, d.sha256, len(d.text), 3, "2026-11-24T20:13:05+00:00"
            )
        ]

    def documents_of(self, snapshot: FakeStore) -> list[DocumentInfo]:
        return snapshot.document_infos()

    def notes(self) -> dict[str, dict[str, str]]:
        return {self.document_.id: dict(self.notes_)} if self.notes_ else {}

    def record_feedback(self, feedback: Feedback) -> None:
        self.feedback.append(feedback)

    def suggestions(self, ask: object = None) -> list[Suggestion]:
        places = {
            "When was it approved?": "2015",
            "What was the response?": "16.3% of patients",
            "Which side effects were seen?": "fatigue, chills and fever",
            "What is said of the price?": "<b>nothing</b>",
        }
        suggestions = []
        for question, quote in places.items():
            c = make_citation(self.document_, quote)
            suggestions.append(Suggestion(question, c.document_id, c.start, c.end, 0.8))
        return suggestions

    def close(self) -> None:
        self.closed = True


def opener(system: FakeSystem) -> Callable[[], FakeSystem]:
    return lambda: system
