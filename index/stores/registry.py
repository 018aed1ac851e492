"""Open a library by its location; a new kind of store takes a package and a line here."""

import re
from pathlib import Path

from inquote.index.stores.base import Store
from inquote.index.stores.local.store import LocalStore
from inquote.ingest.errors import InquoteError

_URL = re.compile(r"([a-z][a-z0-9+.-]{1,40}+):/{1,2}")  # a Path has lost one of the strokes


def open_store(location: str | Path, *, must_exist: bool = True) -> Store:
    """Return the store at a location, a folder.

    Raises `LibraryMissing` where there is none and one `must_exist`, `LibraryMismatch` for one of
    another format, `InquoteError` for a URL of a kind that no store serves.
    """
    url = _URL.match(str(location))
    if url:
        raise InquoteError(f"No library can be opened at {url[1]}:// addresses; name a folder.")
    store = LocalStore(Path(location))
    if must_exist:
        store.require()
    return store
