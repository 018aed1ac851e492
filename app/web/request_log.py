"""Give each request an id, and write a line about it where that is asked for.

The id comes from whoever sends `X-Request-ID`, where it is a plain name, or is made here. It is in
the response and in all lines of the log that are written for the request.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from inquote.app.web.asgi import App, Message, Receive, Scope, Send, is_start

ID_HEADER = b"x-request-id"
NOTES = "inquote.notes"  # in a scope
LONGEST_PATH = 200  # characters that are written
_SANE_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_request_id: ContextVar[str] = ContextVar("request_id", default="")
log = logging.getLogger("inquote.access")


@dataclass
class Notes:
    """What is known of a request by its end: its id, where it is from, and who sent it."""

    id: str
    client: str
    person: str = ""


class RequestLog:
    """ASGI middleware around all others; `count` is told each response's status, 0 for none."""

    def __init__(self, app: App, count: Callable[[int], None]) -> None:
        self._app = app
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; the ASGI entry point."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        notes = Notes(_id_of(scope), (scope.get("client") or ("",))[0])
        _request_id.set(notes.id)
        status, began = 0, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if is_start(message):
                status = message["status"]
                kept = [item for item in message.get("headers", []) if item[0] != ID_HEADER]
                message = {**message, "headers": [*kept, (ID_HEADER, notes.id.encode())]}
            await send(message)

        try:
            await self._app({**scope, NOTES: notes}, receive, send_with_id)
        finally:
            self._count(status)
            _write(scope, notes, status, time.perf_counter() - began)


def request_id() -> str:
    """Return the id of the request that this task works for; "" for none."""
    return _request_id.get()


def note_sender(scope: Scope, person: str = "") -> None:
    """Note where a request is from, behind all proxies, and who sent it."""
    notes = scope.get(NOTES)
    if notes is not None:
        notes.client = (scope.get("client") or ("",))[0]
        notes.person = person


def _id_of(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name.lower() == ID_HEADER and _SANE_ID.fullmatch(value):
            return str(value.decode("ascii"))
    return secrets.token_hex(8)


def _write(scope: Scope, notes: Notes, status: int, seconds: float) -> None:
    """Write the line of a request: no query and no body, for questions stand in them."""
    fields = {
        "client": notes.client,
        "method": scope["method"][:10],
        "path": scope["path"][:LONGEST_PATH],
        "status": status,
        "ms": round(1000 * seconds, 1),
    }
    if notes.person:
        fields["person"] = notes.person
    log.info("request", extra={"fields": fields})
