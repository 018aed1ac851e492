"""The command for other programs: `mcp`."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
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
from inquote.app.cli.serving import (
    AuthFileOption,
    ProxyOption,
    PublicOption,
    UsersOption,
    make_sites,
    open_doors,
    read_login,
)
from inquote.app.cli.start import EXIT_INTERRUPTED
from inquote.app.cli.terminal import print_text, system_opener
from inquote.ingest.errors import InquoteError

if TYPE_CHECKING:
    from inquote.app.service.service import Service
    from inquote.app.system import System

LOOPBACK = "127.0.0.1"
STOPPED = "Stopped; nothing of the library was changed."
CLOSING_SECONDS = 5.0  # that the end of a question, or of loading the models, is waited for
HttpOption = Annotated[
    int | None,
    typer.Option(
        metavar="PORT",
        help="Serve many clients at /mcp on this port; else one, by standard input and output.",
        min=0,
        max=65535,
        show_default=False,
    ),
]
PageOption = Annotated[
    str,
    typer.Option(
        metavar="URL",
        help="The address of an inquote chat over the same library, for links into its page.",
        show_default=False,
    ),
]
HostOption = Annotated[str, typer.Option(help="With --http: the address to listen on.")]
NoAuthOption = Annotated[
    bool, typer.Option("--no-auth", help="Let in everybody who can reach --host.")
]


def mcp(
    library: LibraryOption = DEFAULT_LIBRARY,
    http: HttpOption = None,
    page_url: PageOption = "",
    host: HostOption = LOOPBACK,
    auth_file: AuthFileOption = None,
    users: UsersOption = None,
    no_auth: NoAuthOption = False,
    public_url: PublicOption = None,
    trusted_proxy: ProxyOption = None,
    history: HistoryOption = True,
    reader: ReaderOption = None,
    embedder: EmbedderOption = None,
    log_format: LogFormatOption = None,
    log_questions: LogQuestionsOption = False,
) -> None:
    """Offer the library to a language model, by the Model Context Protocol.

    The options after --host are for --http alone.
    """
    from inquote.app.web.logs import configure_logs
    from inquote.app.web.sites import PublicUrl

    page = PublicUrl.parse(page_url, "--page-url").address if page_url else ""
    configure_logs(log_format, log_questions)

    open_system = system_opener(library, reader, embedder, history)
    if http is None:
        if any((auth_file, users, no_auth, public_url, trusted_proxy)) or host != LOOPBACK:
            raise InquoteError("Say on which port others may connect: inquote mcp --http PORT.")
        return _serve_stdio(open_system, page)
    from inquote.app.web.mcp_server import serve_mcp

    accounts = read_login(auth_file, None, no_auth or users is not None)
    login, people = open_doors(accounts, users, library, no_auth, [host, *(public_url or ())])
    serve_mcp(
        open_system,
        host=host,
        port=http,
        page=page,
        login=login,
        sites=make_sites(host, public_url or (), trusted_proxy or ()),
        people=people,
    )


def _serve_stdio(open_system: "Callable[[], System]", page: str) -> None:
    """Serve one client; its end, or Ctrl-C, ends the program, whatever is still being read."""
    from inquote.app.mcp.transports import serve_stdio
    from inquote.app.service.service import Service

    service = Service(open_system, at_once=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _end(service))
    try:
        asyncio.run(serve_stdio(service, page))
    finally:
        service.close()


def _end(service: "Service") -> None:
    """Close a service as far as that goes in a while, and end the program.

    The thread that waits for standard input cannot be woken, and no end of it is waited for.
    """
    closing = threading.Thread(target=service.close, daemon=True)
    closing.start()
    closing.join(CLOSING_SECONDS)
    print_text(STOPPED, sys.stderr)
    sys.stderr.flush()
    os._exit(EXIT_INTERRUPTED)
