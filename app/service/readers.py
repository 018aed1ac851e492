"""Have questions answered by child processes, as many at once as there are of these.

A child opens a System of its own over the same library; its program is `reader_process`. One that
a question brings down is replaced, and the question asked once more.
"""

import contextlib
import logging
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from inquote.app.service.calls import Call, Outcome
from inquote.ingest.errors import InquoteError
from inquote.ingest.files.processes import end, receive, send

if TYPE_CHECKING:
    from inquote.app.system import System

ATTEMPTS = 2  # to answer a call, each in another process
THREADS = "OMP_NUM_THREADS"  # of a model in a process; what a person has set stays
_LOST = (OSError, EOFError, ValueError)  # what talking to a child that has ended raises
log = logging.getLogger("inquote")


class ReaderLost(InquoteError):
    """Processes ended over a question; fewer of them, which leave more memory to each, may help."""


@dataclass(eq=False)
class _Waiting:
    """A call, and the results of all who wait for it."""

    call: Call
    results: list["Future[Any]"] = field(default_factory=list)

    @property
    def is_given_up(self) -> bool:
        """Whether nobody waits any more."""
        return all(result.cancelled() for result in self.results)

    def end(self, outcome: Outcome) -> None:
        """Give the outcome to all who still wait."""
        for result in self.results:
            if not result.set_running_or_notify_cancel():
                continue
            if outcome.is_error:
                result.set_exception(outcome.value)
            else:
                result.set_result(outcome.value)


class Readers:
    """`count` child processes, which answer calls in the order in which these come.

    `open_system` opens the System of a child and can be pickled. Equal calls that wait at the same
    time are answered together. Safe to use from many threads.
    """

    def __init__(self, open_system: "Callable[[], System]", count: int) -> None:
        self._open_system = open_system
        self._cores = max(1, _cores() // count)
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._lock = threading.Lock()  # guards what follows
        self._waiting: dict[Call, _Waiting] = {}
        self._children: dict[int, _Child] = {}
        self._threads: list[threading.Thread] = []
        for number in range(count):
            name = f"inquote-reader-{number}"
            thread = threading.Thread(target=self._work, args=(number,), name=name, daemon=True)
            self._threads.append(thread)
        self._begun = False
        self.tried: Future[None] = Future()
        """Done once a child has tried to open the library, whatever came of it."""

    @property
    def processes(self) -> list[int]:
        """The ids of the children that run."""
        with self._lock:
            return [child.id for child in self._children.values() if child.runs]

    def begin(self) -> None:
        """Start the children, if nobody did; each has a thread here that gives it its calls."""
        with self._lock:
            begun, self._begun = self._begun, True
        if not begun:
            for thread in self._threads:
                thread.start()

    def submit(self, call: Call) -> "Future[Any]":
        """Return what a call will return; what it raises in a System is raised by the result.

        That raises `ReaderLost` where two processes ended over the call.
        """
        self.begin()
        result: Future[Any] = Future()
        with self._lock:
            waiting = self._waiting.get(call)
            if waiting is None:
                waiting = self._waiting[call] = _Waiting(call)
                self._queue.put(waiting)
            waiting.results.append(result)
        return result

    def close(self) -> None:
        """Answer what waits, then end the children; no call may follow."""
        with self._lock:
            begun, self._begun = self._begun, True
        if begun:
            for _ in self._threads:
                self._queue.put(None)
            for thread in self._threads:
                thread.join()

    def _work(self, number: int) -> None:
        """Answer calls in a child of this thread's own until the end."""
        child = self._start(number)
        child.wait_until_tried()
        with self._lock:
            if not self.tried.done():
                self.tried.set_result(None)
        while (waiting := self._queue.get()) is not None:
            if self._drop_given_up(waiting):
                continue
            outcome = self._answer(number, waiting.call)
            with self._lock:
                del self._waiting[waiting.call]
            waiting.end(outcome)
        self._children[number].end()

    def _drop_given_up(self, waiting: _Waiting) -> bool:
        """Forget a call that nobody waits for any more; return whether it is one."""
        with self._lock:
            if waiting.is_given_up:
                del self._waiting[waiting.call]
            return waiting.is_given_up

    def _answer(self, number: int, call: Call) -> Outcome:
        """Answer a call in the child of a thread, or in the one that takes its place."""
        for _ in range(ATTEMPTS):
            child = self._children[number]
            try:
                return child.answer(call)
            except _LOST:
                child.end()
                log.warning("A process that reads ended (%s) and is replaced.", child.code)
                with contextlib.suppress(OSError):  # the next call tries again
                    self._start(number)
        return Outcome(
            ReaderLost(
                "The processes that read this question ended, perhaps for want of memory; ask "
                "again, or start the chat with fewer --processes."
            ),
            is_error=True,
        )

    def _start(self, number: int) -> "_Child":
        child = _Child(self._open_system, self._cores)
        with self._lock:
            self._children[number] = child
        return child


def _cores() -> int:
    """Return how many cores this process may use."""
    has_affinity = hasattr(os, "sched_getaffinity")
    return len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1


class _Child:
    """A process that answers calls, each model on `threads` threads."""

    def __init__(self, open_system: "Callable[[], System]", threads: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "inquote.app.service.reader_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={THREADS: str(threads), **os.environ},
            process_group=0,  # Ctrl-C is for the parent, which lets it finish
        )
        self.id = self._process.pid
        self._has_tried = False
        with contextlib.suppress(*_LOST):  # the first call finds out
            self._send(open_system)

    @property
    def runs(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    @property
    def code(self) -> int | None:
        """The exit code, or the negative number of the signal that ended it."""
        return self._process.returncode

    def answer(self, call: Call) -> Outcome:
        """Answer a call; raise one of `_LOST` where the process ends before it has."""
        self._send(call)
        self.wait_until_tried()
        return self._receive()

    def wait_until_tried(self) -> None:
        """Wait until the process has tried to open its System, or has ended."""
        if not self._has_tried:
            with contextlib.suppress(*_LOST):
                self._receive()
            self._has_tried = True

    def end(self) -> None:
        """End the process."""
        end(self._process)

    def _send(self, value: object) -> None:
        assert self._process.stdin is not None
        send(self._process.stdin, {}, pickle.dumps(value))

    def _receive(self) -> Outcome:
        assert self._process.stdout is not None
        _, content = receive(self._process.stdout)
        outcome: Outcome = pickle.loads(content)
        return outcome
