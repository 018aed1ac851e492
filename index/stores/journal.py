"""What people asked of a library, so that it can be asked again, and what they said of answers."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from inquote.ingest.errors import InquoteError, LibraryDamaged

JOURNAL_FILE = "journal.db"
MAX_QUESTIONS = 1_000  # kept: those of the latest time
MAX_HISTORY = 20  # earlier questions of a question
_SCHEMA = """
CREATE TABLE IF NOT EXISTS asked (
    number INTEGER PRIMARY KEY, question TEXT NOT NULL, history TEXT NOT NULL, at TEXT NOT NULL,
    UNIQUE (question, history)
);
CREATE TABLE IF NOT EXISTS feedback (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, said TEXT NOT NULL
);
"""
VERDICTS = ("right", "wrong answer", "wrong passage", "not in the corpus")


@dataclass(frozen=True)
class QuestionInContext:
    """A question as it was typed, after the questions `history`, oldest first."""

    question: str
    history: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuotedRange:
    """A verbatim range: `quote` is `text[start:end]` of the document's text with that SHA-256."""

    document: str
    document_sha256: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Feedback:
    """What a person said of an answer at the time `at`, in ISO 8601; `verdict` is of `VERDICTS`.

    `answer` is None for a refusal; `citations` are the answer's. `sentence` is the right one where
    the person picked it, else None. A journal holds one feedback an `id`, the last.
    """

    id: str
    context: QuestionInContext
    understood_as: str
    verdict: str
    answer: str | None
    citations: tuple[QuotedRange, ...]
    sentence: QuotedRange | None
    generation: int
    at: str

    def as_json(self) -> dict[str, Any]:
        """Return the object that `inquote feedback --json` prints."""
        fields = asdict(self)
        return {"id": fields.pop("id"), **fields.pop("context"), **fields}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> "Feedback":
        """Return the feedback that `as_json` made an object of."""
        rest = dict(fields)
        context = QuestionInContext(rest.pop("question"), tuple(rest.pop("history")))
        citations = tuple(QuotedRange(**citation) for citation in rest.pop("citations"))
        sentence = rest.pop("sentence")
        return cls(
            context=context,
            citations=citations,
            sentence=QuotedRange(**sentence) if sentence else None,
            **rest,
        )


class Journal(Protocol):
    """Keeps questions, each once, and feedback; where it cannot, no answer is lost."""

    def record_question(self, question: QuestionInContext, at: str) -> None:
        """Keep a question; `at` is the time of asking in ISO 8601. Nothing is raised."""
        ...

    def questions(self) -> list[QuestionInContext]:
        """Return all questions in the order of their last asking."""
        ...

    def record_feedback(self, feedback: Feedback) -> None:
        """Keep feedback in the place of earlier feedback with its id; raise `InquoteError` else."""
        ...

    def feedback(self) -> list[Feedback]:
        """Return all feedback, the oldest first."""
        ...


class SqliteJournal:
    """A `Journal` in a file of its own in the folder `folder`, made with the first entry."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / JOURNAL_FILE

    def record_question(self, question: QuestionInContext, at: str) -> None:
        """Keep a question; see `Journal.record_question`."""
        history = json.dumps(question.history[-MAX_HISTORY:])
        with contextlib.suppress(sqlite3.Error), self._writing() as connection:
            connection.execute(
                "INSERT INTO asked (question, history, at) VALUES (?, ?, ?)"
                " ON CONFLICT (question, history) DO UPDATE SET at = excluded.at",
                (question.question, history, at),
            )
            connection.execute(
                "DELETE FROM asked WHERE number NOT IN"
                " (SELECT number FROM asked ORDER BY at DESC, number DESC LIMIT ?)",
                (MAX_QUESTIONS,),
            )

    def questions(self) -> list[QuestionInContext]:
        """Return all questions; none where there is no journal."""
        rows = self._rows("SELECT question, history FROM asked ORDER BY at, number")
        return [QuestionInContext(text, tuple(json.loads(history))) for text, history in rows]

    def record_feedback(self, feedback: Feedback) -> None:
        """Keep feedback; see `Journal.record_feedback`."""
        fields = json.dumps(feedback.as_json(), ensure_ascii=False)
        try:
            with self._writing() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO feedback (id, said) VALUES (?, ?)",
                    (feedback.id, fields),
                )
        except sqlite3.Error as error:
            raise InquoteError(
                f"The feedback could not be written to {JOURNAL_FILE}: {error}."
            ) from error

    def feedback(self) -> list[Feedback]:
        """Return all feedback; none where there is no journal."""
        rows = self._rows("SELECT said FROM feedback ORDER BY number")
        return [Feedback.from_json(json.loads(fields)) for (fields,) in rows]

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

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(self._connection()) as connection, connection:
            yield connection

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=5)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(_SCHEMA)
        return connection
