from collections.abc import Callable
from pathlib import Path

import pytest

from inquote.app.system import System
from inquote.index.retrieval.search import Hit, Search, without_copies
from inquote.index.stores.local.store import LocalStore
from inquote.index.stores.local.vectors import FaissIndex
from inquote.ingest.documents import Passage
from store_writing import EMBEDDER, write

MakeSystem = Callable[..., System]


def hits(*texts: str) -> list[Hit]:
    return [
        Hit(Passage(f"d{at}", 0, len(text), "", text), 1.0, 1, 0.5, 1, 0.5)
        for at, text in enumerate(texts)
    ]


def kept(k: int, *texts: str) -> list[int]:
    return [int(hit.passage.document_id[1:]) for hit in without_copies(hits(*texts), k)]


def test_at_most_two_copies_of_a_passage_are_hits() -> None:
    assert kept(
        9, "an otter swims", "An otter  swims", "an owl flies", "an otter swims", "an owl flies"
    ) == [
        0,
        1,
        2,
        4,
    ]


def test_passages_that_differ_in_a_tenth_of_their_words_are_copies() -> None:
    ten = "a b c d e f g h i j".split()
    alike, other = [*ten[:9], "j", "k"], [*ten[:8], "x", "y"]
    assert kept(9, " ".join(ten), " ".join(alike), " ".join([*ten, "z"]), " ".join(other)) == [
        0,
        1,
        3,
    ]


def test_the_best_k_are_taken() -> None:
    assert kept(2, "one", "two", "three") == [0, 1]


def test_a_flood_of_copies_hides_nothing(make_system: MakeSystem, tmp_path: Path) -> None:
    crabs = (
        "Along all the rivers of this land any hungry otters will eat small or large "
        "crabs when they find them:"
    )
    folder = tmp_path / "flood"
    folder.mkdir()
    for number in range(120):
        (folder / f"{number:03d}.md").write_text(f"{crabs} number {number}.")
    (folder / "z.md").write_text("In winter the otters of the north eat mussels.")
    answer = make_system(folder).ask("Which otters eat mussels in winter?")
    assert len(answer.hits) == 3
    assert answer.text == "In winter the otters of the north eat mussels."


def test_a_large_library_is_searched_with_the_cosines_of_the_stored_vectors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("inquote.index.stores.local.vectors.EXACT_UP_TO", 1_000)
    texts = {
        f"{at:04d}": f"Record {at}: an otter eats {at % 97} crabs and {at % 89} mussels."
        for at in range(1_100)
    }
    store = LocalStore(tmp_path / "library")
    write(store, texts)
    question = "Which otter eats 13 mussels?"
    with store.snapshot() as snapshot:
        hits = Search(EMBEDDER).search(snapshot, question, 12)
        exact = snapshot.cosines(EMBEDDER.embed_query(question), [hit.passage.id for hit in hits])
        within = Search(EMBEDDER).search(snapshot, question, 3, scope=["0013", "0102"])
    assert len(hits) > 1
    assert [hit.dense_score for hit in hits] == pytest.approx(
        [exact[hit.passage.id] for hit in hits], abs=1e-6
    )
    ranked = sorted((hit for hit in hits if hit.dense_rank), key=lambda hit: hit.dense_rank or 0)
    scores = [hit.dense_score for hit in ranked]
    assert scores == sorted(scores, reverse=True)
    assert {hit.passage.document_id for hit in within} == {"0013", "0102"}
    assert not FaissIndex.load(store.generation_folder(1) / "vectors.faiss").exact
