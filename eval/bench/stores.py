"""Search in whole libraries, on one machine's store and on the shared one: time, disk, memory.

The passages are those of `bench scale`; here they are written through a draft and read through a
snapshot, as a chat does, so that the database and the tables count too.
"""

import hashlib
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from inquote.eval.bench.harness import Times, machine, run_cold, save_section, table
from inquote.eval.bench.scale import NOISE, STAGES, add_noise, embed_file, vary
from inquote.eval.studies.shelf import CachingEmbedder
from inquote.eval.studies.squad_data import SquadFile
from inquote.index.clock import Clock
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.index.progress import Progress
from inquote.index.retrieval.search import Search
from inquote.index.stores.base import CutDocument, DocumentRecord, Snapshot, Store
from inquote.index.stores.recipe import Recipe, content_hash, recipe_of
from inquote.index.stores.registry import open_store
from inquote.ingest.chunk import Chunks
from inquote.ingest.documents import Document, Passage

PASSAGES = 10  # of a document
DOCUMENTS_A_BATCH = 200
RECALL_AT = 10
RECALL_QUESTIONS = 50
LOCAL, SHARED = "folder", "tables"  # what a library is kept in; else an address, s3://...
_HEAD = (
    "passages",
    "store",
    "recall@10",
    "p50",
    "p95",
    "dense p50",
    "lexical p50",
    "write s",
    "change s",
    "disk MB",
    "bytes a passage",
    "resident MB",
)


class Made:
    """The documents of a made library: real paragraphs first, then variations of them."""

    def __init__(self, texts: Sequence[str], vectors: np.ndarray, count: int) -> None:
        self.count = count
        self._texts, self._vectors = texts, vectors

    def text(self, row: int) -> str:
        """Return the text of a passage."""
        real = self._texts[row % len(self._texts)]
        return real if row < len(self._texts) else vary(real, self._texts, row)

    def matrix(self, start: int, end: int) -> np.ndarray:
        """Return the embeddings of a range of passages, (n, d) float32."""
        rows = np.arange(start, end)
        varied = rows >= len(self._texts)
        made = add_noise(self._vectors[rows % len(self._texts)], varied, seed=start)
        return np.asarray(made, np.float32)

    def document(self, first: int, recipe: Recipe, end: int | None = None) -> CutDocument:
        """Return the document whose passages begin with the row `first`; some end before `end`."""
        id, text = f"made/{first:09d}.md", ""
        passages = []
        for row in range(first, end or min(first + PASSAGES, self.count)):
            start, words = len(text), self.text(row)
            text += words + "\n\n"
            passages.append(Passage(id, start, start + len(words), "", words))
        digest = hashlib.sha256(text.encode()).hexdigest()
        record = DocumentRecord(Document(id, id, "", text, digest), "/made", digest, f"0:{digest}")
        keys = tuple(content_hash(passage, recipe) for passage in passages)
        return CutDocument(record, Chunks(tuple(passages), ()), keys)


def bench_stores(
    file: SquadFile,
    sizes: Sequence[int],
    paragraphs: int,
    questions: int,
    cache: Path | None,
    progress: Progress,
    stores: Sequence[str] = (LOCAL, SHARED),
) -> dict[str, Any]:
    """Measure a library of each size in each store, in a temporary folder."""
    embedder = CachingEmbedder(SentenceTransformerEmbedder(), cache)
    texts, vectors, asked = embed_file(file, paragraphs, questions, embedder, progress)

    # Make and measure a library a size and store.
    lines: list[dict[str, Any]] = []
    for size in sizes:
        for kind in stores:
            progress("libraries", len(lines), len(sizes) * len(stores))
            with tempfile.TemporaryDirectory() as folder:
                location = _location(kind, Path(folder) / "library")
                measured = _measure(Made(texts, vectors, size), location, asked, embedder)
            lines.append({"passages": size, "store": kind, **measured})
    results = {"paragraphs": len(texts), "questions": len(asked), "sizes": lines}
    save_section("Stores", _section(results))
    return results


def _location(kind: str, folder: Path) -> str:
    """Return the address of a new library of a kind."""
    if "://" in kind:
        return f"{kind.rstrip('/')}/{uuid.uuid4().hex}"
    return f"file://{folder}" if kind == SHARED else str(folder)


def _measure(
    made: Made, location: str, questions: Sequence[str], embedder: CachingEmbedder
) -> dict[str, Any]:
    """Measure writing, changing and searching a library; the embedding is left out."""
    with closing(open_store(location, must_exist=False)) as store:
        began = time.perf_counter()
        _write(store, made, embedder)
        written = time.perf_counter() - began
        size = store.size
        laps = _search(store, questions, embedder)
        with store.snapshot() as snapshot:
            queries = [embedder.embed_query(question) for question in questions]
            recall = _recall(made, snapshot, queries[:RECALL_QUESTIONS])
        began = time.perf_counter()
        _change(store, made, embedder)
        changed = time.perf_counter() - began
    return {
        "recall": round(recall, 4),
        "p50_ms": {name: round(times.p50 * 1_000, 1) for name, times in laps.items()},
        "p95_ms": {name: round(times.p95 * 1_000, 1) for name, times in laps.items()},
        "write_s": round(written, 1),
        "change_s": round(changed, 1),
        "disk_mb": round(size / 1e6),
        "bytes_a_passage": round(size / made.count),
        "resident_mb": _resident(location),
    }


def _write(store: Store, made: Made, embedder: CachingEmbedder) -> None:
    """Write all documents of a made library in one generation."""
    recipe = recipe_of(embedder)
    step = DOCUMENTS_A_BATCH * PASSAGES
    with store.begin() as draft:
        for start in range(0, made.count, step):
            end = min(start + step, made.count)
            documents = list(_documents(made, start, end, recipe))
            keys = [key for document in documents for key in document.keys]
            draft.put_embeddings(keys, made.matrix(start, end))
            draft.put_documents(documents)
        draft.put_roots({"/made": "made"})
        draft.commit(recipe)


def _documents(made: Made, start: int, end: int, recipe: Recipe) -> Iterator[CutDocument]:
    for first in range(start, end, PASSAGES):
        yield made.document(first, recipe)


def _change(store: Store, made: Made, embedder: CachingEmbedder) -> None:
    """Shorten one document of a library by a passage, in a generation of its own."""
    recipe = recipe_of(embedder)
    with store.begin() as draft:
        draft.put_documents([made.document(0, recipe, end=PASSAGES - 1)])
        draft.commit(recipe)


def _search(store: Store, questions: Sequence[str], embedder: CachingEmbedder) -> dict[str, Times]:
    """Search for each question, the first half to warm up; return the other's seconds by stage."""
    search, laps = Search(embedder), []
    half = len(questions) // 2
    with store.snapshot() as snapshot:
        for question in questions[:half]:
            search.search(snapshot, question, 12)
        for question in questions[half:]:
            clock, began = Clock(), time.perf_counter()
            search.search(snapshot, question, 12, clock=clock)
            seconds = {name: clock.laps[name] / 1_000 for name in STAGES}
            laps.append({**seconds, "all": time.perf_counter() - began})
    return {name: Times(tuple(lap[name] for lap in laps)) for name in (*STAGES, "all")}


def _recall(made: Made, snapshot: Snapshot, queries: Sequence[np.ndarray]) -> float:
    """Return the share of the ten exactly nearest that the ten nearest of a store hold."""
    shares = []
    for query, exact in zip(queries, _exact(made, np.array(queries)), strict=True):
        nearest = {id for id, _ in snapshot.nearest(query, RECALL_AT)}
        shares.append(len(nearest & _passage_ids(made, exact)) / RECALL_AT)
    return float(np.mean(shares))


def _exact(made: Made, queries: np.ndarray) -> np.ndarray:
    """Return the rows of the passages that are exactly nearest to each query, (n, 10)."""
    step = DOCUMENTS_A_BATCH * PASSAGES
    cosines = []
    for start in range(0, made.count, step):
        cosines.append(queries @ made.matrix(start, min(start + step, made.count)).T)
    return np.asarray(np.argsort(-np.concatenate(cosines, axis=1), axis=1)[:, :RECALL_AT])


def _passage_ids(made: Made, rows: Sequence[int]) -> set[str]:
    """Return the ids of the passages of these rows."""
    ids = set()
    for row in map(int, rows):
        first = row - row % PASSAGES
        start = sum(len(made.text(before)) + 2 for before in range(first, row))
        id = f"made/{first:09d}.md"
        ids.add(Passage.id_of(id, start, start + len(made.text(row))))
    return ids


def _resident(location: str) -> int:
    """Return the peak megabytes of a process that opens a library and searches it both ways."""
    code = (
        "import sys; import numpy as np\n"
        "from inquote.index.stores.registry import open_store\n"
        "store = open_store(sys.argv[1])\n"
        "with store.snapshot() as snapshot:\n"
        "    vector = np.ones(snapshot.recipe.dimension, np.float32)\n"
        "    snapshot.nearest(vector / np.linalg.norm(vector), 50)\n"
        "    snapshot.matching('Who was the first to reach the city in the year?', 50)"
    )
    _, _, megabytes = run_cold([sys.executable, "-c", code, location])
    return round(megabytes)


def _section(results: dict[str, Any]) -> str:
    """Return the section of the results in Markdown."""
    paragraphs, questions = results["paragraphs"], results["questions"]
    measured = table(_HEAD, [_row(line) for line in results["sizes"]])
    return (
        f"`python -m inquote.eval bench stores FILE --paragraphs {paragraphs} --questions "
        f"{questions}`. {machine()}.\n\n{paragraphs:,} real paragraphs; beyond them their text "
        f"varied and their embeddings with noise of length {NOISE} added. Searches through a "
        "snapshot, 12 passages read, milliseconds; questions are embedded before, the first half "
        "of them warms the store up, the second is measured. Recall@10 of "
        f"the dense search on {RECALL_QUESTIONS} questions. A change shortens one document.\n\n"
        f"{measured}"
    )


def _row(line: dict[str, Any]) -> list[str]:
    """Return the cells of one library, in the order of `_HEAD`."""
    p50, p95 = line["p50_ms"], line["p95_ms"]
    return [
        f"{line['passages']:,}",
        line["store"],
        f"{line['recall']:.3f}",
        f"{p50['all']:.1f}",
        f"{p95['all']:.1f}",
        f"{p50['dense']:.1f}",
        f"{p50['lexical']:.1f}",
        f"{line['write_s']:.0f}",
        f"{line['change_s']:.1f}",
        f"{line['disk_mb']:,}",
        f"{line['bytes_a_passage']:,}",
        f"{line['resident_mb']:,}",
    ]
