from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import FakeEmbedder
from inquote.app.system import System
from inquote.eval.studies.shelf import Shelf
from inquote.index.retrieval.search import Hit, without_copies
from inquote.ingest.documents import Document, Passage

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
    crabs = "Along all the rivers of this land any hungry otters will eat small or large crabs when they find them:"
    folder = tmp_path / "flood"
    folder.mkdir()
    for number in range(120):
        (folder / f"{number:03d}.md").write_text(f"{crabs} number {number}.")
    (folder / "z.md").write_text("In winter the otters of the north eat mussels.")
    answer = make_system(folder).ask("Which otters eat mussels in winter?")
    assert len(answer.hits) == 3
    assert answer.text == "In winter the otters of the north eat mussels."


def test_a_large_library_is_searched_with_the_cosines_of_the_stored_vectors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("inquote.index.stores.local.vectors.EXACT_UP_TO", 1_000)
    texts = [
        f"Record {at}: an otter eats {at % 97} crabs and {at % 89} mussels." for at in range(1_100)
    ]
    documents = [Document(f"{at:04d}", "", "", text, "") for at, text in enumerate(texts)]
    shelf = Shelf(documents, FakeEmbedder())
    assert not shelf.derived.vectors.exact
    hits = shelf.search("Which otter eats 13 mussels?")
    cosines = dict(
        zip(
            (p.id for p in shelf.rows.values()),
            shelf.cosines("Which otter eats 13 mussels?"),
            strict=True,
        )
    )
    assert len(hits) > 1
    assert all(hit.dense_score == pytest.approx(cosines[hit.passage.id], abs=1e-6) for hit in hits)
    ranked = sorted((hit for hit in hits if hit.dense_rank), key=lambda hit: hit.dense_rank or 0)
    assert [hit.dense_score for hit in ranked] == sorted(
        (hit.dense_score for hit in ranked), reverse=True
    )
