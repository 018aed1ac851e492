"""A table on its way to the next generation.

A writer begins at the version that the current generation names, whatever was written after it by
others and never committed. Rows carry the number of their generation and who wrote them, so that
a version into which another writer's rows came is recognised before it is committed.
"""

import contextlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from inquote.index.disk import step
from inquote.index.stores.shared.engine import dataset, write
from inquote.index.stores.shared.errors import NotThere, explained, lost_to_another
from inquote.index.stores.shared.rows import Row, as_table
from inquote.index.stores.shared.tables import quoted

UNSURE_AGE = timedelta(days=1)  # files of this age that no version names are nobody's


class Head:
    """The newest version of a table, written by `writer` for a generation.

    `base` is the version that the current generation names, 0 for none. `count` is the number of
    rows that there are to be.
    """

    def __init__(self, location: str, name: str, base: int, generation: int, writer: str) -> None:
        self.location = location
        self.name = name
        self.generation = generation
        self.writer = writer
        self.base = base
        self.count = 0
        self.changed = False
        self._uri = f"{location}/{name}.lance"
        self._data: Any = None
        if base:
            with explained(location):
                self._data = dataset(self._uri, base)
                self.count = int(self._data.count_rows())

    @property
    def data(self) -> Any:
        """The version that was written last; None where there is none yet."""
        return self._data

    def append(self, rows: Sequence[Row], schema: Any) -> bool:
        """Append rows, and return whether that began the table anew.

        The first rows of a library do, and those of another schema.
        """
        if not rows:
            return False
        is_new = self._data is None or not self._data.schema.equals(schema)
        with explained(self.location):
            if is_new:
                step()
                self._data = write(as_table(rows, schema), self._uri, "overwrite")
                self.count = 0
            else:
                self._begin()
                step()
                self._data.insert(as_table(rows, schema))
        self.changed = True
        self.count += len(rows)
        return is_new

    def delete(self, condition: str) -> None:
        """Delete rows of the generations before."""
        if self._data is None:
            return
        past = f"({condition}) AND since < {self.generation}"
        with explained(self.location):
            count = int(self._data.count_rows(past))
            if count:
                self._begin()
                step()
                self._data.delete(past)
                self.changed = True
                self.count -= count

    def _begin(self) -> None:
        """Let the table go on from the version of the current generation."""
        if self.changed:
            return
        if self._data.latest_version != self.base:
            step()
            self._data.restore()
        self.changed = True

    def check(self) -> None:
        """Raise `WriterLost` where rows came into the table, or went, by another writer."""
        if self._data is None:
            return
        foreign = f"since >= {self.generation} AND writer <> {quoted(self.writer)}"
        with explained(self.location):
            is_own = self._data.count_rows() == self.count
            if not is_own or self._data.count_rows(foreign):
                raise lost_to_another()

    def pin(self, generation: int = 0) -> int:
        """Keep the version for a generation, by default the next; return it, 0 for no table."""
        if self._data is None:
            return 0
        with explained(self.location):
            step()
            name = tag_of(generation or self.generation, self.writer)
            self._data.tags.create(name, self._data.version)
        return int(self._data.version)


def tag_of(generation: int, writer: str) -> str:
    """Return the tag that keeps a version for a generation of a writer."""
    return f"g{generation:09d}-{writer}"


def erase_past(location: str, name: str, writers: dict[int, str]) -> None:
    """Remove all versions of a table but those of some generations, given with their writers."""
    kept = {tag_of(generation, writer) for generation, writer in writers.items()}
    with contextlib.suppress(NotThere), explained(location):
        table = dataset(f"{location}/{name}.lance")
        tags = table.tags.list()
        newest = max((tags[tag]["version"] for tag in kept if tag in tags), default=0)
        for tag in tags:
            if tag not in kept:
                step()
                table.tags.delete(tag)
        if newest and table.version != newest:
            step()
            table.checkout_version(newest).restore()
        step()
        dataset(f"{location}/{name}.lance").cleanup_old_versions(
            timedelta(0), error_if_tagged_old_versions=False, delete_unverified=True
        )


def sweep(location: str, name: str, oldest: int, writers: dict[int, str]) -> None:
    """Let go of versions of a table that no kept generation names.

    `writers` are those of the kept generations. Versions of later ones may become theirs still.
    """
    newest = max(writers)
    with contextlib.suppress(NotThere), explained(location):
        table = dataset(f"{location}/{name}.lance")
        for tag in table.tags.list():
            generation, _, writer = tag[1:].partition("-")
            number = int(generation)
            if number < oldest or (number <= newest and writers.get(number) != writer):
                with contextlib.suppress(ValueError):
                    table.tags.delete(tag)
        step()
        table.cleanup_old_versions(
            UNSURE_AGE, error_if_tagged_old_versions=False, delete_unverified=False
        )
