"""The seam between retrieval and answering: a reader says what each passage has to say to a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from inquote.ingest.documents import Passage


@dataclass(frozen=True)
class Span:
    """A candidate answer, `passage.text[start:end]`; a higher `score` is better, comparable between passages."""

    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Reading:
    """What a reader says of one passage; all scores of one `read` call are on one scale.

    `spans`: candidate answers, best first, possibly overlapping, possibly none. `evidence`: the passage's sentences
    in text order, each scored for "this sentence supports an answer". `none_score`: the score that a span must
    exceed to be a better reading than "this passage does not answer".
    """

    spans: tuple[Span, ...]
    evidence: tuple[Span, ...]
    none_score: float


class Reader(Protocol):
    """Reads passages for a question; deterministic: the same input gives the same readings."""

    name: str

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One `Reading` a passage, in the order given."""
        ...

    def note(self, question: str) -> str | None:
        """What a person should know about how this question is read, None mostly."""
        ...
