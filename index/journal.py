"""What was asked of a library, so that it can be asked again when the texts have changed."""

import contextlib
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import LibraryDamaged

JOURNAL_FILE = "journal.db"
MOST_KEPT = 1_000  # questions, those asked last
MAX_HISTORY = 20  # earlier questions of one
_SCHEMA = """
CREATE TABLE IF NOT EXISTS asked (
    number INTEGER PRIMARY KEY, question TEXT NOT NULL, history TEXT NOT NULL, at TEXT NOT NULL,
    UNIQUE (question, history)
)
"""


@dataclass(frozen=True)
class Asked:
    """A question as it was typed, after the questions `history`, oldest first."""

    question: str
    history: tuple[str, ...] = ()


class Journal:
    """The questions asked of the library at `path`, each once; a journal that cannot be written loses no answer."""

    def __init__(self, path: Path) -> None:
        self._file = path / JOURNAL_FILE

    def note(self, asked: Asked, at: str) -> None:
        """Keep a question; `at` is when it was asked, ISO 8601."""
        asked = Asked(asked.question, asked.history[-MAX_HISTORY:])
        with contextlib.suppress(sqlite3.Error), contextlib.closing(self._connection()) as connection, connection:
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

    def asked(self) -> list[Asked]:
        """All questions kept, in the order in which they were first asked; none where there is no journal."""
        if not self._file.exists():
            return []
        try:
            with contextlib.closing(self._connection()) as connection:
                found = connection.execute("SELECT question, history FROM asked ORDER BY number").fetchall()
        except sqlite3.DatabaseError as error:
            raise LibraryDamaged(f"{JOURNAL_FILE} cannot be read ({error}); move it away for a new one.") from error
        return [Asked(question, tuple(json.loads(history))) for question, history in found]

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=5)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(_SCHEMA)
        return connection
