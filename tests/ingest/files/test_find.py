"""Which files an ingest takes, what their documents are called, and which it takes for gone."""

import os
import shutil
from pathlib import Path

import pytest

from fakes import FakeEmbedder
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest


def test_what_cannot_be_seen_is_not_gone(
    library: Path, corpus: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (corpus / "deep").mkdir()
    (corpus / "deep" / "bat.md").write_text("A bat hangs upside down.")
    ingest(LocalStore(library), [corpus], embedder)
    scandir = os.scandir

    def refusing(folder: Path) -> object:
        if Path(folder).name == "deep":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr("inquote.ingest.files.find.os.scandir", refusing)
    (corpus / "owls.md").unlink()
    account = ingest(LocalStore(library), [corpus], embedder)
    assert account.removed == ("zoo/owls.md",)
    assert [skipped.reason for skipped in account.skipped] == [
        "the folder cannot be read: Permission denied"
    ]


def test_an_emptied_folder_is_mirrored(
    library: Path, corpus: Path, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("A cat purrs.")
    ingest(LocalStore(library), [corpus, other], embedder)
    (other / "a.txt").unlink()
    assert ingest(LocalStore(library), [corpus, other], embedder).removed == ("other/a.txt",)


def test_a_library_within_the_folder_is_passed_over(corpus: Path, embedder: FakeEmbedder) -> None:
    for _ in range(2):
        assert ingest(LocalStore(corpus / "inquote-library"), [corpus], embedder).skipped == ()


def test_two_files_of_one_name_are_told(
    library: Path, tmp_path: Path, embedder: FakeEmbedder
) -> None:
    (tmp_path / "x").mkdir()
    for name in (b"\xff.txt", b"\\xff.txt"):
        (tmp_path / "x" / os.fsdecode(name)).write_text("A dog barks.")
    account = ingest(LocalStore(library), [tmp_path / "x"], embedder)
    assert len(account.added) == 1
    assert [skipped.reason for skipped in account.skipped] == [
        "another file goes by the same name; rename one of them"
    ]


def test_a_name_that_would_lie_within_another_is_lengthened(
    library: Path, tmp_path: Path, embedder: FakeEmbedder
) -> None:
    for folder in ("x/a", "z/b", "y/a/b"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "c.txt").write_text(f"The folder is {folder}.")
    (tmp_path / "x/a/b").mkdir()
    (tmp_path / "x/a/b/c.txt").write_text("Another one.")
    account = ingest(
        LocalStore(library), [tmp_path / "x/a", tmp_path / "z/b", tmp_path / "y/a/b"], embedder
    )
    assert account.added == ("a/b/c.txt", "a/c.txt", "b/c.txt", "y/a/b/c.txt")


def test_a_file_named_alone_is_the_document_of_its_folder(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    (corpus / "owls.md").write_text("Owls hear well.")
    account = ingest(LocalStore(library), [corpus / "owls.md"], embedder)
    assert (account.changed, account.added, account.removed) == (("zoo/owls.md",), (), ())


def test_a_folder_and_then_the_folder_around_it_hold_each_text_once(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    inner = corpus / "inner"
    inner.mkdir()
    (inner / "moles.md").write_text("Moles dig.")
    (inner / "voles.md").write_text("Voles are small.")
    ingest(LocalStore(library), [inner], embedder)
    around = ingest(LocalStore(library), [corpus], embedder)
    assert (around.added, around.removed, around.unchanged) == (
        *(("zoo/newts.txt", "zoo/otters.md", "zoo/owls.md"), (), 2),
    )
    (inner / "voles.md").unlink()
    assert ingest(LocalStore(library), [corpus], embedder).removed == ("inner/voles.md",)


def test_a_folder_within_one_that_is_passed_over_is_not_gone(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    hidden, other = corpus / ".hidden" / "notes", corpus / "other" / "texts"
    for folder in (hidden, other):
        folder.mkdir(parents=True)
        (folder / "moles.md").write_text(f"Moles dig in {folder.name}.")
        ingest(LocalStore(library), [folder], embedder)
    (corpus / "other" / "library.db").write_bytes(b"")  # a library of its own from now on
    around = ingest(LocalStore(library), [corpus], embedder)
    assert (len(around.added), around.removed) == (3, ())
    shutil.rmtree(corpus / ".hidden")
    shutil.rmtree(corpus / "other")
    assert ingest(LocalStore(library), [corpus], embedder).removed == (
        "notes/moles.md",
        "texts/moles.md",
    )


def test_a_library_s_uploads_are_called_the_same_wherever_it_lies(
    library: Path, corpus: Path, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    (library / "uploads").mkdir(parents=True)
    (library / "uploads" / "moles.txt").write_text("A mole digs.")
    ingest(LocalStore(library), [library / "uploads"], embedder)
    assert ingest(LocalStore(library), [corpus], embedder).removed == ()
    assert ingest(LocalStore(library), [tmp_path], embedder).removed == ()
    moved = tmp_path / "elsewhere" / "library"
    moved.parent.mkdir()
    library.rename(moved)
    (moved / "uploads" / "moles.txt").write_text("A mole digs tunnels.")
    account = ingest(LocalStore(moved), [moved / "uploads"], embedder)
    assert (account.changed, account.added) == (("uploads/moles.txt",), ())
