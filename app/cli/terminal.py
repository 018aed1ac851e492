"""Help the commands: end a program, open a system, show progress, read files of lines."""

import gc
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from inquote.app.cli.output import earlier_questions, texts_of
from inquote.app.cli.start import EXIT_INTERRUPTED
from inquote.app.marks import dump_json, visible
from inquote.ingest.errors import InquoteError

if TYPE_CHECKING:
    from inquote.app.system import System
    from inquote.index.progress import Progress
    from inquote.index.stores.journal import QuestionInContext

EXIT_ERROR = 2
LINE_EVERY = 20  # questions after which a program that reads along hears how far it is


def run_program(program: Callable[[], object]) -> None:
    """Run a command line and exit as a shell expects.

    An `InquoteError` is printed as one sentence and exits with 2, an interruption with 130. Files
    that the program makes are for their owner only.
    """
    os.umask(0o077)
    try:
        program()
    except InquoteError as error:
        print_text(error, sys.stderr)
        sys.exit(EXIT_ERROR)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


@contextmanager
def says_when_interrupted(sentence: str) -> Iterator[None]:
    """Say what was kept where Ctrl-C ends a piece of work, and exit as a shell expects."""
    try:
        yield
    except KeyboardInterrupt:
        print_text(sentence, sys.stderr)
        sys.exit(EXIT_INTERRUPTED)


@contextmanager
def opened_system(
    library: Path, reader: str | None, embedder: str | None, journal: bool = False
) -> Iterator["System"]:
    """Open the system over `library` for the length of a command.

    Raises `LibraryMissing` before the models are loaded.
    """
    with loading_for_good():
        from inquote.index.stores.registry import open_store

        open_store(library).close()
        with spinner("Loading the models"):
            from inquote.app.build import open_system

            system = open_system(library, reader=reader, embedder=embedder, journal=journal)
    try:
        yield system
    finally:
        system.close()


def system_opener(
    library: Path, reader: str | None, embedder: str | None, journal: bool, load: bool = True
) -> "Callable[[], System]":
    """Return what opens the system over a library, for a server that does so in its own time.

    It can be pickled. Without `load`, models are loaded with the first question.
    """
    return partial(_open, library, reader=reader, embedder=embedder, journal=journal, load=load)


def _open(library: Path, **options: Any) -> "System":
    with loading_for_good():
        from inquote.app.build import open_system

        return open_system(library, **options)


@contextmanager
def loading_for_good() -> Iterator[None]:
    """Load what stays until the process ends, which no search for garbage looks at any more.

    Such searches, while torch is imported and at the end, took a seventh of a cold `inquote ask`.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def spinner(text: str) -> Iterator[None]:
    """Show a spinner with `text` on standard error."""
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


@contextmanager
def progress_bars(quiet: bool) -> Iterator["Progress"]:
    """Show one bar a stage on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    bars = Bars(*columns, console=Console(stderr=True), disable=quiet)
    tasks: dict[str, Any] = {}

    def progress(stage: str, done: int, total: int) -> None:
        bars.start()  # with the first work done: before it there is nothing to show
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total)
        bars.update(tasks[stage], completed=done, total=total)

    try:
        yield progress
    finally:
        if tasks:
            bars.stop()


def bar_for(stage: str) -> Callable[[Sequence[Any]], Iterable[Any]]:
    """Make a function that goes through a sequence and shows a bar on standard error.

    Where that is no terminal, a line says now and then how far it is.
    """
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)

    def report(items: Sequence[Any]) -> Iterator[Any]:
        for done, item in enumerate(items):
            if done and done % LINE_EVERY == 0:
                print_text(f"{stage}: {done} of {len(items)}", sys.stderr)
            yield item

    if console.is_terminal:
        return lambda items: track(items, stage, console=console)
    return report


def read_questions(file: Path) -> "list[QuestionInContext]":
    """Read the questions of a file of JSON lines.

    Raises `InquoteError` naming the first line that is no question.
    """
    from inquote.app.answering.scope import read_scope
    from inquote.index.stores.journal import QuestionInContext

    questions = []
    for number, line in enumerate(lines_of(str(file)), 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            question = str.strip(fields["question"])
            history = earlier_questions(fields.get("history") or [])
            scope = fields.get("scope")
            if scope is not None:
                scope = read_scope(texts_of(scope, "scope", "documents and folders"))
        except (ValueError, KeyError, TypeError, AttributeError, InquoteError):
            example = '{"question": "...", "history": ["..."], "scope": ["..."]}'
            raise InquoteError(
                f"Line {number} of {file} is not a JSON object like {example}."
            ) from None
        questions.append(QuestionInContext(question, tuple(history), tuple(scope or ())))
    return questions


def print_text(text: object, file: TextIO | None = None) -> None:
    """Print a text for a person, by default on standard output: nothing in it acts unseen."""
    stream = file or sys.stdout
    encoding = stream.encoding or "utf-8"
    print(visible(str(text)).encode(encoding, "backslashreplace").decode(encoding), file=stream)


def print_json(value: Any) -> None:
    """Print a value as a line of JSON, with escapes only where they are needed to print or see."""
    line = dump_json(value)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(value)
    print(line, flush=True)


def lines_of(name: str) -> Iterator[bytes]:
    """Yield the lines of the file called `name`; "-" is standard input.

    Raises `InquoteError` where the file cannot be read.
    """
    if name == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as file:
            yield from file
    except OSError as error:
        raise InquoteError(f"The file {name} cannot be read: {error.strerror}.") from error
