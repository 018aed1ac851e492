"""Hold conversations of four to six turns, and score each turn by its answer.

The conversations, about three corpora, are in eval/questions/conversations.jsonl; the README beside
it describes them. Each turn is asked after those before it, as a person would ask it. A turn is
right where its answer holds one of the accepted texts, where it is refused as wanted, or where
what is no question is answered by the page.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from inquote.app.answering.answer import Answer
from inquote.app.build import open_system
from inquote.app.system import System
from inquote.eval import places
from inquote.eval.report.tables import Table
from inquote.eval.runs.corpus import library_of
from inquote.eval.runs.questions import QuestionFileError
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.index.progress import Progress

FILE = places.QUESTIONS / "conversations.jsonl"
CORPORA = {
    "imlygic": places.ARTICLE,
    "stations": places.CORPORA / "stations",
    "filings": places.CORPORA / "filings",
}
KINDS = ("opening", "follow-up", "new topic", "about the answer", "to the page")


@dataclass(frozen=True)
class TalkTurn:
    """What is typed, and the texts of which the answer holds one; () where it is to be refused.

    `answers` is None where the page itself is to answer.
    """

    kind: str
    question: str
    answers: tuple[str, ...] | None

    def is_right(self, answer: Answer) -> bool:
        """Tell whether an answer is what is wanted, case aside."""
        if self.answers is None:
            return answer.is_small_talk
        if not self.answers:
            return answer.text is None
        said = f"{answer.text or ''} {answer.inferred.text if answer.inferred else ''}".casefold()
        return answer.text is not None and any(text.casefold() in said for text in self.answers)


@dataclass(frozen=True)
class TalkRow:
    """A turn as it was answered: right or not, and in how many seconds."""

    conversation: str
    place: int
    turn: TalkTurn
    understood_as: str
    text: str | None
    right: bool
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "conversation": self.conversation,
            "turn": self.place,
            "kind": self.turn.kind,
            "question": self.turn.question,
            "understood_as": self.understood_as,
            "answer": self.text,
            "right": self.right,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class Conversation:
    """Turns about a corpus, in their order."""

    id: str
    corpus: str
    turns: tuple[TalkTurn, ...]


def load_talks(path: Path = FILE) -> list[Conversation]:
    """Load the conversations of a file of JSON lines; raise `QuestionFileError`."""
    talks = []
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            turns = tuple(map(_turn, row["turns"]))
            talks.append(Conversation(row["id"], row["corpus"], turns))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise QuestionFileError(
            f"{path} holds no conversations ({error!r}); eval/questions/README.md has the form."
        ) from error
    return talks


def _turn(row: dict[str, Any]) -> TalkTurn:
    answers = tuple(row["answers"]) if "answers" in row else None
    return TalkTurn(row["kind"], row["question"], answers)


def hold_all(
    talks: Sequence[Conversation], reader: str | None, progress: Progress
) -> list[TalkRow]:
    """Hold the conversations, each with a library made of its own corpus."""
    rows: list[TalkRow] = []
    for name, corpus in CORPORA.items():
        chosen = [talk for talk in talks if talk.corpus == name]
        if not chosen:
            continue
        with library_of(corpus, SentenceTransformerEmbedder(), progress) as library:
            system = open_system(library, reader=reader)
            rows += hold(system, chosen, partial(_report, progress, name, len(chosen)))
            system.close()
    return rows


def _report(progress: Progress, name: str, total: int, done: int) -> None:
    progress(f"holding conversations on {name}", done, total)


def hold(
    system: System, talks: Iterable[Conversation], progress: Callable[[int], None]
) -> list[TalkRow]:
    """Hold conversations with a system over their corpus."""
    rows = []
    for done, talk in enumerate(talks, 1):
        typed = [turn.question for turn in talk.turns]
        for place, turn in enumerate(talk.turns):
            started = perf_counter()
            answer = system.answer(turn.question, typed[:place])
            seconds = perf_counter() - started
            right = turn.is_right(answer)
            row = TalkRow(
                talk.id, place + 1, turn, answer.understood_as, answer.text, right, seconds
            )
            rows.append(row)
        progress(done)
    return rows


def talk_table(rows: Sequence[TalkRow]) -> Table:
    """Return the shares of right answers and the mean seconds by kind of turn."""
    groups = {"all": list(rows)}
    for kind in KINDS:
        groups[kind] = [row for row in rows if row.turn.kind == kind]
    lines = []
    for kind, group in groups.items():
        if group:
            right = sum(row.right for row in group) / len(group)
            seconds = sum(row.seconds for row in group) / len(group)
            lines.append((kind, str(len(group)), f"{right:.3f}", f"{seconds:.2f}"))
    return Table("Conversations, turn by turn", ("turns", "how many", "right", "s"), tuple(lines))
