"""Time a cold process until its answer, against importing torch alone."""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inquote.eval import places
from inquote.eval.bench.harness import Times, chart, machine, run_cold, save_section, table
from inquote.eval.runs.corpus import corpus_of, library_of
from inquote.index.models.embedder import SentenceTransformerEmbedder, packaged_model

QUESTIONS = places.QUESTIONS / "imlygic.jsonl"
QUESTION = "Who developed IMLYGIC?"
BARE = "SentenceTransformer(path)"
ASK = "inquote ask"
HELP = "inquote --help"
_LOAD = (
    "import sentence_transformers as s; "
    "s.SentenceTransformer({!r}, device='cpu', local_files_only=True)"
)
TORCH = "import torch"
_IMPORTS = ("numpy", "tantivy", "faiss", "torch")


@dataclass(frozen=True)
class ColdTimes:
    """The cost of a command, run several times.

    `wall` is time by the clock, `cpu` that of the processor, `megabytes` the peak memory.
    """

    wall: Times
    cpu: Times
    megabytes: float


def bench_start(repeats: int) -> dict[str, Any]:
    """Time cold processes in turns; `ask_ratio` is `inquote ask` over importing torch.

    Their modules are compiled before, in a folder of their own, whatever the environment says.
    """
    with (
        library_of(corpus_of(QUESTIONS), SentenceTransformerEmbedder()) as library,
        tempfile.TemporaryDirectory() as compiled,
    ):
        times = _cold_in_turns(_commands(library, Path(compiled)), repeats)
    ask, torch = times[ASK], times[TORCH]
    results = {
        "ask_ratio": round(ask.wall.p50 / torch.wall.p50, 2),
        "ask_ratio_cpu": round(ask.cpu.p50 / torch.cpu.p50, 2),
        "help_seconds": round(times[HELP].wall.p50, 2),
        "help_cpu_seconds": round(times[HELP].cpu.p50, 2),
        "commands": {name: _figures(command) for name, command in times.items()},
    }
    save_section("Start", _section(results, repeats))
    return results


def _figures(times: ColdTimes) -> dict[str, float]:
    return {
        "seconds": round(times.wall.p50, 2),
        "best": round(times.wall.best, 2),
        "cpu_seconds": round(times.cpu.p50, 2),
        "megabytes": round(times.megabytes),
    }


def _commands(library: Path, compiled: Path) -> dict[str, Sequence[str]]:
    writing = ["env", "-u", "PYTHONDONTWRITEBYTECODE", f"PYTHONPYCACHEPREFIX={compiled}"]
    python = [*writing, sys.executable, "-c"]
    inquote = [*python, "from inquote.app.cli.commands import main; main()"]
    return {
        "python": [*python, "pass"],
        **{f"import {name}": [*python, f"import {name}"] for name in _IMPORTS},
        HELP: [*inquote, "--help"],
        BARE: [*python, _LOAD.format(str(packaged_model()))],
        ASK: [*inquote, "ask", QUESTION, "--library", str(library), "--no-history"],
    }


def _cold_in_turns(commands: Mapping[str, Sequence[str]], repeats: int) -> dict[str, ColdTimes]:
    """Run each command in a cold process, in turns; the first turn warms up and does not count."""
    laps: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
    for turn in range(repeats + 1):
        for name, command in commands.items():
            print(f"turn {turn} of {repeats}: {name}", file=sys.stderr)
            lap = run_cold(command)
            if turn > 0:
                laps[name].append(lap)
    times = {}
    for name, measured in laps.items():
        wall, cpu, megabytes = zip(*measured, strict=True)
        times[name] = ColdTimes(
            wall=Times(wall),
            cpu=Times(cpu),
            megabytes=max(megabytes),
        )
    return times


def _section(results: dict[str, Any], repeats: int) -> str:
    """Return the section of the results in Markdown."""
    rows = []
    for name, run in results["commands"].items():
        seconds = [f"{run[key]:.2f}" for key in ("seconds", "best", "cpu_seconds")]
        rows.append((name, *seconds, f"{run['megabytes']}"))
    measured = table(("cold process", "median s", "best s", "processor s", "MB"), rows)
    return (
        f"`python -m inquote.eval bench start --repeats {repeats}`. {machine()}.\n\n"
        f"A cold `inquote ask`, reading included, takes {results['ask_ratio']} times what "
        f"importing torch takes, {results['ask_ratio_cpu']} times by the processor's time (wanted: "
        f"at most 1.2, or 1.5 s); `inquote --help` {results['help_seconds']} s (wanted: under 0.5)."
        f"\n\n{measured}\n\n{_chart(results['commands'])}"
    )


def _chart(commands: Mapping[str, dict[str, float]]) -> str:
    names = [name.removeprefix("import ") for name in commands]
    return chart("A cold process", "s", names, median=[run["seconds"] for run in commands.values()])
