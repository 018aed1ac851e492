"""The commands about the library: `ingest`, `remove`, `status`, `verify` and `show`."""

import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inquote.app.cli.keeping import YesOption, purge_documents
from inquote.app.cli.options import (
    DEFAULT_LIBRARY,
    EmbedderOption,
    EncodingOption,
    JsonOption,
    LibraryOption,
    OriginalsOption,
    RayOption,
    SecondsOption,
)
from inquote.app.cli.output import format_report, format_status
from inquote.app.cli.terminal import (
    EXIT_ERROR,
    lines_of,
    print_json,
    print_text,
    progress_bars,
    says_when_interrupted,
)
from inquote.ingest.errors import InquoteError
from inquote.ingest.text import printable

if TYPE_CHECKING:
    from inquote.index.models.embedder import Embedder
    from inquote.index.stores.base import Store
    from inquote.index.updating.report import IngestReport
    from inquote.index.updating.workers import Workers
    from inquote.ingest.chunk import LeftOut
    from inquote.ingest.documents import Document

EXIT_SKIPPED = 3
KEPT_BY_INGEST = (
    "Stopped; the library answers as before. Passages that were embedded are kept, "
    "and the same command goes on from them."
)


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
    originals: OriginalsOption = True,
    encoding: EncodingOption = None,
    max_megabytes: Annotated[int, typer.Option(help="Larger files are skipped.", min=1)] = 64,
    max_seconds: SecondsOption = 18,
    embedder: EmbedderOption = None,
    ray: RayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take files into the library: only what changed is embedded.

    Exit status 3: something was skipped.
    """
    from inquote.index.models.embedder import PACKAGED, SentenceTransformerEmbedder
    from inquote.index.stores.registry import open_store
    from inquote.index.updating import ingest as ingesting
    from inquote.ingest.files.collect import Limits

    limits = Limits(encoding, max_megabytes * 1_000_000, max_seconds)
    options = ingesting.Options(
        strict=strict, dry_run=dry_run, rebuild=rebuild, originals=originals, limits=limits
    )
    with (
        closing(open_store(library, must_exist=False)) as store,
        progress_bars(quiet=as_json) as progress,
    ):
        encoder = SentenceTransformerEmbedder(embedder or PACKAGED)
        workers = _workers(ray, encoder, originals)
        with says_when_interrupted(KEPT_BY_INGEST):
            report = ingesting.ingest(
                store, paths, encoder, options=options, progress=progress, workers=workers
            )
    _print_ingest(report, dry_run, as_json)
    if report.skipped:
        raise typer.Exit(EXIT_SKIPPED)


def _workers(ray: str | None, embedder: "Embedder", originals: bool) -> "Workers":
    """Return what reads and embeds: this machine, or the Ray cluster at an address."""
    from inquote.index.updating.workers import THIS_MACHINE

    if ray is None:
        return THIS_MACHINE
    from inquote.index.distributed.cluster import RayCluster

    return RayCluster(ray, embedder, originals)


def _print_ingest(report: "IngestReport", dry_run: bool, as_json: bool) -> None:
    for warning in report.warnings:
        print_text(f"{warning.path}: {warning.reason}", sys.stderr)
    if as_json:
        print_json(report.as_json())
    else:
        print_text(format_report(report, dry_run))


def remove(
    documents: Annotated[
        list[str], typer.Argument(help="Their ids, as inquote status lists them.")
    ],
    purge: Annotated[
        bool,
        typer.Option(
            "--purge", help="Erase them for good, from earlier generations and all files too."
        ),
    ] = False,
    yes: YesOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
    embedder: EmbedderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take documents out of the library.

    Their files stay, and ingesting their folder brings them back.
    """
    if purge:
        purge_documents(documents, library, yes, as_json)
        return
    from inquote.index.models.embedder import PACKAGED, SentenceTransformerEmbedder
    from inquote.index.stores.registry import open_store
    from inquote.index.updating.removal import remove as run_remove

    with closing(open_store(library)) as store, progress_bars(quiet=as_json) as progress:
        encoder = SentenceTransformerEmbedder(embedder or PACKAGED)
        with says_when_interrupted("Stopped; the library is as it was."):
            report = run_remove(store, documents, encoder, progress=progress)
    if as_json:
        print_json(report.as_json())
    else:
        print_text(format_report(report, dry_run=False))


def status(
    library: LibraryOption = DEFAULT_LIBRARY,
    left_out: Annotated[
        bool, typer.Option("--left-out", help="List what is in no passage.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what the library holds and how it was made."""
    from inquote.index.models.precision import fastest_precision
    from inquote.index.stores.registry import open_store

    with closing(open_store(library)) as store, store.snapshot() as snapshot:
        if left_out:
            if as_json:
                print_json([_left_out_json(*item) for item in snapshot.left_out()])
                return
            for id, place, text in snapshot.left_out():
                print_text(
                    f"{printable(id)} {place.start}-{place.end} ({place.reason})\n    {text}"
                )
            return
        infos, recipe = snapshot.document_infos(), snapshot.recipe
        about = {
            "library": store.location,
            "generation": snapshot.generation,
            "changed_at": snapshot.changed_at,
            "bytes": store.size,
            "passages": sum(info.passages for info in infos),
            "originals": snapshot.originals_size,
            "recipe": recipe.as_json() if recipe else None,
            "precision": fastest_precision(),
            "documents": [asdict(info) for info in infos],
        }
    if as_json:
        print_json(about)
    else:
        print_text(format_status(about))


def _left_out_json(id: str, place: "LeftOut", text: str) -> dict[str, object]:
    return {"document": id, **asdict(place), "text": text}


def verify(
    library: LibraryOption = DEFAULT_LIBRARY,
    export: Annotated[
        Path | None,
        typer.Option(help="Check the citations of a conversation saved as JSON instead."),
    ] = None,
) -> None:
    """Check everything that the library keeps: texts, passages, vectors, search files, journal.

    Exit status 0: all is as it was written. Else what is wrong is named.
    """
    from inquote.index.stores.registry import open_store
    from inquote.index.verify import verify_export

    with closing(open_store(library)) as store:
        if export is None:
            problems = store.verify()
            success = _checked(store) if not problems else ""
        else:
            with store.snapshot() as snapshot:
                count, problems = verify_export(snapshot, b"".join(lines_of(str(export))))
            success = f"All {count} citations are what their documents say."
    for problem in problems:
        print_text(problem, sys.stderr)
    if problems:
        raise typer.Exit(EXIT_ERROR)
    print_text(success)


def _checked(store: "Store") -> str:
    """Say what a sound library was checked for."""
    with store.snapshot() as snapshot:
        infos = snapshot.document_infos()
        generations = f"generations {snapshot.oldest} to {snapshot.generation}"
    passages = sum(info.passages for info in infos)
    questions, feedback = len(store.journal.questions()), len(store.journal.feedback())
    return (
        f"As written: {len(infos)} documents with {passages} passages and their vectors; "
        f"{generations} with their rows, search files and suggestions; "
        f"{questions} questions and {feedback} verdicts of the journal; the uploaded files."
    )


def show(
    document: Annotated[str, typer.Argument(help="The document's id, as citations name it.")],
    start: Annotated[int | None, typer.Argument(help="Of a range, in code points.")] = None,
    end: Annotated[int | None, typer.Argument(help="Of the range.")] = None,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Print a document, or the range of it that a citation points at."""
    from inquote.app.wire import document_json
    from inquote.index.stores.registry import open_store

    with closing(open_store(library)) as store, store.snapshot() as snapshot:
        try:
            content = snapshot.document(document)
        except KeyError:
            raise InquoteError(
                f"There is no document {document}; inquote status lists them."
            ) from None
    quote = _quote(content, start, end)
    if not as_json:
        print_text(content.text if quote is None else quote)
        return
    fields = document_json(content)
    if quote is not None:
        fields["range"] = {"start": start, "end": end, "quote": quote}
    print_json(fields)


def _quote(document: "Document", start: int | None, end: int | None) -> str | None:
    """Return a range of a document, None for no range; raise `InquoteError` for one outside."""
    if start is None:
        return None
    size = len(document.text)
    if end is None:
        raise InquoteError(
            f"A range has a start and an end; give {start} and a number up to {size}."
        )
    if not 0 <= start < end <= size:
        raise InquoteError(f"The range must lie within 0 and {size}, got {start} to {end}.")
    return document.text[start:end]
