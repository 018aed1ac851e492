"""Own the System in one thread: open it, ask it, close it, while everybody else waits.

The page and the HTTP endpoints share one Service. SQLite connections and models stay in the thread
that made them, and the page is up while the models still load.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from inquote.app.answering.answer import Answer
from inquote.app.answering.search_result import SearchResult
from inquote.app.answering.suggestions import Suggestion
from inquote.app.marks import visible
from inquote.app.service.catalogue import Catalogue, catalogue_of
from inquote.app.service.pages import PageImages
from inquote.index.models.allocator import share_heap
from inquote.index.stores.base import DocumentInfo, Scope
from inquote.index.stores.journal import Feedback
from inquote.ingest.documents import Document
from inquote.ingest.errors import InquoteError
from inquote.ingest.text import encodable

if TYPE_CHECKING:
    from inquote.app.answering.reply import Reply
    from inquote.app.system import Asking, PagedDocument, System
    from inquote.index.updating.notes import Notes

T = TypeVar("T")
LIMIT = 64  # requests that may wait at once
log = logging.getLogger("inquote")


class Busy(InquoteError):
    """Too many requests wait, or the models still load; trying again in a moment helps."""


class DocumentChanged(InquoteError):
    """The document is not the cited one; asking again helps."""


class Service:
    """The System behind a queue of at most `limit` calls.

    `open_system` runs in the service's own thread: `at_once`, or else with the first call or
    `begin`, so that a page that is being opened comes first. A System that cannot be opened (no
    library yet) is tried again at the next call, so an ingest in another terminal is enough.

    `visible` says which documents are there for whoever calls; None is all of them. Jobs, which
    use `run`, see the whole library.
    """

    def __init__(
        self,
        open_system: "Callable[[], System]",
        limit: int = LIMIT,
        at_once: bool = True,
        visible: Callable[[], tuple[str, ...] | None] = lambda: None,
    ) -> None:
        share_heap()
        self._open_system = open_system
        self._limit = limit
        self._visible = visible
        self._waiting = 0
        self._system: System | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inquote")
        self._suggesting = ThreadPoolExecutor(
            max_workers=1, thread_name_prefix="inquote-suggestions"
        )
        # Of a generation, by what is visible.
        self._suggestions: dict[tuple[str, ...] | None, tuple[int, Future[list[Suggestion]]]] = {}
        self.on_answer: Callable[[Answer | Exception], None] = _ignore
        self._closing = False
        self._opening: Future[System] | None = None  # the first attempt
        self.pages = PageImages(self.paged, self.generation, viewer=visible)
        if at_once:
            self.begin()

    def begin(self) -> None:
        """Start to open the System, if nobody did."""
        if self._opening is None:
            with contextlib.suppress(RuntimeError):  # closed meanwhile
                self._opening = self._thread.submit(self._open)

    @property
    def ready(self) -> bool:
        """Whether the System is open; before that, a call waits for it or raises why it is not."""
        return self._system is not None

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn, or are worked on."""
        return self._waiting

    @property
    def processes(self) -> int:
        """How many processes answer questions."""
        return 1

    @property
    def full(self) -> bool:
        """Whether as many calls wait as may."""
        return self._waiting >= self._limit

    @property
    def notice(self) -> str:
        """What people should know of the library's store just now; "" for nothing."""
        return self._system.store.notice if self._system else ""

    @property
    def loading(self) -> bool:
        """Whether the first attempt to open the System still runs."""
        self.begin()
        return self._opening is not None and not self._opening.done()

    async def answer(
        self, question: str, history: Sequence[str] = (), scope: Scope | None = None
    ) -> Answer:
        """Answer a question; raise what `System.ask` raises, what opening raised, and `Busy`."""
        earlier = [encodable(text) for text in history]
        with self._telling() as tell:
            answer = await self._call(
                lambda system: system.ask(encodable(question), earlier, scope)
            )
            tell(answer)
        return answer

    async def reply(
        self, question: str, history: Sequence[str] = (), scope: Scope | None = None
    ) -> "Reply":
        """Answer a question as `answer` does, from the documents in `scope`, with those of hits."""
        earlier = [encodable(text) for text in history]
        with self._telling() as tell:
            reply = await self._call(
                lambda system: system.reply(encodable(question), earlier, scope)
            )
            tell(reply.answer)
        return reply

    async def retrieve(self, query: str, limit: int, scope: Scope | None = None) -> SearchResult:
        """Return the passages for a query; raise as `answer` does."""
        return await self._call(lambda system: system.retrieve(encodable(query), limit, scope))

    async def look_up(self, question: str, scope: Scope) -> Answer:
        """Answer a question of the page's own as `answer` does, without a record of it."""
        return await self._call(lambda system: system.answer(question, (), None, scope))

    async def document(self, id: str, sha256: str = "") -> Document:
        """Return a document; raise `DocumentChanged` if it is gone or has another `sha256`."""
        return await self._call(lambda system: _document(system, id, sha256))

    async def paged(self, id: str, sha256: str = "") -> "tuple[int, PagedDocument]":
        """Return the generation, and a document of it with its pages; raise as `document` does."""
        return await self._call(lambda system: _paged(system, id, sha256))

    async def generation(self) -> int:
        """Return the generation that the next question will be answered from."""
        return await self._call(lambda system: system.generation)

    async def documents(self) -> list[DocumentInfo]:
        """List the documents of the library in the order of ids."""
        return await self._call(lambda system: system.documents())

    async def notes(self) -> "Mapping[str, Notes]":
        """Return what is to be known of documents, by id."""
        return await self._call(lambda system: system.notes())

    async def catalogue(self) -> Catalogue:
        """List the documents with the generation that they are of."""
        return await self._call(catalogue_of)

    async def size(self) -> int:
        """Return the bytes that the library takes; 0 for who sees a part of it."""
        return await self._call(lambda system: system.store.size)

    async def record_feedback(self, feedback: Feedback) -> None:
        """Keep what a person said of an answer; raise `InquoteError` where that cannot be."""
        await self._call(lambda system: system.record_feedback(feedback))

    async def wait_until_open(self) -> None:
        """Wait until the System is open; raise what keeps it from opening."""
        await self._call(lambda system: None)

    async def suggestions(self, *, wait: bool = True) -> list[Suggestion]:
        """Return questions that are known to be answered, as they were drawn.

        They are found once a generation, as a rule at its ingest. Without `wait`, none are returned
        while they are looked for.
        """
        visible = self._visible()
        suggestions = await self._call(lambda system: self._find_suggestions(system, visible))
        if not wait and not suggestions.done():
            return []
        return await asyncio.shield(asyncio.wrap_future(suggestions))

    def look_ahead(self) -> None:
        """Begin to find suggestions for the current generation."""
        self.run(self._find_suggestions)

    def _find_suggestions(
        self, system: "System", visible: tuple[str, ...] | None = None
    ) -> Future[list[Suggestion]]:
        """Return the suggestions of a system, which is limited to `visible`, as they will be."""
        generation = system.generation
        known = self._suggestions.get(visible)
        if known is not None and known[0] == generation and not _failed(known[1]):
            return known[1]
        future = self._suggesting.submit(system.suggestions, self.asking(system))
        kept = {key: item for key, item in self._suggestions.items() if item[0] == generation}
        self._suggestions = {**kept, visible: (generation, future)}
        return future

    def run(self, work: "Callable[[System], T]") -> T:
        """Do work with the System in the service's own thread; for other threads, which wait."""
        return self._thread.submit(lambda: work(self._open())).result()

    def asking(self, system: "System") -> "Asking":
        """Return `system.answer` for other threads, run in the service's own.

        What people ask meanwhile comes in between.
        """

        def ask(
            question: str,
            history: Sequence[str],
            generation: int | None,
            scope: Scope | None = None,
        ) -> Answer:
            if self._closing:
                raise Busy("The server is being stopped.")
            return self._thread.submit(system.answer, question, history, generation, scope).result()

        return ask

    def close(self) -> None:
        """Finish what was begun, then close the System."""
        self._closing = True
        self.pages.close()
        self._suggesting.shutdown(wait=True, cancel_futures=True)
        if self._opening is not None and not self._opening.cancel():
            self._thread.submit(self._close)
        self._thread.shutdown(wait=True)

    @contextlib.contextmanager
    def _telling(self) -> Iterator[Callable[[Answer], None]]:
        """Tell `on_answer` of an answer, or of what was raised in its place."""
        try:
            yield self.on_answer
        except Exception as error:
            self.on_answer(error)
            raise

    async def _call(self, work: "Callable[[System], T]") -> T:
        with self._place():
            return await self._do(work)

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        """Take one of the places of those who wait; raise `Busy` where none is free."""
        if self.full:
            raise Busy("Too many questions wait for an answer; please try again in a moment.")
        self._waiting += 1
        self.begin()
        try:
            yield
        finally:
            self._waiting -= 1

    async def _do(self, work: "Callable[[System], T]") -> T:
        """Do work with what is visible of the System, in the service's own thread."""
        visible = self._visible()
        return await asyncio.wrap_future(self._thread.submit(lambda: work(self._part(visible))))

    def _open(self) -> "System":
        if self._system is None:
            self._system = self._open_system()
        return self._system

    def _part(self, visible: tuple[str, ...] | None) -> "System":
        system = self._open()
        return system if visible is None else system.limited_to(visible)

    def _close(self) -> None:
        if self._system is not None:
            self._system.close()


def _failed(future: Future[list[Suggestion]]) -> bool:
    """Return whether a future ended without a result."""
    return future.done() and (future.cancelled() or future.exception() is not None)


def _ignore(answer: Answer | Exception) -> None:
    """Tell nobody."""


def _document(system: "System", id: str, sha256: str) -> Document:
    try:
        document = system.document(id)
    except KeyError:
        raise gone(id) from None
    _check_version(document, sha256)
    return document


def _paged(system: "System", id: str, sha256: str) -> "tuple[int, PagedDocument]":
    generation = system.generation
    try:
        paged = system.paged(id)
    except KeyError:
        raise gone(id) from None
    _check_version(paged.document, sha256)
    return generation, paged


def gone(id: str) -> DocumentChanged:
    """Return the error that says that a document is gone."""
    return DocumentChanged(
        f"The document {id} is not in the library any more; ask the question again."
    )


def _check_version(document: Document, sha256: str) -> None:
    """Raise `DocumentChanged` for a document that is not the one with this `sha256`."""
    if sha256 and document.sha256 != sha256:
        raise DocumentChanged(
            f"The document {document.id} has changed since that answer; ask the question again."
        )


def explain(error: Exception) -> str:
    """Return one sentence for a person: an `InquoteError`'s own, else a reference into the log."""
    if isinstance(error, InquoteError):
        return visible(str(error))
    reference = secrets.token_hex(4)
    log.error("reference %s", reference, exc_info=error)
    return (
        "Something went wrong here, not in your question. "
        f"The log has the details under reference {reference}."
    )
