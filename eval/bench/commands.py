"""`python -m inquote.eval bench`: each command measures, prints, and writes its section of eval/bench.md."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    help="Measure what inquote costs; results go to eval/bench.md.", no_args_is_help=True
)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
SquadArgument = Annotated[
    Path, typer.Argument(help="A file in SQuAD's layout, gzipped or not.", show_default=False)
]
CacheOption = Annotated[
    Path | None, typer.Option("--cache", help="A folder that keeps embeddings between runs.")
]


@app.command()
def start(
    repeats: Annotated[int, typer.Option(min=1, help="Of each command, after one to warm up.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Cold processes: what imports cost, `inquote ask` against loading the embedder with sentence-transformers."""
    from inquote.eval.bench.start import bench_start

    _print(bench_start(repeats), as_json)


@app.command()
def ask(
    limit: Annotated[
        int, typer.Option(min=1, help="About so many of the article's questions.")
    ] = 100,
    as_json: JsonOption = False,
) -> None:
    """Stages of a question, one and eight askers, and the reader's distance to its floor."""
    from inquote.eval.bench.ask import bench_ask

    _print(bench_ask(limit), as_json)


@app.command()
def ingest(
    file: SquadArgument,
    documents: Annotated[
        int, typer.Option(min=1, help="How many to make of the file's paragraphs.")
    ] = 1_000,
    as_json: JsonOption = False,
) -> None:
    """An ingest: everything new, nothing changed, one document changed."""
    from inquote.eval.bench.ingest import bench_ingest
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.squad_data import load_squad

    with stages() as bar:
        found = bench_ingest(load_squad(file), documents, bar)
    _print(found, as_json)


@app.command()
def embed(file: SquadArgument, as_json: JsonOption = False) -> None:
    """The embedder against plain encode, and against its floor."""
    from inquote.eval.bench.embed import bench_embed
    from inquote.eval.studies.squad_data import load_squad

    _print(bench_embed(load_squad(file)), as_json)


@app.command()
def scale(
    file: SquadArgument,
    sizes: Annotated[
        str, typer.Option(help="Numbers of passages, comma between.")
    ] = "1000,10000,100000,200000,1000000",
    paragraphs: Annotated[
        int, typer.Option(min=1, help="At most so many real ones are embedded.")
    ] = 19_000,
    questions: Annotated[int, typer.Option(min=1, help="How many are asked.")] = 200,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search in libraries of up to a million passages: time, memory, disk, recall of the dense index."""
    from inquote.eval.bench.scale import bench_scale
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.squad_data import load_squad

    with stages() as bar:
        wanted = [int(size) for size in sizes.split(",")]
        found = bench_scale(load_squad(file), wanted, paragraphs, questions, cache, bar)
    _print(found, as_json)


@app.command()
def load(
    requests: Annotated[int, typer.Option(min=1, help="For each number of callers.")] = 128,
    as_json: JsonOption = False,
) -> None:
    """The endpoint with 1, 8 and 64 callers: new questions, and such as were asked before."""
    from inquote.eval.bench.callers import bench_load

    _print(bench_load(requests), as_json)


def _print(found: dict[str, Any], as_json: bool) -> None:
    print(json.dumps(found) if as_json else json.dumps(found, indent=2))
