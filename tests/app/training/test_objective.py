import math

import numpy as np
import pytest
import torch

from inquote.app.reader.model import Batch, Logits, Window
from inquote.app.training.examples import Example
from inquote.app.training.objective import area_under_roc, compute_losses, keeping_losses


def test_the_losses_of_a_hand_made_case() -> None:
    window = Window((101, 7, 102, 5, 6, 102), 3, 3, 0, 2)
    groups = [[Example(window, ((3, 4),), ((3, 3),), ((3, 4),)), Example(window)]]
    nowhere = -math.inf
    row = [nowhere, nowhere, nowhere, 0.0, 0.0, nowhere]
    scores, zeros = torch.tensor([row, row]), torch.zeros(2, 6)
    logits = Logits(scores, scores, zeros, zeros, torch.zeros(2))
    losses = compute_losses(logits, groups, Batch.of([window, window]).text)
    assert losses["span"].item() == pytest.approx(
        math.log(3)
    )  # of two tokens and none, for start and for end
    assert losses["rival"].item() == pytest.approx(
        math.log(5) / 2
    )  # of four tokens and none; one of two windows
    for name in ("evidence", "member", "answerable"):
        assert losses[name].item() == pytest.approx(math.log(2))


def test_the_mass_of_all_spans_of_an_answer_is_wanted() -> None:
    window = Window((101, 7, 102, 5, 6, 102), 3, 3, 0, 2)
    several = Example(window, ((3, 3), (4, 4)), ((3, 3), (4, 4)), ((3, 4),))
    nowhere = -math.inf
    scores = torch.tensor([[nowhere, nowhere, nowhere, 0.0, 0.0, nowhere]])
    logits = Logits(scores, scores, torch.zeros(1, 6), torch.zeros(1, 6), torch.zeros(1))
    losses = compute_losses(logits, [[several]], Batch.of([window]).text)
    assert losses["span"].item() == pytest.approx(math.log(3 / 2))


def test_what_earlier_weights_say_is_kept_but_for_new_kinds_of_questions() -> None:
    window = Window((101, 7, 102, 5, 6, 102), 3, 3, 0, 2)
    known, new = Example(window, ((3, 3),)), Example(window, ((3, 3),), is_new=True)
    text = Batch.of([window, window]).text
    nowhere = -math.inf
    scores = torch.tensor([[nowhere, nowhere, nowhere, 0.0, 0.0, nowhere]] * 2)
    zeros = torch.zeros(2, 6)
    kept = Logits(scores, scores, zeros, zeros, torch.zeros(2))
    far = torch.tensor([0.0, 9.0])  # the second window is told otherwise now
    ours = Logits(scores, scores + far[:, None], zeros, zeros + far[:, None], far)
    # Of the known one: evidence at half weight and "answers" at half weight, ln 2 each.
    same = keeping_losses(ours, kept, [[known], [new]], text)["kept"].item()
    assert same == pytest.approx(math.log(2) / 2)
    assert keeping_losses(ours, kept, [[new], [new]], text)["kept"].item() == 0
    other = keeping_losses(ours, kept, [[new], [known]], text)["kept"].item()
    assert other > math.log(2)


def test_area_under_roc_of_a_hand_made_case() -> None:
    assert (
        area_under_roc(np.array([3.0, 1.0, 2.0, 1.0]), np.array([True, True, False, False]))
        == 0.625
    )
