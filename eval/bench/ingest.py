"""What an ingest costs: everything new, nothing changed, one document changed; the embedder against plain `encode`."""

import random
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.bench.harness import machine, table, write_section
from eval.squad_data import SquadFile
from index.build import Account, Progress, ingest
from index.embed import SentenceTransformerEmbedder

PARAGRAPHS = 10  # of a document
COMPARED = 512  # passages embedded both ways


@dataclass(frozen=True)
class Timed:
    """An ingest and what it took, in seconds."""

    account: Account
    seconds: float


def bench_ingest(file: SquadFile, documents: int, progress: Progress) -> dict[str, Any]:
    """Ingest `documents` made of a SQuAD file's paragraphs, then again, then with one of them changed.

    `changed_share` and `unchanged_share` are shares of the time of the full ingest; `embedding_ratio` is how many times
    faster passages are embedded than by `SentenceTransformer.encode` called plainly on the same passages.
    """
    embedder = SentenceTransformerEmbedder()
    with tempfile.TemporaryDirectory() as folder:
        texts, library = Path(folder) / "texts", Path(folder) / "library"
        write_documents(file, documents, texts)
        full = _timed(library, texts, embedder, progress)
        unchanged = _timed(library, texts, embedder, progress)
        (texts / "000000.md").write_text("# Changed\n\nThis document is another one now.\n", encoding="utf-8")
        changed = _timed(library, texts, embedder, progress)
    passages = full.account.passages_embedded
    ratio, least_cosine = compare_embedding(file, embedder)
    found = {
        "documents": documents,
        "passages": passages,
        "full_seconds": round(full.seconds, 2),
        "passages_per_second": round(passages / full.seconds, 1),
        "unchanged_seconds": round(unchanged.seconds, 2),
        "unchanged_share": round(unchanged.seconds / full.seconds, 4),
        "changed_seconds": round(changed.seconds, 2),
        "changed_share": round(changed.seconds / full.seconds, 4),
        "embedding_ratio": round(ratio, 2),
        "least_cosine": round(least_cosine, 5),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    command = f"`python -m eval bench ingest FILE --documents {documents}`. {machine()}.\n\n"
    write_section("Ingest", command + table(("", "measured"), [(name, str(value)) for name, value in found.items()]))
    return found


def write_documents(file: SquadFile, count: int, folder: Path) -> None:
    """`count` documents of ten paragraphs, each under a heading of its own, so that no two passages are the same."""
    rng = random.Random(0)
    folder.mkdir()
    for number in range(count):
        parts = [
            f"## Record {number}-{at}\n\n{context.text}"
            for at, context in enumerate(rng.choices(file.contexts, k=PARAGRAPHS))
        ]
        (folder / f"{number:06d}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


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
