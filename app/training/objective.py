"""Compute the losses that training minimises, and the quality of a model on held-out questions."""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from inquote.app.reader.decode import best_spans
from inquote.app.reader.model import Batch, Logits, SpanModel
from inquote.app.training.examples import Example
from inquote.app.training.teacher import Teacher
from inquote.index.models.precision import fastest_precision

EVIDENCE_WEIGHT = 0.5
ANSWERABLE_WEIGHT = 0.5
RIVAL_WEIGHT = 0.5
MEMBER_WEIGHT = 4.0  # few tokens are members
LABEL_WEIGHT = 0.5  # of all these losses together, beside the teacher's
TEMPERATURE = 2.0  # at which start and end are learned from a teacher
_FINITE_MINIMUM = -1e4  # instead of -inf, whose product with zero is not a number


class _Targets(NamedTuple):
    """What the examples of a batch want: (n, length) bool each, and (n,) for `answers`."""

    start: Tensor
    end: Tensor
    evidence: Tensor
    member: Tensor
    answers: Tensor


def _targets(groups: Sequence[Sequence[Example]], text: Tensor) -> _Targets:
    """Return the targets of the examples of all groups in order; `text` is the batch's."""
    start, end, evidence, member = (torch.zeros(text.shape, dtype=torch.bool) for _ in range(4))
    examples = list(itertools.chain.from_iterable(groups))
    for row, example in enumerate(examples):
        for first, last in example.spans:
            start[row, first] = end[row, last] = True
        for first, last in example.evidence:
            evidence[row, first : last + 1] = True
        for first, last in example.members:
            member[row, first : last + 1] = True
    answers = torch.tensor([example.answers for example in examples])
    return _Targets(*(part.to(text.device) for part in (start, end, evidence, member, answers)))


def compute_losses(
    logits: Logits, groups: Sequence[Sequence[Example]], text: Tensor
) -> dict[str, Tensor]:
    """Return the mean losses of a batch, each a scalar.

    The rows of `logits` are the examples of all groups in order; `text` (n, length) is the batch's.

    - `span`: cross-entropy of start and of end in each text. "None" is one more choice, with the
      logit 0.
    - `rival`: the same over all texts of a group that has several, the shared normalisation of
      Clark and Gardner 2018, arXiv:1710.10723.
    - `evidence`, `member`, `answerable`: binary cross-entropy a token, a token and a text.
    - `all`: their weighted sum.

    Where several spans may be marked, the mass of all of them is wanted.
    """
    targets = _targets(groups, text)
    answers = targets.answers
    # Start and end: the mass of all tokens against the logit of the right one.
    span = torch.zeros((), device=text.device)
    rival = torch.zeros((), device=text.device)
    for scores, target in ((logits.start, targets.start), (logits.end, targets.end)):
        mass = torch.logsumexp(scores, 1)
        wanted = scores.masked_fill(~target, _FINITE_MINIMUM)
        right = torch.where(answers, torch.logsumexp(wanted, 1), 0.0)
        span = span + (functional.softplus(mass) - right).mean() / 2
        rival = rival + _rival_loss(mass, right, groups) / 2
    # The other two outputs.
    evidence = _token_loss(logits.evidence, targets.evidence, text)
    member = _token_loss(logits.member, targets.member, text)
    answerable = functional.binary_cross_entropy_with_logits(logits.answerable, answers.float())
    total = span + RIVAL_WEIGHT * rival
    total = total + EVIDENCE_WEIGHT * evidence + ANSWERABLE_WEIGHT * answerable
    total = total + MEMBER_WEIGHT * member
    return {
        "span": span,
        "rival": rival,
        "evidence": evidence,
        "member": member,
        "answerable": answerable,
        "all": total,
    }


def _rival_loss(mass: Tensor, right: Tensor, groups: Sequence[Sequence[Example]]) -> Tensor:
    """Return the span loss over all texts of a group, summed over groups, divided by the texts.

    `mass` and `right` are (n,): a text's log-sum of scores, and the score of its right token.
    """
    sizes = [len(group) for group in groups]
    by_group = pad_sequence(
        list(torch.split(mass, sizes)),
        batch_first=True,
        padding_value=_FINITE_MINIMUM,
    )
    group_mass = torch.logsumexp(by_group, 1)
    # The first text of a group is the one that answers.
    firsts = [0, *itertools.accumulate(sizes[:-1])]
    losses = functional.softplus(group_mass) - right[firsts]
    # A group of one text has no rivals.
    several = torch.tensor(sizes, device=mass.device) > 1
    return (losses * several).sum() / len(mass)


def _token_loss(scores: Tensor, wanted: Tensor, text: Tensor) -> Tensor:
    """Return the binary cross-entropy of logits a token, (n, length) each."""
    losses = functional.binary_cross_entropy_with_logits(scores, wanted.float(), reduction="none")
    return _mean_over_texts(losses, text)


def _mean_over_texts(losses: Tensor, text: Tensor) -> Tensor:
    """Average the losses of a text's tokens, then the averages of all texts."""
    tokens = text.sum(1).clamp(min=1)
    by_text = (losses * text).sum(1) / tokens
    return by_text.mean()


def keeping_losses(
    logits: Logits, kept: Logits, groups: Sequence[Sequence[Example]], text: Tensor
) -> dict[str, Tensor]:
    """Return how far the outputs are from those of earlier weights, as `kept`.

    Examples of a kind that these did not learn do not count, nor do members (learning without
    forgetting, Li and Hoiem 2016, arXiv:1606.09282).
    """
    examples = itertools.chain.from_iterable(groups)
    rows = torch.tensor([not example.is_new for example in examples], device=text.device)
    if not rows.any():
        return {"kept": torch.zeros((), device=text.device)}
    losses = distillation_losses(logits.at(rows), kept.at(rows), text[rows], member_weight=0.0)
    return {"kept": losses["taught"] * rows.float().mean()}


def distillation_losses(
    logits: Logits, taught: Logits, text: Tensor, member_weight: float = MEMBER_WEIGHT
) -> dict[str, Tensor]:
    """Return how far the outputs are from a teacher's outputs for the same batch.

    - `start_end`: the divergence of start and of end, "none" included, at `TEMPERATURE`, times its
      square (Hinton, Vinyals and Dean 2015, arXiv:1503.02531).
    - `taught`: its sum with the binary cross-entropy of evidence, members and "answerable" with the
      teacher's probabilities, weighted as in `compute_losses`.
    """
    start = _divergence(logits.start, taught.start)
    end = _divergence(logits.end, taught.end)
    start_end = (start + end) / 2
    evidence = _token_loss(logits.evidence, taught.evidence.sigmoid(), text)
    member = _token_loss(logits.member, taught.member.sigmoid(), text)
    answerable = functional.binary_cross_entropy_with_logits(
        logits.answerable,
        taught.answerable.sigmoid(),
    )
    total = start_end + EVIDENCE_WEIGHT * evidence + ANSWERABLE_WEIGHT * answerable
    total = total + member_weight * member
    return {"start_end": start_end, "taught": total}


def _divergence(ours: Tensor, theirs: Tensor) -> Tensor:
    """Return the Kullback-Leibler divergence of softened scores, (n, length) each."""
    divergence = functional.kl_div(
        _soften(ours),
        _soften(theirs),
        reduction="batchmean",
        log_target=True,
    )
    return divergence * TEMPERATURE**2


def _soften(scores: Tensor) -> Tensor:
    """Return log-probabilities at `TEMPERATURE`, "none" first: (n, 1 + length)."""
    with_none = functional.pad(scores.clamp(min=_FINITE_MINIMUM), (1, 0))
    return torch.log_softmax(with_none / TEMPERATURE, 1)


def half_precision(device: str) -> torch.autocast:
    """Compute matrix products in bfloat16 where `device` has them.

    A CPU without would take many times as long.
    """
    return torch.autocast(
        device, torch.bfloat16, enabled=device != "cpu" or fastest_precision() == "bfloat16"
    )


@torch.inference_mode()
def validate(
    model: SpanModel | Teacher, examples: Sequence[Example], size: int = 32
) -> dict[str, float]:
    """Measure a model on single examples, read `size` at a time.

    - `loss`: the mean.
    - `exact`: the share of the answers whose start and end are both hit, in [0, 1].
    - `auc_head`, `auc_span`: the area under the ROC curve of "this answers", by the answerable
      output and by the best span.
    """
    training = model.training
    model.eval()
    ordered = sorted(examples, key=lambda example: len(example.window.ids))
    losses: list[float] = []
    hits: list[bool] = []
    head_scores: list[float] = []
    span_scores: list[float] = []
    for first in range(0, len(ordered), size):
        chunk = ordered[first : first + size]
        logits, loss = _read_examples(model, chunk)
        losses += [loss] * len(chunk)
        head_scores += logits.answerable.tolist()
        starts, ends = logits.start.cpu().numpy(), logits.end.cpu().numpy()
        for row, example in enumerate(chunk):
            everywhere = [True] * starts.shape[1]
            best = best_spans(starts[row], ends[row], everywhere, everywhere, k=1)
            start, end, score = best[0]
            span_scores.append(score)
            if example.answers:
                hits.append((start, end) in example.spans)
    model.train(training)
    answers = np.array([example.answers for example in ordered])
    return {
        "loss": float(np.mean(losses)),
        "exact": float(np.mean(hits)),
        "auc_head": area_under_roc(np.array(head_scores), answers),
        "auc_span": area_under_roc(np.array(span_scores), answers),
    }


def _read_examples(model: SpanModel | Teacher, examples: Sequence[Example]) -> tuple[Logits, float]:
    """Return the outputs for single examples and their mean loss."""
    batch = Batch.of([example.window for example in examples])
    with half_precision(model.token_head.weight.device.type):
        logits: Logits = model(batch)
    text = batch.text.to(logits.evidence.device)
    losses = compute_losses(logits, [[example] for example in examples], text)
    return logits, float(losses["all"])


def area_under_roc(scores: np.ndarray, positive: np.ndarray) -> float:
    """Return the probability that a random positive scores above a random negative.

    Ties count half, as in the test of Mann and Whitney 1947. Both arrays are (n,).

    >>> area_under_roc(np.array([3.0, 2.0, 1.0]), np.array([True, False, True]))
    0.5
    """
    above = scores[positive]
    below = np.sort(scores[~positive])
    if not len(above) or not len(below):
        return math.nan
    # Count the negatives below each positive, without ties and with them.
    without_ties = np.searchsorted(below, above, "left")
    with_ties = np.searchsorted(below, above, "right")
    pairs = without_ties + with_ties
    return float(pairs.mean() / 2 / len(below))
