"""The command `watch`, and the folders that `chat` watches."""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inquote.app.cli.options import (
    DEFAULT_LIBRARY,
    EmbedderOption,
    EncodingOption,
    JsonOption,
    LibraryOption,
    OriginalsOption,
    SecondsOption,
)
from inquote.app.cli.output import format_report
from inquote.app.cli.terminal import print_json, print_text, says_when_interrupted

if TYPE_CHECKING:
    from inquote.app.service.jobs import LibraryJobs
    from inquote.app.service.watching import Watch
    from inquote.index.updating.ingest import Options

STOPPED = "Stopped watching; the library is as after the last ingest."


def watch(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files and folders; a folder is mirrored.", show_default=False),
    ],
    library: LibraryOption = DEFAULT_LIBRARY,
    originals: OriginalsOption = True,
    encoding: EncodingOption = None,
    max_megabytes: Annotated[int, typer.Option(help="Larger files are skipped.", min=1)] = 64,
    max_seconds: SecondsOption = 18,
    embedder: EmbedderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep the library up to date with folders: ingest whatever changes there, until Ctrl-C.

    What changed while nobody watched is taken in first.
    """
    from inquote.index.updating.ingest import Options
    from inquote.ingest.files.collect import Limits

    limits = Limits(encoding, max_megabytes * 1_000_000, max_seconds)
    options = Options(originals=originals, limits=limits)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        says_when_interrupted(STOPPED),
        opened_watch(paths, library, embedder, options, as_json) as watching,
    ):
        _say(f"Watching {', '.join(map(str, paths))}; Ctrl-C stops it.")
        watching.run()


@contextmanager
def opened_watch(
    paths: Sequence[Path], library: Path, embedder: str | None, options: "Options", as_json: bool
) -> Iterator["Watch"]:
    """Make a watch that ingests by itself and prints what changed, an account an ingest."""
    from inquote.app.service.watching import Watch
    from inquote.index.models.embedder import PACKAGED, SentenceTransformerEmbedder
    from inquote.index.stores.registry import open_store
    from inquote.index.updating.following import Follower, Look

    encoder = SentenceTransformerEmbedder(embedder or PACKAGED)
    with closing(open_store(library, must_exist=False)) as store:
        follower = Follower(paths, store.folder, options)
        follower.require(store)

        def take(look: Look, held: frozenset[Path]) -> None:
            report = follower.ingest(look, held, store, encoder)
            for warning in report.warnings:
                _say(f"{warning.path}: {warning.reason}")
            if as_json:
                print_json(report.as_json())
            elif report.has_changes or report.skipped:
                print_text(format_report(report, dry_run=False))

        yield Watch(follower, take, _say)


def watch_beside(jobs: "LibraryJobs", library: Path, paths: Sequence[Path]) -> None:
    """Watch paths while a chat runs, as jobs that its page tells of.

    Raises `IngestError` for a path that is not there.
    """
    from inquote.app.service.watching import watch_for_page
    from inquote.index.stores.registry import open_store
    from inquote.index.updating.following import Follower

    follower = Follower(paths, library)
    with closing(open_store(library, must_exist=False)) as store:
        follower.require(store)
    watch_for_page(jobs, follower)


def _say(sentence: str) -> None:
    print_text(sentence, sys.stderr)
