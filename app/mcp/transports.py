"""Serve the MCP server: by standard input and output, or by HTTP below a server's guard."""

import asyncio
import contextvars
from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from inquote.app.service.service import Service

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

BEFORE_MODELS = 1.0  # seconds after the start of stdio until the models are loaded
_page: contextvars.ContextVar[str] = contextvars.ContextVar("page", default="")


async def serve_stdio(service: Service, page: str) -> None:
    """Serve one client by standard input and output until its end.

    Nothing but the protocol is written there. The models are loaded once the client was greeted.
    """
    from inquote.app.mcp.server import LibraryServer

    server = LibraryServer(service, lambda: page)
    loading = asyncio.get_running_loop().call_later(BEFORE_MODELS, service.begin)
    try:
        await server.run_stdio_async()
    finally:
        loading.cancel()


class McpEndpoint:
    """ASGI application that answers POSTs of MCP; the SDK is imported with the first of them.

    Each request stands alone, and its answer is one JSON object. `page_of` gives the address of
    the page for a request, "" for none. The guard before it knows hosts, origins and people.
    """

    def __init__(
        self, service: Service, page_of: Callable[[MutableMapping[str, Any]], str]
    ) -> None:
        self._service = service
        self._page_of = page_of
        self._starting = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._manager: StreamableHTTPSessionManager | None = None
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle a request; the ASGI entry point."""
        async with self._starting:
            manager = self._manager or await self._start()
        _page.set(self._page_of(scope))
        await manager.handle_request(scope, receive, send)

    def stop(self) -> None:
        """End what runs for all requests."""
        self._stopping.set()

    async def _start(self) -> "StreamableHTTPSessionManager":
        """Make the server, and run it in a task that belongs to no request."""
        manager = await asyncio.to_thread(self._make)
        started = asyncio.Event()

        async def run() -> None:
            async with manager.run():
                started.set()
                await self._stopping.wait()

        loop = asyncio.get_running_loop()
        self._running = loop.create_task(run(), context=contextvars.Context())
        await started.wait()
        self._manager = manager
        return manager

    def _make(self) -> "StreamableHTTPSessionManager":
        from mcp.server.transport_security import TransportSecuritySettings

        from inquote.app.mcp.server import LibraryServer

        server = LibraryServer(self._service, _page.get)
        server.streamable_http_app(
            json_response=True,
            stateless_http=True,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        return server.session_manager
