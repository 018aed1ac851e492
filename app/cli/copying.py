"""The command that moves a library: `copy`."""

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from inquote.app.cli.options import JsonOption
from inquote.app.cli.terminal import (
    print_json,
    print_text,
    progress_bars,
    says_when_interrupted,
)

KEPT_BY_COPY = "Stopped; the same command goes on after the generations that are copied."


def copy(
    source: Annotated[
        Path, typer.Argument(metavar="FROM", help="A library: its folder, or its URL.")
    ],
    target: Annotated[Path, typer.Argument(metavar="TO", help="An empty place: folder or URL.")],
    as_json: JsonOption = False,
) -> None:
    """Copy a library, to or from a shared one too: nothing is embedded anew, all is compared.

    Copied are the generations that are kept, the original files, questions, feedback and what was
    fitted to it. Sessions end, and documents were ingested at the time of the copy.
    """
    from inquote.app import feedback_calibration
    from inquote.app.answering import suggestions
    from inquote.index.copying import copy_library
    from inquote.index.stores.registry import open_store
    from inquote.index.updating import notes, titles

    attachments = [suggestions.ATTACHMENT, notes.ATTACHMENT]
    settings = [feedback_calibration.SETTING, titles.SETTING]

    with (
        closing(open_store(source)) as store,
        closing(open_store(target, must_exist=False)) as new,
        progress_bars(quiet=as_json) as progress,
        says_when_interrupted(KEPT_BY_COPY),
    ):
        report = copy_library(store, new, attachments, settings, progress)
        place = new.location
    if as_json:
        print_json({"library": place, **asdict(report)})
        return
    first, last = report.generations[0], report.generations[-1]
    print_text(
        f"Copied to {place} and compared: {report.documents} documents with {report.passages} "
        f"passages, generations {first} to {last}."
    )
