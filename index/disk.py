"""Make writes last, let a test cut an ingest short, and measure what lies in a folder.

`step` is called before each write, sync, rename and commit. `INQUOTE_FAULT=exit:7` ends the process
at the seventh of its calls, as `kill -9` would; `INQUOTE_FAULT=full:7` makes it fail as a full disk
does. Without the variable nothing happens.
"""

import contextlib
import errno
import os
from pathlib import Path

_at = 0


def step() -> None:
    """Raise `OSError` or end the process where a test says so, before a write."""
    fault = os.environ.get("INQUOTE_FAULT")
    if fault is None:
        return
    global _at
    _at += 1
    kind, _, number = fault.partition(":")
    if int(number) == _at:
        if kind == "exit":
            os._exit(137)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def bytes_below(folder: Path) -> int:
    """Return the bytes of all files below a folder, of which some may vanish meanwhile."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(place, name).lstat().st_size
    return total


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, would outlast a power cut."""
    step()
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
