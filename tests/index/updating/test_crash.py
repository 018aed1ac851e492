"""Ingests that are cut short leave the library as before or as after; `crash.py` says how, for
people too."""

import re
import subprocess
import sys

import pytest

from places import ROOT

SCRIPT = ROOT / "tests" / "crash.py"


def crash(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, SCRIPT, *arguments], capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.server
def test_an_ingest_killed_at_random_leaves_the_library_before_or_after() -> None:
    assert crash("8", "0", "0").count("kill -9: 4 times") == 5


@pytest.mark.slow
def test_an_ingest_cut_short_at_every_step_leaves_the_library_before_or_after() -> None:
    steps = [int(count) for count in re.findall(r"(\d+) steps", crash("30", "1"))]
    assert len(steps) == 4
    assert min(steps) > 15
