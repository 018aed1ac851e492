"""What training minimises, and how well a model does by it on held-out questions."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from inquote.app.reader.decode import best_spans
from inquote.app.reader.model import Batch, Logits, SpanModel
from inquote.app.training.examples import Example
from inquote.app.training.teacher import Teacher
from inquote.index.models.embedder import has_bfloat16

EVIDENCE_WEIGHT = 0.5
ANSWERABLE_WEIGHT = 0.5
RIVAL_WEIGHT = 0.5
LABEL_WEIGHT = 0.5  # of all these together beside what a teacher says
TEMPERATURE = 2.0  # at which start and end are learned from a teacher
_NOWHERE = -1e4  # instead of -inf, whose product with zero is no number


def loss_of(logits: Logits, groups: Sequence[Sequence[Example]], text: Tensor) -> dict[str, Tensor]:
    """The mean losses of a batch whose rows are the groups' examples one after the other; `text` is the batch's.

    `span`: cross-entropy of start and of end in each text, "none" being one more choice with the logit 0. `rival`: the
    same over all texts of a group that has several (the shared normalisation of Clark and Gardner 2018). `evidence` and
    `answerable`: binary cross-entropy a token and a text. `all`: their weighted sum.
    """
    examples, device = [example for group in groups for example in group], text.device
    answers = torch.tensor([float(example.answers) for example in examples], device=device)
    span, rival = torch.zeros((), device=device), torch.zeros((), device=device)
    for scores, targets in (
        (logits.start, [e.start for e in examples]),
        (logits.end, [e.end for e in examples]),
    ):
        mass = torch.logsumexp(scores, 1)
        target = scores.gather(1, torch.tensor(targets, device=device).clamp(min=0)[:, None])[:, 0]
        right = torch.where(answers > 0, target, 0.0)
        span = span + (functional.softplus(mass) - right).mean() / 2
        rival = rival + _rival_loss(mass, right, groups) / 2
    evidence = _evidence_loss(logits.evidence, examples, text)
    answerable = functional.binary_cross_entropy_with_logits(logits.answerable, answers)
    whole = (
        span + RIVAL_WEIGHT * rival + EVIDENCE_WEIGHT * evidence + ANSWERABLE_WEIGHT * answerable
    )
    return {
        "span": span,
        "rival": rival,
        "evidence": evidence,
        "answerable": answerable,
        "all": whole,
    }


def _rival_loss(mass: Tensor, right: Tensor, groups: Sequence[Sequence[Example]]) -> Tensor:
    sizes = [len(group) for group in groups]
    together = torch.logsumexp(pad_sequence(list(mass.split(sizes)), True, _NOWHERE), 1)
    firsts = torch.tensor([0, *itertools.accumulate(sizes[:-1])], device=mass.device)
    several = torch.tensor([size > 1 for size in sizes], device=mass.device)
    return ((functional.softplus(together) - right[firsts]) * several).sum() / len(mass)


def _evidence_loss(evidence: Tensor, examples: Sequence[Example], text: Tensor) -> Tensor:
    places = torch.arange(evidence.shape[1], device=text.device)
    first, last = torch.tensor(
        [(e.evidence_start, e.evidence_end) for e in examples], device=text.device
    ).T[:, :, None]
    wanted = ((places >= first) & (places <= last)).float()
    return _of_tokens(
        functional.binary_cross_entropy_with_logits(evidence, wanted, reduction="none"), text
    )


def _of_tokens(each: Tensor, text: Tensor) -> Tensor:
    """The mean over the texts of the mean over a text's tokens."""
    return ((each * text).sum(1) / text.sum(1).clamp(min=1)).mean()


def taught_loss(logits: Logits, taught: Logits, text: Tensor) -> dict[str, Tensor]:
    """How far the outputs are from a teacher's of the same batch (Hinton, Vinyals and Dean 2015, arXiv:1503.02531).

    `start_end`: the divergence of start and of end, "none" included, at `TEMPERATURE`, times its square. `evidence`
    and `answerable`: the binary cross-entropy with the teacher's probabilities. `taught`: the sum, weighted as in
    `loss_of`.
    """
    pairs = ((logits.start, taught.start), (logits.end, taught.end))
    start_end = (
        sum(
            (_divergence(ours, theirs) for ours, theirs in pairs),
            torch.zeros((), device=text.device),
        )
        / 2
    )
    tokens = functional.binary_cross_entropy_with_logits(
        logits.evidence, taught.evidence.sigmoid(), reduction="none"
    )
    evidence = _of_tokens(tokens, text)
    answerable = functional.binary_cross_entropy_with_logits(
        logits.answerable, taught.answerable.sigmoid()
    )
    whole = start_end + EVIDENCE_WEIGHT * evidence + ANSWERABLE_WEIGHT * answerable
    return {"start_end": start_end, "taught": whole}


def _divergence(ours: Tensor, theirs: Tensor) -> Tensor:
    ours, theirs = (
        torch.log_softmax(functional.pad(scores.clamp(min=_NOWHERE), (1, 0)) / TEMPERATURE, 1)
        for scores in (ours, theirs)
    )
    return functional.kl_div(ours, theirs, reduction="batchmean", log_target=True) * TEMPERATURE**2


def half_precision(device: str) -> torch.autocast:
    """Matrix products in bfloat16 where `device` has them; a CPU without would take many times as long."""
    return torch.autocast(device, torch.bfloat16, enabled=device != "cpu" or has_bfloat16())


@torch.inference_mode()
def validate(
    model: SpanModel | Teacher, examples: Sequence[Example], size: int = 32
) -> dict[str, float]:
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
        losses += [
            float(
                loss_of(logits, [[e] for e in chunk], batch.text.to(logits.evidence.device))["all"]
            )
        ] * len(chunk)
        by_head += logits.answerable.tolist()
        for example, start, end in zip(
            chunk, logits.start.cpu().numpy(), logits.end.cpu().numpy(), strict=True
        ):
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
