"""Compare the text that an ingest reads from files with what other programs read from them.

pdftotext reads PDF, pandoc Word, OpenDocument, RTF, EPUB and HTML. Run it as
`python -m inquote.eval.studies.fidelity DIR`. Neither program is right in everything: the worst
files are for a person to look at. Where a program is known to write what no reader sees, or in no
order that a reader follows, the comparison allows for it:

- pandoc writes an equation that it cannot set as TeX. Its letters and figures are compared, its
  commands ("\\frac", "\\begin{matrix}") are not.
- pandoc counts footnotes and endnotes in one series, Word in two; nothing is allowed for that.
- pdftotext has two orders, of blocks as it takes them and of the file ("-raw"). Blocks side by side
  are right in one of them and seldom in both: the order is that of the one which agrees best. The
  recall is always measured against the first.
- A page number that stands alone ("Page 2 of 3") is the label of its page and not in the text. It
  counts as read.
"""

import json
import re
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
from inquote.ingest.documents import Document
from inquote.ingest.errors import IngestError
from inquote.ingest.files.collect import Limits, LoadedFile, read_files
from inquote.ingest.files.find import find_sources
from inquote.ingest.layout.running import PAGE_NUMBER
from inquote.ingest.text import printable

PERCENTILES = (5, 10, 50)
WORST = 10  # files shown of each format
SHOWN_WORDS = 12  # missing ones, of a file
SECONDS = 120  # that a reference program may take for a file
FORMATS = {".htm": "html", ".xhtml": "html", ".docm": "docx", ".dotx": "docx"}
PACKAGES = {"pdftotext": "poppler-utils", "pandoc": "pandoc"}
ORDERS = ((), ("-raw",))  # of pdftotext, the first one its own
READERS = {"docx": "docx", "odt": "odt", "rtf": "rtf", "epub": "epub", "html": "html"}
_EQUATION = re.compile(r"\$\$?+([^$]{1,2000})\$")
_COMMAND = re.compile(r"\\(?:(?:begin|end)\{[a-z]{1,20}\}|[A-Za-z]{1,40})")


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
    read_references: Callable[[Path], Sequence[str]],
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> dict[str, FormatFidelity]:
    """Read all files below a folder as an ingest does, and compare each with its reference."""
    sources = find_sources([folder]).sources
    formats: dict[str, FormatFidelity] = {}
    for source, outcome in zip(sources, read_files(sources, {}, limits), strict=True):
        name = _format_name(source.path)
        fidelity = formats.setdefault(name, FormatFidelity())
        fidelity.files += 1
        texts = read_references(source.path)
        if isinstance(outcome, LoadedFile):
            texts = [_without_page_words(text, outcome.document) for text in texts]
        references = list(filter(None, map(words_of, texts)))
        if isinstance(outcome, LoadedFile):
            if references:
                fidelity.read.append(_measure(source.path, outcome.document, references))
        else:
            reason = getattr(outcome, "reason", "")
            fidelity.skipped.setdefault(reason, []).append(printable(source.path))
            fidelity.skipped_words += len(references[0]) if references else 0
        progress("comparing", sum(each.files for each in formats.values()), len(sources))
    return dict(sorted(formats.items()))


def _format_name(path: Path) -> str:
    suffix = path.suffix.lower()
    return FORMATS.get(suffix, suffix.removeprefix(".")) or "no suffix"


def _measure(path: Path, document: Document, references: Sequence[Sequence[str]]) -> FileFidelity:
    """Compare a document with the words that the reference program reads, in each of its orders."""
    words = words_of(_text_with_labels(document))
    return FileFidelity(
        printable(path),
        len(references[0]),
        round(word_recall(words, references[0]), 4),
        round(max(word_order(words, reference) for reference in references), 4),
        missing_words(words, references[0])[:SHOWN_WORDS],
    )


def _without_page_words(text: str, document: Document) -> str:
    """Return a text whose rows of a page's number alone say no more than the page's label."""
    labels = {page.label for page in document.pages}
    rows = []
    for row in text.split("\n"):
        number = PAGE_NUMBER.fullmatch(row.strip())
        rows.append(number.group(1) if number and number.group(1) in labels else row)
    return "\n".join(rows)


def _text_with_labels(document: Document) -> str:
    """Return the text of a document, each page with its label after it."""
    parts = [document.text[page.start : page.end] + f"\n{page.label}\n" for page in document.pages]
    return "".join(parts) or document.text


def read_references(path: Path) -> list[str]:
    """Return the text that pdftotext or pandoc reads from a file, in each of its orders."""
    name = _format_name(path)
    commands = []
    if name == "pdf":
        for order in ORDERS:
            commands.append(["pdftotext", "-q", "-enc", "UTF-8", "-nopgbrk", *order])
            commands[-1] += [str(path.resolve()), "-"]
    elif name in READERS:
        commands.append(["pandoc", "--sandbox", "-f", READERS[name], "-t", "plain", "--wrap=none"])
        commands[-1].append(str(path.resolve()))
    texts = []
    for command in commands:
        with suppress(subprocess.SubprocessError):
            run = subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
            texts.append(without_commands(run.stdout.decode("utf-8", "replace")))
    return texts


def without_commands(text: str) -> str:
    r"""Return a text whose equations in TeX have lost their commands.

    >>> without_commands(r"Costs $\frac{a}{2}$ of C:\work")
    'Costs $ {a}{2}$ of C:\\work'
    """
    return _EQUATION.sub(lambda equation: _COMMAND.sub(" ", equation.group()), text)


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
            formats = compare(folder, Limits(max_seconds=seconds), read_references, bar)
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
