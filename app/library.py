"""The library as other programs use it: `inquote.open_library`."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from inquote.app.answering.answer import Answer
from inquote.app.build import open_system
from inquote.app.system import System
from inquote.index.stores.base import DocumentInfo
from inquote.ingest.documents import Document


class Library:
    """A library that answers questions; safe to use from several threads.

    Use it as a context, or call `close` when no question runs any more.
    """

    def __init__(self, system: System) -> None:
        self._system = system

    def ask(
        self, question: str, history: Sequence[str] = (), scope: Sequence[str] | None = None
    ) -> Answer:
        """Answer a question that was typed after the questions `history`, oldest first.

        `scope` holds ids of documents or of folders above them; only these are asked. The answer's
        `text` is None where the corpus does not say. Raises `QuestionError` for what is no question
        and for a scope that the library has not, `LibraryDamaged` for a library that is not as
        written.
        """
        return self._system.ask(question, history, scope)

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
) -> Library:
    """Open the library at a location, a folder, with its models loaded.

    `reader` is "span" (the default), "sentence", or a local model's name or path; `embedder` names
    a local sentence-transformers model where the library was made with another than the packaged
    one. With `journal` the questions are kept, for `inquote changes`. Raises `LibraryMissing` where
    there is no library, `LibraryMismatch` where another embedder made it, `ModelError` where a
    model cannot be loaded; all are `InquoteError`s.
    """
    return Library(open_system(location, reader=reader, embedder=embedder, journal=journal))
