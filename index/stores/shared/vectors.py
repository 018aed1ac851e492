"""The embeddings that a draft has at hand: its own, those of killed writers, and the library's.

They are kept by the hash of what was embedded, in a table of their own until their passages are
committed, so that nothing is embedded twice.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from inquote.index.disk import step
from inquote.index.stores.shared.engine import dataset, write
from inquote.index.stores.shared.errors import explained
from inquote.index.stores.shared.heads import Head
from inquote.index.stores.shared.rows import (
    as_matrix,
    as_table,
    is_sound,
    vector_digest,
    vectors_schema,
)
from inquote.index.stores.shared.tables import Table, batches, one_of, open_table

TABLE = "embedded"
_COLUMNS = ["key", "vector", "vector_digest"]
_MOST_HELD = 65_536  # vectors in memory
_MOST_WAITING = 1_024  # that a kill may lose


class Embeddings:
    """Embeddings of the library at `location` by key; `passages` is the table being written."""

    def __init__(self, location: str, passages: Head) -> None:
        self.location = location
        self._passages = passages
        self._held: OrderedDict[str, np.ndarray] = OrderedDict()
        self._waiting: dict[str, np.ndarray] = {}
        self._staged = open_table(location, TABLE)
        self._staged_keys: set[str] = set()
        if self._staged:
            columns = self._staged.columns(["key"])
            self._staged_keys = set(columns.column("key").to_pylist())

    def put(self, keys: Sequence[str], matrix: np.ndarray) -> None:
        """Keep embeddings, (n, d) float32."""
        for key, vector in zip(keys, matrix.astype(np.float32), strict=True):
            self._hold(key, vector)
            self._waiting[key] = vector
        if len(self._waiting) >= _MOST_WAITING:
            self.flush()

    def _hold(self, key: str, vector: np.ndarray) -> None:
        self._held.pop(key, None)
        self._held[key] = vector
        while len(self._held) > _MOST_HELD:
            self._held.popitem(last=False)

    def sound(self, keys: Iterable[str], dimension: int) -> set[str]:
        """Return those of the keys whose embeddings are at hand, of a dimension and of norm 1."""
        sound = set()
        for batch in batches(keys):
            for key, vector in self.find(batch).items():
                if is_sound(vector, dimension):
                    sound.add(key)
        return sound

    def find(self, keys: Sequence[str]) -> dict[str, np.ndarray]:
        """Return the embeddings that there are of some keys."""
        found: dict[str, np.ndarray] = {}
        for key in keys:
            vector = self._waiting.get(key, self._held.get(key))
            if vector is not None:
                found[key] = vector
        self._look_up(keys, found)
        return found

    def _look_up(self, keys: Sequence[str], found: dict[str, np.ndarray]) -> None:
        """Add embeddings that tables hold."""
        absent = [key for key in keys if key not in found]
        staged = [key for key in absent if key in self._staged_keys]
        if staged and self._staged:
            found |= self._read(self._staged.data, ["key", "vector", "digest"], staged)
        absent = [key for key in absent if key not in found]
        if absent and self._passages.data is not None:
            found |= self._read(self._passages.data, _COLUMNS, absent)

    def _read(self, data: Any, columns: list[str], keys: Sequence[str]) -> dict[str, np.ndarray]:
        """Return the embeddings of a table that are as they were written."""
        found = {}
        for batch in batches(keys):
            with explained(self.location):
                scanner = data.scanner(columns=columns, filter=one_of("key", batch))
                table = scanner.to_table()
            digests = table.column(columns[2]).to_pylist()
            vectors = as_matrix(table.column("vector"))
            names = table.column("key").to_pylist()
            for key, vector, digest in zip(names, vectors, digests, strict=True):
                if vector_digest(vector) == digest:
                    found[key] = vector
                    self._hold(key, vector)
        return found

    def flush(self) -> None:
        """Write the embeddings that wait, so that they last without a commit."""
        if not self._waiting:
            return
        keys, rows = list(self._waiting), []
        for key, vector in self._waiting.items():
            rows.append({"key": key, "vector": vector, "digest": vector_digest(vector)})
        schema = vectors_schema(len(rows[0]["vector"]))
        uri = f"{self.location}/{TABLE}.lance"
        with explained(self.location):
            step()
            mode = "append"
            if not self._staged or not self._staged.data.schema.equals(schema):
                mode = "overwrite"
                self._staged_keys = set()
            write(as_table(rows, schema), uri, mode)
        self._staged = Table(self.location, TABLE)
        self._staged_keys.update(keys)
        self._waiting = {}

    def clear(self) -> None:
        """Drop what waited for its passages, which are committed."""
        if not self._staged_keys:
            return
        with explained(self.location):
            table = dataset(f"{self.location}/{TABLE}.lance")
            step()
            table.delete("true")
            table.cleanup_old_versions(timedelta(0))
