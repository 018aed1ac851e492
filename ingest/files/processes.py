"""Talk to a child process over its standard input and output, and limit one.

It imports no format, for a child that only draws need not wait for them.
"""

import contextlib
import json
import resource
import struct
import subprocess
import sys
from typing import IO, Any

LENGTHS = struct.Struct(">II")  # of the header and of the content that follow


def start(module: str) -> subprocess.Popen[bytes]:
    """Start a child that runs a module of this package."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def end(child: subprocess.Popen[bytes]) -> None:
    """End a child and close the pipes to it."""
    child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):  # closing writes what a dead child did not take
                stream.close()


def send(stream: IO[bytes], header: dict[str, Any], content: bytes = b"") -> None:
    """Write one message: both lengths, the header as JSON, the content."""
    encoded = json.dumps(header).encode()
    stream.write(LENGTHS.pack(len(encoded), len(content)) + encoded + content)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Read one message, or raise `EOFError` where the other side has ended."""
    header_length, content_length = LENGTHS.unpack(_read_exactly(stream, LENGTHS.size))
    header = _read_exactly(stream, header_length)
    content = _read_exactly(stream, content_length)
    return json.loads(header), content


def limit_own(resource_id: int, limit: int) -> None:
    """Set the soft limit of a resource, not above the hard limit that this process has."""
    hard = resource.getrlimit(resource_id)[1]
    soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource_id, (soft, hard))


def limit_own_seconds(seconds: int) -> None:
    """Let this process use so many more seconds of a processor, earlier work not counted."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit_own(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)


def _read_exactly(stream: IO[bytes], length: int) -> bytes:
    content = stream.read(length)
    if len(content) < length:
        raise EOFError("the other side has ended")
    return content
