"""Give a browser time to read the end of its event stream before its next event.

Gradio sends the results of a tab's events on one stream, and ends it when nothing is pending. Its
client opens another with the next event, unless it believes that the old one is still open: then it
never hears of an event that it posted while the end was on its way. So the reply to an event that
comes right after an end of the same tab's stream is delayed by a moment. The event itself is worked
on meanwhile, and its results wait for the new stream.
"""

import asyncio
import re
import time
from collections import OrderedDict

from inquote.app.web.asgi import App, Message, Receive, Scope, Send

# Seconds to read the end of a stream. A browser that needs longer asks again, see
# `Conversation.take_question`.
READING_TIME = 0.3
END = b'"close_stream"'
MOST_TABS = 4_096
_TAB = re.compile(rb'session_hash(?:=|"\s?:\s?")([^"&]{1,100})')


class StreamEnds:
    """ASGI middleware around Gradio's application that delays replies after the end of a stream."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._ends: OrderedDict[bytes, float] = OrderedDict()  # when each tab's last stream ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; the ASGI entry point."""
        path = scope.get("path", "")
        if path == "/gradio_api/queue/data":
            await self._app(scope, receive, self._noting_end(scope["query_string"], send))
        elif path == "/gradio_api/queue/join":
            await self._join(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _noting_end(self, query: bytes, send: Send) -> Send:
        """Return a way to send a stream that notes when its tab is sent the end."""

        async def send_and_note_end(message: Message) -> None:
            if END in message.get("body", b""):
                self._ends[_tab_of(query)] = time.monotonic()
                self._ends.move_to_end(_tab_of(query))
                if len(self._ends) > MOST_TABS:
                    self._ends.popitem(last=False)
            await send(message)

        return send_and_note_end

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an event on; the reply waits until its tab has read the end of its stream."""
        body = b""

        async def receive_and_read() -> Message:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            return message

        async def send_later(message: Message) -> None:
            end = self._ends.get(_tab_of(body), -READING_TIME)
            await asyncio.sleep(max(0.0, end + READING_TIME - time.monotonic()))
            await send(message)

        await self._app(scope, receive_and_read, send_later)


def _tab_of(text: bytes) -> bytes:
    """Return the session that a query or a body names last; b"" for none.

    >>> _tab_of(b'{"data": [], "session_hash": "a1"}'), _tab_of(b"session_hash=a1&x=2")
    (b'a1', b'a1')
    """
    found = _TAB.findall(text)
    return found[-1] if found else b""
