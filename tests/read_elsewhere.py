"""Systems that child processes open by name: the fakes, and one that does what a question says."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from asked_endpoints import open_fakes
from fake_system import FakeSystem
from inquote.app.answering.answer import Answer
from inquote.app.service.readers import Readers
from inquote.app.system import System
from inquote.index.stores.registry import open_store
from places import ROOT

PATIENCE = 60.0  # seconds in which a busy machine does what it should


@dataclass
class ObedientSystem(FakeSystem):
    """Writes what it reads into `folder`/read, and dies or waits where a question says so."""

    folder: Path = Path()

    def ask(
        self, question: str, history: Sequence[str] = (), scope: Sequence[str] | None = None
    ) -> Answer:
        with (self.folder / "read").open("a", encoding="utf-8") as file:
            file.write(f"{question}\n")
        if "die" in question and (
            "always" in question or questions_read(self.folder) == [question]
        ):
            os._exit(9)
        if "wait" in question:
            wait_for(self.folder / "go")
        return super().ask(question, history, scope)


def open_obedient(folder: Path) -> ObedientSystem:
    """Open a system that does what a question says."""
    print("What is printed is no reply.")
    return ObedientSystem(folder=folder)


def open_there(library: Path) -> System:
    """Open a library with the models' fakes where there is one."""
    open_store(library).close()
    return open_fakes(library)


def obedient_readers(folder: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> Readers:
    """Make processes that do what a question says."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests"))
    return Readers(partial(open_obedient, folder), count)


def questions_read(folder: Path) -> list[str]:
    """Return the questions that were read, in the order of their reading."""
    file = folder / "read"
    return file.read_text("utf-8").splitlines() if file.exists() else []


def wait_for(file: Path) -> None:
    """Wait until a file is there."""
    end = time.monotonic() + PATIENCE
    while not file.exists():
        assert time.monotonic() < end, file
        time.sleep(0.01)


def is_running(process: int) -> bool:
    """Tell whether a process runs, and is not only waited for."""
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
