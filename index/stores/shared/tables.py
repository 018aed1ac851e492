"""A table of a shared library at one version: rows by a condition, in Lance."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from inquote.index.stores.shared.engine import dataset
from inquote.index.stores.shared.errors import NotThere, explained

NAMES = ("documents", "passages", "kept")  # the tables of which a generation names the versions
ALL_NAMES = (*NAMES, "records", "lease", "embedded", "attached", "journal", "sessions")
BATCH = 1_000  # values in a condition
_MOST_PLACES = 50_000  # of rows that are remembered


def quoted(text: str) -> str:
    """Return a text as it stands in a condition.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def one_of(column: str, values: Iterable[str]) -> str:
    """Return the condition that a column holds one of some values."""
    listed = ", ".join(map(quoted, values))
    return f"{column} IN ({listed})" if listed else "false"


def batches(values: Iterable[str]) -> Iterator[list[str]]:
    """Yield different values in lists that a condition can hold."""
    ordered = list(dict.fromkeys(values))
    for at in range(0, len(ordered), BATCH):
        yield ordered[at : at + BATCH]


def place_condition(column: str, places: Sequence[str]) -> str:
    """Return the condition that an id is that of a document in a scope."""
    conditions = [one_of(column, places)]
    for place in places:
        first, last = quoted(f"{place}/"), quoted(f"{place}0")  # "0" comes after "/"
        conditions.append(f"({column} > {first} AND {column} < {last})")
    return "(" + " OR ".join(conditions) + ")"


class Table:
    """A table of the library at `location`; without a version it is the newest one."""

    def __init__(self, location: str, name: str, version: int | None = None) -> None:
        self.location = location
        self.name = name
        with explained(location):
            self.data: Any = dataset(f"{location}/{name}.lance", version)
        self._places: dict[str, int] = {}  # of rows that were found, by id, in this version

    @property
    def version(self) -> int:
        """The version that is read."""
        return int(self.data.version)

    def rows(self, columns: Sequence[str], condition: str | None = None) -> list[dict[str, Any]]:
        """Return columns of the rows that a condition holds for, by default all."""
        rows: list[dict[str, Any]] = self.columns(columns, condition).to_pylist()
        return rows

    def columns(self, columns: Sequence[str], condition: str | None = None, **how: Any) -> Any:
        """Return columns of rows as a table of Arrow; `how` is what Lance's scanner takes."""
        with explained(self.location):
            scanner = self.data.scanner(
                columns=list(columns),
                filter=condition,
                prefilter=True,
                disable_scoring_autoprojection=True,
                **how,
            )
            return scanner.to_table()

    def search(self, columns: Sequence[str], condition: str | None, **how: Any) -> Any:
        """Return columns of the rows that a search finds and their places; see `columns`.

        Where an id stands is remembered, so that `by_id` need not look for it.
        """
        table = self.columns(columns, condition, with_row_id=True, **how)
        if "id" in columns:
            if len(self._places) > _MOST_PLACES:
                self._places.clear()
            ids, places = table.column("id").to_pylist(), table.column("_rowid").to_pylist()
            self._places.update(zip(ids, places, strict=True))
        return table

    def at(self, places: Iterable[int], columns: Sequence[str]) -> dict[int, dict[str, Any]]:
        """Return columns of the rows at some places that a search found, by place."""
        rows = {}
        for batch in batches(map(str, places)):
            for row in self.search(columns, f"_rowid IN ({', '.join(batch)})").to_pylist():
                rows[row["_rowid"]] = row
        return rows

    def by_id(self, ids: Iterable[str], columns: Sequence[str]) -> list[dict[str, Any]]:
        """Return columns of the rows with these ids, in any order; those that are there."""
        wanted = list(dict.fromkeys(ids))
        found = {id: place for id in wanted if (place := self._places.get(id)) is not None}
        rows = list(self.at(found.values(), columns).values())
        for batch in batches(id for id in wanted if id not in found):
            rows += self.rows(columns, one_of("id", batch))
        return rows

    def count(self, condition: str | None = None) -> int:
        """Return how many rows a condition holds for, by default all."""
        with explained(self.location):
            return int(self.data.count_rows(condition))

    def has(self, condition: str) -> bool:
        """Return whether a condition holds for any row."""
        return bool(self.columns(self.data.schema.names[:1], condition, limit=1).num_rows)

    @property
    def size(self) -> int:
        """The bytes of all files of the table, whatever their version."""
        with explained(self.location):
            files = self.data.all_files().read_all()
        return sum(files.column("size_bytes").to_pylist())

    def take(self, offsets: Sequence[int], columns: Sequence[str]) -> list[dict[str, Any]]:
        """Return columns of the rows at some places of the table."""
        with explained(self.location):
            rows: list[dict[str, Any]] = self.data.take(offsets, columns=list(columns)).to_pylist()
        return rows


def open_table(location: str, name: str) -> Table | None:
    """Return the newest version of a table; None where it is not there yet."""
    try:
        return Table(location, name)
    except NotThere:
        return None
