"""Measure in turns, describe the machine, write the results to eval/bench.md."""

import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from inquote.eval import places

_HEAD = """# What inquote costs

Written by `python -m inquote.eval bench`, a section a program. Ratios compare with what was
measured in the same run, turn by turn. Where the load of a machine is above its number of cores,
others were using it too: there the ratios say more than the times, and times of the processor more
than those of the clock.
"""


@dataclass(frozen=True)
class Times:
    """Repeated measurements of the same work, in seconds."""

    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        """The shortest."""
        return min(self.seconds)

    @property
    def p50(self) -> float:
        """The median."""
        return float(np.median(self.seconds))

    @property
    def p95(self) -> float:
        """The 95th percentile, interpolated."""
        return float(np.percentile(self.seconds, 95))


def in_turns(
    works: Mapping[str, Callable[[], object]],
    repeats: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Times]:
    """Do each of `works` once to warm up, then all of them in turns, `repeats` times.

    In turns, a disturbance hits all of them alike.
    """
    for work in works.values():
        work()
    laps: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            began = clock()
            work()
            laps[name].append(clock() - began)
    return {name: Times(tuple(seconds)) for name, seconds in laps.items()}


# The peak memory of a process counts that of its parent at the fork: this parent holds little.
_LAUNCHER = """
import json, os, subprocess, sys, time
began = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
seconds = time.perf_counter() - began
cpu, megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, cpu, megabytes]))
"""


def run_cold(command: Sequence[str]) -> tuple[float, float, float]:
    """Run a command in a new process, and return seconds, processor seconds and peak megabytes.

    Raises `CalledProcessError` where it fails.
    """
    launched = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, *command], check=True, capture_output=True, text=True
    )
    status, *measured = json.loads(launched.stdout)
    if status:
        raise subprocess.CalledProcessError(status, command)
    wall, cpu, megabytes = measured
    return wall, cpu, megabytes


def machine() -> str:
    """Describe date, processor, memory, versions and load in a line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    names = ("torch", "faiss-cpu", "tantivy", "numpy")
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    load = ", ".join(f"{share:.1f}" for share in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; "
        f"{cores} cores of {_processor()}, {_gigabytes():.0f} GB; "
        f"Python {platform.python_version()}, {packages}; load {load}"
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    name = re.search(r"^model name\s*: (.*)$", text, re.M)
    return name[1].strip() if name else platform.processor() or platform.machine()


def _gigabytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown, its first column aligned left."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def chart(
    title: str, unit: str, labels: Sequence[str], kind: str = "bar", **series: Sequence[float]
) -> str:
    """Return a plot in Markdown for Mermaid: a bar or a line, by `kind`, for each of `series`.

    >>> print(chart("Time", "s", ["a", "b"], measured=[1, 2.5]))
    ```mermaid
    xychart-beta
        title "Time: measured"
        x-axis ["a", "b"]
        y-axis "s"
        bar [1, 2.5]
    ```
    """
    axis = ", ".join(f'"{label}"' for label in labels)
    lines = [
        "```mermaid",
        "xychart-beta",
        f'    title "{title}: {", ".join(series)}"',
        f"    x-axis [{axis}]",
        f'    y-axis "{unit}"',
    ]
    for values in series.values():
        numbers = ", ".join(f"{value:g}" for value in values)
        lines.append(f"    {kind} [{numbers}]")
    return "\n".join([*lines, "```"])


def save_section(title: str, body: str) -> None:
    """Write a section of eval/bench.md; outside a checkout, only say where it would be."""
    if places.IS_CHECKOUT:
        write_section(title, body, places.BENCH)
    else:
        print(
            f'Run from a checkout, this would also write the section "{title}" of eval/bench.md.',
            file=sys.stderr,
        )


def write_section(title: str, body: str, file: Path) -> None:
    """Write `## title` and its body into `file`, in the place of an earlier such section."""
    text = file.read_text(encoding="utf-8") if file.exists() else _HEAD
    head, *sections = re.split(r"^(?=## )", text, flags=re.M)
    kept = {section.partition("\n")[0]: section.strip() for section in sections}
    kept[f"## {title}"] = f"## {title}\n\n{body.strip()}"
    file.write_text("\n\n".join([head.strip(), *kept.values()]) + "\n", encoding="utf-8")
