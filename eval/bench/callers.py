"""Put the endpoint under load: many callers, servers of one process and of several."""

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

from inquote.app.build import open_system
from inquote.app.system import System
from inquote.app.web.server import serve
from inquote.eval.bench.ask import QUESTIONS
from inquote.eval.bench.harness import Times, machine, save_section, table
from inquote.eval.runs.corpus import corpus_of, library_of
from inquote.eval.runs.questions import load_questions
from inquote.eval.studies.fast import Ways
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.index.retrieval.search import Search

ONE, CROWD = 1, 8  # callers that are compared
PLAIN = "plain"
_CHAT = "from inquote.app.cli.commands import main; main()"
_PLAIN_CHAT = (
    "import sys; from inquote.eval.bench.callers import serve_plain; serve_plain(sys.argv[1])"
)
_BUSY = 503

Figures = Mapping[str, float]


def bench_load(requests: int, callers: Sequence[int], processes: Sequence[int]) -> dict[str, Any]:
    """Time requests by server and number of callers: questions new to it, then the same again.

    The servers are those with so many `processes`, and the plain one; each is asked in its turn.
    """
    texts = [question.question for question in load_questions(QUESTIONS) if not question.history]
    servers: dict[str, Any] = {}
    with (
        library_of(corpus_of(QUESTIONS), SentenceTransformerEmbedder()) as library,
        ExitStack() as running,
    ):
        addresses = {PLAIN: running.enter_context(_server(["-c", _PLAIN_CHAT, str(library)]))}
        for served_by in processes:
            chat = _chat(library, served_by)
            addresses[str(served_by)] = running.enter_context(_server(chat))
        for name, address in addresses.items():
            _measure(address, [f"Who is this about? ({at})" for at in range(8)], 8)
            servers[name] = {"new": {}, "asked_before": {}}
        for number, count in enumerate(callers):
            questions = islice(cycle(texts), requests)
            new = [f"{question} ({number}.{at})" for at, question in enumerate(questions)]
            for kind in ("new", "asked_before"):
                for name, address in addresses.items():
                    servers[name][kind][count] = _measure(address, new, count)
    options = f"--requests {requests} --callers {_joined(callers)} --processes {_joined(processes)}"
    results = {"options": options, "servers": servers, "ratios": _ratios(servers)}
    save_section("Load", _section(results))
    return results


def _joined(counts: Sequence[int]) -> str:
    return ",".join(map(str, counts))


def _chat(library: Path, processes: int) -> list[str]:
    """Return the arguments of Python for a chat."""
    options = ["--library", str(library), "--port", "0", "--no-browser", "--no-history"]
    return ["-c", _CHAT, "chat", *options, "--processes", str(processes)]


def serve_plain(library: str) -> None:
    """Serve a library that is read in the plain way: all passages, in float32, in one process."""
    serve(partial(_open_plain, library), port=0, open_browser=False)


def _open_plain(library: str) -> System:
    system = open_system(library)
    embedder = SentenceTransformerEmbedder(precision="float32")
    return System(system.store, Search(embedder), Ways.shipped(embedder).plain)


@contextmanager
def _server(arguments: Sequence[str]) -> Iterator[str]:
    """Start a server in a process of its own; gives its address."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
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


def _ratios(servers: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return by server what 8 callers have, over what one caller of the plain one has."""
    before = servers[PLAIN]["new"][ONE]
    ratios = {}
    for name, figures in servers.items():
        crowd = figures["new"][CROWD]
        ratios[name] = {
            "p95_over_p50": round(crowd["p95_ms"] / before["p50_ms"], 2),
            "a_second": round(crowd["a_second"] / before["a_second"], 2),
        }
    return ratios


def _section(results: dict[str, Any]) -> str:
    """Return the section of the results in Markdown."""
    rows = []
    for kind, label in (("new", "new questions"), ("asked_before", "asked before")):
        for name, figures in results["servers"].items():
            for callers, measured in figures[kind].items():
                cells = [f"{measured[key]}" for key in ("a_second", "p50_ms", "p95_ms", "busy")]
                rows.append((f"{name}; {callers}, {label}", *cells))
    measured_table = table(
        ("processes; callers", "questions a second", "p50 ms", "p95 ms", "busy"), rows
    )
    ratios = []
    for name, ratio in results["ratios"].items():
        ratios.append((name, f"{ratio['p95_over_p50']}", f"{ratio['a_second']}"))
    ratios_table = table(("processes", "p95", "questions a second"), ratios)
    return (
        f"`python -m inquote.eval bench load {results['options']}`. {machine()}.\n\n"
        "Servers that run beside each other and are asked in turns, `POST /api/ask`, each caller "
        "asking anew as soon as it is answered. Plain: one process that reads all passages in "
        "float32. Busy: answers 503, after which a caller waits a tenth of a second. What was "
        "asked before is remembered, not read again.\n\n"
        f"{measured_table}\n\n"
        "8 callers over one caller of the plain server: p95 over its p50 (wanted: at most 4), and "
        f"questions a second over its (wanted: 3 times as many):\n\n{ratios_table}"
    )
