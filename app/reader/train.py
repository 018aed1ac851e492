"""Train the span reader: `python -m app.reader.train FILE... --out DIR`; see MODEL_CARD.md for the run that was shipped."""

import json
import math
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from torch import Tensor
from torch.nn import functional

from app.reader.data import Article, Group, Pair, read_squad, training_groups
from app.reader.decode import best_spans
from app.reader.model import Batch, Logits, SpanModel, Window, WordPieces, encoder_from
from index.embed import packaged_model
from ingest.sentences import sentence_ranges


@dataclass(frozen=True)
class Settings:
    """Everything that decides the result besides the data."""

    seed: int = 0
    epochs: int = 1
    batch: int = 32  # windows, about
    learning_rate: float = 2e-4  # of the last layer, at its height
    layer_decay: float = 0.9  # a layer's rate as a share of the one above
    head_rate: float = 1e-3
    warm_up: float = 0.05  # share of the run
    weight_decay: float = 0.01
    clip: float = 1.0
    evidence_weight: float = 0.5
    answerable_weight: float = 0.5
    rival_weight: float = 0.5
    longest: int = 320  # tokens of a training window
    repeat_unanswerable: int = 3  # times an article with human-written unanswerable questions is used in an epoch


@dataclass(frozen=True)
class Example:
    """A training window with its targets as token positions; -1 where the text does not answer."""

    window: Window
    start: int
    end: int  # inclusive
    evidence_start: int
    evidence_end: int  # exclusive

    @property
    def answers(self) -> bool:
        """Whether the window holds the answer."""
        return self.start >= 0


class Encoder:
    """Pairs to examples; keeps the word pieces of the last texts, for many questions share one."""

    def __init__(self, pieces: WordPieces, longest: int) -> None:
        self.pieces, self.longest = pieces, longest

    def example(self, pair: Pair) -> Example:
        """The window of the pair that holds the most of the answer, the first one if there is none."""
        tokens = self.pieces.tokens(pair.text)
        question, _ = self.pieces.question(pair.question)
        windows = list(self.pieces.windows(question, self.pieces.context(pair.heading), tokens, self.longest))
        if pair.start is None or pair.end is None:
            return Example(windows[0], -1, -1, -1, -1)
        inside = [i for i, (a, b) in enumerate(tokens.offsets) if a < pair.end and pair.start < b]
        holding = [w for w in windows if inside and w.first <= inside[0] and inside[-1] < w.last]
        if not holding:
            return Example(windows[0], -1, -1, -1, -1)
        window = holding[0]
        touched = [(a, b) for a, b in sentence_ranges(pair.text) if a < pair.end and pair.start < b]
        around = [
            i for i in range(window.first, window.last) if touched and touched[0][0] <= tokens.offsets[i][0] < touched[-1][1]
        ]
        shift = window.prefix - window.first
        return Example(window, inside[0] + shift, inside[-1] + shift, around[0] + shift, around[-1] + 1 + shift)


def batches(lengths: Sequence[Sequence[int]], size: int, seed: int) -> list[list[int]]:
    """Group numbers batch by batch: groups of like length together, about `size` windows each, in random order.

    `lengths[g]` are the lengths of the windows of group g.
    """
    rng = random.Random(seed)
    order = list(range(len(lengths)))
    rng.shuffle(order)
    made: list[list[int]] = []
    for at in range(0, len(order), size * 50):
        pool = sorted(order[at : at + size * 50], key=lambda g: max(lengths[g]))
        batch: list[int] = []
        for group in pool:
            batch.append(group)
            if sum(len(lengths[g]) for g in batch) >= size:
                made.append(batch)
                batch = []
        if batch:
            made.append(batch)
    rng.shuffle(made)
    return made


def loss_of(logits: Logits, groups: Sequence[Sequence[Example]], text: Tensor, settings: Settings) -> dict[str, Tensor]:
    """The mean losses of a batch whose rows are the groups' examples one after the other.

    `span`: cross-entropy of start and of end in each text, "none" being one more choice with the logit 0. `rival`: the
    same over all texts of a group that has several (the shared normalisation of Clark and Gardner 2018). `evidence` and
    `answerable`: binary cross-entropy a token and a text.
    """
    examples = [example for group in groups for example in group]
    answers = torch.tensor([float(example.answers) for example in examples])
    losses = {"span": torch.zeros(()), "rival": torch.zeros(())}
    for scores, targets in (
        (logits.start, [e.start for e in examples]),
        (logits.end, [e.end for e in examples]),
    ):
        mass = torch.logsumexp(scores, 1)
        rows = torch.arange(len(examples))
        target = scores[rows, torch.tensor(targets).clamp(min=0)]
        right = torch.where(answers > 0, target, torch.zeros(()))
        losses["span"] = losses["span"] + (functional.softplus(mass) - right).mean() / 2
        losses["rival"] = losses["rival"] + _rival_loss(mass, right, groups) / 2
    losses["evidence"] = _evidence_loss(logits.evidence, examples, text)
    losses["answerable"] = functional.binary_cross_entropy_with_logits(logits.answerable, answers)
    losses["all"] = (
        losses["span"]
        + settings.rival_weight * losses["rival"]
        + settings.evidence_weight * losses["evidence"]
        + settings.answerable_weight * losses["answerable"]
    )
    return losses


def _rival_loss(mass: Tensor, right: Tensor, groups: Sequence[Sequence[Example]]) -> Tensor:
    total, at = torch.zeros(()), 0
    for group in groups:
        if len(group) > 1:
            together = torch.logsumexp(mass[at : at + len(group)], 0)
            total = total + functional.softplus(together) - right[at]
        at += len(group)
    return total / len(mass)


def _evidence_loss(evidence: Tensor, examples: Sequence[Example], text: Tensor) -> Tensor:
    wanted = torch.zeros_like(evidence)
    for row, example in enumerate(examples):
        if example.answers:
            wanted[row, example.evidence_start : example.evidence_end] = 1.0
    each = functional.binary_cross_entropy_with_logits(evidence, wanted, reduction="none") * text
    return (each.sum(1) / text.sum(1).clamp(min=1)).mean()


def optimiser_of(model: SpanModel, settings: Settings) -> torch.optim.Optimizer:
    """AdamW; embeddings frozen, lower layers slower, no decay of biases and norms."""
    for parameter in model.encoder.embeddings.parameters():
        parameter.requires_grad = False
    layers = model.encoder.config.num_hidden_layers
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            rate = settings.head_rate
            if name.startswith("encoder.encoder.layer."):
                rate = settings.learning_rate * settings.layer_decay ** (layers - 1 - int(name.split(".")[3]))
            decay = settings.weight_decay if parameter.ndim > 1 else 0.0
            groups.setdefault((rate, decay), []).append(parameter)
    made = [{"params": members, "lr": r, "height": r, "weight_decay": d} for (r, d), members in groups.items()]
    return torch.optim.AdamW(made, betas=(0.9, 0.98), eps=1e-6, fused=True)


def rate_at(progress: float, warm_up: float) -> float:
    """The share of its height that the learning rate has at `progress` of the run: up in a line, down in a line.

    >>> rate_at(0.025, 0.05), rate_at(0.05, 0.05), rate_at(1.0, 0.05)
    (0.5, 1.0, 0.0)
    """
    return max(min(progress / warm_up, (1 - progress) / (1 - warm_up)), 0.0)


@dataclass
class Progress:
    """How far a run is; what a checkpoint says beside the tensors."""

    step: int = 0
    seconds: float = 0.0


def save_checkpoint(folder: Path, model: SpanModel, optimiser: torch.optim.Optimizer, progress: Progress, settings: Settings) -> None:
    """Write `folder/checkpoint.pt` whole or not at all."""
    state = {
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "progress": asdict(progress),
        "settings": asdict(settings),
    }
    temporary = folder / "checkpoint.pt.new"
    with temporary.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / "checkpoint.pt")


def load_checkpoint(folder: Path) -> dict[str, Any]:
    """The contents of `folder/checkpoint.pt`; tensors and plain values only."""
    return torch.load(folder / "checkpoint.pt", map_location="cpu", weights_only=True)


def new_model(settings: Settings) -> SpanModel:
    """The packaged encoder with fresh heads."""
    torch.manual_seed(settings.seed)
    return SpanModel(encoder_from(packaged_model()))


def articles_for_training(files: Sequence[Path], split: Path | None, settings: Settings) -> list[Article]:
    """The articles of the files less those that the split keeps for calibration and reporting."""
    held_out: set[str] = set()
    if split is not None:
        parts = json.loads(split.read_text())
        held_out = {*parts["calibrate"], *parts["report"]}
    return [article for file in files for article in read_squad(file) if article.title not in held_out]


def epoch_groups(articles: Sequence[Article], settings: Settings, epoch: int) -> list[Group]:
    """The groups of an epoch: all articles once, those with human-written unanswerable questions several times."""
    written = [a for a in articles if any(not q.answers for p in a.paragraphs for q in p.questions)]
    groups = training_groups(articles, settings.seed + 1000 * epoch)
    for repetition in range(1, settings.repeat_unanswerable):
        groups += training_groups(written, settings.seed + 1000 * epoch + repetition)
    return groups


def epoch_batches(groups: Sequence[Group], encoder: Encoder, settings: Settings, epoch: int) -> list[list[list[Example]]]:
    """The examples of an epoch, batch by batch, group by group."""
    examples = [[encoder.example(pair) for pair in group] for group in groups]
    lengths = [[len(example.window.ids) for example in group] for group in examples]
    return [[examples[g] for g in batch] for batch in batches(lengths, settings.batch, settings.seed + epoch)]


def take_step(model: SpanModel, optimiser: torch.optim.Optimizer, groups: Sequence[Sequence[Example]], share: float, settings: Settings) -> dict[str, float]:
    """One step of the optimiser at `share` of the full learning rate; gives the losses."""
    batch = Batch.of([example.window for group in groups for example in group])
    for group in optimiser.param_groups:
        group["lr"] = group["height"] * share
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(batch)
    losses = loss_of(logits, groups, batch.text, settings)
    optimiser.zero_grad(set_to_none=True)
    losses["all"].backward()
    torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], settings.clip)
    optimiser.step()
    return {name: float(value.detach()) for name, value in losses.items()}


@torch.inference_mode()
def validate(model: SpanModel, examples: Sequence[Example], settings: Settings) -> dict[str, float]:
    """Mean losses over single examples, the share of answers whose start and end are both hit, and the area under
    the ROC curve of "answers" by the answerable output and by the best span."""
    model.eval()
    ordered = sorted(examples, key=lambda example: len(example.window.ids))
    losses: list[float] = []
    hits: list[float] = []
    by_head: list[float] = []
    by_span: list[float] = []
    for at in range(0, len(ordered), settings.batch):
        chunk = ordered[at : at + settings.batch]
        batch = Batch.of([example.window for example in chunk])
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(batch)
        losses += [float(loss_of(logits, [[e] for e in chunk], batch.text, settings)["all"])] * len(chunk)
        starts, ends = logits.start.numpy(), logits.end.numpy()
        for row, example in enumerate(chunk):
            everywhere = [True] * len(starts[row])
            best = best_spans(starts[row], ends[row], everywhere, everywhere, k=1)
            by_span.append(best[0][2] if best else -math.inf)
            if example.answers:
                hits.append(float(bool(best) and best[0][:2] == (example.start, example.end)))
        by_head += logits.answerable.tolist()
    model.train()
    answers = np.array([example.answers for example in ordered])
    return {
        "loss": float(np.mean(losses)),
        "exact": float(np.mean(hits)),
        "auc_head": area_under_roc(np.array(by_head), answers),
        "auc_span": area_under_roc(np.array(by_span), answers),
    }


def area_under_roc(scores: np.ndarray, positive: np.ndarray) -> float:
    """The probability that a random positive scores above a random other one, ties counted half (Mann and Whitney).

    >>> area_under_roc(np.array([3.0, 2.0, 1.0]), np.array([True, False, True]))
    0.5
    """
    above, below = scores[positive], np.sort(scores[~positive])
    less = np.searchsorted(below, above, "left") + np.searchsorted(below, above, "right")
    return float(less.mean() / 2 / len(below)) if len(above) and len(below) else math.nan


def validation_examples(files: Sequence[Path], split: Path | None, encoder: Encoder, settings: Settings) -> list[Example]:
    """600 questions of the articles kept for calibration, with their whole paragraphs; none without a split."""
    if split is None:
        return []
    kept = set(json.loads(split.read_text())["calibrate"])
    pairs = [
        Pair(q.text, article.heading, p.text, *(q.first_range or ()))
        for file in files
        for article in read_squad(file)
        if article.title in kept
        for p in article.paragraphs
        for q in p.questions
    ]
    return [encoder.example(pair) for pair in random.Random(settings.seed).sample(pairs, min(600, len(pairs)))]


class Run:
    """A training run in a folder: `checkpoint.pt` and `log.jsonl`."""

    def __init__(self, folder: Path, settings: Settings, minutes: float) -> None:
        self.folder, self.settings, self.minutes = folder, settings, minutes
        folder.mkdir(parents=True, exist_ok=True)
        self.model = new_model(settings)
        self.optimiser = optimiser_of(self.model, settings)
        self.progress = Progress()

    def resume(self) -> None:
        """Go on from the folder's checkpoint."""
        state = load_checkpoint(self.folder)
        if state["settings"] != asdict(self.settings):
            raise typer.BadParameter("the checkpoint was made with other settings; leave --resume out or give the same ones")
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.progress = Progress(**state["progress"])

    def share_done(self, steps: int) -> float:
        """How much of the run is over, by steps or by time, whichever is more, in [0, 1]."""
        by_time = self.progress.seconds / (60 * self.minutes) if self.minutes else 0.0
        return min(max(self.progress.step / steps, by_time), 1.0)

    def log(self, **values: Any) -> None:
        """A line to the log and to the terminal."""
        line = json.dumps({"step": self.progress.step, "minutes": round(self.progress.seconds / 60, 1), **values})
        with (self.folder / "log.jsonl").open("a") as file:
            file.write(line + "\n")
        print(line, flush=True)

    def save(self) -> None:
        """Write the checkpoint."""
        save_checkpoint(self.folder, self.model, self.optimiser, self.progress, self.settings)

    def fit(self, articles: Sequence[Article], encoder: Encoder, held_out: Sequence[Example], save_every: float) -> None:
        """Train to the end of the epochs or of the time."""
        self.model.train()
        at = 0
        for epoch in range(self.settings.epochs):
            made = epoch_batches(epoch_groups(articles, self.settings, epoch), encoder, self.settings, epoch)
            steps = len(made) * self.settings.epochs
            self.log(epoch=epoch, steps=len(made), windows=sum(len(group) for batch in made for group in batch))
            for batch in made:
                at += 1
                if at > self.progress.step and self.share_done(steps) < 1:
                    self._step(batch, steps, held_out, save_every)
        self.save()
        self.log(done=True, **(validate(self.model, held_out, self.settings) if held_out else {}))

    def _step(self, batch: Sequence[Sequence[Example]], steps: int, held_out: Sequence[Example], save_every: float) -> None:
        began = time.monotonic()
        share = rate_at(self.share_done(steps), self.settings.warm_up)
        losses = take_step(self.model, self.optimiser, batch, share, self.settings)
        before = self.progress.seconds
        self.progress.step += 1
        self.progress.seconds += time.monotonic() - began
        if self.progress.step % 50 == 0:
            rounded = {name: round(value, 3) for name, value in losses.items()}
            rate = 1 / (self.progress.seconds - before)
            self.log(of=steps, rate=round(share, 3), steps_a_second=round(rate, 2), **rounded)
        if before // (60 * save_every) != self.progress.seconds // (60 * save_every):
            self.save()
            if held_out:
                self.log(**validate(self.model, held_out, self.settings))


def main(
    files: Annotated[list[Path], typer.Argument(help="SQuAD 1.1 or 2.0 files, plain or gzipped")],
    out: Annotated[Path, typer.Option(help="folder for the checkpoint and the log")],
    split: Annotated[Path | None, typer.Option(help="JSON with the titles to calibrate and report on, left out")] = None,
    epochs: int = 1,
    seed: int = 0,
    max_minutes: Annotated[float, typer.Option(help="end the schedule after this time; 0 for no limit")] = 0,
    save_every: Annotated[float, typer.Option(help="minutes between checkpoints")] = 5,
    threads: Annotated[int, typer.Option(help="0 for torch's choice")] = 0,
    resume: Annotated[bool, typer.Option(help="go on from the checkpoint in the folder")] = False,
) -> None:
    """Train the span reader on SQuAD files."""
    if threads:
        torch.set_num_threads(threads)
    settings = Settings(seed=seed, epochs=epochs)
    run = Run(out, settings, max_minutes)
    if resume:
        run.resume()
    encoder = Encoder(WordPieces(packaged_model() / "tokenizer.json"), settings.longest)
    articles = articles_for_training(files, split, settings)
    run.fit(articles, encoder, validation_examples(files, split, encoder, settings), save_every)


if __name__ == "__main__":
    typer.run(main)
