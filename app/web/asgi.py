"""Name the types of ASGI that the server's layers share, and read a request's body."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# What is still read of a body that nobody wants, so that its sender gets to the reply.
DISCARD_BYTES = 64 * 1024 * 1024
DISCARD_SECONDS = 10.0
SILENCE_SECONDS = 2.0


class Incoming:
    """The `receive` of a request that counts the body's bytes, and knows when all have come."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.bytes_read = 0
        self.is_over = False  # the body is whole, or its sender has left
        self.has_left = False

    async def __call__(self) -> Message:
        """Return the next message of the request."""
        message = await self._receive()
        self.bytes_read += len(message.get("body", b""))
        self.has_left = message["type"] == "http.disconnect"
        self.is_over = self.has_left or not message.get("more_body")
        return message

    async def discard(self) -> None:
        """Read what is left of the body, within bounds, and drop it."""
        end = asyncio.get_running_loop().time() + DISCARD_SECONDS
        last = self.bytes_read + DISCARD_BYTES
        while not self.is_over and self.bytes_read < last:
            left = end - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(self(), min(left, SILENCE_SECONDS))
            except TimeoutError:
                return


def replay(body: bytes, incoming: Incoming) -> Receive:
    """Make the `receive` of a request whose body was read before."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await incoming()

    return receive


def is_start(message: Message) -> bool:
    """Say whether a message is the start of a response."""
    return bool(message["type"] == "http.response.start")
