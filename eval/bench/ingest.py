"""Time an ingest: everything new, nothing changed, one document changed."""

import random
import resource
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inquote.eval.bench.harness import chart, machine, save_section, table
from inquote.eval.studies.squad_data import SquadFile
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.index.progress import Progress
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from inquote.index.updating.report import IngestReport

PARAGRAPHS = 10  # of a document
LOOKS = 10  # at the memory of an ingest while it embeds


@dataclass(frozen=True)
class TimedIngest:
    """An ingest's report, and the seconds that it took."""

    report: IngestReport
    seconds: float


def bench_ingest(file: SquadFile, documents: int, progress: Progress) -> dict[str, Any]:
    """Ingest documents of a SQuAD file's paragraphs, then again, then with one of them changed.

    `changed_share` and `unchanged_share` are shares of the time of the full ingest.
    """
    # Ingest three times.
    embedder = SentenceTransformerEmbedder()
    with tempfile.TemporaryDirectory() as folder:
        texts, library = Path(folder) / "texts", Path(folder) / "library"
        size = write_documents(file, documents, texts)
        peaks = Peaks(progress)
        full = _time_ingest(library, texts, embedder, peaks)
        unchanged = _time_ingest(library, texts, embedder, progress)
        (texts / "000000.md").write_text(
            "# Changed\n\nThis document is another one now.\n", encoding="utf-8"
        )
        changed = _time_ingest(library, texts, embedder, progress)

    # Lay out the results.
    passages, memory = full.report.passages_embedded, peak_memory()
    results = {
        "documents": documents,
        "text_mb": round(size / 1e6, 1),
        "passages": passages,
        "full_seconds": round(full.seconds, 2),
        "passages_per_second": round(passages / full.seconds, 1),
        "unchanged_seconds": round(unchanged.seconds, 2),
        "unchanged_share": round(unchanged.seconds / full.seconds, 4),
        "changed_seconds": round(changed.seconds, 2),
        "changed_share": round(changed.seconds / full.seconds, 4),
        "peak_memory_mb": memory,
    }
    looks = peaks.thinned(LOOKS)
    save_section("Ingest", _section(results, looks))
    return {**results, "peak_memory_mb_by_passages": looks}


def _section(results: dict[str, Any], looks: dict[int, int]) -> str:
    """Return the section of the results in Markdown; `looks` are megabytes by passages embedded."""
    command = f"`python -m inquote.eval bench ingest FILE --documents {results['documents']}`"
    measured = table(("", "measured"), [(name, str(value)) for name, value in results.items()])
    labels = [str(passages) for passages in looks]
    memory = chart("Peak memory while embedding", "MB", labels, peak=list(looks.values()))
    return f"{command}. {machine()}.\n\n{measured}\n\n{memory}"


class Peaks:
    """A progress that passes calls on and notes the peak memory by passages embedded."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._peaks: dict[int, int] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Pass the call on; see `Progress`."""
        if stage == "embedding":
            self._peaks[done] = peak_memory()
        self._progress(stage, done, total)

    def thinned(self, count: int) -> dict[int, int]:
        """Return megabytes by passages embedded: `count` of them, evenly spread, and the last."""
        noted = list(self._peaks.items())
        count = min(count, len(noted))
        return dict(noted[len(noted) * (at + 1) // count - 1] for at in range(count))


def peak_memory() -> int:
    """Return the most memory that this process has held, in megabytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def write_documents(file: SquadFile, count: int, folder: Path) -> int:
    """Write `count` documents of ten paragraphs, and return their size in bytes.

    Each paragraph has a heading of its own, so that no two passages are the same.
    """
    rng = random.Random(0)
    folder.mkdir()
    size = 0
    for number in range(count):
        parts = []
        for at, context in enumerate(rng.choices(file.contexts, k=PARAGRAPHS)):
            parts.append(f"## Record {number}-{at}\n\n{context.text}")
        content = ("\n\n".join(parts) + "\n").encode()
        (folder / f"{number:06d}.md").write_bytes(content)
        size += len(content)
    return size


def _time_ingest(
    library: Path, texts: Path, embedder: SentenceTransformerEmbedder, progress: Progress
) -> TimedIngest:
    began = time.perf_counter()
    with closing(LocalStore(library)) as store:
        report = ingest(store, [texts], embedder, progress=progress)
    return TimedIngest(report, time.perf_counter() - began)
