"""From a cold process to an answer, against loading the embedder alone with sentence-transformers."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inquote.eval import places
from inquote.eval.bench.harness import Times, chart, cold, machine, table, write_section
from inquote.eval.runs.corpus import corpus_of, library_of
from inquote.index.models.embedder import SentenceTransformerEmbedder, packaged_model

QUESTIONS = places.QUESTIONS / "imlygic.jsonl"
QUESTION = "Who developed IMLYGIC?"
BARE = "SentenceTransformer(path)"
ASK = "inquote ask"
HELP = "inquote --help"
_LOAD = "import sentence_transformers as s; s.SentenceTransformer({!r}, device='cpu', local_files_only=True)"
_IMPORTS = ("numpy", "tantivy", "faiss", "torch", "transformers", "sentence_transformers", "gradio")


@dataclass(frozen=True)
class Runs:
    """A command, run several times: by the clock, of the processor, and the most memory it took."""

    wall: Times
    cpu: Times
    megabytes: float


def bench_start(repeats: int) -> dict[str, Any]:
    """Median seconds of cold processes, in turns; `ask_ratio` is those of `inquote ask` over the bare embedder's."""
    with library_of(corpus_of(QUESTIONS), SentenceTransformerEmbedder()) as library:
        runs = _in_turns(_commands(library), repeats)
    ask, bare = runs[ASK], runs[BARE]
    found = {
        "ask_ratio": round(ask.wall.p50 / bare.wall.p50, 2),
        "ask_ratio_cpu": round(ask.cpu.p50 / bare.cpu.p50, 2),
        "help_seconds": round(runs[HELP].wall.p50, 2),
        "help_cpu_seconds": round(runs[HELP].cpu.p50, 2),
        "commands": {
            name: {
                "seconds": round(run.wall.p50, 2),
                "best": round(run.wall.best, 2),
                "cpu_seconds": round(run.cpu.p50, 2),
                "megabytes": round(run.megabytes),
            }
            for name, run in runs.items()
        },
    }
    write_section("Start", _told(found, repeats))
    return found


def _commands(library: Path) -> dict[str, Sequence[str]]:
    python = [sys.executable, "-c"]
    inquote = [*python, "from inquote.app.cli.commands import main; main()"]
    return {
        "python": [*python, "pass"],
        **{f"import {name}": [*python, f"import {name}"] for name in _IMPORTS},
        HELP: [*inquote, "--help"],
        BARE: [*python, _LOAD.format(str(packaged_model()))],
        ASK: [*inquote, "ask", QUESTION, "--library", str(library), "--no-history"],
    }


def _in_turns(commands: Mapping[str, Sequence[str]], repeats: int) -> dict[str, Runs]:
    turns = [
        {name: cold(command) for name, command in commands.items()} for _ in range(repeats + 1)
    ][1:]
    return {
        name: Runs(
            Times(tuple(turn[name][0] for turn in turns)),
            Times(tuple(turn[name][1] for turn in turns)),
            max(turn[name][2] for turn in turns),
        )
        for name in commands
    }


def _told(found: dict[str, Any], repeats: int) -> str:
    rows = [
        (
            name,
            f"{run['seconds']:.2f}",
            f"{run['best']:.2f}",
            f"{run['cpu_seconds']:.2f}",
            f"{run['megabytes']}",
        )
        for name, run in found["commands"].items()
    ]
    return (
        f"`python -m inquote.eval bench start --repeats {repeats}`. {machine()}.\n\n"
        f"A cold `inquote ask`, reading included, takes {found['ask_ratio']} times what the bare "
        f"`SentenceTransformer(path)` takes, {found['ask_ratio_cpu']} times by the processor's time (wanted: at most "
        f"1.2); `inquote --help` {found['help_seconds']} s (wanted: under 0.5).\n\n"
        + table(("cold process", "median s", "best s", "processor s", "MB"), rows)
        + f"\n\n{_drawn(found['commands'])}"
    )


def _drawn(commands: Mapping[str, dict[str, float]]) -> str:
    names = [name.removeprefix("import ") for name in commands]
    return chart("A cold process", "s", names, median=[run["seconds"] for run in commands.values()])
