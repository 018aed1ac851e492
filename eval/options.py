"""Options that several commands of the evaluation share."""

from pathlib import Path
from typing import Annotated

import typer

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object instead of tables.")
]
ReaderOption = Annotated[
    str | None, typer.Option("--reader", help="'sentence', or a local model's name or path.")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Where the files go.", show_default=False)
]
SquadArgument = Annotated[
    Path, typer.Argument(help="A file in SQuAD's layout, gzipped or not.", show_default=False)
]
CacheOption = Annotated[
    Path | None, typer.Option("--cache", help="A folder that keeps embeddings between runs.")
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, help="Only the first so many questions.")
]
