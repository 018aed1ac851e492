"""The commands that ask: `ask`, `changes`, `feedback` and `calibrate`."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from inquote.app.cli.changes import append_line, change_key, count_changes, read_changes
from inquote.app.cli.options import (
    DEFAULT_LIBRARY,
    EmbedderOption,
    HistoryOption,
    JsonOption,
    LibraryOption,
    ReaderOption,
)
from inquote.app.cli.output import (
    answer_line,
    format_answer,
    format_change,
    format_feedback,
    format_fitted,
)
from inquote.app.cli.terminal import (
    bar_for,
    lines_of,
    opened_system,
    print_json,
    print_text,
    progress_bars,
    read_questions,
    says_when_interrupted,
)
from inquote.ingest.errors import InquoteError
from inquote.ingest.text import encodable

MOST_PIPED = 100_000  # characters of a question from a pipe that are read


def ask(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[QUESTION]...",
            help="The question, with quotes around it or without; from standard input else.",
            show_default=False,
        ),
    ] = None,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
    input: Annotated[
        str | None,
        typer.Option("--input", help="With --json: a file of JSON lines; - for standard input."),
    ] = None,
    within: Annotated[
        list[str] | None,
        typer.Option(
            "--in",
            metavar="PLACE",
            help="Ask only this document or folder; may be given several times.",
            show_default=False,
        ),
    ] = None,
    history: HistoryOption = True,
    reader: ReaderOption = None,
    embedder: EmbedderOption = None,
) -> None:
    """Answer a question with the corpus's own words, each with its place."""
    question = _question_of(words, input, as_json)
    if question is not None:
        from inquote.app.answering.cleaning import clean_question

        clean_question(question)  # before the models are loaded
    with opened_system(library, reader, embedder, history) as system:
        if input is not None:
            for line in lines_of(input):
                if line.strip():
                    print_json(answer_line(system, line, within))
            return
        answer = system.ask(question or "", scope=within)
    if as_json:
        print_json(answer.as_json())
    else:
        print_text(format_answer(answer))


def _question_of(words: list[str] | None, input: str | None, as_json: bool) -> str | None:
    """Return the one question, None where a file of them is given.

    Raises `InquoteError` for neither, for both, and for a file without --json.
    """
    question = " ".join(words) if words else None
    if question is None and input is None:
        question = _piped_question()
    if (question is None) == (input is None):
        raise InquoteError(
            "Give one question (inquote ask Who makes it) or a file of them (--json --input FILE)."
        )
    if input is not None and not as_json:
        raise InquoteError("--input gives one JSON object a line; add --json.")
    return question


def _piped_question() -> str | None:
    """Read a question that another program writes (`echo ... | inquote ask`); None for none."""
    if sys.stdin is None or sys.stdin.isatty():
        return None
    return encodable(sys.stdin.read(MOST_PIPED)).strip() or None


def changes(
    library: LibraryOption = DEFAULT_LIBRARY,
    since: Annotated[
        int | None, typer.Option(help="The generation to compare with; else the one before.")
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option(help="Also the questions of this file, JSON lines as for ask --input."),
    ] = None,
    limit: Annotated[
        int, typer.Option(help="At most so many questions, those asked last first.", min=1)
    ] = 200,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Also write each result into this file; what stands there is not asked again."
        ),
    ] = None,
    reader: ReaderOption = None,
    embedder: EmbedderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which answers changed, each as soon as it is known.

    Asked again, of an earlier generation and of the current one, are the questions that were asked
    before and the evaluation set.
    """
    from inquote.app.service.answer_changes import changes_since

    own = read_questions(questions) if questions else []
    results = read_changes(out) if out else []
    known = {change_key(result) for result in results}
    kept = "Stopped; a run with --out FILE goes on where it was stopped."
    with says_when_interrupted(kept), opened_system(library, reader, embedder) as system:
        walk = bar_for("asking")
        for change in changes_since(system, own, since, walk, limit, known):
            result = change.as_json()
            results.append(result)
            if out:
                append_line(out, result)
            if not as_json and result["kind"] != "unchanged":
                print_text(format_change(change))
                sys.stdout.flush()
    if as_json:
        print_json(results)
    else:
        print_text(count_changes(results))


def feedback(library: LibraryOption = DEFAULT_LIBRARY, as_json: JsonOption = False) -> None:
    """List what people said of answers on the page.

    `python -m inquote.eval candidates` makes questions of it.
    """
    from inquote.index.stores.registry import open_store

    with closing(open_store(library)) as store:
        items = store.journal.feedback()
    if as_json:
        print_json([item.as_json() for item in items])
    else:
        print_text("\n".join(map(format_feedback, items)) or "Nothing was said of an answer yet.")


def calibrate(
    undo: Annotated[bool, typer.Option("--undo", help="Take back what was fitted.")] = False,
    library: LibraryOption = DEFAULT_LIBRARY,
    embedder: EmbedderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit the confidence to what people said of answers; 100 verdicts are needed.

    A chat that runs follows when it is started again.
    """
    from inquote.app.feedback_calibration import fit_to_feedback, forget_feedback
    from inquote.index.stores.registry import open_store

    if undo:
        with closing(open_store(library)) as store:
            had = forget_feedback(store.journal)
        print_text("The confidence is as it ships." if had else "Nothing was fitted before.")
        return
    with (
        opened_system(library, None, embedder, journal=True) as system,
        progress_bars(quiet=as_json) as progress,
    ):
        fitted = fit_to_feedback(system, progress)
    if as_json:
        print_json(fitted.as_json())
    else:
        print_text(format_fitted(fitted))
