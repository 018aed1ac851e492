"""Guard the whole server: refuse foreign hosts, origins and routes, limit and check bodies.

This is an ASGI middleware, because it has to see every request first, also those for Gradio's
routes.
"""

import re
from collections.abc import Callable
from typing import Any

from inquote.app.service.service import explain
from inquote.app.service.viewer import see_as
from inquote.app.web.asgi import App, Incoming, Message, Receive, Scope, Send, is_start, replay
from inquote.app.web.bodies import BodyError, parse_json
from inquote.app.web.headers import send_head, send_page, send_with_headers
from inquote.app.web.login import Login
from inquote.app.web.people_login import PeopleLogin
from inquote.app.web.refusals import Refusal, log, refuse
from inquote.app.web.request_log import note_sender
from inquote.app.web.routes import BODY_LIMIT, Route, needs_no_login, route_of
from inquote.app.web.sites import Sites, headers_of

HELD_LIMIT = 16 * BODY_LIMIT  # bytes of all bodies that are being read
STREAM_START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream; charset=utf-8")],
}
Check = Callable[[Scope, Any], None]


def accept_all(scope: Scope, value: Any) -> None:
    """Accept every body; the check of an application that takes any."""


class Guard:
    """ASGI middleware that lets in only the requests that the page and `POST /api/ask` need.

    `sites` know the names of this server. It answers 400 to a foreign Host, 403 to a foreign
    Origin, 401 or 429 to a request that fails the `login`, 404 to an unknown route, 405 to a method
    that it has not, 413 to a body over the route's limit, or `upload_limit` for uploaded files, and
    422 to JSON that is none or that `check` refuses. Every other request goes to `app`; its
    response gets the security headers.
    """

    def __init__(
        self,
        app: App,
        sites: Sites,
        login: Login | None = None,
        people: PeopleLogin | None = None,
        upload_limit: int = BODY_LIMIT,
        check: Check = accept_all,
    ) -> None:
        self._app = app
        self._sites = sites
        self._login = login
        self._people = people
        self._upload_limit = upload_limit
        self._check = check
        self._held = 0  # bytes of bodies that are being read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; the ASGI entry point. Websockets are closed, the page uses none."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        incoming = Incoming(receive)
        try:
            scope = self._sites.admit(scope)
            note_sender(scope)
            if self._people is not None:
                scope, person = await self._people.admit(scope, headers_of(scope))
                see_as(person)
                note_sender(scope, person.name if person else "")
            route = await self._admit(scope)
            if _is_upload(route, scope):
                await self._pass_upload_on(route, scope, incoming, send)
            else:
                await self._read_and_pass_on(route, scope, incoming, send)
        except Refusal as refusal:
            if not incoming.has_left:
                await refuse(scope, incoming, send, refusal)

    async def _admit(self, scope: Scope) -> Route:
        """Return the request's route; raises `Refusal` for one that is not let in."""
        headers = headers_of(scope)
        if self._login is not None and not needs_no_login(scope):
            address = (scope.get("client") or ("",))[0]
            await self._login.check(headers.get("authorization", ""), address)
        route = route_of(scope["path"])
        if route is None:
            raise Refusal(404, "There is nothing at this address.", noted=False)
        self._check_method(scope["method"], route)
        length, limit = headers.get("content-length", "0"), self._limit(route, scope)
        if not re.fullmatch("[0-9]{1,15}", length) or int(length) > limit:
            raise _too_large(limit)
        return route

    def _check_method(self, method: str, route: Route) -> None:
        """Raise `Refusal` unless the route has the method; OPTIONS is a refusal with 204."""
        if method == "OPTIONS":
            raise Refusal(204, "", {"allow": route.allowed}, noted=False)
        if method not in route.allowed.split(", "):
            sentence = f"This address takes {route.allowed} only."
            raise Refusal(405, sentence, {"allow": route.allowed})

    def _limit(self, route: Route, scope: Scope) -> int:
        """Return how many bytes the body of this request may have."""
        return self._upload_limit if _is_upload(route, scope) else route.limit

    async def _read_and_pass_on(
        self, route: Route, scope: Scope, incoming: Incoming, send: Send
    ) -> None:
        """Read and check the body, then pass the request on."""
        body, value = b"", None
        if scope["method"] == "POST":
            body = await self._read(route.limit, incoming)
            value = _parse(body, route)
        if incoming.has_left:
            return
        self._check(scope, value)
        if scope["method"] == "HEAD":
            send, scope = send_head(send), {**scope, "method": "GET"}
            if route.is_stream:
                await send_with_headers(send, route.cache)(STREAM_START)
                return await send({"type": "http.response.body", "body": b""})
        receive = replay(body, incoming) if scope["method"] == "POST" else incoming
        if scope["path"] == "/":  # a compressed page could not be read for its scripts
            headers = [item for item in scope["headers"] if item[0].lower() != b"accept-encoding"]
            scope, send = {**scope, "headers": headers}, send_page(send, route.cache)
        else:
            send = send_with_headers(send, route.cache, route.is_stream, route.has_form)
        await self._call(scope, receive, send)

    async def _read(self, limit: int, incoming: Incoming) -> bytes:
        """Read a body whole; raises `Refusal` for too many bytes, and while others hold too many.

        Where its sender leaves, `incoming` knows.
        """
        body = bytearray()
        try:
            while not incoming.is_over:
                piece = (await incoming()).get("body", b"")
                body += piece
                self._held += len(piece)
                if len(body) > limit:
                    raise _too_large(limit)
                if self._held > HELD_LIMIT:
                    raise Refusal(503, "Too much is being sent; please try again in a moment.")
            return bytes(body)
        finally:
            self._held -= len(body)

    async def _pass_upload_on(
        self, route: Route, scope: Scope, incoming: Incoming, send: Send
    ) -> None:
        """Pass an upload on as it comes; past the limit, the application sees its client leave."""
        limit = self._upload_limit
        has_started = False

        async def receive_within_limit() -> Message:
            message = await incoming()
            return message if incoming.bytes_read <= limit else {"type": "http.disconnect"}

        async def send_within_limit(message: Message) -> None:
            nonlocal has_started
            if incoming.bytes_read <= limit:
                has_started = True
                if is_start(message):
                    message = _closing(message, incoming)
                elif not message.get("more_body"):
                    await send({**message, "more_body": True})
                    await incoming.discard()
                    message = {"type": "http.response.body", "body": b""}
                await send(message)

        respond = send_with_headers(send_within_limit, route.cache)
        await self._call(scope, receive_within_limit, respond)
        if incoming.bytes_read > limit and not has_started:
            raise _too_large(limit)

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the application; an error that it leaves is in the log once, and goes no further.

        Starlette has answered with 500 and logged the details where no response had begun. Gradio
        lets a stream fail where its session ends: that is one line.
        """
        status = 0

        async def send_and_note_status(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, send_and_note_status)
        except Exception as error:
            if status == 0:
                raise Refusal(500, explain(error), noted=False) from None
            if scope["path"].startswith("/gradio_api/") and status == 200:
                log.warning("A stream of the page ended early: %s", type(error).__name__)
            elif status != 500:
                log.error("A response ended early", exc_info=error)


def _is_upload(route: Route, scope: Scope) -> bool:
    """Say whether files are posted."""
    return route.is_upload and scope["method"] == "POST"


def _parse(body: bytes, route: Route) -> Any:
    """Return the value of a body that must be JSON, else None; raises `Refusal`."""
    if not route.form:
        return None
    try:
        return parse_json(body)
    except BodyError:
        raise Refusal(422, f"Please send JSON of the form {route.form}.") from None


def _closing(start: Message, incoming: Incoming) -> Message:
    """Return the start of a response that ends the connection where a body is not read whole."""
    if incoming.is_over:
        return start
    return {**start, "headers": [*start["headers"], (b"connection", b"close")]}


def _too_large(limit: int) -> Refusal:
    return Refusal(413, f"The request is larger than {limit:,} bytes.")
