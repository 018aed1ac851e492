"""Watch, backup, restore, purge and forget, as a user runs them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from words_in_files import files_with

from fakes import FakeEmbedder
from inquote.app.cli.keeping import read_age
from inquote.index.clock import utc_now
from inquote.index.stores.journal import QuestionInContext, SqliteJournal
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from inquote.ingest.errors import InquoteError

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def filled(library: Path, corpus: Path) -> Path:
    ingest(LocalStore(library), [corpus], FakeEmbedder())
    return library


def test_a_backup_and_a_restore_say_what_they_did(run: Run, filled: Path, tmp_path: Path) -> None:
    backup, new = tmp_path / "backup", tmp_path / "new"
    status, out, _ = run("backup", backup, "--library", filled)
    assert (status, out) == (0, f"The library is copied to {backup}, and the copy is as written.\n")
    status, out, _ = run("restore", backup, "--library", new)
    assert (status, out) == (
        0,
        f"The library at {new} is as written: 3 documents, generation 1.\n",
    )
    status, _, err = run("backup", backup, "--library", filled)
    assert (status, err.count("\n")) == (2, 1)


def test_a_purge_asks_first(run: Run, filled: Path) -> None:
    purge = ("remove", "--purge", "zoo/owls.md", "--library", filled)
    status, _, err = run(*purge)
    assert status == 2
    assert err.startswith("This erases zoo/owls.md from all that the library keeps")
    assert err.endswith("It cannot be undone; add --yes to do it.\n")
    assert files_with(filled, ["270 degrees"])
    status, out, _ = run(*purge, "--yes")
    assert (status, out.splitlines()[0]) == (
        0,
        "Erased: zoo/owls.md, with 0 entries of the journal. Generation 2.",
    )
    assert files_with(filled, ["270 degrees", "owls"]) == []
    status, _, err = run(*purge, "--yes")
    assert (status, err.partition(",")[0]) == (2, "There is no document zoo/owls.md in the library")


def test_a_purge_is_a_line_of_json_where_it_is_wanted(run: Run, filled: Path) -> None:
    status, out, _ = run(
        *("remove", "--purge", "zoo/owls.md", "--yes", "--json", "--library", filled)
    )
    assert status == 0
    assert json.loads(out) == {
        "generation": 2,
        "purged": ["zoo/owls.md"],
        "journal_entries": 0,
        "copies": [],
    }


def test_forgetting_is_of_all_or_of_what_is_old(run: Run, filled: Path) -> None:
    journal = SqliteJournal(filled)
    journal.record_question(QuestionInContext("Who is zyxomab?"), "2020-01-01T00:00:00+00:00")
    journal.record_question(QuestionInContext("Who hunts?"), utc_now())
    assert run("forget", "--library", filled)[0] == 2
    status, out, _ = run("forget", "--older-than", "30d", "--yes", "--library", filled)
    assert (status, out.partition(" are")[0]) == (0, "1 questions and verdicts")
    assert files_with(filled, ["zyxomab"]) == []
    assert [asked.question for asked in journal.questions()] == ["Who hunts?"]
    status, out, _ = run("forget", "--yes", "--json", "--library", filled)
    assert (json.loads(out), journal.questions()) == ({"forgotten": 1}, [])
    assert files_with(filled, ["Who hunts"]) == []


def test_what_is_old_goes_from_the_conversations_that_went_on(run: Run, filled: Path) -> None:
    journal, old = SqliteJournal(filled), "2020-01-01T00:00:00+00:00"
    journal.record_question(QuestionInContext("Who is zyxomab?"), old)
    journal.record_question(QuestionInContext("Who hunts?"), old)
    journal.record_question(QuestionInContext("Where?", ("Who is zyxomab?",)), utc_now())
    journal.record_question(QuestionInContext("Who hunts?", ("Who sleeps?",)), utc_now())
    journal.record_question(QuestionInContext("And now?", ("Who hunts?",)), utc_now())
    status, out, _ = run("forget", "--older-than", "30d", "--yes", "--json", "--library", filled)
    assert (status, json.loads(out)) == (0, {"forgotten": 3})
    assert [asked.question for asked in journal.questions()] == ["Who hunts?", "And now?"]
    assert files_with(filled, ["zyxomab"]) == []


def test_ages() -> None:
    assert [read_age(text) for text in ("30d", "12h", "8w", "2")] == [
        *(timedelta(30), timedelta(hours=12), timedelta(56), timedelta(2))
    ]
    with pytest.raises(InquoteError, match="yesterday is no age; write 30d, 12h or 8w"):
        read_age("yesterday")


def test_a_folder_that_is_not_there_is_not_watched(run: Run, filled: Path, tmp_path: Path) -> None:
    status, _, err = run("watch", tmp_path / "none", "--library", filled)
    assert (status, err.partition(" /")[0]) == (2, "There is no file or folder")
    status, _, err = run("chat", "--read-only", "--watch", tmp_path, "--library", filled)
    assert (status, err.partition(" changes")[0]) == (2, "--watch")


@pytest.mark.server
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_watching_ends_with_a_sentence(number: int, corpus: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "inquote.app.cli.commands", "watch", str(corpus)]
    command += ["--library", str(tmp_path / "library"), "--json"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout
    assert len(json.loads(child.stdout.readline())["added"]) == 3
    (corpus / "moles.md").write_text("A mole digs.")
    assert json.loads(child.stdout.readline())["added"] == ["zoo/moles.md"]
    time.sleep(0.1)
    os.kill(child.pid, number)
    _, err = child.communicate(timeout=120)
    assert child.returncode == 130
    assert err.splitlines() == [
        f"Watching {corpus}; Ctrl-C stops it.",
        "Stopped watching; the library is as after the last ingest.",
    ]
