"""Load the reader that ships with the first passage it reads."""

from collections.abc import Sequence
from functools import cached_property

from inquote.app.reader.base import Reader, Reading
from inquote.app.reader.span import SpanReader
from inquote.app.reader.weights import NAME
from inquote.ingest.documents import Passage


class LaterReader:
    """A `SpanReader` that takes no memory until it reads; it raises `ModelError` then."""

    name = NAME

    @cached_property
    def _reader(self) -> Reader:
        return SpanReader()

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Read as `SpanReader.read` does."""
        return self._reader.read(question, passages)

    def note(self, question: str) -> str | None:
        """Return what `SpanReader.note` does."""
        return self._reader.note(question)
