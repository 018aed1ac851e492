"""What every store does, whatever it keeps its generations in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from inquote.index import disk
from inquote.index.stores.base import Store
from inquote.index.stores.journal import Feedback, QuestionInContext, QuotedRange
from inquote.index.stores.local.store import LocalStore
from inquote.index.stores.memory import MemoryStore
from inquote.index.stores.recipe import Recipe
from inquote.index.stores.registry import open_store
from inquote.ingest.documents import Passage
from inquote.ingest.errors import GenerationGone, IngestError, LibraryDamaged, LibraryMissing
from object_store import new_location
from store_writing import EMBEDDER, RECIPE, cut, write

ZOO = {
    "zoo/otters.md": "An otter weighs 12 kilograms. Otters sleep afloat.",
    "zoo/night/owls.md": "An owl turns its head. Owls hunt at night.",
    "zoo.md": "A newt regrows its tail. Newts live in ponds.",
}


@pytest.fixture(
    params=[
        "local",
        "memory",
        pytest.param("folder of tables", marks=pytest.mark.scale),
        pytest.param("tables on S3", marks=[pytest.mark.scale, pytest.mark.server]),
    ]
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    stores: dict[str, Callable[[], Store]] = {
        "local": lambda: LocalStore(tmp_path / "library"),
        "memory": MemoryStore,
        "folder of tables": lambda: open_tables(f"file://{tmp_path}/library"),
        "tables on S3": lambda: tables_on_s3(request),
    }
    store = stores[request.param]()
    yield store
    store.close()


def open_tables(location: str) -> Store:
    """A shared library, where the extra that it takes is installed."""
    pytest.importorskip("lance")
    return open_store(location, must_exist=False)


def tables_on_s3(request: pytest.FixtureRequest) -> Store:
    request.getfixturevalue("s3")
    return open_tables(new_location())


def look(store: Store, generation: int | None = None) -> tuple[object, ...]:
    """What a reader sees of a generation."""
    with store.snapshot(generation) as snapshot:
        query = EMBEDDER.embed_query("owls hunt")
        return (
            snapshot.generation,
            [(document.id, document.text) for document in snapshot.documents()],
            snapshot.nearest(query, 9),
            snapshot.matching("owls hunt", 9),
            [passage.id for passage in snapshot.all_passages()],
        )


def passage_id(store: Store, words: str) -> str:
    with store.snapshot() as snapshot:
        return next(p.id for p in snapshot.all_passages() if words in p.text)


def test_before_the_first_commit_there_is_no_library(store: Store) -> None:
    with pytest.raises(LibraryMissing), store.snapshot():
        pass


def test_a_commit_makes_the_next_generation(store: Store) -> None:
    assert write(store, ZOO) == 1
    assert write(store, {"zoo/newt.md": "A newt."}) == 2
    with store.snapshot() as snapshot:
        assert (snapshot.generation, snapshot.oldest) == (2, 1)
        assert snapshot.recipe == RECIPE
        assert snapshot.changed_at.startswith("2")
        assert snapshot.roots() == {"/zoo": "zoo"}
        assert [info.id for info in snapshot.document_infos()] == sorted([*ZOO, "zoo/newt.md"])


def test_what_was_stored_comes_back(store: Store) -> None:
    write(store, ZOO)
    with store.snapshot() as snapshot:
        assert snapshot.document("zoo.md").text == ZOO["zoo.md"]
        with pytest.raises(KeyError):
            snapshot.document("zoo/none.md")
        passages = {passage.id: passage for passage in snapshot.all_passages()}
        assert snapshot.passages(passages) == passages
        record = snapshot.file_records()["zoo.md"]
        assert (record.root, record.file) == ("/zoo", "file of zoo.md")
        info = snapshot.document_infos()[0]
        assert (info.id, info.characters, info.passages) == ("zoo.md", len(ZOO["zoo.md"]), 1)
        assert snapshot.has_passages()
        assert list(snapshot.left_out()) == []


def test_a_draft_without_a_commit_changes_nothing(store: Store) -> None:
    write(store, ZOO)
    before = look(store)
    with store.begin() as draft:
        draft.put_documents([cut("zoo/newt.md", "A newt.")])
        draft.remove(["zoo.md"])
        assert look(store) == before
    assert look(store) == before


def test_an_error_in_a_draft_changes_nothing(store: Store) -> None:
    write(store, ZOO)
    before = look(store)
    with pytest.raises(ZeroDivisionError), store.begin() as draft:
        draft.put_documents([cut("zoo.md", "Something else.")])
        raise ZeroDivisionError
    assert look(store) == before
    assert write(store, {"zoo.md": "Something else."}) == 2


def test_an_error_after_the_commit_leaves_the_new_generation(store: Store) -> None:
    write(store, ZOO)
    document = cut("zoo/newt.md", "A newt hunts owls.")
    with pytest.raises(KeyboardInterrupt), store.begin() as draft:
        texts = [passage.embedded_text for passage in document.chunks.passages]
        draft.put_embeddings(document.keys, EMBEDDER.embed_passages(texts))
        draft.put_documents([document])
        draft.commit(RECIPE)
        raise KeyboardInterrupt
    assert look(store)[0] == 2
    with store.snapshot() as snapshot:
        assert snapshot.document("zoo/newt.md").text == "A newt hunts owls."
    assert len(look(store)[2]) == 4  # type: ignore[arg-type]
    assert store.verify() == []


def test_what_was_put_into_a_draft_is_not_removed_by_it(store: Store) -> None:
    write(store, ZOO)
    write(store, {"zoo.md": "A newt hunts owls."}, removed=["zoo.md"])
    with store.snapshot() as snapshot:
        assert snapshot.document("zoo.md").text == "A newt hunts owls."


def test_a_write_that_fails_at_any_step_leaves_before_or_after(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that writes fails at its k-th write, for every k; one in memory has none."""
    write(store, ZOO)
    before, failures = look(store), 0
    for number in range(1, 99):
        monkeypatch.setattr(disk, "_at", 0)
        monkeypatch.setenv("INQUOTE_FAULT", f"full:{number}")
        try:
            generation = write(store, {"zoo.md": "A newt hunts owls."})
            break
        except IngestError as error:
            assert "was not changed: No space left" in str(error)
            failures += 1
            assert look(store) == before
    monkeypatch.delenv("INQUOTE_FAULT")
    assert (generation, look(store)[0]) == (2, 2)
    assert failures > 10 or store.folder is None
    assert store.verify() == []


def test_nothing_left_to_search_is_no_generation(store: Store) -> None:
    write(store, ZOO)
    before = look(store)
    with pytest.raises(IngestError, match="Nothing would be left"), store.begin() as draft:
        draft.remove(ZOO)
        draft.commit(RECIPE)
    assert look(store) == before


def test_embeddings_last_without_a_commit(store: Store) -> None:
    document = cut("zoo.md", ZOO["zoo.md"])
    with store.begin() as draft:
        assert draft.missing(document.keys, EMBEDDER.dimension) == set(document.keys)
        draft.put_embeddings(document.keys, EMBEDDER.embed_passages(["a"] * len(document.keys)))
    with store.begin() as draft:
        assert draft.missing(document.keys, EMBEDDER.dimension) == set()
        assert draft.missing(document.keys, EMBEDDER.dimension + 1) == set(document.keys)
        draft.put_embeddings(document.keys, 2 * EMBEDDER.embed_passages(["a"]))
        assert draft.missing(document.keys, EMBEDDER.dimension) == set(document.keys)


def test_three_generations_are_kept(store: Store) -> None:
    seen = {}
    for number in range(1, 6):
        write(store, {"zoo.md": f"Newt number {number} hunts owls."})
        seen[number] = look(store)
    assert [look(store, number) for number in (3, 4, 5)] == [seen[number] for number in (3, 4, 5)]
    for gone in (2, 6):
        with pytest.raises(GenerationGone, match=f"Generation {gone}"), store.snapshot(gone):
            pass


def test_another_recipe_ends_the_earlier_generations(store: Store) -> None:
    write(store, ZOO)
    other = Recipe("other", "e" * 64, RECIPE.dimension, RECIPE.window, RECIPE.chunking)
    write(store, {"zoo.md": "A newt."}, recipe=other)
    with store.snapshot() as snapshot:
        assert (snapshot.oldest, snapshot.recipe) == (2, other)


def test_digests_of_files_are_noted_without_a_generation(store: Store) -> None:
    write(store, ZOO)
    with store.begin() as draft:
        draft.note_files({"zoo.md": "another file"})
    with store.snapshot() as snapshot:
        assert snapshot.generation == 1
        assert snapshot.file_records()["zoo.md"].file == "another file"


def test_searches_rank_by_score_and_passage_id(store: Store) -> None:
    write(store, {f"zoo/{name}.md": "Owls hunt at night." for name in "cab"} | ZOO)
    with store.snapshot() as snapshot:
        query = EMBEDDER.embed_query("Owls hunt at night.")
        for ranking in (snapshot.nearest(query, 9), snapshot.matching("owls hunt at night", 9)):
            assert [id.split(":")[0] for id, _ in ranking[:3]] == [
                "zoo/a.md",
                "zoo/b.md",
                "zoo/c.md",
            ]
            assert ranking == sorted(ranking, key=lambda item: (-item[1], item[0]))
        cosines = snapshot.cosines(query, [id for id, _ in snapshot.nearest(query, 9)])
        assert cosines == pytest.approx(dict(snapshot.nearest(query, 9)))


def test_lexical_scores_are_bounded(store: Store) -> None:
    write(store, {f"zoo/{n}.md": "owl " * (n + 1) for n in range(9)})
    with store.snapshot() as snapshot:
        scores = [score for _, score in snapshot.matching("owl owl night", 9)]
    assert len(scores) == 9
    assert all(0 < score < 1 for score in scores)


def test_k_larger_than_the_library_and_words_that_stand_nowhere(store: Store) -> None:
    write(store, ZOO)
    with store.snapshot() as snapshot:
        assert len(snapshot.nearest(EMBEDDER.embed_query("owl"), 99)) == 3
        assert snapshot.matching("zebra", 9) == []
        assert snapshot.has_word("owls")
        assert not snapshot.has_word("zebra")
        for id in (Passage.id_of("zoo.md", 0, 1), "x"):
            with pytest.raises(LibraryDamaged):
                snapshot.passages([id])
            with pytest.raises(LibraryDamaged):
                snapshot.cosines(EMBEDDER.embed_query("owl"), [id])


@pytest.mark.parametrize(
    ("scope", "documents"),
    [
        (["zoo"], {"zoo/otters.md", "zoo/night/owls.md"}),
        (["zoo/night"], {"zoo/night/owls.md"}),
        (["zoo.md"], {"zoo.md"}),
        (["zoo/night/owls.md", "zoo.md"], {"zoo/night/owls.md", "zoo.md"}),
        (["zo"], set()),
        ([], set()),
        (None, set(ZOO)),
    ],
)
def test_a_scope_is_honoured_by_both_searches(
    store: Store, scope: list[str] | None, documents: set[str]
) -> None:
    write(store, ZOO)
    write(store, {"zoo/zebra.md": "A zebra hunts."})
    write(store, {}, removed=["zoo/zebra.md"])
    with store.snapshot() as snapshot:
        query = EMBEDDER.embed_query("owls")
        nearest = snapshot.nearest(query, 9, scope)
        matching = snapshot.matching("otter owls newt its weighs hunt ponds", 9, scope)
        for ranking in (nearest, matching):
            assert {snapshot.passages([id])[id].document_id for id, _ in ranking} == documents
        for entry in scope or ():
            assert snapshot.has_place(entry) == bool(documents)


def test_a_scope_is_honoured_within_the_searches(store: Store) -> None:
    """The only document in scope is the last of many for the question."""
    write(store, {f"far/{n}.md": "Owls hunt owls at night." for n in range(120)})
    write(store, {"near/a.md": "A newt saw owls once, and was afraid."})
    with store.snapshot() as snapshot:
        query = EMBEDDER.embed_query("Owls hunt owls")
        for ranking in (
            snapshot.nearest(query, 1, ["near"]),
            snapshot.matching("owls hunt", 1, ["near"]),
        ):
            assert [id.split(":")[0] for id, _ in ranking] == ["near/a.md"]


def test_texts_outside_of_a_scope_weigh_nothing_in_it(store: Store) -> None:
    """A word is as rare as it is in the scope; only the average length of texts is everybody's."""
    write(store, {"near/a.md": "A newt saw owls once.", "near/b.md": "A newt met an otter."})
    with store.snapshot() as snapshot:
        alone = snapshot.matching("owls and newt", 9)
    write(store, {f"far/{n}.md": f"A newt saw a newt {n}." for n in range(40)})
    with store.snapshot() as snapshot:
        within = snapshot.matching("owls and newt", 9, ["near"])
        assert [id for id, _ in within] == [id for id, _ in alone]
        for (_, score), (_, expected) in zip(within, alone, strict=True):
            assert score == pytest.approx(expected, rel=0.1)
        assert snapshot.has_word("owl", ["near"])
        assert snapshot.has_word("met", ["near"])
        assert not snapshot.has_word("met", ["far"])
        assert not snapshot.has_place("fa")


def test_what_is_attached_belongs_to_its_generation(store: Store) -> None:
    write(store, ZOO)
    store.attach(1, "notes.json", "é")
    write(store, {"zoo.md": "A newt."})
    with store.snapshot() as snapshot:
        assert snapshot.attachment("notes.json") is None
    with store.snapshot(1) as snapshot:
        assert snapshot.attachment("notes.json") == "é"
        assert snapshot.attachment("other.json") is None
    store.attach(9, "notes.json", "lost")


def test_a_sound_store_verifies(store: Store) -> None:
    write(store, ZOO)
    assert store.verify() == []


def test_the_journal_keeps_questions_once_and_the_last_feedback(store: Store) -> None:
    write(store, ZOO)
    journal, first, second = (
        store.journal,
        QuestionInContext("Who?"),
        QuestionInContext("Why?", ("Who?",)),
    )
    for question, at in ((first, "1"), (second, "2"), (first, "3")):
        journal.record_question(question, at)
    assert store.journal.questions() == [second, first]
    place = QuotedRange("zoo.md", "0" * 64, 0, 6, "A newt")
    for verdict in ("right", "wrong answer"):
        journal.record_feedback(
            Feedback("id", first, "Who?", verdict, "A newt", (place,), None, 1, "1")
        )
    assert [feedback.verdict for feedback in store.journal.feedback()] == ["wrong answer"]
    assert store.journal.feedback()[0].citations == (place,)


def test_the_journal_keeps_settings_until_they_are_taken_away(store: Store) -> None:
    write(store, ZOO)
    journal = store.journal
    assert journal.setting("a") is None
    for name, value in (("a", "1"), ("b", "2"), ("a", "3")):
        journal.put_setting(name, value)
    assert (journal.setting("a"), journal.setting("b")) == ("3", "2")
    journal.put_setting("a", None)
    assert (journal.setting("a"), journal.setting("b")) == (None, "2")


def test_vectors_are_float32_of_norm_1(store: Store) -> None:
    write(store, ZOO)
    with store.snapshot() as snapshot:
        ids = [passage.id for passage in snapshot.all_passages()]
        axis = np.eye(1, EMBEDDER.dimension, dtype=np.float32)[0]
        assert all(abs(cosine) <= 1 + 1e-6 for cosine in snapshot.cosines(axis, ids).values())


def test_a_purged_document_is_in_no_generation(store: Store) -> None:
    write(store, ZOO)
    write(store, {"zoo/newt.md": "A newt is small."})
    write(store, {"zoo.md": "A newt regrows two tails."})
    assert store.purge(["zoo/otters.md"]) == 4
    with store.snapshot() as snapshot:
        assert (snapshot.generation, snapshot.oldest) == (4, 2)
    for generation in (2, 3, 4):
        with store.snapshot(generation) as snapshot:
            assert "zoo/otters.md" not in [info.id for info in snapshot.document_infos()]
            assert not snapshot.has_word("otter")
            assert snapshot.nearest(EMBEDDER.embed_query("an otter"), 9)
    with store.snapshot(2) as snapshot:
        assert snapshot.document("zoo.md").text == ZOO["zoo.md"]
    assert store.verify() == []


def test_nothing_is_attached_to_what_was_before_a_purge(store: Store) -> None:
    write(store, ZOO)
    write(store, {"zoo/newt.md": "A newt is small."})
    store.attach(2, "notes.json", "otters")
    store.purge(["zoo/otters.md"])
    store.attach(2, "notes.json", "otters")  # by a chat that answers still from what was
    store.attach(3, "notes.json", "newts")
    for generation, text in ((2, None), (3, "newts")):
        with store.snapshot(generation) as snapshot:
            assert snapshot.attachment("notes.json") == text
    assert store.verify() == []


def test_a_purge_takes_the_past_of_a_document_along(store: Store) -> None:
    write(store, ZOO)
    write(store, {"ark/owls.md": ZOO["zoo/night/owls.md"]}, removed=["zoo/night/owls.md"])
    store.purge(["ark/owls.md"])
    for generation in (1, 2, 3):
        with store.snapshot(generation) as snapshot:
            assert not snapshot.has_word("owl")


def test_a_purge_of_nothing_or_of_all_is_refused(store: Store) -> None:
    write(store, ZOO)
    before = look(store)
    with pytest.raises(IngestError, match="There is no document"):
        store.purge(["zoo/none.md"])
    with pytest.raises(IngestError, match="Nothing would be left to search"):
        store.purge(list(ZOO))
    assert look(store) == before
    assert store.verify() == []


def test_a_journal_forgets_what_is_meant(store: Store) -> None:
    write(store, ZOO)
    for number in range(4):
        store.journal.record_question(QuestionInContext(f"Q{number}?"), f"2026-01-0{number + 1}")
    asked = QuestionInContext("Q0?")
    place = QuotedRange("zoo.md", "0" * 64, 0, 6, "A newt")
    store.journal.record_feedback(
        Feedback("1", asked, "Q0?", "right", "A newt", (place,), None, 1, "2026-01-03")
    )
    assert store.journal.forget(lambda entry: entry.at < "2026-01-03") == 2
    assert [each.question for each in store.journal.questions()] == ["Q2?", "Q3?"]
    assert store.journal.forget(lambda entry: "zoo.md" in entry.places) == 1
    assert store.journal.feedback() == []
    assert store.journal.forget(lambda entry: True) == 2
    assert store.journal.questions() == []
