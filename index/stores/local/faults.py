"""Let a test cut an ingest short: `step` is called before each write, sync, rename and commit.

`INQUOTE_FAULT=exit:7` ends the process at the seventh of its calls, as a power cut would;
`INQUOTE_FAULT=full:7` makes it fail as a full disk does. Without the variable nothing happens.
"""

import errno
import os

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
