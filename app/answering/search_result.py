"""Hold what a search lists: passages as citations, in the shape of an answer's."""

from dataclasses import dataclass
from typing import Any

from inquote.app.answering.answer import Citation, cite_range
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Document

MOST_PASSAGES = 100  # of one search
FEW_PASSAGES = 10  # where nobody says how many


@dataclass(frozen=True)
class SearchResult:
    """The passages for a query, best first; a citation's quote is the whole passage."""

    query: str
    generation: int
    passages: tuple[Citation, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the object of `POST /api/v1/search`; its keys are a contract."""
        return {
            "query": self.query,
            "passages": [passage.as_json() for passage in self.passages],
            "generation": self.generation,
        }


def cite_hit(hit: Hit, document: Document) -> Citation:
    """Return the citation of a passage; raise `LibraryDamaged` unless it stands there."""
    return cite_range(hit.passage, document, hit.passage.start, hit.passage.end)
