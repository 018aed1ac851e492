"""What a browser test drives: a tab on the page of a server, see serving.py."""

import shutil
import time
from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, Request

PATIENCE = 120_000  # milliseconds; for machines that do other things as well
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each test's own certificate. Playwright's way, which lets every connection be refused and
    # taken up anew, gave a style sheet up after 32 times.
    "--ignore-certificate-errors",
    "--host-resolver-rules=MAP *.example.org 127.0.0.1",
]
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
}
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


# What Gradio's own client says of an event that still runs when its page is left or loaded again.
LEFT_BEHIND = (
    "signal is aborted",
    "BodyStreamBuffer was aborted",
    "errored out",
    "status of 410",  # a document is removed while the page asks for it, which the pane says
)


class Tab:
    """A browser tab on the page, with a log of what went wrong in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE)
        self.address = address
        self.foreign: list[str] = []
        self._complaints: list[str] = []
        self._excused = list(LEFT_BEHIND)
        page.on("request", self._note)
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        page.on("console", self._hear)

    @property
    def errors(self) -> list[str]:
        """What the browser complained of and nobody excused."""
        return [text for text in self._complaints if not any(w in text for w in self._excused)]

    def excuse(self, *words: str) -> None:
        """Expect complaints with any of these words, which may come at any time."""
        self._excused += words

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self._complaints.append(f"{line.text} {line.location['url']}")

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
        box = self.page.locator("#question textarea")
        box.fill(question)
        box.press("Enter")
        self.page.locator("#log .answer:not(.waiting)").nth(before).wait_for()
        return self

    def settle(self) -> "Tab":
        """Wait until the page has done what follows from what it shows."""
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        return self

    @property
    def latest(self) -> Any:
        """The latest answer."""
        return self.page.locator("#log .answer").last


def marked(page: Page, number: int = 1) -> str:
    """The text under the marks with that number in the document pane."""
    script = (
        "(marks, n) => marks.filter(m => m.dataset.cite.split(' ').includes(n))"
        ".map(m => m.textContent)"
    )
    return "".join(page.locator("#pane mark").evaluate_all(script, str(number)))


def in_view(mark: Locator) -> bool:
    """Whether an element lies wholly inside the document pane's window."""
    return bool(
        mark.evaluate(
            """mark => { const m = mark.getBoundingClientRect();
            const p = document.querySelector('.document-text').getBoundingClientRect();
            return m.top >= p.top && m.bottom <= Math.min(p.bottom, innerHeight)
                && m.height > 0; }"""
        )
    )


def until(page: Page, holds: Callable[[], bool], patience: float = 120) -> None:
    """Wait until something holds, with the browser's events coming in meanwhile."""
    last = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < last, "it never held"
        page.wait_for_timeout(20)


def serious(tab: Tab) -> list[tuple[str, Any]]:
    """The violations that axe calls serious or critical, with their elements."""
    violations = Axe().run(tab.page, options=RULES).response["violations"]
    return [
        (violation["id"], [node["html"][:200] for node in violation["nodes"]])
        for violation in violations
        if violation["impact"] in ("serious", "critical")
    ]
