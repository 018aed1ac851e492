"""The library as other programs use it: `inquote.open_library`."""

import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

from inquote.app.answering.answer import Answer, Citation
from inquote.app.answering.search_result import FEW_PASSAGES, SearchResult
from inquote.index.stores.base import DocumentInfo
from inquote.ingest.documents import Document
from inquote.ingest.errors import InquoteError

_SERVER = re.compile(r"(?i:https?):/{1,2}")  # a Path has lost one of the strokes


class Answering(Protocol):
    """Whoever answers from a library: a `System` here, a `RemoteSystem` elsewhere."""

    def ask(
        self, question: object, history: Sequence[str] = ..., scope: Sequence[str] | None = ...
    ) -> Answer:
        """Answer a question."""
        ...

    def retrieve(
        self, query: object, limit: int, scope: Sequence[str] | None = ...
    ) -> SearchResult:
        """Return the passages for a query."""
        ...

    def document(self, id: str) -> Document:
        """Return a document."""
        ...

    def documents(self) -> list[DocumentInfo]:
        """List the documents."""
        ...

    def close(self) -> None:
        """Release what is held."""
        ...


class Library:
    """A library that answers questions; safe to use from several threads.

    Use it as a context, or call `close` when no question runs any more.
    """

    def __init__(self, system: Answering) -> None:
        self._system = system

    def ask(
        self, question: str, history: Sequence[str] = (), scope: Sequence[str] | None = None
    ) -> Answer:
        """Answer a question that was typed after the questions `history`, oldest first.

        `scope` holds ids of documents or of folders above them; only these are asked. The answer's
        `text` is None where the corpus does not say. Raises `QuestionError` for what is no question
        and for a scope that the library has not, `LibraryDamaged` for a library that is not as
        written, `LibraryUnavailable` where a server does not answer.
        """
        return self._system.ask(question, history, scope)

    def search(
        self, query: str, limit: int = FEW_PASSAGES, scope: Sequence[str] | None = None
    ) -> list[Citation]:
        """Return the passages for a query, best first, at most `limit` (1 to 100) of them.

        They are what a question would be answered from: nothing is read in them, and none is held
        back. Each is a citation of the whole passage. Raises as `ask` does.
        """
        return list(self._system.retrieve(query, limit, scope).passages)

    def document(self, id: str) -> Document:
        """Return a document; raise `KeyError` where there is none of that id."""
        return self._system.document(id)

    def documents(self) -> list[DocumentInfo]:
        """List the documents in the order of their ids, without their texts."""
        return self._system.documents()

    def close(self) -> None:
        """Release the library; no question may be running."""
        self._system.close()

    def __enter__(self) -> "Library":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_library(
    location: str | Path,
    *,
    reader: str | None = None,
    embedder: str | None = None,
    journal: bool = False,
    token: str | None = None,
) -> Library:
    """Open the library at a location: a folder, or the address of a server (`https://...`).

    A folder is opened with its models loaded. `reader` is "span" (the default), "sentence", or a
    local model's name or path; `embedder` names a local sentence-transformers model where the
    library was made with another than the packaged one. With `journal` the questions are kept, for
    `inquote changes`. At a server all three are the server's own; `token` is what it knows this
    program by. Raises `LibraryMissing` where there is no library, `LibraryMismatch` where another
    embedder made it, `ModelError` where a model cannot be loaded, `LibraryUnavailable` where no
    server answers; all are `InquoteError`s.
    """
    if _SERVER.match(str(location)):
        if reader or embedder or journal:
            raise InquoteError("A server has its own reader, embedder and journal; leave them out.")
        from inquote.app.remote import RemoteSystem

        return Library(RemoteSystem(_SERVER.sub(_scheme, str(location), count=1), token))
    if token is not None:
        raise InquoteError("A token is for a server; name one as http://... or https://...")
    from inquote.app.build import open_system

    return Library(open_system(location, reader=reader, embedder=embedder, journal=journal))


def _scheme(match: re.Match[str]) -> str:
    return f"{match[0].rstrip('/').lower()}//"
