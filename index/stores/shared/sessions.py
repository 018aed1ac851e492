"""Who is logged in at any chat over a shared library, and how often passwords were guessed."""

import json
import time
from collections.abc import Callable

from inquote.index.stores.sessions import MOST, SECONDS, digest_of_secret, new_secret
from inquote.index.stores.shared.log import Entry, Log


class SharedSessions:
    """A `SessionKeeper` in the library at `location`; chats see each other's within a second."""

    def __init__(self, location: str, clock: Callable[[], float] = time.time) -> None:
        self._log = Log(location, "sessions")
        self._clock = clock

    def begin(self, person: str, version: str) -> str:
        """Begin a session and return its secret; see `SessionKeeper.begin`."""
        secret, now = new_secret(), self._clock()
        entries = []
        kept: list[tuple[float, str]] = []
        for digest, (_, _, ends) in self._sessions().items():
            if ends < now:
                entries.append(Entry("session", digest, None))
            else:
                kept.append((ends, digest))
        for _, digest in sorted(kept, reverse=True)[MOST - 1 :]:
            entries.append(Entry("session", digest, None))
        about = json.dumps([person, version, now + SECONDS])
        self._log.put([*entries, Entry("session", digest_of_secret(secret), about)])
        return secret

    def find(self, secret: str) -> tuple[str, str] | None:
        """Return the person of a session and the version of the password; None for no session."""
        session = self._sessions().get(digest_of_secret(secret))
        if session is None or session[2] < self._clock():
            return None
        return session[0], session[1]

    def end(self, secret: str) -> None:
        """End a session."""
        self._log.put([Entry("session", digest_of_secret(secret), None)])

    def end_all(self, person: str) -> int:
        """End all sessions of a person, and return how many there were."""
        entries = []
        for digest, (name, _, _) in self._sessions().items():
            if name == person:
                entries.append(Entry("session", digest, None))
        self._log.put(entries)
        return len(entries)

    def guessed_until(self, address: str) -> float:
        """Return when the guesses of an address are forgotten, in seconds since 1970, else 0."""
        return float(self._log.values("guess").get(address, 0.0))

    def note_guesses(self, address: str, ends: float) -> None:
        """Keep when the guesses of an address are forgotten, and forget what is past."""
        now = self._clock()
        past = [name for name, end in self._log.values("guess").items() if float(end) < now]
        entries = [Entry("guess", name, None) for name in past if name != address]
        self._log.put([*entries, Entry("guess", address, str(ends))])

    def _sessions(self) -> dict[str, tuple[str, str, float]]:
        sessions = {}
        for digest, about in self._log.values("session").items():
            person, version, ends = json.loads(about)
            sessions[digest] = (str(person), str(version), float(ends))
        return sessions
