"""The page in a real Chromium.

Without one the tests are skipped, or fail if INQUOTE_REQUIRE_BROWSER is set.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from browser.driving import CHROMIUM, FLAGS, PATIENCE, Tab
from fake_system import FakeSystem, opener
from serving import served

HOW = (
    "no Chromium here: `apt-get install chromium` brings one, and `make test-browser` insists on it"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM and not os.environ.get("INQUOTE_REQUIRE_BROWSER"):
                item.add_marker(pytest.mark.skip(reason=HOW))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.fail(HOW)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def fake() -> Iterator[tuple[FakeSystem, str]]:
    """One fake system for all tests, and the address of the server over it."""
    system = FakeSystem()
    with served(opener(system)) as address:
        yield system, address


@pytest.fixture
def system(fake: tuple[FakeSystem, str]) -> FakeSystem:
    """The fake system as it is at first; what a test changes in it, its page sees."""
    vars(fake[0]).clear()
    vars(fake[0]).update(vars(FakeSystem()))
    return fake[0]


@pytest.fixture
def address(system: FakeSystem, fake: tuple[FakeSystem, str]) -> str:
    return fake[1]


@pytest.fixture
def new_tab(browser: Browser, address: str) -> Iterator[Callable[..., Tab]]:
    """Opens tabs with context options; none may have had an error or a foreign request."""
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
