"""Small libraries for the tests."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault(
    "OMP_NUM_THREADS", "1"
)  # tiny models gain nothing from more, and on busy cores threads wait

from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.system import System
from inquote.index.retrieval.search import Search
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from object_store import environment, object_store

# A machine that does other things as well is slow, and nothing is wrong with the tests.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the few files at the top first: each takes long, and processes are to end together."""
    items.sort(key=lambda item: item.path.parent != Path(__file__).parent)


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


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an S3 server on loopback with an empty bucket."""
    with object_store(tmp_path_factory.mktemp("s3") / "log") as endpoint:
        yield endpoint


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the S3 server, which this process finds by its environment."""
    for name, value in environment(s3_server).items():
        monkeypatch.setenv(name, value)
    return s3_server
