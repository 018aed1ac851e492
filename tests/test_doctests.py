"""The worked examples in the docstrings are true."""

import doctest
import importlib

import pytest

from places import ROOT

FOLDERS = {  # of the modules below each name
    "inquote": ROOT / "src" / "inquote",
    **{f"inquote.{folder}": ROOT / folder for folder in ("ingest", "index", "app", "eval")},
}
MODULES = sorted(
    ".".join((name, *path.relative_to(folder).with_suffix("").parts)).removesuffix(".__init__")
    for name, folder in FOLDERS.items()
    for path in folder.rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_worked_examples(name: str) -> None:
    done = doctest.testmod(importlib.import_module(name))
    assert done.attempted > 0
    assert done.failed == 0
