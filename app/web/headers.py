"""Add the headers that protect the page, and those that say how long a copy may be kept."""

import base64
import hashlib
import re

from inquote.app.web.asgi import Message, Send, is_start
from inquote.app.web.shell import prepare_page

NO_STORE = b"no-store"  # the corpus's words, and what depends on who asks
NO_CACHE = b"no-cache"  # asked for again each time, by its ETag where it has one
FOREVER = b"public, max-age=31536000, immutable"  # a hash in the name
INLINE_SCRIPT = re.compile(rb"<script(?![^<>]*\bsrc=)[^<>]*+>(.*?)(?:</script>|\Z)", re.DOTALL)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"x-dns-prefetch-control", b"off"),
)


def content_security_policy(page: bytes = b"", has_form: bool = False) -> bytes:
    """Forbid content from elsewhere, and allow the inline scripts of `page` by their hashes."""
    forms = "'self'" if has_form else "'none'"
    sources = ["'self'"]
    for script in INLINE_SCRIPT.findall(page):
        digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
        sources.append(f"'sha256-{digest}'")
    return (
        f"default-src 'self'; script-src {' '.join(sources)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; "
        f"base-uri 'self'; form-action {forms}; frame-ancestors 'none'"
    ).encode()


# Proxies are to pass a stream on as it comes; nginx reads this, others see it by its type.
STREAM = ((b"x-accel-buffering", b"no"),)


def with_headers(
    start: Message, page: bytes = b"", cache: bytes = NO_STORE, has_form: bool = False
) -> Message:
    """Return the start of a response with our headers in place of any that it has.

    What is no success is never kept. A page that `has_form` may send it to this server: a browser
    names the origin of a form only where the page may tell its address.
    """
    kept_for = cache if start["status"] in (200, 206, 304) else NO_STORE
    policy = (b"content-security-policy", content_security_policy(page, has_form))
    referrer = (b"referrer-policy", b"same-origin" if has_form else b"no-referrer")
    ours = [*HEADERS, policy, referrer, (b"cache-control", kept_for)]
    names = {name for name, _ in ours}
    kept = [header for header in start.get("headers", []) if header[0].lower() not in names]
    return {**start, "headers": [*kept, *ours]}


def send_with_headers(
    send: Send, cache: bytes, is_stream: bool = False, has_form: bool = False
) -> Send:
    """Make a `send` that adds our headers."""

    async def send_response(message: Message) -> None:
        if is_start(message):
            message = with_headers(message, cache=cache, has_form=has_form)
            message["headers"] += STREAM if is_stream else ()
        await send(message)

    return send_response


def send_page(send: Send, cache: bytes) -> Send:
    """Make a `send` that reads the page's HTML whole, prepares it, and adds our headers."""
    start: Message = {}
    body = b""

    async def send_response(message: Message) -> None:
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
            await send(with_headers(start, body, cache))
            await send({"type": "http.response.body", "body": body})

    return send_response


def send_head(send: Send) -> Send:
    """Make a `send` that leaves the body out, for HEAD."""

    async def send_response(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_response
