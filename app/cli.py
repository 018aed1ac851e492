"""The command line. Heavy imports sit inside the commands, so that `inquote --help` answers at once."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.errors import InquoteError

if TYPE_CHECKING:
    from app.answer import Answer
    from app.system import System
    from index.build import Account, Progress

EXIT_SKIPPED = 3
EXIT_ERROR = 2

app = typer.Typer(
    name="inquote",
    help="Ask a text a question; get the text's own words back, each with its place.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

LibraryOption = Annotated[
    Path, typer.Option("--library", envvar="INQUOTE_LIBRARY", help="The library's folder.", show_default=True)
]
ReaderOption = Annotated[str | None, typer.Option("--reader", help="'sentence', or a local model's name or path.")]
EmbedderOption = Annotated[str | None, typer.Option("--embedder", help="A local sentence-transformers model.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT_LIBRARY = Path("inquote-library")


def main() -> None:
    """Run the command line; an `InquoteError` is printed as one sentence and exits with 2."""
    try:
        app()
    except InquoteError as error:
        print(error, file=sys.stderr)
        sys.exit(EXIT_ERROR)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.", show_default=False)] = None,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
    input: Annotated[
        str | None,
        typer.Option("--input", help="With --json: a file of JSON lines; - for standard input."),
    ] = None,
    reader: ReaderOption = None,
    embedder: EmbedderOption = None,
) -> None:
    """Answer a question with the corpus's own words, each with its place."""
    if (question is None) == (input is None):
        raise InquoteError(
            "Give one question (\"inquote ask 'Who makes it?'\") or a file of them (--json --input FILE)."
        )
    if input is not None and not as_json:
        raise InquoteError("--input gives one JSON object a line; add --json.")
    if question is not None:
        from app.conversation import clean_question

        clean_question(question)  # before the models are loaded
    with _system(library, reader, embedder) as system:
        if input is not None:
            for line in _lines(input):
                print(json.dumps(answer_line(system, line), ensure_ascii=False), flush=True)
        else:
            answer = system.ask(question or "")
            print(json.dumps(answer.as_json(), ensure_ascii=False) if as_json else readable(answer))


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders; a folder is mirrored.", show_default=False)],
    library: LibraryOption = DEFAULT_LIBRARY,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Change nothing if a file is skipped.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Cut and embed everything anew.")] = False,
    encoding: Annotated[str | None, typer.Option(help="Of the files, where it is not UTF-8.")] = None,
    max_megabytes: Annotated[int, typer.Option(help="Larger files are skipped.", min=1)] = 64,
    max_seconds: Annotated[float, typer.Option(help="Files that take longer to parse are skipped.", min=1)] = 18,
    embedder: EmbedderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take files into the library: only what changed is embedded. Exit status 3: something was skipped."""
    from index.build import Options
    from index.build import ingest as run_ingest
    from index.embed import PACKAGED, SentenceTransformerEmbedder
    from ingest.collect import Limits

    limits = Limits(encoding, max_megabytes * 1_000_000, max_seconds)
    options = Options(strict=strict, dry_run=dry_run, rebuild=rebuild, limits=limits)
    with _progress(quiet=as_json) as progress:
        encoder = SentenceTransformerEmbedder(embedder or PACKAGED)
        account = run_ingest(library, paths, encoder, options=options, progress=progress)
    if as_json:
        print(json.dumps(account.as_json(), ensure_ascii=False))
    else:
        print(told(account, dry_run))
    if account.skipped:
        raise typer.Exit(EXIT_SKIPPED)


@app.command()
def status(
    library: LibraryOption = DEFAULT_LIBRARY,
    left_out: Annotated[bool, typer.Option("--left-out", help="List what is in no passage.")] = False,
) -> None:
    """What the library holds and how it was made."""
    from index.library import Library

    opened = Library.open(library)
    with opened.snapshot() as snapshot:
        if left_out:
            for id, place, text in snapshot.left_out():
                print(f"{id} {place.start}-{place.end} ({place.reason})\n    {text}")
            return
        recipe, infos = snapshot.recipe, snapshot.document_infos()
        print(f"{library}: generation {snapshot.generation}, {len(infos)} documents")
        if recipe:
            print(f"made with {recipe.embedder} ({recipe.dimension} dimensions), chunking {recipe.chunking}")
        for info in infos:
            print(f"  {info.id}  {info.characters:,} characters, {info.passages} passages, {info.ingested_at}")
            print(f"      {info.title}")


@app.command()
def verify(library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """Check every offset, hash and derived file; exit 0 when all is well, else name what is wrong."""
    from index.library import Library
    from index.verify import verify as find_problems

    problems = find_problems(Library.open(library))
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        raise typer.Exit(EXIT_ERROR)
    print("All offsets, hashes and derived files are as they were written.")


@app.command()
def show(
    document: Annotated[str, typer.Argument(help="The document's id, as citations name it.")],
    start: int,
    end: int,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Print a range of a document, in code points: what a citation points at."""
    from index.library import Library

    with Library.open(library).snapshot() as snapshot:
        try:
            text = snapshot.document(document).text
        except KeyError:
            raise InquoteError(f"There is no document {document}; inquote status lists them.") from None
    if not 0 <= start < end <= len(text):
        raise InquoteError(f"The range must lie within 0 and {len(text)}, got {start} to {end}.")
    print(text[start:end])


@app.command()
def chat(
    library: LibraryOption = DEFAULT_LIBRARY,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 7860,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    reader: ReaderOption = None,
    embedder: EmbedderOption = None,
) -> None:
    """Open the chat in the browser."""
    from app.server import serve

    def opener() -> "System":
        from app.system import open_system

        return open_system(library, reader=reader, embedder=embedder)

    serve(opener, host=host, port=port, open_browser=browser)


@contextmanager
def _system(library: Path, reader: str | None, embedder: str | None) -> Iterator["System"]:
    from index.library import Library

    Library.open(library).close()  # a missing library is told before the models are loaded
    with _spinner("Loading the models"):
        from app.system import open_system

        system = open_system(library, reader=reader, embedder=embedder)
    try:
        yield system
    finally:
        system.close()


@contextmanager
def _spinner(text: str) -> Iterator[None]:
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


@contextmanager
def _progress(quiet: bool) -> Iterator["Progress"]:
    """One bar a stage on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), disable=quiet) as bars:
        tasks: dict[str, Any] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield progress


def _lines(name: str) -> Iterator[bytes]:
    if name == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as file:
            yield from file
    except OSError as error:
        raise InquoteError(f"The question file {name} cannot be read: {error.strerror}.") from error


def answer_line(system: "System", line: bytes) -> dict[str, Any]:
    """The JSON object that answers one line `{"id", "question", "history"}`; what cannot be answered gets `error`."""
    id = None
    try:
        asked = json.loads(line)
        if not isinstance(asked, dict):
            raise InquoteError('A line must be a JSON object like {"question": "..."}.')
        id, history = asked.get("id"), asked.get("history") or []
        if not isinstance(history, list):
            raise InquoteError("history must be a list of earlier questions.")
        return system.ask(asked.get("question"), [str(earlier) for earlier in history]).as_json(id)
    except (ValueError, RecursionError) as error:
        return {"id": id, "error": f"The line is not valid JSON: {error}."}
    except InquoteError as error:
        return {"id": id, "error": str(error)}


def readable(answer: "Answer") -> str:
    """An answer as text for a terminal, each citation with its document, heading and range."""
    lines = [] if answer.understood_as == answer.question else [f"Understood as: {answer.understood_as}", ""]
    if answer.text is None:
        lines += [f"The corpus does not say. (confidence {answer.confidence:.0%})", "", "Nearest passages:"]
        return "\n".join(lines + [f"  {_nearest(at, answer)}" for at in range(min(3, len(answer.hits)))])
    lines += [answer.text, "", f"confidence {answer.confidence:.0%}", ""]
    for number, c in enumerate(answer.citations, 1):
        place = ", ".join(part for part in (c.heading, f"page {c.page}" if c.page else "") if part)
        lines.append(f"[{number}] {c.document_id} {c.start}-{c.end}" + (f" ({place})" if place else ""))
        lines.append(f"    {c.quote}")
    return "\n".join(lines)


def _nearest(at: int, answer: "Answer") -> str:
    passage = answer.hits[at].passage
    text = " ".join(passage.text.split())
    return f"{passage.document_id} {passage.start}-{passage.end}: {text[:160]}{'...' if len(text) > 160 else ''}"


def told(account: "Account", dry_run: bool) -> str:
    """What an ingest did, for a terminal."""
    would = "would be " if dry_run else ""
    lines: list[str] = []
    kinds: list[tuple[str, tuple[Any, ...], Callable[[Any], str]]] = [
        ("added", account.added, str),
        ("changed", account.changed, str),
        ("renamed", account.renamed, " -> ".join),
        ("removed", account.removed, str),
    ]
    for kind, ids, shown in kinds:
        lines += [f"{would}{kind}: {shown(id)}" for id in ids]
    lines += [f"skipped: {skipped.path}: {skipped.reason}" for skipped in account.skipped]
    if not account.has_changes:
        lines.append("Nothing had changed; nothing was embedded.")
    else:
        lines.append(f"{account.unchanged} documents unchanged, {account.passages_embedded} passages embedded.")
    if not dry_run:
        lines.append(f"Generation {account.generation}, {account.seconds:.1f} s.")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
