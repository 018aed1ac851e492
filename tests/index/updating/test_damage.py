"""Bits that flip and power cuts: `flips.py` and `power.py` say how, for people too."""

from pathlib import Path

import pytest
from changes import CHANGES
from flips import run_trials
from power import check_change


def test_no_flipped_bit_misleads() -> None:
    outcomes = run_trials(20, 2)
    assert outcomes["what is kept differed"] > 3


@pytest.mark.parametrize("name", CHANGES)
def test_a_power_cut_leaves_the_library_before_or_after(name: str, tmp_path: Path) -> None:
    assert check_change(CHANGES[name], tmp_path, 1, 0, most=30) > 20


@pytest.mark.slow
def test_no_flipped_bit_of_many_misleads() -> None:
    assert run_trials(500, 0)["was named"] > 200


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_power_cuts_leave_the_library_before_or_after(name: str, tmp_path: Path) -> None:
    assert check_change(CHANGES[name], tmp_path, 7, 1) > 140
