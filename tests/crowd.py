"""Check that a hundred people at once, on the page and on POST /api/ask, get their own answers.

.venv/bin/python tests/crowd.py [PEOPLE] [QUESTIONS EACH]
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from inquote.app.answering.answer import Answer
from inquote.app.build import open_system
from inquote.index.models.embedder import PACKAGED, SentenceTransformerEmbedder
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from places import ROOT
from serving import Visitor, served

BUSY = "please try again in a moment"
DIFFERENT = 60  # questions that are asked


class Crowd:
    """The times of all questions in seconds, the "try again" replies, the mixed-up answers."""

    def __init__(self, expected: dict[str, Answer]) -> None:
        self.expected = expected
        self.seconds: list[float] = []
        self.busy = 0
        self.mixed_up: list[str] = []

    def note(self, question: str, started: float, right: bool) -> None:
        self.seconds.append(time.monotonic() - started)
        if not right:
            self.mixed_up.append(question)

    async def by_program(self, client: httpx.AsyncClient, questions: list[str]) -> None:
        for question in questions:
            started = time.monotonic()
            while (
                response := await client.post("/api/ask", json={"question": question})
            ).status_code == 503:
                self.busy += 1
                await asyncio.sleep(float(response.headers["retry-after"]))
            answer, expected = response.json(), self.expected[question].as_json()
            expected["elapsed_ms"] = answer["elapsed_ms"]
            right = all(answer[key] == expected[key] for key in expected)
            self.note(question, started, right)

    async def on_the_page(self, client: httpx.AsyncClient, questions: list[str]) -> None:
        for question in questions:
            visitor = await Visitor(client).open()
            started = time.monotonic()
            while BUSY in (conversation := await visitor.ask(question))[-1][1]:
                self.busy += 1
                await asyncio.sleep(2)
            answer = self.expected[question]
            quotes = [citation.quote for citation in answer.citations] or ["I found no answer in "]
            right = conversation[-2] == ("user", question) and all(
                quote in conversation[-1][1] for quote in quotes
            )
            self.note(question, started, right)


async def visit(address: str, crowd: Crowd, people: int, each: int) -> None:
    questions = list(crowd.expected)
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=600, limits=limits) as client:
        while (await client.post("/api/ask", json={"question": questions[0]})).status_code == 503:
            await asyncio.sleep(0.5)
        shares = [
            [questions[(n * each + k) % len(questions)] for k in range(each)] for n in range(people)
        ]
        ways = (crowd.by_program, crowd.on_the_page)
        await asyncio.gather(
            *(ways[n % 2](client, questions) for n, questions in enumerate(shares))
        )


def main(people: int = 100, each: int = 3) -> int:
    lines = (ROOT / "eval" / "questions" / "imlygic.jsonl").read_text("utf-8").splitlines()
    questions = [row["question"] for row in map(json.loads, lines) if not row.get("history")]
    with tempfile.TemporaryDirectory() as scratch:
        library = Path(scratch) / "library"
        ingest(LocalStore(library), [ROOT / "corpus"], SentenceTransformerEmbedder(PACKAGED))
        alone = open_system(library)
        crowd = Crowd({question: alone.ask(question) for question in questions[:DIFFERENT]})
        alone.close()
        started = time.monotonic()
        with served(lambda: open_system(library)) as address:
            started = time.monotonic()
            asyncio.run(visit(address, crowd, people, each))
        took = time.monotonic() - started
    times = sorted(crowd.seconds)
    print(
        f"{people} people, {len(times)} questions in {took:.0f} s, "
        f"told to try again {crowd.busy} times"
    )
    print(
        f"median {statistics.median(times):.2f} s, "
        f"95 % within {times[int(0.95 * len(times))]:.2f} s"
    )
    print(f"mixed-up answers: {len(crowd.mixed_up)}", *crowd.mixed_up, sep="\n  ")
    return bool(crowd.mixed_up)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
