"""Time a question stage by stage, and the reader against the least time the processor allows."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from inquote.app.build import open_system
from inquote.app.reader.base import Reader, Reading
from inquote.app.system import System
from inquote.eval import places
from inquote.eval.bench.floor import best_rate, operations, products
from inquote.eval.bench.harness import Times, chart, in_turns, machine, save_section, table
from inquote.eval.runs.corpus import corpus_of, library_of
from inquote.eval.runs.questions import load_questions
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.ingest.documents import Passage

QUESTIONS = places.QUESTIONS / "imlygic.jsonl"
ASKERS = (1, 8)
PASSAGES, TOKENS = 5, 216  # of the comparison with transformers


class TimedReader:
    """A reader that adds up the seconds it reads."""

    def __init__(self, reader: Reader) -> None:
        self.name, self.note, self._reader = reader.name, reader.note, reader
        self.seconds = 0.0

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Read as `Reader.read` does."""
        began = time.perf_counter()
        readings = self._reader.read(question, passages)
        self.seconds += time.perf_counter() - began
        return readings


def bench_ask(limit: int) -> dict[str, Any]:
    """Time about `limit` of the article's questions: stages, askers, the distance to the floor."""
    loaded = load_questions(QUESTIONS)
    texts = [question.question for question in loaded if not question.history]
    questions = texts[:: max(1, len(loaded) // limit)]
    with library_of(corpus_of(QUESTIONS), SentenceTransformerEmbedder()) as library:
        system = open_system(library)
        results = {
            "questions": len(questions),
            "stages_ms": _time_stages(system, questions),
            "askers": {count: _time_askers(system, questions, count) for count in ASKERS},
            "floor": _compare_with_floor(system, questions[:12]),
            "network": _compare_with_plain(system),
        }
        system.close()
    save_section("Ask", _section(results, limit))
    return results


def _fresh(system: System) -> System:
    """Return a system with the same library and models that remembers nothing."""
    return System(system.store, system.search, system.answerer)


def _time_stages(system: System, questions: Sequence[str]) -> dict[str, float]:
    """Return the median milliseconds of each stage.

    "calibrate" is all that follows reading: spans, composing, confidence, citations.
    """
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


def _time_askers(system: System, questions: Sequence[str], count: int) -> dict[str, float]:
    """Return percentiles in milliseconds, and questions a second, with `count` threads asking."""
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


def _compare_with_floor(system: System, questions: Sequence[str]) -> dict[str, Any]:
    """Return how many times its floor the network's forward pass takes.

    The floor is the operations on the windows' own tokens over the best rate at which bfloat16
    matrices are multiplied, measured in turns with the pass. Without bfloat16 in the processor,
    both are in float32. On all threads the clock counts, on one thread the processor's time.
    """
    import torch

    from inquote.app.reader.model import Batch
    from inquote.app.reader.span import SpanReader

    reader = system.answerer.reader
    assert isinstance(reader, SpanReader)
    batches = [Batch.of(windows) for windows in _windows(system, reader, questions)]
    kind = reader._model.embeddings.norm.weight.dtype
    works: dict[str, Callable[[], object]] = {}
    for at, batch in enumerate(batches):
        works[f"forward {at}"] = partial(_forward, reader, batch)
    works |= products(kind)

    threads = torch.get_num_threads()
    all_threads = in_turns(works, 15, time.perf_counter)
    torch.set_num_threads(1)
    one_thread = in_turns(works, 15, time.process_time)
    torch.set_num_threads(threads)
    return {
        "dtype": str(kind).removeprefix("torch."),
        "all_threads": _floor_figures(batches, all_threads),
        "one_thread": _floor_figures(batches, one_thread),
    }


def _floor_figures(batches: Sequence[Any], times: Mapping[str, Times]) -> dict[str, float]:
    """Return the mean times of a batch, measured and at the best rate, and their ratio."""
    rate = best_rate(times)
    least = sum(operations(batch.lengths) for batch in batches) / rate
    taken = sum(times[f"forward {at}"].best for at in range(len(batches)))
    return {
        "rate_gflops": round(rate / 1e9),
        "floor_ms": round(1000 * least / len(batches), 1),
        "forward_ms": round(1000 * taken / len(batches), 1),
        "times_the_floor": round(taken / least, 2),
    }


def _compare_with_plain(system: System) -> dict[str, float]:
    """Time `PASSAGES` of `TOKENS` through the reader's network and transformers' encoder."""
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
        "ours_ms": round(1000 * ours, 1),
        "plain_float32_ms": round(1000 * theirs, 1),
        "ratio": round(ours / theirs, 2),
    }


def _windows(system: System, reader: Any, questions: Sequence[str]) -> list[list[Any]]:
    """Return the windows of the passages that are read first, a list a question."""
    pieces = reader._pieces
    batches = []
    for question in questions:
        question_tokens, _ = pieces.question(question)
        windows: list[Any] = []
        for hit in system.answer(question).hits[:PASSAGES]:
            passage = hit.passage
            context = pieces.context(passage.outer_heading, passage.lead)
            windows += pieces.windows(question_tokens, context, pieces.tokens(passage.text))
        batches.append(windows)
    return batches


def _forward(reader: Any, batch: Any) -> None:
    import torch

    with torch.inference_mode():
        reader._model(batch)


def _section(results: dict[str, Any], limit: int) -> str:
    """Return the section of the results in Markdown."""
    stages, network = results["stages_ms"], results["network"]
    drawn = chart("A question", "ms", list(stages), median=list(stages.values()))
    return (
        f"`python -m inquote.eval bench ask --limit {limit}`. {machine()}.\n\n"
        f"{results['questions']} of the article's questions, models loaded, nothing remembered.\n\n"
        f"{_stages_table(stages)}\n\n{drawn}\n\n{_askers_table(results['askers'])}\n\n"
        f"The reader's forward pass over the first {PASSAGES} passages, in "
        f"{results['floor']['dtype']}, against its floor: operations of the windows' own tokens "
        "over the best rate of a matrix product in the same run (wanted: at most 1.4 times):\n\n"
        f"{_floor_table(results['floor'])}\n\n"
        f"{PASSAGES} passages of {TOKENS} word pieces: {network['ours_ms']} ms; the encoder as "
        f"transformers calls it, in float32, {network['plain_float32_ms']} ms; {network['ratio']} "
        "times (wanted: at most 0.6)."
    )


def _stages_table(stages: Mapping[str, float]) -> str:
    total = sum(stages.values())
    rows = [(name, f"{ms:.2f}", f"{ms / total:.1%}") for name, ms in stages.items()]
    return table(("stage", "median ms", "share"), rows)


def _askers_table(askers: Mapping[int, dict[str, float]]) -> str:
    keys = ("p50_ms", "p95_ms", "a_second")
    rows = []
    for count, figures in askers.items():
        cells = [str(figures[key]) for key in keys]
        rows.append((str(count), *cells))
    return table(("askers", "p50 ms", "p95 ms", "questions a second"), rows)


def _floor_table(floor: Mapping[str, Any]) -> str:
    keys = ("rate_gflops", "floor_ms", "forward_ms", "times_the_floor")
    names = {
        "all_threads": "all threads, by the clock",
        "one_thread": "one thread, processor's time",
    }
    rows = []
    for name, label in names.items():
        cells = [str(floor[name][key]) for key in keys]
        rows.append((label, *cells))
    return table(("", "GFLOP/s", "floor ms", "forward ms", "times the floor"), rows)
