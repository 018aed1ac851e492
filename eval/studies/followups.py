"""Ask the last question of conversations: is it understood, and does a new topic drop the old one?

The conversations, of two and three turns, are in eval/questions/followups.jsonl; the README beside
it describes them. Half of them change the topic. Understanding is checked by words: the question as
understood must hold the words that it leans on, and none of the topic that was left. Asking then
shows what that is worth: the same question without its conversation, in it, and written out.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

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
SHOWN = 3  # passages that a person sees beside the citations


@dataclass(frozen=True)
class Quote:
    """Words that stand once in a document."""

    document: str
    quote: str


@dataclass(frozen=True)
class Conversation:
    """A question and those before it, oldest first, about the corpus of that name.

    `standalone` is the question as a person would write it out. The question as understood must
    hold all of `carries` and none of `drops`, in upper or lower case. `evidence` is as in a
    question file: groups of alternatives.
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
        """The question as the rules complete it."""
        return understand(self.question, self.history)

    def holds(self, understood: str) -> bool:
        """Tell whether a question, as understood, says what is meant and no more."""
        folded = understood.casefold()
        if any(word.casefold() in folded for word in self.drops):
            return False
        return all(word.casefold() in folded for word in self.carries)


class EvidenceShown(NamedTuple):
    """Whether a conversation's evidence was shown, for each way to ask its question."""

    without_history: bool
    with_history: bool
    written_out: bool


@dataclass(frozen=True)
class KindShares:
    """The conversations of one kind: their number, and the shares of them that went well.

    `understood`: `Conversation.holds`. The others: the evidence was shown, see `EvidenceShown`;
    None where nothing was asked.
    """

    kind: str
    conversations: int
    understood: float
    without_history: float | None = None
    with_history: float | None = None
    written_out: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "kind": self.kind,
            "conversations": self.conversations,
            "understood": self.understood,
            "found_without": self.without_history,
            "found": self.with_history,
            "found_written_out": self.written_out,
        }


def load_conversations(path: Path = FILE) -> tuple[Conversation, ...]:
    """Load the conversations of a file of JSON lines.

    Raises `QuestionFileError` that names the first faulty line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(f"{path} cannot be read ({error}).") from error
    conversations = []
    for number, line in enumerate(lines, 1):
        try:
            conversations.append(_conversation(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise QuestionFileError(
                f"{path}, line {number}: {error}; eval/questions/README.md has the form."
            ) from error
    return tuple(conversations)


def _conversation(row: dict[str, Any]) -> Conversation:
    lists: dict[str, Any] = {
        key: tuple(row[key]) for key in ("history", "carries", "drops") if key in row
    }
    evidence = [tuple(Quote(**quote) for quote in group) for group in row["evidence"]]
    return Conversation(**row | lists | {"evidence": tuple(evidence)})


def shares_by_kind(
    conversations: Iterable[Conversation], evidence: Mapping[str, EvidenceShown] | None = None
) -> list[KindShares]:
    """Return the shares of all conversations and of each kind; `evidence` is by id."""
    chosen = list(conversations)
    groups = {"all": chosen}
    for kind in ("follow-up", "new topic"):
        groups[kind] = [conversation for conversation in chosen if conversation.kind == kind]
    return [_shares(kind, group, evidence) for kind, group in groups.items() if group]


def _shares(
    kind: str, group: Sequence[Conversation], evidence: Mapping[str, EvidenceShown] | None
) -> KindShares:
    understood = sum(conversation.holds(conversation.understood_as) for conversation in group)
    shares = []
    if evidence:
        shown = [evidence[conversation.id] for conversation in group]
        shares = [sum(way) / len(group) for way in zip(*shown, strict=True)]
    return KindShares(kind, len(group), understood / len(group), *shares)


def ask_all(
    conversations: Sequence[Conversation], reader: str | None, progress: Progress
) -> dict[str, EvidenceShown]:
    """Ask as `ask` does, each conversation of a library made of its own corpus."""
    shown: dict[str, EvidenceShown] = {}
    for name, corpus in CORPORA.items():
        chosen = [conversation for conversation in conversations if conversation.corpus == name]
        with library_of(corpus, SentenceTransformerEmbedder(), progress) as library:
            system = open_system(library, reader=reader)
            shown |= ask(system, chosen, partial(_report_asking, progress, name, len(chosen)))
            system.close()
    return shown


def _report_asking(progress: Progress, name: str, total: int, done: int) -> None:
    progress(f"asking {name}", done, total)


def ask(
    system: System, conversations: Sequence[Conversation], progress: Callable[[int], None]
) -> dict[str, EvidenceShown]:
    """Ask each conversation's question in three ways, of a system over its corpus."""
    shown = {}
    for done, conversation in enumerate(conversations, 1):
        answers = (
            system.answer(conversation.question, ()),
            system.answer(conversation.question, conversation.history),
            system.answer(conversation.standalone, ()),
        )
        shown[conversation.id] = EvidenceShown(
            *(shows_evidence(answer, conversation.evidence) for answer in answers)
        )
        progress(done)
    return shown


def shows_evidence(answer: Answer, evidence: Sequence[Sequence[Quote]]) -> bool:
    """Tell whether of each group a quote is cited, in part at least, or in a passage shown."""
    shown = [(citation.document_id, citation.quote) for citation in answer.citations]
    shown += [(hit.passage.document_id, hit.passage.text) for hit in answer.hits[:SHOWN]]
    return all(any(_shows(shown, quote) for quote in group) for group in evidence)


def _shows(shown: Sequence[tuple[str, str]], quote: Quote) -> bool:
    for document, text in shown:
        if document == quote.document and (quote.quote in text or text in quote.quote):
            return True
    return False


def followup_table(results: Sequence[KindShares]) -> Table:
    """Return the results as a table."""
    head = (
        "conversations",
        "how many",
        "understood",
        "found without them",
        "found in them",
        "found written out",
    )
    rows = []
    for r in results:
        shares = (r.understood, r.without_history, r.with_history, r.written_out)
        rows.append((r.kind, str(r.conversations), *map(_format_share, shares)))
    title = "Follow-ups and new topics: the question understood, the evidence found"
    return Table(title, head, tuple(rows))


def _format_share(share: float | None) -> str:
    return "–" if share is None else f"{share:.3f}"
