"""Run the web server: the page at /, `POST /api/ask` beside it, the guard around both."""

import asyncio
import contextlib
import functools
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from inquote.app.service.service import Service
from inquote.app.service.viewer import visible
from inquote.ingest.errors import InquoteError

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from inquote.app.answering.answer import Answer
    from inquote.app.service.jobs import LibraryJobs
    from inquote.app.service.readers import Readers
    from inquote.app.system import System
    from inquote.app.web.login import Login
    from inquote.app.web.metrics import Metrics
    from inquote.app.web.people_login import PeopleLogin
    from inquote.app.web.request_log import RequestLog
    from inquote.app.web.sites import Sites

DRAIN_SECONDS = 30  # that running requests get to finish after SIGTERM or SIGINT
PAGE_FIRST_SECONDS = 10  # after which the models are loaded even if no page was opened
# For so long may one thread keep others waiting: importing the models would starve the page.
SWITCH_SECONDS = 0.001
OFFLINE = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


class ServerError(InquoteError):
    """The server cannot start at that address; another port or host helps."""


def serve(
    open_system: "Callable[[], System]",
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = True,
    login: "Login | None" = None,
    make_jobs: "Callable[[Service], LibraryJobs] | None" = None,
    sites: "Sites | None" = None,
    people: "PeopleLogin | None" = None,
    readers: "Readers | None" = None,
) -> None:
    """Serve the page until SIGINT or SIGTERM, then finish the running requests and return.

    `open_system` is called in a thread of its own once a page was opened, or `PAGE_FIRST_SECONDS`
    after the start. Port 0 takes any free one. With a `login` only those who know the password are
    let in, with `people` only these, each to what they may see. Without `make_jobs` the page
    changes nothing of the corpus. `sites` know the names that the server has behind a proxy.
    `readers` answer the questions, else the service does. Raises `ServerError` where the address
    cannot be had.
    """
    os.environ.update(OFFLINE)
    listener = listen(host, port)
    sys.setswitchinterval(SWITCH_SECONDS)
    service = make_service(open_system, people, readers=readers)
    jobs = make_jobs(service) if make_jobs else None
    try:
        with listener:
            app, stop_streams = asyncio.run(create_app(service, host, login, jobs, sites, people))
            address = address_of(listener, host)

            def on_start() -> None:
                _announce(address, open_browser)

            run_server(service, listener, app, stop_streams, on_start)
    finally:
        if jobs:
            jobs.close()
        service.close()


def run_server(
    service: Service,
    listener: socket.socket,
    app: "RequestLog",
    stop_streams: Callable[[], None],
    on_start: Callable[[], None],
) -> None:
    """Serve an application until SIGINT or SIGTERM; its models are loaded a while after the start.

    `on_start` is called once the server listens.
    """
    load_models = threading.Timer(PAGE_FIRST_SECONDS, service.begin)

    def begin() -> None:
        on_start()
        load_models.start()

    try:
        with _end_quietly():
            make_server(app, stop_streams, begin).run(sockets=[listener])
    finally:
        load_models.cancel()


def make_service(
    open_system: "Callable[[], System]",
    people: "PeopleLogin | None",
    at_once: bool = False,
    readers: "Readers | None" = None,
) -> Service:
    """Make the service of a server; where it knows people, each sees a part of the library."""
    sees = visible if people else _everything
    if readers is None:
        return Service(open_system, at_once=at_once, visible=sees)
    from inquote.app.service.parallel import ParallelService

    return ParallelService(open_system, readers, at_once=at_once, visible=sees)


def _everything() -> None:
    """Return what is visible where nobody is known: None, for all of it."""


async def create_app(
    service: Service,
    host: str = "127.0.0.1",
    login: "Login | None" = None,
    jobs: "LibraryJobs | None" = None,
    sites: "Sites | None" = None,
    people: "PeopleLogin | None" = None,
) -> "tuple[RequestLog, Callable[[], None]]":
    """Make the ASGI application, and the function that ends the streams of its open pages.

    Takes seconds the first time: it imports Gradio. This is a coroutine, because without a running
    loop Gradio makes a dozen loops and closes none.
    """
    os.environ.update(OFFLINE)
    from starlette.routing import Route

    from inquote.app.chat.mounting import mount_page
    from inquote.app.mcp.transports import McpEndpoint
    from inquote.app.service.uploads import MAX_UPLOAD_BYTES
    from inquote.app.web.endpoints import create_api
    from inquote.app.web.guard import Guard
    from inquote.app.web.page_calls import PageCalls
    from inquote.app.web.request_log import RequestLog
    from inquote.app.web.routes import BODY_LIMIT
    from inquote.app.web.sites import PAGE, Sites
    from inquote.app.web.streams import StreamEnds

    metrics, mcp = watch(service, jobs), McpEndpoint(service, lambda scope: str(scope[PAGE]))
    api = create_api(service)
    _add_endpoints(api, service, jobs, people, metrics)
    api.router.routes.append(Route("/mcp", endpoint=mcp))
    known = people.known if people else None
    page = mount_page(api, service, writable=jobs is not None, known=known)
    guard = Guard(
        StreamEnds(api),
        sites or Sites(host),
        login=login,
        people=people,
        upload_limit=MAX_UPLOAD_BYTES if jobs else BODY_LIMIT,
        check=PageCalls(page, people).check,
    )

    def stop() -> None:
        page.stop_event.set()
        mcp.stop()

    return RequestLog(guard, metrics.note_request), stop


def _add_endpoints(
    api: "FastAPI",
    service: Service,
    jobs: "LibraryJobs | None",
    people: "PeopleLogin | None",
    metrics: "Metrics",
) -> None:
    """Add what the page, programs and monitoring call."""
    from inquote.app.web.corpus_endpoints import corpus_routes
    from inquote.app.web.login_page import login_routes
    from inquote.app.web.monitoring import monitoring_routes
    from inquote.app.web.overview_endpoints import overview_routes
    from inquote.app.web.page_endpoints import page_routes
    from inquote.app.web.programs import program_routes

    has_people = people is not None
    api.include_router(program_routes(service, jobs, has_people))
    api.include_router(corpus_routes(service, jobs, has_people))
    api.include_router(login_routes(people))
    api.include_router(page_routes(service))
    api.include_router(overview_routes(service))
    api.include_router(monitoring_routes(service, metrics, has_people))


def watch(service: Service, jobs: "LibraryJobs | None" = None) -> "Metrics":
    """Count what a service and its jobs do, and write its questions where the log takes them."""
    from inquote.app.web.logs import log_question
    from inquote.app.web.metrics import Metrics

    metrics = Metrics(service)

    def note(answer: "Answer | Exception") -> None:
        metrics.note_answer(answer)
        log_question(answer)

    service.on_answer = note
    if jobs is not None:
        jobs.on_end = metrics.note_job
    return metrics


def listen(host: str, port: int) -> socket.socket:
    """Bind a socket to the address; raises `ServerError` where that cannot be done."""
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = addresses[0]
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
def _end_quietly() -> Iterator[None]:
    """Ignore the signal that stopped the server when uvicorn raises it once more at the end.

    So the program exits with 0.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        handlers[number] = signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def make_server(
    app: "RequestLog", stop_streams: Callable[[], None], on_start: Callable[[], None]
) -> "uvicorn.Server":
    """Make a server that calls `on_start` once it listens.

    When it stops, it ends the streams of open pages before it waits for running requests.
    """
    import uvicorn

    from inquote.app.web import connections
    from inquote.app.web.refusals import limit_logs

    limit_logs()
    open_connections = connections.Connections(connections.connection_limit())

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            asyncio.get_running_loop().set_exception_handler(open_connections.on_error)
            for listener in sockets or ():
                listener.listen(connections.BACKLOG)  # more than the loop accepts at once
            on_start()

        async def on_tick(self, counter: int) -> bool:
            open_connections.close_slow(asyncio.get_running_loop().time())
            return await super().on_tick(counter)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            stop_streams()
            await super().shutdown(sockets)

    protocol: Any = functools.partial(connections.Connection, open_connections)
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        backlog=connections.ACCEPTED_AT_ONCE,
        log_config=None,  # it goes where all of the log goes
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # Sites reads them, from proxies that are trusted
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    return Server(config)


def address_of(listener: socket.socket, host: str) -> str:
    """Return the address of a server that listens as `host`."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{listener.getsockname()[1]}"


def _announce(address: str, open_browser: bool) -> None:
    """Print the address, and open it in a browser."""
    print(f"inquote is at {address}  (Ctrl-C stops it)", flush=True)
    if open_browser:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
