"""Kill writers of a shared library and look what is left: `python tests/shared_kills.py 200 [s3]`.

Each writer, a process of its own, is killed at one of its steps. Each time the library must be as
before or as after, and whole. It lies in a folder, or on an S3 server that is started for it.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from inquote.index.stores.base import Store
from inquote.index.stores.registry import open_store
from object_store import environment, new_location, object_store
from places import ROOT
from store_writing import write

STEPS = 20  # of a write; a writer that is to be killed later ends well
TEXTS = {"zoo/otters.md": "An otter weighs 12 kilograms.", "zoo.md": "A newt regrows its tail."}
WRITER = """
import sys
sys.path.insert(0, {tests!r})
from store_writing import write
from inquote.index.stores.registry import open_store
store = open_store({location!r}, must_exist=False)
write(store, {texts!r}, removed=["zoo.md"])
"""


def run_writer(location: str, texts: dict[str, str], **environment: str) -> int:
    """Write in a process of its own; its exit status."""
    code = WRITER.format(tests=str(ROOT / "tests"), location=location, texts=texts)
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env={**os.environ, **environment}).returncode


def texts_of(store: Store) -> dict[str, str]:
    with store.snapshot() as snapshot:
        return {document.id: document.text for document in snapshot.documents()}


def kill_writers(location: str, trials: int) -> int:
    """Kill writers one after the other; how many of them had committed before."""
    store = open_store(location, must_exist=False)
    write(store, TEXTS)
    expected, committed = TEXTS, 0
    for number in range(trials):
        texts = {"zoo/newt.md": f"Newt number {number}."}
        after = {id: text for id, text in {**expected, **texts}.items() if id != "zoo.md"}
        status = run_writer(location, texts, INQUOTE_FAULT=f"exit:{number % STEPS + 1}")
        assert status in (0, 137), status
        seen = texts_of(store)
        assert seen in (expected, after), (number, seen)
        assert status == 137 or seen == after
        committed += seen == after
        expected = seen
        assert store.verify() == []
    write(store, {"zoo.md": "A newt swims."})
    assert texts_of(store) == {**expected, "zoo.md": "A newt swims."}
    return committed


def main(trials: int, on_s3: bool) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        location = f"file://{folder}/library"
        if on_s3:
            endpoint = stack.enter_context(object_store(Path(folder) / "s3.log"))
            os.environ.update(environment(endpoint))
            location = new_location()
        committed = kill_writers(location, trials)
    print(f"{trials} writers killed, {committed} after their commit: each time before or after")


if __name__ == "__main__":
    main(int(sys.argv[1]), "s3" in sys.argv[2:])
