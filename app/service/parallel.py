"""Answer several questions at once: a service whose questions child processes read.

Documents, pages, changes and records are seen to in the service's own thread, which waits for no
question.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from inquote.app.answering.answer import Answer
from inquote.app.answering.cache import AnswerCache
from inquote.app.answering.reply import Reply
from inquote.app.answering.search_result import SearchResult
from inquote.app.service.calls import Call
from inquote.app.service.readers import Readers
from inquote.app.service.service import LIMIT, Service
from inquote.index.clock import Clock
from inquote.index.stores.base import Scope
from inquote.ingest.text import encodable

if TYPE_CHECKING:
    from inquote.app.system import System


class ParallelService(Service):
    """A `Service` whose questions are answered by `readers`.

    They record nothing: what was asked is recorded here, once for each who asks. An answer is
    remembered for all of them.
    """

    def __init__(
        self,
        open_system: "Callable[[], System]",
        readers: Readers,
        limit: int = LIMIT,
        at_once: bool = True,
        visible: Callable[[], tuple[str, ...] | None] = lambda: None,
    ) -> None:
        self._readers = readers
        self._answers = AnswerCache()
        super().__init__(open_system, limit, at_once, visible)

    @property
    def processes(self) -> int:
        """How many processes answer questions."""
        return len(self._readers.processes)

    @property
    def ready(self) -> bool:
        """Whether the System is open, and a process has tried to open its own."""
        return super().ready and self._readers.tried.done()

    @property
    def loading(self) -> bool:
        """Whether the first attempt to open the System, here or in a process, still runs."""
        return super().loading or not self._readers.tried.done()

    def begin(self) -> None:
        """Start to open the System, here and in the processes, if nobody did."""
        super().begin()
        self._readers.begin()

    async def wait_until_open(self) -> None:
        """Wait until the System is open; raise what keeps it from opening."""
        await super().wait_until_open()
        await asyncio.shield(asyncio.wrap_future(self._readers.tried))

    async def answer(
        self, question: str, history: Sequence[str] = (), scope: Scope | None = None
    ) -> Answer:
        """Answer as `Service.answer` does."""
        with self._telling() as tell, self._place():
            answer = await self._ask(question, history, scope)
            tell(answer)
        return answer

    async def reply(
        self, question: str, history: Sequence[str] = (), scope: Scope | None = None
    ) -> Reply:
        """Answer as `Service.reply` does."""
        with self._telling() as tell, self._place():
            answer = await self._ask(question, history, scope)
            reply = await self._do(lambda system: system.with_documents(answer))
            tell(answer)
        return reply

    async def retrieve(self, query: str, limit: int, scope: Scope | None = None) -> SearchResult:
        """Return the passages for a query as `Service.retrieve` does."""
        with self._place():
            result: SearchResult = await self._read("retrieve", encodable(query), limit, scope)
        return result

    async def look_up(self, question: str, scope: Scope) -> Answer:
        """Answer as `Service.look_up` does."""
        with self._place():
            answer: Answer = await self._read("answer", question, (), None, scope)
        return answer

    def close(self) -> None:
        """Finish what was begun, then end the processes and close the System."""
        self._readers.close()
        super().close()

    async def _ask(self, question: str, history: Sequence[str], scope: Scope | None) -> Answer:
        """Return the answer to a question, which is recorded; a remembered one is not read."""
        clock = Clock()
        asked = encodable(question), tuple(map(encodable, history)), scope
        generation = await self._do(lambda system: system.generation)
        answer = self._answers.get((generation, self._called("ask", *asked)))
        if answer is not None:
            clock.lap("open")
            answer = answer.with_times(clock.laps)
        else:
            answer = await self._read("ask", *asked)
            if not answer.is_small_talk:  # which may name questions that are suggested later
                self._answers.put((answer.generation, self._called("ask", *asked)), answer)
        await self._do(lambda system: system.record(answer, asked[1]))
        return answer

    async def _read(self, method: str, *arguments: Any) -> Any:
        """Return what a method of a System returns, called in one of the processes."""
        return await asyncio.wrap_future(self._readers.submit(self._called(method, *arguments)))

    def _called(self, method: str, *arguments: Any) -> Call:
        """Return a call for whoever calls, with tuples for lists, so that calls can be compared."""
        frozen = [tuple(value) if isinstance(value, list) else value for value in arguments]
        return Call(method, tuple(frozen), self._visible())
