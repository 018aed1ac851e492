"""What an ingest costs: everything new, nothing changed, one document changed; the embedder against plain `encode`."""

import random
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.bench.harness import chart, machine, table, write_section
from eval.squad_data import SquadFile
from index.build import Account, Progress, ingest
from index.embed import SentenceTransformerEmbedder

PARAGRAPHS = 10  # of a document
COMPARED = 512  # passages embedded both ways
LOOKED_AT = 10  # times that the memory of an ingest is looked at while it embeds


@dataclass(frozen=True)
class Timed:
    """An ingest and what it took, in seconds."""

    account: Account
    seconds: float


def bench_ingest(file: SquadFile, documents: int, progress: Progress) -> dict[str, Any]:
    """Ingest `documents` made of a SQuAD file's paragraphs, then again, then with one of them changed.

    `changed_share` and `unchanged_share` are shares of the time of the full ingest; `embedding_ratio` is how many times
    faster passages are embedded than by `SentenceTransformer.encode` called plainly on the same passages.
    `peak_memory_mb` is that of the ingests alone, and by how many passages were embedded.
    """
    embedder = SentenceTransformerEmbedder()
    with tempfile.TemporaryDirectory() as folder:
        texts, library = Path(folder) / "texts", Path(folder) / "library"
        size = write_documents(file, documents, texts)
        peaks = Peaks(progress)
        full = _timed(library, texts, embedder, peaks)
        unchanged = _timed(library, texts, embedder, progress)
        (texts / "000000.md").write_text("# Changed\n\nThis document is another one now.\n", encoding="utf-8")
        changed = _timed(library, texts, embedder, progress)
    passages, memory = full.account.passages_embedded, peak_memory()
    ratio, least_cosine = compare_embedding(file, embedder)
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
        "embedding_ratio": round(ratio, 2),
        "least_cosine": round(least_cosine, 5),
        "peak_memory_mb": memory,
    }
    command = f"`python -m eval bench ingest FILE --documents {documents}`. {machine()}.\n\n"
    measured = table(("", "measured"), [(name, str(value)) for name, value in found.items()])
    looks = peaks.thinned(LOOKED_AT)
    drawn = chart("Peak memory while embedding", "MB", [str(at) for at in looks], peak=list(looks.values()))
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


def compare_embedding(file: SquadFile, embedder: SentenceTransformerEmbedder) -> tuple[float, float]:
    """How many times faster than plain `encode`, the best of three turns each, and the least cosine between the two."""
    from sentence_transformers import SentenceTransformer

    from index.embed import packaged_model

    plain = SentenceTransformer(str(packaged_model()), device="cpu", local_files_only=True)
    texts = [context.text for context in file.contexts[:COMPARED]]
    theirs, ours = plain.encode(texts, normalize_embeddings=True), embedder.embed_passages(texts)
    turns = [(_seconds(lambda: plain.encode(texts)), _seconds(lambda: embedder.embed_passages(texts))) for _ in "123"]
    return min(t for t, _ in turns) / min(t for _, t in turns), float((theirs * ours).sum(axis=1).min())


def _timed(library: Path, texts: Path, embedder: SentenceTransformerEmbedder, progress: Progress) -> Timed:
    began = time.perf_counter()
    account = ingest(library, [texts], embedder, progress=progress)
    return Timed(account, time.perf_counter() - began)


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
