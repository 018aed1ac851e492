"""Look into one document for a person: what it is about, and questions that it answers.

Nothing of it is kept in the journal, for nobody has asked it.
"""

import asyncio
from collections.abc import Iterator
from itertools import islice

from inquote.app.answering.answer import Answer
from inquote.app.answering.candidates import Candidate, candidates_of
from inquote.app.answering.scope import ScopeError
from inquote.app.answering.suggestions import is_answered
from inquote.app.service.service import Service, gone
from inquote.ingest.documents import Document

QUESTION = "What is this document about?"
MOST_TRIED = 12  # questions of a document that are asked
MOST_OFFERED = 3  # of those that it answers
_HELD = 256  # documents whose questions are remembered


class Overviews:
    """Gives overviews of the documents that a person may see; all calls come from one loop."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._questions: dict[tuple[str, str], list[str]] = {}

    async def overview(self, id: str, sha256: str) -> tuple[Answer, Document]:
        """Return what a document says of itself, and it; raise what `Service.document` raises."""
        document = await self._service.document(id, sha256)
        return await self._look_up(QUESTION, document), document

    async def questions(self, id: str, sha256: str) -> list[str]:
        """Return at most `MOST_OFFERED` questions that a document answers, in text order.

        Raises what `Service.document` raises.
        """
        document = await self._service.document(id, sha256)
        key = id, document.sha256
        if key not in self._questions:
            self._questions[key] = await self._find(document)
            if len(self._questions) > _HELD:
                del self._questions[next(iter(self._questions))]
        return self._questions[key]

    async def _find(self, document: Document) -> list[str]:
        """Ask the questions drawn from a document, one after the other, until enough are answered.

        Whatever people ask meanwhile comes in between.
        """
        candidates = candidates_of(document)
        offered: list[str] = []
        for candidate in await asyncio.to_thread(_first, candidates):
            answer = await self._look_up(candidate.question, document)
            if is_answered(answer, candidate):
                offered.append(candidate.question)
            if len(offered) == MOST_OFFERED:
                break
        return offered

    async def _look_up(self, question: str, document: Document) -> Answer:
        """Ask one document; raise `DocumentChanged` where it was removed meanwhile."""
        try:
            return await self._service.look_up(question, [document.id])
        except ScopeError:
            raise gone(document.id) from None


def _first(candidates: Iterator[Candidate]) -> list[Candidate]:
    return list(islice(candidates, MOST_TRIED))
