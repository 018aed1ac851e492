"""Search in libraries of a thousand to a million passages: time, memory, disk, recall.

The first passages are SQuAD's paragraphs. Further ones vary them: a number and some words of
another paragraph are put into the text, and noise is added to the embedding. Random vectors would
say nothing, for no index can order them.
"""

import hashlib
import math
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inquote.eval.bench.harness import Times, chart, machine, run_cold, save_section, table
from inquote.eval.studies.shelf import BATCH, CachingEmbedder, embed_by_length
from inquote.eval.studies.squad_data import SquadFile
from inquote.index.clock import Clock
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.index.progress import Progress
from inquote.index.retrieval.search import Search
from inquote.index.stores.base import Ranking, Scope
from inquote.index.stores.local.lexical import LexicalEntry
from inquote.index.stores.local.search_files import (
    SearchFiles,
    load_search_files,
    write_search_files,
)
from inquote.index.stores.local.vectors import VectorIndex
from inquote.ingest.documents import Passage

NOISE = 0.5  # the length of what is added to an embedding of length 1
_FOREIGN = 0.2  # the share of words put in from another paragraph
_RECALL_AT = 10
STAGES = ("dense", "lexical", "fuse")
_HEAD = (
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
    "disk MB",
    "resident MB",
)


class SyntheticLibrary:
    """The passages, vectors and search files of a made library, `Searchable` as a snapshot is.

    After `texts` come variations of them, made once. The vectors lie in a file. `files` are set
    once they are written and loaded.
    """

    files: SearchFiles

    def __init__(self, texts: Sequence[str], vectors: np.ndarray, count: int, file: Path) -> None:
        self.count = count
        self._texts = list(texts[:count])
        for row in range(len(texts), count):
            self._texts.append(vary(texts[row % len(texts)], texts, row))
        self.matrix = np.lib.format.open_memmap(file, "w+", np.float32, (count, vectors.shape[1]))
        for at in range(0, count, BATCH * 16):
            rows = np.arange(at, min(at + BATCH * 16, count))
            self.matrix[rows] = add_noise(vectors[rows % len(texts)], rows >= len(texts), seed=at)

    def _passage(self, row: int) -> Passage:
        text = self._texts[row]
        return Passage(f"{row:07d}", 0, len(text), "", text)

    def _row(self, id: str) -> int:
        return int(Passage.parse_id(id)[0])

    def entries(self) -> Iterator[LexicalEntry]:
        """Yield the lexical entries of all passages."""
        return (LexicalEntry.of(row, self._passage(row)) for row in range(self.count))

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Return passages by id; see `Searchable.passages`."""
        return {id: self._passage(self._row(id)) for id in ids}

    def nearest(self, vector: np.ndarray, k: int, scope: Scope | None = None) -> Ranking:
        """Return the nearest passages, by exact cosines where the index is not exact."""
        scores, rows = self.files.vectors.search(vector[None, :], k)
        ids = [self._passage(row).id for row in rows[0]]
        if self.files.vectors.exact:
            return list(zip(ids, map(float, scores[0]), strict=True))
        return sorted(self.cosines(vector, ids).items(), key=lambda item: (-item[1], item[0]))

    def matching(self, question: str, k: int, scope: Scope | None = None) -> Ranking:
        """Return the passages that share a question's words."""
        hits = self.files.lexical.search(question, k)
        return [(self._passage(row).id, score) for row, score in hits]

    def cosines(self, vector: np.ndarray, ids: Iterable[str]) -> dict[str, float]:
        """Return the cosines of a query with these passages."""
        listed = sorted(ids)
        matrix = np.asarray(self.matrix[[self._row(id) for id in listed]])
        return dict(zip(listed, map(float, matrix @ vector), strict=True))

    def has_word(self, word: str, scope: Scope | None = None) -> bool:
        """Return whether a form of the word stands in any passage."""
        return self.files.lexical.has(word)


def vary(text: str, pool: Sequence[str], row: int) -> str:
    """Put its row and some words of another text of `pool` into `text`, at random places.

    >>> vary("a b", ["x"], 7) == vary("a b", ["x"], 7) != vary("a b", ["x"], 8)
    True
    """
    rng = random.Random(row)
    words, foreign = text.split(), rng.choice(pool).split()
    for word in [f"no{row}", *rng.choices(foreign, k=math.ceil(_FOREIGN * len(words)))]:
        words.insert(rng.randrange(len(words) + 1), word)
    return " ".join(words)


def add_noise(vectors: np.ndarray, which: np.ndarray, seed: int) -> np.ndarray:
    """Add noise of length `NOISE` to the vectors of `which`, and bring them to norm 1 again.

    `vectors` are (n, d), `which` is an (n,) mask.
    """
    noise = np.random.default_rng(seed).normal(size=vectors.shape).astype(np.float32)
    noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    made: np.ndarray = vectors + noise * which[:, None]
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made


def embed_file(
    file: SquadFile,
    paragraphs: int,
    questions: int,
    embedder: CachingEmbedder,
    progress: Progress,
) -> tuple[list[str], np.ndarray, list[str]]:
    """Draw paragraphs and questions of a file and embed them.

    Returns the paragraphs, their vectors (n, d), and the questions.
    """
    texts = sorted((context.text for context in file.contexts), key=shuffle_key)[:paragraphs]
    vectors = embed_by_length(
        texts, embedder, lambda done, total: progress("embedding", done, total)
    )
    drawn = file.questions[:: max(1, len(file.questions) // questions)][:questions]
    question_texts = [question.question for question in drawn]
    for text in question_texts:
        embedder.embed_query(text)
    return texts, vectors, question_texts


def bench_scale(
    file: SquadFile,
    sizes: Sequence[int],
    paragraphs: int,
    questions: int,
    cache: Path | None,
    progress: Progress,
) -> dict[str, Any]:
    """Measure a library of each of `sizes`; see `_measure`."""
    embedder = CachingEmbedder(SentenceTransformerEmbedder(), cache)
    texts, vectors, question_texts = embed_file(file, paragraphs, questions, embedder, progress)

    # Make and measure a library a size.
    lines = []
    for done, size in enumerate(sizes):
        progress("libraries", done, len(sizes))
        with tempfile.TemporaryDirectory() as folder:
            made = SyntheticLibrary(texts, vectors, size, Path(folder) / "made.npy")
            lines.append(_measure(made, question_texts, embedder, Path(folder)))
    results = {"paragraphs": len(texts), "questions": len(question_texts), "sizes": lines}
    save_section("Scale", _section(results))
    return results


def shuffle_key(text: str) -> bytes:
    """Return a key for an order that has nothing to do with the content of texts."""
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()


def _measure(
    made: SyntheticLibrary, questions: Sequence[str], embedder: CachingEmbedder, folder: Path
) -> dict[str, Any]:
    """Measure making, keeping, opening and searching the derived files of `made`.

    The embedding of questions is left out.
    """
    # Build, and open.
    generation = folder / "gen-000001"
    began = time.perf_counter()
    rows, matrix = np.arange(made.count), np.asarray(made.matrix)
    write_search_files(generation, rows, matrix, made.entries())
    built = time.perf_counter() - began
    began = time.perf_counter()
    made.files = load_search_files(generation)
    opened = time.perf_counter() - began

    # Search, once to warm up.
    search, laps = Search(embedder), []
    search.search(made, questions[0], 12)
    for question in questions:
        clock = Clock()
        search.search(made, question, 12, clock=clock)
        laps.append(clock.laps)
    times = {name: Times(tuple(lap[name] for lap in laps)) for name in STAGES}
    times["all"] = Times(tuple(sum(lap[name] for name in STAGES) for lap in laps))

    # Lay out the results.
    queries = [embedder.embed_query(question) for question in questions]
    return {
        "passages": made.count,
        "index": "exact" if made.files.vectors.exact else "lists",
        "build_s": round(built, 1),
        "open_s": round(opened, 2),
        "disk_mb": round(_bytes_on_disk(generation) / 1e6),
        "resident_mb": _resident(generation),
        "recall": round(_recall(made, made.files.vectors, queries), 4),
        "p50_ms": {name: round(taken.p50, 2) for name, taken in times.items()},
        "p95_ms": {name: round(taken.p95, 2) for name, taken in times.items()},
    }


def _bytes_on_disk(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _resident(generation: Path) -> int:
    """Return the peak megabytes of a process that opens the files and searches both."""
    code = (
        "import sys; import numpy as np; from pathlib import Path\n"
        "from inquote.index.stores.local.search_files import load_search_files\n"
        "d = load_search_files(Path(sys.argv[1]))\n"
        "d.vectors.search(np.full((1, d.vectors.dimension), 0.05, np.float32), 50)\n"
        "d.lexical.search('Who was the first to reach the city in the year of the war?', 50)"
    )
    _, _, megabytes = run_cold([sys.executable, "-c", code, str(generation)])
    return round(megabytes)


def _recall(made: SyntheticLibrary, index: VectorIndex, queries: Sequence[np.ndarray]) -> float:
    """Return the share of the ten exactly nearest that the first ten of the index hold.

    The index lists 50 rows, which are ordered by their exact cosines.
    """
    shares = []
    for query in queries[:100]:
        near = _nearest(made.matrix, query)
        _, listed = index.search(query[None, :], 50)
        cosines = {int(row): float(made.matrix[row] @ query) for row in listed[0]}
        first = sorted(cosines, key=lambda row: (-cosines[row], row))[:_RECALL_AT]
        shares.append(len(set(first) & set(map(int, near))) / _RECALL_AT)
    return float(np.mean(shares))


def _nearest(matrix: np.ndarray, query: np.ndarray) -> np.ndarray:
    cosines = matrix @ query
    best = np.argpartition(-cosines, _RECALL_AT)[:_RECALL_AT]
    return best[np.argsort(-cosines[best])]


def _section(results: dict[str, Any]) -> str:
    """Return the section of the results in Markdown."""
    paragraphs, questions = results["paragraphs"], results["questions"]
    options = f"--paragraphs {paragraphs} --questions {questions}"
    measured = table(_HEAD, [_row(line) for line in results["sizes"]])
    return (
        f"`python -m inquote.eval bench scale FILE {options}`. {machine()}.\n\n"
        f"{paragraphs:,} paragraphs of SQuAD 1.1; beyond them their text varied and their "
        f"embeddings with noise of length {NOISE} added. {questions} of its questions, 50 "
        "candidates of each search, milliseconds, p50 / p95; questions are embedded before, "
        "passages come from memory, not from SQLite. Recall@10 of the dense search against an "
        "exact one on the first 100. Wanted at a million: recall 0.97, all within 25 ms (p95), "
        f"2,500 MB resident, open in 5 s.\n\n{measured}\n\n{_chart(results['sizes'])}"
    )


def _row(line: dict[str, Any]) -> list[str]:
    """Return the cells of one size, in the order of `_HEAD`."""
    p50, p95 = line["p50_ms"], line["p95_ms"]
    stages = [f"{p50[name]:.1f} / {p95[name]:.1f}" for name in STAGES]
    return [
        f"{line['passages']:,}",
        line["index"],
        f"{line['recall']:.3f}",
        *stages,
        f"{p50['all']:.1f}",
        f"{p95['all']:.1f}",
        f"{line['open_s']:.2f}",
        f"{line['build_s']:.0f}",
        f"{line['disk_mb']:,}",
        f"{line['resident_mb']:,}",
    ]


def _chart(sizes: Sequence[dict[str, Any]]) -> str:
    labels = [f"{line['passages']:,}" for line in sizes]
    p50 = [line["p50_ms"]["all"] for line in sizes]
    p95 = [line["p95_ms"]["all"] for line in sizes]
    return chart("Both searches and their fusion", "ms", labels, "line", p50=p50, p95=p95)
