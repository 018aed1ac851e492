"""The code stays easy on the eye: few tokens a line, no crowd of comprehensions, nothing long."""

from functools import cache

from density import Density, measure, python_files
from places import ROOT

RUNNING = python_files(ROOT / folder for folder in ("ingest", "index", "app"))
EVAL = python_files([ROOT / "eval"])


@cache
def of_running() -> Density:
    return measure(RUNNING)


@cache
def of_eval() -> Density:
    return measure(EVAL)


def longer_than(limit: int, lengths: dict[str, int]) -> list[str]:
    return [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > limit]


def test_lines_hold_few_tokens() -> None:
    assert of_running().tokens_per_line <= 8.5


def test_few_statements_are_comprehensions() -> None:
    assert of_running().comprehensions_per_100 <= 5


def test_modules_are_short() -> None:
    assert longer_than(350, of_running().modules | of_eval().modules) == []


def test_functions_are_short() -> None:
    assert longer_than(50, of_running().functions | of_eval().functions) == []
