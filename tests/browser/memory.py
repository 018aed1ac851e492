"""What the pages of a long document take: megabytes of the renderer and the server, and time.

PYTHONPATH=tests python -m browser.memory LIBRARY QUESTION [STEPS]: the question opens the document;
then come that many next pages and that many jumps. Memory is proportional: what processes share is
divided among them.
"""

import random
import re
import statistics
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from browser.driving import CHROMIUM, FLAGS, Tab
from browser.speed import INQUOTE

# From the scroll to the picture of the page at the pane's top; milliseconds.
GO_TO = """number => new Promise(done => {
    const frame = document.querySelector(`#pane .page[data-page='${number}']`);
    const started = performance.now();
    frame.parentElement.scrollTop = frame.offsetTop;
    (function look() {
        const picture = frame.querySelector('canvas');
        if (picture && !picture.hidden) done(performance.now() - started);
        else requestAnimationFrame(look);
    })();
})"""


def megabytes(process: int) -> float:
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1]) / 1024  # type: ignore[index]


def renderer() -> float:
    """The largest of this machine's renderers, MB."""
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True)
    pids = [line.split()[0] for line in listed.stdout.splitlines() if "--type=renderer" in line]
    return max(megabytes(int(pid)) for pid in pids)


def walk(page: Page, server: int, numbers: list[int]) -> str:
    """Go to pages one after the other and look at each for 100 ms."""
    times, most = [], 0.0
    for number in numbers:
        times.append(page.evaluate(GO_TO, number))
        page.wait_for_timeout(100)
        most = max(most, renderer())
    return (
        f"renderer at most {most:.0f} MB, server {megabytes(server):.0f} MB, "
        f"page in {statistics.median(times):.0f} ms at the median, {max(times):.0f} at most"
    )


def main(library: str, question: str, steps: int = 50) -> None:
    command = [str(INQUOTE), "chat", "--port", "0", "--no-browser", "--library", library]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            address = re.search(r"http://[^\s/]+", server.stdout.readline())[0]  # type: ignore[index]
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                tab = Tab(page, address).open().ask(question)
                page.locator("#pane .document-pages canvas").first.wait_for()
                frames = page.locator("#pane .page").count()
                print(f"{page.locator('#pane h2').inner_text()}, {frames} pages")
                print(f"first page: {renderer():.0f} MB, server {megabytes(server.pid):.0f} MB")
                following = [1 + step % frames for step in range(steps)]
                print("next pages:", walk(tab.page, server.pid, following))
                jumps = random.Random(0).choices(range(1, frames + 1), k=steps)
                print("jumps:     ", walk(tab.page, server.pid, jumps))
                browser.close()
        finally:
            server.terminate()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
