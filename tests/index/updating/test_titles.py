"""Titles that people give to documents, and notes on how these were read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fakes import FakeEmbedder
from inquote.index.stores.base import Snapshot, Store
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import Options, ingest
from inquote.index.updating.notes import HIDDEN, OCR, SCANNED, UNREADABLE, notes_of, read_notes
from inquote.index.updating.retitling import retitle
from inquote.index.updating.titles import read_titles
from inquote.ingest.documents import UNTOLD, Document, Hidden, Page
from inquote.ingest.errors import IngestError

HIDING = '<h1>Newts</h1><p>Newts walk.</p><p style="display:none">Unseen words of nobody.</p>'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = LocalStore(tmp_path / "library")
    yield store
    store.close()


@contextmanager
def zoo(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "zoo"
    folder.mkdir(exist_ok=True)
    (folder / "otters.md").write_text("# Otters\n\nOtters swim.\n")
    (folder / "newts.html").write_text(HIDING)
    yield folder


def titles(snapshot: Snapshot) -> list[str]:
    return [info.title for info in snapshot.document_infos()]


def test_a_title_stays_when_its_file_is_read_anew(store: Store, tmp_path: Path) -> None:
    with zoo(tmp_path) as folder:
        ingest(store, [folder], FakeEmbedder())
        embedder = FakeEmbedder()
        report = retitle(store, "zoo/otters.md", "Of otters", embedder)
        assert (report.changed, report.passages_embedded) == (("zoo/otters.md",), 0)
        with store.snapshot() as snapshot:
            assert titles(snapshot) == ["Newts", "Of otters"]
            assert snapshot.document("zoo/otters.md").text.startswith("Otters")
        assert ingest(store, [folder], embedder, options=Options(rebuild=True)).changed == ()
        (folder / "otters.md").write_text("# Otters\n\nOtters swim well.\n")
        ingest(store, [folder], embedder)
        with store.snapshot() as snapshot:
            assert titles(snapshot) == ["Newts", "Of otters"]
            assert list(read_notes(snapshot)) == ["zoo/newts.html"]
        retitle(store, "zoo/otters.md", "Otters", embedder, is_given=False)
        assert read_titles(store.journal) == {}


def test_a_title_stays_when_its_file_has_another_name(store: Store, tmp_path: Path) -> None:
    with zoo(tmp_path) as folder:
        ingest(store, [folder], FakeEmbedder())
        retitle(store, "zoo/otters.md", "Of otters", FakeEmbedder())
        (folder / "otters.md").rename(folder / "swimmers.md")
        report = ingest(store, [folder], FakeEmbedder())
        assert report.renamed == (("zoo/otters.md", "zoo/swimmers.md"),)
        with store.snapshot() as snapshot:
            assert titles(snapshot) == ["Newts", "Of otters"]
        assert read_titles(store.journal)["zoo/swimmers.md"] == "Of otters"
        assert ingest(store, [folder], FakeEmbedder(), options=Options(rebuild=True)).changed == ()


def test_a_document_that_is_gone_has_no_title(store: Store, tmp_path: Path) -> None:
    with zoo(tmp_path) as folder:
        ingest(store, [folder], FakeEmbedder())
    with pytest.raises(IngestError, match="no document zoo/owls"):
        retitle(store, "zoo/owls.md", "Owls", FakeEmbedder())
    assert read_titles(store.journal) == {}


def test_notes_say_how_a_document_was_read() -> None:
    pages = (Page(1, 0, 5), Page(2, 5, 5))
    document = Document("a.PDF", "A", "", "Words", "", pages=pages, recognised=((0, 5, 0.9),))
    assert list(notes_of(document)) == [OCR, SCANNED, UNREADABLE]
    assert notes_of(document)[UNREADABLE] == "no text was found on page 2."
    layered = Document("a.pdf", "A", "", "Words", "", pages=pages, recognised=((0, 5, UNTOLD),))
    assert "does not say how surely" in notes_of(layered)[OCR]
    assert SCANNED in notes_of(layered)
    hiding = Document("a", "A", "", "Words", "", hidden=(Hidden(0, 2, "white text"),))
    assert "white text" in notes_of(hiding)[HIDDEN]
    assert notes_of(Document("a", "A", "", "Words", "")) == {}
