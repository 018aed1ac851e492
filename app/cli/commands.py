"""The command line `inquote`.

Heavy imports sit inside the commands, so that `inquote --help` answers at once.
"""

from typing import Annotated

import typer

from inquote.app.cli import answering, copying, keeping, library, programs, serving, watching
from inquote.app.cli.terminal import run_program

app = typer.Typer(
    name="inquote",
    help="Ask a text a question; get the text's own words back, each with its place.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    answering.ask,
    library.ingest,
    library.remove,
    watching.watch,
    answering.changes,
    library.status,
    library.verify,
    library.show,
    copying.copy,
    answering.feedback,
    answering.calibrate,
    serving.chat,
    programs.mcp,
    serving.password,
    keeping.backup,
    keeping.restore,
    keeping.forget,
):
    app.command()(command)


def main() -> None:
    """Run the command line."""
    run_program(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from inquote import __version__

        print(f"inquote {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Ask a text a question; get the text's own words back, each with its place."""


if __name__ == "__main__":
    main()
