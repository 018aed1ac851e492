"""Commands of runs: ask a question file, score a run again, compare two runs.

They stand beside the report, for all of them end in one, and `runs` knows nothing of reports.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inquote.eval.options import JsonOption, OutOption, ReaderOption
from inquote.eval.places import QUESTIONS, RUNS

if TYPE_CHECKING:
    from inquote.eval.report.floors import Floors

EXIT_FLOOR = 1

app = typer.Typer()

FloorOption = Annotated[
    Path | None, typer.Option("--floor", help="Floors; exit with 1 where one is broken.")
]


@app.command()
def run(
    questions: Annotated[Path, typer.Argument(help="A question file.")] = QUESTIONS
    / "imlygic.jsonl",
    library: Annotated[
        str | None, typer.Option(help="Ask this library instead of making one; a path or address.")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="The texts; eval/corpora/NAME or corpus/ if left out.")
    ] = None,
    out: OutOption = None,
    part: Annotated[str, typer.Option(help="Which questions: tune, report or all.")] = "all",
    floor: FloorOption = None,
    reader: ReaderOption = None,
    with_baselines: Annotated[
        bool, typer.Option("--baselines", help="Also run simpler systems.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask all questions of a file, score the answers, write predictions.jsonl and the report."""
    from inquote.eval.runs.runner import RunPlan, perform

    folder = out or RUNS / datetime.now().strftime("%Y-%m-%d-%H%M%S")
    floors = _load_floors(floor, questions)
    perform(RunPlan(questions, part, library, corpus, reader, with_baselines), folder)
    _report_run(folder, floors, as_json)


@app.command()
def score(
    folder: Annotated[Path, typer.Argument(help="The folder of a run.")],
    floor: FloorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score a run anew from its predictions.jsonl, and write its report again."""
    from inquote.eval.runs.run import read_run

    floors = _load_floors(floor, Path(read_run(folder).about["questions"]))
    _report_run(folder, floors, as_json)


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="A run: its folder or its predictions.jsonl.")],
    after: Annotated[Path, typer.Argument(help="Another run of the same questions.")],
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say of every metric whether two runs differ by more than chance, and show flipped answers."""
    from inquote.eval.report import compare as comparing
    from inquote.eval.report.tables import print_tables
    from inquote.eval.runs.run import read_run

    names = comparing.names_of(before, after)
    comparison = comparing.compare(read_run(before), read_run(after), names)
    if out:
        comparing.write_comparison(comparison, out)
    if as_json:
        print(json.dumps(comparison.as_json(), ensure_ascii=False))
    else:
        print_tables(comparing.comparison_tables(comparison))
        print(comparing.format_comparison(comparison))


@app.command()
def domains(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs, one a domain.")],
    as_json: JsonOption = False,
) -> None:
    """Say of each run, a domain each, how far its confidences can be trusted."""
    from inquote.eval.report.domains import domain_figures, domain_table
    from inquote.eval.report.tables import print_tables
    from inquote.eval.runs.run import read_run

    figures = {str(path): domain_figures(read_run(path)) for path in runs}
    if as_json:
        print(json.dumps(figures))
    else:
        print_tables([domain_table(figures)])


def _load_floors(path: Path | None, questions: Path) -> "Floors":
    """Read the floors for a question file, before the long run: a mistake shows at once."""
    from inquote.eval.report.floors import load_floors
    from inquote.eval.report.score import METRICS

    return load_floors(path, questions.stem, {metric.name for metric in METRICS}) if path else {}


def _report_run(folder: Path, floors: "Floors", as_json: bool) -> None:
    """Score the run in `folder`, write its report there and print it.

    Exit with 1 where a floor is broken.
    """
    from inquote.eval.report.floors import check_floors
    from inquote.eval.report.report import write_report
    from inquote.eval.report.summary import summarise
    from inquote.eval.report.tables import print_tables, report_tables
    from inquote.eval.runs.runner import read_back

    # Score, and write the three files.
    summary = summarise(*read_back(folder))
    problems = check_floors(floors, summary.figures)
    write_report(summary, problems, folder)

    # Show the figures; the tables of questions are too wide for a terminal.
    if as_json:
        print((folder / "report.json").read_text(encoding="utf-8"), end="")
    else:
        print_tables(table for table in report_tables(summary) if not table.prose)
        print(f"The questions that went wrong, and plots: {folder / 'report.html'}")

    # Hold the floors.
    for problem in problems:
        print(f"Floor broken: {problem}", file=sys.stderr)
    if problems:
        raise typer.Exit(EXIT_FLOOR)
