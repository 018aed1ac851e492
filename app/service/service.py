"""One thread that owns the System: it opens it, asks it and closes it, and everybody else waits their turn.

The page and the HTTP endpoint share one Service. SQLite connections and models stay in the thread that made them,
and the page is up while the models still load.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from inquote.app.answering.answer import Answer
from inquote.app.answering.suggestions import Suggestion
from inquote.index.stores.journal import Feedback
from inquote.index.stores.local.library import DocumentInfo
from inquote.ingest.documents import Document
from inquote.ingest.errors import GenerationGone, InquoteError
from inquote.ingest.text import encodable

if TYPE_CHECKING:
    from inquote.app.system import Asking, System

T = TypeVar("T")
LIMIT = 64  # requests that may wait at once
log = logging.getLogger("inquote")


class Busy(InquoteError):
    """Too many wait already, or the models still load; trying again in a moment helps."""


class DocumentChanged(InquoteError):
    """The document is not the one that was cited; asking again helps."""


@dataclass(frozen=True)
class Reply:
    """An answer with the documents it speaks of, as they were when it was made; every cited one is there."""

    answer: Answer
    documents: dict[str, Document]


class Service:
    """The System behind a queue of at most `limit` calls; `open_system` runs in the service's own thread.

    It is called `at_once`, or else with the first call or `begin`: a page that is just being opened comes first.
    A System that cannot be opened (no library yet) is tried again at the next call, so an ingest in another
    terminal is enough.
    """

    def __init__(
        self, open_system: "Callable[[], System]", limit: int = LIMIT, at_once: bool = True
    ) -> None:
        self._open_system = open_system
        self._limit = limit
        self._waiting = 0
        self._system: System | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inquote")
        self._aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inquote-suggestions")
        self._suggested: tuple[int, Future[list[Suggestion]]] | None = None
        self._closing = False
        self._first: Future[System] | None = None
        if at_once:
            self.begin()

    def begin(self) -> None:
        """Start to open the System, if nobody has."""
        if self._first is None:
            with contextlib.suppress(RuntimeError):  # closed meanwhile
                self._first = self._thread.submit(self._opened)

    @property
    def ready(self) -> bool:
        """Whether the System is open; before that, a call waits for it or raises what keeps it from opening."""
        return self._system is not None

    @property
    def loading(self) -> bool:
        """Whether the first attempt to open the System still runs."""
        self.begin()
        return self._first is not None and not self._first.done()

    async def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
        """Answer a question; raises what `System.ask` raises, what opening raised, and Busy."""
        return await self._call(
            lambda system: _reply(system, encodable(question), [*map(encodable, history)])
        )

    async def document(self, id: str, sha256: str = "") -> Document:
        """A document of the library; raises DocumentChanged if it is gone or is not the one with that `sha256`."""
        return await self._call(lambda system: _document(system, id, sha256))

    async def documents(self) -> list[DocumentInfo]:
        """What the library holds, in the order of ids."""
        return await self._call(lambda system: system.documents())

    async def note_feedback(self, feedback: Feedback) -> None:
        """Keep what a person said of an answer; raises InquoteError where that cannot be."""
        await self._call(lambda system: system.note_feedback(feedback))

    async def opened(self) -> None:
        """Wait until the System is open; raises what keeps it from opening."""
        await self._call(lambda system: None)

    async def suggestions(self, *, wait: bool = True) -> list[Suggestion]:
        """Questions that are known to be answered, the surest first: found once a generation, mostly at its ingest.

        Without `wait`, none while they are still looked for.
        """
        found = await self._call(self._looking)
        return await asyncio.shield(asyncio.wrap_future(found)) if wait or found.done() else []

    def look_ahead(self) -> None:
        """Begin to find suggestions for the current generation."""
        self.run(self._looking)

    def _looking(self, system: "System") -> Future[list[Suggestion]]:
        generation = system.generation
        if self._suggested is None or self._suggested[0] != generation:
            self._suggested = (
                generation,
                self._aside.submit(system.suggestions, self.asking(system)),
            )
        return self._suggested[1]

    def run(self, work: "Callable[[System], T]") -> T:
        """What `work` makes of the System, in the service's own thread; for other threads, which it keeps waiting."""
        return self._thread.submit(lambda: work(self._opened())).result()

    def asking(self, system: "System") -> "Asking":
        """`system.answer` for other threads, run in the service's own: what people ask meanwhile comes in between."""

        def ask(*asked: Any) -> Answer:
            if self._closing:
                raise Busy("The server is being stopped.")
            return self._thread.submit(system.answer, *asked).result()

        return ask

    def close(self) -> None:
        """Finish what was begun, then close the System."""
        self._closing = True
        self._aside.shutdown(wait=True, cancel_futures=True)
        if self._first is not None and not self._first.cancel():
            self._thread.submit(self._close)
        self._thread.shutdown(wait=True)

    async def _call(self, work: "Callable[[System], T]") -> T:
        if self._waiting >= self._limit:
            raise Busy("Too many questions wait for an answer; please try again in a moment.")
        self._waiting += 1
        self.begin()
        try:
            return await asyncio.wrap_future(self._thread.submit(lambda: work(self._opened())))
        finally:
            self._waiting -= 1

    def _opened(self) -> "System":
        if self._system is None:
            self._system = self._open_system()
        return self._system

    def _close(self) -> None:
        if self._system is not None:
            self._system.close()


def _document(system: "System", id: str, sha256: str) -> Document:
    try:
        document = system.document(id)
    except KeyError:
        raise DocumentChanged(
            f"The document {id} is not in the library any more; ask the question again."
        ) from None
    if sha256 and document.sha256 != sha256:
        raise DocumentChanged(
            f"The document {id} has changed since that answer; ask the question again."
        )
    return document


def _reply(system: "System", question: str, history: Sequence[str]) -> Reply:
    """Answer, and fetch the documents; if an ingest came between the two, answer from the new generation."""
    for _ in range(3):
        answer = system.ask(question, history)
        try:
            for cited in answer.citations:
                _document(system, cited.document_id, cited.document_sha256)
            ids = {hit.passage.document_id for hit in answer.hits}
            documents = {id: system.document(id, answer.generation) for id in sorted(ids)}
        except (DocumentChanged, KeyError, GenerationGone):
            continue
        return Reply(answer, documents)
    raise DocumentChanged("The library is being changed; please ask again in a moment.")


def explain(error: Exception) -> str:
    """One sentence for a person: an InquoteError's own; for anything else a reference to the details in the log."""
    if isinstance(error, InquoteError):
        return str(error)
    reference = secrets.token_hex(4)
    log.error("reference %s", reference, exc_info=error)
    return f"Something went wrong here, not in your question. The log has the details under reference {reference}."
