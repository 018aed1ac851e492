"""The page in a real Chromium: a server over a fake system, or over the real one, in a thread of this process."""

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from app.server import create_app, make_server
from app.service import Service
from tests.fake_system import FakeSystem, opener

ROOT = Path(__file__).parent.parent.parent
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
HOW = "no Chromium here: `apt-get install chromium` brings one, and `make test-browser` insists on it"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a browser test; without a browser it is skipped, or fails if one is required."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM and not os.environ.get("INQUOTE_REQUIRE_BROWSER"):
                item.add_marker(pytest.mark.skip(reason=HOW))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.fail(HOW)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@contextmanager
def served(open_system: Callable[[], Any]) -> Iterator[str]:
    """The address of a server that runs, in a thread of its own, while the context is open."""
    service = Service(open_system)
    started = threading.Event()
    servers = []

    async def run() -> None:
        servers.append(make_server(*await create_app(service), started.set))
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
            service.close()


@pytest.fixture
def system() -> FakeSystem:
    return FakeSystem()


@pytest.fixture
def address(system: FakeSystem) -> Iterator[str]:
    with served(opener(system)) as address:
        yield address


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
        self.page.locator("#pane h2").wait_for(timeout=60_000)
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


@pytest.fixture
def new_tab(browser: Browser, address: str) -> Iterator[Callable[..., Tab]]:
    """Opens tabs with the given context options; at the end none may have had an error or a foreign request."""
    contexts, tabs = [], []

    def new(width: int = 1280, height: int = 800, **options: Any) -> Tab:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        tabs.append(Tab(contexts[-1].new_page(), address))
        return tabs[-1]

    yield new
    for context in contexts:
        context.close()
    for tab in tabs:
        assert tab.foreign == []
        assert tab.errors == []


@pytest.fixture
def tab(new_tab: Callable[..., Tab]) -> Tab:
    return new_tab().open()
