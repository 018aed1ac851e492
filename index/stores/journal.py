"""What was asked of a library, so that it can be asked again when the texts have changed; what was said of answers."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inquote.ingest.errors import InquoteError, LibraryDamaged

JOURNAL_FILE = "journal.db"
MOST_KEPT = 1_000  # questions, those asked last
MAX_HISTORY = 20  # earlier questions of one
_SCHEMA = """
CREATE TABLE IF NOT EXISTS asked (
    number INTEGER PRIMARY KEY, question TEXT NOT NULL, history TEXT NOT NULL, at TEXT NOT NULL,
    UNIQUE (question, history)
);
CREATE TABLE IF NOT EXISTS feedback (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, said TEXT NOT NULL);
"""
VERDICTS = ("right", "wrong answer", "wrong passage", "not in the corpus")


@dataclass(frozen=True)
class QuestionInContext:
    """A question as it was typed, after the questions `history`, oldest first."""

    question: str
    history: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuotedRange:
    """A verbatim range of a document: `quote` is `text[start:end]` of the version with that SHA-256."""

    document: str
    document_sha256: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Feedback:
    """What a person said of an answer at the time `at`, ISO 8601; `verdict` is one of `VERDICTS`.

    `answer` is None where it was a refusal; `citations` are the answer's. `sentence` is the one that the person picked
    as the right one, None where none was picked. There is one an `id`: when more is said, the last counts.
    """

    id: str
    asked: QuestionInContext
    understood_as: str
    verdict: str
    answer: str | None
    citations: tuple[QuotedRange, ...]
    sentence: QuotedRange | None
    generation: int
    at: str

    def as_json(self) -> dict[str, Any]:
        """The object that `inquote feedback --json` prints for it."""
        fields = asdict(self)
        return {"id": fields.pop("id"), **fields.pop("asked"), **fields}


def _feedback(said: dict[str, Any]) -> Feedback:
    asked = QuestionInContext(said.pop("question"), tuple(said.pop("history")))
    citations = tuple(QuotedRange(**place) for place in said.pop("citations"))
    sentence = said.pop("sentence")
    return Feedback(
        asked=asked,
        citations=citations,
        sentence=QuotedRange(**sentence) if sentence else None,
        **said,
    )


class Journal:
    """The questions asked of the library at `path`, each once, and the feedback on their answers.

    A journal that cannot be written loses no answer.
    """

    def __init__(self, path: Path) -> None:
        self._file = path / JOURNAL_FILE

    def note(self, asked: QuestionInContext, at: str) -> None:
        """Keep a question; `at` is when it was asked, ISO 8601."""
        asked = QuestionInContext(asked.question, asked.history[-MAX_HISTORY:])
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(self._connection()) as connection,
            connection,
        ):
            connection.execute(
                "INSERT INTO asked (question, history, at) VALUES (?, ?, ?)"
                " ON CONFLICT (question, history) DO UPDATE SET at = excluded.at",
                (asked.question, json.dumps(asked.history), at),
            )
            connection.execute(
                "DELETE FROM asked WHERE number NOT IN"
                " (SELECT number FROM asked ORDER BY at DESC, number DESC LIMIT ?)",
                (MOST_KEPT,),
            )

    def asked(self) -> list[QuestionInContext]:
        """All questions kept, in the order in which they were last asked; none where there is no journal."""
        found = self._rows("SELECT question, history FROM asked ORDER BY at, number")
        return [
            QuestionInContext(question, tuple(json.loads(history))) for question, history in found
        ]

    def note_feedback(self, feedback: Feedback) -> None:
        """Keep what was said of an answer, in the place of what was said before; raises `InquoteError` if it cannot."""
        said = json.dumps(feedback.as_json(), ensure_ascii=False)
        try:
            with contextlib.closing(self._connection()) as connection, connection:
                connection.execute(
                    "INSERT OR REPLACE INTO feedback (id, said) VALUES (?, ?)", (feedback.id, said)
                )
        except sqlite3.Error as error:
            raise InquoteError(
                f"The feedback could not be written to {JOURNAL_FILE}: {error}."
            ) from error

    def feedback(self) -> list[Feedback]:
        """All feedback kept, the oldest first; none where there is no journal."""
        return [
            _feedback(json.loads(said))
            for (said,) in self._rows("SELECT said FROM feedback ORDER BY number")
        ]

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        if not self._file.exists():
            return
        try:
            with contextlib.closing(self._connection()) as connection:
                yield from connection.execute(query).fetchall()
        except sqlite3.DatabaseError as error:
            raise LibraryDamaged(
                f"{JOURNAL_FILE} cannot be read ({error}); move it away for a new one."
            ) from error

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=5)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(_SCHEMA)
        return connection
