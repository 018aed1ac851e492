"""Ask Haystack the same questions: `python -m inquote.eval.peers.haystack`.

Needs the extra `peers` (haystack-ai, transformers-haystack). Haystack gets our passages as its
documents, because the comparison is of retrieval, reading and refusal, not of cutting. Its
embedding retriever gets the same vectors; its extractive reader reads the top five with our
weights, exported, or with those of --model. It has no conversation: a follow-up is asked as typed.
Each system runs in a process of its own, so that its memory can be measured.
"""

import json
import multiprocessing
import os
import resource
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer

from inquote.app.answering.answer import Answer, Citation
from inquote.app.answering.shelf import READ_PASSAGES
from inquote.app.build import open_system
from inquote.app.cli.terminal import run_program
from inquote.eval.metrics.bootstrap import Estimate, estimate
from inquote.eval.report.score import METRICS, latency_metrics, score
from inquote.eval.report.tables import (
    Table,
    as_markdown,
    as_rich,
    format_figure,
    format_interval,
)
from inquote.eval.runs.corpus import corpus_of, library_of
from inquote.eval.runs.predict import predict
from inquote.eval.runs.questions import load_questions
from inquote.eval.runs.run import Run, describe, texts_of, write_run
from inquote.index.models.embedder import Embedder, SentenceTransformerEmbedder
from inquote.index.retrieval.search import Hit
from inquote.index.stores.base import Snapshot
from inquote.index.stores.registry import open_store
from inquote.ingest.documents import Passage

OURS = "inquote"
WAYS = ("BM25", "embedding", "both, joined by rank")
SHOWN = (
    "evidence_recall@1",
    "evidence_recall@3",
    "retrieval_recall@1",
    "exact_match",
    "token_f1",
    "answer_right",
    "overall_right",
    "refusal_recall",
    "answerable_refused",
    "verbatim_violations",
    "ms_total_p50",
    "ms_total_p95",
)


@dataclass(frozen=True)
class Task:
    """The work of one process; `system` is a way of retrieving, or `OURS`."""

    system: str
    questions: Path
    library: Path
    model: Path


class Haystack:
    """A Haystack pipeline by hand, asked like a `System`.

    It retrieves five documents, reads them, and gives the best answer or none.
    """

    def __init__(self, snapshot: Snapshot, embedder: Embedder, way: str, model: Path) -> None:
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.readers.transformers import (
            TransformersExtractiveReader,
        )

        self._embedder = embedder
        self._documents = {document.id: document for document in snapshot.documents()}
        self._passages = {passage.id: passage for passage in snapshot.all_passages()}
        self._store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        self._store.write_documents(self._stored_documents())
        self._retrieve = self._retriever(way)
        self._reader = TransformersExtractiveReader(model=model, top_k=1)
        self._reader.warm_up()

    def _stored_documents(self) -> list[Any]:
        """Return our passages as its documents, with our embeddings."""
        from haystack import Document

        passages = self._passages.values()
        vectors = self._embedder.embed_passages([passage.embedded_text for passage in passages])
        documents = []
        for passage, vector in zip(passages, vectors, strict=True):
            documents.append(
                Document(id=passage.id, content=passage.text, embedding=vector.tolist())
            )
        return documents

    def _retriever(self, way: str) -> Callable[[str], list[Any]]:
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import (
            InMemoryBM25Retriever,
            InMemoryEmbeddingRetriever,
        )

        by_words = InMemoryBM25Retriever(self._store, top_k=READ_PASSAGES)
        by_meaning = InMemoryEmbeddingRetriever(self._store, top_k=READ_PASSAGES)
        joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=READ_PASSAGES)

        def meaning(question: str) -> list[Any]:
            vector = self._embedder.embed_query(question)
            documents: list[Any] = by_meaning.run(query_embedding=vector.tolist())["documents"]
            return documents

        def words(question: str) -> list[Any]:
            documents: list[Any] = by_words.run(query=question)["documents"]
            return documents

        def both(question: str) -> list[Any]:
            lists = [words(question), meaning(question)]
            documents: list[Any] = joiner.run(documents=lists)["documents"]
            return documents

        return dict(zip(WAYS, (words, meaning, both), strict=True))[way]

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer as `System.ask` does; `history` is not used."""
        # Retrieve and read.
        started = perf_counter()
        documents = self._retrieve(question)
        retrieved = perf_counter()
        answers = []
        if documents:
            answers = self._reader.run(query=question, documents=documents)["answers"]
        read = perf_counter()

        # Put its best answer, or its refusal, into our form.
        best = next((answer for answer in answers if answer.data is not None), None)
        refused = best is None or answers[0].data is None
        citations = () if refused else (self._citation(best),)
        stages = {
            "retrieve": 1000 * (retrieved - started),
            "read": 1000 * (read - retrieved),
        }
        return Answer(
            question=question,
            understood_as=question,
            text=" ".join(citation.quote for citation in citations) or None,
            confidence=best.score if best else 0.0,
            citations=citations,
            hits=tuple(map(self._hit, documents)),
            trace={"candidates": [{"quote": best.data}] if best else []},
            generation=1,
        ).with_times(stages)

    def _hit(self, document: Any) -> Hit:
        return Hit(self._passages[document.id], document.score or 0.0, None, 0.0, None, 0.0)

    def _citation(self, answer: Any) -> Citation:
        passage: Passage = self._passages[answer.document.id]
        document = self._documents[passage.document_id]
        start = passage.start + answer.document_offset.start
        end = passage.start + answer.document_offset.end
        return Citation(
            document.id,
            document.sha256,
            document.title,
            passage.heading,
            document.page_at(start),
            start,
            end,
            answer.data,
            passage.start,
            passage.end,
        )


def perform(task: Task) -> tuple[Run, float]:
    """Run one system over the questions; return the run and this process's peak memory in MB."""
    questions = load_questions(task.questions)
    if task.system == OURS:
        system = open_system(task.library)
        about = describe(
            task.questions,
            OURS,
            system.answerer.reader.name,
            system.recipe.as_json(),
            system.generation,
        )
        predictions = predict(system, questions)
        run = Run(about, texts_of(predictions, system.document), tuple(predictions))
    else:
        with closing(open_store(task.library)) as store, store.snapshot() as snapshot:
            peer = Haystack(snapshot, SentenceTransformerEmbedder(), task.system, task.model)
            peer.ask(questions[0].question)  # so that nobody pays for the first call
            predictions = predict(peer, questions)
            about = describe(
                task.questions, f"Haystack, {task.system}", task.model.name, {}, snapshot.generation
            )
            run = Run(about, texts_of(predictions, snapshot.document), tuple(predictions))
    return run, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def comparison(runs: dict[str, tuple[Run, float]]) -> Table:
    """Lay out a column a system and a row a metric, figures with their 95 % intervals."""
    columns = {name: _figures(run) for name, (run, _) in runs.items()}
    rows = [(name, *(_cell(figures.get(name)) for figures in columns.values())) for name in SHOWN]
    rows.append(("peak memory, MB", *(f"{memory:.0f}" for _, memory in runs.values())))
    return Table("Side by side", ("", *runs), tuple(rows))


def _figures(run: Run) -> dict[str, Estimate]:
    scores = score(run)
    chosen = [metric for metric in (*METRICS, *latency_metrics(scores)) if metric.name in SHOWN]
    return {metric.name: estimate(metric, scores.columns) for metric in chosen}


def _cell(estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    return f"{format_figure(estimate)} ({format_interval(estimate)})"


def main(
    questions: Annotated[Path, typer.Argument(help="A question file.")],
    out: Annotated[Path, typer.Option(help="Where the files go.")],
    corpus: Annotated[
        Path | None, typer.Option(help="The texts; as in python -m inquote.eval if left out.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="A question-answering model; ours, exported, if left out.")
    ] = None,
) -> None:
    """Ask inquote and Haystack the same questions and print what each reaches."""
    from rich.console import Console

    # Let nothing leave the machine.
    os.environ.update(HAYSTACK_TELEMETRY_ENABLED="False", HF_HUB_OFFLINE="1")

    # Run each system in a process of its own.
    texts, runs = corpus or corpus_of(questions), {}
    with (
        library_of(texts, SentenceTransformerEmbedder()) as library,
        tempfile.TemporaryDirectory() as exported,
    ):
        if model is None:
            from inquote.app.reader.weights import load_weights
            from inquote.eval.peers.passages import export

            export(load_weights(), Path(exported))
        for name in (OURS, *WAYS):
            task = Task(name, questions, library, model or Path(exported))
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
                runs[name if name == OURS else f"Haystack, {name}"] = process.submit(
                    perform, task
                ).result()

    # Write and show the comparison.
    for name, (run, _) in runs.items():
        write_run(run, out / name)
    table = comparison(runs)
    (out / "peers.md").write_text(as_markdown(table), encoding="utf-8")
    (out / "peers.json").write_text(json.dumps([table.head, *table.rows]), encoding="utf-8")
    Console(width=180).print(as_rich(table))


if __name__ == "__main__":
    run_program(lambda: typer.run(main))
