"""What training minimises, and how well a model does by it on held-out questions."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from app.reader.decode import best_spans
from app.reader.examples import Example
from app.reader.model import Batch, Logits, SpanModel
from index.embed import has_bfloat16

EVIDENCE_WEIGHT = 0.5
ANSWERABLE_WEIGHT = 0.5
RIVAL_WEIGHT = 0.5


def loss_of(logits: Logits, groups: Sequence[Sequence[Example]], text: Tensor) -> dict[str, Tensor]:
    """The mean losses of a batch whose rows are the groups' examples one after the other; `text` is the batch's.

    `span`: cross-entropy of start and of end in each text, "none" being one more choice with the logit 0. `rival`: the
    same over all texts of a group that has several (the shared normalisation of Clark and Gardner 2018). `evidence` and
    `answerable`: binary cross-entropy a token and a text. `all`: their weighted sum.
    """
    examples = [example for group in groups for example in group]
    answers = torch.tensor([float(example.answers) for example in examples])
    span, rival = torch.zeros(()), torch.zeros(())
    for scores, targets in ((logits.start, [e.start for e in examples]), (logits.end, [e.end for e in examples])):
        mass = torch.logsumexp(scores, 1)
        target = scores[torch.arange(len(examples)), torch.tensor(targets).clamp(min=0)]
        right = torch.where(answers > 0, target, 0.0)
        span = span + (functional.softplus(mass) - right).mean() / 2
        rival = rival + _rival_loss(mass, right, groups) / 2
    evidence = _evidence_loss(logits.evidence, examples, text)
    answerable = functional.binary_cross_entropy_with_logits(logits.answerable, answers)
    whole = span + RIVAL_WEIGHT * rival + EVIDENCE_WEIGHT * evidence + ANSWERABLE_WEIGHT * answerable
    return {"span": span, "rival": rival, "evidence": evidence, "answerable": answerable, "all": whole}


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
            wanted[row, example.evidence_start : example.evidence_end + 1] = 1.0
    each = functional.binary_cross_entropy_with_logits(evidence, wanted, reduction="none") * text
    return (each.sum(1) / text.sum(1).clamp(min=1)).mean()


def half_precision(device: str) -> torch.autocast:
    """Matrix products in bfloat16 where `device` has them; a CPU without would take many times as long."""
    return torch.autocast(device, torch.bfloat16, enabled=device != "cpu" or has_bfloat16())


@torch.inference_mode()
def validate(model: SpanModel, examples: Sequence[Example], size: int = 32) -> dict[str, float]:
    """How a model does on single examples, read `size` at a time.

    `loss`: the mean; `exact`: the share of answers whose start and end are both hit; `auc_head` and `auc_span`: the
    area under the ROC curve of "this answers" by the answerable output and by the best span.
    """
    device, training = model.token_head.weight.device.type, model.training
    model.eval()
    ordered = sorted(examples, key=lambda example: len(example.window.ids))
    losses, hits, by_head, by_span = [], [], [], []
    for at in range(0, len(ordered), size):
        chunk = ordered[at : at + size]
        batch = Batch.of([example.window for example in chunk])
        with half_precision(device):
            logits = model(batch)
        losses += [float(loss_of(logits, [[example] for example in chunk], batch.text)["all"])] * len(chunk)
        by_head += logits.answerable.tolist()
        for example, start, end in zip(chunk, logits.start.numpy(), logits.end.numpy(), strict=True):
            everywhere = [True] * len(start)
            first, last, score = best_spans(start, end, everywhere, everywhere, k=1)[0]
            by_span.append(score)
            if example.answers:
                hits.append((first, last) == (example.start, example.end))
    model.train(training)
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
