"""Measure the ranges that 8-bit integers need: `python -m inquote.app.training.ranges SQUAD`.

They are those of the inputs of all matrix products, in the reader and in the packaged embedder,
over paragraphs and questions of articles that no training sees.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from inquote.app.cli.terminal import run_program
from inquote.app.reader.span import RANGES, SpanReader
from inquote.app.reader.weights import NAME
from inquote.app.training.squad import Question, SquadError, read_squad
from inquote.index.models.embedder import PACKAGED_WINDOW, packaged_model
from inquote.index.models.int8 import measured_ranges, save_ranges
from inquote.index.models.packaged import RANGES as EMBEDDER_RANGES
from inquote.index.models.packaged import PackagedEncoder
from inquote.ingest.documents import Passage


def main(
    squad: Annotated[Path, typer.Argument(help="a SQuAD 2.0 file, gzipped or not")],
    split: Annotated[Path, typer.Option(help="titles by part")] = Path("eval/squad-split.json"),
    part: Annotated[str, typer.Option(help="part of the titles that is read")] = "calibrate",
    weights: Annotated[Path, typer.Option(help="folder of the reader's weights")] = Path(
        "app/reader"
    ),
    embedder: Annotated[Path, typer.Option(help="where the embedder's ranges go")] = (
        EMBEDDER_RANGES
    ),
    limit: Annotated[int, typer.Option(min=1, help="questions, evenly drawn, at most")] = 400,
) -> None:
    """Measure the ranges and write them beside the weights."""
    asked = _draw(squad, split, part, limit)

    # The reader reads each question with its paragraph.
    reader = SpanReader(weights, precision="float32")
    with measured_ranges(reader._model) as ranges:
        for question, text in asked:
            reader.read(question.text, [Passage("", 0, len(text), "", text)])
    save_ranges(ranges, weights / RANGES, weights / f"{NAME}.safetensors")

    # The embedder embeds each paragraph.
    encoder = PackagedEncoder(packaged_model(), PACKAGED_WINDOW)
    with measured_ranges(encoder.encoder) as ranges:
        encoder.embed_passages([text for _, text in asked])
    save_ranges(ranges, embedder, packaged_model() / "model.safetensors")


def _draw(squad: Path, split: Path, part: str, limit: int) -> list[tuple[Question, str]]:
    """Return questions of the articles of a part with their paragraphs, evenly drawn."""
    try:
        titles = set(json.loads(split.read_text(encoding="utf-8"))[part])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SquadError(
            f'{split} has no part "{part}" ({error!r}); name one that it has with --part.'
        ) from error
    asked: list[tuple[Question, str]] = []
    for article in read_squad(squad):
        for paragraph in article.paragraphs if article.title in titles else ():
            asked += [(question, paragraph.text) for question in paragraph.questions]
    return asked[:: max(1, len(asked) // limit)][:limit]


if __name__ == "__main__":
    run_program(lambda: typer.run(main))
