"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

DEFAULT_LIBRARY = Path("inquote-library")

LibraryOption = Annotated[
    Path,
    typer.Option(
        "--library",
        envvar="INQUOTE_LIBRARY",
        help="The library's folder, or its URL: s3://..., file:///...",
        show_default=True,
    ),
]
ReaderOption = Annotated[
    str | None, typer.Option("--reader", help="'sentence', or a local model's name or path.")
]
EmbedderOption = Annotated[
    str | None, typer.Option("--embedder", help="A local sentence-transformers model.")
]
HistoryOption = Annotated[
    bool, typer.Option("--history/--no-history", help="Keep the question for inquote changes.")
]
OriginalsOption = Annotated[
    bool,
    typer.Option(
        "--originals/--no-originals",
        help="Keep the files too, so that their pages can be shown as they are.",
    ),
]
RayOption = Annotated[
    str | None,
    typer.Option("--ray", help="Ingest on a Ray cluster: 'local', 'auto' or HOST:PORT."),
]
SecondsOption = Annotated[
    float,
    typer.Option(help="Of the processor; files that take longer to parse are skipped.", min=1),
]
EncodingOption = Annotated[str | None, typer.Option(help="Of the files, where it is not UTF-8.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
LogFormatOption = Annotated[
    Literal["lines", "json"] | None,
    typer.Option(
        "--log-format",
        help="Write a line about each request to standard error: for people, or as JSON.",
        show_default=False,
    ),
]
LogQuestionsOption = Annotated[
    bool, typer.Option("--log-questions", help="Write what is asked into the log too.")
]
