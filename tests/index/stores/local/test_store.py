"""Libraries of version 0.1, whose lexical index knows no places."""

import json
from pathlib import Path

import pytest

from inquote.index.stores.local import lexical
from inquote.index.stores.local.store import LocalStore
from store_writing import EMBEDDER, write

ZOO = {"zoo/owls.md": "Owls hunt at night.", "far/newts.md": "Newts fear owls."}


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalStore:
    """A library whose search files are as version 0.1 wrote them, with suggestions beside them."""

    def schema() -> object:
        from tantivy import SchemaBuilder

        builder = SchemaBuilder()
        builder.add_integer_field("row", stored=True)
        builder.add_text_field("text", stored=False, tokenizer_name="inquote")
        return builder.build()

    store = LocalStore(tmp_path / "library")
    with monkeypatch.context() as patched:
        patched.setattr(lexical, "_schema", schema)
        patched.setattr(lexical.LexicalEntry, "places", property(lambda self: []))
        write(store, ZOO)
    store.attach(1, "questions.json", "kept")
    return LocalStore(store.folder)


def manifest(store: LocalStore) -> dict[str, str]:
    file = store.generation_folder(1) / "manifest.json"
    return dict(json.loads(file.read_text()))


def test_it_is_searched_as_it_is(old: LocalStore) -> None:
    before = manifest(old)
    with old.snapshot() as snapshot:
        assert len(snapshot.matching("owls hunt", 9)) == 2
        assert len(snapshot.nearest(EMBEDDER.embed_query("owls"), 9, ["zoo"])) == 1
    assert manifest(old) == before
    assert old.verify() == []


def test_a_scope_makes_its_files_anew_and_keeps_what_was_attached(old: LocalStore) -> None:
    before = manifest(old)
    with old.snapshot() as snapshot:
        everywhere = dict(snapshot.matching("owls hunt", 9))
        (hit,) = snapshot.matching("owls hunt", 9, ["zoo"])
        assert everywhere[hit[0]] == pytest.approx(hit[1])
        assert snapshot.attachment("questions.json") == "kept"
    assert manifest(old) != before
    assert old.verify() == []
