"""A training run: the optimiser, its steps, its checkpoints."""

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
from inquote.app.training.data import Article
from inquote.app.training.epochs import Groups, epoch_examples, in_batches, worker_processes
from inquote.app.training.examples import Example, ExampleMaker
from inquote.app.training.objective import (
    LABEL_WEIGHT,
    half_precision,
    loss_of,
    taught_loss,
    validate,
)
from inquote.app.training.settings import Settings
from inquote.app.training.teacher import Teacher
from inquote.ingest.errors import ModelError

LAYER_DECAY = 0.9  # a layer's learning rate as a share of that of the layer above
WEIGHT_DECAY = 0.01
CLIP = 1.0
WARM_UP = 0.05  # share of the run


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


def optimiser_of(model: SpanModel | Teacher, settings: Settings) -> torch.optim.Optimizer:
    """AdamW; embeddings frozen, lower layers slower, no decay of biases and norms. `height` is a group's full rate."""
    groups: dict[tuple[float, float], list[Tensor]] = {}
    model.requires_grad_(False)
    for parameter, rate in _rates(model, settings):
        parameter.requires_grad_(True)
        groups.setdefault((rate, WEIGHT_DECAY if parameter.ndim > 1 else 0.0), []).append(parameter)
    made = [
        {"params": members, "lr": r, "height": r, "weight_decay": d}
        for (r, d), members in groups.items()
    ]
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


class TrainingRun:
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
        self.folder, self.model, self.settings, self.minutes, self.workers = (
            folder,
            model,
            settings,
            minutes,
            workers,
        )
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
            raise ModelError(
                f"The checkpoint in {self.folder} has other settings; give those: {state['settings']}."
            )
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
        self,
        articles: Sequence[Article],
        maker: ExampleMaker,
        held_out: Sequence[Example] = (),
        save_every: float = 5,
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

    def _batches(
        self, articles: Sequence[Article], maker: ExampleMaker
    ) -> Iterator[tuple[int, Groups, int]]:
        """Each batch of the run, numbered from 1, with the number of all."""
        numbers = itertools.count(1)
        with worker_processes(self.workers) as each:
            coming = epoch_examples(articles, maker, self.settings, 0, each)
            for epoch in range(self.settings.epochs):
                made = in_batches(coming, self.settings, epoch)
                coming = epoch_examples(
                    articles, maker, self.settings, epoch + 1, each
                )  # made while this one trains
                for batch in made:
                    yield next(numbers), batch, len(made) * self.settings.epochs

    def _timed_step(
        self,
        batch: Sequence[Sequence[Example]],
        steps: int,
        held_out: Sequence[Example],
        save_every: float,
    ) -> None:
        began, before = time.monotonic(), self.progress.seconds
        losses = self.step(batch, rate_at(self.share_done(steps)))
        self.progress.step += 1
        self.progress.seconds += time.monotonic() - began
        if self.progress.step % 50 == 0:
            self.log(
                of=steps,
                **{name: round(float(value.detach()), 3) for name, value in losses.items()},
            )
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
        torch.nn.utils.clip_grad_norm_(
            [p for p in self.model.parameters() if p.requires_grad], CLIP
        )
        for group in self.optimiser.param_groups:
            group["lr"] = group["height"] * share
        self.optimiser.step()
        return losses

    def _losses(self, batch: Batch, groups: Sequence[Sequence[Example]]) -> dict[str, Tensor]:
        with half_precision(self.device):
            logits = self.model(batch)
        text = batch.text.to(logits.evidence.device)
        losses = loss_of(logits, groups, text)
        if self.teacher is None:
            return losses
        with half_precision(self.device), torch.no_grad():
            said = self.teacher(batch)
        taught = taught_loss(logits, said, text)
        return {**losses, **taught, "all": LABEL_WEIGHT * losses["all"] + taught["taught"]}

    def log(self, **values: Any) -> None:
        """A line to the log and to the terminal."""
        line = json.dumps(
            {"step": self.progress.step, "minutes": round(self.progress.seconds / 60, 1), **values}
        )
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        print(line, flush=True)


def load_checkpoint(folder: Path) -> dict[str, Any]:
    """The contents of `folder/checkpoint.pt`, tensors and plain values only; raises `ModelError`."""
    try:
        return dict(torch.load(folder / "checkpoint.pt", map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, EOFError, KeyError, ValueError, UnpicklingError) as error:
        raise ModelError(
            f"There is no whole checkpoint in {folder} ({error}); name the folder of a run."
        ) from error
