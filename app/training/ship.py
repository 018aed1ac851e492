"""A checkpoint to the shipped weights: `python -m inquote.app.training.ship DIR FOLDER`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from torch import Tensor

from inquote.app.cli.terminal import run_program
from inquote.app.reader.model import SpanModel
from inquote.app.reader.weights import load_weights, save_weights
from inquote.app.training.run import load_checkpoint
from inquote.index.models.bert import Size
from inquote.ingest.errors import ModelError

LICENCE = (
    "CC BY-SA 4.0, after SQuAD, which it was trained on; the packaged encoder is under Apache 2.0"
)


def main(
    checkpoint: Annotated[Path, typer.Argument(help="folder of a training run")],
    folder: Annotated[Path, typer.Argument(help="where span.safetensors and span.json go")],
    results: Annotated[Path | None, typer.Option(help="JSON with what was measured")] = None,
    mean_with: Annotated[
        Path | None, typer.Option(help="folder with weights to take the mean with")
    ] = None,
    share: Annotated[
        float, typer.Option(min=0, max=1, help="of the checkpoint in that mean")
    ] = 0.5,
) -> None:
    """Write the layers and heads of a checkpoint in half precision, with a description, into FOLDER."""
    state = load_checkpoint(checkpoint)
    weights = state["model"]
    if mean_with:
        weights = mean_of(load_weights(mean_with).state_dict(), weights, share)
    model = SpanModel(Size())
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise ModelError(
            f"The run in {checkpoint} is not one of the span reader; give another."
        ) from error
    about: dict[str, Any] = {
        "licence": LICENCE,
        "training": {**state["settings"], **state["progress"]},
        **({"share": share} if mean_with else {}),
        "results": json.loads(results.read_text()) if results else {},
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_weights(model, folder, about)


def mean_of(
    one: Mapping[str, Tensor], other: Mapping[str, Tensor], share: float
) -> dict[str, Tensor]:
    """The mean of two models' weights, tensor by tensor, `share` in [0, 1] being that of `other`.

    Wortsman et al. 2022, arXiv:2109.01903.
    """
    return {name: (1 - share) * value + share * other[name] for name, value in one.items()}


if __name__ == "__main__":
    run_program(lambda: typer.run(main))
