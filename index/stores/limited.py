"""A store of which only some documents are there: what a person may see.

Whatever reads through it (search, document pane, suggestions, counts) meets nothing else, so that
no caller has a rule of its own to keep.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from inquote.index.progress import Progress, silent
from inquote.index.stores.base import (
    DocumentInfo,
    Draft,
    FileRecord,
    Ranking,
    Scope,
    Snapshot,
    Store,
    in_scope,
)
from inquote.index.stores.journal import Journal
from inquote.index.stores.recipe import Recipe
from inquote.ingest.chunk import LeftOut
from inquote.ingest.documents import Document, Page, Passage
from inquote.ingest.errors import IngestError, InquoteError, LibraryDamaged


def narrow(scope: Scope | None, visible: Scope) -> Scope:
    """Return what of a scope lies in another; None is everything.

    >>> narrow(["a", "b/c.md", "d"], ["a/x", "b"]), narrow(None, ["b"])
    (['a/x', 'b/c.md'], ['b'])
    """
    if scope is None:
        return visible
    narrowed = []
    for entry in scope:
        if in_scope(entry, visible):
            narrowed.append(entry)
        else:
            narrowed.extend(place for place in visible if in_scope(place, [entry]))
    return narrowed


class LimitedSnapshot:
    """A `Snapshot` with the documents of `visible` alone."""

    def __init__(self, snapshot: Snapshot, visible: Scope) -> None:
        self._snapshot = snapshot
        self._visible = visible
        self.generation = snapshot.generation
        self.oldest = snapshot.oldest

    def _sees(self, id: str) -> bool:
        return in_scope(id, self._visible)

    def _check(self, id: str) -> None:
        """Raise `KeyError`, as for a document that is not there."""
        if not self._sees(id):
            raise KeyError(id)

    def _checked(self, ids: Iterable[str]) -> list[str]:
        """Return passages' ids; raise `LibraryDamaged` where one is of no visible document."""
        checked = []
        for id in ids:
            try:
                is_there = self._sees(Passage.parse_id(id)[0])
            except ValueError:
                is_there = False
            if not is_there:
                raise LibraryDamaged(f"There is no passage {id}.")
            checked.append(id)
        return checked

    @property
    def changed_at(self) -> str:
        """The time at which the newest of the documents was ingested; "" for none."""
        return max((info.ingested_at for info in self.document_infos()), default="")

    @property
    def recipe(self) -> Recipe | None:
        """How the library was made."""
        return self._snapshot.recipe

    def document(self, id: str) -> Document:
        """Return one document; raise `KeyError` where there is none of that id."""
        self._check(id)
        return self._snapshot.document(id)

    def documents(self) -> Iterator[Document]:
        """Yield all documents in the order of their ids."""
        for info in self.document_infos():
            yield self._snapshot.document(info.id)

    def document_infos(self) -> list[DocumentInfo]:
        """List the documents in the order of their ids."""
        return [info for info in self._snapshot.document_infos() if self._sees(info.id)]

    def file_records(self) -> dict[str, FileRecord]:
        """Return what is remembered of each document's file."""
        records = self._snapshot.file_records()
        return {id: record for id, record in records.items() if self._sees(id)}

    def roots(self) -> dict[str, str]:
        """Return no root folders: they are of the machine."""
        return {}

    def left_out(self) -> Iterator[tuple[str, LeftOut, str]]:
        """Yield what is in no passage; see `Snapshot.left_out`."""
        return (item for item in self._snapshot.left_out() if self._sees(item[0]))

    def has_passages(self) -> bool:
        """Return whether there is anything to search."""
        return any(info.passages for info in self.document_infos())

    def has_place(self, place: str) -> bool:
        """Return whether there is such a document, or one below such a folder."""
        return any(map(self._snapshot.has_place, narrow([place], self._visible)))

    def all_passages(self) -> Iterator[Passage]:
        """Yield all passages in the order of documents and text."""
        passages = self._snapshot.all_passages()
        return (passage for passage in passages if self._sees(passage.document_id))

    def attachment(self, name: str) -> str | None:
        """Return a text that was attached to the generation; it may tell of all documents."""
        return self._snapshot.attachment(name)

    def original(self, id: str) -> bytes | None:
        """Return the bytes of a document's file; see `Snapshot.original`."""
        self._check(id)
        return self._snapshot.original(id)

    def original_file(self, id: str) -> Path | None:
        """Return the file that holds a document's file; see `Snapshot.original_file`."""
        self._check(id)
        return self._snapshot.original_file(id)

    @property
    def originals_size(self) -> int:
        """Nothing: what is kept is counted for the whole library alone."""
        return 0

    def pages(self, id: str) -> tuple[Page, ...]:
        """Return the pages of a document; see `Snapshot.pages`."""
        self._check(id)
        return self._snapshot.pages(id)

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Return the passages with these ids; see `Searchable.passages`."""
        return self._snapshot.passages(self._checked(ids))

    def nearest(self, vector: np.ndarray, k: int, scope: Scope | None = None) -> Ranking:
        """Return the passages nearest to a query; see `Searchable.nearest`."""
        return self._snapshot.nearest(vector, k, narrow(scope, self._visible))

    def matching(self, question: str, k: int, scope: Scope | None = None) -> Ranking:
        """Return the passages that share a question's words; see `Searchable.matching`."""
        return self._snapshot.matching(question, k, narrow(scope, self._visible))

    def cosines(self, vector: np.ndarray, ids: Iterable[str]) -> dict[str, float]:
        """Return the cosines of a query with these passages."""
        return self._snapshot.cosines(vector, self._checked(ids))

    def embeddings(self, ids: Sequence[str]) -> np.ndarray:
        """Return the vectors of these passages."""
        return self._snapshot.embeddings(self._checked(ids))

    def has_word(self, word: str, scope: Scope | None = None) -> bool:
        """Return whether a form of the word stands in any passage of a scope."""
        return self._snapshot.has_word(word, narrow(scope, self._visible))


class LimitedStore:
    """A `Store` over another, with the documents of `visible` alone; nothing is written by it."""

    def __init__(self, store: Store, visible: Sequence[str]) -> None:
        self._store = store
        self._visible = tuple(visible)

    @property
    def location(self) -> str:
        """The folder or the URL of the store."""
        return self._store.location

    @property
    def folder(self) -> Path | None:
        """None: the folder is the whole store's."""
        return None

    @property
    def size(self) -> int:
        """Nothing: the bytes are the whole store's."""
        return 0

    @property
    def journal(self) -> Journal:
        """The journal of the whole store."""
        return self._store.journal

    @property
    def notice(self) -> str:
        """What people should know of the whole store just now."""
        return self._store.notice

    @contextlib.contextmanager
    def snapshot(self, generation: int | None = None) -> Iterator[Snapshot]:
        """Open one generation; see `Store.snapshot`.

        What is damaged is not named: it may be a document that is not visible.
        """
        try:
            with self._store.snapshot(generation) as snapshot:
                yield LimitedSnapshot(snapshot, self._visible)
        except LibraryDamaged:
            raise LibraryDamaged(
                "The library is not as written; who runs it can say: inquote verify."
            ) from None

    def begin(self, progress: Progress = silent, after: int = 0) -> AbstractContextManager[Draft]:
        """Raise `IngestError`: the library is changed as a whole."""
        raise IngestError("Only who sees the whole library can change it.")

    def recover(self) -> str:
        """Return "": the whole store is recovered by itself."""
        return ""

    def attach(self, generation: int, name: str, text: str) -> None:
        """Attach nothing: an attachment is everybody's."""

    def purge(self, ids: Sequence[str], progress: Progress = silent) -> int:
        """Raise `IngestError`: the library is changed as a whole."""
        raise IngestError("Only who sees the whole library can change it.")

    def back_up(self, target: Path, progress: Progress = silent) -> None:
        """Raise `InquoteError`: a part of a library is no backup."""
        raise InquoteError("Only who sees the whole library can back it up.")

    def verify(self) -> list[str]:
        """Return []: the whole store is verified by itself."""
        return []

    def close(self) -> None:
        """Leave the whole store open."""
