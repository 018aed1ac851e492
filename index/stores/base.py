"""The door to storage: whoever searches, answers or ingests knows these protocols and no store.

A store keeps generations. A snapshot reads one of them, a draft makes the next one, and its commit
is the only moment at which a store changes. A passage is known by its id, in every store.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from inquote.index.progress import Progress, silent
from inquote.index.stores.journal import Journal
from inquote.index.stores.recipe import Recipe
from inquote.ingest.chunk import Chunks, LeftOut
from inquote.ingest.documents import Document, Page, Passage

KEPT_GENERATIONS = 3  # the current one and those before it that can still be asked
MAX_NORM_ERROR = 1e-3  # by which the norm of a stored embedding may differ from 1

Scope = Sequence[str]
"""Ids of documents or of folders above them: "a" and "a/b" hold the document "a/b/c.md"."""

Ranking = list[tuple[str, float]]
"""(passage id, score) pairs, best first, equal scores by passage id."""


def in_scope(document_id: str, scope: Scope | None) -> bool:
    """Return whether a document lies in a scope; None is everything.

    >>> in_scope("a/b.md", ["a"]), in_scope("ab.md", ["a"]), in_scope("ab.md", None)
    (True, False, True)
    """
    if scope is None:
        return True
    return any(document_id == entry or document_id.startswith(f"{entry}/") for entry in scope)


@dataclass(frozen=True)
class DocumentInfo:
    """A line of the list of documents; counts, and the time of its ingest in ISO 8601, UTC."""

    id: str
    title: str
    source: str
    sha256: str
    characters: int
    passages: int
    ingested_at: str


@dataclass(frozen=True)
class FileRecord:
    """What a store remembers of a document's file, so that an ingest can tell what changed.

    `root` is the folder that was ingested, `state` a digest of the document without its id, `file`
    the digest of the file, `sha256` that of the document's text. Where anything of the document is
    not as it was written, `state` and `file` are "", so that it counts as changed. `original` and
    `boxes` name what is kept of it; see `DocumentRecord`.
    """

    root: str
    state: str
    file: str
    sha256: str
    original: str = ""
    boxes: str = ""

    @property
    def is_damaged(self) -> bool:
        """Whether the document has to be made anew from its file."""
        return not self.state

    def as_stored(self, document: Document) -> "DocumentRecord":
        """Return the record of the document that this is about, as it is stored."""
        return DocumentRecord(document, self.root, self.state, self.file, self.original, self.boxes)


@dataclass(frozen=True)
class DocumentRecord:
    """A document as it is stored, with what a `FileRecord` remembers of its file.

    `original` is the name under which the file's bytes are kept, `boxes` that of the boxes of its
    pages (see `Draft.keep`), "" where they are not kept. `content` are the file's bytes until then.
    """

    document: Document
    root: str
    state: str
    file: str
    original: str = ""
    boxes: str = ""
    content: bytes = b""


@dataclass(frozen=True)
class CutDocument:
    """A document, the passages that it was cut into, and the key of each passage's embedding."""

    record: DocumentRecord
    chunks: Chunks
    keys: tuple[str, ...]


class Searchable(Protocol):
    """Passages that can be searched by meaning and by words."""

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Return the passages with these ids; raise `LibraryDamaged` where one is missing."""
        ...

    def nearest(self, vector: np.ndarray, k: int, scope: Scope | None = None) -> Ranking:
        """Return the k passages nearest to a query by cosine.

        `vector` is (d,) float32 of norm 1. A store that does not compare all vectors may miss some.
        """
        ...

    def matching(self, question: str, k: int, scope: Scope | None = None) -> Ranking:
        """Return the k passages that match a question's words best, with scores in [0, 1)."""
        ...

    def cosines(self, vector: np.ndarray, ids: Iterable[str]) -> dict[str, float]:
        """Return the cosines of a query, (d,) float32 of norm 1, with these passages."""
        ...

    def has_word(self, word: str, scope: Scope | None = None) -> bool:
        """Return whether a form of the word stands in any passage of a scope."""
        ...


class Snapshot(Searchable, Protocol):
    """One generation of a store: the current one, or an earlier one that is kept."""

    @property
    def generation(self) -> int:
        """The number of this generation; 0 before the first ingest."""
        ...

    @property
    def oldest(self) -> int:
        """The first generation that can still be read."""
        ...

    @property
    def changed_at(self) -> str:
        """The time of the newest generation in ISO 8601, UTC; "" before the first."""
        ...

    @property
    def recipe(self) -> Recipe | None:
        """How the library was made; None before its first ingest."""
        ...

    def document(self, id: str) -> Document:
        """Return one document; raise `KeyError` where there is none of that id."""
        ...

    def documents(self) -> Iterator[Document]:
        """Yield all documents in the order of their ids."""
        ...

    def document_infos(self) -> list[DocumentInfo]:
        """List the documents in the order of their ids, without reading their texts."""
        ...

    def file_records(self) -> dict[str, FileRecord]:
        """Return what is remembered of each document's file, in the order of the documents' ids."""
        ...

    def roots(self) -> dict[str, str]:
        """Return root folders, each with the name that its documents' ids begin with."""
        ...

    def left_out(self) -> Iterator[tuple[str, LeftOut, str]]:
        """Yield (document id, range and rule, text) of everything that is in no passage."""
        ...

    def has_passages(self) -> bool:
        """Return whether there is anything to search."""
        ...

    def has_place(self, place: str) -> bool:
        """Return whether there is a document of that id, or one below a folder of that name."""
        ...

    def all_passages(self) -> Iterator[Passage]:
        """Yield all passages in the order of documents and text."""
        ...

    def embeddings(self, ids: Sequence[str]) -> np.ndarray:
        """Return the vectors of these passages, (n, d) float32 in their order."""
        ...

    def attachment(self, name: str) -> str | None:
        """Return a text that was attached to this generation under `name`; None for none."""
        ...

    def original(self, id: str) -> bytes | None:
        """Return the bytes of a document's file; None where they are not kept or damaged."""
        ...

    def original_file(self, id: str) -> Path | None:
        """Return the file of this machine that holds a document's file as it was, to read only.

        None where it is not kept, is damaged, or where the store keeps no such files.
        """
        ...

    @property
    def originals_size(self) -> int:
        """The bytes of the documents' files that are kept, of all kept generations."""
        ...

    def pages(self, id: str) -> tuple[Page, ...]:
        """Return the pages of a document with the boxes of their lines, where these are kept."""
        ...


class Draft(Protocol):
    """The next generation while it is written; nothing of it is seen before its commit."""

    @property
    def generation(self) -> int:
        """The number that a commit gives to this generation."""
        ...

    def missing(self, keys: Iterable[str], dimension: int) -> set[str]:
        """Return the keys without a sound embedding of this dimension."""
        ...

    def put_embeddings(self, keys: Sequence[str], matrix: np.ndarray) -> None:
        """Keep embeddings, (n, d) float32 with rows of norm 1; they last even without a commit."""
        ...

    def keep(self, content: bytes) -> str:
        """Keep bytes and return their name; they go when no kept generation names them."""
        ...

    def put_documents(self, documents: Sequence[CutDocument]) -> None:
        """Store documents in the place of those with the same ids; each at most once."""
        ...

    def remove(self, ids: Iterable[str]) -> None:
        """Leave documents out of the next generation; those put into this draft stay."""
        ...

    def put_roots(self, names: Mapping[str, str]) -> None:
        """Remember root folders, each with the name that its documents' ids begin with."""
        ...

    def note_files(self, digests: Mapping[str, str]) -> None:
        """Note new digests of files, by document id, where the documents stay as they are.

        They are noted without a commit too, and make no new generation.
        """
        ...

    def commit(self, recipe: Recipe) -> int:
        """Make this generation the current one and return its number.

        Raises `IngestError` where nothing would be left to search.
        """
        ...


class Store(Protocol):
    """A library: generations of documents with their passages and embeddings."""

    @property
    def location(self) -> str:
        """The folder or the URL that opens this store."""
        ...

    @property
    def folder(self) -> Path | None:
        """The folder of this machine that the store lies in; None for one that lies elsewhere."""
        ...

    @property
    def size(self) -> int:
        """The bytes that the store takes."""
        ...

    @property
    def journal(self) -> Journal:
        """The questions and the feedback that are kept beside the library."""
        ...

    def snapshot(self, generation: int | None = None) -> AbstractContextManager[Snapshot]:
        """Open one generation, by default the current one, for as long as the context lasts.

        Before the first commit there is no library, or an empty one of generation 0 that cannot be
        searched. Raises `LibraryMissing` for none, `GenerationGone` for a generation that is not
        kept, `LibraryDamaged` where it cannot be read.
        """
        ...

    @property
    def notice(self) -> str:
        """What the people who ask should know of the store just now; "" for nothing."""
        ...

    def begin(self, progress: Progress = silent, after: int = 0) -> AbstractContextManager[Draft]:
        """Become the one writer and begin the next generation; without a commit nothing changes.

        In a library without any generation the first one has the number `after` + 1. Raises
        `LibraryBusy` where another process writes, `IngestError` where nothing can be written.
        """
        ...

    def recover(self) -> str:
        """Save what is sound of a store that cannot be read, and say what became of the rest.

        Returns "" where the store can be read. Raises as `begin` does.
        """
        ...

    def attach(self, generation: int, name: str, text: str) -> None:
        """Keep a text beside a generation under `name`; it goes when the generation goes.

        It is lost, without an error, where it cannot be written or a purge made a later generation.
        """
        ...

    def purge(self, ids: Sequence[str], progress: Progress = silent) -> int:
        """Erase documents from all kept generations, so that no file of the store holds them.

        It makes the next generation and returns its number; a second call finishes one that was cut
        short. Raises as `begin` does, and `IngestError` for an unknown document or none left.
        """
        ...

    def back_up(self, target: Path, progress: Progress = silent) -> None:
        """Write a whole, checked copy into the folder `target`, which must not exist.

        The store can be read and written meanwhile. Raises `InquoteError` where there is no copy.
        """
        ...

    def verify(self) -> list[str]:
        """Say what is wrong with the store, a sentence each; [] when all is well."""
        ...

    def close(self) -> None:
        """Release what the store holds; no snapshot may be open."""
        ...
