"""The code stays easy on the eye: few tokens a line, no crowd of comprehensions, nothing long."""

from density import measure, python_files
from places import ROOT

RUNNING = python_files(ROOT / folder for folder in ("ingest", "index", "app"))
ALL = [*RUNNING, *python_files([ROOT / "eval"])]


def longer_than(limit: int, lengths: dict[str, int]) -> list[str]:
    return [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > limit]


def test_lines_hold_few_tokens() -> None:
    assert measure(RUNNING).tokens_per_line <= 8.5


def test_few_statements_are_comprehensions() -> None:
    assert measure(RUNNING).comprehensions_per_100 <= 5


def test_modules_are_short() -> None:
    assert longer_than(350, measure(ALL).modules) == []


def test_functions_are_short() -> None:
    assert longer_than(50, measure(ALL).functions) == []
