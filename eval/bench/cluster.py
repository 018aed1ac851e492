"""Time reading, parsing and cutting on local Ray clusters of one worker and of two.

Each cluster is started in a process of its own, reads all files once to warm up its workers, and
then as often as wanted, in turns with the other.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inquote.eval.bench.harness import Times, machine, save_section, table

WORKERS = (1, 2)
_PROGRAM = "from inquote.eval.bench.cluster import read; read()"


def bench_cluster(folder: Path, repeats: int) -> dict[str, Any]:
    """Read the files below a folder on a cluster of each size, in turns."""
    processes = {count: _start(count, folder) for count in WORKERS}
    try:
        for process in processes.values():
            _read(process)
        laps: dict[int, list[float]] = {count: [] for count in WORKERS}
        for _ in range(repeats):
            for count, process in processes.items():
                laps[count].append(_read(process))
    finally:
        for process in processes.values():
            process.stdin.close()
            process.wait()
    results = _results(folder, {count: Times(tuple(seconds)) for count, seconds in laps.items()})
    save_section("Cluster", _section(results))
    return results


def _results(folder: Path, times: Mapping[int, Times]) -> dict[str, Any]:
    pairs = zip(times[1].seconds, times[2].seconds, strict=True)
    ratios = Times(tuple(single / double for single, double in pairs))
    return {
        "files": sum(path.is_file() for path in folder.rglob("*")),
        "repeats": len(ratios.seconds),
        "seconds": {count: round(taken.p50, 2) for count, taken in times.items()},
        "speedup": round(ratios.p50, 2),
        "speedups": [round(ratio, 2) for ratio in ratios.seconds],
        "load": [round(share, 1) for share in os.getloadavg()],
    }


def _section(results: dict[str, Any]) -> str:
    rows = [(f"{count} workers", f"{taken}") for count, taken in results["seconds"].items()]
    rows.append(("speedup, median of pairs", f"{results['speedup']}"))
    return (
        f"`python -m inquote.eval bench cluster FOLDER --repeats {results['repeats']}`. "
        f"{machine()}.\n\n{results['files']} files read, parsed and cut by workers of one "
        f"processor each, seconds, medians.\n\n{table(('', 'measured'), rows)}"
    )


def _start(workers: int, folder: Path) -> Any:
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(workers), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _read(process: Any) -> float:
    """Have a cluster read all files once, and return the seconds that it took."""
    process.stdin.write("\n")
    process.stdin.flush()
    return float(json.loads(process.stdout.readline()))


def read() -> None:
    """Read the files of a folder for each line of standard input: the program of a cluster."""
    import time
    import uuid

    from inquote import __version__
    from inquote.index.distributed.driver import connected
    from inquote.index.distributed.work import LOCAL, Job, Work
    from inquote.index.models.embedder import SentenceTransformerEmbedder
    from inquote.index.stores.recipe import recipe_of
    from inquote.ingest.files.collect import Limits
    from inquote.ingest.files.find import find_sources

    # What Ray prints must not get between the times.
    times = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    workers, folder = int(sys.argv[1]), Path(sys.argv[2])
    embedder = SentenceTransformerEmbedder()
    files = tuple((source, "") for source in find_sources([folder]).sources)
    id, recipe = uuid.uuid4().hex, recipe_of(embedder)
    work = Work(id, embedder, recipe, __version__, Limits(), True, {})
    with tempfile.TemporaryDirectory(prefix="inquote-ray-") as own, connected(LOCAL, own, workers):
        from inquote.index.distributed.pipeline import read_stage

        for _ in sys.stdin:
            began = time.perf_counter()
            stage = read_stage(Job(LOCAL, own, work, files))
            batches = stage.iter_batches(batch_size=None, batch_format="pyarrow")
            count = sum(batch.num_rows for batch in batches)
            assert count == len(files)
            print(json.dumps(time.perf_counter() - began), file=times, flush=True)
