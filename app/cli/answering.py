"""The commands that ask: `ask`, `changes` and `feedback`."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from inquote.app.cli.options import (
    DEFAULT_LIBRARY,
    EmbedderOption,
    HistoryOption,
    JsonOption,
    LibraryOption,
    ReaderOption,
)
from inquote.app.cli.output import answer_line, format_answer, format_change, format_feedback
from inquote.app.cli.terminal import (
    bar_for,
    lines_of,
    opened_system,
    print_json,
    print_text,
    read_questions,
)
from inquote.ingest.errors import InquoteError


def ask(
    question: Annotated[
        str | None, typer.Argument(help="The question.", show_default=False)
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
    if (question is None) == (input is None):
        raise InquoteError(
            "Give one question (\"inquote ask 'Who makes it?'\") "
            "or a file of them (--json --input FILE)."
        )
    if input is not None and not as_json:
        raise InquoteError("--input gives one JSON object a line; add --json.")
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


def changes(
    library: LibraryOption = DEFAULT_LIBRARY,
    since: Annotated[
        int | None, typer.Option(help="The generation to compare with; else the one before.")
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option(help="Also the questions of this file, JSON lines as for ask --input."),
    ] = None,
    reader: ReaderOption = None,
    embedder: EmbedderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which answers changed.

    Asked again, of an earlier generation and of the current one, are the questions that were asked
    before and the evaluation set.
    """
    from inquote.app.service.answer_changes import ChangeKind, changes_since

    own = read_questions(questions) if questions else []
    with opened_system(library, reader, embedder) as system:
        compared = changes_since(system, own, since, bar_for("asking"))
    if as_json:
        print_json([change.as_json() for change in compared])
        return
    counts = dict.fromkeys(ChangeKind, 0)
    for change in compared:
        counts[change.kind] += 1
        if change.kind is not ChangeKind.UNCHANGED:
            print_text(format_change(change))
    print_text(", ".join(f"{count} {kind.value}" for kind, count in counts.items()))


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
