"""Put the endpoint under load: many callers, one server process."""

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
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

from inquote.eval.bench.ask import QUESTIONS
from inquote.eval.bench.harness import Times, machine, save_section, table
from inquote.eval.runs.corpus import corpus_of, library_of
from inquote.eval.runs.questions import load_questions
from inquote.index.models.embedder import SentenceTransformerEmbedder

CALLERS = (1, 8, 64)
_CHAT = "from inquote.app.cli.commands import main; main()"
_BUSY = 503


def bench_load(requests: int) -> dict[str, Any]:
    """Time requests by number of callers: questions new to the server, then the same again."""
    texts = [question.question for question in load_questions(QUESTIONS) if not question.history]
    results: dict[str, Any] = {"requests": requests, "new": {}, "asked_before": {}}
    with (
        library_of(corpus_of(QUESTIONS), SentenceTransformerEmbedder()) as library,
        _server(library) as address,
    ):
        _call(address, "Who is this about?")
        for number, callers in enumerate(CALLERS):
            questions = islice(cycle(texts), requests)
            new = [f"{question} ({number}.{at})" for at, question in enumerate(questions)]
            results["new"][callers] = _measure(address, new, callers)
            results["asked_before"][callers] = _measure(address, new, callers)
    save_section("Load", _section(results))
    return results


@contextmanager
def _server(library: Path) -> Iterator[str]:
    """Start a chat server in a process of its own; gives its address."""
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
        words = chain.from_iterable(map(str.split, process.stdout))
        address = next(word for word in words if word.startswith("http"))
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield address
    finally:
        process.terminate()
        process.wait()


def _call(address: str, question: str) -> tuple[float, int]:
    """Ask a question; gives seconds until the answer, and how often the server was busy."""
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


def _measure(address: str, questions: Sequence[str], callers: int) -> dict[str, float]:
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


def _section(results: dict[str, Any]) -> str:
    """Return the section of the results in Markdown."""
    rows = []
    for name, label in (("new", "new questions"), ("asked_before", "asked before")):
        for callers, figures in results[name].items():
            cells = [str(figures[key]) for key in ("a_second", "p50_ms", "p95_ms", "busy")]
            rows.append((f"{callers}, {label}", *cells))
    return (
        f"`python -m inquote.eval bench load --requests {results['requests']}`. {machine()}.\n\n"
        "One server process, `POST /api/ask`, each caller asking anew as soon as it is answered. "
        "Busy: answers 503, after which a caller waits a tenth of a second. What was asked before "
        "is remembered, not read again.\n\n"
        + table(("callers", "requests a second", "p50 ms", "p95 ms", "busy"), rows)
    )
