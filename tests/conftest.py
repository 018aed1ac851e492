"""Small libraries for the tests."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ.setdefault(
    "OMP_NUM_THREADS", "1"
)  # tiny models gain nothing from more, and on busy cores threads wait

from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.system import System
from inquote.index.retrieval.search import Search
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Where a library is to be made."""
    return tmp_path / "library"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Three documents about animals in a folder called `zoo`."""
    folder = tmp_path / "zoo"
    folder.mkdir()
    (folder / "otters.md").write_text(
        "# Otters\n\nAn otter weighs 12 kilograms. Otters sleep afloat.\n", "utf-8"
    )
    (folder / "owls.md").write_text(
        "# Owls\n\nAn owl turns its head by 270 degrees. Owls hunt at night.\n", "utf-8"
    )
    (folder / "newts.txt").write_text("A newt regrows its tail. Newts live in ponds.\n", "utf-8")
    return folder


@pytest.fixture
def make_system(tmp_path: Path, embedder: FakeEmbedder) -> Callable[..., System]:
    """Ingest paths into a library and open it with the fakes."""

    def make(*paths: Path, library: Path = tmp_path / "library") -> System:
        ingest(LocalStore(library), paths, embedder)
        return System(
            LocalStore(library), Search(embedder), Answerer(FakeReader(), PLAIN_CALIBRATION)
        )

    return make
