"""Search in libraries of a thousand to a million passages: time, memory, disk, and what the fast index misses.

Passages are SQuAD's paragraphs as long as there are any; further ones vary them: each with a number and some words of
another paragraph put in, and for the dense part the paragraph's embedding with noise added. Random vectors would say
nothing: no index can order them.
"""

import hashlib
import math
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from inquote.eval.bench.harness import Times, chart, cold, machine, table, write_section
from inquote.eval.studies.shelf import BATCH, Remembering, embedded
from inquote.eval.studies.squad_data import SquadFile
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.index.progress import Progress
from inquote.index.retrieval.search import Clock, Search
from inquote.index.stores.local.derived import load_derived, write_derived
from inquote.index.stores.local.library import Snapshot
from inquote.ingest.documents import Passage

NOISE = 0.5  # the length of what is added to an embedding of length 1
_FOREIGN = 0.2  # of a variation's words come from another paragraph, so that it is no copy
_RECALL_AT = 10


class Made:
    """The passages and vectors of a made library, in the place of a snapshot; the vectors lie in a file.

    Past `texts` come variations of them. They are made once: a library looks its passages up, it does not write them.
    """

    def __init__(self, texts: Sequence[str], vectors: np.ndarray, count: int, file: Path) -> None:
        further = (varied(texts[row % len(texts)], texts, row) for row in range(len(texts), count))
        self._texts, self.count = [*texts[:count], *further], count
        self.matrix = np.lib.format.open_memmap(file, "w+", np.float32, (count, vectors.shape[1]))
        for at in range(0, count, BATCH * 16):
            rows = np.arange(at, min(at + BATCH * 16, count))
            self.matrix[rows] = noisy(vectors[rows % len(texts)], rows >= len(texts), seed=at)

    def texts(self) -> Iterator[tuple[int, str]]:
        """(row, text) of all."""
        return iter(enumerate(self._texts))

    def passages(self, rows: Sequence[int]) -> dict[int, Passage]:
        """See `Snapshot.passages`."""
        return {
            row: Passage(f"{row:07d}", 0, len(text), "", text)
            for row in rows
            for text in [self._texts[row]]
        }

    def vectors(self, rows: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """See `Snapshot.vectors`."""
        chosen = np.array(sorted(rows), np.int64)
        return chosen, np.asarray(self.matrix[chosen])


def varied(text: str, others: Sequence[str], row: int) -> str:
    """`text` with its row and some words of another text put in at random places.

    >>> varied("a b", ["x"], 7) == varied("a b", ["x"], 7) != varied("a b", ["x"], 8)
    True
    """
    rng = random.Random(row)
    words, foreign = text.split(), rng.choice(others).split()
    for word in [f"no{row}", *rng.choices(foreign, k=math.ceil(_FOREIGN * len(words)))]:
        words.insert(rng.randrange(len(words) + 1), word)
    return " ".join(words)


def noisy(vectors: np.ndarray, which: np.ndarray, seed: int) -> np.ndarray:
    """(n, d) vectors of norm 1, to those of `which` noise of length `NOISE` added, at norm 1 again."""
    noise = np.random.default_rng(seed).normal(size=vectors.shape).astype(np.float32)
    noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    made = vectors + noise * which[:, None]
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def bench_scale(
    file: SquadFile,
    sizes: Sequence[int],
    paragraphs: int,
    questions: int,
    cache: Path | None,
    progress: Progress,
) -> dict[str, Any]:
    """One line a size; see `_measure`."""
    embedder = Remembering(SentenceTransformerEmbedder(), cache)
    texts = sorted((context.text for context in file.contexts), key=_shuffled)[:paragraphs]
    vectors = embedded(texts, embedder, lambda done, total: progress("embedding", done, total))
    drawn = file.questions[:: max(1, len(file.questions) // questions)][:questions]
    asked = [question.question for question in drawn]
    for question in asked:
        embedder.embed_query(question)
    lines = []
    for done, size in enumerate(sizes):
        progress("libraries", done, len(sizes))
        with tempfile.TemporaryDirectory() as folder:
            lines.append(
                _measure(
                    Made(texts, vectors, size, Path(folder) / "made.npy"),
                    asked,
                    embedder,
                    Path(folder),
                )
            )
    found = {"paragraphs": len(texts), "questions": len(asked), "sizes": lines}
    write_section("Scale", _told(found))
    return found


def _shuffled(text: str) -> bytes:
    """An order that has nothing to do with what the texts say."""
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()


def _measure(
    made: Made, questions: Sequence[str], embedder: Remembering, folder: Path
) -> dict[str, Any]:
    """What it costs to make, keep, open and search the derived files of `made`; the embedding of questions left out."""
    generation = folder / "gen-000001"
    began = time.perf_counter()
    write_derived(generation, np.arange(made.count), np.asarray(made.matrix), made.texts())
    built = time.perf_counter() - began
    began = time.perf_counter()
    derived = load_derived(generation, 1)
    opened = time.perf_counter() - began
    search, laps = Search(embedder), []
    search.search(cast(Snapshot, made), derived, questions[0], 12)
    for question in questions:
        clock = Clock()
        search.search(cast(Snapshot, made), derived, question, 12, clock)
        laps.append(clock.laps)
    stages = {
        name: Times(tuple(lap[name] for lap in laps)) for name in ("dense", "lexical", "fuse")
    }
    whole = Times(tuple(sum(lap[name] for name in stages) for lap in laps))
    return {
        "passages": made.count,
        "index": "exact" if derived.vectors.exact else "lists",
        "build_s": round(built, 1),
        "open_s": round(opened, 2),
        "disk_mb": round(
            sum(path.stat().st_size for path in generation.rglob("*") if path.is_file()) / 1e6
        ),
        "resident_mb": _resident(generation),
        "recall": round(
            _recall(
                made, derived.vectors, [embedder.embed_query(question) for question in questions]
            ),
            4,
        ),
        "p50_ms": {
            **{name: round(times.p50, 2) for name, times in stages.items()},
            "all": round(whole.p50, 2),
        },
        "p95_ms": {
            **{name: round(times.p95, 2) for name, times in stages.items()},
            "all": round(whole.p95, 2),
        },
    }


def _resident(generation: Path) -> int:
    """Megabytes at most of a process that opens the files and searches both, and does nothing else."""
    code = (
        "import sys; import numpy as np; from pathlib import Path; from inquote.index.stores.local.derived import load_derived\n"
        "d = load_derived(Path(sys.argv[1]), 1)\n"
        "d.vectors.search(np.full((1, d.vectors.dimension), 0.05, np.float32), 50)\n"
        "d.lexical.search('Who was the first to reach the city in the year of the war?', 50)"
    )
    return round(cold([sys.executable, "-c", code, str(generation)])[2])


def _recall(made: Made, store: Any, queries: Sequence[np.ndarray]) -> float:
    """The share of the ten nearest by exact search that are among the first ten after scoring what the index lists."""
    shares = []
    for query in queries[:100]:
        near = _nearest(made.matrix, query)
        _, listed = store.search(query[None, :], 50)
        scored = sorted(listed[0], key=lambda row: (-float(made.matrix[row] @ query), row))[
            :_RECALL_AT
        ]
        shares.append(len(set(map(int, scored)) & set(map(int, near))) / _RECALL_AT)
    return float(np.mean(shares))


def _nearest(matrix: np.ndarray, query: np.ndarray) -> np.ndarray:
    cosines = matrix @ query
    best = np.argpartition(-cosines, _RECALL_AT)[:_RECALL_AT]
    return best[np.argsort(-cosines[best])]


def _told(found: dict[str, Any]) -> str:
    head = (
        "passages",
        "index",
        "recall@10",
        "dense",
        "lexical",
        "fusion",
        "all p50",
        "all p95",
        "open s",
        "build s",
    )
    rows = [
        (
            *(f"{line['passages']:,}", line["index"], f"{line['recall']:.3f}"),
            *(
                f"{line['p50_ms'][name]:.1f} / {line['p95_ms'][name]:.1f}"
                for name in ("dense", "lexical", "fuse")
            ),
            *(
                f"{line['p50_ms']['all']:.1f}",
                f"{line['p95_ms']['all']:.1f}",
                f"{line['open_s']:.2f}",
            ),
            *(f"{line['build_s']:.0f}", f"{line['disk_mb']:,}", f"{line['resident_mb']:,}"),
        )
        for line in found["sizes"]
    ]
    return (
        f"`python -m inquote.eval bench scale FILE --paragraphs {found['paragraphs']} --questions {found['questions']}`. "
        f"{machine()}.\n\n"
        f"{found['paragraphs']:,} paragraphs of SQuAD 1.1; beyond them their text varied and their embeddings with "
        f"noise of length {NOISE} added. {found['questions']} of its questions, 50 candidates of each search, "
        "milliseconds, p50 / p95; questions are embedded before, passages come from memory, not from SQLite. Recall@10 "
        "of the dense search against an exact one on the first 100. Wanted at a million: recall 0.97, all within 25 ms "
        "(p95), 2,500 MB "
        f"resident, open in 5 s.\n\n{table((*head, 'disk MB', 'resident MB'), rows)}\n\n{_drawn(found['sizes'])}"
    )


def _drawn(sizes: Sequence[dict[str, Any]]) -> str:
    times = {name: [line[f"{name}_ms"]["all"] for line in sizes] for name in ("p50", "p95")}
    return chart(
        "Both searches and their fusion",
        "ms",
        [f"{line['passages']:,}" for line in sizes],
        "line",
        **times,
    )
