"""Draw pages of untrusted files in a child process with limits.

The child is kept, with the files that it drew from last open, so that a page takes as long as it
takes to draw. A page that takes too long or too much memory ends the child and nothing else. The
program of the child is `inquote.ingest.files.draw_child`.
"""

import struct
import subprocess
import threading
from pathlib import Path

from inquote.ingest.errors import InquoteError
from inquote.ingest.files.draw import Drawn
from inquote.ingest.files.processes import end, receive, send, start

SECONDS = 10  # that a page may take of a processor
PATIENCE = 3  # times as long by the clock
PAGES_A_CHILD = 1_000  # after which a new one takes over, for memory is never wholly returned


class PageNotDrawn(InquoteError):
    """A page cannot be drawn; its text can be read."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"Page {number} cannot be drawn: {reason}. Its text is there.")


class Renderer:
    """One child process that draws a page at a time; safe to use from many threads."""

    def __init__(self, seconds: int = SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()  # guards what follows
        self._child: subprocess.Popen[bytes] | None = None
        self._drawn = 0  # pages, by this child

    def warm_up(self) -> None:
        """Start the child, so that the first page need not wait for it."""
        with self._lock:
            self._ready_child()

    def draw(self, file: Path, number: int, width: int) -> Drawn:
        """Draw a page, counted from 1, about `width` dots wide; raise `PageNotDrawn`."""
        request = {"file": str(file), "page": number, "width": width, "seconds": self._seconds}
        with self._lock:
            child = self._ready_child()
            # Wait for the page, or until the clock ends the child.
            clock = threading.Timer(PATIENCE * self._seconds, child.kill)
            clock.start()
            try:
                assert child.stdin is not None and child.stdout is not None
                send(child.stdin, request)
                reply, content = receive(child.stdout)
            except (OSError, EOFError, ValueError, struct.error) as error:
                self._drop()
                reason = "drawing it takes more time or memory than is allowed"
                raise PageNotDrawn(number, reason) from error
            finally:
                clock.cancel()
                clock.join()
            self._drawn += 1
        if "reason" in reply:
            raise PageNotDrawn(number, reply["reason"])
        return Drawn(reply["media_type"], content)

    def close(self) -> None:
        """End the child; a page that is being drawn is finished first."""
        with self._lock:
            self._drop()

    def _ready_child(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._drawn >= PAGES_A_CHILD:
            self._drop()
        if self._child is None or self._child.poll() is not None:
            self._drop()
            self._child = start("inquote.ingest.files.draw_child")
            self._drawn = 0
        return self._child

    def _drop(self) -> None:
        if self._child is not None:
            end(self._child)
            self._child = None
