"""The commands of the server: `chat` and `password`."""

from typing import TYPE_CHECKING, Annotated

import typer

from inquote.app.cli.options import (
    DEFAULT_LIBRARY,
    EmbedderOption,
    HistoryOption,
    LibraryOption,
    ReaderOption,
)
from inquote.ingest.errors import InquoteError

if TYPE_CHECKING:
    from inquote.app.service.jobs import LibraryJobs
    from inquote.app.service.service import Service
    from inquote.app.system import System


def chat(
    library: LibraryOption = DEFAULT_LIBRARY,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 7860,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    auth: Annotated[
        str | None,
        typer.Option(metavar="USER:HASH", help="Let in only who knows the password."),
    ] = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Let in everybody who can reach --host.")
    ] = False,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Take no files in and remove none.")
    ] = False,
    history: HistoryOption = True,
    reader: ReaderOption = None,
    embedder: EmbedderOption = None,
) -> None:
    """Open the chat in the browser."""
    from inquote.app.web.guard import LOOPBACK
    from inquote.app.web.password import Login
    from inquote.app.web.server import serve

    if host not in LOOPBACK and auth is None and not no_auth:
        raise InquoteError(
            f"Listening on {host} lets others in; "
            "give --auth USER:HASH (inquote password USER prints it) or --no-auth."
        )

    def open_system() -> "System":
        from inquote.app import build

        return build.open_system(library, reader=reader, embedder=embedder, journal=history)

    def open_jobs(service: "Service") -> "LibraryJobs":
        from inquote.app.service import jobs

        return jobs.open_jobs(service, library, embedder)

    serve(
        open_system,
        host=host,
        port=port,
        open_browser=browser,
        login=Login(auth) if auth is not None else None,
        make_jobs=None if read_only else open_jobs,
    )


def password(user: Annotated[str, typer.Argument(help="The name to log in with.")]) -> None:
    """Ask for a password and print USER:HASH for chat --auth; the password is kept nowhere."""
    from inquote.app.web.password import hash_password

    print(hash_password(user, typer.prompt("Password", hide_input=True, err=True)))
