"""The endpoint under load: many callers, one server process."""

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any

from inquote.eval.bench.ask import QUESTIONS
from inquote.eval.bench.harness import Times, machine, table, write_section
from inquote.eval.runs.corpus import corpus_of, library_of
from inquote.eval.runs.questions import load_questions
from inquote.index.models.embedder import SentenceTransformerEmbedder

CALLERS = (1, 8, 64)
_CHAT = "from inquote.app.cli.commands import main; main()"
_BUSY = 503


def bench_load(requests: int) -> dict[str, Any]:
    """Requests a second and percentiles by number of callers: questions new to the server, then the same."""
    asked = [question.question for question in load_questions(QUESTIONS) if not question.history]
    found: dict[str, Any] = {"requests": requests, "new": {}, "asked_before": {}}
    with (
        library_of(corpus_of(QUESTIONS), SentenceTransformerEmbedder()) as library,
        _server(library) as address,
    ):
        _call(address, "Who is this about?")
        for number, callers in enumerate(CALLERS):
            new = [
                f"{question} ({number}.{at})"
                for at, question in enumerate(_cycled(asked, requests))
            ]
            found["new"][callers] = _measured(address, new, callers)
            found["asked_before"][callers] = _measured(address, new, callers)
    write_section("Load", _told(found))
    return found


def _cycled(questions: Sequence[str], count: int) -> list[str]:
    return list(islice(chain.from_iterable(repeat(questions)), count))


@contextmanager
def _server(library: Path) -> Iterator[str]:
    """A chat server of its own process, its models loaded."""
    command = [
        sys.executable,
        "-c",
        _CHAT,
        "chat",
        "--library",
        str(library),
        "--port",
        "0",
        "--no-browser",
    ]
    process = subprocess.Popen([*command, "--no-history"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address = next(
            word for line in process.stdout for word in line.split() if word.startswith("http")
        )
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield address
    finally:
        process.terminate()
        process.wait()


def _call(address: str, question: str) -> tuple[float, int]:
    """Seconds until the answer, and how often the server was busy and was asked again."""
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(
        f"{address}/api/ask", body, {"Content-Type": "application/json"}
    )
    began, busy = time.perf_counter(), 0
    while True:
        try:
            with urllib.request.urlopen(request) as response:
                response.read()
            return time.perf_counter() - began, busy
        except urllib.error.HTTPError as error:
            if error.code != _BUSY:
                raise
            busy += 1
            time.sleep(0.1)


def _measured(address: str, questions: Sequence[str], callers: int) -> dict[str, float]:
    began = time.perf_counter()
    with ThreadPoolExecutor(callers) as pool:
        calls = list(pool.map(lambda question: _call(address, question), questions))
    seconds = time.perf_counter() - began
    times = Times(tuple(taken for taken, _ in calls))
    return {
        "a_second": round(len(questions) / seconds, 1),
        "p50_ms": round(1000 * times.p50, 1),
        "p95_ms": round(1000 * times.p95, 1),
        "busy": sum(busy for _, busy in calls),
    }


def _told(found: dict[str, Any]) -> str:
    rows = [
        (f"{callers}, {told}", *(str(one[key]) for key in ("a_second", "p50_ms", "p95_ms", "busy")))
        for name, told in (("new", "new questions"), ("asked_before", "asked before"))
        for callers, one in found[name].items()
    ]
    return (
        f"`python -m inquote.eval bench load --requests {found['requests']}`. {machine()}.\n\n"
        "One server process, `POST /api/ask`, each caller asking anew as soon as it is answered. Busy: answers 503, "
        "after which a caller waits a tenth of a second. What was asked before is remembered, not read again.\n\n"
        + table(("callers", "requests a second", "p50 ms", "p95 ms", "busy"), rows)
    )
