"""The command line. Heavy imports sit inside the commands, so that `inquote --help` answers at once."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inquote.app.cli.output import answer_line, format_answer, format_change, format_report
from inquote.app.cli.terminal import (
    EXIT_ERROR,
    bar_for,
    lines_of,
    opened_system,
    print_json,
    progress_bars,
    read_questions,
    run_program,
)
from inquote.ingest.errors import InquoteError

if TYPE_CHECKING:
    from inquote.app.service.jobs import LibraryJobs
    from inquote.app.service.service import Service
    from inquote.app.system import System

EXIT_SKIPPED = 3

app = typer.Typer(
    name="inquote",
    help="Ask a text a question; get the text's own words back, each with its place.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

LibraryOption = Annotated[
    Path,
    typer.Option(
        "--library", envvar="INQUOTE_LIBRARY", help="The library's folder.", show_default=True
    ),
]
ReaderOption = Annotated[
    str | None, typer.Option("--reader", help="'sentence', or a local model's name or path.")
]
EmbedderOption = Annotated[
    str | None, typer.Option("--embedder", help="A local sentence-transformers model.")
]
HistoryOption = Annotated[
    bool, typer.Option("--history/--no-history", help="Keep the question for inquote changes.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT_LIBRARY = Path("inquote-library")


def main() -> None:
    """Run the command line."""
    run_program(app)


@app.command()
def ask(
    question: Annotated[
        str | None, typer.Argument(help="The question.", show_default=False)
    ] = None,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
    input: Annotated[
        str | None,
        typer.Option("--input", help="With --json: a file of JSON lines; - for standard input."),
    ] = None,
    history: HistoryOption = True,
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
        from inquote.app.answering.conversation import clean_question

        clean_question(question)  # before the models are loaded
    with opened_system(library, reader, embedder, history) as system:
        if input is not None:
            for line in lines_of(input):
                if line.strip():
                    print_json(answer_line(system, line))
            return
        answer = system.ask(question or "")
    if as_json:
        print_json(answer.as_json())
    else:
        print(format_answer(answer))


@app.command()
def ingest(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files and folders; a folder is mirrored.", show_default=False),
    ],
    library: LibraryOption = DEFAULT_LIBRARY,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Change nothing if a file is skipped.")
    ] = False,
    rebuild: Annotated[
        bool,
        typer.Option(
            "--rebuild", help="Read and cut everything anew, and mend damaged embeddings."
        ),
    ] = False,
    encoding: Annotated[
        str | None, typer.Option(help="Of the files, where it is not UTF-8.")
    ] = None,
    max_megabytes: Annotated[int, typer.Option(help="Larger files are skipped.", min=1)] = 64,
    max_seconds: Annotated[
        float, typer.Option(help="Files that take longer to parse are skipped.", min=1)
    ] = 18,
    embedder: EmbedderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take files into the library: only what changed is embedded. Exit status 3: something was skipped."""
    from inquote.app.build import find_suggestions
    from inquote.index.models.embedder import PACKAGED, SentenceTransformerEmbedder
    from inquote.index.updating.ingest import Options
    from inquote.index.updating.ingest import ingest as run_ingest
    from inquote.ingest.files.collect import Limits

    limits = Limits(encoding, max_megabytes * 1_000_000, max_seconds)
    options = Options(strict=strict, dry_run=dry_run, rebuild=rebuild, limits=limits)
    with progress_bars(quiet=as_json) as progress:
        encoder = SentenceTransformerEmbedder(embedder or PACKAGED)
        account = run_ingest(library, paths, encoder, options=options, progress=progress)
        if account.has_changes and not dry_run:
            find_suggestions(library, encoder, progress)
    for warning in account.warnings:
        print(f"{warning.path}: {warning.reason}", file=sys.stderr)
    if as_json:
        print_json(account.as_json())
    else:
        print(format_report(account, dry_run))
    if account.skipped:
        raise typer.Exit(EXIT_SKIPPED)


@app.command()
def remove(
    documents: Annotated[
        list[str], typer.Argument(help="Their ids, as inquote status lists them.")
    ],
    library: LibraryOption = DEFAULT_LIBRARY,
    embedder: EmbedderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take documents out of the library; their files stay, and ingesting their folder brings them back."""
    from inquote.index.models.embedder import PACKAGED, SentenceTransformerEmbedder
    from inquote.index.updating.removal import remove as run_remove

    with progress_bars(quiet=as_json) as progress:
        encoder = SentenceTransformerEmbedder(embedder or PACKAGED)
        account = run_remove(library, documents, encoder, progress=progress)
    if as_json:
        print_json(account.as_json())
    else:
        print(format_report(account, dry_run=False))


@app.command()
def changes(
    library: LibraryOption = DEFAULT_LIBRARY,
    since: Annotated[
        int | None, typer.Option(help="The generation to compare with; else the one before.")
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option(help="Also the questions of this file, JSON lines as for ask --input."),
    ] = None,
    reader: ReaderOption = None,
    embedder: EmbedderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which answers changed: what was asked before, and the evaluation set, is asked again, then and now."""
    from inquote.app.service.answer_changes import ChangeKind, changes_since

    asked = read_questions(questions) if questions else []
    with opened_system(library, reader, embedder) as system:
        found = changes_since(system, asked, since, bar_for("asking"))
    if as_json:
        print_json([change.as_json() for change in found])
        return
    for change in found:
        if change.kind is not ChangeKind.UNCHANGED:
            print(format_change(change))
    counts = {kind: sum(change.kind is kind for change in found) for kind in ChangeKind}
    print(", ".join(f"{count} {kind.value}" for kind, count in counts.items()))


@app.command()
def status(
    library: LibraryOption = DEFAULT_LIBRARY,
    left_out: Annotated[
        bool, typer.Option("--left-out", help="List what is in no passage.")
    ] = False,
) -> None:
    """What the library holds and how it was made."""
    from inquote.index.stores.local.library import Library
    from inquote.ingest.text import printable

    opened = Library.open(library)
    with opened.snapshot() as snapshot:
        if left_out:
            for id, place, text in snapshot.left_out():
                print(f"{printable(id)} {place.start}-{place.end} ({place.reason})\n    {text}")
            return
        recipe, infos = snapshot.recipe, snapshot.document_infos()
        passages = sum(info.passages for info in infos)
        print(f"{library}: generation {snapshot.generation} of {snapshot.changed_at}")
        print(f"{len(infos)} documents, {passages} passages, {opened.size / 1e6:.1f} MB on disk")
        if recipe:
            print(
                f"made with {recipe.embedder} ({recipe.dimension} dimensions), chunking {recipe.chunking}"
            )
        for info in infos:
            print(
                f"  {printable(info.id)}  {info.characters:,} characters, {info.passages} passages, {info.ingested_at}"
            )
            print(f"      {printable(info.title)}")


@app.command()
def verify(
    library: LibraryOption = DEFAULT_LIBRARY,
    export: Annotated[
        Path | None,
        typer.Option(help="Check the citations of a conversation saved as JSON instead."),
    ] = None,
) -> None:
    """Check every offset, hash and derived file; exit 0 when all is well, else name what is wrong."""
    from inquote.index.stores.local.library import Library
    from inquote.index.verify import verify as find_problems
    from inquote.index.verify import verify_export

    opened, well = (
        Library.open(library),
        "All offsets, hashes and derived files are as they were written.",
    )
    if export is None:
        problems = find_problems(opened)
    else:
        count, problems = verify_export(opened, b"".join(lines_of(str(export))))
        well = f"All {count} citations are what their documents say."
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        raise typer.Exit(EXIT_ERROR)
    print(well)


@app.command()
def show(
    document: Annotated[str, typer.Argument(help="The document's id, as citations name it.")],
    start: int,
    end: int,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Print a range of a document, in code points: what a citation points at."""
    from inquote.index.stores.local.library import Library

    with Library.open(library).snapshot() as snapshot:
        try:
            text = snapshot.document(document).text
        except KeyError:
            raise InquoteError(
                f"There is no document {document}; inquote status lists them."
            ) from None
    if not 0 <= start < end <= len(text):
        raise InquoteError(f"The range must lie within 0 and {len(text)}, got {start} to {end}.")
    print(text[start:end])


@app.command()
def feedback(library: LibraryOption = DEFAULT_LIBRARY, as_json: JsonOption = False) -> None:
    """List what was said of answers on the page; python -m inquote.eval candidates makes questions of it."""
    from inquote.app.cli.output import format_feedback
    from inquote.index.stores.journal import Journal
    from inquote.index.stores.local.library import Library

    Library.open(library).close()
    found = Journal(library).feedback()
    if as_json:
        print_json([one.as_json() for one in found])
    else:
        print("\n".join(map(format_feedback, found)) or "Nothing was said of an answer yet.")


@app.command()
def chat(
    library: LibraryOption = DEFAULT_LIBRARY,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 7860,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    auth: Annotated[
        str | None, typer.Option(metavar="USER:HASH", help="Let in only who knows the password.")
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
            f"Listening on {host} lets others in; give --auth USER:HASH (inquote password USER prints it) or --no-auth."
        )
    login = Login(auth) if auth is not None else None

    def opener() -> "System":
        from inquote.app.build import open_system

        return open_system(library, reader=reader, embedder=embedder, journal=history)

    def make_jobs(service: "Service") -> "LibraryJobs":
        from inquote.app.service.jobs import open_jobs

        return open_jobs(service, library, embedder)

    serve(
        opener,
        host=host,
        port=port,
        open_browser=browser,
        login=login,
        make_jobs=None if read_only else make_jobs,
    )


@app.command()
def password(user: Annotated[str, typer.Argument(help="The name to log in with.")]) -> None:
    """Ask for a password and print USER:HASH for chat --auth; the password is kept nowhere."""
    from inquote.app.web.password import hash_password

    print(hash_password(user, typer.prompt("Password", hide_input=True, err=True)))


if __name__ == "__main__":
    main()
