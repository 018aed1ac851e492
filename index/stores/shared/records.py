"""The records of a shared library: one a generation, each created under its number, once.

A record names the version of every table. It is the one version of a small table that a tag with
the generation's number points at; a tag that is there is not created again, on a folder and on S3,
so of two writers one wins. The current generation is the highest number.
"""

import contextlib
import json
import time
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from inquote.index.disk import step
from inquote.index.stores.recipe import Recipe
from inquote.index.stores.shared.engine import dataset, pa, write
from inquote.index.stores.shared.errors import RAISED, NotThere, explained, lost_to_another
from inquote.ingest.errors import (
    InquoteError,
    LibraryDamaged,
    LibraryMismatch,
)

FORMAT = 2  # of the tables; a library of another one is refused
TABLE = "records"
# Numbers that stay taken, so that a writer who slept meanwhile does not take one of them again.
NUMBERS_KEPT = 64
_ATTEMPTS = 8
_LIST_SECONDS = 30.0


@dataclass(frozen=True)
class Record:
    """One generation: the versions of its tables, and what is true of it as a whole.

    `oldest` is the first generation that can still be read, `terms` the number of words in all
    passages, `roots` root folders with the names that their documents' ids begin with. `purged` is
    the generation that the last purge made, 0 for none.
    """

    generation: int
    oldest: int
    writer: str
    changed_at: str
    recipe: Recipe
    versions: dict[str, int]
    passages: int
    terms: int
    roots: dict[str, str] = field(default_factory=dict)
    purged: int = 0
    format: int = FORMAT

    def dump(self) -> str:
        """Return the record as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> "Record":
        """Return the record that `dump` wrote; raise `LibraryMismatch` for another format."""
        fields = json.loads(text)
        if fields.get("format") != FORMAT:
            raise LibraryMismatch(
                "The library was made by another version of inquote, which keeps it differently; "
                "use that version, or ingest into another place."
            )
        record = cls(**fields)
        return replace(record, recipe=Recipe(**fields["recipe"]))


def tag_of(generation: int) -> str:
    """Return the name of a generation's tag.

    >>> tag_of(7)
    'g000000007'
    """
    return f"g{generation:09d}"


class Records:
    """The records of the library at `location`."""

    def __init__(self, location: str) -> None:
        self.location = location
        self._uri = f"{location}/{TABLE}.lance"
        self._listed_at = float("-inf")
        self._table: Any = None  # any version: tags belong to the table

    def _tags(self) -> Any:
        if self._table is None:
            self._table = dataset(self._uri, quick=True)
        return self._table.tags

    def generations(self) -> list[int]:
        """Return the numbers that are taken, ascending; raise `NotThere` before the first."""
        with explained(self.location):
            names = sorted(name for name in self._tags().list() if name.startswith("g"))
        self._listed_at = time.monotonic()
        return [int(name[1:]) for name in names]

    def newest_after(self, generation: int) -> int:
        """Return the newest generation, looking from one that was there.

        Now and then the numbers are listed, for one may be gone that follows on a number of old.
        """
        if time.monotonic() - self._listed_at > _LIST_SECONDS:
            return max(self.generations())
        while self.is_there(generation + 1):
            generation += 1
        return generation

    def is_there(self, generation: int) -> bool:
        """Return whether a number is taken."""
        try:
            with explained(self.location):
                self._tags().get_version(tag_of(generation))
        except NotThere:
            return False
        return True

    def read(self, generation: int) -> Record:
        """Return the record of a generation; raise `NotThere` for none."""
        with explained(self.location):
            table = dataset(self._uri, tag_of(generation))
            bodies = table.to_table().column("body").to_pylist()
        try:
            return Record.load(bodies[0])
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise LibraryDamaged(
                f"The record of generation {generation} is not as it was written; "
                "see inquote verify."
            ) from error

    def create(self, record: Record) -> None:
        """Commit a generation; raise `WriterLost` where its number is taken."""
        with explained(self.location):
            table = self._write(record)
            step()
            try:
                table.tags.create(tag_of(record.generation), table.version)
            except RAISED as error:
                self._settle(record, error)

    def _write(self, record: Record) -> Any:
        """Write a record as a version of the table; nothing points at it yet."""
        body = pa.table({"body": [record.dump()]})
        for attempt in range(1, _ATTEMPTS + 1):
            step()
            try:
                return write(body, self._uri, "overwrite")
            except OSError as error:
                if attempt == _ATTEMPTS or "conflict" not in str(error).lower():
                    raise  # else another process wrote a record at the same moment
        raise AssertionError("unreachable")

    def _settle(self, record: Record, error: Exception) -> None:
        """Return where a commit succeeded although its answer was lost; else raise."""
        try:
            is_own = self._is_own(record)
        except InquoteError:
            raise InquoteError(
                "The store was lost at the moment of the commit, so it is not known whether the "
                f"library has generation {record.generation}; ingest again, which finds out."
            ) from error
        if is_own:
            return
        if "already exists" in str(error).lower():
            raise lost_to_another() from error
        raise error

    def _is_own(self, record: Record) -> bool:
        try:
            return self.read(record.generation).writer == record.writer
        except NotThere:
            return False

    def replace(self, record: Record) -> None:
        """Put a record in the place of one of its generation; only a purge does, with the lease."""
        with explained(self.location):
            table = self._write(record)
            step()
            table.tags.update(tag_of(record.generation), table.version)

    def drop(self, generations: list[int]) -> None:
        """Let go of records of the past."""
        for generation in generations:
            with contextlib.suppress(Exception):  # the next writer does it
                self._tags().delete(tag_of(generation))
