"""Imports point only up the tree of the guide, packages and modules alike, and use one name."""

import ast
import functools
import tomllib
from pathlib import Path

import pytest

from places import ROOT

# Each module or package may import what stands before it in this list, and itself.
LAYERS = """
ingest.errors ingest.documents ingest.english ingest.languages ingest.text ingest.titles
ingest.formats.base ingest.formats.builder
ingest.values ingest.layout ingest.formats ingest.files ingest.advertising ingest.mail_fields
ingest.column_headers ingest.grid
ingest.segments ingest.packing
ingest.chunk
index.clock index.disk index.progress index.terms index.models index.stores index.retrieval
index.updating index.distributed index.copying index.verify
app.marks app.wire app.language app.reader app.answering app.system app.feedback_calibration
app.build app.remote app.library app.schemas app.service app.chat app.mcp app.web app.cli
app.training
eval.places eval.options eval.metrics eval.runs eval.report eval.sets eval.studies eval.bench
eval.peers eval.__main__
""".split()
FOLDERS = ("ingest", "index", "app", "eval")
MODULES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@functools.cache
def imports(path: Path) -> frozenset[str]:
    """Every module that a file imports, `from a import b` counting as "a.b"."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{'.' * node.level}{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def layer(name: str) -> int:
    """The place of a module in the list."""
    return next(
        at for at, layer in enumerate(LAYERS) if name == layer or name.startswith(f"{layer}.")
    )


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_point_up_the_tree(path: Path) -> None:
    if path.name == "__init__.py" and path.parent.name in FOLDERS:
        assert imports(path) == set()
        return
    own = layer(module_name(path))
    inner = {name.removeprefix("inquote.") for name in imports(path) if name.startswith("inquote.")}
    inner.discard("__version__")
    assert [name for name in inner if layer(name) > own] == []


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=module_name)
def test_nothing_is_imported_by_the_name_of_its_folder(path: Path) -> None:
    assert [name for name in imports(path) if name.split(".")[0] in FOLDERS] == []


def test_every_package_is_in_the_wheel() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    listed = set(settings["tool"]["setuptools"]["packages"])
    packages = {
        f"inquote.{module_name(path.parent)}" for path in MODULES if path.stem == "__init__"
    }
    assert packages | {"inquote", "inquote.corpus"} == listed
