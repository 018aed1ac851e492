"""Refuse a request: one sentence to who sent it, and at most one line in the log."""

import json
import logging
import time

from inquote.app.web.asgi import Incoming, Scope, Send
from inquote.app.web.headers import with_headers

LINES_A_MINUTE = 60
LEFT_OUT = " (further lines of this minute are left out)"
log = logging.getLogger("inquote.requests")


class Refusal(Exception):
    """A request is not answered: the status, one sentence, further headers.

    Not `noted` is what happens every day, as the question for a password.
    """

    def __init__(
        self, status: int, sentence: str, headers: dict[str, str] | None = None, noted: bool = True
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = headers or {}
        self.noted = noted


class FewLines(logging.Filter):
    """Lets so many warnings a minute into a log, whatever others send; errors of ours all."""

    def __init__(self, most: int = LINES_A_MINUTE) -> None:
        super().__init__()
        self._most = most
        self._minute = 0
        self._lines = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a line is still to be written."""
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            self._minute, self._lines = minute, 0
        self._lines += 1
        if self._lines == self._most:
            record.msg = f"{record.msg}{LEFT_OUT}"
        return self._lines <= self._most or record.levelno > logging.WARNING


def limit_logs() -> None:
    """Bound what requests can write into the logs that they reach."""
    for logger in (log, logging.getLogger("uvicorn.error")):
        if not any(isinstance(filter, FewLines) for filter in logger.filters):
            logger.addFilter(FewLines())


def note(scope: Scope, refusal: Refusal) -> None:
    """Write one line about a refused request."""
    client = scope.get("client") or ("",)
    path = ascii(scope["path"][:80])[1:-1]
    method = ascii(scope["method"][:10])[1:-1]
    log.warning("%s %s %s: %d %s", client[0], method, path, refusal.status, refusal.sentence)


async def refuse(scope: Scope, incoming: Incoming, send: Send, refusal: Refusal) -> None:
    """Send a refusal, read what is left of the request's body, and close the connection.

    A connection closed on unread bytes would be cut before the client has the response.
    """
    if refusal.noted:
        note(scope, refusal)
    body = b"" if refusal.status == 204 else json.dumps({"error": refusal.sentence}).encode()
    headers = [(name.encode(), value.encode()) for name, value in refusal.headers.items()]
    if refusal.status != 204:
        headers.append((b"content-type", b"application/json"))
        headers.append((b"content-length", str(len(body)).encode()))
        headers.append((b"connection", b"close"))
    start = {"type": "http.response.start", "status": refusal.status, "headers": headers}
    await send(with_headers(start))
    content = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": content, "more_body": True})
    await incoming.discard()
    await send({"type": "http.response.body", "body": b""})
