"""Answer one call after the other from standard input: the program of a process that reads.

The first message holds the function that opens the System, each later one a `Call`. They are
pickled, for both sides are one program. The process ends as soon as its parent does.
"""

import logging
import os
import pickle
import sys
import threading
import traceback
from collections.abc import Callable
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING

from inquote.app.service.calls import Call, Outcome, ReadingFailed
from inquote.index.models.allocator import share_heap
from inquote.ingest.errors import InquoteError
from inquote.ingest.files.processes import receive, send

if TYPE_CHECKING:
    from inquote.app.system import System


def main() -> None:
    """Answer calls until the parent closes its end."""
    share_heap()
    logging.basicConfig(level=logging.WARNING)
    replies, messages = _take_output(), SimpleQueue[bytes]()
    threading.Thread(target=_listen, args=(messages,), daemon=True).start()
    reading = _Reading(pickle.loads(messages.get()))
    # Say that the library was tried; a call says why it cannot be opened.
    _send(replies, reading.answer(None))
    while True:
        _send(replies, reading.answer(pickle.loads(messages.get())))


class _Reading:
    """Answers calls from a System, which each call tries to open until one can."""

    def __init__(self, open_system: "Callable[[], System]") -> None:
        self._open_system = open_system
        self._system: System | None = None

    def answer(self, call: Call | None) -> Outcome:
        """Return the outcome of a call; None opens the System alone."""
        try:
            self._system = self._system or self._open_system()
            return Outcome(call.on(self._system) if call else None)
        except InquoteError as error:
            return Outcome(error, is_error=True)
        except Exception:
            return Outcome(ReadingFailed(traceback.format_exc()), is_error=True)


def _take_output() -> IO[bytes]:
    """Keep standard output for replies; what else is printed goes to standard error."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return replies


def _send(replies: IO[bytes], outcome: Outcome) -> None:
    send(replies, {}, pickle.dumps(outcome))


def _listen(messages: "SimpleQueue[bytes]") -> None:
    """Take messages in; where the parent has ended, end this process, whatever it does."""
    while True:
        try:
            _, content = receive(sys.stdin.buffer)
        except (OSError, EOFError):
            os._exit(0)
        messages.put(content)


if __name__ == "__main__":
    main()
