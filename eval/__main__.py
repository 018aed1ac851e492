"""Run the evaluation from a terminal: `python -m inquote.eval COMMAND`, `run` where none is named.

The commands stand in four packages: those of runs of the whole system in `report` (each ends in a
report), those of studies of its parts in `studies`, those of published sets in `sets`, those of
what it costs in `bench`. They import what is heavy when they are called.
"""

import sys

import typer

from inquote.app.cli.terminal import run_program
from inquote.eval.bench.commands import app as bench_app
from inquote.eval.report.commands import app as runs_app
from inquote.eval.sets.commands import app as sets_app
from inquote.eval.studies.commands import app as studies_app
from inquote.eval.studies.commands import register_calibrate

app = typer.Typer(
    help="Measure how well questions are answered. Without a command: `run`.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(runs_app)
app.add_typer(studies_app)
app.add_typer(sets_app)
app.add_typer(bench_app, name="bench")


def main() -> None:
    """Run the command line."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] not in {*command_names(), "--help"}:
        arguments = ["run", *arguments]
    if arguments[0] in ("calibrate", "--help"):
        register_calibrate()
    run_program(lambda: app(arguments, prog_name="python -m inquote.eval"))


def command_names() -> set[str]:
    """Return the names of all commands."""
    names = {"bench", "calibrate"}
    for commands in (runs_app, studies_app, sets_app):
        for command in commands.registered_commands:
            if command.callback:
                names.add(command.callback.__name__)
    return names


if __name__ == "__main__":
    main()
