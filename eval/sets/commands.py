"""Commands of sets: cells of tables, answers of several spans, verdicts."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from inquote.eval.options import JsonOption, LimitOption, ReaderOption
from inquote.ingest.errors import InquoteError

if TYPE_CHECKING:
    from inquote.eval.sets.asking import Kept, Machinery, Outcome
    from inquote.eval.sets.multispan import SetQuestion

Chosen = TypeVar("Chosen", bound="SetQuestion")

app = typer.Typer()

SetArgument = Annotated[
    Path, typer.Argument(help="The set's file, JSON, gzipped or not.", show_default=False)
]
SetPartOption = Annotated[
    str,
    typer.Option("--part", help="tune, report (each fifth, which training keeps out) or all."),
]
AnswersOption = Annotated[
    Path | None,
    typer.Option("--out", help="A file for the answers; a run that stopped goes on from it."),
]
AnywayOption = Annotated[
    bool, typer.Option("--never-refuse", help="Answer however unsure; what ships refuses.")
]


@app.command()
def tables(
    file: SetArgument,
    kind: Annotated[str, typer.Option(help="Which tables: financial, wikipedia or all.")] = "all",
    format: Annotated[
        str, typer.Option(help="How a report is written for the library: md, html or csv.")
    ] = "md",
    part: SetPartOption = "all",
    limit: LimitOption = None,
    out: AnswersOption = None,
    never_refuse: AnywayOption = False,
    reader: ReaderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for cells of tables, each report alone in a library of its own."""
    from inquote.eval.runs.progress import stages
    from inquote.eval.sets.table_files import FORMATS
    from inquote.eval.sets.tables import ask_tables, choose, load_tables, table_figures

    if format not in FORMATS:
        raise InquoteError(f'"{format}" is none of the formats; --format is {", ".join(FORMATS)}.')
    questions = choose(load_tables(file), kind, part, limit)
    machinery, kept = _prepare(reader, never_refuse, out)
    with stages() as bar:
        outcomes = ask_tables(questions, machinery, format, kept, bar)
    _show(table_figures(questions, outcomes), as_json)


@app.command()
def multispan(
    file: SetArgument,
    part: SetPartOption = "all",
    limit: LimitOption = None,
    out: AnswersOption = None,
    never_refuse: AnywayOption = False,
    reader: ReaderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for several things at once, all paragraphs of the file in one library."""
    from inquote.eval.sets.multispan import load_multispan, multispan_figures

    questions, outcomes = _ask_of_one_library(
        load_multispan(file), part, limit, reader, never_refuse, out
    )
    _show({"all": multispan_figures(questions, outcomes)}, as_json)


@app.command()
def verdicts(
    file: SetArgument,
    part: SetPartOption = "all",
    limit: LimitOption = None,
    out: AnswersOption = None,
    never_refuse: AnywayOption = False,
    reader: ReaderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask questions of yes and no, all abstracts of the file in one library."""
    from inquote.eval.sets.verdicts import load_verdicts, verdict_figures

    questions, outcomes = _ask_of_one_library(
        load_verdicts(file), part, limit, reader, never_refuse, out
    )
    _show({"all": verdict_figures(questions, outcomes)}, as_json)


def _ask_of_one_library(
    everything: Sequence[Chosen],
    part: str,
    limit: int | None,
    reader: str | None,
    never_refuse: bool,
    out: Path | None,
) -> tuple[list[Chosen], list["Outcome"]]:
    """Ask the chosen questions of a library of all contexts; return them with what came out."""
    from inquote.eval.runs.progress import stages
    from inquote.eval.sets.multispan import ask_multispan, choose

    questions = choose(everything, part, limit)
    contexts = [question.context for question in everything]
    machinery, kept = _prepare(reader, never_refuse, out)
    with stages() as bar:
        outcomes = ask_multispan(questions, contexts, machinery, kept, bar)
    return questions, outcomes


def _prepare(reader: str | None, never_refuse: bool, out: Path | None) -> "tuple[Machinery, Kept]":
    """Load the models, and the answers of an earlier run."""
    from inquote.eval.sets.asking import Kept, Machinery
    from inquote.index.models.embedder import SentenceTransformerEmbedder

    kept = Kept(out)
    return Machinery.load(SentenceTransformerEmbedder(), reader, never_refuse), kept


def _show(figures: Mapping[str, Mapping[str, float]], as_json: bool) -> None:
    """Print the figures of each group: a column a group, or one JSON object."""
    from inquote.eval.report.tables import Table, print_tables

    if as_json:
        print(json.dumps(figures))
        return
    names: dict[str, None] = {}
    for group in figures.values():
        names |= dict.fromkeys(group)
    rows = []
    for name in names:
        cells = [f"{group[name]:g}" if name in group else "-" for group in figures.values()]
        rows.append((name, *cells))
    print_tables([Table("Figures", ("", *figures), tuple(rows))])
