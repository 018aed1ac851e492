"""A library.db that cannot be read through: what is sound of it is saved."""

import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest
from damage import change_rows, make_older

from fakes import FakeEmbedder
from inquote.index.stores.journal import QuestionInContext, SqliteJournal
from inquote.index.stores.local.store import LocalStore
from inquote.index.stores.sqlite import explain_error
from inquote.index.updating.ingest import Options, ingest
from inquote.index.updating.removal import remove
from inquote.ingest.errors import LibraryDamaged, LibraryUnavailable

COUNT = 300
BREAK_META = "UPDATE meta SET value = '9' WHERE key = 'generation'"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts in two folders, of which the second holds one, and a library of them."""
    made = tmp_path_factory.mktemp("many")
    for number in range(COUNT):
        folder = made / ("kept" if number else "again")
        folder.mkdir(exist_ok=True)
        words = f"Animal {number} eats crabs. " * 20
        (folder / f"{number:03d}.md").write_text(words)
    with contextlib.closing(LocalStore(made / "library")) as store:
        ingest(store, [made / "kept", made / "again"], FakeEmbedder())
    return made


@pytest.fixture
def library(many: Path, tmp_path: Path) -> Path:
    """A copy of the library, to be damaged."""
    return shutil.copytree(many / "library", tmp_path / "library")


def break_pages(library: Path, *numbers: int) -> None:
    """Lose the pages of library.db that hold these animals."""
    content = bytearray((library / "library.db").read_bytes())
    for number in numbers:
        place = content.rindex(f"Animal {number} eats".encode()) // 4096 * 4096
        content[place : place + 4096] = bytes(4096)
    (library / "library.db").write_bytes(content)


def ids(library: Path) -> list[str]:
    with contextlib.closing(LocalStore(library)) as store, store.snapshot() as snapshot:
        return [info.id for info in snapshot.document_infos()]


def test_all_sound_documents_are_kept(many: Path, library: Path) -> None:
    before = ids(library)
    change_rows(library, BREAK_META)
    report = ingest(LocalStore(library), [many / "again"], FakeEmbedder())
    assert f"{COUNT} documents were sound and are kept" in report.warnings[0].reason
    assert (ids(library), LocalStore(library).verify()) == (before, [])
    assert (library / "library.db.damaged").exists()


def test_a_library_of_the_format_before_is_saved_too(many: Path, library: Path) -> None:
    before = ids(library)
    make_older(library)
    break_pages(library, 40)
    report = ingest(LocalStore(library), [many / "again"], FakeEmbedder())
    assert "documents were sound and are kept" in report.warnings[0].reason
    assert len(ids(library)) >= 0.9 * len(before)


def test_rows_of_an_ingest_that_was_cut_short_are_not_taken_for_the_text(
    many: Path, library: Path
) -> None:
    before = ids(library)
    change_rows(
        library,
        "UPDATE roots SET name = 'x' WHERE name = 'again'",
        "INSERT INTO documents SELECT id, 2, until, root, state, file, ingested_at, characters,"
        " sha256, title, source, sections, pages, asides, left_out, text, hidden, blocks,"
        " recognised, original, boxes, passages, digest"
        " FROM documents WHERE id = 'kept/001.md'",
    )
    ingest(LocalStore(library), [many / "again"], FakeEmbedder())
    assert ids(library) == before


def test_what_lies_between_bad_pages_is_kept(many: Path, library: Path) -> None:
    break_pages(library, 40, 260)
    assert LocalStore(library).verify() != []
    ingest(LocalStore(library), [many / "again"], FakeEmbedder())
    assert len(ids(library)) > 0.8 * COUNT
    assert LocalStore(library).verify() == []


def test_a_dry_run_mends_nothing(many: Path, library: Path) -> None:
    change_rows(library, BREAK_META)
    before = (library / "library.db").read_bytes()
    dry = Options(dry_run=True)
    with pytest.raises(LibraryDamaged):
        ingest(LocalStore(library), [many / "again"], FakeEmbedder(), options=dry)
    assert (library / "library.db").read_bytes() == before


def test_a_removal_mends_before_it_locks(library: Path) -> None:
    change_rows(library, BREAK_META)
    remove(LocalStore(library), ["kept/001.md"], FakeEmbedder())
    assert len(ids(library)) == COUNT - 1


@pytest.mark.parametrize("column", ["text", "title"])
def test_a_text_whose_type_is_damaged_is_not_quoted(many: Path, library: Path, column: str) -> None:
    change_rows(library, f"UPDATE documents SET {column} = CAST({column} AS BLOB) WHERE since = 1")
    assert LocalStore(library).verify() != []
    with LocalStore(library).snapshot() as snapshot, pytest.raises(LibraryDamaged):
        snapshot.document("kept/001.md")
    ingest(LocalStore(library), [many / "kept", many / "again"], FakeEmbedder())
    assert LocalStore(library).verify() == []


def test_an_interruption_is_no_damage() -> None:
    error = sqlite3.OperationalError("user-defined function raised exception")
    assert isinstance(explain_error(Path("library.db"), error), LibraryUnavailable)


def test_a_damaged_row_of_the_journal_costs_its_row_only(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    for number in range(5):
        journal.record_question(QuestionInContext(f"Who is {number}?"), f"2026-01-0{number + 1}")
    with contextlib.closing(sqlite3.connect(journal.file)) as connection, connection:
        connection.execute("UPDATE asked SET question = 'Who is it?' WHERE number = 3")
    again = SqliteJournal(tmp_path)
    assert again.problems() == ["1 rows of 'asked' in journal.db are not what was written."]
    again.record_question(QuestionInContext("Who is 5?"), "2026-01-06")
    expected = [QuestionInContext(f"Who is {number}?") for number in (0, 1, 3, 4, 5)]
    assert (again.questions(), again.problems()) == (expected, [])


def test_a_journal_that_is_held_is_not_taken_for_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inquote.index.stores.sqlite.BUSY_SECONDS", 0.1)
    monkeypatch.setattr("inquote.index.stores.sqlite._WAIT_SECONDS", 0.1)
    journal = SqliteJournal(tmp_path)
    journal.record_question(QuestionInContext("Who is it?"), "2026-01-01")
    with contextlib.closing(sqlite3.connect(journal.file, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        SqliteJournal(tmp_path).record_question(QuestionInContext("Who else?"), "2026-01-02")
        holder.execute("ROLLBACK")
    assert journal.questions() == [QuestionInContext("Who is it?")]
