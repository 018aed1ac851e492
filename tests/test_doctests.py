"""The worked examples in the docstrings are true."""

import doctest
import importlib
from typing import Any

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


NEED_THE_EXTRA = ("inquote.index.stores.shared.", "inquote.index.distributed.")


def with_mark(name: str) -> Any:
    """A module, marked where it needs the scale extra."""
    is_scale = name.startswith(NEED_THE_EXTRA)
    return pytest.param(name, marks=pytest.mark.scale if is_scale else ())


@pytest.mark.parametrize("name", [with_mark(name) for name in MODULES])
def test_worked_examples(name: str) -> None:
    done = doctest.testmod(importlib.import_module(name))
    assert done.attempted > 0
    assert done.failed == 0
