"""Commands of costs, `python -m inquote.eval bench`: measure, print, write to eval/bench.md."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from inquote.eval.options import CacheOption, JsonOption, SquadArgument

ParagraphsOption = Annotated[
    int, typer.Option(min=1, help="At most so many real ones are embedded.")
]
QuestionsOption = Annotated[int, typer.Option(min=1, help="How many are asked.")]

app = typer.Typer(
    help="Measure what inquote costs; results go to eval/bench.md.", no_args_is_help=True
)


@app.command()
def start(
    repeats: Annotated[int, typer.Option(min=1, help="Of each command, after one to warm up.")] = 3,
    as_json: JsonOption = False,
) -> None:
    """Time cold processes: imports, and `inquote ask` against importing torch."""
    from inquote.eval.bench.start import bench_start

    _print(bench_start(repeats), as_json)


@app.command()
def ask(
    limit: Annotated[
        int, typer.Option(min=1, help="About so many of the article's questions.")
    ] = 100,
    as_json: JsonOption = False,
) -> None:
    """Time the stages of a question, one and eight askers, and the reader against its floor."""
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
    """Time an ingest: everything new, nothing changed, one document changed."""
    from inquote.eval.bench.ingest import bench_ingest
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.squad_data import load_squad

    with stages() as bar:
        results = bench_ingest(load_squad(file), documents, bar)
    _print(results, as_json)


@app.command()
def embed(file: SquadArgument, as_json: JsonOption = False) -> None:
    """Time the embedder against plain encode, and against its floor."""
    from inquote.eval.bench.embed import bench_embed
    from inquote.eval.studies.squad_data import load_squad

    _print(bench_embed(load_squad(file)), as_json)


@app.command()
def scale(
    file: SquadArgument,
    sizes: Annotated[
        str, typer.Option(help="Numbers of passages, comma between.")
    ] = "1000,10000,100000,200000,1000000",
    paragraphs: ParagraphsOption = 19_000,
    questions: QuestionsOption = 200,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search in libraries of up to a million passages: time, memory, disk, recall."""
    from inquote.eval.bench.scale import bench_scale
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.squad_data import load_squad

    with stages() as bar:
        counts = [int(size) for size in sizes.split(",")]
        results = bench_scale(load_squad(file), counts, paragraphs, questions, cache, bar)
    _print(results, as_json)


@app.command()
def stores(
    file: SquadArgument,
    sizes: Annotated[
        str, typer.Option(help="Numbers of passages, comma between.")
    ] = "10000,100000,1000000",
    kinds: Annotated[
        str, typer.Option(help="The stores: folder, tables, s3://BUCKET/PREFIX; comma between.")
    ] = "folder,tables",
    paragraphs: ParagraphsOption = 19_000,
    questions: QuestionsOption = 200,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search in whole libraries, a folder and shared tables: time, memory, disk, recall."""
    from inquote.eval.bench.stores import bench_stores
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.squad_data import load_squad

    counts = [int(size) for size in sizes.split(",")]
    with stages() as bar:
        results = bench_stores(
            load_squad(file), counts, paragraphs, questions, cache, bar, kinds.split(",")
        )
    _print(results, as_json)


@app.command()
def cluster(
    folder: Annotated[Path, typer.Argument(help="The files to read, PDFs for example.")],
    repeats: Annotated[int, typer.Option(min=1, help="How often each cluster reads.")] = 3,
    as_json: JsonOption = False,
) -> None:
    """Time reading, parsing and cutting on local Ray clusters of one worker and of two."""
    from inquote.eval.bench.cluster import bench_cluster

    _print(bench_cluster(folder, repeats), as_json)


@app.command()
def load(
    requests: Annotated[int, typer.Option(min=1, help="For each number of callers.")] = 128,
    callers: Annotated[
        str, typer.Option(help="Their numbers, comma between; 1 and 8 are needed.")
    ] = "1,8,64",
    processes: Annotated[str, typer.Option(help="Those of servers, comma between.")] = "1,2",
    as_json: JsonOption = False,
) -> None:
    """Time the endpoint of servers: new questions by number of callers, and the same again."""
    from inquote.eval.bench.callers import bench_load

    counts = [int(count) for count in callers.split(",")]
    servers = [int(count) for count in processes.split(",")]
    _print(bench_load(requests, counts, servers), as_json)


def _print(results: dict[str, Any], as_json: bool) -> None:
    print(json.dumps(results) if as_json else json.dumps(results, indent=2))
