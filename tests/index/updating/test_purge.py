"""Nothing of a document that was purged is in any file of the library."""

import json
import os
import random
import shutil
import signal
import sqlite3
import time
from pathlib import Path

import numpy as np
import pytest
from changes import run_upload
from made_office import paragraph, word_of
from words_in_files import files_with

from crash import in_child
from fakes import FakeEmbedder
from inquote.index.stores.journal import Feedback, QuestionInContext, QuotedRange, SqliteJournal
from inquote.index.stores.local.lexical import LexicalIndex
from inquote.index.stores.local.purge import PURGE_MARK
from inquote.index.stores.local.store import LocalStore
from inquote.index.updating.ingest import ingest
from inquote.index.updating.notes import read_notes
from inquote.index.updating.purge import purge
from inquote.index.updating.removal import remove
from inquote.index.updating.retitling import retitle
from inquote.index.updating.titles import put_title, read_titles
from inquote.ingest.errors import IngestError
from made_files import pdf

SECRETS = ["zyxomab", "quorvane", "blenwick", "trazzel"]
OTTERS = "# Otters\n\nAn otter weighs 12 kilograms.\n"


def write_secrets(folder: Path, dose: str = "quorvane") -> None:
    """A text, a PDF and a Word file with words that stand nowhere else."""
    folder.mkdir(exist_ok=True)
    (folder / "otters.md").write_text(OTTERS)
    (folder / "secret.md").write_text(f"# Zyxomab\n\nThe zyxomab dose is {dose} a day.\n")
    (folder / "secret.pdf").write_bytes(
        pdf([[(700, 10, "The trial of blenwick was stopped in May.")]])
    )
    word = word_of(paragraph("Only trazzel was given to the otters."))
    (folder / "secret.docx").write_bytes(word)


IDS = ["texts/secret.md", "texts/secret.pdf", "texts/secret.docx"]


def feedback_on(document: str, quote: str, question: str = "What is the dose?") -> Feedback:
    place = QuotedRange(document, "0" * 64, 0, len(quote), quote)
    context = QuestionInContext(question)
    return Feedback("1" + document, context, question, "right", quote, (place,), None, 1, "2026-01")


def make_library(folder: Path) -> Path:
    """A library of three generations with words of the documents in all that it keeps."""
    texts, library = folder / "texts", folder / "library"
    write_secrets(texts, "trazzel")
    ingest(LocalStore(library), [texts], FakeEmbedder())
    write_secrets(texts)
    ingest(LocalStore(library), [texts], FakeEmbedder())
    store = LocalStore(library)
    store.attach(2, "suggestions", json.dumps(["What is the zyxomab dose?"]))
    (texts / "otters.md").write_text(OTTERS + "\nOtters eat crabs.\n")
    ingest(store, [texts], FakeEmbedder())
    store.attach(3, "suggestions", json.dumps(["What is the zyxomab dose?"]))
    journal = SqliteJournal(library)
    put_title(journal, IDS[0], "All of quorvane")
    journal.record_question(QuestionInContext("What does an otter weigh?"), "2026-01-01")
    journal.record_question(QuestionInContext("And this?", ("What is quorvane?",)), "2026-01-02")
    journal.record_question(QuestionInContext("What is the dose?", (), (IDS[0],)), "2026-01-03")
    journal.record_feedback(feedback_on(IDS[0], "The zyxomab dose is quorvane a day."))
    journal.record_feedback(
        feedback_on("texts/otters.md", "An otter weighs 12 kilograms.", "How heavy?")
    )
    (library / "library.db.damaged").write_bytes((library / "library.db").read_bytes())
    (library / "journal.db.damaged").write_bytes(b"What is quorvane?")
    store.close()
    return library


def vectors_of(library: Path, word: str) -> list[bytes]:
    """The embeddings of the passages that hold a word, as they are stored."""
    with LocalStore(library).snapshot() as snapshot:
        passages = [p for p in snapshot.all_passages() if word in p.text.lower()]
    return [
        FakeEmbedder().embed_query(p.embedded_text).astype(np.float32).tobytes() for p in passages
    ]


def assert_erased(library: Path, words: list[str] = SECRETS) -> None:
    assert files_with(library, words) == []
    store = LocalStore(library)
    assert store.verify() == []
    with store.snapshot() as snapshot:
        kept = range(snapshot.oldest, snapshot.generation + 1)
    for generation in kept:
        index = LexicalIndex.load(store.generation_folder(generation) / "lexical")
        assert not any(index.has(word) for word in words)
        with store.snapshot(generation) as snapshot:
            assert [d.id for d in snapshot.documents()] == ["texts/otters.md"]
    assert len(list((library / "kept").iterdir())) == len(kept) - 1 or len(kept) == 1
    store.close()


def test_the_words_of_a_purged_document_are_in_no_file(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    places = {hit.partition(":")[0].partition("/")[0] for hit in files_with(library, SECRETS)}
    assert places == {"library.db", "library.db.damaged", "journal.db", "journal.db.damaged"} | {
        "kept",
        "derived",
    }
    vectors = vectors_of(library, "zyxomab")
    content = (library / "library.db").read_bytes()
    assert len(vectors) == 1 and vectors[0] in content

    report = purge(LocalStore(library), IDS)

    assert (report.generation, report.purged, report.copies) == (4, tuple(IDS), ())
    assert report.journal_entries == 3
    assert_erased(library)
    files = [path.read_bytes() for path in library.rglob("*") if path.is_file()]
    assert not any(vector in content for vector in vectors for content in files)
    journal = SqliteJournal(library)
    assert [asked.question for asked in journal.questions()] == ["What does an otter weigh?"]
    assert [each.answer for each in journal.feedback()] == ["An otter weighs 12 kilograms."]
    with LocalStore(library).snapshot() as snapshot:
        assert snapshot.oldest == 2


def test_a_document_of_the_past_is_purged_by_either_of_its_names(tmp_path: Path) -> None:
    library, texts = make_library(tmp_path), tmp_path / "texts"
    (texts / "secret.md").rename(texts / "renamed.md")
    ingest(LocalStore(library), [texts], FakeEmbedder())
    remove(LocalStore(library), IDS[1:], FakeEmbedder())
    purge(LocalStore(library), ["texts/renamed.md"])
    assert files_with(library, ["zyxomab", "quorvane"]) == []
    purge(LocalStore(library), IDS[1:])
    assert files_with(library, SECRETS) == []
    assert LocalStore(library).verify() == []


def test_what_stays_keeps_its_notes_and_the_title_that_a_person_gave(tmp_path: Path) -> None:
    texts, store = tmp_path / "texts", LocalStore(tmp_path / "library")
    write_secrets(texts)
    (texts / "moles.html").write_text(
        '<h1>Moles</h1><p>Moles dig.</p><p style="display:none">Nobody sees this.</p>'
    )
    ingest(store, [texts], FakeEmbedder())
    retitle(store, "texts/otters.md", "The dose of a river", FakeEmbedder())
    with store.snapshot() as snapshot:
        before = read_notes(snapshot)
    assert list(before) == ["texts/moles.html"]
    purge(store, IDS)  # one of them says "dose" as well
    assert read_titles(store.journal) == {"texts/otters.md": "The dose of a river"}
    with store.snapshot() as snapshot:
        assert read_notes(snapshot) == before


def test_a_title_goes_that_was_given_under_an_earlier_name(tmp_path: Path) -> None:
    library, texts = make_library(tmp_path), tmp_path / "texts"
    put_title(SqliteJournal(library), IDS[0], "Project Falcon")
    (texts / "secret.md").rename(texts / "renamed.md")
    ingest(LocalStore(library), [texts], FakeEmbedder())
    purge(LocalStore(library), ["texts/renamed.md"])
    assert read_titles(SqliteJournal(library)) == {}
    assert files_with(library, ["falcon"]) == []


def test_what_others_say_too_stays_and_is_named(tmp_path: Path) -> None:
    library, texts = make_library(tmp_path), tmp_path / "texts"
    shutil.copyfile(texts / "secret.md", texts / "copy.md")
    ingest(LocalStore(library), [texts], FakeEmbedder())
    assert purge(LocalStore(library), [IDS[0]]).copies == ("texts/copy.md",)
    assert LocalStore(library).verify() == []


def test_a_file_that_came_through_the_page_goes_too(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    run_upload(library, tmp_path, "zyxomab")
    run_upload(library, tmp_path, "worms")  # replaces it
    assert "uploads/.replaced/mole.md: zyxomab" in files_with(library, SECRETS)
    purge(LocalStore(library), ["uploads/mole.md", *IDS])
    assert files_with(library, [*SECRETS, "worms"]) == []
    assert list((library / "uploads").rglob("*.md")) == []
    assert LocalStore(library).verify() == []


def test_a_file_that_a_killed_server_left_on_its_way_goes_too(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    run_upload(library, tmp_path, "zyxomab")
    uploads = library / "uploads"
    content = (uploads / "mole.md").read_bytes()
    for place in (".incoming-1/new", ".incoming-1/before", ".removed", ".replaced"):
        (uploads / place).mkdir(parents=True)
        (uploads / place / "mole.md").write_bytes(content)
    (uploads / ".replaced" / ".mole.md.passing").write_bytes(content)
    purge(LocalStore(library), ["uploads/mole.md", *IDS])
    assert files_with(library, SECRETS) == []


def test_what_is_left_of_the_last_upload_that_was_removed_goes_too(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    run_upload(library, tmp_path, "zyxomab")
    removed = library / "uploads" / ".removed"
    removed.mkdir()
    shutil.copyfile(library / "uploads" / "mole.md", removed / "other.md")
    purge(LocalStore(library), ["uploads/mole.md", *IDS])
    assert files_with(library, SECRETS) == ["uploads/.removed/other.md: zyxomab"]
    purge(LocalStore(library), ["uploads/other.md"])  # no document came through the page any more
    assert files_with(library, SECRETS) == []


def test_a_chat_that_answers_from_before_attaches_nothing_more(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    chat = LocalStore(library)
    purge(LocalStore(library), IDS)
    for generation in (2, 3):
        chat.attach(generation, "suggestions", json.dumps(["What is the zyxomab dose?"]))
    assert files_with(library, SECRETS) == []


def test_a_stranger_and_the_last_document_are_refused(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    before = files_with(library, SECRETS)
    with pytest.raises(IngestError, match=r"no document texts/none\.md"):
        purge(LocalStore(library), ["texts/none.md", IDS[0]])
    with pytest.raises(IngestError, match="Nothing would be left to search"):
        purge(LocalStore(library), [*IDS, "texts/otters.md"])
    assert files_with(library, SECRETS) == before
    assert LocalStore(library).verify() == []


def state_of(library: Path) -> tuple[int, str]:
    """What is in the library; that it is as written, unless it says that a purge was cut short."""
    store = LocalStore(library)
    with store.snapshot() as snapshot:
        generation, ids = snapshot.generation, [info.id for info in snapshot.document_infos()]
        query = FakeEmbedder().embed_query("What does an otter weigh?")
        assert snapshot.nearest(query, 1)[0][0].startswith("texts/otters.md")
    problems = store.verify()
    if (library / PURGE_MARK).exists():
        assert [problem[:22] for problem in problems] == ["A purge was cut short,"]
    else:
        assert problems == []
    store.close()
    return generation, " ".join(ids)


def purge_with(library: Path, fault: str) -> int:
    """Purge in a process of its own that is cut short; its exit status."""

    def work() -> None:
        os.environ["INQUOTE_FAULT"] = fault
        purge(LocalStore(library), IDS)

    return in_child(work)[0]


@pytest.mark.server
@pytest.mark.parametrize(
    ("kind", "stride"),
    [
        *(("exit", 7), ("full", 11)),
        pytest.param("exit", 1, marks=pytest.mark.slow),
        pytest.param("full", 1, marks=pytest.mark.slow),
    ],
)
def test_a_purge_cut_short_at_any_step_leaves_before_or_after(
    kind: str, stride: int, tmp_path: Path
) -> None:
    base, library = make_library(tmp_path), tmp_path / "copy"
    base.rename(library)
    shutil.copytree(library, base)
    before = state_of(library)
    after = 4, "texts/otters.md"
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "otters.md").write_text("An otter hunts at night.")
    number, status, states = 1 - stride, -1, set()
    while status != 0:
        number += stride
        shutil.rmtree(library)
        shutil.copytree(base, library)
        status = purge_with(library, f"{kind}:{number}")
        assert status in (0, 2, 137), number
        state = state_of(library)
        assert state in (before, after), number
        states.add(state)
        if kind == "full" and state == before:
            assert not (library / PURGE_MARK).exists(), number
        if status and state == after and number % 3 == 0:  # another ingest finishes it as well
            ingest(LocalStore(library), [tmp_path / "more"], FakeEmbedder())
            assert files_with(library, SECRETS) == [], number
        elif state == before or (library / PURGE_MARK).exists():
            purge(LocalStore(library), IDS)
            assert_erased(library)
    assert number > 20
    assert states == {before, after}
    assert_erased(library)


@pytest.mark.server
@pytest.mark.parametrize("kills", [6, pytest.param(200, marks=pytest.mark.slow)])
def test_a_purge_that_is_killed_is_finished_by_a_second(kills: int, tmp_path: Path) -> None:
    base, library = make_library(tmp_path), tmp_path / "copy"
    shutil.copytree(base, library)
    before, after, rng, cut = state_of(library), (4, "texts/otters.md"), random.Random(kills), 0
    began = time.monotonic()
    assert in_child(lambda: purge(LocalStore(library), IDS).generation) == (0, 4)
    seconds = time.monotonic() - began
    for number in range(kills):
        shutil.rmtree(library)
        shutil.copytree(base, library)
        moment = rng.uniform(0, 1.3 * seconds)
        status, _ = in_child(lambda: purge(LocalStore(library), IDS).generation, moment)
        assert status in (0, -signal.SIGKILL), number
        state = state_of(library)
        assert state in ((before, after) if status else (after,)), number
        if state == before or (library / PURGE_MARK).exists():
            cut += 1
            assert in_child(lambda: purge(LocalStore(library), IDS).generation) == (0, 4)
        assert_erased(library)
    assert cut > 0


def test_freed_space_of_an_older_writer_is_erased_as_well(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    with sqlite3.connect(library / "library.db") as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE notes (text TEXT)")
        connection.executemany(
            "INSERT INTO notes VALUES (?)", [(f"zyxomab {n}" * 50,) for n in range(500)]
        )
        connection.execute("DROP TABLE notes")
    connection.close()
    purge(LocalStore(library), IDS)
    assert_erased(library)
