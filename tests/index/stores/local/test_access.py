"""Who may read and write a library, and what is said where that cannot be."""

import ast
import contextlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from changes import upload_first
from damage import change_rows, flip_bit, make_older

from crash import in_child
from fakes import PLAIN_CALIBRATION, FakeEmbedder, FakeReader
from inquote.app.answering.answerer import Answerer
from inquote.app.system import System
from inquote.index.retrieval.search import Search
from inquote.index.stores.journal import SqliteJournal
from inquote.index.stores.local.store import LocalStore
from inquote.index.stores.sqlite import explain_error
from inquote.index.updating.ingest import ingest
from inquote.index.updating.removal import remove
from inquote.ingest.errors import IngestError, LibraryDamaged, LibraryUnavailable

STRANGER = 65534
WEIGHT = "An otter weighs how many kilograms?"


def as_stranger(work: Callable[[], object]) -> tuple[int, object]:
    """Run `work` in a child as somebody who owns nothing."""

    def drop_and_work() -> object:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(STRANGER)
            os.setuid(STRANGER)
        return work()

    return in_child(drop_and_work)


@pytest.fixture
def shown(corpus: Path, embedder: FakeEmbedder) -> Iterator[Path]:
    """A library that everybody may read and nobody but its owner may change."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    library = folder / "library"
    with contextlib.closing(LocalStore(library)) as store:  # a child would go on with its files
        ingest(store, [corpus], embedder)
    show(library)
    yield library
    show(library, 0o755)
    shutil.rmtree(folder)


def show(library: Path, folders: int = 0o555) -> None:
    for path in (library, *library.rglob("*")):
        path.chmod(folders if path.is_dir() else 0o644)


def answer(library: Path) -> str | None:
    store = LocalStore(library)
    with contextlib.closing(store):
        system = System(store, Search(FakeEmbedder()), Answerer(FakeReader(), PLAIN_CALIBRATION))
        return system.ask(WEIGHT).text


def contents(library: Path) -> dict[str, bytes]:
    files = (path for path in library.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files if not path.name.endswith("-shm")}


@pytest.mark.parametrize("missing", [(), ("library.db-wal", "library.db-shm"), ("derived",)])
def test_a_library_is_asked_where_nothing_can_be_written(
    shown: Path, missing: tuple[str, ...]
) -> None:
    shown.chmod(0o755)
    for name in missing:
        path = shown / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shown.chmod(0o555)
    before = contents(shown)
    assert as_stranger(lambda: answer(shown)) == (0, "An otter weighs 12 kilograms.")
    if "derived" not in missing:
        assert as_stranger(lambda: LocalStore(shown).verify()) == (0, [])
    assert as_stranger(lambda: SqliteJournal(shown).questions()) == (0, [])
    assert contents(shown) == before


def test_a_library_that_cannot_be_written_says_so(
    shown: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    corpus.chmod(0o755)

    def change() -> str:
        with pytest.raises(IngestError) as raised:
            remove(LocalStore(shown), ["zoo/owls.md"], embedder)
        return str(raised.value)

    status, message = as_stranger(change)
    assert (status, message) == (
        0,
        f"The library at {shown} was not changed: the folder is not writable.",
    )


def test_a_library_that_may_not_be_read_is_not_called_damaged(shown: Path) -> None:
    (shown / "library.db").chmod(0o600)
    if os.geteuid():
        (shown / "library.db").chmod(0)

    def ask() -> str:
        with pytest.raises(LibraryUnavailable) as raised:
            answer(shown)
        return str(raised.value)

    status, message = as_stranger(ask)
    assert status == 0, message
    assert "library.db cannot be used now: it is not readable or not writable here." in str(message)


WATCH = """
import sys
from pathlib import Path
from inquote.index.stores.local.store import LocalStore
library, ready, done = map(Path, sys.argv[1:])
seen = set()
while not done.exists():
    with LocalStore(library).snapshot() as snapshot:
        seen.add((snapshot.generation, snapshot.document("zoo/otters.md").text))
    ready.touch()
print(sorted(seen))
"""
MOUNT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


def test_who_reads_at_rest_sees_before_or_after_while_another_process_writes(
    library: Path, corpus: Path, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    for name in ("library.db-wal", "library.db-shm"):
        (library / name).unlink()
    ready, done = tmp_path / "ready", tmp_path / "done"
    mounted = ["unshare", "-m", "sh", "-c", MOUNT, library]
    if subprocess.run([*mounted, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a folder")
    program = [sys.executable, "-c", WATCH, library, ready, done]
    with subprocess.Popen([*mounted, *program], stdout=subprocess.PIPE, text=True) as watcher:
        while not ready.exists():
            assert watcher.poll() is None
        texts = {1: (corpus / "otters.md").read_text()}
        for generation in range(2, 8):
            texts[generation] = f"An otter weighs {generation} kilograms."
            (corpus / "otters.md").write_text(texts[generation])
            ingest(LocalStore(library), [corpus], embedder)
        done.touch()
        out, _ = watcher.communicate()
    assert watcher.returncode == 0
    seen = ast.literal_eval(out)
    assert len(seen) > 1
    for generation, text in seen:
        assert text.removeprefix("Otters\n\n").strip() in texts[generation]


def error_of(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("something")
    error.sqlite_errorcode = code  # type: ignore[attr-defined]
    return error


@pytest.mark.parametrize(
    ("code", "reason"),
    {
        sqlite3.SQLITE_FULL: "the disk is full",
        sqlite3.SQLITE_BUSY: "another process is using it",
        sqlite3.SQLITE_READONLY_ROLLBACK: "it is not readable or not writable here",
        sqlite3.SQLITE_CANTOPEN: "it is not readable or not writable here",
        sqlite3.SQLITE_IOERR_READ: "its disk or network share does not answer",
        sqlite3.SQLITE_NOMEM: "there is not enough memory",
    }.items(),
)
def test_a_sound_library_is_never_called_damaged(code: int, reason: str) -> None:
    error = explain_error(Path("library.db"), error_of(code))
    assert isinstance(error, LibraryUnavailable)
    assert str(error) == (
        f"library.db cannot be used now: {reason}. Nothing is lost; see to that and try again."
    )


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB])
def test_damage_is_mended_and_nothing_is_moved_away_by_hand(code: int) -> None:
    error = explain_error(Path("library.db"), error_of(code))
    assert isinstance(error, LibraryDamaged)
    assert "inquote ingest saves what is sound" in str(error)
    assert "move" not in str(error)


def test_what_is_kept_is_for_its_owner_only(
    tmp_path: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    library.chmod(0o755)
    ingest(LocalStore(library), [corpus], embedder)
    LocalStore(library).attach(1, "notes", "a text")
    answer(library)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (library, *library.rglob("*"))}
    assert [path for path, mode in modes.items() if mode & 0o077] == []
    show(library, 0o755)
    (corpus / "otters.md").write_text("An otter weighs 13 kilograms.")
    ingest(LocalStore(library), [corpus], embedder)
    assert [path for path in library.rglob("*") if path.stat().st_mode & 0o077] == []


def test_a_folder_with_other_things_keeps_its_mode(
    tmp_path: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    library.chmod(0o755)
    (library / "notes.txt").write_text("Shared.")
    ingest(LocalStore(library), [corpus], embedder)
    assert stat.S_IMODE(library.stat().st_mode) == 0o755


def test_what_was_removed_is_overwritten(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    (corpus / "secret.md").write_text("The badger hides at Quillington.")
    ingest(LocalStore(library), [corpus], embedder)
    assert b"Quillington" in (library / "library.db").read_bytes()
    (corpus / "secret.md").unlink()
    for weight in (13, 14, 15):
        (corpus / "otters.md").write_text(f"An otter weighs {weight} kilograms.")
        ingest(LocalStore(library), [corpus], embedder)
    for path in library.glob("library.db*"):
        assert b"Quillington" not in path.read_bytes()


def test_a_library_of_the_format_before_is_read_and_brought_up_to_date(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    (corpus / "otters.md").write_text("An otter weighs 13 kilograms.")
    ingest(LocalStore(library), [corpus], embedder)
    make_older(library)
    assert answer(library) == "An otter weighs 13 kilograms."
    assert LocalStore(library).verify() == []
    report = ingest(LocalStore(library), [corpus], embedder)
    assert (report.unchanged, report.generation, report.warnings) == (3, 2, ())
    assert LocalStore(library).verify() == []
    with LocalStore(library).snapshot(1) as snapshot:
        assert "12 kilograms" in snapshot.document("zoo/otters.md").text
    change_rows(library, "UPDATE documents SET title = 'x'")
    assert len(LocalStore(library).verify()) > 1


def test_a_reader_follows_a_file_that_was_replaced(
    library: Path, corpus: Path, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    store = LocalStore(library)
    with store.snapshot() as snapshot:
        assert "12 kilograms" in snapshot.document("zoo/otters.md").text
    (corpus / "otters.md").write_text("An otter weighs 13 kilograms.")
    ingest(LocalStore(tmp_path / "other"), [corpus], embedder)
    (tmp_path / "other" / "library.db").replace(library / "library.db")
    with store.snapshot() as snapshot:
        assert "13 kilograms" in snapshot.document("zoo/otters.md").text


def test_verify_names_an_uploaded_file_that_is_another_now(tmp_path: Path) -> None:
    library = tmp_path / "library"
    upload_first(library, tmp_path / "texts")
    assert LocalStore(library).verify() == []
    file = library / "uploads" / "mole.md"
    flip_bit(file, 7)
    assert LocalStore(library).verify() == ["uploads/mole.md is not the file that was taken in."]
    file.unlink()
    assert LocalStore(library).verify() == ["uploads/mole.md is missing."]
