"""Run the training: optimiser, steps, checkpoints, log."""

import itertools
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from rich.progress import Progress as Bar
from torch import Tensor, nn

from inquote.app.reader.model import Batch, SpanModel
from inquote.app.training.epochs import (
    Groups,
    Material,
    epoch_examples,
    make_batches,
    worker_processes,
)
from inquote.app.training.examples import Example, ExampleMaker
from inquote.app.training.objective import (
    LABEL_WEIGHT,
    compute_losses,
    distillation_losses,
    half_precision,
    keeping_losses,
    validate,
)
from inquote.app.training.settings import Settings
from inquote.app.training.teacher import Teacher
from inquote.ingest.errors import ModelError

LAYER_DECAY = 0.9  # a layer's learning rate as a share of that of the layer above
WEIGHT_DECAY = 0.01
CLIP = 1.0  # the largest norm of the gradient
WARM_UP = 0.05  # share of the run
LOG_EVERY = 50  # steps


@dataclass
class TrainingProgress:
    """How far a run is: optimiser steps, and the seconds that they took."""

    step: int = 0
    seconds: float = 0.0


def rate_share(progress: float) -> float:
    """Return the learning rate at `progress` of the run, as a share of its peak, in [0, 1].

    It goes up in a line, then down in a line.

    >>> rate_share(0.025), rate_share(0.05), rate_share(1.0)
    (0.5, 1.0, 0.0)
    """
    return max(min(progress / WARM_UP, (1 - progress) / (1 - WARM_UP)), 0.0)


def make_optimiser(model: SpanModel | Teacher, settings: Settings) -> torch.optim.Optimizer:
    """Make AdamW for a model: embeddings frozen, lower layers slower.

    Biases and norms do not decay. `height` of a parameter group is its learning rate at the peak.
    """
    groups: dict[tuple[float, float], list[Tensor]] = {}
    model.requires_grad_(False)
    for parameter, rate in _rates(model, settings):
        parameter.requires_grad_(True)
        decay = WEIGHT_DECAY if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    described = []
    for (rate, decay), members in groups.items():
        described.append({"params": members, "lr": rate, "height": rate, "weight_decay": decay})
    return torch.optim.AdamW(described, betas=(0.9, 0.98), eps=1e-6, fused=True)


def _rates(model: SpanModel | Teacher, settings: Settings) -> Iterator[tuple[Tensor, float]]:
    """Yield each trained parameter with its rate: layers from the last one down, then heads."""
    trained = list(model.layers)[settings.frozen :]
    for below, layer in enumerate(reversed(trained)):
        for parameter in layer.parameters():
            yield parameter, settings.learning_rate * LAYER_DECAY**below
    for parameter in (*model.token_head.parameters(), *model.answerable_head.parameters()):
        yield parameter, settings.head_rate


def set_dropout(model: nn.Module, share: float) -> None:
    """Set the share of the numbers that the model drops while in training mode."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = share


class TrainingRun:
    """A training run in a folder: `checkpoint.pt`, replaced whole, and `log.jsonl`.

    It ends after its epochs or after `minutes` of training (0: no limit), whichever comes first;
    the learning rate is zero then. Examples are made by `workers` other processes, by this one if
    0. With a `teacher` the model learns from its outputs besides the examples. With a `keeper`, a
    model with earlier weights, it goes on giving its outputs where those had learned to.
    """

    def __init__(
        self,
        folder: Path,
        model: SpanModel | Teacher,
        settings: Settings,
        minutes: float = 0,
        workers: int = 0,
        teacher: Teacher | None = None,
        keeper: SpanModel | None = None,
    ) -> None:
        self.folder = folder
        self.model = model
        self.settings = settings
        self.minutes = minutes
        self.workers = workers
        self.teacher = teacher
        self.keeper = keeper
        self.device = model.token_head.weight.device.type
        set_dropout(model, settings.dropout)
        self.optimiser = make_optimiser(model, settings)
        self.progress = TrainingProgress()
        folder.mkdir(parents=True, exist_ok=True)

    def resume(self) -> None:
        """Go on from the folder's checkpoint.

        Raises `ModelError` if there is none, or if its settings or its model are not those of this
        run. The settings name the teacher, so a taught run goes on with the same one only.
        """
        state = load_checkpoint(self.folder)
        if state["settings"] != asdict(self.settings):
            raise ModelError(
                f"The checkpoint in {self.folder} has other settings; "
                f"give those: {state['settings']}."
            )
        try:
            self.model.load_state_dict(state["model"])
        except RuntimeError as error:
            raise ModelError(
                f"The checkpoint in {self.folder} is of another model; name its --encoder, if any."
            ) from error
        self.optimiser.load_state_dict(state["optimiser"])
        self.progress = TrainingProgress(**state["progress"])

    def save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        state = {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "progress": asdict(self.progress),
            "settings": asdict(self.settings),
        }
        unfinished = self.folder / "checkpoint.pt.new"
        with unfinished.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.folder / "checkpoint.pt")

    def share_done(self, steps: int) -> float:
        """Return how much of the run is over, in [0, 1], by steps or by time if that is more."""
        by_time = self.progress.seconds / (60 * self.minutes) if self.minutes else 0.0
        return min(max(self.progress.step / steps, by_time), 1.0)

    def fit(
        self,
        maker: ExampleMaker,
        articles: Sequence[Material],
        held_out: Sequence[Example] = (),
        save_every: float = 5,
    ) -> None:
        """Train to the end.

        Every `save_every` minutes a checkpoint is written and the `held_out` examples are looked
        at. The batches depend on seed and epoch alone, so a resumed run skips those it has seen.
        """
        if isinstance(self.model, Teacher):  # `Teacher.from_run` reads it
            self.model.encoder.config.save_pretrained(self.folder)
        with Bar() as bar:
            task = bar.add_task("training", total=1.0)
            for number, batch, steps in self._batches(articles, maker):
                if self.share_done(steps) == 1:
                    break
                if number > self.progress.step:
                    self._timed_step(batch, steps, held_out, save_every)
                    bar.update(task, completed=self.share_done(steps))
        self.save()
        self.log(done=True, **(validate(self.model, held_out) if held_out else {}))

    def _batches(
        self, articles: Sequence[Material], maker: ExampleMaker
    ) -> Iterator[tuple[int, Groups, int]]:
        """Yield each batch of the run with its number, from 1, and the number of all batches."""
        numbers = itertools.count(1)
        with worker_processes(self.workers) as map_articles:
            coming = epoch_examples(articles, maker, self.settings, 0, map_articles)
            for epoch in range(self.settings.epochs):
                batches = make_batches(coming, self.settings, epoch)
                # The next epoch's examples are made while the model trains on these.
                coming = epoch_examples(articles, maker, self.settings, epoch + 1, map_articles)
                for batch in batches:
                    yield next(numbers), batch, len(batches) * self.settings.epochs

    def _timed_step(
        self,
        batch: Sequence[Sequence[Example]],
        steps: int,
        held_out: Sequence[Example],
        save_every: float,
    ) -> None:
        """Take a step, count its time, and log and save when that is due."""
        began, before = time.monotonic(), self.progress.seconds
        losses = self.step(batch, rate_share(self.share_done(steps)))
        self.progress.step += 1
        self.progress.seconds += time.monotonic() - began
        if self.progress.step % LOG_EVERY == 0:
            rounded = {name: round(float(loss.detach()), 3) for name, loss in losses.items()}
            self.log(of=steps, **rounded)
        if before // (60 * save_every) != self.progress.seconds // (60 * save_every):
            self.save()
            if held_out:
                self.log(**validate(self.model, held_out))

    def step(self, groups: Sequence[Sequence[Example]], share: float) -> dict[str, Tensor]:
        """Take one step at `share` of the peak learning rate; return the losses."""
        examples = itertools.chain.from_iterable(groups)
        batch = Batch.of([example.window for example in examples])
        losses = self._losses(batch, groups)
        # Gradients, clipped together.
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(losses["all"])
        trained = [weight for weight in self.model.parameters() if weight.requires_grad]
        torch.nn.utils.clip_grad_norm_(trained, CLIP)
        # The step, each group at its own rate.
        for group in self.optimiser.param_groups:
            group["lr"] = group["height"] * share
        self.optimiser.step()
        return losses

    def _losses(self, batch: Batch, groups: Sequence[Sequence[Example]]) -> dict[str, Tensor]:
        """Return the losses by name; the optimiser minimises `all`."""
        with half_precision(self.device):
            logits = self.model(batch)
        text = batch.text.to(logits.evidence.device)
        losses = compute_losses(logits, groups, text)
        if self.keeper is not None:
            with half_precision(self.device), torch.no_grad():
                kept = self.keeper(batch)
            losses |= keeping_losses(logits, kept, groups, text)
            losses["all"] = losses["all"] + losses["kept"]
        if self.teacher is None:
            return losses
        with half_precision(self.device), torch.no_grad():
            taught = self.teacher(batch)
        from_teacher = distillation_losses(logits, taught, text)
        total = LABEL_WEIGHT * losses["all"] + from_teacher["taught"]
        return {**losses, **from_teacher, "all": total}

    def log(self, **values: Any) -> None:
        """Write a line to the log and to the terminal."""
        minutes = round(self.progress.seconds / 60, 1)
        line = json.dumps({"step": self.progress.step, "minutes": minutes, **values})
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        print(line, flush=True)


def load_checkpoint(folder: Path) -> dict[str, Any]:
    """Return the contents of `folder/checkpoint.pt`, tensors and plain values only.

    Raises `ModelError` if there is no whole checkpoint.
    """
    try:
        return dict(torch.load(folder / "checkpoint.pt", map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, EOFError, KeyError, ValueError, UnpicklingError) as error:
        raise ModelError(
            f"There is no whole checkpoint in {folder} ({error}); name the folder of a run."
        ) from error
