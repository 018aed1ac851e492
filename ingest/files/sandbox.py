"""Parsers of formats that can be made to lead them astray, each in a child process with limits.

A child parses one file after the other, so that its start is paid once; a file that takes too long, too much memory or
brings it down costs that child alone. `ingest/child.py` is what runs there.
"""

import contextlib
import json
import math
import struct
import subprocess
import sys
import threading
from typing import IO, Any

from inquote.ingest.documents import Section
from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Parsed

SECONDS = 18  # of a file, on the clock
LENGTHS = struct.Struct(">II")  # of the header and of the content that follow


class Sandbox:
    """Children that parse, one a thread that asks. Use it as a context: the children end with it."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._local = threading.local()
        self._children: list[subprocess.Popen[bytes]] = []
        self._guard = threading.Lock()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        with self._guard:
            for child in self._children:
                _end(child)
            self._children.clear()

    def parse(self, kind: str, content: bytes, encoding: str | None = None) -> Parsed:
        """Parse the bytes of a file of a `kind`; raises `FileSkipped` with the reason where that cannot be."""
        child = self._child()
        overdue = threading.Event()

        def stop() -> None:
            overdue.set()
            child.kill()

        clock = threading.Timer(self.seconds, stop)
        clock.start()
        try:
            assert child.stdin is not None and child.stdout is not None
            send(
                child.stdin,
                {"kind": kind, "encoding": encoding, "seconds": math.ceil(self.seconds)},
                content,
            )
            answer, text = receive(child.stdout)
        except (OSError, EOFError, ValueError, struct.error) as error:
            self._drop(child)
            if overdue.is_set():
                raise FileSkipped(
                    f"it takes longer than {self.seconds:g} seconds to read"
                ) from error
            raise FileSkipped("reading it takes more memory or time than is allowed") from error
        finally:
            clock.cancel()
            clock.join()
        if overdue.is_set():  # in the moment after the answer
            self._drop(child)
        if "skipped" in answer:
            raise FileSkipped(answer["skipped"])
        sections = tuple(Section(**section) for section in answer["sections"])
        asides = tuple((start, end) for start, end in answer["asides"])
        answer |= {
            "text": text.decode(),
            "sections": sections,
            "pages": tuple(answer["pages"]),
            "asides": asides,
        }
        return Parsed(**answer)

    def _drop(self, child: subprocess.Popen[bytes]) -> None:
        """End this thread's child, so that the next file gets a new one."""
        _end(child)
        self._local.child = None
        with self._guard:
            self._children.remove(child)

    def _child(self) -> subprocess.Popen[bytes]:
        """This thread's child, a new one where it has none that lives."""
        child: subprocess.Popen[bytes] | None = getattr(self._local, "child", None)
        if child is None or child.poll() is not None:
            child = subprocess.Popen(
                [sys.executable, "-P", "-m", "inquote.ingest.files.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._local.child = child
            with self._guard:
                self._children.append(child)
        return child


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):  # what was written to a child that is gone
                stream.close()


def send(stream: IO[bytes], header: dict[str, Any], content: bytes = b"") -> None:
    """Write one message: both lengths, the header as JSON, the content."""
    written = json.dumps(header).encode()
    stream.write(LENGTHS.pack(len(written), len(content)) + written + content)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Read one message; raises `EOFError` where the other side has ended."""
    lengths = _read(stream, LENGTHS.size)
    header, content = (_read(stream, length) for length in LENGTHS.unpack(lengths))
    return json.loads(header), content


def _read(stream: IO[bytes], length: int) -> bytes:
    found = stream.read(length)
    if len(found) < length:
        raise EOFError("the other side has ended")
    return found
