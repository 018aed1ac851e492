"""Pictures of the page's main states: the real system on the real article.

PYTHONPATH=tests python -m browser.screenshots FOLDER
"""

import sys
import tempfile
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from browser.driving import CHROMIUM, FLAGS, Tab
from browser.report import report
from inquote.app.build import open_system
from inquote.app.service.jobs import open_jobs
from inquote.index.models.embedder import PACKAGED, SentenceTransformerEmbedder
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from places import CORPUS
from serving import served

SIZES = [(1280, 800), (360, 740)]
ANSWERED = "What was the durable response rate in the OPTiM trial?"
LONGER = "Who developed IMLYGIC?"
OF_PAGE = "How many nests of sand martins were counted in all?"
REFUSED = "What does a dose of IMLYGIC cost?"
ADDED = {
    "name": "doses.md",
    "mimeType": "text/markdown",
    "buffer": b"# Doses\n\n"
    b"A dose of IMLYGIC costs 4,000 dollars, a price made up for this picture.\n",
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        library = Path(scratch) / "library"
        reports = Path(scratch) / "reports"
        reports.mkdir()
        (reports / "martins.pdf").write_bytes(report())
        ingest(LocalStore(library), [CORPUS, reports], SentenceTransformerEmbedder(PACKAGED))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        make_jobs = partial(open_jobs, library=library, embedder=None)
        with served(lambda: open_system(library, journal=True), make_jobs) as address:
            for width, height in SIZES:
                for scheme in ("light", "dark"):
                    take(browser, address, width, height, scheme, folder)
        browser.close()


def take(
    browser: Browser, address: str, width: int, height: int, scheme: str, folder: Path
) -> None:
    """One walk through the states at one size, in one colour scheme."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    tab = Tab(context.new_page(), address)

    def shot(state: str) -> None:
        tab.page.wait_for_timeout(600)
        tab.page.screenshot(path=folder / f"{state}-{width}-{scheme}.png")

    tab.open()
    tab.page.locator("#examples button").first.wait_for(timeout=120_000)
    shot("start")
    tab.ask(ANSWERED)
    shot("answer")
    tab.ask(LONGER)
    if width < 800:
        tab.latest.locator("a.cite, a.near").first.click()
        shot("document")
        tab.page.keyboard.press("Escape")
    tab.latest.locator(".trace > summary").click()
    tab.latest.locator(".trace").evaluate("trace => trace.scrollIntoView()")
    shot("why")
    tab.ask(OF_PAGE)
    if width < 800:
        tab.latest.locator("a.cite, a.near").first.click()
    tab.page.locator(".document-pages .mark.current").first.wait_for()
    tab.page.locator(".document-pages canvas:visible").first.wait_for(timeout=120_000)
    shot("page")
    tab.page.get_by_role("button", name="Overview").click()
    tab.page.locator("#pane .overview .source:not([role=status])").first.wait_for(timeout=120_000)
    shot("overview")
    tab.page.get_by_role("button", name="Overview").click()
    tab.page.keyboard.press("Escape")
    tab.ask(REFUSED)
    shot("refusal")
    tab.page.get_by_role("button", name="Corpus", exact=True).click()
    drawer = tab.page.get_by_role("dialog", name="Corpus")
    drawer.locator(".corpus-documents").wait_for()
    shot("corpus")
    drawer.get_by_label("Add files").set_input_files([ADDED])  # type: ignore[list-item]
    drawer.locator(".corpus-now").wait_for()
    shot("ingest")
    drawer.locator(".changes").wait_for(timeout=120_000)
    shot("changes")
    drawer.get_by_role("button", name="Remove Doses").click()
    drawer.get_by_text("1 removed", exact=True).wait_for(timeout=120_000)
    shot("removed")
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
