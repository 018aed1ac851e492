"""Repeats, medians and spread; the machine they belong to; the file they are written to."""

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

RESULTS = places.BENCH
_HEAD = """# What inquote costs

Written by `python -m inquote.eval bench`, a section a program. Ratios compare with what was measured in the same run, turn by
turn. Where the load of a machine is above its number of cores, others were using it too: there the ratios say more
than the times, and times of the processor more than those of the clock.
"""


@dataclass(frozen=True)
class Times:
    """Repeated measurements of one thing, in seconds."""

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
    """Each of `works` once to warm up, then all of them in turns, so that what disturbs one disturbs the others."""
    for work in works.values():
        work()
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            began = clock()
            work()
            found[name].append(clock() - began)
    return {name: Times(tuple(seconds)) for name, seconds in found.items()}


# The peak that the system tells of a process counts what its parent held when it was forked: this one holds nothing.
_LAUNCHER = """
import json, os, subprocess, sys, time
began = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
seconds = time.perf_counter() - began
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


def cold(command: Sequence[str]) -> tuple[float, float, float]:
    """What a command takes: seconds by the clock, seconds of the processor, megabytes at most; it must succeed."""
    launched = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, *command], check=True, capture_output=True, text=True
    )
    status, *measured = json.loads(launched.stdout)
    if status:
        raise subprocess.CalledProcessError(status, command)
    wall, cpu, megabytes = measured
    return wall, cpu, megabytes


def machine() -> str:
    """The processor, memory, versions, date and load, in a line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("torch", "faiss-cpu", "tantivy", "numpy")
    )
    load = ", ".join(f"{share:.1f}" for share in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {cores} cores of {_processor()}, {_gigabytes():.0f} GB; "
        f"Python {platform.python_version()}, {packages}; load {load}"
    )


def _processor() -> str:
    try:
        names = re.findall(
            r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M
        )
    except OSError:
        names = []
    return names[0].strip() if names else platform.processor() or platform.machine()


def _gigabytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, its first column aligned left."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def chart(
    title: str, unit: str, labels: Sequence[str], kind: str = "bar", **series: Sequence[float]
) -> str:
    """A plot in Markdown, as Mermaid draws it; `kind` is "bar" or "line", each of `series` one of them.

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
    drawn = [
        f"    {kind} [{', '.join(f'{value:g}' for value in values)}]" for values in series.values()
    ]
    head = [
        "xychart-beta",
        f'    title "{title}: {", ".join(series)}"',
        f"    x-axis [{axis}]",
        f'    y-axis "{unit}"',
    ]
    return "\n".join(["```mermaid", *head, *drawn, "```"])


def write_section(title: str, body: str, file: Path = RESULTS) -> None:
    """Put `## title` and its body into the results, in the place of the section that has this title."""
    said = file.read_text(encoding="utf-8") if file.exists() else _HEAD
    head, *sections = re.split(r"^(?=## )", said, flags=re.M)
    kept = {section.partition("\n")[0]: section.strip() for section in sections}
    kept[f"## {title}"] = f"## {title}\n\n{body.strip()}"
    file.write_text("\n\n".join([head.strip(), *kept.values()]) + "\n", encoding="utf-8")
