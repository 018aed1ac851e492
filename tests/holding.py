"""A process that holds the lock of a library; of its own, so that it can be started anew."""

import multiprocessing
from pathlib import Path


def hold_the_lock(library: Path, ready: "multiprocessing.synchronize.Event") -> None:
    from inquote.index.stores.local.lock import write_lock

    with write_lock(library):
        ready.set()
        multiprocessing.Event().wait(30)
