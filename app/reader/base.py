"""Define what a reader says of a passage: the seam between retrieval and answering."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from inquote.ingest.documents import Passage


@dataclass(frozen=True)
class Span:
    """A range of a passage, `passage.text[start:end]`; a higher score is better.

    All scores of one `read` call are on one scale and can be compared between passages.
    """

    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Reading:
    """The opinion of a reader on one passage.

    - `spans`: candidate answers, best first; they may overlap, and there may be none.
    - `evidence`: the passage's sentences in text order, scored for "supports an answer".
    - `none_score`: the score of "this passage does not answer"; a span that scores less is worse
      than no answer.
    - `members`: the spans that make up the answer together, in text order, scored for "belongs to
      the answer"; () for a reader that does not tell.
    """

    spans: tuple[Span, ...]
    evidence: tuple[Span, ...]
    none_score: float
    members: tuple[Span, ...] = ()


class Reader(Protocol):
    """Reads passages for a question; the same input gives the same readings."""

    name: str

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return one reading a passage, in the order of the passages."""
        ...

    def note(self, question: str) -> str | None:
        """Return a sentence on how this question is read, None where there is nothing to say."""
        ...
