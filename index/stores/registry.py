"""Open a library by its location; a new kind of store takes a package and a line here."""

from pathlib import Path

from inquote.index.progress import Progress, silent
from inquote.index.stores.base import Store
from inquote.index.stores.local.store import LocalStore
from inquote.index.stores.location import is_shared, scheme_of, shared_url
from inquote.index.stores.sessions import SessionKeeper, Sessions
from inquote.ingest.errors import InquoteError


def open_store(location: str | Path, *, must_exist: bool = True) -> Store:
    """Return the store at a location: a folder, or the URL of a shared library.

    Raises `LibraryMissing` where there is none and one `must_exist`, `LibraryMismatch` for one of
    another format, `InquoteError` for a URL of a kind that no store serves, `LibraryUnavailable`
    for one that is out of reach.
    """
    scheme = scheme_of(location)
    if is_shared(location):
        return _open_shared(shared_url(location), must_exist)
    if scheme:
        raise InquoteError(
            f"No library can be opened at {scheme}:// addresses; name a folder, file:///... or "
            "s3://..."
        )
    store = LocalStore(Path(location))
    if must_exist:
        store.require()
    return store


def open_sessions(location: str | Path) -> SessionKeeper:
    """Return who is logged in at the chats over a library, and how often passwords were guessed."""
    if not is_shared(location):
        return Sessions(Path(location))
    try:
        from inquote.index.stores.shared.sessions import SharedSessions
    except ModuleNotFoundError as error:
        raise _explain_missing(error) from error
    return SharedSessions(shared_url(location))


def _explain_missing(error: ModuleNotFoundError) -> Exception:
    """Return what to do about a module that the extra brings; another one is our own fault."""
    if error.name and error.name.startswith("inquote"):
        return error
    return InquoteError(
        'A library at a URL needs more than inquote itself: pip install "inquote[scale]".'
    )


def _open_shared(url: str, must_exist: bool) -> Store:
    """Return the shared library at a URL; what it takes is loaded here only."""
    try:
        from inquote.index.stores.shared.store import SharedStore
    except ModuleNotFoundError as error:
        raise _explain_missing(error) from error
    store = SharedStore(url)
    if must_exist:
        store.require()
    return store


def restore_store(backup: Path, location: Path, progress: Progress = silent) -> None:
    """Make a library of a backup at a location where there is none; see `restore_backup`."""
    if scheme_of(location):
        raise InquoteError("A backup is restored into a folder; name one with --library.")
    from inquote.index.stores.local.backup import restore_backup

    restore_backup(backup, location, progress)
