"""A backup is one whole library, whatever goes on meanwhile; a restore is whole or nothing."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from changes import look, run_ingest, run_upload, write_texts
from damage import change_rows, make_older

from crash import in_child
from fakes import FakeEmbedder
from inquote.index.stores.journal import QuestionInContext, SqliteJournal
from inquote.index.stores.local import backup
from inquote.index.stores.local.backup import MANIFEST, restore_backup
from inquote.index.stores.local.purge import PURGE_MARK
from inquote.index.stores.local.store import LocalStore
from inquote.index.stores.sessions import Sessions
from inquote.index.updating.ingest import ingest
from inquote.ingest.errors import InquoteError, LibraryMismatch, LibraryMissing

MOST_BACKUPS = 5  # that are restored and verified


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A library with a text, an upload, a question and a session."""
    library, texts = tmp_path / "library", tmp_path / "texts"
    write_texts(texts, changed=False)
    run_ingest(library, texts)
    run_upload(library, texts)
    SqliteJournal(library).record_question(QuestionInContext("Who sleeps?"), "2026-01-01")
    Sessions(library, lambda: 1e9).begin("ada", "1")
    return library


def back_up(library: Path, target: Path) -> None:
    LocalStore(library).back_up(target)


def names_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_backup_is_restored_elsewhere_and_answers_the_same(filled: Path, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup")
    assert names_of(tmp_path / "backup") == {
        *("library.db", "journal.db", "sessions.db", "kept", "uploads", MANIFEST)
    }
    before = look(filled)
    shutil.rmtree(filled)
    there = tmp_path / "another" / "machine"
    restore_backup(tmp_path / "backup", there)
    assert look(there) == before
    assert (there / "uploads" / "mole.md").exists()
    assert SqliteJournal(there).questions() == [QuestionInContext("Who sleeps?")]
    assert Sessions(there, lambda: 1e9).end_all("ada") == 1
    assert {path.stat().st_mode & 0o077 for path in [there, *there.rglob("*")]} == {0}
    # An ingest goes on where the other machine stopped.
    write_texts(tmp_path / "texts", changed=True)
    assert 0 < run_ingest(there, tmp_path / "texts") < 20
    assert LocalStore(there).verify() == []


def test_a_backup_holds_the_uploads_of_its_own_generation(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies: list[Path] = []
    copy_uploads = backup._copy_uploads

    def copy_late(source: Path, target: Path) -> None:
        if not copies:  # the database is copied by then
            run_upload(filled, tmp_path / "texts", "beetles")
        copies.append(target)
        copy_uploads(source, target)

    monkeypatch.setattr(backup, "_copy_uploads", copy_late)
    back_up(filled, tmp_path / "backup")
    restore_backup(tmp_path / "backup", tmp_path / "new")
    assert len(copies) == 2
    upload = (tmp_path / "new" / "uploads" / "mole.md").read_text()
    with LocalStore(tmp_path / "new").snapshot() as snapshot:
        assert "beetles" in snapshot.document("uploads/mole.md").text
    assert "beetles" in upload


def test_a_backup_takes_the_place_of_nothing(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(InquoteError, match="already; name a folder that does not"):
        back_up(filled, tmp_path / "there")
    with pytest.raises(InquoteError, match="cannot lie within its library"):
        back_up(filled, filled / "backup")
    with pytest.raises(LibraryMissing):
        back_up(tmp_path / "none", tmp_path / "backup")
    back_up(filled, tmp_path / "backup")
    with pytest.raises(InquoteError, match="already, and it is left as it is"):
        restore_backup(tmp_path / "backup", filled)
    with pytest.raises(LibraryMissing, match="There is no whole backup at"):
        restore_backup(tmp_path / "texts", tmp_path / "new")
    assert names_of(tmp_path) == {"library", "texts", "there", "backup"}


def test_a_library_is_not_restored_to_a_file(filled: Path, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup")
    (tmp_path / "file").write_text("words")
    with pytest.raises(InquoteError, match="left as it is"):
        restore_backup(tmp_path / "backup", tmp_path / "file")
    assert (tmp_path / "file").read_text() == "words"


def test_a_library_with_a_purge_cut_short_is_no_backup(filled: Path, tmp_path: Path) -> None:
    (filled / PURGE_MARK).write_text("{}")
    with pytest.raises(InquoteError, match="There is no backup"):
        back_up(filled, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_damaged_library_is_no_backup(filled: Path, tmp_path: Path) -> None:
    change_rows(filled, "UPDATE documents SET title = 'Others' WHERE id = 'texts/03.md'")
    with pytest.raises(InquoteError, match=r"not as written: .* Run inquote verify"):
        back_up(filled, tmp_path / "backup")
    assert names_of(tmp_path) == {"library", "texts"}


@pytest.mark.parametrize("name", ["library.db", "kept", "uploads/mole.md", MANIFEST])
def test_a_backup_that_is_not_whole_is_refused(name: str, filled: Path, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup")
    path = tmp_path / "backup" / name
    path = min(path.iterdir()) if path.is_dir() else path
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InquoteError, match="whole"):
        restore_backup(tmp_path / "backup", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_backup_cannot_write_outside_of_the_library(filled: Path, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup")
    manifest = tmp_path / "backup" / MANIFEST
    about = json.loads(manifest.read_text())
    about["files"]["../evil"] = "0"
    manifest.write_text(json.dumps(about))
    with pytest.raises(InquoteError, match=r"\.\./evil is missing or not what was written"):
        restore_backup(tmp_path / "backup", tmp_path / "new")


def test_a_library_of_an_older_format_is_backed_up_and_brought_up_to_date(
    tmp_path: Path, corpus: Path, library: Path
) -> None:
    ingest(LocalStore(library), [corpus], FakeEmbedder())
    make_older(library)
    back_up(library, tmp_path / "backup")
    restore_backup(tmp_path / "backup", tmp_path / "new")
    store = LocalStore(tmp_path / "new")
    assert store.verify() == []
    with store.snapshot() as snapshot:
        assert [info.id for info in snapshot.document_infos()] == [
            *("zoo/newts.txt", "zoo/otters.md", "zoo/owls.md")
        ]


def test_a_format_that_nobody_knows_is_named(filled: Path, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup")
    file = tmp_path / "backup" / "library.db"
    change_rows(file.parent, "PRAGMA user_version = 99")
    manifest = tmp_path / "backup" / MANIFEST
    about = json.loads(manifest.read_text())
    about["files"]["library.db"] = hashlib.sha256(file.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(about))
    with pytest.raises(LibraryMismatch, match="another version of inquote"):
        restore_backup(tmp_path / "backup", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def cut_short(work: Callable[[], None], fault: str) -> int:
    def run() -> None:
        os.environ["INQUOTE_FAULT"] = fault
        work()

    return in_child(run)[0]


@pytest.mark.server
@pytest.mark.parametrize("kind", ["exit", "full"])
def test_a_backup_cut_short_is_none(kind: str, filled: Path, tmp_path: Path) -> None:
    before, target = look(filled), tmp_path / "backup"
    number, status = -6, -1
    while status != 0:
        number += 7
        shutil.rmtree(target, ignore_errors=True)
        status = cut_short(lambda: back_up(filled, target), f"{kind}:{number}")
        assert status in (0, 2, 137)
        if target.exists():
            restore_backup(target, tmp_path / "new")
            assert look(tmp_path / "new") == before
            shutil.rmtree(tmp_path / "new")
        if kind == "full":
            assert not list(tmp_path.glob(".backup*")), "it is cleared away"
    assert number > 50
    assert look(filled) == before


@pytest.mark.server
@pytest.mark.parametrize("kind", ["exit", "full"])
@pytest.mark.parametrize("is_there", [False, True], ids=["missing", "empty"])
def test_a_restore_cut_short_is_no_library(
    kind: str, is_there: bool, filled: Path, tmp_path: Path
) -> None:
    back_up(filled, tmp_path / "backup")
    before, new = look(filled), tmp_path / "new"
    if is_there:
        new.mkdir()
    number, status = -8, -1
    while status != 0:
        number += 9
        status = cut_short(lambda: restore_backup(tmp_path / "backup", new), f"{kind}:{number}")
        assert status in (0, 2, 137)
        if (new / "library.db").exists():
            assert look(new) == before
            break
        if kind == "full":
            assert new.exists() == is_there
            assert not new.exists() or names_of(new) == set()
    assert number > 50
    assert look(new) == before


@pytest.mark.server
def test_a_file_that_cannot_grow_is_said_in_one_sentence(filled: Path, tmp_path: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path;"
        "from inquote.app.cli.commands import main;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000));"
        f"sys.argv = ['inquote', 'backup', {str(tmp_path / 'backup')!r},"
        f" '--library', {str(filled)!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("The backup was not written to ")
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    assert names_of(tmp_path) == {"library", "texts"}


@pytest.mark.server
def test_backups_during_twenty_ingests_are_whole(filled: Path, tmp_path: Path) -> None:
    texts, ended = tmp_path / "texts", threading.Event()

    def write() -> None:
        for number in range(20):
            (texts / "new.md").write_text(f"Animal {number} eats {number} snails.")
            (texts / f"{number:02d}.md").unlink()
            ingest(LocalStore(filled), [texts], FakeEmbedder())
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    count = 0
    while not ended.is_set() and count < MOST_BACKUPS:
        count += 1
        back_up(filled, tmp_path / f"backup-{count}")
    writer.join()
    assert LocalStore(filled).verify() == []
    for number in range(1, count + 1):
        restore_backup(tmp_path / f"backup-{number}", tmp_path / f"new-{number}")
        assert LocalStore(tmp_path / f"new-{number}").verify() == []
    assert count > 1
