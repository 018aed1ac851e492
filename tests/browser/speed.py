"""How fast the page feels on the article: from `inquote chat` to first paint, box and answers.

PYTHONPATH=tests python -m browser.speed [RUNS]
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from browser.driving import CHROMIUM, FLAGS
from places import ROOT

INQUOTE = Path(sys.executable).with_name("inquote")
QUESTIONS = [
    "Who developed IMLYGIC?",
    "When was IMLYGIC approved by the FDA?",
    "What was the durable response rate in the OPTiM trial?",
    "What are the common side effects?",
    "Which virus is IMLYGIC derived from?",
    "How does IMLYGIC work?",
    "What does a dose of IMLYGIC cost?",
    "Which gene is added to the virus?",
    "Why did sales grow?",
    "What is DelveInsight?",
]
# From Enter in the box to the answer in the conversation, both seen by the page itself.
TIMED = """([question, before]) => new Promise(done => {
    const box = document.querySelector('#question textarea');
    box.value = question;
    box.dispatchEvent(new Event('input', {bubbles: true}));
    requestAnimationFrame(() => {
        const started = performance.now();
        const log = document.querySelector('#log');
        new MutationObserver((_, observer) => {
            if (log.querySelectorAll('.answer:not(.waiting)').length <= before) return;
            observer.disconnect();
            requestAnimationFrame(() => done(performance.now() - started));
        }).observe(log, {childList: true, subtree: true});
        box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
        box.dispatchEvent(new KeyboardEvent('keypress', {key: 'Enter', bubbles: true}));
    });
})"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def run(library: Path, browser: Browser) -> dict[str, float]:
    """One start of the chat; seconds from the command to each state, milliseconds for the rest."""
    times: dict[str, float] = {}
    command = [str(INQUOTE), "chat", "--port", "0", "--no-browser", "--library", str(library)]
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as server:
        try:
            assert server.stdout
            address = re.search(r"http://\S+", server.stdout.readline())[0]  # type: ignore[index]
            times["server listens, s"] = time.monotonic() - started
            page = browser.new_context().new_page()
            page.goto(address)
            page.locator("#question textarea").wait_for()
            times["page takes a question, s"] = time.monotonic() - started
            times["first paint while loading, ms"] = page.evaluate(PAINT)
            page.locator("#notice").wait_for(state="hidden", timeout=120_000)
            page.locator("#examples button").first.wait_for(timeout=120_000)
            times["models loaded, examples found, s"] = time.monotonic() - started
            times["Enter to answer, median ms"] = statistics.median(answers(page))
            fresh = browser.new_context().new_page()
            fresh.goto(address)
            fresh.locator("#question textarea").wait_for()
            times["first paint, ms"] = fresh.evaluate(PAINT)
            times["page ready, ms"] = fresh.evaluate("performance.now()")
        finally:
            server.terminate()
    return times


def answers(page: Page) -> list[float]:
    return [page.evaluate(TIMED, [question, before]) for before, question in enumerate(QUESTIONS)]


def main(runs: int = 3) -> None:
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        library = Path(scratch) / "library"
        subprocess.run(
            [INQUOTE, "ingest", ROOT / "corpus", "--library", library],
            check=True,
            capture_output=True,
        )
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        results = [run(library, browser) for _ in range(runs)]
        browser.close()
    for name in results[0]:
        values = sorted(result[name] for result in results)
        print(f"{name:34} {statistics.median(values):8.2f}   ({values[0]:.2f} to {values[-1]:.2f})")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
