"""What stands around the whole server: which hosts, origins and routes it answers, how much it reads, what it adds.

An ASGI middleware of its own, because it has to see every request first, those for Gradio's routes included.
"""

import base64
import hashlib
import ipaddress
import json
import re
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from inquote.app.web.password import Login
from inquote.app.web.shell import dressed

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_LIMIT = (
    8 * 1024 * 1024
)  # bytes; a question of a million characters still reaches the polite refusal
UPLOADS_TO = (
    "/api/corpus/files"  # the one route that may take more, where files are taken in at all
)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# Gradio has many more routes: file and proxy look-ups, uploads, monitoring, its own API. None of them is needed.
ROUTES = (
    (
        "GET",
        re.compile(
            r"/|/docs|/openapi\.json|/api/(pane|export/[\w-]+\.(md|html|json))|/page/[\w.-]+"
        ),
    ),
    ("POST", re.compile(r"/api/ask")),
    ("GET", re.compile(r"/api/corpus(/work)?")),
    ("POST", re.compile(r"/api/corpus/(files|remove|undo|compare|stop)")),
    ("GET", re.compile(r"/api/feedback/[\w-]+")),
    ("POST", re.compile(r"/api/feedback/[\w-]+")),
    (
        "GET",
        re.compile(r"/(assets|static)/(?!.*\.\.)[\w./@-]+|/theme\.css|/favicon\.ico|/config/?"),
    ),
    ("GET", re.compile(r"/gradio_api/(queue/data|startup-events|heartbeat/\w+)")),
    ("POST", re.compile(r"/gradio_api/(queue/join|cancel|reset)/?")),
)
INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"x-dns-prefetch-control", b"off"),
)


class Guard:
    """Answers 400 to a foreign Host, 403 to a foreign Origin, 401 to who does not log in where a `login` is asked for,
    404 to a route that the page does not use, and 413 to a body over `body_limit` bytes, or `upload_limit` where files
    are taken in; everything else goes to `app` and comes back with the security headers.
    """

    def __init__(
        self,
        app: App,
        host: str,
        body_limit: int = BODY_LIMIT,
        login: Login | None = None,
        upload_limit: int = BODY_LIMIT,
    ) -> None:
        self._app = app
        self._host = host.lower()
        self._login = login
        self._body_limit = body_limit
        self._upload_limit = upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point; websockets are closed, for the page uses none."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        refusal = self._refusal(scope, headers)
        if refusal:
            return await _refuse(send, *refusal)
        await self._pass_on(scope, receive, send)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        """(status, sentence) for a request that is not let in."""
        host = headers.get("host", "")
        if not self._is_ours(hostname(host)):
            return 400, "This server does not go by that name."
        origin = headers.get("origin")
        if origin is not None and origin.split("://", 1)[-1] != host:
            return 403, "Requests from other sites are not answered."
        if self._login is not None and not self._login.allows(headers.get("authorization", "")):
            return 401, "Log in with the name and the password of this server."
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if not any(method == allowed and path.fullmatch(scope["path"]) for allowed, path in ROUTES):
            return 404, "There is nothing at this address."
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._limit(scope):
            return _too_large(self._limit(scope))
        return None

    def _limit(self, scope: Scope) -> int:
        """How many bytes the body of this request may have."""
        return self._upload_limit if scope["path"] == UPLOADS_TO else self._body_limit

    def _is_ours(self, name: str) -> bool:
        """Whether a request may call this server by that name; a page that rebinds its own DNS name may not."""
        if name in LOOPBACK or name == self._host:
            return True
        if self._host not in ("0.0.0.0", "::"):
            return False
        return name == socket.gethostname().lower() or _is_address(name)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, counting what it sends; past the limit the app sees the client leave."""
        read, limit = 0, self._limit(scope)
        started = False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            return message if read <= limit else {"type": "http.disconnect"}

        async def tracked(message: Message) -> None:
            nonlocal started
            if read <= limit:
                started = True
                await send(message)

        page = scope["path"] == "/"
        if page:  # a compressed page could not be read for its scripts
            scope = {
                **scope,
                "headers": [h for h in scope["headers"] if h[0].lower() != b"accept-encoding"],
            }
        try:
            await self._app(scope, counted, _with_headers(tracked, buffered=page))
        except Exception:
            if read <= limit:
                raise
        if read > limit and not started:
            await _refuse(send, *_too_large(limit))


def _too_large(limit: int) -> tuple[int, str]:
    return 413, f"The request is larger than {limit:,} bytes."


def hostname(host: str) -> str:
    """The name in a Host header, without port and brackets.

    >>> hostname("[::1]:7860"), hostname("LOCALHOST:7860")
    ('::1', 'localhost')
    """
    bracketed = re.fullmatch(r"\[([^\]]*)\](:\d+)?", host)
    return (bracketed.group(1) if bracketed else host.rsplit(":", 1)[0]).lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def content_security_policy(page: bytes = b"") -> bytes:
    """Nothing from elsewhere; of inline scripts only those that stand in `page`, by their hashes."""
    hashes = (
        base64.b64encode(hashlib.sha256(script).digest()).decode()
        for script in INLINE_SCRIPT.findall(page)
    )
    scripts = " ".join(["'self'", *(f"'sha256-{digest}'" for digest in hashes)])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'none'; "
        "frame-ancestors 'none'"
    ).encode()


def _with_headers(send: Send, buffered: bool) -> Send:
    """A `send` that adds the security headers; `buffered`, for the page, reads the whole body first and dresses it."""
    start: Message = {}
    body = b""

    async def wrapped(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = message
            if not buffered:
                await send(_secured(start, content_security_policy()))
            return
        if not buffered or message["type"] != "http.response.body":
            return await send(message)
        body += message.get("body", b"")
        if not message.get("more_body"):
            body = dressed(body)
            start["headers"] = [h for h in start["headers"] if h[0].lower() != b"content-length"]
            start["headers"].append((b"content-length", str(len(body)).encode()))
            await send(_secured(start, content_security_policy(body)))
            await send({"type": "http.response.body", "body": body})

    return wrapped


def _secured(start: Message, policy: bytes) -> Message:
    """The start of a response with the headers of `HEADERS` and the policy."""
    ours = [*HEADERS, (b"content-security-policy", policy)]
    kept = [
        header
        for header in start.get("headers", [])
        if header[0].lower() not in {name for name, _ in ours}
    ]
    return {**start, "headers": [*kept, *ours]}


async def _refuse(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"error": sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b'Basic realm="inquote", charset="UTF-8"'))
    start = {
        "type": "http.response.start",
        "status": status,
        "headers": [*headers, (b"connection", b"close")],
    }
    await send(_secured(start, content_security_policy()))
    await send({"type": "http.response.body", "body": body})
