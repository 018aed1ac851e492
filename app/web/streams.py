"""Give a browser time to read the end of its event stream before its next event.

Gradio sends the results of a tab's events on one stream, and ends it when nothing is pending. Its
client opens another with the next event, unless it believes that the old one is still open: then it
never hears of an event that it posted while the end was on its way. So the reply to an event that
comes right after an end is delayed by a moment. The event itself is worked on meanwhile, and its
results wait for the new stream.
"""

import asyncio
import time

from inquote.app.web.asgi import App, Message, Receive, Scope, Send

# Seconds to read the end of a stream. A browser that needs longer asks again, see
# `Conversation.take_question`.
READING_TIME = 0.1
END = b'"close_stream"'


class StreamEnds:
    """ASGI middleware around Gradio's application that delays replies after the end of a stream."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._last_end = -READING_TIME  # time.monotonic() at the latest end of any stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; the ASGI entry point."""

        async def send_and_note_end(message: Message) -> None:
            if END in message.get("body", b""):
                self._last_end = time.monotonic()
            await send(message)

        async def send_later(message: Message) -> None:
            delay = self._last_end + READING_TIME - time.monotonic()
            await asyncio.sleep(max(0.0, delay))
            await send(message)

        sends = {
            "/gradio_api/queue/data": send_and_note_end,
            "/gradio_api/queue/join": send_later,
        }
        await self._app(scope, receive, sends.get(scope.get("path", ""), send))
