"""Compare last turns, as understood after the turns before, with what people wrote them out as.

A file is a JSON list of objects `{"id", "history", "question", "rewrite"}`: what was typed before,
oldest first, what was typed last, and the same written out by a person so that it stands alone. A
fifth of the conversations is held out: rules are written after the others only. Only wording is
looked at, so that a file needs no corpus.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from inquote.app.answering.conversation import understand
from inquote.eval.report.tables import Table
from inquote.eval.runs.questions import QuestionFileError
from inquote.index.terms import content_terms

_HELD_OUT = 5  # one conversation of so many
_WORD = re.compile(r"\w+(?:['’]\w+)?")

Understanding = Callable[[str, Sequence[str]], str]


@dataclass(frozen=True)
class LastTurn:
    """What was typed last, after the turns of `history`, and a person's rewrite of it."""

    id: str
    history: tuple[str, ...]
    question: str
    rewrite: str

    @property
    def part(self) -> Literal["tune", "held out"]:
        """Whether rules may be written after the turn; turns with one beginning share the part."""
        digest = hashlib.sha256(self.history[0].encode()).hexdigest()
        return "tune" if int(digest, 16) % _HELD_OUT else "held out"

    @property
    def added(self) -> set[str]:
        """The stems that the rewrite adds to what was typed."""
        return _stems(self.rewrite) - _stems(self.question)

    @property
    def stands_alone(self) -> bool:
        """Whether the rewrite adds no word of what was typed before."""
        return not self.added & _stems(" ".join(self.history))


@dataclass(frozen=True)
class RewriteFigures:
    """How near the understood turns of a part are to the rewrites.

    - `token_f1`, `token_f1_alone`: mean F1 of the words against the rewrite's, of the turns as
      understood and as typed.
    - `brought_in`: the share of the stems that the rewrites add which are brought in too;
      `within_reach` of them stand in the turns before.
    - `changed`: the share of the turns that stand alone to which a stem is added; `standing` is
      their number.
    """

    part: str
    turns: int
    token_f1: float
    token_f1_alone: float
    brought_in: float
    within_reach: float
    changed: float
    standing: int

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def load_turns(path: Path) -> list[LastTurn]:
    """Load the turns of a file that have turns before them.

    Raises `QuestionFileError` where the file cannot be read or a turn lacks a field.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        turns = []
        for row in rows:
            history = tuple(map(str, row["history"]))
            turns.append(LastTurn(row["id"], history, row["question"], row["rewrite"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise QuestionFileError(
            f"{path} is no list of turns with id, history, question and rewrite ({error!r})."
        ) from error
    return [turn for turn in turns if turn.history]


def compare_with_rewrites(
    turns: Iterable[LastTurn], understanding: Understanding = understand
) -> list[RewriteFigures]:
    """Return the figures of each part that has turns."""
    by_part: dict[str, list[LastTurn]] = {"tune": [], "held out": []}
    for turn in turns:
        by_part[turn.part].append(turn)
    return [_figures(part, chosen, understanding) for part, chosen in by_part.items() if chosen]


def _figures(part: str, turns: Sequence[LastTurn], understanding: Understanding) -> RewriteFigures:
    f1 = f1_alone = 0.0
    added, brought_in, within_reach, standing, changed = 0, 0, 0, 0, 0
    for turn in turns:
        understood = understanding(turn.question, turn.history)
        f1 += token_f1(understood, turn.rewrite)
        f1_alone += token_f1(turn.question, turn.rewrite)
        added += len(turn.added)
        brought_in += len(turn.added & _stems(understood))
        within_reach += len(turn.added & _stems(" ".join(turn.history)))
        if turn.stands_alone:
            standing += 1
            changed += bool(_stems(understood) - _stems(turn.question))
    return RewriteFigures(
        part=part,
        turns=len(turns),
        token_f1=f1 / len(turns),
        token_f1_alone=f1_alone / len(turns),
        brought_in=brought_in / (added or 1),
        within_reach=within_reach / (added or 1),
        changed=changed / (standing or 1),
        standing=standing,
    )


def token_f1(text: str, other: str) -> float:
    """Return the F1 of the words of two texts, case aside (Rajpurkar et al. 2016).

    >>> token_f1("Who makes it?", "Who makes IMLYGIC?")
    0.6666666666666666
    """
    words, others = Counter(_words(text)), Counter(_words(other))
    shared = (words & others).total()
    return 2 * shared / (words.total() + others.total()) if shared else 0.0


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _stems(text: str) -> set[str]:
    return set(content_terms(text))


def rewrite_table(figures: Sequence[RewriteFigures]) -> Table:
    """Return the figures as a table."""
    head = (
        "part",
        "turns",
        "F1",
        "F1 as typed",
        "brought in",
        "within reach",
        "changed though alone",
        "alone",
    )
    rows = []
    for f in figures:
        f1s = (f"{f.token_f1:.3f}", f"{f.token_f1_alone:.3f}")
        shares = (f"{f.brought_in:.3f}", f"{f.within_reach:.3f}", f"{f.changed:.3f}")
        rows.append((f.part, str(f.turns), *f1s, *shares, str(f.standing)))
    return Table("Last turns as understood, against a person's rewrite", head, tuple(rows))
