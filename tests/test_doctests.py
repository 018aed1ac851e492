"""The worked examples in the docstrings are true."""

import doctest
import importlib

import pytest

from places import ROOT

MODULES = sorted(
    "inquote." + ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for layer in ("ingest", "index", "app", "eval")
    for path in (ROOT / layer).rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_worked_examples(name: str) -> None:
    done = doctest.testmod(importlib.import_module(name))
    assert done.attempted > 0
    assert done.failed == 0
