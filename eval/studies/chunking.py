"""How long passages should be: whole SQuAD articles cut in several ways, and how often the answer is retrieved."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from inquote.eval.metrics.ranking import holds
from inquote.eval.studies.shelf import Shelf
from inquote.eval.studies.squad_data import SquadFile, SquadQuestion
from inquote.index.models.embedder import Embedder
from inquote.ingest.chunk import Cutting
from inquote.ingest.documents import Document

CUTTINGS = tuple(
    Cutting(target, overlap) for target in (60, 100, 150, 200, 254) for overlap in (0, 1)
)
RANKS = (1, 3, 5, 12)


@dataclass(frozen=True)
class Result:
    """`passages`: how many came out; `tokens`: their mean length; `recall`: at 1, 3, 5 and 12."""

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
) -> list[Result]:
    """Recall of every cutting over the answerable ones of `questions`, among the articles of the whole file."""
    documents, places = joined(file)
    asked = [(q.question, answers(q, places)) for q in questions if q.ranges]
    results = []
    for done, cutting in enumerate(CUTTINGS, 1):
        shelf = Shelf(documents, embedder, lambda at, of: progress("embedding", at, of), cutting)
        ranks = np.array([_rank(shelf, question, ranges) for question, ranges in asked])
        lengths = [embedder.count_tokens(passage.embedded_text) for passage in shelf.rows.values()]
        recall = tuple(float((ranks <= rank).mean()) for rank in RANKS)
        results.append(
            Result(cutting.target, cutting.overlap, len(lengths), float(np.mean(lengths)), recall)
        )
        progress("cutting", done, len(CUTTINGS))
    return results


def joined(file: SquadFile) -> tuple[list[Document], list[tuple[str, int]]]:
    """The contexts of each title as one document, and of each context the document's id and where it begins there."""
    texts: dict[str, str] = {}
    places = []
    for context in file.contexts:
        before = texts.get(context.title, "")
        start = len(before) + 2 if before else 0
        texts[context.title] = f"{before}\n\n{context.text}" if before else context.text
        places.append((context.title, start))
    documents = [
        Document(title, title, "", text, hashlib.sha256(text.encode()).hexdigest())
        for title, text in texts.items()
    ]
    return documents, places


def answers(
    question: SquadQuestion, places: Sequence[tuple[str, int]]
) -> list[tuple[str, int, int]]:
    """Where the answers of a question stand in the joined documents."""
    id, offset = places[question.context]
    return [(id, offset + start, offset + end) for start, end in question.ranges]


def _rank(shelf: Shelf, question: str, ranges: Sequence[tuple[str, int, int]]) -> float:
    """The rank of the first passage that holds an answer, infinite beyond the last of `RANKS`."""
    for rank, hit in enumerate(shelf.search(question, RANKS[-1]), 1):
        here = (hit.passage.document_id, hit.passage.start, hit.passage.end)
        if any(holds(here, wanted) for wanted in ranges):
            return rank
    return float("inf")
