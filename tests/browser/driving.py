"""What a browser test drives: a server in a thread of this process, and a tab on its page."""

import asyncio
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, Request

from app.keeper import Keeper
from app.server import create_app, make_server
from app.service import Service

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def served(open_system: Callable[[], Any], keep: Callable[[Service], Keeper] | None = None) -> Iterator[str]:
    """The address of a server that runs, in a thread of its own, while it is open; read-only without `keep`."""
    service = Service(open_system)
    keeper = keep(service) if keep else None
    started = threading.Event()
    servers = []

    async def run() -> None:
        servers.append(make_server(*await create_app(service, keeper=keeper), started.set))
        await servers[0].serve(sockets=[listener])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(run()))
        thread.start()
        try:
            assert started.wait(60)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            servers[0].should_exit = True
            thread.join(60)
            if keeper:
                keeper.close()
            service.close()


class Tab:
    """A browser tab on the page, with a log of what went wrong in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.foreign: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))

    def _note(self, request: Request) -> None:
        if not request.url.startswith((self.address + "/", "data:", "blob:")):
            self.foreign.append(request.url)

    def open(self, query: str = "") -> "Tab":
        """Open the page and wait until it takes a question."""
        self.page.goto(f"{self.address}/{query}")
        self.page.locator("#question textarea").wait_for()
        self.page.locator("#pane h2").wait_for(state="attached")
        return self

    def ask(self, question: str) -> "Tab":
        """Type a question, press Enter, and wait for what comes of it."""
        before = self.page.locator("#log .answer:not(.waiting)").count()
        self.page.locator("#question textarea").fill(question)
        self.page.locator("#question textarea").press("Enter")
        self.page.locator("#log .answer:not(.waiting)").nth(before).wait_for()
        return self

    @property
    def latest(self) -> Any:
        """The latest answer."""
        return self.page.locator("#log .answer").last


def marked(page: Page, number: int = 1) -> str:
    """What the marks with that number say in the document pane."""
    pieces = page.locator("#pane mark").evaluate_all(
        "(marks, n) => marks.filter(m => m.dataset.cite.split(' ').includes(n)).map(m => m.textContent)", str(number)
    )
    return "".join(pieces)


def in_view(mark: Locator) -> bool:
    """Whether an element lies wholly inside the document pane's window."""
    return bool(
        mark.evaluate(
            """mark => { const m = mark.getBoundingClientRect();
            const p = document.querySelector('.document-text').getBoundingClientRect();
            return m.top >= p.top && m.bottom <= p.bottom && m.bottom <= innerHeight && m.height > 0; }"""
        )
    )
