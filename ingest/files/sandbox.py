"""Run parsers of untrusted formats in child processes with limits.

A child parses one file after the other, so that its start is paid once. A file that takes too long
or too much memory, or brings its parser down, ends that child and nothing else. The program of a
child is `inquote.ingest.files.child`.
"""

import math
import signal
import struct
import subprocess
import threading
from typing import Any

from inquote.ingest.documents import Block, Hidden, Page
from inquote.ingest.errors import FileSkipped, OnlyPictures
from inquote.ingest.files.processes import end, receive, send, start
from inquote.ingest.formats.base import Parsed
from inquote.ingest.formats.registry import find_format

SECONDS = 18  # that a file may take of a processor, and more by its size
SECONDS_A_MEGABYTE = 10
MOST_SECONDS = 180
PATIENCE = 10  # times as long by the clock, for many files may be read at once


class Sandbox:
    """Child processes that parse files, one for each thread that uses them.

    Use it as a context; the children end with it.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._local = threading.local()  # its `child` is the calling thread's
        self._children: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()  # guards `_children`

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            for child in self._children:
                end(child)
            self._children.clear()

    def parse(self, format_name: str, content: bytes, encoding: str | None = None) -> Parsed:
        """Parse the bytes of a file in this thread's child.

        Raises `FileSkipped` with the reason where the file cannot be parsed within the limits.
        """
        format = find_format(format_name)
        seconds = self._allowed(len(content)) * format.patience
        child = self._child(format.memory)
        overdue = threading.Event()

        def stop() -> None:
            overdue.set()
            child.kill()

        # Send the file and wait for the reply, which ends early if the clock kills the child.
        clock = threading.Timer(PATIENCE * seconds, stop)
        clock.start()
        request = {
            "format": format_name,
            "encoding": encoding,
            "seconds": math.ceil(seconds),
        }
        try:
            assert child.stdin is not None and child.stdout is not None
            send(child.stdin, request, content)
            reply, content = receive(child.stdout)
        except (OSError, EOFError, ValueError, struct.error) as error:
            self._drop(child)
            reason = "reading it takes more memory or time than is allowed"
            if overdue.is_set() or child.returncode == -signal.SIGXCPU:
                reason = f"it takes longer than {seconds:g} seconds to read"
            raise FileSkipped(reason) from error
        finally:
            clock.cancel()
            clock.join()
        if overdue.is_set():  # the clock rang just after the reply
            self._drop(child)
        if "skipped" in reply:
            skipped = OnlyPictures if "only_pictures" in reply else FileSkipped
            raise skipped(reply["skipped"])
        return parsed_from(reply, content)

    def _allowed(self, size: int) -> float:
        """Return the seconds that a file of a size may take."""
        grown = self.seconds * (1 + SECONDS_A_MEGABYTE / SECONDS * size / 1_000_000)
        return round(max(self.seconds, min(MOST_SECONDS, grown)), 3)

    def _drop(self, child: subprocess.Popen[bytes]) -> None:
        """End this thread's child, so that the next file gets a new one."""
        end(child)
        self._local.child = None
        with self._lock:
            self._children.remove(child)

    def _child(self, memory: int) -> subprocess.Popen[bytes]:
        """Return this thread's child, and start one if none is alive.

        A child that may have taken more than this much memory for another format is ended first.
        """
        child: subprocess.Popen[bytes] | None = getattr(self._local, "child", None)
        if child is not None and self._local.memory > memory:
            self._drop(child)
            child = None
        self._local.memory = memory
        if child is None or child.poll() is not None:
            child = start("inquote.ingest.files.child")
            self._local.child = child
            with self._lock:
                self._children.append(child)
        return child


def message_of(parsed: Parsed) -> tuple[dict[str, Any], bytes]:
    """Return a parsed file as a message: a header, and its text with the boxes of its pages."""
    text = parsed.text.encode()
    header = {
        "text": len(text),
        "title": parsed.title,
        "source": parsed.source,
        "warning": parsed.warning,
        "blocks": parsed.blocks,
        "pages": [
            (page.number, page.start, page.end, page.label, page.width, page.height)
            for page in parsed.pages
        ],
        "lines": [len(page.lines) for page in parsed.pages],
        "asides": parsed.asides,
        "hidden": [(hidden.start, hidden.end, hidden.reason) for hidden in parsed.hidden],
        "recognised": parsed.recognised,
    }
    return header, text + b"".join(page.lines for page in parsed.pages)


def parsed_from(header: dict[str, Any], content: bytes) -> Parsed:
    """Return the parsed file that a message describes."""
    pages = []
    start = header["text"]
    for page, length in zip(header["pages"], header["lines"], strict=True):
        number, first, last, label, width, height = page
        lines = content[start : start + length]
        pages.append(Page(number, first, last, label, width, height, lines))
        start += length
    return Parsed(
        content[: header["text"]].decode(),
        tuple(Block(*block) for block in header["blocks"]),
        header["title"],
        header["source"],
        tuple(pages),
        tuple((first, last) for first, last in header["asides"]),
        tuple(Hidden(*hidden) for hidden in header["hidden"]),
        header["warning"],
        tuple((first, last, score) for first, last, score in header["recognised"]),
    )
