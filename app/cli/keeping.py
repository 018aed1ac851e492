"""The commands that keep a library, or let go of it: `backup`, `restore` and `forget`."""

import re
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from inquote.app.cli.options import DEFAULT_LIBRARY, JsonOption, LibraryOption
from inquote.app.cli.terminal import print_json, print_text, progress_bars, says_when_interrupted
from inquote.ingest.errors import InquoteError
from inquote.ingest.text import printable

YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask whether to erase.")]
_AGE = re.compile(r"(\d{1,5})([dhw]?)")
_HOURS = {"h": 1, "d": 24, "": 24, "w": 7 * 24}


def backup(
    to: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Copy the library, with its journal and its files, into a new folder, and check the copy.

    It can be asked and written meanwhile.
    """
    from inquote.index.stores.registry import open_store

    with (
        closing(open_store(library)) as store,
        progress_bars(quiet=False) as progress,
        says_when_interrupted("Stopped; there is no backup."),
    ):
        store.back_up(to, progress)
    print_text(f"The library is copied to {printable(to)}, and the copy is as written.")


def restore(
    backup: Annotated[Path, typer.Argument(help="A folder that inquote backup made.")],
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Make a library of a backup, at a place where there is none, and check it."""
    from inquote.index.stores.registry import open_store, restore_store

    with (
        progress_bars(quiet=False) as progress,
        says_when_interrupted("Stopped; nothing was restored."),
    ):
        restore_store(backup, library, progress)
    with closing(open_store(library)) as store, store.snapshot() as snapshot:
        generation, count = snapshot.generation, len(snapshot.document_infos())
    print_text(
        f"The library at {printable(library)} is as written: {count} documents, "
        f"generation {generation}."
    )


def forget(
    older_than: Annotated[
        str | None,
        typer.Option(metavar="AGE", help="Only what is older: 30d, 12h or 8w."),
    ] = None,
    yes: YesOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Erase questions and feedback of the journal, all of them or those of a certain age.

    A confidence that was fitted to feedback stays; inquote calibrate --undo takes it back.
    """
    from inquote.index.stores.forgetting import every_entry, forget_before
    from inquote.index.stores.registry import open_store

    age = read_age(older_than) if older_than is not None else timedelta(0)
    cutoff = (datetime.now(UTC) - age).isoformat()
    with closing(open_store(library)) as store:
        what = f"what is older than {older_than}" if older_than else "everything"
        confirm(f"This erases {what} that was asked and said of answers.", yes)
        forget = store.journal.forget
        count = forget_before(forget, cutoff) if older_than else forget(every_entry)
    if as_json:
        print_json({"forgotten": count})
    else:
        print_text(f"{count} questions and verdicts are erased; the journal's file holds none.")


def read_age(text: str) -> timedelta:
    """Read an age; raises `InquoteError` for what is none.

    >>> read_age("2w")
    datetime.timedelta(days=14)
    """
    match = _AGE.fullmatch(text.strip())
    if match is None:
        raise InquoteError(f"{text} is no age; write 30d, 12h or 8w.")
    return timedelta(hours=int(match[1]) * _HOURS[match[2]])


def confirm(warning: str, yes: bool) -> None:
    """Say what cannot be undone, and go on where a person at the terminal says so.

    Raises `InquoteError` where nobody does.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise InquoteError(f"{warning} It cannot be undone; add --yes to do it.")
    if not typer.confirm(f"{warning} It cannot be undone. Go on?", err=True):
        raise InquoteError("Nothing was erased.")


def purge_documents(documents: list[str], library: Path, yes: bool, as_json: bool) -> None:
    """Erase documents for good: `inquote remove --purge`."""
    from inquote.index.stores.registry import open_store
    from inquote.index.updating.purge import purge

    names = ", ".join(map(printable, documents))
    with closing(open_store(library)) as store:
        confirm(
            f"This erases {names} from all that the library keeps: earlier generations, files, "
            "and what the journal quotes.",
            yes,
        )
        with progress_bars(quiet=as_json) as progress:
            stopped = "Stopped before the end; say it again to finish, and nothing is left."
            with says_when_interrupted(stopped):
                report = purge(store, documents, progress=progress)
    if as_json:
        print_json(report.as_json())
        return
    print_text(
        f"Erased: {names}, with {report.journal_entries} entries of the journal. "
        f"Generation {report.generation}."
    )
    for copy in report.copies:
        print_text(f"{printable(copy)} says the same, and stays.")
    print_text(
        "The files that they came from stay where they are, and so do backups, conversations in "
        "browsers, and accounts that inquote changes --out wrote."
    )
