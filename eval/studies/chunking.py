"""Find out how long passages should be: cut SQuAD articles in several ways, and measure recall."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from inquote.eval.metrics.answers import Range
from inquote.eval.metrics.ranking import holds
from inquote.eval.report.tables import Table
from inquote.eval.studies.shelf import Shelf
from inquote.eval.studies.squad_data import SquadFile, SquadQuestion
from inquote.index.models.embedder import Embedder
from inquote.ingest.documents import Document
from inquote.ingest.packing import Cutting

TARGETS = (60, 100, 150, 200, 254)  # tokens
CUTTINGS = tuple(Cutting(*lengths) for lengths in product(TARGETS, (0, 1)))
RANKS = (1, 3, 5, 12)


@dataclass(frozen=True)
class CuttingRecall:
    """The recall of one cutting at the ranks of `RANKS`.

    `passages` is their number, `tokens` their mean length.
    """

    target: int
    overlap: int
    passages: int
    tokens: float
    recall: tuple[float, ...]


def compare_cuttings(
    file: SquadFile,
    questions: Sequence[SquadQuestion],
    embedder: Embedder,
    progress: Callable[[str, int, int], None],
) -> list[CuttingRecall]:
    """Measure the recall of every cutting over the answerable `questions`.

    Passages are retrieved among the articles of the whole file.
    """
    documents, places = join_contexts(file)
    answerable = [(q.question, answer_ranges(q, places)) for q in questions if q.ranges]
    results = []
    for done, cutting in enumerate(CUTTINGS, 1):
        shelf = Shelf(documents, embedder, lambda at, of: progress("embedding", at, of), cutting)
        ranks = np.array([_answer_rank(shelf, text, ranges) for text, ranges in answerable])
        passages = shelf.passages.values()
        lengths = [embedder.count_tokens(passage.embedded_text) for passage in passages]
        result = CuttingRecall(
            target=cutting.target,
            overlap=cutting.overlap,
            passages=len(lengths),
            tokens=float(np.mean(lengths)),
            recall=tuple(float((ranks <= rank).mean()) for rank in RANKS),
        )
        results.append(result)
        progress("cutting", done, len(CUTTINGS))
    return results


def join_contexts(file: SquadFile) -> tuple[list[Document], list[tuple[str, int]]]:
    """Join the contexts of each title to one document.

    The second list says of each context in which document it stands and where it begins there.
    """
    texts: dict[str, str] = {}
    places = []
    for context in file.contexts:
        before = texts.get(context.title, "")
        start = len(before) + 2 if before else 0
        texts[context.title] = f"{before}\n\n{context.text}" if before else context.text
        places.append((context.title, start))
    documents = []
    for title, text in texts.items():
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        documents.append(Document(title, title, "", text, sha256))
    return documents, places


def answer_ranges(question: SquadQuestion, places: Sequence[tuple[str, int]]) -> list[Range]:
    """Return where the answers of a question stand in the joined documents."""
    id, offset = places[question.context]
    return [(id, offset + start, offset + end) for start, end in question.ranges]


def _answer_rank(shelf: Shelf, question: str, ranges: Sequence[Range]) -> float:
    """Return the rank of the first passage that holds an answer, infinite beyond `RANKS`."""
    for rank, hit in enumerate(shelf.search(question, RANKS[-1]), 1):
        passage = (hit.passage.document_id, hit.passage.start, hit.passage.end)
        if any(holds(passage, answer) for answer in ranges):
            return rank
    return float("inf")


def chunking_table(title: str, results: Sequence[CuttingRecall]) -> Table:
    """Return the results as a table."""
    head = ("target", "overlap", "passages", "mean tokens", *(f"recall@{rank}" for rank in RANKS))
    rows = []
    for r in results:
        row = (
            str(r.target),
            str(r.overlap),
            str(r.passages),
            f"{r.tokens:.0f}",
            *(f"{share:.4f}" for share in r.recall),
        )
        rows.append(row)
    return Table(title, head, tuple(rows))
