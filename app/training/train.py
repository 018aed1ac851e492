"""Train the span reader: `python -m inquote.app.training.train FILE... --out DIR`; MODEL_CARD.md tells of the run shipped."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import torch
import typer

from inquote.app.cli.terminal import run_program
from inquote.app.reader.model import SpanModel, WordPieces
from inquote.app.reader.weights import load_weights
from inquote.app.training.data import Article, DataError, read_squad
from inquote.app.training.epochs import drawn, validation_examples
from inquote.app.training.examples import Example, ExampleMaker
from inquote.app.training.run import TrainingRun, load_checkpoint
from inquote.app.training.settings import Settings
from inquote.app.training.teacher import Teacher
from inquote.app.training.written import read_written
from inquote.index.models.bert import Size, base_embeddings, base_layers
from inquote.index.models.embedder import packaged_model, sha256_of


def new_model(size: Size, base: Path, seed: int, start: Path | None = None) -> SpanModel:
    """The encoder of the BERT folder `base` with fresh heads, or the weights that `save_weights` wrote to `start`."""
    if start is not None:
        return load_weights(start, base, size).train()
    torch.manual_seed(seed)
    model, weights = SpanModel(size), base / "model.safetensors"
    model.load_state_dict(
        {**base_embeddings(weights), **base_layers(weights, size.layers)}, strict=False
    )
    return model


def held_out_titles(split: Path | None) -> tuple[set[str], set[str]]:
    """The titles that `split` keeps for calibration and for reporting, none without a split; raises `DataError`."""
    if split is None:
        return set(), set()
    try:
        parts = json.loads(split.read_text(encoding="utf-8"))
        return set(parts["calibrate"]), set(parts["report"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{split} cannot be read as titles by part ({error!r}); give a file like ours."
        ) from error


def material(
    files: Sequence[Path],
    written: Path | None,
    split: Path | None,
    settings: Settings,
    maker: ExampleMaker,
) -> tuple[list[Article], list[Example]]:
    """The articles to train on, and examples of the calibration articles to look at while training."""
    articles = [article for file in files for article in read_squad(file)]
    articles += read_written(written, articles) if written else []
    calibrate, report = held_out_titles(split)
    held_out = validation_examples(
        [a for a in articles if a.title in calibrate], maker, settings.seed
    )
    return drawn([a for a in articles if a.title not in calibrate | report], settings), held_out


def _check(
    device: str, out: Path, start: Path | None, encoder: Path | None, teacher: Path | None
) -> None:
    """Raise `typer.BadParameter` where options do not go together, before anything is written."""
    if device != "cpu" and not torch.cuda.is_available():
        raise typer.BadParameter(f"There is no {device} on this machine; leave --device out.")
    if out.exists() and not out.is_dir():
        raise typer.BadParameter(f"{out} is a file; give --out a folder.")
    if teacher and teacher.resolve() == out.resolve():
        raise typer.BadParameter(
            "--teacher and --out are one folder; the run would replace the teacher."
        )
    if encoder and (start or teacher):
        raise typer.BadParameter(
            "--encoder trains a teacher, from its own weights; leave out --start and --teacher."
        )


def main(
    files: Annotated[list[Path], typer.Argument(help="SQuAD 1.1 or 2.0 files, plain or gzipped")],
    out: Annotated[Path, typer.Option(help="folder for the checkpoint and the log")],
    split: Annotated[
        Path | None, typer.Option(help="JSON with the titles to calibrate and report on")
    ] = None,
    epochs: int = 1,
    seed: int = 0,
    max_minutes: Annotated[
        float, typer.Option(help="end the schedule after this time; 0 for no limit")
    ] = 0,
    save_every: Annotated[float, typer.Option(help="minutes between checkpoints")] = 5,
    threads: Annotated[int, typer.Option(help="0 for torch's choice")] = 0,
    device: Annotated[str, typer.Option(help="where to train: cpu or cuda")] = "cpu",
    workers: Annotated[
        int, typer.Option(help="processes that make examples; 0 for none but this one")
    ] = 0,
    batch: Annotated[int, typer.Option(help="windows in a batch, about")] = Settings.batch,
    learning_rate: Annotated[
        float, typer.Option(help="of the last layer, at its height")
    ] = Settings.learning_rate,
    start: Annotated[Path | None, typer.Option(help="folder with weights to go on from")] = None,
    encoder: Annotated[
        Path | None,
        typer.Option(help="train a teacher: this encoder, a folder that transformers loads"),
    ] = None,
    teacher: Annotated[
        Path | None, typer.Option(help="folder of a teacher's run, to learn from it")
    ] = None,
    written: Annotated[
        Path | None,
        typer.Option(help="questions on the files' paragraphs, such as written/squad.jsonl"),
    ] = None,
    repeat: Annotated[
        int, typer.Option(help="times that unanswerable questions are seen in an epoch")
    ] = 3,
    answerable_articles: Annotated[
        int, typer.Option(help="at most so many articles without them; 0 for all")
    ] = 0,
    dropout: Annotated[float, typer.Option(help="share of the numbers dropped in training")] = 0.0,
    resume: Annotated[bool, typer.Option(help="go on from the checkpoint in the folder")] = False,
) -> None:
    """Train the span reader on SQuAD files."""
    _check(device, out, start, encoder, teacher)
    if threads:
        torch.set_num_threads(threads)
    settings = Settings(
        seed=seed,
        epochs=epochs,
        batch=batch,
        learning_rate=learning_rate,
        repeat_unanswerable=repeat,
        answerable_articles=answerable_articles,
        dropout=dropout,
        teacher=sha256_of(teacher / "checkpoint.pt") if teacher else "",
    )
    pieces = WordPieces(packaged_model() / "tokenizer.json")
    if encoder:
        model: SpanModel | Teacher = Teacher.untrained(encoder, pieces, seed)
    else:
        model = new_model(Size(), packaged_model(), seed, start)
    taught_by = (
        Teacher.trained(teacher, load_checkpoint(teacher)["model"]).to(device) if teacher else None
    )
    run = TrainingRun(out, model.to(device), settings, max_minutes, workers, taught_by)
    if resume:
        run.resume()
    if isinstance(model, Teacher):
        model.encoder.config.save_pretrained(out)  # which `Teacher.trained` reads
    maker = ExampleMaker(pieces, settings.longest)
    training, held_out = material(files, written, split, settings, maker)
    run.fit(training, maker, held_out, save_every)


if __name__ == "__main__":
    run_program(lambda: typer.run(main))
