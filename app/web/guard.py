"""Guard the whole server: refuse foreign hosts, origins and routes, limit bodies, add headers.

This is an ASGI middleware, because it has to see every request first, also those for Gradio's
routes.
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
from inquote.app.web.shell import prepare_page

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Bytes; a question of a million characters still reaches the polite refusal.
BODY_LIMIT = 8 * 1024 * 1024
UPLOAD_PATH = "/api/corpus/files"  # the one route that may take more than `BODY_LIMIT`
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# Gradio has many more routes: file and proxy look-ups, uploads, monitoring, its own API. None of
# them is needed.
ROUTES = (
    ("GET", re.compile(r"/|/docs|/openapi\.json|/page/[\w.-]+")),
    ("GET", re.compile(r"/api/(pane|export/[\w-]+\.(md|html|json))")),
    ("POST", re.compile(r"/api/ask")),
    ("GET", re.compile(r"/api/corpus(/work)?")),
    ("POST", re.compile(r"/api/corpus/(files|demonstration|remove|undo|compare|stop)")),
    ("GET", re.compile(r"/api/feedback/[\w-]+")),
    ("POST", re.compile(r"/api/feedback/[\w-]+")),
    ("GET", re.compile(r"/(assets|static)/(?!.*\.\.)[\w./@-]+")),
    ("GET", re.compile(r"/theme\.css|/favicon\.ico|/config/?")),
    ("GET", re.compile(r"/gradio_api/(queue/data|startup-events|heartbeat/\w+)")),
    ("POST", re.compile(r"/gradio_api/(queue/join|cancel|reset)/?")),
)
INLINE_SCRIPT = re.compile(rb"<script(?![^<>]*\bsrc=)[^<>]*+>(.*?)(?:</script>|\Z)", re.DOTALL)
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
    """ASGI middleware that lets in only the requests that the page and `POST /api/ask` need.

    It answers 400 to a foreign Host, 403 to a foreign Origin, 401 to a request that fails the
    `login`, 404 to an unknown route, and 413 to a body over `body_limit` bytes, or `upload_limit`
    for uploaded files. Every other request goes to `app`; its response gets the security headers.
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
        """Handle a request; the ASGI entry point. Websockets are closed, the page uses none."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        headers = {}
        for name, value in scope["headers"]:
            headers[name.decode("latin-1").lower()] = value.decode("latin-1")
        refusal = self._refusal(scope, headers)
        if refusal:
            return await _refuse(send, *refusal)
        await self._pass_on(scope, receive, send)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        """Return (status, sentence) for a request that is not let in, else None."""
        host = headers.get("host", "")
        if not self._is_own_name(hostname(host)):
            return 400, "This server does not go by that name."
        origin = headers.get("origin")
        if origin is not None and origin.split("://", 1)[-1] != host:
            return 403, "Requests from other sites are not answered."
        if self._login is not None and not self._login.allows(headers.get("authorization", "")):
            return 401, "Log in with the name and the password of this server."
        if not _is_route(scope["method"], scope["path"]):
            return 404, "There is nothing at this address."
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._limit(scope):
            return _too_large(self._limit(scope))
        return None

    def _limit(self, scope: Scope) -> int:
        """Return how many bytes the body of this request may have."""
        return self._upload_limit if scope["path"] == UPLOAD_PATH else self._body_limit

    def _is_own_name(self, name: str) -> bool:
        """Say whether a request may call this server by that name.

        A page that rebinds its own DNS name to this machine may not.
        """
        if name in LOOPBACK or name == self._host:
            return True
        if self._host not in ("0.0.0.0", "::"):
            return False
        return name == socket.gethostname().lower() or _is_address(name)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; past the limit, the application sees its client leave."""
        read, limit = 0, self._limit(scope)
        has_started = False

        async def receive_and_count() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            return message if read <= limit else {"type": "http.disconnect"}

        async def send_within_limit(message: Message) -> None:
            nonlocal has_started
            if read <= limit:
                has_started = True
                await send(message)

        is_page = scope["path"] == "/"
        if is_page:  # a compressed page could not be read for its scripts
            headers = [item for item in scope["headers"] if item[0].lower() != b"accept-encoding"]
            scope = {**scope, "headers": headers}
        try:
            respond = _send_with_headers(send_within_limit, is_page)
            await self._app(scope, receive_and_count, respond)
        except Exception:
            if read <= limit:
                raise
        if read > limit and not has_started:
            await _refuse(send, *_too_large(limit))


def _is_route(method: str, path: str) -> bool:
    """Say whether the page or a program may call this address."""
    wanted = "GET" if method == "HEAD" else method
    return any(wanted == allowed and pattern.fullmatch(path) for allowed, pattern in ROUTES)


def _too_large(limit: int) -> tuple[int, str]:
    return 413, f"The request is larger than {limit:,} bytes."


def hostname(host: str) -> str:
    """Return the name in a Host header, without port and brackets.

    >>> hostname("[::1]:7860"), hostname("LOCALHOST:7860")
    ('::1', 'localhost')
    """
    bracketed = re.fullmatch(r"\[([^\[\]]*+)\](:\d+)?", host)
    return (bracketed.group(1) if bracketed else host.rsplit(":", 1)[0]).lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def content_security_policy(page: bytes = b"") -> bytes:
    """Forbid content from elsewhere, and allow the inline scripts of `page` by their hashes."""
    sources = ["'self'"]
    for script in INLINE_SCRIPT.findall(page):
        digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
        sources.append(f"'sha256-{digest}'")
    return (
        f"default-src 'self'; script-src {' '.join(sources)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; "
        "base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
    ).encode()


def _send_with_headers(send: Send, is_page: bool) -> Send:
    """Make a `send` that adds the security headers.

    The body of the page is read whole first, and prepared.
    """
    start: Message = {}
    body = b""

    async def send_response(message: Message) -> None:
        await send(
            _add_headers(message, content_security_policy()) if is_start(message) else message
        )

    async def send_page(message: Message) -> None:
        nonlocal start, body
        if is_start(message):
            start = message
            return
        if message["type"] != "http.response.body":
            return await send(message)
        body += message.get("body", b"")
        if not message.get("more_body"):
            body = prepare_page(body)
            headers = [item for item in start["headers"] if item[0].lower() != b"content-length"]
            headers.append((b"content-length", str(len(body)).encode()))
            start["headers"] = headers
            await send(_add_headers(start, content_security_policy(body)))
            await send({"type": "http.response.body", "body": body})

    def is_start(message: Message) -> bool:
        return bool(message["type"] == "http.response.start")

    return send_page if is_page else send_response


def _add_headers(start: Message, policy: bytes) -> Message:
    """Add `HEADERS` and the policy to the start of a response, in place of any it has."""
    ours = [*HEADERS, (b"content-security-policy", policy)]
    names = {name for name, _ in ours}
    kept = [header for header in start.get("headers", []) if header[0].lower() not in names]
    return {**start, "headers": [*kept, *ours]}


async def _refuse(send: Send, status: int, sentence: str) -> None:
    """Send a response with one sentence, and close the connection."""
    body = json.dumps({"error": sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b'Basic realm="inquote", charset="UTF-8"'))
    headers.append((b"connection", b"close"))
    start = {"type": "http.response.start", "status": status, "headers": headers}
    await send(_add_headers(start, content_security_policy()))
    await send({"type": "http.response.body", "body": body})
