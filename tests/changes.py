"""Changes of a library that tests cut short, and what a library looks like after one."""

import hashlib
import io
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.service.jobs import LibraryJobs
from inquote.app.service.service import Service
from inquote.app.system import System
from inquote.index.retrieval.search import Search
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating import writer
from inquote.index.updating.ingest import ingest
from inquote.index.updating.removal import remove, restore
from inquote.ingest.errors import LibraryMissing

DOCUMENTS = 30
UPLOADED = 99  # the number of the animal that is uploaded
NOTHING: dict[str, Any] = {"digest": "nothing", "problems": [], "folders": [], "stored": 0}
# Of a text that goes, one that is removed, one that changes, one that comes and the uploaded one.
QUESTIONS = [f"What does animal {number} eat?" for number in (0, 3, 12, DOCUMENTS, UPLOADED)]


def write_texts(folder: Path, changed: bool) -> None:
    """Thirty texts; changed: some say other things, one is gone, one is new."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number in range(1 if changed else 0, DOCUMENTS + (1 if changed else 0)):
        meal = "fish" if changed and number % 4 == 0 else "crabs"
        (folder / f"{number:02d}.md").write_text(
            f"Animal {number} eats {meal}.\n\nIt sleeps {number} hours a day."
        )


def run_ingest(library: Path, texts: Path) -> int:
    """How many passages were embedded; the texts are stored in several batches."""
    writer.BATCH_CHARACTERS, writer.BATCH_PASSAGES = 500, 4
    return ingest(LocalStore(library), [texts], FakeEmbedder()).passages_embedded


def look(library: Path) -> dict[str, Any]:
    """A digest of what the library holds and answers, what is wrong with it, and how many
    embeddings it holds."""
    opened = LocalStore(library)
    try:
        opened.require()
    except LibraryMissing:
        return NOTHING
    stored = opened.database.connection().execute("SELECT count(*) FROM embeddings").fetchone()[0]
    with opened.snapshot() as snapshot:
        if not snapshot.generation:
            return {**NOTHING, "stored": stored}
        texts = sorted((document.id, document.text) for document in snapshot.documents())
    system = System(opened, Search(FakeEmbedder()), Answerer(FakeReader(), PLAIN_CALIBRATION))
    answers = [{**system.ask(question).as_json(), "elapsed_ms": 0} for question in QUESTIONS]
    digest = hashlib.sha256(json.dumps([texts, answers]).encode()).hexdigest()
    folders = sorted(path.name for path in opened.derived.iterdir())
    return {"digest": digest, "problems": opened.verify(), "folders": folders, "stored": stored}


def run_remove(library: Path, texts: Path) -> int:
    """Take a document out."""
    return remove(LocalStore(library), ["texts/03.md"], FakeEmbedder()).passages_embedded


def run_undo(library: Path, texts: Path) -> int:
    """Bring it back from the generation before."""
    store = LocalStore(library)
    with store.snapshot() as snapshot:
        before = snapshot.generation - 1
    return restore(store, ["texts/03.md"], before, FakeEmbedder()).passages_embedded


def uploaded(meal: str) -> bytes:
    """The content of the uploaded file."""
    return f"Animal {UPLOADED} eats {meal}.\n\nIt sleeps all day.".encode()


def check_upload(library: Path, ended: bool) -> None:
    """The uploaded file is the old one or the new one, whole; the new one after the end."""
    file = library / "uploads" / "mole.md"
    content = file.read_bytes() if file.exists() else b"absent"
    expected = {uploaded("worms")} if ended else {uploaded("worms"), uploaded("beetles"), b"absent"}
    assert content in expected, content


def run_upload(library: Path, texts: Path, meal: str = "worms") -> int:
    """Take in a file through the page's jobs; it replaces the one of the same name."""
    jobs = LibraryJobs(_service_of(library), library, FakeEmbedder)
    content = uploaded(meal)
    job = jobs.take(jobs.uploads.receive([("mole.md", io.BytesIO(content))]))
    while job.running:
        time.sleep(0.001)
    jobs.close()
    if not job.report:
        raise OSError(job.problem)
    return job.report.passages_embedded


def _service_of(library: Path) -> Service:
    """A service whose system has one generation, so that no answers are compared."""
    system = SimpleNamespace(generations=range(1), store=LocalStore(library))
    service = SimpleNamespace(look_ahead=lambda: None, run=lambda work: work(system))
    return cast(Service, service)


def ingest_first_texts(library: Path, texts: Path) -> None:
    """The library as before most changes; then the texts change."""
    write_texts(texts, changed=False)
    run_ingest(library, texts)
    write_texts(texts, changed=True)


def upload_first(library: Path, texts: Path) -> None:
    """A library with a file that came through the page."""
    ingest_first_texts(library, texts)
    run_upload(library, texts, "beetles")


def remove_first(library: Path, texts: Path) -> None:
    """A library without a document that can be brought back."""
    ingest_first_texts(library, texts)
    run_remove(library, texts)


@dataclass(frozen=True)
class Change:
    """A change of a library: what comes before it, and the change, which returns when it lasts."""

    prepare: Callable[[Path, Path], None]
    run: Callable[[Path, Path], int]
    check: Callable[[Path, bool], None] = lambda library, ended: None


CHANGES = {
    "a first ingest": Change(lambda library, texts: write_texts(texts, changed=True), run_ingest),
    "an ingest of changed texts": Change(ingest_first_texts, run_ingest),
    "a removal": Change(ingest_first_texts, run_remove),
    "an undo": Change(remove_first, run_undo),
    "an upload": Change(upload_first, run_upload, check_upload),
}
