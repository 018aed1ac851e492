"""One generation of a local library, read within one transaction."""

import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from inquote.index.stores.base import Ranking, Scope
from inquote.index.stores.local.damage import damaged_document, missing_passages
from inquote.index.stores.local.database import LIVE, sound
from inquote.index.stores.local.documents import DocumentReader
from inquote.index.stores.local.kept_files import KeptFiles
from inquote.index.stores.local.search_files import SearchFiles
from inquote.index.stores.segments import load_segments
from inquote.index.stores.sqlite import as_bytes
from inquote.ingest.documents import Passage

_ROWS = 10_000  # read at a time
_PASSAGE = (
    f"SELECT {sound('passages')}, row, document_id, start, stop, body, heading, lead, segments"
    f" FROM passages WHERE {LIVE}"
)


class LocalSnapshot(DocumentReader):
    """A `Snapshot` over a connection that is in a transaction.

    The indexes know passages by their row in the table `passages`; nothing outside this package
    does. `load(generation, with_places)` gives the search files of a generation, and is called with
    the first search.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        load: Callable[[int, bool], SearchFiles],
        attachment: Callable[[int, str], str | None],
        checked: set[tuple[int, str]],
        kept: KeptFiles,
        generation: int | None = None,
    ) -> None:
        super().__init__(connection, checked, kept, generation)
        self._load = load
        self._attachment = attachment
        self._rows: dict[str, int] = {}  # of passages by id, as far as they were looked up

    def attachment(self, name: str) -> str | None:
        """Return a text that was attached to this generation; None for none."""
        return self._attachment(self.generation, name)

    # Passages

    def has_passages(self) -> bool:
        """Return whether there is anything to search."""
        return self._live("SELECT 1 FROM passages WHERE {live} LIMIT 1").fetchone() is not None

    def has_place(self, place: str) -> bool:
        """Return whether there is such a document, or one below such a folder."""
        query = f"SELECT 1 FROM documents WHERE {{live}} AND {_placed('id')} LIMIT 1"
        return self._live(query, **_bounds(place)).fetchone() is not None

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Return the passages with these ids; see `Searchable.passages`."""
        rows = ",".join(map(str, self._rows_of(ids)))
        cursor = self._live(f"{_PASSAGE} AND row IN ({rows}) ORDER BY document_id, start, stop")
        return {passage.id: passage for _, passage in self._with_texts(cursor.fetchall())}

    def all_passages(self) -> Iterator[Passage]:
        """Yield all passages in the order of documents and text."""
        return (passage for _, passage in self.numbered_passages())

    def numbered_passages(self) -> Iterator[tuple[int, Passage]]:
        """Yield (row, passage) in the order of documents and text."""
        yield from self._with_texts(self._live(f"{_PASSAGE} ORDER BY document_id, start, stop"))

    def _with_texts(self, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, Passage]]:
        """Yield (row, passage) of rows that come document by document, each text read once.

        SQLite's own substr would count characters from the beginning of the text every time.
        """
        id, text = None, ""
        for is_sound, row, document_id, start, stop, body, heading, lead, stored in rows:
            if not is_sound:
                raise damaged_document(document_id)
            if document_id != id:
                id, text = document_id, self._text(document_id)
            segments = load_segments(stored, text)
            words = text[start:stop]
            yield row, Passage(document_id, start, stop, heading, words, lead, body, segments)

    def _text(self, document_id: str) -> str:
        row = self._live(
            f"SELECT {sound('documents')}, id, text, sha256 FROM documents"
            " WHERE {live} AND id = :id",
            id=document_id,
        ).fetchone()
        if row is None:
            raise damaged_document(document_id)
        self._check_text(*row)
        text: str = row[2]
        return text

    def content_hashes(self) -> dict[int, str]:
        """Return the key of every passage's embedding, by row."""
        return dict(self._live("SELECT row, content FROM passages WHERE {live} ORDER BY row"))

    def vectors(self, rows: Sequence[int] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return rows (n,) int64, ascending, and their vectors (n, d) float32; by default all."""
        among = "" if rows is None else f" AND row IN ({','.join(map(str, rows))})"
        cursor = self._live(
            f"SELECT coalesce({sound('embeddings')}, 0), row, {as_bytes('vector')}, document_id"
            " FROM passages LEFT JOIN embeddings"
            f" ON embeddings.content = passages.content WHERE {{live}}{among} ORDER BY row"
        )
        numbers, content = array("q"), bytearray()  # there may be many, so no copies are made
        while batch := cursor.fetchmany(_ROWS):
            for is_sound, row, vector, document_id in batch:
                if not is_sound:
                    raise damaged_document(document_id)
                numbers.append(row)
                content += vector
        dimension = len(content) // (4 * max(1, len(numbers)))
        matrix = np.frombuffer(content, np.float32).reshape(len(numbers), dimension)
        return np.array(numbers, np.int64), matrix

    # Search

    def nearest(self, vector: np.ndarray, k: int, scope: Scope | None = None) -> Ranking:
        """Return the passages nearest to a query; see `Searchable.nearest`.

        An index that rounds its vectors only names candidates; their cosines are computed anew.
        """
        index = self._search_files.vectors
        among = None if scope is None else self._rows_in(scope)
        scores, rows = index.search(vector[None, :], k, among)
        if index.exact:
            ids = self._ids_of(rows[0].tolist())
            cosines = dict(zip(ids, map(float, scores[0]), strict=True))
        else:
            cosines = self._cosines(vector, rows[0].tolist())
        return _ranked(cosines)

    def matching(self, question: str, k: int, scope: Scope | None = None) -> Ranking:
        """Return the passages that share a question's words; see `Searchable.matching`."""
        hits = self._load(self.generation, scope is not None).lexical.search(question, k, scope)
        ids = self._ids_of([row for row, _ in hits])
        scores = (score for _, score in hits)
        return _ranked(dict(zip(ids, scores, strict=True)))

    def cosines(self, vector: np.ndarray, ids: Iterable[str]) -> dict[str, float]:
        """Return the cosines of a query with these passages, from the stored vectors."""
        return self._cosines(vector, self._rows_of(ids))

    def embeddings(self, ids: Sequence[str]) -> np.ndarray:
        """Return the vectors of these passages; see `Searchable.embeddings`."""
        wanted = self._rows_of(ids)
        ascending, matrix = self.vectors(wanted)
        return matrix[np.searchsorted(ascending, np.array(wanted, np.int64))]

    def has_word(self, word: str, scope: Scope | None = None) -> bool:
        """Return whether a form of the word stands in any passage of a scope."""
        return self._load(self.generation, scope is not None).lexical.has(word, scope)

    @property
    def _search_files(self) -> SearchFiles:
        return self._load(self.generation, False)

    def _cosines(self, vector: np.ndarray, rows: Sequence[int]) -> dict[str, float]:
        ascending, matrix = self.vectors(rows)
        return dict(zip(self._ids_of(ascending.tolist()), map(float, matrix @ vector), strict=True))

    def _ids_of(self, rows: Sequence[int]) -> list[str]:
        """Return the passages' ids by rows; raise `LibraryDamaged` if one is missing."""
        listed = ",".join(map(str, rows))
        query = (
            f"SELECT {sound('passages')}, row, document_id, start, stop FROM passages"
            f" WHERE {LIVE} AND row IN ({listed})"
        )
        ids = {}
        for is_sound, row, document_id, start, stop in self._live(query):
            if not is_sound:
                raise damaged_document(document_id)
            ids[row] = Passage.id_of(document_id, start, stop)
            self._rows[ids[row]] = row
        try:
            return [ids[row] for row in rows]
        except KeyError:
            raise missing_passages() from None

    def _rows_of(self, ids: Iterable[str]) -> list[int]:
        """Return the rows of these passages; raise `LibraryDamaged` where one is missing."""
        query = (
            "SELECT row FROM passages WHERE {live}"
            " AND document_id = :id AND start = :start AND stop = :stop"
        )
        rows = []
        for passage_id in ids:
            if passage_id not in self._rows:
                try:
                    document_id, start, end = Passage.parse_id(passage_id)
                except ValueError:
                    raise missing_passages() from None
                row = self._live(query, id=document_id, start=start, stop=end).fetchone()
                if row is None:
                    raise missing_passages()
                self._rows[passage_id] = row[0]
            rows.append(self._rows[passage_id])
        return rows

    def _rows_in(self, scope: Scope) -> np.ndarray:
        """Return the rows, (n,) int64 ascending, of the passages of the documents in a scope."""
        rows: set[int] = set()
        for entry in scope:
            query = f"SELECT row FROM passages WHERE {{live}} AND {_placed('document_id')}"
            rows.update(row for (row,) in self._live(query, **_bounds(entry)))
        return np.array(sorted(rows), np.int64)


def _placed(column: str) -> str:
    """Return the condition that an id is a document's or below a folder's; see `_bounds`."""
    return f"({column} = :id OR ({column} > :first AND {column} < :last))"


def _bounds(place: str) -> dict[str, str]:
    """Return what the ids of a document, or of those below a folder, are compared with."""
    return {"id": place, "first": f"{place}/", "last": f"{place}0"}  # "0" comes after "/"


def _ranked(scores: dict[str, float]) -> Ranking:
    """Return (id, score) pairs, best first, equal scores by id."""
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
