"""What an ingest costs: everything new, nothing changed, one document changed."""

import random
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inquote.eval.bench.harness import chart, machine, table, write_section
from inquote.eval.studies.squad_data import SquadFile
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.index.progress import Progress
from inquote.index.updating.ingest import ingest
from inquote.index.updating.report import IngestReport

PARAGRAPHS = 10  # of a document
LOOKED_AT = 10  # times that the memory of an ingest is looked at while it embeds


@dataclass(frozen=True)
class Timed:
    """An ingest and what it took, in seconds."""

    account: IngestReport
    seconds: float


def bench_ingest(file: SquadFile, documents: int, progress: Progress) -> dict[str, Any]:
    """Ingest `documents` made of a SQuAD file's paragraphs, then again, then with one of them changed.

    `changed_share` and `unchanged_share` are shares of the time of the full ingest.
    """
    embedder = SentenceTransformerEmbedder()
    with tempfile.TemporaryDirectory() as folder:
        texts, library = Path(folder) / "texts", Path(folder) / "library"
        size = write_documents(file, documents, texts)
        peaks = Peaks(progress)
        full = _timed(library, texts, embedder, peaks)
        unchanged = _timed(library, texts, embedder, progress)
        (texts / "000000.md").write_text(
            "# Changed\n\nThis document is another one now.\n", encoding="utf-8"
        )
        changed = _timed(library, texts, embedder, progress)
    passages, memory = full.account.passages_embedded, peak_memory()
    found = {
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
    command = (
        f"`python -m inquote.eval bench ingest FILE --documents {documents}`. {machine()}.\n\n"
    )
    measured = table(("", "measured"), [(name, str(value)) for name, value in found.items()])
    looks = peaks.thinned(LOOKED_AT)
    drawn = chart(
        "Peak memory while embedding", "MB", [str(at) for at in looks], peak=list(looks.values())
    )
    write_section("Ingest", f"{command}{measured}\n\n{drawn}")
    return {**found, "peak_memory_mb_by_passages": looks}


class Peaks:
    """A progress that passes everything on and notes the peak memory by how many passages are embedded."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._peaks: dict[int, int] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        """See `Progress`."""
        if stage == "embedding":
            self._peaks[done] = peak_memory()
        self._progress(stage, done, total)

    def thinned(self, count: int) -> dict[int, int]:
        """Passages embedded to megabytes, `count` times at even distances, the last time included."""
        noted = list(self._peaks.items())
        count = min(count, len(noted))
        return dict(noted[len(noted) * (at + 1) // count - 1] for at in range(count))


def peak_memory() -> int:
    """The most memory that this process has held, in megabytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def write_documents(file: SquadFile, count: int, folder: Path) -> int:
    """`count` documents of ten paragraphs, each under a heading of its own, so that no two passages are the same.

    Gives their size in bytes.
    """
    rng = random.Random(0)
    folder.mkdir()
    size = 0
    for number in range(count):
        parts = [
            f"## Record {number}-{at}\n\n{context.text}"
            for at, context in enumerate(rng.choices(file.contexts, k=PARAGRAPHS))
        ]
        content = ("\n\n".join(parts) + "\n").encode()
        (folder / f"{number:06d}.md").write_bytes(content)
        size += len(content)
    return size


def _timed(
    library: Path, texts: Path, embedder: SentenceTransformerEmbedder, progress: Progress
) -> Timed:
    began = time.perf_counter()
    account = ingest(library, [texts], embedder, progress=progress)
    return Timed(account, time.perf_counter() - began)
