import hashlib
from pathlib import Path

import numpy as np
import pytest

from inquote.index.stores.local.vectors import MAX_ROUNDING_ERROR, FaissIndex, FlatIndex
from inquote.ingest.errors import LibraryDamaged


def unit_rows(n: int, d: int, seed: int = 0) -> np.ndarray:
    matrix = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def test_a_hand_worked_search() -> None:
    store = FaissIndex.build([7, 3], np.array([[1, 0], [0, 1]], np.float32))
    scores, ids = store.search(np.array([[0.6, 0.8]], np.float32), 2)
    assert ids.tolist() == [[3, 7]]
    assert scores[0] == pytest.approx([0.8, 0.6])


def test_faiss_agrees_with_the_oracle() -> None:
    ids, matrix, queries = np.arange(200) * 3 + 1, unit_rows(200, 16), unit_rows(20, 16, seed=1)
    scores, found = FaissIndex.build(ids, matrix).search(queries, 10)
    oracle_scores, oracle_found = FlatIndex(ids, matrix).search(queries, 10)
    assert found.tolist() == oracle_found.tolist()
    assert np.allclose(scores, oracle_scores, atol=1e-6)


def test_the_oracle_orders_equal_scores_by_id() -> None:
    store = FlatIndex([9, 2, 5], np.array([[1, 0], [1, 0], [0, 1]], np.float32))
    assert store.search(np.array([[1, 0]], np.float32), 3)[1].tolist() == [[2, 9, 5]]


@pytest.mark.parametrize("make", [FaissIndex.build, FlatIndex])
def test_more_than_there_is_and_none_at_all(make: type[FlatIndex]) -> None:
    assert make([1, 2], unit_rows(2, 4)).search(unit_rows(3, 4), 99)[1].shape == (3, 2)
    assert make([], np.zeros((0, 4), np.float32)).search(unit_rows(1, 4), 5)[1].shape == (1, 0)


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((2, 3), np.float32),
        np.zeros((2, 4), np.float64),
        np.zeros(4, np.float32),
        np.full((1, 4), np.nan, np.float32),
    ],
    ids=["dimension", "float64", "one-dimensional", "NaN"],
)
def test_wrong_queries_are_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"needed|NaN"):
        FaissIndex.build([1], unit_rows(1, 4)).search(bad, 1)


def test_ids_must_differ_and_match() -> None:
    with pytest.raises(ValueError, match="different ids"):
        FaissIndex.build([1, 1], unit_rows(2, 4))
    with pytest.raises(ValueError, match="different ids"):
        FaissIndex.build([1], unit_rows(2, 4))


def test_a_saved_store_answers_as_before_and_its_hash_is_that_of_the_file(tmp_path: Path) -> None:
    store = FaissIndex.build([4, 2], unit_rows(2, 8))
    digest = store.save(tmp_path / "v")
    assert digest == hashlib.sha256((tmp_path / "v").read_bytes()).hexdigest()
    loaded = FaissIndex.load(tmp_path / "v")
    assert np.array_equal(
        loaded.search(unit_rows(1, 8, 3), 2)[0], store.search(unit_rows(1, 8, 3), 2)[0]
    )
    ids, matrix = loaded.vectors()
    assert ids.tolist() == [4, 2]
    assert np.array_equal(matrix, unit_rows(2, 8))


def test_a_file_cut_short_is_damage(tmp_path: Path) -> None:
    FaissIndex.build([4, 2], unit_rows(2, 8)).save(tmp_path / "v")
    (tmp_path / "v").write_bytes((tmp_path / "v").read_bytes()[:50])
    with pytest.raises(LibraryDamaged, match="cannot be read"):
        FaissIndex.load(tmp_path / "v")


def clustered(n: int, d: int = 32, seed: int = 0) -> np.ndarray:
    """Vectors around a few hundred centres, as texts lie; evenly spread ones no lists can order."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(n // 40, d))
    matrix = (centres[rng.integers(len(centres), size=n)] + 0.4 * rng.normal(size=(n, d))).astype(
        np.float32
    )
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


@pytest.fixture
def small_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inquote.index.stores.local.vectors.EXACT_UP_TO", 1_000)


@pytest.mark.usefixtures("small_exact")
def test_a_large_store_finds_nearly_what_the_oracle_finds() -> None:
    matrix, ids = clustered(4_000), np.arange(4_000) * 2
    store = FaissIndex.build(ids, matrix)
    queries = matrix[::100] + 0.05 * clustered(40, seed=3)[:40]
    _, found = store.search(np.ascontiguousarray(queries, np.float32), 10)
    _, expected = FlatIndex(ids, matrix).search(queries.astype(np.float32), 10)
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, expected, strict=True)])
    assert not store.exact and recall >= 0.9


@pytest.mark.usefixtures("small_exact")
def test_a_large_store_made_twice_is_the_same_file_and_holds_every_vector(tmp_path: Path) -> None:
    matrix, ids = clustered(1_500), np.arange(1_500)[::-1] + 7
    digests = {FaissIndex.build(ids, matrix).save(tmp_path / name) for name in ("one", "two")}
    loaded = FaissIndex.load(tmp_path / "one")
    assert len(digests) == 1 and not loaded.exact
    kept, stored = loaded.vectors()
    assert kept.tolist() == ids.tolist() and np.allclose(
        stored, matrix, rtol=0, atol=MAX_ROUNDING_ERROR
    )
    assert loaded.search(matrix[:1], 99_999)[1].shape[1] < 1_500


def test_the_oracle_and_a_small_store_are_exact() -> None:
    assert FlatIndex([1], unit_rows(1, 4)).exact and FaissIndex.build([1], unit_rows(1, 4)).exact
