"""Say which answers changed: ask questions of an earlier generation and of the current one."""

import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from inquote.app.answering.answer import Answer
from inquote.app.system import Asking, System
from inquote.index.stores.journal import QuestionInContext
from inquote.ingest.errors import InquoteError

EVALUATION_SETS = Path(__file__).parents[2] / "eval" / "questions"
Turn = tuple[QuestionInContext, int]
"""A question, and the generation to ask it of."""

ChangeKey = tuple[int, int, QuestionInContext]
"""Both generations and the question, as it was asked: what is compared once."""

BLOCK = 20  # questions that are asked of one generation before the other

Walk = Callable[[Sequence[Turn]], Iterable[Turn]]
"""Goes through the questions, and may show how far it is."""


class ChangeKind(Enum):
    """The ways in which an answer can differ between two generations."""

    UNCHANGED = "unchanged"
    MOVED = "moved"  # the same words at another place
    CHANGED = "changed"
    LOST = "lost"  # the corpus no longer says
    NEW = "newly answerable"


@dataclass(frozen=True)
class AnswerChange:
    """A question with its answers from two generations."""

    question: QuestionInContext
    before: Answer
    after: Answer

    @property
    def kind(self) -> ChangeKind:
        """How the answer changed."""
        before, after = self.before.text, self.after.text
        if before is None and after is None:
            return ChangeKind.UNCHANGED
        if before is None:
            return ChangeKind.NEW
        if after is None:
            return ChangeKind.LOST
        if before != after:
            return ChangeKind.CHANGED
        same_places = _places(self.before) == _places(self.after)
        return ChangeKind.UNCHANGED if same_places else ChangeKind.MOVED

    def as_json(self) -> dict[str, Any]:
        """Return the object that `inquote changes --json` prints for each question."""
        return {
            "question": self.question.question,
            "history": list(self.question.history),
            "scope": list(self.question.scope) or None,
            "kind": self.kind.value,
            "before": _answer_json(self.before),
            "after": _answer_json(self.after),
        }


def _places(answer: Answer) -> list[tuple[str, int, int]]:
    return [(citation.document_id, citation.start, citation.end) for citation in answer.citations]


def _answer_json(answer: Answer) -> dict[str, Any]:
    return {
        "generation": answer.generation,
        "answer": answer.text,
        "confidence": answer.confidence,
        "citations": [citation.as_json() for citation in answer.citations],
    }


def compare_each(
    questions: Sequence[QuestionInContext],
    generations: tuple[int, int],
    ask: Asking,
    walk: Walk = iter,
) -> Iterator[AnswerChange]:
    """Ask questions of two generations, and yield what became of each as soon as it is known.

    A block of questions is asked of the earlier generation first, for each has to be loaded.
    """
    turns: list[Turn] = []
    for start in range(0, len(questions), BLOCK):
        for generation in generations:
            turns += [(question, generation) for question in questions[start : start + BLOCK]]
    before: deque[Answer] = deque()
    for question, generation in walk(turns):
        answer = ask(question.question, question.history, generation, question.scope or None)
        if generation == generations[0]:
            before.append(answer)
        else:
            yield AnswerChange(question, before.popleft(), answer)


def compare(
    questions: Sequence[QuestionInContext],
    generations: tuple[int, int],
    ask: Asking,
    walk: Walk = iter,
) -> list[AnswerChange]:
    """Return what became of each answer between two generations; see `compare_each`."""
    return list(compare_each(questions, generations, ask, walk))


def changes_since(
    system: System,
    questions: Sequence[QuestionInContext],
    since: int | None = None,
    walk: Walk = iter,
    limit: int | None = None,
    known: Collection[ChangeKey] = (),
) -> Iterator[AnswerChange]:
    """Compare the answers of generation `since` with those of the current generation, one by one.

    `since` is by default the generation before. Asked are `questions`, those of the library's
    journal, the latest first, and those of the evaluation sets about documents that either
    generation holds; at most `limit` of them, and none whose key is `known`. Raises `InquoteError`
    for a generation that is not kept, and where there is nothing to ask.
    """
    # Two generations.
    kept = system.generations
    since = kept[-1] - 1 if since is None else since
    if since not in kept[:-1]:
        earlier = ", ".join(map(str, kept[:-1])) or "none yet"
        raise InquoteError(
            f"Generation {since} is not kept; those that can be compared with are: {earlier}."
        )
    # The questions, each once.
    documents = [*system.documents(since), *system.documents(kept[-1])]
    evaluation = evaluation_questions({document.id for document in documents})
    recent = reversed(system.store.journal.questions())
    distinct = list(dict.fromkeys([*questions, *recent, *evaluation]))[:limit]
    if not distinct:
        raise InquoteError(
            "Nothing was asked of this library yet; ask something, or give --questions FILE."
        )
    pair = (since, kept[-1])
    new = [each for each in distinct if (*pair, each) not in known]
    return compare_each(new, pair, system.answer, walk)


def evaluation_questions(document_ids: Collection[str]) -> list[QuestionInContext]:
    """Return the questions of each evaluation set with evidence in one of these documents.

    Questions with evidence in other documents only are left out; those without any evidence are
    about the same corpus, and stay.
    """
    questions: list[QuestionInContext] = []
    for file in sorted(EVALUATION_SETS.glob("*.jsonl")):
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
        cited = [_evidence_documents(line) for line in lines]
        if set(document_ids).isdisjoint(set().union(*cited)):
            continue
        for line, documents in zip(lines, cited, strict=True):
            if not documents or not documents.isdisjoint(document_ids):
                history = tuple(line.get("history", ()))
                questions.append(QuestionInContext(line["question"], history))
    return questions


def _evidence_documents(line: dict[str, Any]) -> set[str]:
    return {place["document"] for group in line.get("evidence", ()) for place in group}
