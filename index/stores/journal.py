"""What people asked of a library, so that it can be asked again, and what they said of answers."""

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock

from inquote.index.disk import step
from inquote.index.stores.forgetting import IsMeant, JournalEntry
from inquote.index.stores.journal_rows import (
    copy_sound_rows,
    count_damaged,
    prepare,
    sound_rows,
)
from inquote.index.stores.sqlite import (
    OWNER_ONLY,
    Row,
    digest_of,
    explain_error,
    explained,
    finish_writing,
    open_for_reading,
    open_reader,
    open_writer,
    replace_damaged,
    rewrite,
)
from inquote.ingest.errors import InquoteError, LibraryDamaged, LibraryMissing

JOURNAL_FILE = "journal.db"
LOCK_FILE = "ingest.lock"  # of the folder's writers
MAX_QUESTIONS = 1_000  # kept: those of the latest time
MAX_HISTORY = 20  # earlier questions of a question
_INSERT_QUESTION = """
INSERT INTO asked (question, history, at, digest) VALUES (?, ?, ?, ?)
ON CONFLICT (question, history) DO UPDATE SET at = excluded.at, digest = excluded.digest
"""
_DROP_OLD_QUESTIONS = """
DELETE FROM asked WHERE number NOT IN
    (SELECT number FROM asked ORDER BY at DESC, number DESC LIMIT ?)
"""
_INSERT_FEEDBACK = "INSERT OR REPLACE INTO feedback (id, said, digest) VALUES (?, ?, ?)"
_INSERT_SETTING = "INSERT OR REPLACE INTO settings (name, value, digest) VALUES (?, ?, ?)"
VERDICTS = ("right", "wrong answer", "wrong passage", "not in the corpus")


@dataclass(frozen=True)
class QuestionInContext:
    """A question as it was typed, after the questions `history`, oldest first.

    Where `scope` is not empty, only these documents and folders were asked.
    """

    question: str
    history: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()

    def entry(self, at: str) -> JournalEntry:
        """Return what decides whether the question, asked at a time, is forgotten."""
        return JournalEntry(at, (self.question, *self.history), self.scope)


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

    def entry(self) -> JournalEntry:
        """Return what decides whether the feedback is forgotten."""
        asked = self.context.entry(self.at)
        quoted = [*self.citations, *filter(None, [self.sentence])]
        texts = [self.understood_as, self.answer or "", *(place.quote for place in quoted)]
        places = [place.document for place in quoted]
        return JournalEntry(self.at, (*asked.texts, *texts), (*asked.places, *places))

    def as_json(self) -> dict[str, Any]:
        """Return the object that `inquote feedback --json` prints."""
        fields = asdict(self)
        return {"id": fields.pop("id"), **fields.pop("context"), **fields}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> "Feedback":
        """Return the feedback that `as_json` made an object of."""
        rest = dict(fields)
        scope = tuple(rest.pop("scope", ()))
        context = QuestionInContext(rest.pop("question"), tuple(rest.pop("history")), scope)
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

    def setting(self, name: str) -> str | None:
        """Return the value that was put under a name, None for none."""
        ...

    def put_setting(self, name: str, value: str | None) -> None:
        """Put a value under a name, or take it away; raise `InquoteError` where that cannot be."""
        ...

    def feedback(self) -> list[Feedback]:
        """Return all feedback, the oldest first."""
        ...

    def forget(self, is_meant: IsMeant) -> int:
        """Erase the entries that are meant, so that no file holds them; return how many.

        Raises `InquoteError` where that cannot be.
        """
        ...


class SqliteJournal:
    """A `Journal` in a file of its own in the folder `folder`, made with the first entry.

    Each row carries a digest of itself. Rows that are not as they were written are passed over; the
    first entry of a process saves the others into a new file, and the damaged one is kept beside.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / JOURNAL_FILE
        self._lock = folder / LOCK_FILE
        self._saving = folder / f"{JOURNAL_FILE}.lock"
        self._is_checked = False

    def record_question(self, question: QuestionInContext, at: str) -> None:
        """Keep a question; see `Journal.record_question`."""
        history = dump_context(question)
        row = (question.question, history, at)
        with (
            contextlib.suppress(sqlite3.Error, OSError, InquoteError),
            self._writing() as connection,
        ):
            connection.execute(_INSERT_QUESTION, (*row, digest_of(*row)))
            connection.execute(_DROP_OLD_QUESTIONS, (MAX_QUESTIONS,))

    def questions(self) -> list[QuestionInContext]:
        """Return all questions; none where there is no journal."""
        rows = self._rows("asked", "question, history", "at, number")
        return [load_context(question, history) for question, history in rows]

    def record_feedback(self, feedback: Feedback) -> None:
        """Keep feedback; see `Journal.record_feedback`."""
        row = (feedback.id, json.dumps(feedback.as_json(), ensure_ascii=False))
        self._execute("feedback", _INSERT_FEEDBACK, (*row, digest_of(*row)))

    def setting(self, name: str) -> str | None:
        """Return a value; see `Journal.setting`."""
        values: dict[str, str] = dict(self._rows("settings", "name, value", "number"))
        return values.get(name)

    def put_setting(self, name: str, value: str | None) -> None:
        """Put a value under a name; see `Journal.put_setting`."""
        if value is None:
            self._execute("setting", "DELETE FROM settings WHERE name = ?", (name,))
        else:
            self._execute("setting", _INSERT_SETTING, (name, value, digest_of(name, value)))

    def _execute(self, kind: str, statement: str, values: Row) -> None:
        """Write a row; raise `InquoteError`, which names the `kind`, where that cannot be."""
        problem = f"The {kind} could not be written to {JOURNAL_FILE}"
        with explained(problem), self._writing() as connection:
            connection.execute(statement, values)

    def feedback(self) -> list[Feedback]:
        """Return all feedback; none where there is no journal."""
        rows = self._rows("feedback", "said", "number")
        return [Feedback.from_json(json.loads(fields)) for (fields,) in rows]

    def forget(self, is_meant: IsMeant) -> int:
        """Erase entries, and the damaged files that were kept aside; see `Journal.forget`."""
        if not self.file.exists():
            return 0
        with explained(f"Not all is forgotten yet of {JOURNAL_FILE}, say it again"):
            with self._writing() as connection:
                count = _erase(connection, is_meant)
            for left in self.file.parent.glob(f"{JOURNAL_FILE}.[d0-9]*"):  # damaged, or half saved
                step()
                left.unlink()
            rewrite(self.file)
        return count

    def problems(self) -> list[str]:
        """Say what is wrong with the file and its rows, a sentence each; [] for nothing.

        Raises `LibraryUnavailable` where it cannot be read now.
        """
        try:
            with self._reading() as connection:
                result = connection.execute("PRAGMA integrity_check").fetchone()[0]
                if result != "ok":
                    return [f"{JOURNAL_FILE} is damaged: {result}."]
                counts = count_damaged(connection)
        except LibraryMissing:
            return []
        except LibraryDamaged as error:
            return [str(error)]
        sentences = []
        for table, count in counts.items():
            if count:
                sentences.append(
                    f"{count} rows of {table!r} in {JOURNAL_FILE} are not what was written."
                )
        return sentences

    def _rows(self, table: str, columns: str, order: str) -> list[Row]:
        """Return columns of the rows that are as they were written."""
        try:
            with self._reading() as connection:
                is_sound = sound_rows(connection, table)
                query = f"SELECT {columns} FROM {table} WHERE {is_sound} ORDER BY {order}"
                return connection.execute(query).fetchall() if is_sound else []
        except LibraryMissing:
            return []

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Open the file to read; raise `LibraryMissing` for none, and what explains an error."""
        if not self.file.exists():
            raise LibraryMissing(f"There is no {JOURNAL_FILE}.")
        with contextlib.ExitStack() as stack:
            connection = open_for_reading(
                self.file, self._lock, lambda: open_reader(self.file), stack
            )
            stack.callback(connection.close)
            try:
                yield connection
            except sqlite3.Error as error:
                raise explain_error(self.file, error) from error

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if not self._is_checked and self.problems():
            with FileLock(self._saving, mode=OWNER_ONLY):
                if self.problems():  # else another process was quicker
                    self._save_sound_rows()
        self._is_checked = True
        connection = open_writer(self.file)
        try:
            connection.execute("BEGIN IMMEDIATE")
            prepare(connection)
            yield connection
            connection.execute("COMMIT")
        finally:
            finish_writing(self.file, connection)

    def _save_sound_rows(self) -> None:
        """Put a journal of the rows that are as they were written in the place of a damaged one."""
        new = self.file.with_name(f"{JOURNAL_FILE}.{os.getpid()}")
        new.unlink(missing_ok=True)
        connection = open_writer(new)
        try:
            connection.execute("BEGIN")
            prepare(connection)
            with contextlib.suppress(LibraryDamaged), self._reading() as damaged:
                copy_sound_rows(damaged, connection)
            connection.execute("COMMIT")
        finally:
            finish_writing(new, connection)
        replace_damaged(self.file, new)


def _erase(connection: sqlite3.Connection, is_meant: IsMeant) -> int:
    """Delete the rows of the entries that are meant, and return how many."""
    entries: list[tuple[str, int, JournalEntry]] = []
    for number, question, *about, at in connection.execute(
        "SELECT number, question, history, at FROM asked"
    ):
        entries.append(("asked", number, load_context(question, *about).entry(at)))
    for number, fields in connection.execute("SELECT number, said FROM feedback"):
        entries.append(("feedback", number, Feedback.from_json(json.loads(fields)).entry()))
    doomed = [(table, number) for table, number, entry in entries if is_meant(entry)]
    for table, number in doomed:
        connection.execute(f"DELETE FROM {table} WHERE number = ?", (number,))
    return len(doomed)


def dump_context(question: QuestionInContext) -> str:
    """Write history and scope as one text; without a scope it is that of version 0.1."""
    history = list(question.history[-MAX_HISTORY:])
    value = {"history": history, "scope": question.scope} if question.scope else history
    return json.dumps(value)


def load_context(question: str, text: str) -> QuestionInContext:
    """Return a question with what `dump_context` wrote."""
    value = json.loads(text)
    history, scope = (value["history"], value["scope"]) if isinstance(value, dict) else (value, ())
    return QuestionInContext(question, tuple(history), tuple(scope))
