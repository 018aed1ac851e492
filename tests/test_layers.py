"""Imports point only up the pipeline: ingest < index < app < eval."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("ingest", "index", "app", "eval")
MODULES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_up_the_pipeline(path: Path) -> None:
    own = LAYERS.index(path.relative_to(ROOT).parts[0])
    later = {name for name in imported(path) if name.split(".")[0] in LAYERS[own + 1 :]}
    assert later == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_builtin_eval_is_not_hidden(path: Path) -> None:
    assert "eval" not in imported(path)
