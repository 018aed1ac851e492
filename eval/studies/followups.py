"""Conversations of two and three turns: is the last question understood, and does a new topic leave the old one behind?

The conversations are in eval/questions/followups.jsonl, told about in the README beside it; half of them change the
topic. Understanding is checked by words: the question as understood has to hold what it leans on, and nothing of what
was left behind. Asking then shows what that is worth: the same question without its conversation, in it, and as a
person wrote it out.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from inquote.app.answering.answer import Answer
from inquote.app.answering.conversation import understand
from inquote.app.build import open_system
from inquote.app.system import System
from inquote.eval import places
from inquote.eval.report.tables import Table
from inquote.eval.runs.corpus import library_of
from inquote.eval.runs.questions import QuestionFileError, part
from inquote.index.models.embedder import SentenceTransformerEmbedder
from inquote.index.progress import Progress

FILE = places.QUESTIONS / "followups.jsonl"
CORPORA = {"imlygic": places.ARTICLE, "stations": places.CORPORA / "stations"}
SHOWN = 3  # passages beside the citations in which the evidence counts as found


@dataclass(frozen=True)
class Quote:
    """Words that stand once in a document."""

    document: str
    quote: str


@dataclass(frozen=True)
class Conversation:
    """A question and those asked before it, oldest first, about the corpus of that name.

    `standalone` is the question as a person would write it out. What is understood must hold every one of `carries`
    and none of `drops`, upper and lower case the same. `evidence` is as in a question file: groups of alternatives.
    """

    id: str
    corpus: str
    kind: Literal["follow-up", "new topic"]
    history: tuple[str, ...]
    question: str
    standalone: str
    evidence: tuple[tuple[Quote, ...], ...]
    carries: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()

    @property
    def part(self) -> Literal["tune", "report"]:
        """Whether rules may be written after the conversation or figures reported from it."""
        return part(self.id)

    @property
    def understood_as(self) -> str:
        """What the rules make of it."""
        return understand(self.question, self.history)

    def holds(self, understood: str) -> bool:
        """Whether a question, as understood, says what is meant and no more."""
        folded = understood.casefold()
        return all(word.casefold() in folded for word in self.carries) and not any(
            word.casefold() in folded for word in self.drops
        )


@dataclass(frozen=True)
class Outcome:
    """How the conversations of one kind went: how many, and the share of them for which each holds.

    `understood`: `Conversation.holds`. The others: the evidence is cited or among the first passages when the question
    is asked as typed and without its conversation, in it, and written out; None where nothing was asked.
    """

    kind: str
    conversations: int
    understood: float
    found_without: float | None = None
    found: float | None = None
    found_written_out: float | None = None


def load_conversations(path: Path = FILE) -> tuple[Conversation, ...]:
    """The conversations of a file of JSON lines; raises `QuestionFileError` that names the first faulty line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(f"{path} cannot be read ({error}).") from error
    found = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            lists = {key: tuple(row[key]) for key in ("history", "carries", "drops") if key in row}
            evidence = tuple(tuple(Quote(**quote) for quote in group) for group in row["evidence"])
            found.append(Conversation(**row | lists | {"evidence": evidence}))
        except (ValueError, KeyError, TypeError) as error:
            raise QuestionFileError(
                f"{path}, line {number}: {error}; eval/questions/README.md has the form."
            ) from error
    return tuple(found)


def outcomes(
    conversations: Iterable[Conversation], found: "dict[str, Found] | None" = None
) -> list[Outcome]:
    """The outcome of each kind, and of all together; `found` is what `ask` gave, by id."""
    chosen = list(conversations)
    kinds = [("follow-up", "new topic"), ("follow-up",), ("new topic",)]
    groups = [[one for one in chosen if one.kind in kind] for kind in kinds]
    return [
        _outcome("all" if len(kind) > 1 else kind[0], group, found)
        for kind, group in zip(kinds, groups, strict=True)
        if group
    ]


Found = tuple[bool, bool, bool]
"""Whether the evidence was found without the conversation, in it, and for the question written out."""


def _outcome(kind: str, group: Sequence[Conversation], found: dict[str, Found] | None) -> Outcome:
    understood = sum(one.holds(one.understood_as) for one in group) / len(group)
    shares = (
        (sum(found[one.id][at] for one in group) / len(group) for at in range(3)) if found else ()
    )
    return Outcome(kind, len(group), understood, *shares)


def ask_all(
    conversations: Sequence[Conversation], reader: str | None, progress: Progress
) -> dict[str, Found]:
    """As `ask`, each conversation of a library made of its own corpus for the occasion."""
    found: dict[str, Found] = {}
    for name, corpus in CORPORA.items():
        chosen = [one for one in conversations if one.corpus == name]
        with library_of(corpus, SentenceTransformerEmbedder(), progress) as library:
            system = open_system(library, reader=reader)
            found |= ask(system, chosen, partial(_told, progress, name, len(chosen)))
            system.close()
    return found


def _told(progress: Progress, name: str, total: int, done: int) -> None:
    progress(f"asking {name}", done, total)


def ask(
    system: System, conversations: Sequence[Conversation], progress: Callable[[int], None]
) -> dict[str, Found]:
    """Ask each conversation's question in the three ways, of a system over its corpus."""
    found = {}
    for done, one in enumerate(conversations, 1):
        ways: list[tuple[str, Sequence[str]]] = [
            (one.question, ()),
            (one.question, one.history),
            (one.standalone, ()),
        ]
        first, second, third = (is_found(one.evidence, system.answer(*way)) for way in ways)
        found[one.id] = (first, second, third)
        progress(done)
    return found


def is_found(evidence: Sequence[Sequence[Quote]], answer: Answer) -> bool:
    """Whether of each group a quote is cited, in part at least, or stands in one of the first passages."""
    cited = [(citation.document_id, citation.quote) for citation in answer.citations]
    shown = [(hit.passage.document_id, hit.passage.text) for hit in answer.hits[:SHOWN]]
    return all(
        any(
            document == one.document and (one.quote in text or text in one.quote)
            for one in group
            for document, text in (*cited, *shown)
        )
        for group in evidence
    )


def followup_table(results: Sequence[Outcome]) -> Table:
    """The outcomes as a table."""
    heads = (
        "conversations",
        "how many",
        "understood",
        "found without them",
        "found in them",
        "found written out",
    )
    rows = [
        (
            r.kind,
            str(r.conversations),
            *map(_share, (r.understood, r.found_without, r.found, r.found_written_out)),
        )
        for r in results
    ]
    return Table(
        "Follow-ups and new topics: the question understood, the evidence found", heads, tuple(rows)
    )


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.3f}"
