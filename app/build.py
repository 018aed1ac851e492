"""The one place where everything is constructed: a library's folder to a system that answers."""

import contextlib
from pathlib import Path

from inquote.app.answering.answer import Answerer
from inquote.app.answering.confidence import UNFITTED, Calibration
from inquote.app.reader.base import Reader
from inquote.app.reader.sentence import SentenceReader
from inquote.app.system import System
from inquote.index.models.embedder import PACKAGED, Embedder, SentenceTransformerEmbedder
from inquote.index.progress import Progress, silent
from inquote.index.retrieval.search import Search
from inquote.index.stores.journal import Journal
from inquote.index.stores.local.library import Library
from inquote.index.stores.recipe import check_recipe
from inquote.ingest.errors import InquoteError, LibraryMismatch, LibraryMissing

_CALIBRATIONS = Path(__file__).parent / "reader"
OWN_READERS = (None, "span", "sentence")  # None is the one that ships: span


def open_system(
    path: Path, *, reader: str | None = None, embedder: str | None = None, journal: bool = False
) -> System:
    """A system over the library at `path`, its models loaded; with a `journal` it keeps what is asked.

    Raises `LibraryMissing` where there is none, `LibraryMismatch` where another embedder made it, `ModelError` where
    a model cannot be loaded.
    """
    library = Library.open(path)
    encoder = SentenceTransformerEmbedder(embedder or PACKAGED)
    with library.snapshot() as snapshot:
        recipe = snapshot.recipe
    if recipe is None:
        raise LibraryMissing(
            f"The library at {path} is empty; fill it with: inquote ingest PATH..."
        )
    try:
        check_recipe(recipe, encoder)
    except LibraryMismatch:
        library.close()
        raise
    system = System(
        library, Search(encoder), make_answerer(reader, encoder), Journal(path) if journal else None
    )
    system.warm_up()
    return system


def find_suggestions(path: Path, embedder: Embedder, progress: Progress = silent) -> None:
    """Find the questions to suggest right after an ingest, so that a chat has them at once.

    That the reader is not at hand, say, is no failure of the ingest; a chat then finds them by itself.
    """
    with (
        contextlib.suppress(InquoteError, OSError),
        contextlib.closing(Library.open(path)) as library,
    ):
        System(library, Search(embedder), make_answerer(None, embedder)).suggestions(
            progress=progress
        )


def make_answerer(reader: str | None, embedder: Embedder) -> Answerer:
    """The reader called `reader` with its calibration; one that was not made here is not calibrated."""
    chosen = make_reader(reader, embedder)
    if reader not in OWN_READERS:
        return Answerer(chosen, UNFITTED)
    return Answerer(chosen, Calibration.load(_CALIBRATIONS / f"calibration-{chosen.name}.json"))


def make_reader(reader: str | None, embedder: Embedder) -> Reader:
    """The reader called `reader`: "sentence", "span", a local model's name or path; None is the one that ships."""
    if reader == "sentence":
        return SentenceReader(embedder)
    from inquote.app.reader.registry import open_reader

    return open_reader(reader)
