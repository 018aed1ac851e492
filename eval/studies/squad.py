"""SQuAD through the whole system: the gold context given, or everything retrieved from all contexts of the file.

What is compared with the gold answers is the best span, whatever form of answer the question would get in a chat. The
figures follow the official script of SQuAD 2.0: a refusal is the empty answer, right where the question has none. Those
of the answerable questions alone ask what is read, and count no refusal: unlike the official HasAns, they compare with
SQuAD 1.1, where nothing is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from inquote.app.answering.answer import Answerer
from inquote.app.answering.conversation import understand
from inquote.app.answering.spelling import search_with_spelling
from inquote.eval.metrics.answers import answer_right, exact_match, token_f1
from inquote.eval.metrics.calibration import expected_calibration_error, roc_auc
from inquote.eval.metrics.ranking import holds
from inquote.eval.studies.shelf import Shelf
from inquote.eval.studies.squad_data import SquadFile, SquadQuestion
from inquote.index.models.embedder import Embedder
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Passage
from inquote.ingest.errors import QuestionError


@dataclass(frozen=True)
class SquadOutcome:
    """What became of a question.

    `span` is the best span, "" where there is none; `confidence` that of the answer, `refused` whether it is below the
    threshold. `rank` is that of the first passage, from 1, that holds a gold answer, None where none does;
    `after_reading` tells whether the passage of the best span does.
    """

    question: SquadQuestion
    span: str = ""
    confidence: float = 0.0
    refused: bool = True
    rank: int | None = None
    after_reading: bool = False

    @property
    def said(self) -> str:
        """The answer as the official script wants it: "" for a refusal."""
        return "" if self.refused else self.span


def evaluate(
    file: SquadFile,
    questions: Sequence[SquadQuestion],
    answerer: Answerer,
    embedder: Embedder,
    *,
    retrieved: bool,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> list[SquadOutcome]:
    """Ask `questions` of a file, with the gold context given, or, where `retrieved`, from all contexts of the file.

    A given context that is longer than a passage is read whole, passage by passage.
    """
    if not retrieved:
        answerer = Answerer(answerer.reader, replace(answerer.calibration, enough_score=None))
    wanted = (
        range(len(file.contexts))
        if retrieved
        else sorted({question.context for question in questions})
    )
    shelf = Shelf(
        [file.contexts[at] for at in wanted],
        embedder,
        lambda done, total: progress("embedding", done, total),
    )
    threshold = (
        answerer.calibration.threshold if retrieved else answerer.calibration.given_threshold
    )
    outcomes = []
    for done, question in enumerate(questions, 1):
        gold = file.contexts[question.context].id
        retrieve = shelf.search if retrieved else partial(shelf.search_within, document_id=gold)
        find = partial(search_with_spelling, search=retrieve, is_word=shelf.is_word)
        outcomes.append(outcome(question, gold, answerer, find, threshold))
        progress("asking", done, len(questions))
    return outcomes


def outcome(
    question: SquadQuestion,
    gold: str,
    answerer: Answerer,
    find: Callable[[str], tuple[str, list[Hit]]],
    threshold: float,
) -> SquadOutcome:
    """Ask one question about the context called `gold`; refused are what is no question to the system, and what it is
    less confident of than `threshold`.
    """
    try:
        understood = understand(question.question)
    except QuestionError:
        return SquadOutcome(question)
    understood, hits = find(understood)
    choice = answerer.choose(understood, hits)
    held = [holds_answer(hit.passage, question, gold) for hit in hits]
    rank = held.index(True) + 1 if True in held else None
    if not choice.best:
        return SquadOutcome(question, rank=rank)
    best = choice.best[0]
    passage = choice.hits[best.hit].passage
    return SquadOutcome(
        question=question,
        span=passage.text[best.start : best.end],
        confidence=choice.confidence,
        refused=choice.confidence < threshold,
        rank=rank,
        after_reading=holds_answer(passage, question, gold),
    )


def holds_answer(passage: Passage, question: SquadQuestion, gold: str) -> bool:
    """Whether a passage of the gold context holds an answer; any of it does where the answers have no place in it."""
    if passage.document_id != gold:
        return False
    here = (gold, passage.start, passage.end)
    return not question.ranges or any(
        holds(here, (gold, start, end)) for start, end in question.ranges
    )


def summary(outcomes: Sequence[SquadOutcome], seconds: float) -> dict[str, Any]:
    """The object of `--json`: exact match and F1 in percent, shares in [0, 1], None where nothing was to measure."""
    answerable = [found for found in outcomes if found.question.answerable]
    unanswerable = [found for found in outcomes if not found.question.answerable]
    is_answerable = [found.question.answerable for found in outcomes]
    auc = roc_auc([found.confidence for found in outcomes], is_answerable)
    return {
        "questions": len(outcomes),
        "answerable": len(answerable),
        "exact": _percent([exact_match(found.said, found.question.answers) for found in outcomes]),
        "f1": _percent([token_f1(found.said, found.question.answers) for found in outcomes]),
        "answerable_exact": _percent(
            [exact_match(found.span, found.question.answers) for found in answerable]
        ),
        "answerable_f1": _percent(
            [token_f1(found.span, found.question.answers) for found in answerable]
        ),
        "unanswerable_refused": _share([found.refused for found in unanswerable]),
        "auc_answerable": None if auc is None else round(auc, 4),
        "recall@1": _share([found.rank == 1 for found in answerable]),
        "recall@5": _share([found.rank is not None and found.rank <= 5 for found in answerable]),
        "recall@1_after_reading": _share([found.after_reading for found in answerable]),
        "seconds": round(seconds, 1),
    }


def calibration_error(outcomes: Sequence[SquadOutcome]) -> float:
    """The expected calibration error of the confidence in the best span, in [0, 1]; no span is right where none is."""
    right = [
        answer_right(found.span, found.question.answers) if found.question.answerable else 0.0
        for found in outcomes
    ]
    return round(expected_calibration_error([found.confidence for found in outcomes], right), 4)


def _percent(scores: Sequence[float]) -> float | None:
    return round(100 * sum(scores) / len(scores), 4) if scores else None


def _share(flags: Sequence[bool]) -> float | None:
    return round(sum(flags) / len(flags), 4) if flags else None
