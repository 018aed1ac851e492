"""Compare the text that an ingest reads from files with what other programs read from them.

pdftotext reads PDF, pandoc Word, OpenDocument, RTF, EPUB and HTML. Run it as
`python -m inquote.eval.studies.fidelity DIR`. Neither program is right in everything: the worst
files are for a person to look at.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from inquote.eval.metrics.reading import missing_words, word_order, word_recall, words_of
from inquote.eval.options import JsonOption
from inquote.eval.runs.progress import stages
from inquote.ingest.errors import IngestError
from inquote.ingest.files.collect import Limits, LoadedFile, read_files
from inquote.ingest.files.find import find_sources
from inquote.ingest.text import printable

PERCENTILES = (5, 10, 50)
WORST = 10  # files shown of each format
SHOWN_WORDS = 12  # missing ones, of a file
SECONDS = 120  # that a reference program may take for a file
FORMATS = {".htm": "html", ".xhtml": "html", ".docm": "docx", ".dotx": "docx"}
PACKAGES = {"pdftotext": "poppler-utils", "pandoc": "pandoc"}
READERS = {"docx": "docx", "odt": "odt", "rtf": "rtf", "epub": "epub", "html": "html"}


@dataclass
class FileFidelity:
    """How a file was read: `order` and `recall` of the words, and the first that are missing."""

    path: str
    words: int
    recall: float
    order: float
    missing: list[str]


@dataclass
class FormatFidelity:
    """How the files of a format were read.

    `files` counts all of them. `skipped` holds the paths of the skipped ones by their reason, and
    `skipped_words` counts the words that the reference program reads in these. `read` are the
    compared ones: a file in which the reference reads nothing is not compared.
    """

    files: int = 0
    skipped: dict[str, list[str]] = field(default_factory=dict)
    skipped_words: int = 0
    read: list[FileFidelity] = field(default_factory=list)


def compare(
    folder: Path,
    limits: Limits,
    read_reference: Callable[[Path], str | None],
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> dict[str, FormatFidelity]:
    """Read all files below a folder as an ingest does, and compare each with its reference."""
    sources = find_sources([folder]).sources
    formats: dict[str, FormatFidelity] = {}
    for source, outcome in zip(sources, read_files(sources, {}, limits), strict=True):
        name = _format_name(source.path)
        fidelity = formats.setdefault(name, FormatFidelity())
        fidelity.files += 1
        reference = words_of(read_reference(source.path) or "")
        if isinstance(outcome, LoadedFile):
            if reference:
                fidelity.read.append(_measure(source.path, outcome.document.text, reference))
        else:
            reason = getattr(outcome, "reason", "")
            fidelity.skipped.setdefault(reason, []).append(printable(source.path))
            fidelity.skipped_words += len(reference)
        progress("comparing", sum(each.files for each in formats.values()), len(sources))
    return dict(sorted(formats.items()))


def _format_name(path: Path) -> str:
    suffix = path.suffix.lower()
    return FORMATS.get(suffix, suffix.removeprefix(".")) or "no suffix"


def _measure(path: Path, text: str, reference: Sequence[str]) -> FileFidelity:
    """Compare the text of a file with the words that the reference program reads."""
    words = words_of(text)
    return FileFidelity(
        printable(path),
        len(reference),
        round(word_recall(words, reference), 4),
        round(word_order(words, reference), 4),
        missing_words(words, reference)[:SHOWN_WORDS],
    )


def read_reference(path: Path) -> str | None:
    """Return the text that pdftotext or pandoc reads from a file, None where they read none."""
    name = _format_name(path)
    if name == "pdf":
        command = ["pdftotext", "-q", "-enc", "UTF-8", "-nopgbrk", str(path.resolve()), "-"]
    elif name in READERS:
        command = ["pandoc", "--sandbox", "-f", READERS[name], "-t", "plain", "--wrap=none"]
        command.append(str(path.resolve()))
    else:
        return None
    with suppress(subprocess.SubprocessError):
        run = subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
        return run.stdout.decode("utf-8", "replace")
    return None


def check_programs() -> None:
    """Raise `IngestError` if a reference program is not on this machine."""
    for program, package in PACKAGES.items():
        if shutil.which(program) is None:
            raise IngestError(
                f"{program} is not on this machine; install the Debian package {package}."
            )


def summarize(fidelity: FormatFidelity) -> dict[str, Any]:
    """Return the counts of a format, the percentiles of both measures, and the worst files."""
    skipped = {reason: len(paths) for reason, paths in sorted(fidelity.skipped.items())}
    summary: dict[str, Any] = {
        "files": fidelity.files,
        "compared": len(fidelity.read),
        "skipped": skipped,
        "skipped_words": fidelity.skipped_words,
    }
    for measure in ("recall", "order"):
        values = [getattr(file, measure) for file in fidelity.read]
        for percent in PERCENTILES:
            value = round(float(np.percentile(values, percent)), 4) if values else None
            summary[f"{measure}_p{percent}"] = value
    worst = sorted(fidelity.read, key=lambda file: (file.recall, file.order, file.path))
    summary["worst"] = [asdict(file) for file in worst[:WORST]]
    return summary


def print_summary(name: str, summary: dict[str, Any]) -> None:
    """Print the figures of a format, the reasons of skipped files and the worst files."""
    print(f"{name}: {summary['files']} files, {summary['compared']} compared")
    for measure in ("recall", "order"):
        if summary["compared"]:
            values = (f"p{each} {summary[f'{measure}_p{each}']:.4f}" for each in PERCENTILES)
            print(f"  {measure:8}{'  '.join(values)}")
    for reason, count in summary["skipped"].items():
        print(f"  skipped {count}: {reason}")
    if summary["skipped_words"]:
        print(f"  words of skipped files: {summary['skipped_words']:,}")
    for file in summary["worst"]:
        missing = " ".join(file["missing"])
        print(f"  {file['recall']:.4f} {file['order']:.4f} {file['path']}: {missing}")


def main(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The files to read.")],
    seconds: Annotated[float, typer.Option(help="That a file may take.")] = Limits().max_seconds,
    as_json: JsonOption = False,
) -> None:
    """Say how much of the words of files, and of their order, an ingest keeps."""
    try:
        check_programs()
        with stages() as bar:
            formats = compare(folder, Limits(max_seconds=seconds), read_reference, bar)
    except IngestError as error:
        raise SystemExit(str(error)) from error
    summaries = {name: summarize(fidelity) for name, fidelity in formats.items()}
    if as_json:
        print(json.dumps(summaries, indent=1))
        return
    for name, summary in summaries.items():
        print_summary(name, summary)


if __name__ == "__main__":
    typer.run(main)
