"""Kill ingests and look what is left: `python tests/crash.py [TRIALS [SEED [STEPS]]]`, STEPS 0 for
kills only.

An ingest of changed texts, and a first one, is ended at each of its steps, fails at each as on a
full disk, and is killed TRIALS times at random; so are a removal, its undo and an upload, half as
often each. Each time the library must answer as before or as
after, after if the ingest had ended well; and the next ingest must bring it to the same end, sweep
what was left over and embed nothing that is there.
"""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from changes import CHANGES, Change, look, run_ingest, write_texts

from inquote.ingest.errors import InquoteError


def in_child(work: Callable[[], Any], kill_after: float | None = None) -> tuple[int, Any]:
    """Run `work` in a forked process; its exit status and what it returned, by way of JSON."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            with os.fdopen(writing, "w") as out:
                out.write(json.dumps(work()))
            status = 0
        except InquoteError as error:
            print(error, file=sys.stderr)
            status = 2
        finally:
            os._exit(status)
    os.close(writing)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading) as told:
        said = told.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, json.loads(said) if status == 0 else None


class Trials:
    """A library before and after an ingest, to be cut short in many ways; `first`: before it there
    is none."""

    def __init__(self, folder: Path, first: bool) -> None:
        self.texts, self.base, self.library = folder / "texts", folder / "base", folder / "library"
        write_texts(self.texts, changed=False)
        if not first:
            in_child(lambda: run_ingest(self.base, self.texts))
        self.before = in_child(lambda: look(self.base))[1]
        write_texts(self.texts, changed=True)
        self.reset()
        began = time.monotonic()
        self.to_embed = in_child(lambda: run_ingest(self.library, self.texts))[1]
        self.seconds = time.monotonic() - began
        self.after = in_child(lambda: look(self.library))[1]
        assert self.before["digest"] != self.after["digest"]
        assert self.before["problems"] == self.after["problems"] == []

    def reset(self) -> None:
        """The library as before the ingest."""
        shutil.rmtree(self.library, ignore_errors=True)
        if self.base.exists():
            shutil.copytree(self.base, self.library)

    def trial(self, *, fault: str = "", kill_after: float | None = None) -> int:
        """One ingest that is cut short; gives its exit status."""
        self.reset()

        def cut_short() -> int:
            os.environ["INQUOTE_FAULT"] = fault or "none:0"
            return run_ingest(self.library, self.texts)

        status, _ = in_child(cut_short, kill_after)
        assert status in (0, 2, 137, -signal.SIGKILL), f"an ingest ended with {status}"
        _, found = in_child(lambda: look(self.library))
        assert found is not None, "the library cannot be read"
        assert found["problems"] == [], found["problems"]
        expected = [self.after] if status == 0 else [self.before, self.after]
        assert found["digest"] in [state["digest"] for state in expected], (
            f"neither before nor after ({status})"
        )
        embedded = in_child(lambda: run_ingest(self.library, self.texts))[1]
        kept = (
            self.to_embed
            if found["digest"] == self.after["digest"]
            else found["stored"] - self.before["stored"]
        )
        assert embedded == self.to_embed - kept, (
            f"{embedded} embedded, {kept} of {self.to_embed} were there"
        )
        assert in_child(lambda: run_ingest(self.library, self.texts)) == (0, 0)
        _, last = in_child(lambda: look(self.library))
        assert last == self.after, (last, self.after)
        return status


def every_step(trials: Trials, kind: str) -> int:
    """Cut an ingest short at each of its steps; gives how many there are."""
    number = 1
    while trials.trial(fault=f"{kind}:{number}") != 0:
        number += 1
    return number - 1


def kills(trials: Trials, count: int, seed: int) -> int:
    """Kill `count` ingests at random times; gives how many of them before their end."""
    rng, cut = random.Random(seed), 0
    for number in range(1, count + 1):
        cut += trials.trial(kill_after=rng.uniform(0, 1.3 * trials.seconds)) != 0
        if number % 50 == 0:
            print(f"kill -9: {number} of {count}, {cut} before the end", flush=True)
    return cut


class ChangeTrials:
    """A library before and after a change, to be killed at random times."""

    def __init__(self, folder: Path, change: Change) -> None:
        self.change, self.texts = change, folder / "texts"
        self.base, self.library = folder / "base", folder / "library"
        in_child(lambda: change.prepare(self.base, self.texts))
        self.before = in_child(lambda: look(self.base))[1]
        shutil.copytree(self.base, self.library)
        began = time.monotonic()
        assert in_child(lambda: change.run(self.library, self.texts))[0] == 0
        self.seconds = time.monotonic() - began
        self.after = in_child(lambda: look(self.library))[1]
        assert self.before["digest"] != self.after["digest"]

    def kill(self, kill_after: float) -> bool:
        """One change that is killed; whether that was before its end."""
        shutil.rmtree(self.library)
        shutil.copytree(self.base, self.library)
        status, _ = in_child(lambda: self.change.run(self.library, self.texts), kill_after)
        _, seen = in_child(lambda: look(self.library))
        assert seen is not None, "the library cannot be read"
        assert seen["problems"] == [], seen["problems"]
        self.change.check(self.library, status == 0)
        expected = [self.after] if status == 0 else [self.before, self.after]
        assert seen["digest"] in [state["digest"] for state in expected], f"neither ({status})"
        if seen["digest"] == self.before["digest"]:
            assert in_child(lambda: self.change.run(self.library, self.texts))[0] == 0
            assert in_child(lambda: look(self.library))[1]["digest"] == self.after["digest"]
        return status != 0


def main(count: int = 20, seed: int = 0, steps: int = 1) -> None:
    """Run all trials, those at every step only with `steps`; an assertion tells of the first that
    goes wrong."""
    for first in (True, False):
        what = "a first ingest" if first else "an ingest of changed texts"
        with tempfile.TemporaryDirectory() as folder:
            trials = Trials(Path(folder), first)
            if steps:
                for kind in ("exit", "full"):
                    print(f"{what}, {kind}: {every_step(trials, kind)} steps", flush=True)
            cut = kills(trials, (count + first) // 2, seed)
            print(
                f"{what}, kill -9: {(count + first) // 2} times, {cut} before the end; before or "
                f"after each time"
            )
    for what in ("a removal", "an undo", "an upload"):
        rng, cut = random.Random(seed), 0
        with tempfile.TemporaryDirectory() as folder:
            changing = ChangeTrials(Path(folder), CHANGES[what])
            for _ in range(count // 2):
                cut += changing.kill(rng.uniform(0, 1.3 * changing.seconds))
        print(f"{what}, kill -9: {count // 2} times, {cut} before the end; before or after")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
