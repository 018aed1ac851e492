"""Hold an answer while it is decided on, and what the corpus's own doubts do to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from inquote.app.answering.answer import Inferred, join_quotes
from inquote.app.answering.findings import Findings
from inquote.app.answering.forms import Form
from inquote.app.answering.shelf import Shelf
from inquote.app.answering.spans import AnswerSpan
from inquote.index.retrieval.search import Hit


@dataclass(frozen=True, eq=False)
class Choice:
    """An answer before it is cited, which may still be refused.

    `spans` are the answer's; they are empty only where no passage that was read had a span.
    `absent` are names of the question that stand nowhere near a passage.
    """

    form: Form
    findings: Findings
    spans: tuple[AnswerSpan, ...] = ()
    features: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 0.0
    inferred: Inferred | None = None
    absent: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the spans, joined as an answer's quotes are."""
        return join_quotes((span.text for span in self.spans), self.form.value)


@dataclass(frozen=True)
class Part:
    """A question that stands alone, its spelling corrected, its hits, and its answer."""

    question: str
    hits: tuple[Hit, ...]
    choice: Choice


def doubted(choice: Choice, shelf: Shelf) -> Choice:
    """Return a choice as sure as the recognition of its words in a picture was."""
    score = 1.0
    for span in choice.spans:
        for start, end, recognition in shelf.document(span.passage.document_id).recognised:
            if start < span.document_end and span.document_start < end:
                score = min(score, recognition)
    if score == 1.0:
        return choice
    return replace(choice, confidence=round(choice.confidence * score, 4))


def distinct_spans(choices: Sequence[Choice]) -> list[AnswerSpan]:
    """Return the spans of all choices in their order, each place of a document once."""
    spans: list[AnswerSpan] = []
    for choice in choices:
        for span in choice.spans:
            if not any(span.overlaps(other) for other in spans):
                spans.append(span)
    return spans


def interleave(rankings: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """Return the best hit of each ranking, then the second best of each, and so on.

    A passage comes at its first place only.
    """
    hits: dict[str, Hit] = {}
    for hits_of_rank in zip_longest(*rankings):
        for hit in filter(None, hits_of_rank):
            hits.setdefault(hit.passage.id, hit)
    return tuple(hits.values())
