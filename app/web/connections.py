"""Bound the open connections, and the time that a client takes to send.

What a person waits for may take long: an answer, the stream of an open page. Only where it is the
client's turn, a connection has a deadline, and when there are too many, the one that has kept the
server waiting for longest makes room.
"""

import asyncio
import resource
from pathlib import Path
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from inquote.app.web.refusals import log

HEADER_SECONDS = 10.0  # from the connection, or the answer before, to the end of the headers
PIECE, PIECE_SECONDS = 16 * 1024, 10.0  # of a body that has to come in that time
READING_SECONDS = 60.0  # in which a client has to take something of its response
MOST_CONNECTIONS = 1000
FEWEST_CONNECTIONS = 8
RESERVED_FILES = 24  # for the library, the models, an ingest's children, new connections
ACCEPTED_AT_ONCE = 4
BACKLOG = 1024  # connections that the system keeps until they are accepted
NO_FILES = "socket.accept() out of system resource"
_REPLY = (
    "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\n"
    "content-length: {length}\r\nretry-after: 5\r\nconnection: close\r\n\r\n{sentence}"
)


def _reply(status: str, sentence: str) -> bytes:
    return _REPLY.format(status=status, length=len(sentence), sentence=sentence).encode()


TOO_SLOW = _reply("408 Request Timeout", "The request came too slowly.")
TOO_MANY = _reply("503 Service Unavailable", "Too many connections are open; try again later.")


def connection_limit() -> int:
    """Return how many connections this process can have beside the files it needs."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    try:
        open_now = sum(1 for _ in Path("/dev/fd").iterdir())
    except OSError:
        open_now = 32
    return max(FEWEST_CONNECTIONS, min(MOST_CONNECTIONS, soft - open_now - RESERVED_FILES))


class Connections:
    """The open connections of a server."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: set[Connection] = set()

    def add(self, connection: "Connection") -> bool:
        """Take a new connection in, in place of the one that idles for longest.

        False where no connection idles.
        """
        if len(self._open) >= self._limit and not self.make_room():
            return False
        self._open.add(connection)
        return True

    def discard(self, connection: "Connection") -> None:
        """Forget a connection that is closed."""
        self._open.discard(connection)

    def make_room(self) -> bool:
        """Cut the connection that has kept the server waiting for longest; False if none does."""
        idle = [connection for connection in self._open if connection.awaits]
        if not idle:
            return False
        oldest = min(idle, key=lambda connection: connection.since)
        self._open.discard(oldest)
        oldest.transport.abort()
        return True

    def close_slow(self, now: float) -> None:
        """Close the connections whose clients take too long to send or to read."""
        for connection in list(self._open):
            connection.close_if_slow(now)

    def on_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Handle an error of the event loop: out of files is one line, and makes room."""
        if context["message"] == NO_FILES:
            log.warning("No file descriptors are left for new connections.")
            self.make_room()
        else:
            loop.default_exception_handler(context)


class Connection(H11Protocol):
    """A connection that knows whether the server waits for its client, and since when."""

    def __init__(self, connections: Connections, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._all = connections
        self._received = 0  # bytes since `since`
        self._unread = 0  # bytes that the client has still to take
        self._unread_since = 0.0
        self.since = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection in, or refuse it where too many are busy."""
        super().connection_made(transport)
        if not self._all.add(self):
            log.warning("A connection was refused: too many are open.")
            transport.write(TOO_MANY)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._all.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Note how far the client has come with its request."""
        if self.transport.is_closing():
            return
        cycle = self.cycle
        self._received += len(data)
        super().data_received(data)
        has_piece = self.awaits == "body" and self._received >= PIECE
        if self.cycle is not cycle or has_piece:
            self._begin_to_wait()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._begin_to_wait()
        super().on_response_complete()

    def _begin_to_wait(self) -> None:
        self.since = self.loop.time()
        self._received = 0

    @property
    def awaits(self) -> str:
        """What the client has to send now: "headers", "body", or "" while it waits for us."""
        if self.cycle is None or self.cycle.response_complete:
            return "headers"
        return "body" if self.cycle.more_body and not self.flow.read_paused else ""

    def close_if_slow(self, now: float) -> None:
        """Close the connection if its deadline is over."""
        self._close_if_unread(now)
        limit = HEADER_SECONDS if self.awaits == "headers" else PIECE_SECONDS
        if not self.awaits:
            self.since = now
        elif now - self.since > limit and not self.transport.is_closing():
            has_begun = self.awaits == "body" or self._received > 0
            if has_begun and not (self.cycle and self.cycle.response_started):
                self.transport.write(TOO_SLOW)
                log.warning("%s: the request came too slowly", (self.client or ("",))[0])
            self.transport.close()

    def _close_if_unread(self, now: float) -> None:
        """Cut the connection if its client takes nothing of what was sent."""
        unread = self.transport.get_write_buffer_size()
        if unread == 0 or unread != self._unread:
            self._unread, self._unread_since = unread, now
        elif now - self._unread_since > READING_SECONDS:
            self.transport.abort()
