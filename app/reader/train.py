"""Train the span reader: `python -m app.reader.train FILE... --out DIR`; MODEL_CARD.md tells of the run shipped."""

import itertools
import json
import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from pickle import UnpicklingError
from typing import Annotated, Any

import torch
import typer
from rich.progress import Progress as Bar
from torch import Tensor, nn

from app.reader.data import Article, Pair, read_squad, training_groups
from app.reader.examples import Example, ExampleMaker, batches
from app.reader.model import Batch, SpanModel, WordPieces
from app.reader.objective import LABEL_WEIGHT, half_precision, loss_of, taught_loss, validate
from app.reader.teacher import Teacher
from app.reader.weights import load_weights
from app.reader.written import read_written
from app.terminal import run_program
from index.bert import Size, base_embeddings, base_layers
from index.embed import packaged_model
from ingest.errors import ModelError

LAYER_DECAY = 0.9  # a layer's learning rate as a share of that of the layer above
WEIGHT_DECAY = 0.01
CLIP = 1.0
WARM_UP = 0.05  # share of the run
HELD_OUT = 600  # questions looked at with every checkpoint


@dataclass(frozen=True)
class Settings:
    """What decides the result besides the data and the constants of this package."""

    seed: int = 0
    epochs: int = 1
    batch: int = 32  # windows, about
    learning_rate: float = 2e-4  # of the last layer, at its height
    head_rate: float = 1e-3  # of the heads
    longest: int = 320  # tokens of a training window
    repeat_unanswerable: int = 3  # times an article with human-written unanswerable questions is used in an epoch
    answerable_articles: int = 0  # without such questions, drawn from all; 0 for all
    dropout: float = 0.0  # share of the numbers dropped after embeddings, attention and feed-forward


@dataclass
class Progress:
    """How far a run is: optimiser steps taken, seconds spent on them."""

    step: int = 0
    seconds: float = 0.0


def rate_at(progress: float) -> float:
    """The share of its height that the learning rate has at `progress` of the run: up in a line, down in a line.

    >>> rate_at(0.025), rate_at(0.05), rate_at(1.0)
    (0.5, 1.0, 0.0)
    """
    return max(min(progress / WARM_UP, (1 - progress) / (1 - WARM_UP)), 0.0)


def new_model(size: Size, base: Path, seed: int, start: Path | None = None) -> SpanModel:
    """The encoder of the BERT folder `base` with fresh heads, or the weights that `save_weights` wrote to `start`."""
    if start is not None:
        return load_weights(start, base, size).train()
    torch.manual_seed(seed)
    model, weights = SpanModel(size), base / "model.safetensors"
    model.load_state_dict({**base_embeddings(weights), **base_layers(weights, size.layers)}, strict=False)
    return model


def optimiser_of(model: SpanModel | Teacher, settings: Settings) -> torch.optim.Optimizer:
    """AdamW; embeddings frozen, lower layers slower, no decay of biases and norms. `height` is a group's full rate."""
    groups: dict[tuple[float, float], list[Tensor]] = {}
    model.requires_grad_(False)
    for parameter, rate in _rates(model, settings):
        parameter.requires_grad_(True)
        groups.setdefault((rate, WEIGHT_DECAY if parameter.ndim > 1 else 0.0), []).append(parameter)
    made = [{"params": members, "lr": r, "height": r, "weight_decay": d} for (r, d), members in groups.items()]
    return torch.optim.AdamW(made, betas=(0.9, 0.98), eps=1e-6, fused=True)


def _rates(model: SpanModel | Teacher, settings: Settings) -> Iterator[tuple[Tensor, float]]:
    """What is trained, with its learning rate: the layers, from the last one down, and the heads."""
    for below, layer in enumerate(reversed(model.layers)):
        for parameter in layer.parameters():
            yield parameter, settings.learning_rate * LAYER_DECAY**below
    for parameter in (*model.token_head.parameters(), *model.answerable_head.parameters()):
        yield parameter, settings.head_rate


def drop_in_training(model: nn.Module, share: float) -> None:
    """Drop a share of the numbers at the places that the model has for it, while in training mode."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = share


def held_out_titles(split: Path | None) -> tuple[set[str], set[str]]:
    """The titles that `split` keeps for calibration and for reporting; none without a split."""
    parts = json.loads(split.read_text(encoding="utf-8")) if split else {"calibrate": [], "report": []}
    return set(parts["calibrate"]), set(parts["report"])


Groups = list[list[Example]]


def epoch_examples(
    articles: Sequence[Article], maker: ExampleMaker, settings: Settings, epoch: int, each: Callable[..., Any] = map
) -> Iterator[Groups]:
    """The examples of an epoch, article by article, group by group.

    All articles once, those with human-written unanswerable questions several times. `each` is `map`, or works like it.
    """
    written = [a for a in articles if _has_unanswerable(a)]
    seed = settings.seed + 1000 * epoch
    passes = [articles, *[written] * (settings.repeat_unanswerable - 1)]
    seeded = [(article, seed + at) for at, some in enumerate(passes) for article in some]
    return iter(each(examples_of, *zip(*seeded, strict=True), itertools.repeat(maker)))


def in_batches(made: Iterable[Groups], settings: Settings, epoch: int) -> list[Groups]:
    """The groups of an epoch batch by batch."""
    examples = list(itertools.chain.from_iterable(made))
    lengths = [[len(example.window.ids) for example in group] for group in examples]
    return [[examples[group] for group in batch] for batch in batches(lengths, settings.batch, settings.seed + epoch)]


def examples_of(article: Article, seed: int, maker: ExampleMaker) -> Groups:
    """The groups of an article's questions as examples."""
    return [[maker.example(pair) for pair in group] for group in training_groups([article], seed)]


def _has_unanswerable(article: Article) -> bool:
    return any(not question.answers for paragraph in article.paragraphs for question in paragraph.questions)


@contextmanager
def worker_processes(count: int) -> Iterator[Callable[..., Any]]:
    """A `map` that so many processes share; the plain one where there are none."""
    if not count:
        yield map
        return
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as pool:
        try:
            yield partial(pool.map, chunksize=4)
        finally:
            pool.shutdown(cancel_futures=True)


def drawn(articles: Sequence[Article], settings: Settings) -> list[Article]:
    """The articles, of those without unanswerable questions only as many as `settings` says, drawn by its seed."""
    answerable = [article for article in articles if not _has_unanswerable(article)]
    if 0 < settings.answerable_articles < len(answerable):
        answerable = random.Random(settings.seed).sample(answerable, settings.answerable_articles)
    return [*answerable, *(article for article in articles if _has_unanswerable(article))]


def validation_examples(articles: Sequence[Article], maker: ExampleMaker, seed: int) -> list[Example]:
    """Some questions of the articles with their whole paragraphs."""
    pairs = [
        Pair(question.text, article.heading, paragraph.text, *(question.first_range or ()))
        for article in articles
        for paragraph in article.paragraphs
        for question in paragraph.questions
    ]
    return [maker.example(pair) for pair in random.Random(seed).sample(pairs, min(HELD_OUT, len(pairs)))]


class Run:
    """A training run in a folder: `checkpoint.pt`, replaced whole, and `log.jsonl`.

    The run ends after its epochs or after `minutes` of training (0: no limit), whichever comes first, and the learning
    rate is zero then. Examples are made by `workers` other processes, or, if 0, by this one. With a `teacher` the model
    learns what that says besides what the examples do.
    """

    def __init__(
        self,
        folder: Path,
        model: SpanModel | Teacher,
        settings: Settings,
        minutes: float = 0,
        workers: int = 0,
        teacher: Teacher | None = None,
    ) -> None:
        self.folder, self.model, self.settings, self.minutes, self.workers = folder, model, settings, minutes, workers
        self.teacher = teacher
        self.device = model.token_head.weight.device.type
        drop_in_training(model, settings.dropout)
        self.optimiser = optimiser_of(model, settings)
        self.progress = Progress()
        folder.mkdir(parents=True, exist_ok=True)

    def resume(self) -> None:
        """Go on from the folder's checkpoint; raises `ModelError` where there is none or its settings are others."""
        state = load_checkpoint(self.folder)
        if state["settings"] != asdict(self.settings):
            raise ModelError(f"The checkpoint in {self.folder} has other settings; give those: {state['settings']}.")
        try:
            self.model.load_state_dict(state["model"])
        except RuntimeError as error:
            raise ModelError(
                f"The checkpoint in {self.folder} is of another model; name its --encoder, if any."
            ) from error
        self.optimiser.load_state_dict(state["optimiser"])
        self.progress = Progress(**state["progress"])

    def save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        state = {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "progress": asdict(self.progress),
            "settings": asdict(self.settings),
        }
        with (self.folder / "checkpoint.pt.new").open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        (self.folder / "checkpoint.pt.new").replace(self.folder / "checkpoint.pt")

    def share_done(self, steps: int) -> float:
        """How much of the run is over, by steps or by time, whichever is more, in [0, 1]."""
        by_time = self.progress.seconds / (60 * self.minutes) if self.minutes else 0.0
        return min(max(self.progress.step / steps, by_time), 1.0)

    def fit(
        self, articles: Sequence[Article], maker: ExampleMaker, held_out: Sequence[Example] = (), save_every: float = 5
    ) -> None:
        """Train to the end; a checkpoint every `save_every` minutes, and a look at the `held_out` examples.

        The batches depend on seed and epoch alone, so a resumed run skips those that it has seen.
        """
        with Bar() as bar:
            task = bar.add_task("training", total=1.0)
            for at, batch, steps in self._batches(articles, maker):
                if self.share_done(steps) == 1:
                    break
                if at > self.progress.step:
                    self._timed_step(batch, steps, held_out, save_every)
                    bar.update(task, completed=self.share_done(steps))
        self.save()
        self.log(done=True, **(validate(self.model, held_out) if held_out else {}))

    def _batches(self, articles: Sequence[Article], maker: ExampleMaker) -> Iterator[tuple[int, Groups, int]]:
        """Each batch of the run, numbered from 1, with the number of all."""
        numbers = itertools.count(1)
        with worker_processes(self.workers) as each:
            coming = epoch_examples(articles, maker, self.settings, 0, each)
            for epoch in range(self.settings.epochs):
                made = in_batches(coming, self.settings, epoch)
                coming = epoch_examples(articles, maker, self.settings, epoch + 1, each)  # made while this one trains
                for batch in made:
                    yield next(numbers), batch, len(made) * self.settings.epochs

    def _timed_step(
        self, batch: Sequence[Sequence[Example]], steps: int, held_out: Sequence[Example], save_every: float
    ) -> None:
        began, before = time.monotonic(), self.progress.seconds
        losses = self.step(batch, rate_at(self.share_done(steps)))
        self.progress.step += 1
        self.progress.seconds += time.monotonic() - began
        if self.progress.step % 50 == 0:
            self.log(of=steps, **{name: round(float(value.detach()), 3) for name, value in losses.items()})
        if before // (60 * save_every) != self.progress.seconds // (60 * save_every):
            self.save()
            if held_out:
                self.log(**validate(self.model, held_out))

    def step(self, groups: Sequence[Sequence[Example]], share: float) -> dict[str, Tensor]:
        """One step of the optimiser at `share` of the full learning rate; gives the losses."""
        batch = Batch.of([example.window for group in groups for example in group])
        losses = self._losses(batch, groups)
        self.optimiser.zero_grad(set_to_none=True)
        losses["all"].backward()
        torch.nn.utils.clip_grad_norm_([p for p in self.model.parameters() if p.requires_grad], CLIP)
        for group in self.optimiser.param_groups:
            group["lr"] = group["height"] * share
        self.optimiser.step()
        return losses

    def _losses(self, batch: Batch, groups: Sequence[Sequence[Example]]) -> dict[str, Tensor]:
        text = batch.text.to(self.device)
        with half_precision(self.device):
            logits = self.model(batch)
        losses = loss_of(logits, groups, text)
        if self.teacher is None:
            return losses
        with half_precision(self.device), torch.no_grad():
            said = self.teacher(batch)
        taught = taught_loss(logits, said, text)
        return {**losses, **taught, "all": LABEL_WEIGHT * losses["all"] + taught["taught"]}

    def log(self, **values: Any) -> None:
        """A line to the log and to the terminal."""
        line = json.dumps({"step": self.progress.step, "minutes": round(self.progress.seconds / 60, 1), **values})
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        print(line, flush=True)


def load_checkpoint(folder: Path) -> dict[str, Any]:
    """The contents of `folder/checkpoint.pt`, tensors and plain values only; raises `ModelError`."""
    try:
        return dict(torch.load(folder / "checkpoint.pt", map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, EOFError, KeyError, ValueError, UnpicklingError) as error:
        raise ModelError(f"There is no whole checkpoint in {folder} ({error}); name the folder of a run.") from error


def main(
    files: Annotated[list[Path], typer.Argument(help="SQuAD 1.1 or 2.0 files, plain or gzipped")],
    out: Annotated[Path, typer.Option(help="folder for the checkpoint and the log")],
    split: Annotated[Path | None, typer.Option(help="JSON with the titles to calibrate and report on")] = None,
    epochs: int = 1,
    seed: int = 0,
    max_minutes: Annotated[float, typer.Option(help="end the schedule after this time; 0 for no limit")] = 0,
    save_every: Annotated[float, typer.Option(help="minutes between checkpoints")] = 5,
    threads: Annotated[int, typer.Option(help="0 for torch's choice")] = 0,
    device: Annotated[str, typer.Option(help="where to train: cpu or cuda")] = "cpu",
    workers: Annotated[int, typer.Option(help="processes that make examples; 0 for none but this one")] = 0,
    batch: Annotated[int, typer.Option(help="windows in a batch, about")] = Settings.batch,
    learning_rate: Annotated[float, typer.Option(help="of the last layer, at its height")] = Settings.learning_rate,
    start: Annotated[Path | None, typer.Option(help="folder with weights to go on from")] = None,
    encoder: Annotated[
        Path | None, typer.Option(help="train a teacher: this encoder, a folder that transformers loads")
    ] = None,
    teacher: Annotated[Path | None, typer.Option(help="folder of a teacher's run, to learn from it")] = None,
    written: Annotated[
        Path | None, typer.Option(help="questions on the files' paragraphs, such as written/squad.jsonl")
    ] = None,
    repeat: Annotated[int, typer.Option(help="times that unanswerable questions are seen in an epoch")] = 3,
    answerable_articles: Annotated[int, typer.Option(help="at most so many articles without them; 0 for all")] = 0,
    dropout: Annotated[float, typer.Option(help="share of the numbers dropped in training")] = 0.0,
    resume: Annotated[bool, typer.Option(help="go on from the checkpoint in the folder")] = False,
) -> None:
    """Train the span reader on SQuAD files."""
    if device != "cpu" and not torch.cuda.is_available():
        raise typer.BadParameter(f"There is no {device} on this machine; leave --device out.")
    if teacher and teacher.resolve() == out.resolve():
        raise typer.BadParameter("--teacher and --out are one folder; the run would replace the teacher.")
    if encoder and (start or teacher):
        raise typer.BadParameter("--encoder trains a teacher, from its own weights; leave out --start and --teacher.")
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
    )
    pieces = WordPieces(packaged_model() / "tokenizer.json")
    if encoder:
        model: SpanModel | Teacher = Teacher.untrained(encoder, pieces, seed)
    else:
        model = new_model(Size(), packaged_model(), seed, start)
    taught_by = Teacher.trained(teacher, load_checkpoint(teacher)["model"]).to(device) if teacher else None
    run = Run(out, model.to(device), settings, max_minutes, workers, taught_by)
    if resume:
        run.resume()
    if isinstance(model, Teacher):
        model.encoder.config.save_pretrained(out)  # which `Teacher.trained` reads
    maker = ExampleMaker(pieces, settings.longest)
    articles = [article for file in files for article in read_squad(file)]
    articles += read_written(written, articles) if written else []
    calibrate, report = held_out_titles(split)
    held_out = validation_examples([a for a in articles if a.title in calibrate], maker, seed)
    run.fit(drawn([a for a in articles if a.title not in calibrate | report], settings), maker, held_out, save_every)


if __name__ == "__main__":
    run_program(lambda: typer.run(main))
