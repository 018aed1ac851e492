"""Turn a checkpoint into shipped weights: `python -m inquote.app.training.ship DIR FOLDER`."""

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
    """Write the layers and heads of a checkpoint in half precision into FOLDER.

    A description goes with them.
    """
    state = load_checkpoint(checkpoint)
    model = SpanModel(Size())
    try:
        model.load_state_dict(state["model"])
    except RuntimeError as error:
        raise ModelError(
            f"The run in {checkpoint} is not one of the span reader; give another."
        ) from error
    about: dict[str, Any] = {
        "licence": LICENCE,
        "training": {**state["settings"], **state["progress"]},
    }
    if mean_with:
        other = load_weights(mean_with).state_dict()
        model.load_state_dict(mean_weights(other, state["model"], share))
        about["share"] = share
    about["results"] = json.loads(results.read_text()) if results else {}
    folder.mkdir(parents=True, exist_ok=True)
    save_weights(model, folder, about)


def mean_weights(
    first: Mapping[str, Tensor], second: Mapping[str, Tensor], share: float
) -> dict[str, Tensor]:
    """Return the mean of two models' weights, tensor by tensor.

    `share`, in [0, 1], is the weight of `second` (Wortsman et al. 2022, arXiv:2109.01903).
    """
    return {name: (1 - share) * value + share * second[name] for name, value in first.items()}


if __name__ == "__main__":
    run_program(lambda: typer.run(main))
