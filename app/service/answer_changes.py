"""Which answers changed: the same questions asked of an earlier generation of a library and of the current one."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from inquote.app.answering.answer import Answer
from inquote.app.system import Asking, System
from inquote.index.stores.journal import Journal, QuestionInContext
from inquote.ingest.errors import InquoteError

EVALUATION_SETS = Path(__file__).parents[2] / "eval" / "questions"
AskedOf = tuple[QuestionInContext, int]
"""A question, and the generation that it is asked of."""


class ChangeKind(Enum):
    """What became of an answer."""

    UNCHANGED = "unchanged"
    MOVED = "moved"  # the same words at another place
    CHANGED = "changed"
    LOST = "lost"  # the corpus no longer says
    NEW = "newly answerable"


@dataclass(frozen=True)
class AnswerChange:
    """A question with its answers from both generations."""

    asked: QuestionInContext
    before: Answer
    after: Answer

    @property
    def kind(self) -> ChangeKind:
        """What became of the answer."""
        if self.before.text is None or self.after.text is None:
            if self.before.text == self.after.text:
                return ChangeKind.UNCHANGED
            return ChangeKind.LOST if self.after.text is None else ChangeKind.NEW
        if self.before.text != self.after.text:
            return ChangeKind.CHANGED
        return (
            ChangeKind.UNCHANGED
            if _places(self.before) == _places(self.after)
            else ChangeKind.MOVED
        )

    def as_json(self) -> dict[str, Any]:
        """The object that `inquote changes --json` prints for each question."""
        return {
            "question": self.asked.question,
            "history": list(self.asked.history),
            "kind": self.kind.value,
            "before": _told(self.before),
            "after": _told(self.after),
        }


def _places(answer: Answer) -> list[tuple[str, int, int]]:
    return [(citation.document_id, citation.start, citation.end) for citation in answer.citations]


def _told(answer: Answer) -> dict[str, Any]:
    return {
        "generation": answer.generation,
        "answer": answer.text,
        "confidence": answer.confidence,
        "citations": [citation.as_json() for citation in answer.citations],
    }


def compare(
    questions: Sequence[QuestionInContext],
    generations: tuple[int, int],
    ask: Asking,
    shown: Callable[[Sequence[AskedOf]], Iterable[AskedOf]] = iter,
) -> list[AnswerChange]:
    """Ask `questions` of two generations, the earlier one first; `shown` goes through the turns."""
    turns = [
        (asked, at) for at in generations for asked in questions
    ]  # one generation is loaded at a time
    answers = [ask(asked.question, asked.history, at) for asked, at in shown(turns)]
    return [
        AnswerChange(*change)
        for change in zip(questions, answers, answers[len(questions) :], strict=False)
    ]


def changes_since(
    system: System,
    questions: Sequence[QuestionInContext],
    since: int | None = None,
    shown: Callable[[Sequence[AskedOf]], Iterable[AskedOf]] = iter,
) -> list[AnswerChange]:
    """Ask questions of generation `since` and of the current one, and tell what became of the answers.

    These are `questions`, those of the library's journal, and those of the evaluation sets about documents that it
    holds, or held. `since` is the one before the current if left out. `shown` goes through the turns and may show how
    far it is. Raises `InquoteError` for a generation that is not kept and where there is nothing to ask.
    """
    kept = system.generations
    since = kept[-1] - 1 if since is None else since
    if since not in kept[:-1]:
        earlier = ", ".join(map(str, kept[:-1])) or "none yet"
        raise InquoteError(
            f"Generation {since} is not kept; those that can be compared with are: {earlier}."
        )
    held = {document.id for at in (since, kept[-1]) for document in system.documents(at)}
    wanted = list(
        dict.fromkeys(
            [*questions, *Journal(system.library.path).asked(), *evaluation_questions(held)]
        )
    )
    if not wanted:
        raise InquoteError(
            "Nothing was asked of this library yet; ask something, or give --questions FILE."
        )
    return compare(wanted, (since, kept[-1]), system.answer, shown)


def evaluation_questions(held: Collection[str]) -> list[QuestionInContext]:
    """The questions of each evaluation set that has evidence in one of the documents `held`, ids.

    Those with evidence in other documents only are left out; those without are about the same corpus.
    """
    asked: list[QuestionInContext] = []
    for file in sorted(EVALUATION_SETS.glob("*.jsonl")):
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
        places = [
            {place["document"] for group in line.get("evidence", ()) for place in group}
            for line in lines
        ]
        if set(held).isdisjoint(set().union(*places)):
            continue
        about = [
            line
            for line, place in zip(lines, places, strict=True)
            if not place or not place.isdisjoint(held)
        ]
        asked += [
            QuestionInContext(line["question"], tuple(line.get("history", ()))) for line in about
        ]
    return asked
