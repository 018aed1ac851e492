"""Texts beside generations, and notes on files: no part of a library's commits."""

import contextlib

from inquote.index.disk import step
from inquote.index.stores.shared.errors import NotThere
from inquote.index.stores.shared.log import Entry, Log

TABLE = "attached"
NOTES = "files.json"  # digests of files that changed while their documents did not


class Attachments:
    """The texts beside the generations of the library at `location`; the last of a name counts."""

    def __init__(self, location: str) -> None:
        self._log = Log(location, TABLE)

    def get(self, generation: int, name: str) -> str | None:
        """Return the text beside a generation under a name; None for none, or a damaged one."""
        return self._log.values(str(generation)).get(name)

    def put(self, generation: int, name: str, text: str) -> None:
        """Put a text beside a generation in the place of what was there under its name."""
        step()
        self._log.put([Entry(str(generation), name, text)])

    def drop_before(self, generation: int) -> None:
        """Drop the texts beside generations of the past."""
        with contextlib.suppress(NotThere):
            self._log.drop(lambda of, name: int(of) < generation)

    def erase_before(self, generation: int) -> None:
        """Drop them, so that no file holds them."""
        with contextlib.suppress(NotThere):
            self._log.erase(lambda of, name: int(of) < generation)
