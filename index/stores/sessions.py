"""Keep who is logged in, and how often passwords were guessed, in a file beside the journal.

A session is known by the hash of its secret, so that whoever reads the file cannot log in with it.
"""

import contextlib
import hashlib
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from inquote.index.stores.sqlite import open_writer
from inquote.ingest.errors import InquoteError

SESSIONS_FILE = "sessions.db"
SECONDS = 14 * 24 * 3600  # that a session lasts
MOST = 10_000  # sessions, and addresses of guesses
_SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    digest TEXT PRIMARY KEY, person TEXT NOT NULL, version TEXT NOT NULL, ends REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS guesses (address TEXT PRIMARY KEY, ends REAL NOT NULL);
"""


class SessionKeeper(Protocol):
    """Keeps sessions and guesses where every chat over a library sees them."""

    def begin(self, person: str, version: str) -> str:
        """Begin a session and return its secret; `version` is that of the person's password."""
        ...

    def find(self, secret: str) -> tuple[str, str] | None:
        """Return the person of a session and the version of the password; None for no session."""
        ...

    def end(self, secret: str) -> None:
        """End a session."""
        ...

    def end_all(self, person: str) -> int:
        """End all sessions of a person, and return how many there were."""
        ...

    def guessed_until(self, address: str) -> float:
        """Return when the guesses of an address are forgotten, in seconds since 1970, else 0."""
        ...

    def note_guesses(self, address: str, ends: float) -> None:
        """Keep when the guesses of an address are forgotten."""
        ...


class Sessions:
    """The sessions of a folder; safe to use from several threads and processes."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = folder / SESSIONS_FILE
        self._clock = clock

    def begin(self, person: str, version: str) -> str:
        """Begin a session and return its secret; `version` is that of the person's password."""
        secret, now = new_secret(), self._clock()
        row = (digest_of_secret(secret), person, version, now + SECONDS)
        with self._open() as connection:
            connection.execute("DELETE FROM sessions WHERE ends < ?", (now,))
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", row)
            connection.execute(
                "DELETE FROM sessions WHERE digest NOT IN"
                " (SELECT digest FROM sessions ORDER BY ends DESC LIMIT ?)",
                (MOST,),
            )
        return secret

    def find(self, secret: str) -> tuple[str, str] | None:
        """Return the person of a session and the version of the password; None for no session."""
        query = "SELECT person, version FROM sessions WHERE digest = ? AND ends >= ?"
        with self._open() as connection:
            row = connection.execute(query, (digest_of_secret(secret), self._clock())).fetchone()
        return (str(row[0]), str(row[1])) if row else None

    def end(self, secret: str) -> None:
        """End a session."""
        with self._open() as connection:
            connection.execute("DELETE FROM sessions WHERE digest = ?", (digest_of_secret(secret),))

    def end_all(self, person: str) -> int:
        """End all sessions of a person, and return how many there were."""
        with self._open() as connection:
            cursor = connection.execute("DELETE FROM sessions WHERE person = ?", (person,))
            return cursor.rowcount

    def guessed_until(self, address: str) -> float:
        """Return when the guesses of an address are forgotten, in seconds since 1970, else 0."""
        with self._open() as connection:
            query = "SELECT ends FROM guesses WHERE address = ?"
            row = connection.execute(query, (address,)).fetchone()
        return float(row[0]) if row else 0.0

    def note_guesses(self, address: str, ends: float) -> None:
        """Keep when the guesses of an address are forgotten."""
        with self._open() as connection:
            connection.execute("DELETE FROM guesses WHERE ends < ?", (self._clock(),))
            connection.execute("INSERT OR REPLACE INTO guesses VALUES (?, ?)", (address, ends))

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file to write; raise `InquoteError` where that cannot be."""
        try:
            with contextlib.closing(open_writer(self._file)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                yield connection
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise InquoteError(
                f"Who is logged in cannot be kept in {self._file}: {error}; "
                "see that the library's folder can be written."
            ) from error


def new_secret() -> str:
    """Return the secret of a new session."""
    return secrets.token_urlsafe(32)


def digest_of_secret(secret: str) -> str:
    """Return the hash by which a session is known."""
    return hashlib.sha256(secret.encode()).hexdigest()
