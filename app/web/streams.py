"""Gives a browser time to read the end of its event stream before its next event.

Gradio sends what comes of a tab's events on one stream, and ends it when nothing is pending. Its client opens another
with the next event, unless it believes that the old one is open still: then an event that was posted while the end was
on its way is never heard of. So who posts an event right after an end is told only a moment later that it was taken.
The event itself is worked on meanwhile, and what comes of it waits for the new stream.
"""

import asyncio
import time

from inquote.app.web.guard import App, Message, Receive, Scope, Send

SEEN_AFTER = 0.1  # seconds to read the end of a stream; a browser that needs longer asks again, see Conversation.ask
END = b'"close_stream"'


class StreamEnds:
    """ASGI middleware around Gradio's application."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._ended = -SEEN_AFTER  # time.monotonic() at the latest end of any stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""

        async def watched(message: Message) -> None:
            if END in message.get("body", b""):
                self._ended = time.monotonic()
            await send(message)

        async def held(message: Message) -> None:
            await asyncio.sleep(max(0.0, self._ended + SEEN_AFTER - time.monotonic()))
            await send(message)

        sends = {"/gradio_api/queue/data": watched, "/gradio_api/queue/join": held}
        await self._app(scope, receive, sends.get(scope.get("path", ""), send))
