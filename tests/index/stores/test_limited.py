"""A limited store is like one that holds its documents alone."""

import pytest

from inquote.index.stores.base import Snapshot
from inquote.index.stores.limited import LimitedStore, narrow
from inquote.index.stores.memory import MemoryStore
from inquote.ingest.errors import IngestError, LibraryDamaged
from store_writing import EMBEDDER, write

SEEN = {"zoo/otters.md": "An otter weighs 12 kilograms.", "zoo/newts.md": "Newts live in ponds."}
HIDDEN = {"hr/pay.md": "The zebra earns 40 kilograms of hay.", "zoo.md": "A zebra is hidden."}


@pytest.fixture
def stores() -> tuple[LimitedStore, MemoryStore]:
    whole, alone = MemoryStore(), MemoryStore()
    write(whole, {**SEEN, **HIDDEN})
    write(alone, SEEN)
    return LimitedStore(whole, ["zoo"]), alone


def readings(snapshot: Snapshot) -> dict[str, object]:
    """Everything that can be read without naming a document, the times aside."""
    query = EMBEDDER.embed_query("zebra kilograms hay")
    infos = snapshot.document_infos()
    return {
        "ids": [document.id for document in snapshot.documents()],
        "infos": [(info.id, info.title, info.characters, info.passages) for info in infos],
        "records": list(snapshot.file_records()),
        "passages": [passage.id for passage in snapshot.all_passages()],
        "left out": list(snapshot.left_out()),
        "size": snapshot.originals_size,
        "nearest": snapshot.nearest(query, 9),
        "matching": [id for id, _ in snapshot.matching("zebra kilograms ponds", 9)],
        "words": [snapshot.has_word(word) for word in ("zebra", "hay", "otter", "pond")],
        "places": [snapshot.has_place(place) for place in ("zoo", "hr", "zoo.md", "zoo/newts.md")],
        "changed": bool(snapshot.changed_at),
    }


def test_everything_reads_as_if_the_rest_was_not_there(
    stores: tuple[LimitedStore, MemoryStore],
) -> None:
    limited, alone = stores
    with limited.snapshot() as snapshot, alone.snapshot() as expected:
        assert readings(snapshot) == readings(expected)
        assert snapshot.has_passages()


@pytest.mark.parametrize("id", sorted(HIDDEN))
def test_a_hidden_document_is_one_that_is_not_there(
    stores: tuple[LimitedStore, MemoryStore], id: str
) -> None:
    limited, _ = stores
    with limited.snapshot() as snapshot:
        for read in (snapshot.document, snapshot.original, snapshot.original_file, snapshot.pages):
            for missing in (id, "nothing.md"):
                with pytest.raises(KeyError, match=missing):
                    read(missing)
        passage = f"{id}:000000000-000000009"
        query = EMBEDDER.embed_query("zebra")
        with pytest.raises(LibraryDamaged):
            snapshot.passages([passage])
        with pytest.raises(LibraryDamaged):
            snapshot.cosines(query, [passage])
        assert snapshot.nearest(query, 9, [id]) == []
        assert snapshot.matching("zebra", 9, [id]) == []
        assert not snapshot.has_word("zebra", [id])


def test_a_folder_above_is_narrowed_to_what_is_visible() -> None:
    assert narrow(["a"], ["a/b", "c"]) == ["a/b"]
    assert narrow(["a/b/c"], ["a/b", "c"]) == ["a/b/c"]
    assert narrow(["d"], ["a/b", "c"]) == []
    assert narrow(None, ["a/b", "c"]) == ["a/b", "c"]


def test_who_sees_nothing_reads_nothing(stores: tuple[LimitedStore, MemoryStore]) -> None:
    whole = MemoryStore()
    write(whole, SEEN)
    with LimitedStore(whole, []).snapshot() as snapshot:
        assert not snapshot.has_passages()
        assert readings(snapshot)["nearest"] == []
        assert snapshot.document_infos() == []


def test_nothing_is_written_through_it(stores: tuple[LimitedStore, MemoryStore]) -> None:
    limited, _ = stores
    with pytest.raises(IngestError):
        limited.begin()
    limited.attach(1, "notes", "x")
    with limited.snapshot() as snapshot:
        assert snapshot.attachment("notes") is None
