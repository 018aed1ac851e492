"""One writer at a time across machines: a lease with a time limit, as a tag in the store.

Leases are numbered, and a tag is created once, so that of several writers who take over from one
that is gone, one gets it. The lease keeps writers from working in vain. It is no promise: what
makes two generations of one number impossible is the record (see records.py).
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from inquote.index.clock import utc_now
from inquote.index.disk import step
from inquote.index.stores.shared.engine import dataset, pa, write
from inquote.index.stores.shared.errors import (
    RAISED,
    NotThere,
    explained,
    lost_to_another,
    translate,
)
from inquote.ingest.errors import LibraryBusy
from inquote.ingest.text import printable

TABLE = "lease"
LEASE_SECONDS = 60.0  # after which a writer that renewed nothing counts as gone
RENEWALS = 4  # in the time of a lease
WAIT_SECONDS = 10.0  # for a writer that is about to end
_PAUSE_SECONDS = 0.2


class Lease:
    """The right to write the library at `location`, held by `writer`."""

    def __init__(self, location: str, writer: str) -> None:
        self.location = location
        self.writer = writer
        self._uri = f"{location}/{TABLE}.lance"
        self._tags: Any = None
        self._name = ""
        self._is_over = threading.Event()
        self.is_lost = False

    @contextmanager
    def held(self) -> Iterator["Lease"]:
        """Hold the lease, renewed by a thread; raise `LibraryBusy` where another has it."""
        with explained(self.location):
            self._acquire()
        thread = threading.Thread(target=self._renew, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._is_over.set()
            thread.join()
            with contextlib.suppress(*RAISED):
                if not self.is_lost:
                    self._tags.replace_metadata(self._name, self._about("released"))

    def check(self) -> None:
        """Raise `WriterLost` where another writer took over meanwhile."""
        with explained(self.location):
            is_own = self._number() == int(self._name[1:])
        if self.is_lost or not is_own:
            raise lost_to_another()

    def _acquire(self) -> None:
        """Create the next lease as soon as the last one is over."""
        ends = time.monotonic() + WAIT_SECONDS
        self._tags = self._open().tags
        while True:
            number = self._number()
            holder = self._holder(number)
            if not holder and self._create(number + 1):
                return
            if time.monotonic() > ends:
                raise LibraryBusy(
                    f"The library at {printable(self.location)} is being written by "
                    f"{holder or 'another process'}; wait until that is done and try again."
                )
            time.sleep(_PAUSE_SECONDS)

    def _open(self) -> Any:
        """Open the table that holds the leases, made where it is missing."""
        try:
            with explained(self.location):
                return dataset(self._uri)
        except NotThere:
            step()
            with contextlib.suppress(OSError):  # another process is quicker
                write(pa.table({"lease": [0]}), self._uri, "create")
            return dataset(self._uri)

    def _number(self) -> int:
        """Return the number of the last lease; 0 for none."""
        numbers = [int(name[1:]) for name in self._tags.list() if name.startswith("w")]
        return max(numbers, default=0)

    def _create(self, number: int) -> bool:
        """Take a lease, and return whether it was to be had."""
        step()
        name = f"w{number:09d}"
        try:
            self._tags.create(name, 1)
        except ValueError as error:
            if "already exists" in str(error).lower():
                return False
            raise
        self._name = name
        self._tags.replace_metadata(name, self._about("held"))
        for other in self._tags.list():
            if other.startswith("w") and other < name:
                with contextlib.suppress(ValueError):
                    self._tags.delete(other)
        return True

    def _about(self, state: str) -> dict[str, str]:
        return {
            "writer": self.writer,
            "state": state,
            "host": socket.gethostname(),
            "process": str(os.getpid()),
            "at": utc_now(),
            "renewed": str(time.time()),
        }

    def _holder(self, number: int) -> str:
        """Say who holds a lease; "" where nobody does."""
        tag = self._tags.list().get(f"w{number:09d}")
        if tag is None:
            return ""
        about: Mapping[str, str] = tag["metadata"]
        if not about:  # the moment between the creation and the name
            age = time.time() - tag["created_at"].timestamp()
            return "another process" if age < LEASE_SECONDS else ""
        if about["state"] != "held" or _is_gone(about):
            return ""
        return f"process {about['process']} on {printable(about['host'])} since {about['at']}"

    def _renew(self) -> None:
        while not self._is_over.wait(LEASE_SECONDS / RENEWALS):
            try:
                if self._number() != int(self._name[1:]):
                    self.is_lost = True
                    return
                self._tags.replace_metadata(self._name, self._about("held"))
            except RAISED as error:  # out of reach: the next time may be better
                if isinstance(translate(error, self.location), NotThere):
                    self.is_lost = True
                    return


def _is_gone(about: Mapping[str, str]) -> bool:
    """Return whether a holder is silent for too long, or was a process here that is no more."""
    if time.time() - float(about["renewed"]) > LEASE_SECONDS:
        return True
    if about["host"] != socket.gethostname():
        return False
    try:
        os.kill(int(about["process"]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # it is another user's
        pass
    return False
