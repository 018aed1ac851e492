import json
import multiprocessing
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from damage import change_rows

from fakes import FakeEmbedder
from holding import hold_the_lock
from inquote.app.system import System
from inquote.index.stores.local.store import LocalStore
from inquote.index.stores.registry import open_store
from inquote.index.updating.ingest import Options, ingest
from inquote.index.updating.plan import LibraryState
from inquote.index.updating.report import IngestReport
from inquote.ingest.errors import (
    IngestError,
    LibraryBusy,
    LibraryDamaged,
    LibraryMismatch,
    LibraryMissing,
)


def account(done: IngestReport) -> dict[str, object]:
    """The account without what differs from run to run."""
    return {key: value for key, value in done.as_json().items() if value and key != "seconds"}


def test_a_first_ingest_adds_everything(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    done = ingest(LocalStore(library), [corpus], embedder)
    assert account(done) == {
        "generation": 1,
        "added": ("zoo/newts.txt", "zoo/otters.md", "zoo/owls.md"),
        "passages_embedded": 3,
    }
    assert LocalStore(library).verify() == []


def test_unchanged_text_embeds_nothing(library: Path, corpus: Path, embedder: FakeEmbedder) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    embedder.embedded.clear()
    assert account(ingest(LocalStore(library), [corpus], embedder)) == {
        "generation": 1,
        "unchanged": 3,
    }
    assert embedder.embedded == []


def test_changed_text_embeds_only_the_changed_passages(
    library: Path, tmp_path: Path, embedder: FakeEmbedder
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("## One\n\nFirst text.\n\n## Two\n\nSecond text.\n")
    ingest(LocalStore(library), [folder], embedder)
    embedder.embedded.clear()
    (folder / "a.md").write_text("## One\n\nFirst text.\n\n## Two\n\nAnother text.\n")
    assert account(ingest(LocalStore(library), [folder], embedder)) == {
        "generation": 2,
        "changed": ("docs/a.md",),
        "passages_embedded": 1,
    }
    assert embedder.embedded == ["Two\n\nAnother text."]


def test_a_folder_is_mirrored_and_others_are_left_alone(
    library: Path, corpus: Path, tmp_path: Path, embedder: FakeEmbedder
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.txt").write_text("Something else.")
    ingest(LocalStore(library), [corpus, other], embedder)
    (corpus / "owls.md").unlink()
    (corpus / "otters.md").rename(corpus / "water.md")
    assert account(ingest(LocalStore(library), [corpus], embedder)) == {
        "generation": 2,
        "renamed": (("zoo/otters.md", "zoo/water.md"),),
        "removed": ("zoo/owls.md",),
        "unchanged": 1,
    }
    with LocalStore(library).snapshot() as snapshot:
        assert list(snapshot.file_records()) == ["other/x.txt", "zoo/newts.txt", "zoo/water.md"]


def test_a_dry_run_changes_nothing(library: Path, corpus: Path, embedder: FakeEmbedder) -> None:
    assert ingest(LocalStore(library), [corpus], embedder, options=Options(dry_run=True)).added == (
        "zoo/newts.txt",
        "zoo/otters.md",
        "zoo/owls.md",
    )
    assert not library.exists()
    ingest(LocalStore(library), [corpus], embedder)
    (corpus / "owls.md").write_text("Owls are gone.")
    done = ingest(LocalStore(library), [corpus], embedder, options=Options(dry_run=True))
    assert (done.changed, done.generation) == (("zoo/owls.md",), 1)
    assert LocalStore(library).generation_folder(2).exists() is False


def test_one_bad_file_is_listed_and_the_others_ingested(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    (corpus / "bad.txt").write_bytes(b"")
    done = ingest(LocalStore(library), [corpus], embedder)
    assert len(done.added) == 3
    assert [(Path(s.path).name, s.reason) for s in done.skipped] == [("bad.txt", "it is empty")]


def test_strict_keeps_the_old_library(library: Path, corpus: Path, embedder: FakeEmbedder) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    (corpus / "bad.txt").write_bytes(b"")
    (corpus / "owls.md").write_text("Owls are gone.")
    with pytest.raises(IngestError, match=r"bad\.txt: it is empty; the library was not changed"):
        ingest(LocalStore(library), [corpus], embedder, options=Options(strict=True))
    assert account(ingest(LocalStore(library), [corpus], embedder))["changed"] == ("zoo/owls.md",)


def test_a_file_that_can_no_longer_be_read_keeps_its_document(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    (corpus / "owls.md").write_bytes(b"")
    done = ingest(LocalStore(library), [corpus], embedder)
    assert (done.generation, done.removed, len(done.skipped)) == (1, (), 1)


def test_an_empty_corpus_never_replaces_a_library(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    for file in corpus.iterdir():
        file.unlink()
    with pytest.raises(IngestError, match="no text to ingest"):
        ingest(LocalStore(library), [corpus], embedder)
    assert LocalStore(library).verify() == []


def test_a_library_of_another_embedder_is_refused_and_can_be_rebuilt(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    other = FakeEmbedder()
    other.fingerprint = "0" * 64  # type: ignore[misc]
    with pytest.raises(LibraryMismatch, match="rebuild it with: inquote ingest --rebuild"):
        ingest(LocalStore(library), [corpus], other)
    done = ingest(LocalStore(library), [corpus / "owls.md"], other, options=Options(rebuild=True))
    assert (done.generation, done.unchanged, done.passages_embedded) == (2, 3, 3)
    assert LocalStore(library).verify() == []


def test_missing_and_damaged_derived_files_are_made_anew(
    make_system: Callable[..., System], corpus: Path, library: Path
) -> None:
    system = make_system(corpus)
    before = system.ask("An otter weighs how many kilograms?").as_json()
    folder = system.store.generation_folder(1)
    for damage in (
        lambda: shutil.rmtree(folder),
        lambda: (folder / "vectors.faiss").write_bytes(b"x"),
    ):
        damage()
        anew = System(LocalStore(library), system.search, system.answerer)
        after = anew.ask("An otter weighs how many kilograms?").as_json()
        assert {**after, "elapsed_ms": 0} == {**before, "elapsed_ms": 0}
    assert system.store.verify() == []


def test_a_second_ingest_says_who_holds_the_lock(
    library: Path, corpus: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    monkeypatch.setattr("inquote.index.stores.local.lock.LOCK_SECONDS", 0.2)
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=hold_the_lock, args=(library, ready))
    holder.start()
    try:
        assert ready.wait(30)
        with pytest.raises(LibraryBusy, match=f"process {holder.pid} since 2"):
            ingest(LocalStore(library), [corpus], embedder)
    finally:
        holder.kill()
        holder.join()
    assert ingest(LocalStore(library), [corpus], embedder).unchanged == 3


def test_no_library_says_how_to_make_one(library: Path) -> None:
    with pytest.raises(LibraryMissing, match="inquote ingest"):
        open_store(library)


PLANTED = {
    "UPDATE documents SET text = text || '!'": "does not have its SHA-256",
    "UPDATE documents SET title = 'x'": "the document zoo/newts.txt of generation 1 is not what",
    "UPDATE documents SET sections = '['": "the document zoo/newts.txt of generation 1 is not what",
    "UPDATE documents SET until = 7": "the document zoo/newts.txt of generation 1 is not what",
    "UPDATE passages SET start = start + 1": "a passage of zoo/newts.txt of generation 1 is not",
    "UPDATE passages SET heading = 'x'": "a passage of zoo/newts.txt of generation 1 is not",
    "UPDATE passages SET until = 1": "a passage of zoo/newts.txt of generation 1 is not",
    "UPDATE passages SET document_id = 'zoo/newts.txt'": "a passage of zoo/newts.txt",
    "DELETE FROM embeddings": "have no embedding",
    "UPDATE embeddings SET vector = substr(vector, 3)": "the vector of a passage is not what",
    "UPDATE embeddings SET vector = zeroblob(length(vector))": "the vector of a passage is not",
    "DELETE FROM documents WHERE id = 'zoo/owls.md'": "not in the library",
    "DELETE FROM passages WHERE document_id = 'zoo/owls.md'": "The passages of zoo/owls.md are not",
    "UPDATE meta SET value = '3' WHERE key = 'generation'": "says of its generations is damaged",
    "UPDATE roots SET name = 'x'": "says of its generations is damaged",
}


@pytest.mark.parametrize(("statement", "named"), PLANTED.items())
def test_damage_is_named_and_mended_by_the_next_ingest(
    library: Path, corpus: Path, embedder: FakeEmbedder, statement: str, named: str
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    change_rows(library, statement)
    problems = LocalStore(library).verify()
    assert any(named in problem for problem in problems), problems
    ingest(LocalStore(library), [corpus], embedder)
    assert LocalStore(library).verify() == []
    with LocalStore(library).snapshot() as snapshot:
        documents = {document.id: document for document in snapshot.documents()}
        assert list(documents) == ["zoo/newts.txt", "zoo/otters.md", "zoo/owls.md"]
        assert documents["zoo/owls.md"].title == "Owls"
        assert len(list(snapshot.all_passages())) == 3
    assert ingest(LocalStore(library), [corpus], embedder).unchanged == 3


def test_a_damaged_text_is_not_quoted_and_the_report_says_that_it_was_mended(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    change_rows(library, "UPDATE documents SET text = replace(text, 'turns', 'burns')")
    with LocalStore(library).snapshot() as snapshot:
        for read in (
            lambda: snapshot.document("zoo/owls.md"),
            lambda: list(snapshot.documents()),
            lambda: list(snapshot.all_passages()),
            lambda: list(snapshot.left_out()),
        ):
            with pytest.raises(LibraryDamaged, match="is damaged, so it is not quoted"):
                read()
        assert snapshot.document("zoo/newts.txt").text
    report = ingest(LocalStore(library), [corpus], embedder)
    assert (report.changed, report.unchanged) == (("zoo/owls.md",), 2)
    assert "was damaged" in report.warnings[0].reason


@pytest.mark.parametrize("damage", ["substr(vector, 3)", "zeroblob(length(vector))"])
def test_damaged_embeddings_are_made_anew(
    library: Path, corpus: Path, embedder: FakeEmbedder, damage: str
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    change_rows(library, f"UPDATE embeddings SET vector = {damage}")
    assert ingest(LocalStore(library), [corpus], embedder).passages_embedded == 3
    rebuild = Options(rebuild=True)
    assert ingest(LocalStore(library), [corpus], embedder, options=rebuild).passages_embedded == 0


def test_verify_finds_one_flipped_byte_in_every_derived_file(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    opened = LocalStore(library)
    folder = opened.generation_folder(1)
    for name in json.loads((folder / "manifest.json").read_text()):
        content = (folder / name).read_bytes()
        if not content:
            continue
        middle = len(content) // 2
        (folder / name).write_bytes(
            content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        )
        assert opened.verify() == [f"gen-000001/{name} is not what was written."]
        (folder / name).write_bytes(content)
    assert opened.verify() == []


def test_a_renamed_text_is_one_that_was_renamed(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    (corpus / "newts.txt").rename(corpus / "salamanders.txt")
    account = ingest(LocalStore(library), [corpus], embedder)
    assert (account.renamed, account.added, account.removed) == (
        (("zoo/newts.txt", "zoo/salamanders.txt"),),
        (),
        (),
    )


def test_a_library_of_an_older_format_is_told(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    change_rows(library, "PRAGMA user_version = 0")
    with pytest.raises(LibraryMismatch, match="its format is 1, here it is 5"):
        ingest(LocalStore(library), [corpus], embedder)


def test_a_library_that_was_never_finished_is_made(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    library.mkdir()
    (library / "library.db").write_bytes(b"")
    with pytest.raises(LibraryMissing):
        open_store(library)
    assert len(ingest(LocalStore(library), [corpus], embedder).added) == 3


def test_a_file_changed_but_not_its_text_is_not_parsed_twice(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    owls = corpus / "owls.md"
    owls.write_bytes(owls.read_bytes().replace(b"\n", b"\r\n"))
    before = LibraryState.of(LocalStore(library)).digests
    assert ingest(LocalStore(library), [corpus], embedder).unchanged == 3
    assert LibraryState.of(LocalStore(library)).digests["zoo/owls.md"] != before["zoo/owls.md"]


def test_a_file_that_is_damaged_later_says_that_its_earlier_text_is_answered_from(
    library: Path, corpus: Path, embedder: FakeEmbedder
) -> None:
    ingest(LocalStore(library), [corpus], embedder)
    (corpus / "otters.md").write_bytes(b"\x00\x01\x02" * 100)
    (corpus / "voles.md").write_bytes(b"\x00\x01\x02" * 100)
    report = ingest(LocalStore(library), [corpus], embedder)
    reasons = {Path(skipped.path).name: skipped.reason for skipped in report.skipped}
    assert reasons["otters.md"].endswith("; its earlier text is still answered from")
    assert "earlier" not in reasons["voles.md"]
    with LocalStore(library).snapshot() as snapshot:
        assert "12 kilograms" in snapshot.document("zoo/otters.md").text
