"""The web server: the page at /, `POST /api/ask` beside it, the guard around both."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from inquote.app.service.service import Service
from inquote.ingest.errors import InquoteError

if TYPE_CHECKING:
    import uvicorn

    from inquote.app.service.jobs import LibraryJobs
    from inquote.app.system import System
    from inquote.app.web.guard import Guard
    from inquote.app.web.password import Login

DRAIN = 30  # seconds that running requests get to finish after SIGTERM or SIGINT
PAGE_FIRST = 10  # seconds after which the models are loaded even if no page was opened
SWITCH = 0.001  # seconds for which one thread may keep others waiting: importing models would starve the page
OFFLINE = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


class ServerError(InquoteError):
    """The server cannot start as asked; another port or host helps."""


def serve(
    open_system: "Callable[[], System]",
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = True,
    login: "Login | None" = None,
    keep: "Callable[[Service], LibraryJobs] | None" = None,
) -> None:
    """Serve the page until SIGINT or SIGTERM; then finish the running requests and return.

    `open_system` is called in a thread of its own once a page was opened, or `PAGE_FIRST` seconds after the start. Port
    0 takes any free one. With a `login` only who knows the password is let in. Without `keep`, which makes the keeper
    of the library, the page changes nothing of the corpus. Raises ServerError when the address cannot be had.
    """
    os.environ.update(OFFLINE)
    listener = _listen(host, port)
    sys.setswitchinterval(SWITCH)
    service = Service(open_system, at_once=False)
    keeper = keep(service) if keep else None
    later = threading.Timer(PAGE_FIRST, service.begin)
    try:
        with listener:
            app, stop_streams = asyncio.run(create_app(service, host, login, keeper))
            port = listener.getsockname()[1]

            def started() -> None:
                _announce(host, port, open_browser)
                later.start()

            with _signals_kept():
                make_server(app, stop_streams, started).run(sockets=[listener])
    finally:
        later.cancel()
        if keeper:
            keeper.close()
        service.close()


async def create_app(
    service: Service,
    host: str = "127.0.0.1",
    login: "Login | None" = None,
    keeper: "LibraryJobs | None" = None,
) -> "tuple[Guard, Callable[[], None]]":
    """The whole ASGI application (endpoints, page, guard), and what ends the endless streams of its open pages.

    Takes seconds the first time: it imports Gradio. A coroutine, because without a running loop Gradio makes a dozen
    loops and closes none.
    """
    os.environ.update(OFFLINE)
    from inquote.app.chat.page import mount_page
    from inquote.app.service.uploads import MOST_BYTES
    from inquote.app.web.corpus_endpoints import corpus_routes
    from inquote.app.web.endpoints import create_api
    from inquote.app.web.guard import BODY_LIMIT, Guard
    from inquote.app.web.streams import StreamEnds

    api = create_api(service)
    api.include_router(corpus_routes(service, keeper))
    page = mount_page(api, service, writable=keeper is not None)
    upload_limit = MOST_BYTES if keeper else BODY_LIMIT
    return Guard(StreamEnds(api), host, login=login, upload_limit=upload_limit), page.stop_event.set


def _listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address, or ServerError with the address in its sentence."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ServerError(
            f"There is no address {host} on this machine ({error}); name another --host."
        ) from None
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        raise ServerError(
            f"Cannot listen on port {port} of {host}: {reason}. Name another with --port."
        ) from None
    return listener


@contextlib.contextmanager
def _signals_kept() -> Iterator[None]:
    """uvicorn raises the signal that stopped it once more at the end; here that does nothing, and the exit is 0."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {
        number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def make_server(
    app: "Guard", stop_streams: Callable[[], None], started: Callable[[], None]
) -> "uvicorn.Server":
    """A server that calls `started` once it listens, and ends open pages' streams before it waits for requests."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            stop_streams()
            await super().shutdown(sockets)

    return Server(
        uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=DRAIN)
    )


def _announce(host: str, port: int, open_browser: bool) -> None:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    address = f"http://{name}:{port}"
    print(f"inquote is at {address}  (Ctrl-C stops it)", flush=True)
    if open_browser:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
