"""Commands of studies: how good reading, retrieval, chunking and conversations are, each alone."""

import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inquote.eval.options import (
    CacheOption,
    JsonOption,
    LimitOption,
    ReaderOption,
    SquadArgument,
)
from inquote.ingest.errors import InquoteError, LibraryMissing

if TYPE_CHECKING:
    from inquote.eval.studies.shelf import CachingEmbedder
    from inquote.eval.studies.squad_data import SquadFile, SquadQuestion
    from inquote.index.stores.base import Store

app = typer.Typer()

SplitOption = Annotated[
    Path | None, typer.Option("--split", help="Titles by part; only those of --part are asked.")
]
PartOption = Annotated[
    str | None, typer.Option("--part", help="The part of --split, else report, for chunking train.")
]


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
    library: Annotated[
        str | None, typer.Option(help="Make the library there, a new one, instead of in memory.")
    ] = None,
) -> None:
    """Answer the questions of a file in SQuAD's layout and measure as its official script does.

    answerable_exact and answerable_f1 are those of the answerable questions with nothing refused.
    """
    from time import monotonic

    from inquote.app.build import make_answerer
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.squad import calibration_error, evaluate, summary

    started = monotonic()
    content, questions = _load_questions(file, split, part, limit)
    embedder = _caching_embedder(cache)
    with stages() as bar, closing(_new_store(library)) as store:
        outcomes = evaluate(
            content,
            questions,
            make_answerer(reader, embedder),
            embedder,
            retrieved=retrieved,
            store=store,
            progress=bar,
        )
    figures = summary(outcomes, monotonic() - started)
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in {**figures, "calibration error": calibration_error(outcomes)}.items():
        print(f"{name:24}{value}")


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
    """Check whether answering fast changes answers, everything retrieved from all contexts."""
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.fast import Ways, compare_ways
    from inquote.eval.studies.observe import retrieve_for_pairs, retrieve_for_squad

    content, chosen = _load_questions(file, split, part, limit)
    embedder = _caching_embedder(cache)
    all_questions = retrieve_for_squad(content, chosen, embedder)
    all_questions += retrieve_for_pairs(questions, embedder)
    with stages() as bar:
        print(json.dumps(compare_ways(all_questions, Ways.shipped(embedder), bar), indent=1))


@app.command()
def fusion(
    file: SquadArgument,
    limit: LimitOption = None,
    as_json: JsonOption = False,
    split: SplitOption = None,
    part: PartOption = None,
    cache: CacheOption = None,
) -> None:
    """Measure recall of BM25, dense search, and weights between, over a SQuAD file's contexts."""
    from inquote.eval.report.tables import print_tables
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.fusion import compare_fusions, fusion_table
    from inquote.eval.studies.shelf import Shelf

    content, questions = _load_questions(file, split, part, limit)
    embedder = _caching_embedder(cache)
    with stages() as bar:
        shelf = Shelf(content.contexts, embedder, lambda done, total: bar("embedding", done, total))
        results = compare_fusions(
            content, questions, shelf, lambda done, total: bar("asking", done, total)
        )
    if as_json:
        print(json.dumps([asdict(result) for result in results]))
    else:
        title = f"{len(content.contexts)} contexts, {len(questions)} questions"
        print_tables([fusion_table(title, results)])


@app.command()
def chunking(
    file: SquadArgument,
    as_json: JsonOption = False,
    split: SplitOption = None,
    part: PartOption = None,
    cache: CacheOption = None,
) -> None:
    """Measure recall over a SQuAD file's articles, cut in several lengths and overlaps."""
    from inquote.eval.report.tables import print_tables
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.chunking import chunking_table, compare_cuttings

    content, questions = _load_questions(file, split, part, None, default_part="train")
    with stages() as bar:
        results = compare_cuttings(content, questions, _caching_embedder(cache), bar)
    if as_json:
        print(json.dumps([asdict(result) for result in results]))
    else:
        print_tables([chunking_table(f"{len(questions)} questions", results)])


@app.command()
def followups(
    file: Annotated[
        Path | None, typer.Argument(help="Last turns with rewrites, as JSON; wording alone counts.")
    ] = None,
    part: Annotated[str, typer.Option(help="Which conversations: tune, report or all.")] = "all",
    only_understand: Annotated[
        bool, typer.Option("--only-understand", help="Ask nothing; needs no models.")
    ] = False,
    reader: ReaderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how follow-ups and new topics are understood, and how often their evidence shows."""
    if file is not None:
        _compare_rewrites(file, as_json)
        return
    from inquote.eval.report.tables import print_tables
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.followups import (
        ask_all,
        followup_table,
        load_conversations,
        shares_by_kind,
    )

    conversations = [c for c in load_conversations() if part in ("all", c.part)]
    with stages() as bar:
        evidence = None if only_understand else ask_all(conversations, reader, bar)
    results = shares_by_kind(conversations, evidence)
    if as_json:
        print(json.dumps([result.as_json() for result in results]))
    else:
        print_tables([followup_table(results)])


@app.command()
def conversations(
    corpus: Annotated[str, typer.Option(help="imlygic, stations, filings or all.")] = "all",
    reader: ReaderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold conversations whose topics change, and score every turn by its answer."""
    from inquote.eval.report.tables import print_tables
    from inquote.eval.runs.progress import stages
    from inquote.eval.studies.talks import hold_all, load_talks, talk_table

    talks = [talk for talk in load_talks() if corpus in ("all", talk.corpus)]
    with stages() as bar:
        rows = hold_all(talks, reader, bar)
    if as_json:
        print(json.dumps([row.as_json() for row in rows]))
    else:
        print_tables([talk_table(rows)])


def _compare_rewrites(file: Path, as_json: bool) -> None:
    """Print how near understood turns are to a person's rewrites."""
    from inquote.eval.report.tables import print_tables
    from inquote.eval.studies.rewrites import compare_with_rewrites, load_turns, rewrite_table

    figures = compare_with_rewrites(load_turns(file))
    if as_json:
        print(json.dumps([part.as_json() for part in figures]))
    else:
        print_tables([rewrite_table(figures)])


@app.command()
def candidates(
    library: Annotated[
        Path, typer.Option(envvar="INQUOTE_LIBRARY", help="The library's folder.")
    ] = Path("inquote-library"),
    out: Annotated[
        Path | None, typer.Option("--out", help="Write them here instead of printing them.")
    ] = None,
) -> None:
    """Turn feedback from the page into candidates for a question file, to be accepted by hand."""
    from inquote.eval.studies.candidates import as_json_lines, candidates_of
    from inquote.index.stores.registry import open_store

    with closing(open_store(library)) as store, store.snapshot() as snapshot:
        rows, problems = candidates_of(store.journal.feedback(), snapshot)
    for sentence in problems:
        print(sentence, file=sys.stderr)
    if out is None:
        print(as_json_lines(rows), end="")
    else:
        out.write_text(as_json_lines(rows), encoding="utf-8")
        print(f"{len(rows)} candidates in {out}; read each against the text before you keep it.")


def register_calibrate() -> None:
    """Add the command `calibrate`; apart, because its module imports all that it needs at once."""
    from inquote.eval.studies.calibrate import calibrate

    app.command()(calibrate)


def _load_questions(
    file: Path,
    split: Path | None,
    part: str | None,
    limit: int | None,
    default_part: str = "report",
) -> "tuple[SquadFile, list[SquadQuestion]]":
    """Read a SQuAD file, and choose the first `limit` questions of a part of a split."""
    from inquote.eval.studies.squad_data import load_squad, of_titles, titles_of

    if part is not None and split is None:
        raise InquoteError("--part is a part of a split; name its file with --split.")
    content = load_squad(file)
    titles = titles_of(split, part or default_part) if split else None
    return content, of_titles(content.questions, titles)[:limit]


def _new_store(location: str | None) -> "Store":
    """Open a store without a library, in memory where there is no address."""
    from inquote.index.stores.memory import MemoryStore
    from inquote.index.stores.registry import open_store

    store = open_store(location, must_exist=False) if location else MemoryStore()
    try:
        with store.snapshot():
            pass
    except LibraryMissing:
        return store
    store.close()
    raise InquoteError(f"There is a library at {location}; name a new place.")


def _caching_embedder(folder: Path | None) -> "CachingEmbedder":
    """Make an embedder that embeds no text twice; with a folder, not in later runs either."""
    from inquote.eval.studies.shelf import CachingEmbedder
    from inquote.index.models.embedder import SentenceTransformerEmbedder

    return CachingEmbedder(SentenceTransformerEmbedder(), folder)
