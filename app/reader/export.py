"""A checkpoint to the shipped weights: `python -m app.reader.export DIR FOLDER`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.reader.model import SpanModel
from app.reader.train import load_checkpoint
from app.reader.weights import save_weights
from index.bert import Size

LICENCE = "CC BY-SA 4.0, after SQuAD, which it was trained on; the packaged encoder is under Apache 2.0"


def main(
    checkpoint: Annotated[Path, typer.Argument(help="folder of a training run")],
    folder: Annotated[Path, typer.Argument(help="where span.safetensors and span.json go")],
    results: Annotated[Path | None, typer.Option(help="JSON with what was measured")] = None,
) -> None:
    """Write the layers and heads of a checkpoint in half precision, with a description, into FOLDER."""
    state = load_checkpoint(checkpoint)
    model = SpanModel(Size())
    model.load_state_dict(state["model"])
    about: dict[str, Any] = {
        "licence": LICENCE,
        "training": {**state["settings"], **state["progress"]},
        "results": json.loads(results.read_text()) if results else {},
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_weights(model, folder, about)


if __name__ == "__main__":
    typer.run(main)
