"""Libraries that move between stores."""

from collections.abc import Callable
from pathlib import Path

import pytest

from inquote.index.copying import copy_library
from inquote.index.stores.base import CutDocument, Store
from inquote.index.stores.journal import QuestionInContext
from inquote.index.stores.local.store import LocalStore
from inquote.index.stores.memory import MemoryStore
from inquote.index.stores.registry import open_store
from inquote.ingest.documents import Page
from inquote.ingest.errors import InquoteError
from store_writing import EMBEDDER, RECIPE, cut, write

PAIRS = [("local", "memory"), ("memory", "local")]
PAIRS += [
    pytest.param(*pair, marks=pytest.mark.scale)
    for pair in (("local", "tables"), ("tables", "local"))
]


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Store]:
    """A new store of a kind."""

    def make(kind: str) -> Store:
        if kind == "tables":
            pytest.importorskip("lance")
            return open_store(f"file://{tmp_path}/tables", must_exist=False)
        return MemoryStore() if kind == "memory" else LocalStore(tmp_path / "local")

    return make


def with_file(document: CutDocument, store: Store) -> None:
    """Write a document of one page with its file."""
    with store.begin() as draft:
        record = document.record
        page = Page(1, 0, len(record.document.text))
        fields = {**vars(record), "original": draft.keep(b"the file")}
        fields["document"] = type(record.document)(**{**vars(record.document), "pages": (page,)})
        texts = [passage.embedded_text for passage in document.chunks.passages]
        draft.put_embeddings(document.keys, EMBEDDER.embed_passages(texts))
        draft.put_documents([CutDocument(type(record)(**fields), document.chunks, document.keys)])
        draft.put_roots({"/zoo": "zoo"})
        draft.commit(RECIPE)


def fill(store: Store) -> None:
    """Five generations, the last three of which are kept."""
    for number in range(3):
        write(store, {"zoo.md": f"Newt number {number}.", "zoo/owl.md": "Owls hunt at night."})
    with_file(cut("zoo/otters.md", "An otter weighs 12 kilograms."), store)
    write(store, {"zoo.md": "A newt swims."}, removed=["zoo/owl.md"])
    store.attach(5, "notes.json", "a note")
    store.journal.record_question(QuestionInContext("Who hunts?"), "1")
    store.journal.put_setting("fitted", "1")


@pytest.mark.parametrize(("kind", "other"), PAIRS)
def test_a_library_is_copied_with_its_generations_files_and_questions(
    make: Callable[[str], Store], kind: str, other: str
) -> None:
    source, target = make(kind), make(other)
    fill(source)
    report = copy_library(source, target, ["notes.json", "none.json"], ["fitted", "none"])
    assert (report.generations, report.documents) == ((3, 4, 5), 2)
    for generation in (3, 4, 5):
        with source.snapshot(generation) as old, target.snapshot(generation) as new:
            assert list(new.documents()) == list(old.documents())
            assert list(new.all_passages()) == list(old.all_passages())
            assert new.file_records() == old.file_records()
            query = EMBEDDER.embed_query("otters")
            assert dict(new.nearest(query, 5)) == pytest.approx(dict(old.nearest(query, 5)))
            assert (new.oldest, new.recipe, new.roots()) == (3, RECIPE, {"/zoo": "zoo"})
    with target.snapshot() as snapshot:
        assert snapshot.original("zoo/otters.md") == b"the file"
        assert snapshot.attachment("notes.json") == "a note"
    assert target.journal.questions() == [QuestionInContext("Who hunts?")]
    assert (target.journal.setting("fitted"), target.journal.setting("none")) == ("1", None)
    assert write(target, {"zoo/newt.md": "A newt."}) == 6


def test_a_copy_goes_on_where_it_was_cut_short(make: Callable[[str], Store]) -> None:
    source, target = make("memory"), make("local")
    write(source, {"zoo.md": "A newt."})
    copy_library(source, target)
    write(source, {"zoo/owl.md": "An owl."})
    assert copy_library(source, target).generations == (1, 2)
    # What was cut short after the last generation is copied too, and nothing newer is replaced.
    source.attach(2, "notes.json", "a note")
    source.journal.record_question(QuestionInContext("Who hunts?"), "1")
    for name in ("fitted", "titles"):
        source.journal.put_setting(name, "1")
    target.journal.put_setting("titles", "2")
    copy_library(source, target, ["notes.json"], ["fitted", "titles"])
    with target.snapshot() as snapshot:
        assert snapshot.attachment("notes.json") == "a note"
    assert target.journal.questions() == [QuestionInContext("Who hunts?")]
    assert [target.journal.setting(name) for name in ("fitted", "titles")] == ["1", "2"]


def test_another_library_is_not_overwritten(make: Callable[[str], Store]) -> None:
    source, target = make("memory"), make("local")
    write(source, {"zoo.md": "A newt."})
    write(target, {"zoo.md": "An owl."})
    with pytest.raises(InquoteError, match=r"another library .* name an empty place"):
        copy_library(source, target)
    with target.snapshot() as snapshot:
        assert snapshot.document("zoo.md").text == "An owl."
