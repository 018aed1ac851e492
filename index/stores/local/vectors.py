"""Nearest vectors by inner product: exact in a small library, in a large one by lists of near vectors."""

import hashlib
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from inquote.ingest.errors import LibraryDamaged

EXACT_UP_TO = 100_000  # vectors: all are compared with the query, in some 15 ms (eval/bench.md)
ROUNDED = 0.02  # at most so far is a number of a large store's vectors from what was given
_PROBED = 4  # of a large store's lists one in so many is searched
_TRAINED_ON = 64  # vectors for each list
_ROUNDS = 10  # of k-means
_BLOCK = 65_536  # vectors added at a time


class VectorStore(Protocol):
    """Vectors with integer ids."""

    @property
    def exact(self) -> bool:
        """Whether the scores are the inner products themselves and none is missed."""
        ...

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k nearest of each query: scores (n, k') float32, best first, and ids (n, k') int64.

        k' = min(k, size); less where a store that is not exact finds less. `queries` is (n, d) float32 and finite,
        else `ValueError`.
        """
        ...


def _checked(matrix: np.ndarray, dimension: int | None = None) -> np.ndarray:
    """`matrix` as FAISS must get it: it accepts wrong shapes without complaint under `python -O`."""
    if matrix.ndim != 2 or (dimension is not None and matrix.shape[1] != dimension):
        raise ValueError(f"vectors of shape (n, {dimension or 'd'}) are needed, got {matrix.shape}")
    if matrix.dtype != np.float32:
        raise ValueError(f"float32 vectors are needed, got {matrix.dtype}")
    if not np.isfinite(matrix).all():
        raise ValueError("a vector holds NaN or infinity")
    return np.ascontiguousarray(matrix)


def _checked_ids(ids: Sequence[int] | np.ndarray, matrix: np.ndarray) -> np.ndarray:
    array = np.asarray(ids, np.int64)
    if array.shape != (len(matrix),) or len(np.unique(array)) != len(array):
        raise ValueError(f"{len(matrix)} different ids are needed, got {array.shape}")
    return array


class FlatStore:
    """Exact search in NumPy, the oracle of the tests; equal scores come in the order of ids."""

    exact = True

    def __init__(self, ids: Sequence[int] | np.ndarray, matrix: np.ndarray) -> None:
        self.matrix = _checked(matrix)
        self.ids = _checked_ids(ids, matrix)

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """See `VectorStore.search`."""
        scores = _checked(queries, self.matrix.shape[1]) @ self.matrix.T
        order = np.lexsort((np.broadcast_to(self.ids, scores.shape), -scores), axis=1)[:, :k]
        return np.take_along_axis(scores, order, axis=1), self.ids[order]


def _lists(matrix: np.ndarray) -> Any:
    """An empty index of inverted lists, trained on `matrix` (n, d)."""
    import faiss

    count, dimension = math.isqrt(len(matrix)), matrix.shape[1]
    index = faiss.IndexIVFScalarQuantizer(
        *(faiss.IndexFlatIP(dimension), dimension, count),
        *(faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT),
    )
    index.cp.niter, index.cp.seed = _ROUNDS, 1
    chosen = np.random.default_rng(1).choice(
        len(matrix), min(len(matrix), _TRAINED_ON * count), replace=False
    )
    index.train(matrix[np.sort(chosen)])
    index.nprobe = math.ceil(count / _PROBED)
    return index


class FaissStore:
    """Search in FAISS: exact up to `EXACT_UP_TO` vectors.

    More are kept in about sqrt(n) lists, each around a centre that k-means found (inverted lists: Sivic and Zisserman
    2003; Jegou et al. 2011), a byte a dimension, and the lists nearest to a query are searched. The same vectors give
    the same lists.
    """

    def __init__(self, index: Any) -> None:
        import faiss

        self._index = index
        self._within = faiss.downcast_index(index.index)
        self._probes = isinstance(self._within, faiss.IndexIVF)

    @classmethod
    def build(cls, ids: Sequence[int] | np.ndarray, matrix: np.ndarray) -> "FaissStore":
        """From ids (n,) and vectors (n, d) float32; raises `ValueError` for any other shape or a NaN."""
        import faiss

        matrix, ids = _checked(matrix), _checked_ids(ids, matrix)
        within = (
            faiss.IndexFlatIP(matrix.shape[1]) if len(matrix) <= EXACT_UP_TO else _lists(matrix)
        )
        index = faiss.IndexIDMap(within)
        for at in range(0, len(matrix), _BLOCK):
            index.add_with_ids(matrix[at : at + _BLOCK], ids[at : at + _BLOCK])
        return cls(index)

    @property
    def exact(self) -> bool:
        """See `VectorStore.exact`."""
        return not self._probes

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """See `VectorStore.search`."""
        queries = _checked(queries, self.dimension)
        k = min(k, len(self))
        if k < 1:
            return np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
        scores, ids = self._index.search(queries, k)
        found = int((ids >= 0).sum(axis=1).min())
        if found < k and self.exact:
            raise LibraryDamaged(
                "The vector index returned no passage where there is one; run inquote ingest again."
            )
        return scores[:, :found], ids[:, :found]

    def vectors(self) -> tuple[np.ndarray, np.ndarray]:
        """All ids (n,) and vectors (n, d), for verification; rounded where the store is not exact."""
        import faiss

        if self._probes:
            self._within.make_direct_map()  # type: ignore[attr-defined]
        return faiss.vector_to_array(self._index.id_map), self._within.reconstruct_n(0, len(self))

    def save(self, path: Path) -> str:
        """Write to `path`, synced to disk, and return the hex SHA-256 of what was written.

        FAISS's own `write_index` reports success when the error comes at close, so the bytes go through our file.
        """
        import faiss

        digest = hashlib.sha256()
        with path.open("wb") as file:

            def write(block: bytes) -> int:
                digest.update(block)
                return file.write(block)

            writer = faiss.PyCallbackIOWriter(write)  # type: ignore[attr-defined]
            faiss.write_index(self._index, writer)
            del writer  # its destructor flushes what is buffered
            file.flush()
            os.fsync(file.fileno())
        return digest.hexdigest()

    @classmethod
    def load(cls, path: Path) -> "FaissStore":
        """Read a file whose hash has been checked; raises `LibraryDamaged` where FAISS cannot read it."""
        import faiss

        faiss.set_deserialization_vector_byte_limit(4 * path.stat().st_size + 1_000_000)
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise LibraryDamaged(
                f"The vector index {path.name} cannot be read; run inquote ingest again."
            ) from error
