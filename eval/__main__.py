"""`python -m inquote.eval`: run a question file, compare two runs, run SQuAD files. Heavy imports sit inside the commands."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inquote.app.cli.terminal import run_program
from inquote.eval.bench.commands import app as bench_app
from inquote.eval.places import QUESTIONS, RUNS
from inquote.ingest.errors import InquoteError

if TYPE_CHECKING:
    from inquote.eval.report.floors import Floors
    from inquote.eval.report.tables import Table
    from inquote.eval.studies.squad_data import SquadFile, SquadQuestion

EXIT_FLOOR = 1

app = typer.Typer(
    help="Measure how well questions are answered. Without a command: `run`.",
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(bench_app, name="bench")

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object instead of tables.")
]
ReaderOption = Annotated[
    str | None, typer.Option("--reader", help="'sentence', or a local model's name or path.")
]
FloorOption = Annotated[
    Path | None, typer.Option("--floor", help="Floors; exit with 1 where one is broken.")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Where the files go.", show_default=False)
]
SquadArgument = Annotated[
    Path, typer.Argument(help="A file in SQuAD's layout, gzipped or not.", show_default=False)
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, help="Only the first so many questions.")
]
SplitOption = Annotated[
    Path | None, typer.Option("--split", help="Titles by part; only those of --part are asked.")
]
PartOption = Annotated[
    str | None, typer.Option("--part", help="The part of --split, mostly report.")
]
CacheOption = Annotated[
    Path | None, typer.Option("--cache", help="A folder that keeps embeddings between runs.")
]


@app.command()
def run(
    questions: Annotated[Path, typer.Argument(help="A question file.")] = QUESTIONS
    / "imlygic.jsonl",
    library: Annotated[
        Path | None, typer.Option(help="Ask this library instead of making one.")
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
    wanted = _floors(floor, questions)
    perform(RunPlan(questions, part, library, corpus, reader, with_baselines), folder)
    _report(folder, wanted, as_json)


@app.command()
def score(
    folder: Annotated[Path, typer.Argument(help="The folder of a run.")],
    floor: FloorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score a run anew from its predictions.jsonl, and write its report again."""
    from inquote.eval.runs.run import read_run

    wanted = _floors(floor, Path(read_run(folder).about["questions"]))
    _report(folder, wanted, as_json)


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="A run: its folder or its predictions.jsonl.")],
    after: Annotated[Path, typer.Argument(help="Another run of the same questions.")],
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say of every metric whether two runs differ by more than chance, and show the answers that flipped."""
    from inquote.eval.report.compare import compare as compare_runs
    from inquote.eval.report.compare import comparison_tables, names_of, told, write_comparison
    from inquote.eval.runs.run import read_run

    found = compare_runs(read_run(before), read_run(after), names_of(before, after))
    if out:
        write_comparison(found, out)
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        _show(comparison_tables(found))
        print(told(found))


@app.command()
def squad(
    file: SquadArgument,
    retrieved: Annotated[
        bool, typer.Option("--open", help="Retrieve from all contexts instead of giving the gold.")
    ] = False,
    limit: LimitOption = None,
    as_json: JsonOption = False,
    reader: ReaderOption = None,
    split: SplitOption = None,
    part: PartOption = None,
    cache: CacheOption = None,
) -> None:
    """Answer the questions of a file in SQuAD's layout and measure as its official script does.

    answerable_exact and answerable_f1 are those of the answerable questions with nothing refused.
    """
    from time import monotonic

    from inquote.app.build import make_answerer
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.shelf import Remembering
    from inquote.eval.studies.squad import calibration_error, evaluate, summary
    from inquote.index.models.embedder import SentenceTransformerEmbedder

    started = monotonic()
    content, questions = _squad_questions(file, split, part, limit)
    embedder = Remembering(SentenceTransformerEmbedder(), cache)
    with stages() as bar:
        outcomes = evaluate(
            content,
            questions,
            make_answerer(reader, embedder),
            embedder,
            retrieved=retrieved,
            progress=bar,
        )
    found = summary(outcomes, monotonic() - started)
    if as_json:
        print(json.dumps(found))
    else:
        _lines({**found, "calibration error": calibration_error(outcomes)})


@app.command()
def fast(
    file: SquadArgument,
    limit: LimitOption = None,
    split: SplitOption = None,
    part: PartOption = None,
    questions: Annotated[
        list[str], typer.Option(help="FILE=CORPUS: a question file too, its tuning part.")
    ] = [],  # noqa: B006
    cache: CacheOption = None,
) -> None:
    """Whether what makes answering fast changes answers, with everything retrieved from all contexts."""
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.fast import Ways, compare_ways
    from inquote.eval.studies.observe import retrieve_for_pairs, retrieve_for_squad
    from inquote.eval.studies.shelf import Remembering
    from inquote.index.models.embedder import SentenceTransformerEmbedder

    content, chosen = _squad_questions(file, split, part, limit)
    embedder = Remembering(SentenceTransformerEmbedder(), cache)
    retrieved = [
        *retrieve_for_squad(content, chosen, embedder),
        *retrieve_for_pairs(questions, embedder),
    ]
    with stages() as bar:
        print(json.dumps(compare_ways(retrieved, Ways.shipped(embedder), bar), indent=1))


@app.command()
def fusion(
    file: SquadArgument,
    limit: LimitOption = None,
    as_json: JsonOption = False,
    split: SplitOption = None,
    part: PartOption = None,
    cache: CacheOption = None,
) -> None:
    """Recall of retrieval over all contexts of a SQuAD file for BM25, dense search, and weights between them."""
    from dataclasses import asdict

    from inquote.eval.report.tables import Table
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.fusion import compare_fusions
    from inquote.eval.studies.shelf import Remembering, Shelf
    from inquote.index.models.embedder import SentenceTransformerEmbedder

    content, questions = _squad_questions(file, split, part, limit)
    embedder = Remembering(SentenceTransformerEmbedder(), cache)
    with stages() as bar:
        shelf = Shelf(content.contexts, embedder, lambda done, total: bar("embedding", done, total))
        results = compare_fusions(
            content, questions, shelf, lambda done, total: bar("asking", done, total)
        )
    if as_json:
        print(json.dumps([asdict(result) for result in results]))
        return
    rows = [
        (r.name, f"{r.weight:.1f}", f"{r.recall_at_1:.4f}", f"{r.recall_at_5:.4f}") for r in results
    ]
    head = ("scores fused", "weight of the cosine", "recall@1", "recall@5")
    _show(
        [Table(f"{len(content.contexts)} contexts, {len(questions)} questions", head, tuple(rows))]
    )


@app.command()
def chunking(
    file: SquadArgument,
    as_json: JsonOption = False,
    split: SplitOption = None,
    part: PartOption = None,
    cache: CacheOption = None,
) -> None:
    """Recall of retrieval over whole articles of a SQuAD file, cut in passages of several lengths and overlaps."""
    from dataclasses import asdict

    from inquote.eval.report.tables import Table
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.chunking import compare_cuttings
    from inquote.eval.studies.shelf import Remembering
    from inquote.index.models.embedder import SentenceTransformerEmbedder

    content, questions = _squad_questions(file, split, part, None, usual="train")
    embedder = Remembering(SentenceTransformerEmbedder(), cache)
    with stages() as bar:
        results = compare_cuttings(content, questions, embedder, bar)
    if as_json:
        print(json.dumps([asdict(result) for result in results]))
        return
    rows = [
        (
            str(r.target),
            str(r.overlap),
            str(r.passages),
            f"{r.tokens:.0f}",
            *(f"{x:.4f}" for x in r.recall),
        )
        for r in results
    ]
    head = (
        "target",
        "overlap",
        "passages",
        "mean tokens",
        "recall@1",
        "recall@3",
        "recall@5",
        "recall@12",
    )
    _show([Table(f"{len(questions)} questions", head, tuple(rows))])


@app.command()
def followups(
    part: Annotated[str, typer.Option(help="Which conversations: tune, report or all.")] = "all",
    only_understand: Annotated[
        bool, typer.Option("--only-understand", help="Ask nothing; needs no models.")
    ] = False,
    reader: ReaderOption = None,
    as_json: JsonOption = False,
) -> None:
    """How follow-up questions and changes of topic are understood, and what that is worth for finding the evidence."""
    from dataclasses import asdict

    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.followups import ask_all, followup_table, load_conversations, outcomes

    conversations = [one for one in load_conversations() if part in ("all", one.part)]
    with stages() as bar:
        found = None if only_understand else ask_all(conversations, reader, bar)
    results = outcomes(conversations, found)
    if as_json:
        print(json.dumps([asdict(result) for result in results]))
    else:
        _show([followup_table(results)])


@app.command()
def candidates(
    library: Annotated[
        Path, typer.Option(envvar="INQUOTE_LIBRARY", help="The library's folder.")
    ] = Path("inquote-library"),
    out: Annotated[
        Path | None, typer.Option("--out", help="Write them here instead of printing them.")
    ] = None,
) -> None:
    """Candidate questions of the feedback given on the page, in the form of a question file, to be accepted by hand."""
    from inquote.eval.studies.candidates import candidates_of, lines
    from inquote.index.stores.registry import open_store

    with open_store(library).snapshot() as snapshot:
        found, left = candidates_of(open_store(library).journal.feedback(), snapshot)
    for sentence in left:
        print(sentence, file=sys.stderr)
    if out is None:
        print(lines(found), end="")
    else:
        out.write_text(lines(found), encoding="utf-8")
        print(f"{len(found)} candidates in {out}; read each against the text before you keep it.")


def _squad_questions(
    file: Path, split: Path | None, part: str | None, limit: int | None, usual: str = "report"
) -> "tuple[SquadFile, list[SquadQuestion]]":
    from inquote.eval.studies.squad_data import load_squad, of_titles, titles_of

    if part is not None and split is None:
        raise InquoteError("--part is a part of a split; name its file with --split.")
    content = load_squad(file)
    chosen = of_titles(content.questions, titles_of(split, part or usual) if split else None)
    return content, chosen[:limit]


def _floors(path: Path | None, questions: Path) -> "Floors":
    """The floors for a question file; read before anything is asked, so that a mistake in them is told at once."""
    from inquote.eval.report.floors import load_floors
    from inquote.eval.report.score import METRICS

    return load_floors(path, questions.stem, {metric.name for metric in METRICS}) if path else {}


def _report(folder: Path, floors: "Floors", as_json: bool) -> None:
    """Score what lies in `folder`, write the report beside it, print it, and exit with 1 where a floor is broken."""
    from inquote.eval.report.floors import broken
    from inquote.eval.report.report import write_report
    from inquote.eval.report.summary import summarise
    from inquote.eval.report.tables import tables
    from inquote.eval.runs.runner import read_back

    summary = summarise(*read_back(folder))
    problems = broken(floors, summary.figures)
    write_report(summary, problems, folder)
    if as_json:
        print((folder / "report.json").read_text(encoding="utf-8"), end="")
    else:
        _show([table for table in tables(summary) if not table.prose])
        print(f"The questions that went wrong, and plots: {folder / 'report.html'}")
    for problem in problems:
        print(f"Floor broken: {problem}", file=sys.stderr)
    if problems:
        raise typer.Exit(EXIT_FLOOR)


def _lines(found: dict[str, Any]) -> None:
    print("\n".join(f"{name:24}{value}" for name, value in found.items()))


def _show(tables: "list[Table]") -> None:
    from rich.console import Console

    from inquote.eval.report.tables import as_rich

    console = Console(width=None if sys.stdout.isatty() else 160)
    for table in tables:
        console.print(as_rich(table))
        console.print()


def main() -> None:
    """Run the command line."""
    commands = {
        command.callback.__name__ for command in app.registered_commands if command.callback
    }
    arguments = sys.argv[1:]
    if not arguments or arguments[0] not in {*commands, "bench", "calibrate", "--help"}:
        arguments = ["run", *arguments]
    if arguments[0] in ("calibrate", "--help"):
        from inquote.eval.studies.calibrate import calibrate

        app.command()(calibrate)
    run_program(lambda: app(arguments, prog_name="python -m inquote.eval"))


if __name__ == "__main__":
    main()
