"""Serve a library by MCP over HTTP without the page, behind the same guard and monitoring."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from inquote.app.service.service import Service
from inquote.app.web.server import (
    SWITCH_SECONDS,
    address_of,
    listen,
    make_service,
    run_server,
    watch,
)

if TYPE_CHECKING:
    from inquote.app.system import System
    from inquote.app.web.login import Login
    from inquote.app.web.people_login import PeopleLogin
    from inquote.app.web.request_log import RequestLog
    from inquote.app.web.sites import Sites


def serve_mcp(
    open_system: "Callable[[], System]",
    *,
    host: str,
    port: int,
    page: str = "",
    login: "Login | None" = None,
    sites: "Sites | None" = None,
    people: "PeopleLogin | None" = None,
) -> None:
    """Serve `/mcp` until SIGINT or SIGTERM; `page` is where a chat over the same library is.

    The rest is as for `serve`. Raises `ServerError` where the address cannot be had.
    """
    listener = listen(host, port)
    sys.setswitchinterval(SWITCH_SECONDS)
    service = make_service(open_system, people)
    address = f"{address_of(listener, host)}/mcp"
    try:
        with listener:
            app, stop = create_mcp_app(service, host, page, login, sites, people)

            def on_start() -> None:
                print(f"inquote's MCP server is at {address}  (Ctrl-C stops it)", flush=True)

            run_server(service, listener, app, stop, on_start)
    finally:
        service.close()


def create_mcp_app(
    service: Service,
    host: str = "127.0.0.1",
    page: str = "",
    login: "Login | None" = None,
    sites: "Sites | None" = None,
    people: "PeopleLogin | None" = None,
) -> "tuple[RequestLog, Callable[[], None]]":
    """Make the ASGI application, and the function that ends it."""
    from starlette.routing import Route

    from inquote.app.mcp.transports import McpEndpoint
    from inquote.app.web.endpoints import bare_api
    from inquote.app.web.guard import Guard
    from inquote.app.web.monitoring import monitoring_routes
    from inquote.app.web.request_log import RequestLog
    from inquote.app.web.sites import Sites

    metrics, mcp = watch(service), McpEndpoint(service, lambda scope: page)
    api = bare_api()
    api.include_router(monitoring_routes(service, metrics, has_people=people is not None))
    api.router.routes.append(Route("/mcp", endpoint=mcp))
    guard = Guard(api, sites or Sites(host), login=login, people=people)
    return RequestLog(guard, metrics.note_request), mcp.stop
