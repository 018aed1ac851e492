"""Which files an ingest takes, what their documents are called, and which it takes for gone."""

import os
import shutil
from pathlib import Path

import pytest

from fakes import FakeEmbedder
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from inquote.ingest.files.collect import Limits, collect
from inquote.ingest.files.find import find_sources


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


def texts(*paths: Path) -> dict[str, str]:
    """The ids and texts of all files below some paths."""
    loaded = collect(find_sources(list(paths)).sources, {}, Limits()).loaded
    return {file.document.id: file.document.text for file in loaded}


def reasons(path: Path) -> dict[str, str]:
    return {Path(skip.path).name: skip.reason for skip in find_sources([path]).skipped}


def test_names_that_lead_to_the_hidden_folder_of_a_mounted_volume_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    (folder / "..2024_05_06").mkdir(parents=True)
    (folder / "..2024_05_06" / "a.txt").write_text("The tap is blue.")
    (folder / "..data").symlink_to("..2024_05_06")
    (folder / "a.txt").symlink_to("..data/a.txt")
    assert texts(folder) == {"m/a.txt": "The tap is blue."}
    assert texts(folder / "a.txt") == {"m/a.txt": "The tap is blue."}
    assert reasons(folder) == {}


def test_a_file_is_read_once_however_many_links_lead_to_it(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    (folder / ".store" / "deep").mkdir(parents=True)
    (folder / ".store" / "deep" / "9f3a").write_text("Moles dig.")
    (folder / "plain.txt").write_text("Owls hunt.")
    (folder / "again.txt").symlink_to("plain.txt")
    (folder / "moles.txt").symlink_to(".store/deep/9f3a")
    (folder / "same.txt").symlink_to(".store/deep/9f3a")
    (folder / "store").symlink_to(".store")
    (folder / ".store" / "loop").symlink_to("../.store")
    (folder / "up").symlink_to("..", target_is_directory=True)
    (folder / "self").symlink_to(folder)
    assert texts(folder) == {"m/plain.txt": "Owls hunt.", "m/moles.txt": "Moles dig."}
    assert list(reasons(folder)) == ["up"]


def test_a_linked_folder_is_read_under_the_name_of_the_link(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    (folder / ".v2" / "sub").mkdir(parents=True)
    (folder / ".v2" / "sub" / "a.txt").write_text("Bats fly.")
    (folder / ".v2" / ".hidden.txt").write_text("Nobody sees this.")
    (folder / "docs").symlink_to(".v2")
    assert texts(folder) == {"m/docs/sub/a.txt": "Bats fly."}


def test_links_that_lead_outside_or_nowhere_say_so(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("Secret.")
    (folder / "out.txt").symlink_to("../secret.txt")
    (folder / "gone.txt").symlink_to("missing.txt")
    (folder / "ring.txt").symlink_to("ring.txt")
    assert texts(folder) == {}
    assert reasons(folder) == {
        "out.txt": f"it is a symbolic link to {tmp_path}/secret.txt, outside of {folder}; "
        "name that file itself to ingest it",
        "gone.txt": "it is a symbolic link that leads nowhere",
        "ring.txt": "it is a symbolic link that leads nowhere",
    }
    assert list(reasons(folder / "out.txt")) == ["out.txt"]


def test_a_link_that_was_turned_elsewhere_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / ".a.txt").write_text("Moles dig.")
    (folder / "a.txt").symlink_to(".a.txt")
    (tmp_path / "secret.txt").write_text("Secret.")
    sources = find_sources([folder]).sources
    (folder / ".a.txt").unlink()
    (folder / ".a.txt").symlink_to("../secret.txt")
    outcomes = collect(sources, {}, Limits())
    assert (outcomes.loaded, len(outcomes.skipped)) == ([], 1)
