"""Train the span reader: `python -m inquote.app.training.train FILE... --out DIR`.

MODEL_CARD.md tells about the runs that made the shipped weights.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import torch
import typer

from inquote.app.cli.terminal import run_program
from inquote.app.reader.model import SpanModel, WordPieces
from inquote.app.reader.weights import NAME, load_weights
from inquote.app.training.epochs import (
    Material,
    draw_articles,
    draw_questions,
    validation_examples,
)
from inquote.app.training.examples import Example, ExampleMaker
from inquote.app.training.json_files import is_reported
from inquote.app.training.multispan import read_multispan
from inquote.app.training.run import TrainingRun, load_checkpoint
from inquote.app.training.settings import Settings
from inquote.app.training.squad import NOWHERE, Article, SquadError, read_squad
from inquote.app.training.tables import read_tables
from inquote.app.training.teacher import Teacher
from inquote.app.training.written import read_written
from inquote.index.models.bert import Size, base_embeddings, base_layers
from inquote.index.models.embedder import packaged_model, sha256_of

Files = Annotated[
    list[str],
    typer.Argument(
        help="SQuAD 1.1 or 2.0 files, plain or gzipped; FILE@0.1 takes a tenth of its questions, "
        "those that enumerate or that several spans answer ten times as often"
    ),
]
Out = Annotated[Path, typer.Option(help="folder for the checkpoint and the log")]
Split = Annotated[Path | None, typer.Option(help="JSON with the titles to calibrate and report on")]
MaxMinutes = Annotated[float, typer.Option(help="end the schedule after this time; 0 for no limit")]
SaveEvery = Annotated[float, typer.Option(help="minutes between checkpoints")]
Threads = Annotated[int, typer.Option(help="0 for torch's choice")]
Device = Annotated[str, typer.Option(help="where to train: cpu or cuda")]
Workers = Annotated[int, typer.Option(help="processes that make examples; 0 for none but this one")]
BatchSize = Annotated[int, typer.Option(help="windows in a batch, about")]
LearningRate = Annotated[float, typer.Option(help="of the last layer, at its height")]
Start = Annotated[Path | None, typer.Option(help="folder with weights to go on from")]
EncoderFolder = Annotated[
    Path | None,
    typer.Option(help="train a teacher: this encoder, a folder that transformers loads"),
]
TeacherFolder = Annotated[
    Path | None, typer.Option(help="folder of a teacher's run, to learn from it")
]
Written = Annotated[
    Path | None,
    typer.Option(help="questions on the files' paragraphs, such as written_questions/squad.jsonl"),
]
Tables = Annotated[
    list[Path] | None, typer.Option(help="questions on tables; may be given several times")
]
Multispan = Annotated[
    list[Path] | None, typer.Option(help="questions that several spans of a paragraph answer")
]
Keep = Annotated[
    Path | None,
    typer.Option(help="folder with weights whose answers to questions of known kinds are kept"),
]
Frozen = Annotated[int, typer.Option(help="layers, from the first, that stay as they are")]
Repeat = Annotated[int, typer.Option(help="times that unanswerable questions are seen in an epoch")]
AnswerableArticles = Annotated[
    int, typer.Option(help="at most so many articles without them; 0 for all")
]
Dropout = Annotated[float, typer.Option(help="share of the numbers dropped in training")]
Resume = Annotated[bool, typer.Option(help="go on from the checkpoint in the folder")]


def new_model(size: Size, base: Path, seed: int, start: Path | None = None) -> SpanModel:
    """Make a model to train, from the encoder in the BERT folder `base`.

    Its heads are fresh. Where `start` names a folder that `save_weights` wrote to, the model has
    those weights instead.
    """
    if start is not None:
        return load_weights(start, base, size).train()
    torch.manual_seed(seed)
    model = SpanModel(size)
    weights = base / "model.safetensors"
    encoder = {**base_embeddings(weights), **base_layers(weights, size.layers)}
    model.load_state_dict(encoder, strict=False)
    return model


def held_out_titles(split: Path | None) -> tuple[set[str], set[str]]:
    """Return the titles that `split` keeps for calibration and for reporting.

    Both are empty without a split. Raises `SquadError` if it is no file of titles.
    """
    if split is None:
        return set(), set()
    try:
        parts = json.loads(split.read_text(encoding="utf-8"))
        return set(parts["calibrate"]), set(parts["report"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SquadError(
            f"{split} cannot be read as titles by part ({error!r}); give a file like ours."
        ) from error


def read_training_articles(path: Path) -> list[Article]:
    """Return the articles of a SQuAD file that is fit for training.

    Raises `SquadError` if an article has no title, which `--split` goes by, or an answer does not
    stand in its paragraph.
    """
    articles = read_squad(path)
    for article in articles:
        if not article.title:
            raise SquadError(f"{path} has an article without title; give an official file.")
        for paragraph in article.paragraphs:
            for question in paragraph.questions:
                if any(start == NOWHERE for start, _ in question.answers):
                    raise SquadError(
                        f"{path} has no answer of question {question.id} in its paragraph; "
                        "give an official file."
                    )
    return articles


def parse_share(file: str | Path) -> tuple[Path, float]:
    """Return the path and the share of FILE@SHARE, 1 without a share.

    >>> parse_share("squad.json@0.25")[1], parse_share("squad.json")[1]
    (0.25, 1.0)
    """
    path, mark, share = str(file).rpartition("@")
    if not mark:
        return Path(file), 1.0
    try:
        return Path(path), float(share)
    except ValueError:
        return Path(file), 1.0


def load_material(
    files: Sequence[str | Path],
    written: Path | None,
    others: Sequence[Material],
    split: Path | None,
    settings: Settings,
    maker: ExampleMaker,
) -> tuple[list[Material], list[Example]]:
    """Return the articles to train on, `others` among them, and examples to validate on.

    The latter are of the calibration articles. Raises `SquadError`.
    """
    articles: list[Article] = []
    for file in files:
        path, share = parse_share(file)
        articles.extend(draw_questions(read_training_articles(path), share, settings.seed))
    if written:
        articles.extend(read_written(written, articles))
    calibrate, report = held_out_titles(split)
    calibration = [article for article in articles if article.title in calibrate]
    kept = [article for article in articles if article.title not in calibrate | report]
    held_out = validation_examples(calibration, maker, settings.seed)
    return draw_articles([*kept, *others], settings), held_out


def load_others(tables: Sequence[Path] | None, multispan: Sequence[Path] | None) -> list[Material]:
    """Return the questions on tables and those of several spans that may be trained on."""
    others: list[Material] = []
    for path in tables or ():
        others.extend(_without_reported(read_tables(path)))
    for path in multispan or ():
        others.extend(_without_reported(read_multispan(path)))
    return others


def _without_reported(material: Sequence[Material]) -> list[Material]:
    """Return the tables or paragraphs of a set that are not kept for the report."""
    return [part for number, part in enumerate(material) if not is_reported(number)]


def _check(
    device: str, out: Path, start: Path | None, encoder: Path | None, teacher: Path | None
) -> None:
    """Raise `typer.BadParameter` if options contradict each other, before anything is written."""
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


def _make_model(
    start: Path | None, encoder: Path | None, pieces: WordPieces, seed: int
) -> SpanModel | Teacher:
    """Make the model to train, which is a teacher if an encoder is named."""
    if encoder:
        return Teacher.from_encoder(encoder, pieces, seed)
    return new_model(Size(), packaged_model(), seed, start)


def _load_teacher(folder: Path | None, device: str) -> tuple[Teacher | None, str]:
    """Return the teacher of a run with the SHA-256 of its checkpoint, nothing without a folder."""
    if folder is None:
        return None, ""
    teacher = Teacher.from_run(folder, load_checkpoint(folder)["model"])
    return teacher.to(device), sha256_of(folder / "checkpoint.pt")


def _load_keeper(folder: Path | None, device: str) -> tuple[SpanModel | None, str]:
    """Return the model with a folder's weights and their SHA-256, nothing without a folder."""
    if folder is None:
        return None, ""
    return load_weights(folder, packaged_model()).to(device), sha256_of(
        folder / f"{NAME}.safetensors"
    )


def main(
    files: Files,
    out: Out,
    split: Split = None,
    epochs: int = 1,
    seed: int = 0,
    max_minutes: MaxMinutes = 0,
    save_every: SaveEvery = 5,
    threads: Threads = 0,
    device: Device = "cpu",
    workers: Workers = 0,
    batch: BatchSize = Settings.batch,
    learning_rate: LearningRate = Settings.learning_rate,
    start: Start = None,
    encoder: EncoderFolder = None,
    teacher: TeacherFolder = None,
    written: Written = None,
    tables: Tables = None,
    multispan: Multispan = None,
    keep: Keep = None,
    frozen: Frozen = 0,
    repeat: Repeat = 3,
    answerable_articles: AnswerableArticles = 0,
    dropout: Dropout = 0.0,
    resume: Resume = False,
) -> None:
    """Train the span reader on SQuAD files."""
    _check(device, out, start, encoder, teacher)
    torch.set_num_threads(threads or torch.get_num_threads())
    maker = ExampleMaker(WordPieces(packaged_model() / "tokenizer.json"), Settings.longest)
    model = _make_model(start, encoder, maker.pieces, seed)
    teacher_model, teacher_sha256 = _load_teacher(teacher, device)
    keeper, keep_sha256 = _load_keeper(keep, device)
    settings = Settings(
        seed=seed,
        epochs=epochs,
        batch=batch,
        learning_rate=learning_rate,
        repeat_unanswerable=repeat,
        answerable_articles=answerable_articles,
        dropout=dropout,
        teacher=teacher_sha256,
        keep=keep_sha256,
        frozen=frozen,
    )
    run = TrainingRun(out, model.to(device), settings, max_minutes, workers, teacher_model, keeper)
    if resume:
        run.resume()
    others = load_others(tables, multispan)
    run.fit(maker, *load_material(files, written, others, split, settings, maker), save_every)


if __name__ == "__main__":
    run_program(lambda: typer.run(main))
