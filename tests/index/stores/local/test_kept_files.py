"""Originals and boxes of pages: kept by their hash, swept, named where damaged, made anew."""

from pathlib import Path

import pytest
from damage import flip_bit

from fakes import FakeEmbedder
from inquote.index.stores.local.kept_files import KeptFiles
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import Options, ingest
from inquote.index.updating.removal import remove, restore
from made_files import pdf


def names(library: Path) -> set[str]:
    return {file.name for file in (library / "kept").iterdir()}


def test_equal_bytes_are_kept_once_and_only_whole(tmp_path: Path) -> None:
    files = KeptFiles(tmp_path)
    name = files.put(b"otters")
    assert files.put(b"otters") == name
    assert files.read(name) == b"otters"
    assert (files.folder / name).stat().st_mode & 0o777 == 0o600
    flip_bit(files.folder / name, 3)
    assert files.read(name) is None
    assert files.damaged([[name, ""], ["missing", name]]) == sorted([name, "missing"])
    assert files.put(b"otters") == name
    assert files.read(name) == b"otters"
    files.sweep([])
    assert files.read(name) is None


def test_an_original_stays_as_long_as_a_generation_needs_it(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    first = (corpus / "otters.md").read_bytes()
    for weight in range(13, 17):
        ingest(LocalStore(library), [corpus], embedder)
        (corpus / "otters.md").write_text(f"An otter weighs {weight} kilograms.")
    store = LocalStore(library)
    with store.snapshot() as snapshot:
        assert snapshot.original("zoo/otters.md") == b"An otter weighs 15 kilograms."
        assert snapshot.file_records()["zoo/otters.md"].original in names(library)
        size = snapshot.originals_size
        with pytest.raises(KeyError):
            snapshot.original("zoo/voles.md")
    kept = [(library / "kept" / name).read_bytes() for name in names(library)]
    assert first not in kept and len(kept) == 5
    assert size == sum(map(len, kept))
    assert store.verify() == []


def test_originals_can_be_switched_off(library: Path, corpus: Path, embedder: FakeEmbedder) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    without = Options(originals=False, rebuild=True)
    ingest(LocalStore(library), [corpus], embedder, options=without)
    store = LocalStore(library)
    with store.snapshot() as snapshot:
        assert snapshot.original("zoo/otters.md") is None
    assert store.verify() == []


def test_a_damaged_original_is_named_and_made_anew(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    with LocalStore(library).snapshot() as snapshot:
        name = snapshot.file_records()["zoo/owls.md"].original
    flip_bit(library / "kept" / name, 9)
    named = f"The original of zoo/owls.md (kept/{name}) is not what was written."
    assert LocalStore(library).verify() == [named]
    report = ingest(LocalStore(library), [corpus], embedder)
    assert [warning.reason for warning in report.warnings] == [
        "what the library kept of it was damaged and was made anew"
    ]
    assert LocalStore(library).verify() == []


def test_boxes_of_pages_come_back_with_them_after_a_removal(
    library: Path, tmp_path: Path, embedder: FakeEmbedder
) -> None:
    (tmp_path / "zoo").mkdir()
    (tmp_path / "zoo" / "a.pdf").write_bytes(pdf([[(700, 10, "Otters swim.")]] * 2))
    (tmp_path / "zoo" / "b.md").write_text("Owls fly.")
    ingest(LocalStore(library), [tmp_path / "zoo"], embedder)
    with LocalStore(library).snapshot() as snapshot:
        pages = snapshot.pages("zoo/a.pdf")
        assert [bool(page.lines) for page in pages] == [True, True]
        assert [page.lines for page in snapshot.document("zoo/a.pdf").pages] == [b"", b""]
        assert snapshot.pages("zoo/b.md") == ()
    remove(LocalStore(library), ["zoo/a.pdf"], embedder)
    restore(LocalStore(library), ["zoo/a.pdf"], 1, embedder)
    with LocalStore(library).snapshot() as snapshot:
        assert snapshot.pages("zoo/a.pdf") == pages
        assert snapshot.original("zoo/a.pdf") == (tmp_path / "zoo" / "a.pdf").read_bytes()
    assert LocalStore(library).verify() == []
