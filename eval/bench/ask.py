"""What a question costs, stage by stage; how far the reader is from what the processor can do at all."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from inquote.app.answering.answer import READ_FIRST
from inquote.app.build import open_system
from inquote.app.reader.base import Reader, Reading
from inquote.app.system import System
from inquote.eval import places
from inquote.eval.bench.floor import best_rate, operations, products
from inquote.eval.bench.harness import Times, chart, in_turns, machine, table, write_section
from inquote.eval.runs.corpus import corpus_of, library_of
from inquote.eval.runs.questions import load_questions
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.ingest.documents import Passage

QUESTIONS = places.QUESTIONS / "imlygic.jsonl"
ASKERS = (1, 8)
PASSAGES, TOKENS = 5, 216  # of the comparison with transformers


class TimedReader:
    """A reader that notes how long it reads."""

    def __init__(self, reader: Reader) -> None:
        self.name, self.note, self._reader = reader.name, reader.note, reader
        self.seconds = 0.0

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """See `Reader.read`."""
        began = time.perf_counter()
        readings = self._reader.read(question, passages)
        self.seconds += time.perf_counter() - began
        return readings


def bench_ask(limit: int) -> dict[str, Any]:
    """Stages, percentiles by number of askers, and the distance to the floor, on `limit` of the article's questions."""
    asked = load_questions(QUESTIONS)
    questions = [question.question for question in asked if not question.history][
        :: max(1, len(asked) // limit)
    ]
    with library_of(corpus_of(QUESTIONS), SentenceTransformerEmbedder()) as library:
        system = open_system(library)
        found = {
            "questions": len(questions),
            "stages_ms": _stages(system, questions),
            "askers": {count: _askers(system, questions, count) for count in ASKERS},
            **_floor(system, questions[:12]),
            **_against_plain(system),
        }
        system.close()
    write_section("Ask", _told(found, limit))
    return found


def _fresh(system: System) -> System:
    """The same library and models, nothing remembered."""
    return System(system.library, system.search, system.answerer)


def _stages(system: System, questions: Sequence[str]) -> dict[str, float]:
    """Median milliseconds of each stage; "calibrate" is all after reading: spans, composing, confidence, citations."""
    fresh, reader = _fresh(system), TimedReader(system.answerer.reader)
    kept, system.answerer.reader = system.answerer.reader, reader
    laps = []
    try:
        fresh.answer("Who is this about?")
        for question in questions:
            reader.seconds = 0.0
            stages = dict(fresh.answer(question).stages_ms)
            stages["calibrate"] = stages["read"] - 1000 * reader.seconds
            laps.append({**stages, "read": 1000 * reader.seconds})
    finally:
        system.answerer.reader = kept
    return {name: round(float(np.median([lap[name] for lap in laps])), 2) for name in laps[0]}


def _askers(system: System, questions: Sequence[str], count: int) -> dict[str, float]:
    """Percentiles in milliseconds, and questions a second, with so many threads asking at once."""
    fresh = _fresh(system)
    fresh.answer("Who is this about?")

    def ask(question: str) -> float:
        began = time.perf_counter()
        fresh.answer(question)
        return time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(count) as pool:
        times = Times(tuple(pool.map(ask, questions)))
    rate = len(questions) / (time.perf_counter() - began)
    return {
        "p50_ms": round(1000 * times.p50, 1),
        "p95_ms": round(1000 * times.p95, 1),
        "a_second": round(rate, 2),
    }


def _floor(system: System, questions: Sequence[str]) -> dict[str, Any]:
    """How many times its floor the network's forward pass takes: on all threads by the clock, on one by the processor.

    The floor is the operations of the windows' own tokens over the best rate at which bfloat16 matrices are multiplied,
    measured in turns with it. Without bfloat16 in the processor, both are in float32.
    """
    import torch

    from inquote.app.reader.model import Batch
    from inquote.app.reader.span import SpanReader

    reader = system.answerer.reader
    assert isinstance(reader, SpanReader)
    batches = [Batch.of(windows) for windows in _windows(system, reader, questions)]
    kind = reader._model.embeddings.norm.weight.dtype
    found: dict[str, Any] = {"dtype": str(kind).removeprefix("torch.")}
    multiplied = products(kind)
    threads = torch.get_num_threads()
    for name, count, clock in (
        ("all_threads", threads, time.perf_counter),
        ("one_thread", 1, time.process_time),
    ):
        torch.set_num_threads(count)
        works: dict[str, Callable[[], object]] = {
            **{
                f"forward {at}": partial(_forward, reader, batch)
                for at, batch in enumerate(batches)
            },
            **multiplied,
        }
        times = in_turns(works, 15, clock)
        rate = best_rate(times)
        least = sum(operations(batch.lengths) for batch in batches) / rate
        taken = sum(times[f"forward {at}"].best for at in range(len(batches)))
        found[name] = {
            "rate_gflops": round(rate / 1e9),
            "floor_ms": round(1000 * least / len(batches), 1),
            "forward_ms": round(1000 * taken / len(batches), 1),
            "times_the_floor": round(taken / least, 2),
        }
    torch.set_num_threads(threads)
    return {"floor": found}


def _against_plain(system: System) -> dict[str, Any]:
    """`PASSAGES` of `TOKENS` through the reader's network, and through the same encoder as transformers calls it."""
    import torch
    from transformers import AutoModel

    from inquote.app.reader.model import Batch, Window
    from inquote.index.models.embedder import packaged_model

    plain = AutoModel.from_pretrained(packaged_model(), local_files_only=True).eval()
    ids = torch.randint(1000, 20000, (PASSAGES, TOKENS), generator=torch.Generator().manual_seed(0))
    batch = Batch.of([Window(tuple(row), 20, 20, 0, TOKENS - 21) for row in ids.tolist()])
    types = torch.ones_like(ids)

    def call() -> None:
        with torch.inference_mode():
            plain(input_ids=ids, token_type_ids=types)

    times = in_turns({"ours": lambda: _forward(system.answerer.reader, batch), "plain": call}, 15)
    ours, theirs = times["ours"].p50, times["plain"].p50
    return {
        "network": {
            "ours_ms": round(1000 * ours, 1),
            "plain_float32_ms": round(1000 * theirs, 1),
            "ratio": round(ours / theirs, 2),
        }
    }


def _windows(system: System, reader: Any, questions: Sequence[str]) -> list[list[Any]]:
    """The windows of the passages that are read first, a question at a time."""
    found = []
    for question in questions:
        pieces, (asked, _) = reader._pieces, reader._pieces.question(question)
        passages = [hit.passage for hit in system.answer(question).hits[:READ_FIRST]]
        found.append(
            [
                window
                for passage in passages
                for window in pieces.windows(
                    asked,
                    pieces.context(passage.heading, passage.lead),
                    pieces.tokens(passage.text),
                )
            ]
        )
    return found


def _forward(reader: Any, batch: Any) -> None:
    import torch

    with torch.inference_mode():
        reader._model(batch)


def _told(found: dict[str, Any], limit: int) -> str:
    stages, network = found["stages_ms"], found["network"]
    whole = sum(stages.values())
    shares = table(
        ("stage", "median ms", "share"),
        [(n, f"{ms:.2f}", f"{ms / whole:.1%}") for n, ms in stages.items()],
    )
    head = ("askers", "p50 ms", "p95 ms", "questions a second")
    askers = table(
        head,
        [
            (str(n), str(a["p50_ms"]), str(a["p95_ms"]), str(a["a_second"]))
            for n, a in found["askers"].items()
        ],
    )
    rows = [
        (
            told,
            *(
                str(found["floor"][name][key])
                for key in ("rate_gflops", "floor_ms", "forward_ms", "times_the_floor")
            ),
        )
        for told, name in (
            ("all threads, by the clock", "all_threads"),
            ("one thread, processor's time", "one_thread"),
        )
    ]
    floor = table(("", "GFLOP/s", "floor ms", "forward ms", "times the floor"), rows)
    return (
        f"`python -m inquote.eval bench ask --limit {limit}`. {machine()}.\n\n"
        f"{found['questions']} of the article's questions, models loaded, nothing remembered.\n\n{shares}\n\n"
        f"{chart('A question', 'ms', list(stages), median=list(stages.values()))}\n\n"
        f"{askers}\n\nThe reader's forward pass over the first {READ_FIRST} passages, in {found['floor']['dtype']}, "
        "against its floor: operations of the windows' own tokens over the best rate of a matrix product in the same "
        f"run (wanted: at most 1.4 times):\n\n{floor}\n\n"
        f"{PASSAGES} passages of {TOKENS} word pieces: {network['ours_ms']} ms; the encoder as transformers calls it, "
        f"in float32, {network['plain_float32_ms']} ms; {network['ratio']} times (wanted: at most 0.6)."
    )
