"""A small library behind a server that may be changed, for tests that ask its endpoints."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.service.jobs import LibraryJobs
from inquote.app.service.service import Service
from inquote.app.system import System
from inquote.index.retrieval.search import Search
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from serving import served

TEXTS = {
    "otters.md": "# Otters\n\nAn otter weighs 12 kilograms. Otters sleep afloat.\n",
    "owls.md": "# Owls\n\nAn owl turns its head by 270 degrees. Owls hunt at night.\n",
    "table.md": "# Sizes\n\n| animal | metres |\n|---|---|\n| otter | 1.2 |\n| owl | 0.5 |\n",
}


def make_library(folder: Path) -> Path:
    """Ingest the texts below a folder; gives where the library is."""
    zoo = folder / "zoo"
    zoo.mkdir()
    for name, text in TEXTS.items():
        (zoo / name).write_text(text, "utf-8")
    ingest(LocalStore(folder / "library"), [zoo], FakeEmbedder())
    return folder / "library"


def open_fakes(library: Path) -> System:
    """Open a library with the models' fakes."""
    answerer = Answerer(FakeReader(), PLAIN_CALIBRATION)
    return System(LocalStore(library), Search(FakeEmbedder()), answerer)


@contextmanager
def served_library(library: Path, writable: bool = True) -> Iterator[str]:
    """Serve a library and give the server's address."""
    embedder = FakeEmbedder()

    def make_jobs(service: Service) -> LibraryJobs:
        return LibraryJobs(service, library, lambda: embedder)

    with served(lambda: open_fakes(library), make_jobs if writable else None) as address:
        yield address
