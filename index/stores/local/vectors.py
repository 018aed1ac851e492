"""Find the nearest vectors by inner product: exactly, or by lists in a large library."""

import hashlib
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from inquote.ingest.errors import LibraryDamaged

EXACT_UP_TO = 100_000  # vectors: all are compared with the query, in some 15 ms (eval/bench.md)
MAX_ROUNDING_ERROR = 0.02  # by which a large index may change a number of a vector
_PROBED = 4  # one list in so many is searched in a large index
_TRAINED_ON = 64  # vectors for each list
_ROUNDS = 10  # of k-means
_BLOCK = 65_536  # vectors added at a time


class VectorIndex(Protocol):
    """Vectors with integer ids."""

    @property
    def exact(self) -> bool:
        """Whether the scores are the inner products themselves and no vector is missed."""
        ...

    def search(
        self, queries: np.ndarray, k: int, among: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the k nearest of each query: scores (n, k') float32, best first, and ids (n, k').

        k' = min(k, size), or less where an index that is not exact finds less. `queries` is (n, d)
        float32 and finite, else `ValueError`. `among`, (m,) int64, are the only ids to consider.
        """
        ...


def _checked(matrix: np.ndarray, dimension: int | None = None) -> np.ndarray:
    """Return `matrix` as FAISS must get it: it takes wrong shapes silently under `python -O`."""
    if matrix.ndim != 2 or (dimension is not None and matrix.shape[1] != dimension):
        shape = f"(n, {dimension or 'd'})"
        raise ValueError(f"vectors of shape {shape} are needed, got {matrix.shape}")
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


class FlatIndex:
    """Exact search in NumPy, the oracle of the tests; equal scores come in the order of ids."""

    exact = True

    def __init__(self, ids: Sequence[int] | np.ndarray, matrix: np.ndarray) -> None:
        self.matrix = _checked(matrix)
        self.ids = _checked_ids(ids, matrix)

    def search(
        self, queries: np.ndarray, k: int, among: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the nearest; see `VectorIndex.search`."""
        if among is not None:
            kept = np.isin(self.ids, among)
            return FlatIndex(self.ids[kept], self.matrix[kept]).search(queries, k)
        scores = _checked(queries, self.matrix.shape[1]) @ self.matrix.T
        order = np.lexsort((np.broadcast_to(self.ids, scores.shape), -scores), axis=1)[:, :k]
        return np.take_along_axis(scores, order, axis=1), self.ids[order]


def _inverted_lists(matrix: np.ndarray) -> Any:
    """Return an empty index of inverted lists, trained on `matrix` (n, d)."""
    import faiss

    count, dimension = math.isqrt(len(matrix)), matrix.shape[1]
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        count,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.cp.niter, index.cp.seed = _ROUNDS, 1
    wanted = min(len(matrix), _TRAINED_ON * count)
    sample = np.random.default_rng(1).choice(len(matrix), wanted, replace=False)
    index.train(matrix[np.sort(sample)])
    index.nprobe = math.ceil(count / _PROBED)
    return index


class FaissIndex:
    """Search in FAISS: exact up to `EXACT_UP_TO` vectors.

    More are kept in about sqrt(n) lists, each around a centre of k-means (inverted lists: Sivic and
    Zisserman 2003; Jegou et al. 2011), a byte a dimension, and the lists nearest to a query are
    searched. The same vectors give the same lists.
    """

    def __init__(self, index: Any) -> None:
        import faiss

        self._index = index
        self._inner = faiss.downcast_index(index.index)
        self._has_lists = isinstance(self._inner, faiss.IndexIVF)

    @classmethod
    def build(cls, ids: Sequence[int] | np.ndarray, matrix: np.ndarray) -> "FaissIndex":
        """Build from ids (n,) and vectors (n, d) float32; raise `ValueError` for others or NaN."""
        import faiss

        matrix, ids = _checked(matrix), _checked_ids(ids, matrix)
        if len(matrix) <= EXACT_UP_TO:
            inner = faiss.IndexFlatIP(matrix.shape[1])
        else:
            inner = _inverted_lists(matrix)
        index = faiss.IndexIDMap(inner)
        for at in range(0, len(matrix), _BLOCK):
            index.add_with_ids(matrix[at : at + _BLOCK], ids[at : at + _BLOCK])
        return cls(index)

    @property
    def exact(self) -> bool:
        """Whether all vectors are compared; see `VectorIndex.exact`."""
        return not self._has_lists

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def search(
        self, queries: np.ndarray, k: int, among: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the nearest; see `VectorIndex.search`. `among` names ids of this index."""
        queries = _checked(queries, self.dimension)
        k = min(k, len(self) if among is None else len(among))
        if k < 1:
            return np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
        scores, ids = self._index.search(queries, k, params=self._parameters(among))
        count = int((ids >= 0).sum(axis=1).min())
        if count < k and self.exact:
            raise LibraryDamaged(
                "The vector index returned no passage where there is one; run inquote ingest again."
            )
        return scores[:, :count], ids[:, :count]

    def _parameters(self, among: np.ndarray | None) -> Any:
        """Return what limits a search to some ids, in all lists, for few of them hold these ids."""
        import faiss

        if among is None:
            return None
        selector = faiss.IDSelectorBatch(np.asarray(among, np.int64))
        if self._has_lists:
            return faiss.SearchParametersIVF(sel=selector, nprobe=self._inner.nlist)
        return faiss.SearchParameters(sel=selector)

    def vectors(self) -> tuple[np.ndarray, np.ndarray]:
        """Return all ids (n,) and vectors (n, d) for verification, rounded where not exact."""
        import faiss

        if self._has_lists:
            self._inner.make_direct_map()
        return faiss.vector_to_array(self._index.id_map), self._inner.reconstruct_n(0, len(self))

    def save(self, path: Path) -> str:
        """Write to `path`, synced to disk, and return the hex SHA-256 of the bytes.

        FAISS's own `write_index` reports success when the error comes at close, so the bytes go
        through our file.
        """
        import faiss

        digest = hashlib.sha256()
        with path.open("wb") as file:

            def write(block: bytes) -> int:
                digest.update(block)
                return file.write(block)

            writer = faiss.PyCallbackIOWriter(write)
            faiss.write_index(self._index, writer)
            del writer  # its destructor flushes what is buffered
            file.flush()
            os.fsync(file.fileno())
        return digest.hexdigest()

    @classmethod
    def load(cls, path: Path) -> "FaissIndex":
        """Read a file whose hash was checked; raise `LibraryDamaged` where FAISS cannot read it."""
        import faiss

        faiss.set_deserialization_vector_byte_limit(4 * path.stat().st_size + 1_000_000)
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise LibraryDamaged(
                f"The vector index {path.name} cannot be read; run inquote ingest again."
            ) from error
