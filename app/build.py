"""Construct everything in one place: a library's location to a system that answers."""

import contextlib
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from inquote.app.answering.answerer import Answerer
from inquote.app.answering.confidence import UNFITTED, Calibration
from inquote.app.feedback_calibration import with_feedback
from inquote.app.reader.base import Reader
from inquote.app.reader.later import LaterReader
from inquote.app.reader.registry import open_reader
from inquote.app.reader.sentence import SentenceReader
from inquote.app.reader.weights import NAME
from inquote.app.system import System
from inquote.index.models.embedder import PACKAGED, Embedder, SentenceTransformerEmbedder
from inquote.index.retrieval.search import Search
from inquote.index.stores.base import Store
from inquote.index.stores.recipe import check_recipe
from inquote.index.stores.registry import open_store
from inquote.ingest.errors import LibraryMissing

_CALIBRATIONS = Path(__file__).parent / "reader"
OWN_READERS = (None, "span", "sentence")  # None is the one that ships: span


def open_system(
    location: str | Path,
    *,
    reader: str | None = None,
    embedder: str | None = None,
    journal: bool = False,
    load: bool = True,
) -> System:
    """Open a system over a library; with `journal` it keeps what is asked.

    Its models are loaded, or else, without `load`, with the first question that is put to it.
    Raises `LibraryMissing` where there is none, `LibraryMismatch` where another embedder made it,
    `ModelError` where a model cannot be loaded.
    """
    store = open_store(location)
    try:
        encoder = SentenceTransformerEmbedder(embedder or PACKAGED)
        with _importing("torch") if load else contextlib.nullcontext():
            _check(store, encoder)  # which hashes the model's files
        answerer = make_answerer(reader, encoder, load)
        answerer.calibration = with_feedback(
            answerer.calibration, answerer.reader.name, store.journal
        )
        kept_journal = store.journal if journal else None
        system = System(store, Search(encoder), answerer, kept_journal)
        if load:
            system.warm_up()
    except BaseException:
        store.close()
        raise
    return system


def _check(store: Store, embedder: Embedder) -> None:
    """Raise an error that says what to do where a library is empty or of another embedder."""
    with store.snapshot() as snapshot:
        recipe = snapshot.recipe
    if recipe is None:
        raise LibraryMissing(
            f"The library at {store.location} is empty; fill it with: inquote ingest PATH..."
        )
    check_recipe(recipe, embedder)


@contextlib.contextmanager
def _importing(name: str) -> Iterator[None]:
    """Import a module beside what is done here; both take long in a process that just began."""
    importing = threading.Thread(target=import_module, args=(name,))
    importing.start()
    try:
        yield
    finally:
        importing.join()


def make_answerer(reader: str | None, embedder: Embedder, load: bool = True) -> Answerer:
    """Return the reader called `reader` with its calibration; a foreign one is not calibrated.

    Without `load`, the one that ships is loaded with the first passage.
    """
    is_later = not load and reader in (None, NAME)
    passage_reader = LaterReader() if is_later else make_reader(reader, embedder)
    if reader not in OWN_READERS:
        return Answerer(passage_reader, UNFITTED)
    file = _CALIBRATIONS / f"calibration-{passage_reader.name}.json"
    return Answerer(passage_reader, Calibration.load(file))


def make_reader(reader: str | None, embedder: Embedder) -> Reader:
    """Return the reader "sentence" or "span", or a local model by name or path; None is span."""
    if reader == "sentence":
        return SentenceReader(embedder)
    return open_reader(reader)
