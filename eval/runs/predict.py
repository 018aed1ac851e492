"""Ask questions of the system that the chat uses, a prediction each; nothing is scored here."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from inquote.app.answering.answer import Answer
from inquote.eval.runs.questions import Question
from inquote.index.retrieval.search import Hit
from inquote.ingest.errors import InquoteError


class Askable(Protocol):
    """A system to evaluate: `app.system.System`, a baseline, or a fake."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer one question; `history` are the earlier ones, oldest first."""
        ...


@dataclass(frozen=True)
class Prediction:
    """A question and the system's answer to it.

    `answer` is the object of `Answer.as_json`, None where the system raised; then `error` is the
    message. `retrieval` lists the hits with their ranks and scores in each search, in the order of
    retrieval (`nearest` in the answer is in the order of reading). `ms` is the wall time of the
    call, `stages_ms` the system's own account of its stages, both in milliseconds.
    """

    question: Question
    answer: dict[str, Any] | None
    error: str | None
    retrieval: tuple[dict[str, Any], ...]
    ms: float
    stages_ms: dict[str, float]


def predict(
    system: Askable,
    questions: Iterable[Question],
    progress: Callable[[int], None] = lambda done: None,
) -> list[Prediction]:
    """Ask every question; `progress` is called with the number done.

    An exception becomes a prediction with an error, so that it is counted and not dropped.
    """
    predictions = []
    for question in questions:
        predictions.append(predict_one(system, question))
        progress(len(predictions))
    return predictions


def predict_one(system: Askable, question: Question) -> Prediction:
    """Ask one question; see `predict`."""
    started = time.perf_counter()
    try:
        answer = system.ask(question.question, question.history)
    except Exception as error:
        message = str(error)
        if not isinstance(error, InquoteError):
            message = f"{type(error).__name__}: {message}"
        return Prediction(question, None, message, (), _ms_since(started), {})
    ms = _ms_since(started)
    return Prediction(
        question, answer.as_json(question.id), None, _retrieval(answer), ms, dict(answer.stages_ms)
    )


def _retrieval(answer: Answer) -> tuple[dict[str, Any], ...]:
    hits = sorted(answer.hits, key=lambda hit: (-hit.score, hit.passage.id))
    return tuple(map(_hit_json, hits))


def _ms_since(started: float) -> float:
    return round(1000 * (time.perf_counter() - started), 3)


def _hit_json(hit: Hit) -> dict[str, Any]:
    return {
        "document": hit.passage.document_id,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "score": hit.score,
        "dense_rank": hit.dense_rank,
        "dense_score": hit.dense_score,
        "lexical_rank": hit.lexical_rank,
        "lexical_score": hit.lexical_score,
    }
