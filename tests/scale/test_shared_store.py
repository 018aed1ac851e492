"""What a shared library does beside what every store does; see tests/contract."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from shared_kills import STEPS, kill_writers
from store_writing import EMBEDDER, RECIPE, cut, write

pytest.importorskip("lance")

from inquote.index.stores.base import Store
from inquote.index.stores.journal import QuestionInContext
from inquote.index.stores.memory import MemoryStore
from inquote.index.stores.registry import open_store
from inquote.index.stores.shared import lease
from inquote.index.stores.shared.records import Record, Records
from inquote.index.updating.purge import purge
from inquote.ingest.errors import (
    IngestError,
    InquoteError,
    LibraryBusy,
    LibraryMismatch,
    LibraryMissing,
    WriterLost,
)

pytestmark = pytest.mark.scale

ZOO = {
    "zoo/otters.md": "An otter weighs 12 kilograms. Otters sleep afloat.",
    "zoo/night/owls.md": "An owl turns its head. Owls hunt at night.",
    "zoo.md": "A newt regrows its tail. Newts live in ponds.",
}
QUESTIONS = ("owls at night", "a newt and an otter", "newts in ponds 7", "otterz sleep", "tail")


@pytest.fixture
def location(tmp_path: Path) -> str:
    return f"file://{tmp_path}/library"


def opened(location: str) -> Store:
    return open_store(location, must_exist=False)


def texts_of(store: Store) -> dict[str, str]:
    with store.snapshot() as snapshot:
        return {document.id: document.text for document in snapshot.documents()}


def rankings(store: Store) -> list[list[tuple[str, float]]]:
    with store.snapshot() as snapshot:
        listed = []
        for question in QUESTIONS:
            listed.append(snapshot.matching(question, 8))
            listed.append(snapshot.matching(question, 8, ["zoo"]))
            listed.append(snapshot.nearest(EMBEDDER.embed_query(question), 8))
        return listed


def same(rankings: list[list[tuple[str, float]]], others: list[list[tuple[str, float]]]) -> None:
    for ranking, other in zip(rankings, others, strict=True):
        assert [id for id, _ in ranking] == [id for id, _ in other]
        assert [score for _, score in ranking] == pytest.approx(
            [score for _, score in other], abs=1e-5
        )


def test_an_index_that_was_updated_ranks_as_one_that_was_built_at_once(
    location: str, tmp_path: Path
) -> None:
    store = opened(location)
    write(store, ZOO | {f"zoo/{n}.md": f"A newt met {n} owls and an otter." for n in range(30)})
    write(store, {f"far/{n}.md": "An otter sleeps. " * (n + 1) for n in range(9)})
    write(store, {}, removed=[f"zoo/{n}.md" for n in range(0, 30, 2)])
    write(store, {"zoo/3.md": "Nothing of the kind.", "zoo/night/bats.md": "Bats at night."})
    write(store, {}, removed=["zoo/3.md", "far/1.md"])
    fresh = opened(f"file://{tmp_path}/fresh")
    texts = texts_of(store)
    write(fresh, texts)
    same(rankings(store), rankings(fresh))
    exact = MemoryStore()
    write(exact, texts)
    same(rankings(store), rankings(exact))
    assert store.verify() == []


def test_of_two_records_with_one_number_one_is_created(location: str) -> None:
    race_for_records(location, 10)


@pytest.mark.server
def test_of_two_records_with_one_number_one_is_created_on_s3(s3: str) -> None:
    from object_store import new_location

    race_for_records(new_location(), 10)


def race_for_records(location: str, races: int) -> None:
    """Let two threads commit each generation; one wins, and the record is the winner's."""
    for generation in range(1, races + 1):
        outcomes: dict[str, str] = {}
        barrier = threading.Barrier(2)

        def commit(writer: str, number: int = generation) -> None:
            record = Record(number, 1, writer, "", RECIPE, {}, 1, 1)
            barrier.wait()  # noqa: B023
            try:
                Records(location).create(record)
                outcomes[writer] = "won"  # noqa: B023
            except WriterLost:
                outcomes[writer] = "lost"  # noqa: B023

        threads = [threading.Thread(target=commit, args=(writer,)) for writer in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes.values()) == ["lost", "won"]
        assert outcomes[Records(location).read(generation).writer] == "won"
    assert Records(location).generations() == list(range(1, races + 1))


def test_a_writer_waits_for_another_and_says_who_it_is(
    location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "WAIT_SECONDS", 0.1)
    first, second = opened(location), opened(location)
    write(first, ZOO)
    with first.begin() as draft:
        with (
            pytest.raises(LibraryBusy, match=f"process {os.getpid()} on .*try again"),
            second.begin(),
        ):
            pass
        draft.put_documents([])
    assert write(second, {"zoo/newt.md": "A newt."}) == 2


def test_a_writer_that_slept_too_long_loses_and_leaves_nothing(
    location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease is over, another writes meanwhile, and it goes on as if nothing had been."""
    slow, quick = opened(location), opened(location)
    write(slow, ZOO)
    monkeypatch.setattr(lease, "_is_gone", lambda about: True)
    newt = cut("zoo/newt.md", "A newt that came too late.")
    with pytest.raises(WriterLost, match="ingest again"), slow.begin() as draft:
        draft.put_embeddings(newt.keys, EMBEDDER.embed_passages(["a"]))
        draft.put_documents([newt])
        assert write(quick, {"zoo/owl.md": "An owl was first."}) == 2
        draft.commit(RECIPE)
    assert sorted(texts_of(slow)) == sorted([*ZOO, "zoo/owl.md"])
    assert quick.verify() == []
    assert write(slow, {"zoo/newt.md": "A newt that came again."}) == 3
    assert sorted(texts_of(quick)) == sorted([*ZOO, "zoo/owl.md", "zoo/newt.md"])
    assert slow.verify() == []


def test_rows_of_another_writer_in_a_table_are_noticed_before_the_commit(
    location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow writer's rows come into what the quick one is about to commit."""
    slow, quick = opened(location), opened(location)
    write(slow, ZOO)
    monkeypatch.setattr(lease, "_is_gone", lambda about: True)
    newt, owl = cut("zoo/newt.md", "A newt."), cut("zoo/owl.md", "An owl.")
    with pytest.raises(WriterLost, match="ingest again"), quick.begin() as draft:
        draft.put_embeddings(owl.keys, EMBEDDER.embed_passages(["b"]))
        draft.put_documents([owl])
        with slow.begin() as other:
            other.put_embeddings(newt.keys, EMBEDDER.embed_passages(["a"]))
            other.put_documents([newt])
        owls = cut("zoo/owls.md", "Owls.")
        draft.put_embeddings(owls.keys, EMBEDDER.embed_passages(["c"]))
        draft.put_documents([owls])
        draft.commit(RECIPE)
    assert texts_of(slow) == ZOO
    assert slow.verify() == []


def test_a_reader_during_twenty_commits_sees_whole_generations(location: str) -> None:
    writer, reader = opened(location), opened(location)
    write(writer, {f"zoo/{n}.md": "Owl number 1." for n in range(4)})
    problems: list[object] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            try:
                with reader.snapshot() as snapshot:
                    texts = {document.text for document in snapshot.documents()}
                    hits = snapshot.matching("owl number", 9)
                if texts != {f"Owl number {snapshot.generation}."} or len(hits) != 4:
                    problems.append((snapshot.generation, texts, hits))
            except Exception as error:
                problems.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(2, 22):
        write(writer, {f"zoo/{n}.md": f"Owl number {number}." for n in range(4)})
    is_over.set()
    thread.join()
    assert problems == []
    assert writer.verify() == []


@pytest.mark.server
def test_killed_writers_leave_the_library_as_it_was_or_as_it_was_to_be(location: str) -> None:
    assert 0 < kill_writers(location, STEPS) < STEPS


def test_what_a_lost_writer_embedded_is_there_for_the_next(location: str) -> None:
    store = opened(location)
    document = cut("zoo/newt.md", "A newt.")
    with pytest.raises(ZeroDivisionError), store.begin() as draft:
        draft.put_embeddings(document.keys, EMBEDDER.embed_passages(["a newt"]))
        draft.put_documents([document])
        raise ZeroDivisionError
    with pytest.raises(LibraryMissing), store.snapshot():
        pass
    with opened(location).begin() as draft:
        assert draft.missing(document.keys, EMBEDDER.dimension) == set()
        draft.put_documents([document])
        assert draft.commit(RECIPE) == 1
    assert texts_of(store) == {"zoo/newt.md": "A newt."}
    assert store.verify() == []


def test_originals_are_kept_once_and_go_with_their_document(location: str) -> None:
    store = opened(location)
    write(store, ZOO)
    with store.begin() as draft:
        for id in ("zoo.md", "zoo/otters.md"):
            document = cut(id, "An otter swims.")
            name = draft.keep(b"the file")
            record = document.record.__class__(**{**vars(document.record), "original": name})
            texts = [passage.embedded_text for passage in document.chunks.passages]
            draft.put_embeddings(document.keys, EMBEDDER.embed_passages(texts))
            draft.put_documents([document.__class__(record, document.chunks, document.keys)])
        draft.commit(RECIPE)
    with store.snapshot() as snapshot:
        assert snapshot.original("zoo.md") == snapshot.original("zoo/otters.md") == b"the file"
        assert snapshot.original("zoo/night/owls.md") is None
        assert snapshot.originals_size == len(b"the file")
    write(store, {}, removed=["zoo.md"])
    with store.snapshot() as snapshot:
        assert snapshot.original("zoo/otters.md") == b"the file"
    write(store, {}, removed=["zoo/otters.md"])
    with store.snapshot() as snapshot:
        assert snapshot.originals_size == 0
    with store.snapshot(3) as snapshot:
        assert snapshot.original("zoo/otters.md") == b"the file"
    assert store.verify() == []


def test_a_library_of_another_version_is_refused_in_one_sentence(
    location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump: Callable[[Record], str] = Record.dump

    def dump_newer(record: Record) -> str:
        return json.dumps(json.loads(dump(record)) | {"format": 99})

    monkeypatch.setattr(Record, "dump", dump_newer)
    with pytest.raises(LibraryMismatch):
        write(opened(location), ZOO)
        open_store(location)
    with pytest.raises(LibraryMismatch, match="another version of inquote"):
        open_store(location)


def test_a_damaged_row_is_named_and_not_quoted(location: str) -> None:
    store = opened(location)
    write(store, ZOO)
    import lance

    table = lance.dataset(f"{location}/documents.lance")
    table.update({"text": "'An otter weighs 99 kilograms.'"}, where="id = 'zoo/otters.md'")
    record = Records(location).read(1)
    changed = Record(
        **{
            **vars(record),
            "generation": 2,
            "versions": record.versions | {"documents": table.latest_version},
        }
    )
    Records(location).create(changed)
    assert any("zoo/otters.md" in problem for problem in store.verify())
    with store.snapshot() as snapshot, pytest.raises(InquoteError, match="is damaged"):
        snapshot.document("zoo/otters.md")


def test_no_more_space_leaves_the_library_as_it_was(
    location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(location)
    write(store, ZOO)
    monkeypatch.setenv("INQUOTE_FAULT", "full:1")
    from inquote.index import disk

    monkeypatch.setattr(disk, "_at", 0)
    with pytest.raises(IngestError, match="was not changed: No space left on device"):
        write(store, {"zoo.md": "A newt."})
    assert texts_of(store) == ZOO


def test_a_large_library_is_searched_by_lists_that_are_updated(
    location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a low limit for exact search: ten nearest as by comparing all, after changes too."""
    from inquote.index.stores.shared import indexes, snapshot

    for module in (indexes, snapshot):
        monkeypatch.setattr(module, "EXACT_UP_TO", 300)
    monkeypatch.setattr(indexes, "MERGED_UP_TO", 300)
    words = "newt owl otter bat fox hare mole toad wren lynx seal crow".split()
    texts = {}
    for n in range(600):
        first, second, third = (words[(n // step) % 12] for step in (1, 12, 144))
        texts[f"zoo/{n:03d}.md"] = f"A {first} met a {second} and a {third} {n % 7} times."
    store, exact = opened(location), MemoryStore()
    for part in (store, exact):
        write(part, texts)
        write(part, {"zoo/new.md": "An owl met nobody."}, removed=["zoo/001.md", "zoo/002.md"])
        write(part, {"zoo/newer.md": "An owl met a fox."})
    names = 0
    with store.snapshot() as near, exact.snapshot() as all_of_them:
        for question in words:
            vector = EMBEDDER.embed_query(f"a {question} met a fox")
            wanted = all_of_them.nearest(vector, 10)
            ranking = near.nearest(vector, 10)
            least = wanted[-1][1] - 1e-5
            names += sum(score >= least for _, score in ranking)
            assert dict(ranking) == pytest.approx(near.cosines(vector, dict(ranking)))
        assert near.nearest(EMBEDDER.embed_query("An owl met nobody."), 1)[0][1] > 0.99
        assert len(near.nearest(EMBEDDER.embed_query("owl"), 10, ["zoo/new.md"])) == 1
        stats = near._held.passages.data.stats.index_stats(indexes.VECTORS)
    assert names >= 0.97 * 10 * len(words)
    assert stats["num_unindexed_rows"] == 0
    assert store.verify() == []


def test_no_file_holds_what_was_purged(location: str, tmp_path: Path) -> None:
    store = opened(location)
    write(store, ZOO | {"zoo/zorilla.md": "A zorilla walked by, a zorilla at night."})
    write(store, {"zoo/newt.md": "A newt."})
    store.attach(2, "notes.json", "What is a zorilla?")
    store.journal.record_question(QuestionInContext("What is a zorilla?"), "1")
    store.journal.record_question(QuestionInContext("What is a newt?"), "2")
    assert files_with(b"zorilla", tmp_path)
    purge(store, ["zoo/zorilla.md"])
    assert files_with(b"zorilla", tmp_path) == []
    assert [item.question for item in store.journal.questions()] == ["What is a newt?"]
    assert texts_of(store) == ZOO | {"zoo/newt.md": "A newt."}
    assert store.verify() == []
    assert write(store, {"zoo/owl.md": "An owl."}) == 4
    with pytest.raises(IngestError, match="There is no document"):
        store.purge(["zoo/zorilla.md"])


def files_with(word: bytes, folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and word in file.read_bytes()]
