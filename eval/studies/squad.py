"""Ask SQuAD's questions of the whole system, with the gold context given or everything retrieved.

The best span is compared with the gold answers, whatever form of answer the question would get in a
chat. The figures follow the official script of SQuAD 2.0: a refusal is the empty answer, and right
where the question has none. The figures over the answerable questions alone measure reading and
count no refusal: unlike the official HasAns, they compare with SQuAD 1.1, where nothing is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from inquote.app.answering.answerer import Answerer
from inquote.app.answering.conversation import understand
from inquote.app.answering.spelling import search_with_spelling
from inquote.eval.metrics.answers import answer_right, exact_match, token_f1
from inquote.eval.metrics.calibration import expected_calibration_error, roc_auc
from inquote.eval.metrics.ranking import holds
from inquote.eval.studies.shelf import Shelf
from inquote.eval.studies.squad_data import SquadFile, SquadQuestion
from inquote.index.models.embedder import Embedder
from inquote.index.retrieval.search import Hit
from inquote.index.stores.base import Store
from inquote.ingest.documents import Passage
from inquote.ingest.errors import QuestionError


@dataclass(frozen=True)
class SquadOutcome:
    """The answer of the system to a question.

    - `span`: the best span, "" where there is none; `confidence`: that of the answer.
    - `refused`: whether the confidence is below the threshold.
    - `rank`: the first passage that holds a gold answer, from 1; None where no passage does.
    - `after_reading`: whether the passage of the best span holds one.
    """

    question: SquadQuestion
    span: str = ""
    confidence: float = 0.0
    refused: bool = True
    rank: int | None = None
    after_reading: bool = False

    @property
    def prediction(self) -> str:
        """Return the answer as the official script expects it: "" for a refusal."""
        return "" if self.refused else self.span


def evaluate(
    file: SquadFile,
    questions: Sequence[SquadQuestion],
    answerer: Answerer,
    embedder: Embedder,
    *,
    retrieved: bool,
    store: Store | None = None,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> list[SquadOutcome]:
    """Ask questions of a file with the gold context given; where `retrieved`, of all contexts.

    All of a given context is read, passage by passage where it is longer than one. The contexts
    are put into `store`, which is empty; see `Shelf`.
    """
    # Choose the texts and the threshold.
    if retrieved:
        contexts = list(file.contexts)
        threshold = answerer.calibration.threshold
    else:
        numbers = sorted({question.context for question in questions})
        contexts = [file.contexts[number] for number in numbers]
        threshold = answerer.calibration.given_threshold
        answerer = Answerer(answerer.reader, replace(answerer.calibration, settled=None))
    shelf = Shelf(contexts, embedder, partial(progress, "embedding"), store=store)

    # Ask.
    outcomes = []
    for done, question in enumerate(questions, 1):
        gold = file.contexts[question.context].id
        search = shelf.search if retrieved else partial(shelf.search_within, document_id=gold)
        retrieve = partial(search_with_spelling, search=search, is_word=shelf.is_word)
        outcomes.append(ask_question(question, gold, answerer, retrieve, threshold))
        progress("asking", done, len(questions))
    return outcomes


def ask_question(
    question: SquadQuestion,
    gold: str,
    answerer: Answerer,
    retrieve: Callable[[str], tuple[str, list[Hit]]],
    threshold: float,
) -> SquadOutcome:
    """Ask one question about the context called `gold`.

    It is refused if the confidence is below `threshold`, or if it is no question to the system.
    `retrieve` returns the question with its spelling corrected, and its hits.
    """
    try:
        understood = understand(question.question)
    except QuestionError:
        return SquadOutcome(question)
    corrected, hits = retrieve(understood)
    choice = answerer.choose(corrected, hits)
    rank = _first_rank(hits, question, gold)
    if not choice.spans:
        return SquadOutcome(question, rank=rank)
    best = choice.findings.best
    return SquadOutcome(
        question=question,
        span=best.text,
        confidence=choice.confidence,
        refused=choice.confidence < threshold,
        rank=rank,
        after_reading=holds_answer(best.passage, question, gold),
    )


def _first_rank(hits: Sequence[Hit], question: SquadQuestion, gold: str) -> int | None:
    """Return the rank, from 1, of the first hit that holds an answer, None where none does."""
    for rank, hit in enumerate(hits, 1):
        if holds_answer(hit.passage, question, gold):
            return rank
    return None


def holds_answer(passage: Passage, question: SquadQuestion, gold: str) -> bool:
    """Tell whether a passage of the gold context holds an answer.

    Any passage of it does where the answers have no place in the context.
    """
    if passage.document_id != gold:
        return False
    here = (gold, passage.start, passage.end)
    return not question.ranges or any(
        holds(here, (gold, start, end)) for start, end in question.ranges
    )


def summary(outcomes: Sequence[SquadOutcome], seconds: float) -> dict[str, Any]:
    """Return the object of `--json`.

    Exact match and F1 are in percent, shares in [0, 1], None where there was nothing to measure.
    """
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    unanswerable = [outcome for outcome in outcomes if not outcome.question.answerable]
    auc = roc_auc(
        [outcome.confidence for outcome in outcomes],
        [outcome.question.answerable for outcome in outcomes],
    )
    ranks = [outcome.rank for outcome in answerable]
    return {
        "questions": len(outcomes),
        "answerable": len(answerable),
        "exact": _percent([_exact(outcome, outcome.prediction) for outcome in outcomes]),
        "f1": _percent([_f1(outcome, outcome.prediction) for outcome in outcomes]),
        "answerable_exact": _percent([_exact(outcome, outcome.span) for outcome in answerable]),
        "answerable_f1": _percent([_f1(outcome, outcome.span) for outcome in answerable]),
        "unanswerable_refused": _share([outcome.refused for outcome in unanswerable]),
        "auc_answerable": None if auc is None else round(auc, 4),
        "recall@1": _share([rank == 1 for rank in ranks]),
        "recall@5": _share([rank is not None and rank <= 5 for rank in ranks]),
        "recall@1_after_reading": _share([outcome.after_reading for outcome in answerable]),
        "seconds": round(seconds, 1),
    }


def calibration_error(outcomes: Sequence[SquadOutcome]) -> float:
    """Return the expected calibration error, in [0, 1], of the confidence in the best span.

    No span is right for an unanswerable question.
    """
    confidences = [outcome.confidence for outcome in outcomes]
    right = [_right(outcome) for outcome in outcomes]
    return round(expected_calibration_error(confidences, right), 4)


def _exact(outcome: SquadOutcome, answer: str) -> float:
    """Return the exact match of an answer with the gold answers."""
    return exact_match(answer, outcome.question.answers)


def _f1(outcome: SquadOutcome, answer: str) -> float:
    """Return the token F1 of an answer with the gold answers."""
    return token_f1(answer, outcome.question.answers)


def _right(outcome: SquadOutcome) -> float:
    """Return how right the best span is, in [0, 1]."""
    if not outcome.question.answerable:
        return 0.0
    return answer_right(outcome.span, outcome.question.answers)


def _percent(scores: Sequence[float]) -> float | None:
    """Return the mean in percent, None of nothing."""
    return round(100 * sum(scores) / len(scores), 4) if scores else None


def _share(flags: Sequence[bool]) -> float | None:
    """Return the share of the flags that are set, None of nothing."""
    return round(sum(flags) / len(flags), 4) if flags else None
