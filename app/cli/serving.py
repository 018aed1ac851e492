"""The commands of the server: `chat` and `password`."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inquote.app.cli.options import (
    DEFAULT_LIBRARY,
    EmbedderOption,
    HistoryOption,
    LibraryOption,
    LogFormatOption,
    LogQuestionsOption,
    ReaderOption,
)
from inquote.app.cli.terminal import print_text, system_opener
from inquote.app.cli.watching import watch_beside
from inquote.index.stores.location import is_shared
from inquote.ingest.errors import InquoteError

if TYPE_CHECKING:
    from inquote.app.service.jobs import LibraryJobs
    from inquote.app.service.readers import Readers
    from inquote.app.service.service import Service
    from inquote.app.system import System
    from inquote.app.web.login import Login
    from inquote.app.web.password import Accounts
    from inquote.app.web.people_login import PeopleLogin
    from inquote.app.web.sites import Sites

AUTH_VARIABLE = "INQUOTE_AUTH"  # the text of an --auth-file
ONE_LOGIN = "Give one of --users, --auth-file, --auth and --no-auth."
AuthFileOption = Annotated[
    Path | None,
    typer.Option(
        "--auth-file",
        metavar="FILE",
        help="Let in only who knows a password: lines of inquote password. "
        f"Or set {AUTH_VARIABLE} to such lines.",
    ),
]
AuthOption = Annotated[str | None, typer.Option("--auth", metavar="USER:HASH", hidden=True)]
UsersOption = Annotated[
    Path | None,
    typer.Option(
        "--users",
        metavar="FILE",
        help="Let in the people of a file in TOML, each to the folders that their groups may see.",
    ),
]
PublicOption = Annotated[
    list[str] | None,
    typer.Option(
        "--public-url",
        metavar="URL",
        help="An address that a proxy offers this server at; may be given several times.",
        show_default=False,
    ),
]
ProxyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--trusted-proxy",
        metavar="ADDRESS",
        help="A proxy, or a network of them, whose X-Forwarded headers are believed.",
        show_default=False,
    ),
]

WatchOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--watch",
        metavar="PATH",
        help="Follow a file or folder while the chat runs; may be given several times.",
        show_default=False,
    ),
]
ProcessesOption = Annotated[
    int,
    typer.Option(
        "--processes",
        metavar="N",
        min=1,
        help="Let so many processes read questions, each with models of its own (some 400 MB); "
        "1 is this one.",
    ),
]


def chat(
    library: LibraryOption = DEFAULT_LIBRARY,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 7860,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    auth_file: AuthFileOption = None,
    auth: AuthOption = None,
    users: UsersOption = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Let in everybody who can reach --host.")
    ] = False,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Take no files in and remove none.")
    ] = False,
    watch: WatchOption = None,
    processes: ProcessesOption = 1,
    public_url: PublicOption = None,
    trusted_proxy: ProxyOption = None,
    history: HistoryOption = True,
    reader: ReaderOption = None,
    embedder: EmbedderOption = None,
    log_format: LogFormatOption = None,
    log_questions: LogQuestionsOption = False,
) -> None:
    """Open the chat in the browser."""
    from inquote.app.web.logs import configure_logs
    from inquote.app.web.server import serve

    configure_logs(log_format, log_questions)
    accounts = read_login(auth_file, auth, no_auth or users is not None)
    login, people = open_doors(accounts, users, library, no_auth, [host, *(public_url or ())])

    readers = make_readers(system_opener(library, reader, embedder, journal=False), processes)
    serve(
        system_opener(library, reader, embedder, history, load=readers is None),
        host=host,
        port=port,
        open_browser=browser,
        login=login,
        make_jobs=jobs_opener(library, embedder, watch or (), read_only or is_shared(library)),
        sites=make_sites(host, public_url or (), trusted_proxy or ()),
        people=people,
        readers=readers,
    )


def make_readers(open_system: "Callable[[], System]", processes: int) -> "Readers | None":
    """Return the processes that read the questions of a server; None for its own alone."""
    if processes == 1:
        return None
    from inquote.app.service.readers import Readers

    return Readers(open_system, processes)


def jobs_opener(
    library: Path, embedder: str | None, watched: Sequence[Path], read_only: bool
) -> "Callable[[Service], LibraryJobs] | None":
    """Return what opens the jobs of a server, which follow the `watched`; None for read-only.

    Raises `InquoteError` for both.
    """
    if read_only and watched:
        raise InquoteError(
            "--watch changes the library and --read-only says that it stays; where only some may "
            "change it, use --users, or let inquote watch follow the folder beside."
        )

    def open_jobs(service: "Service") -> "LibraryJobs":
        from inquote.app.service import jobs

        made = jobs.open_jobs(service, library, embedder)
        if watched:
            watch_beside(made, library, watched)
        return made

    return None if read_only else open_jobs


def make_sites(host: str, public: Sequence[str], proxies: Sequence[str]) -> "Sites":
    """Return the names of the server; raises `InquoteError` for an address that cannot be read."""
    from inquote.app.web.sites import Proxies, PublicUrl, Sites

    return Sites(host, list(map(PublicUrl.parse, public)), Proxies(proxies))


def open_doors(
    accounts: "Accounts | None",
    users: Path | None,
    library: Path,
    no_auth: bool,
    addresses: Sequence[str],
) -> "tuple[Login | None, PeopleLogin | None]":
    """Return who checks the passwords of accounts, and who knows the people of a file.

    `addresses` are the host that the server listens on, and its public ones. Raises `InquoteError`
    where they let others in and nobody is asked for a password, unless that is wanted (`no_auth`).
    """
    from inquote.app.web.login import Login

    people = open_people(users, library, no_auth) if users else None
    if accounts is None and people is None and not no_auth:
        check_is_private(addresses[0], addresses[1:])
    return Login(accounts) if accounts else None, people


def open_people(users: Path, library: Path, no_auth: bool) -> "PeopleLogin":
    """Return who knows the people of a file; their sessions are kept with the library's journal.

    Raises `InquoteError` for a file that is wrong, and for options that contradict.
    """
    from inquote.app.web.password import is_open_to_others
    from inquote.app.web.people import read_people
    from inquote.app.web.people_login import PeopleLogin
    from inquote.index.stores.registry import open_sessions

    if no_auth:
        raise InquoteError(ONE_LOGIN)
    people = read_people(users)
    if is_open_to_others(users):
        _warn(f"Others may read {users}; run: chmod 600 {users}")
    return PeopleLogin(people, open_sessions(library))


def check_is_private(host: str, public: Sequence[str]) -> None:
    """Raise `InquoteError` where others can reach a server that lets everybody in."""
    from inquote.app.web.sites import LOOPBACK

    opening = "" if host in LOOPBACK else f"Listening on {host}"
    for address in public:
        opening = opening or f"A proxy at {address}"
    if opening:
        raise InquoteError(
            f"{opening} lets others in; "
            "give --auth-file FILE (inquote password USER --out FILE makes it) or --no-auth."
        )


def read_login(auth_file: Path | None, auth: str | None, no_auth: bool) -> "Accounts | None":
    """Return who may log in: from the file, or --auth, or the environment; None for everybody.

    Raises `InquoteError` for accounts that cannot be read and for options that contradict.
    """
    from inquote.app.web.password import Accounts, is_open_to_others, read_accounts

    # Child processes, which read what others wrote, need not know it.
    from_environment = os.environ.pop(AUTH_VARIABLE, None)
    if sum((auth_file is not None, auth is not None, no_auth)) > 1:
        raise InquoteError(ONE_LOGIN)
    if auth_file is not None:
        accounts = read_accounts(auth_file)
        if is_open_to_others(auth_file):
            _warn(f"Others may read {auth_file}; run: chmod 600 {auth_file}")
        return accounts
    if auth is not None:
        _warn(
            "--auth shows the hash to everybody on this machine and will go; "
            f"use --auth-file FILE or {AUTH_VARIABLE}."
        )
        return Accounts(auth, "--auth")
    if from_environment is None or no_auth:
        return None
    return Accounts(from_environment, AUTH_VARIABLE)


def _warn(sentence: str) -> None:
    print_text(sentence, sys.stderr)


def password(
    user: Annotated[str, typer.Argument(help="The name to log in with.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the line into this file, for you alone to read."),
    ] = None,
    token: Annotated[
        bool, typer.Option("--token", help="Make a token for a program, for chat --users.")
    ] = False,
    log_out: Annotated[
        bool, typer.Option("--log-out", help="End all sessions of this user of chat --users.")
    ] = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Ask for a password and make a line for chat --auth-file; the password is kept nowhere."""
    from inquote.app.web.password import hash_password, write_account
    from inquote.app.web.people import make_token
    from inquote.index.stores.registry import open_sessions

    if log_out:
        _warn(f"{open_sessions(library).end_all(user)} sessions of {user} ended.")
        return
    if token:
        secret, digest = make_token()
        print(secret)
        _warn(
            f"Give this to the program, which sends it as Authorization: Bearer TOKEN, and put "
            f'sha256 = "{digest}" under [tokens.{user}] of the file of chat --users.'
        )
        return
    line = hash_password(user, typer.prompt("Password", hide_input=True, err=True))
    if out is not None:
        write_account(out, line)
        _warn(f"{user} can log in to: inquote chat --auth-file {out}")
        return
    print(line)
    _warn(
        "Put this line into a file that only you can read, and give it to: "
        "inquote chat --auth-file FILE"
    )
