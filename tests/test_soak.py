"""Memory under load: questions on the page and to the interface, documents taken in between.

The resident memory of `inquote chat` comes to a plateau. INQUOTE_SOAK=400 asks fewer questions.
"""

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from places import CORPUS, ROOT
from serving import Visitor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

QUESTIONS = int(os.environ.get("INQUOTE_SOAK", "2000"))
INGESTS = 20
OF_A_TAB = 10  # questions of one tab, which stays open
EVERY = 10  # questions between two looks at the memory
MOST = 1250  # MB
RISE = 1.05  # of the last quarter's median over that of the second quarter


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[tuple[int, str]]:
    """The process of a chat over the article, and its address."""
    library = tmp_path / "library"
    inquote = [sys.executable, "-m", "inquote.app.cli.commands"]
    subprocess.run([*inquote, "ingest", CORPUS, "--library", library], check=True, timeout=300)
    options = ["--library", library, "--port", "0", "--no-browser", "--no-history"]
    with subprocess.Popen(
        [*inquote, "chat", *options], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            address = re.search(r"http://\S+", process.stdout.readline())
            assert address
            yield process.pid, address[0]
        finally:
            process.terminate()
            process.wait(60)


def questions() -> Iterator[str]:
    """As many different questions as are wanted."""
    asked: dict[str, None] = {}
    for file in sorted((ROOT / "eval" / "questions").glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            asked[str(json.loads(line)["question"])] = None
    part = 0
    while True:
        for question in asked:
            yield question if part == 0 else f"{question.rstrip('?')} in part {part}?"
        part += 1


class Soak:
    """Asks in several sessions at once, and notes the resident memory in MB."""

    def __init__(self, process: int, client: httpx.AsyncClient) -> None:
        self.process = process
        self.client = client
        self.left = QUESTIONS
        self.ingests = 0
        self.memory: list[float] = []
        self.questions = questions()
        self.one_ingest = asyncio.Lock()

    async def turns(self) -> AsyncIterator[str]:
        """The questions of one session; between them it takes a document in when that is due."""
        while self.left > 0:
            self.left -= 1
            yield next(self.questions)
            done = QUESTIONS - self.left
            if done % EVERY == 0:
                self.memory.append(self.resident())
                print(done, round(self.memory[-1]), flush=True)
            if done * (INGESTS + 1) // QUESTIONS > self.ingests and self.ingests < INGESTS:
                self.ingests += 1
                async with self.one_ingest:
                    await self.take_in(self.ingests)

    def resident(self) -> float:
        status = Path(f"/proc/{self.process}/status").read_text("ascii")
        match = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert match
        return int(match[1]) / 1024

    async def take_in(self, number: int) -> None:
        """Upload another version of a document, and wait until it is in."""
        text = "".join(f"Station {n} counted {n * number} otters.\n\n" for n in range(1, 60))
        files = {"files": ("otters.txt", text.encode())}
        response = await self.client.post("/api/corpus/files", files=files)
        assert response.status_code == 202, response.text
        while (await self.client.get("/api/corpus/work")).json()["running"]:
            await asyncio.sleep(0.2)
        drawer = (await self.client.get("/api/corpus")).text
        assert "otters.txt" in drawer and "corpus-problem" not in drawer

    async def ask_the_interface(self) -> None:
        async for question in self.turns():
            response = await self.client.post("/api/ask", json={"question": question})
            assert response.status_code == 200, response.text

    async def ask_on_the_page(self) -> None:
        visitor, number = Visitor(self.client), 0
        async for question in self.turns():
            if number % OF_A_TAB == 0:
                visitor = await Visitor(self.client).open()
            number += 1
            shown = await visitor.ask(question)
            assert shown[-2][1] == question

    async def run(self) -> None:
        while (await self.client.post("/api/ask", json={"question": "Who?"})).status_code == 503:
            await asyncio.sleep(0.5)
        sessions = [self.ask_the_interface(), self.ask_the_interface()]
        sessions += [self.ask_on_the_page(), self.ask_on_the_page()]
        await asyncio.gather(*sessions)


def test_memory_under_load_comes_to_a_plateau(chat: tuple[int, str]) -> None:
    process, address = chat

    async def soak() -> Soak:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=address, timeout=600, limits=limits) as client:
            running = Soak(process, client)
            await running.run()
            return running

    done = asyncio.run(soak())
    quarter = len(done.memory) // 4
    second = statistics.median(done.memory[quarter : 2 * quarter])
    last = statistics.median(done.memory[-quarter:])
    assert done.ingests == INGESTS
    assert last <= RISE * second, (second, last)
    assert max(done.memory) <= MOST
