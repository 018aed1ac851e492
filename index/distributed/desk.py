"""Carry the workers' questions to the one process that knows which embeddings a library has."""

import asyncio
import uuid


class Desk:
    """An actor between the workers of a cluster and the driver, who alone reaches the library.

    Questions are known by names that no other has: should this actor be restarted, the workers ask
    again, and an answer to an earlier question goes to nobody.
    """

    def __init__(self) -> None:
        self._unread: asyncio.Queue[tuple[str, list[str]]] = asyncio.Queue()
        self._answers: dict[str, asyncio.Future[list[str]]] = {}

    async def missing(self, keys: list[str]) -> list[str]:
        """Return which of the keys have no embedding, once the driver has answered."""
        name = uuid.uuid4().hex
        self._answers[name] = asyncio.get_running_loop().create_future()
        await self._unread.put((name, keys))
        try:
            return await self._answers[name]
        finally:
            del self._answers[name]

    async def questions(self) -> list[tuple[str, list[str]]]:
        """Wait for questions; return their names and keys."""
        questions = [await self._unread.get()]
        while not self._unread.empty():
            questions.append(self._unread.get_nowait())
        return questions

    async def answer(self, name: str, keys: list[str]) -> None:
        """Answer the question of this name."""
        waiting = self._answers.get(name)
        if waiting and not waiting.done():
            waiting.set_result(keys)
