"""README and guide are true: their examples run, but for the port; the paths they name exist."""

import contextlib
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import inquote
from asked_endpoints import make_library, served_library
from fake_system import FakeSystem, make_document, opener
from inquote.app.answering.answer import Answer
from places import ROOT
from serving import served

PORT = "http://127.0.0.1:7860"
GUIDE = ROOT / "docs"
PROSE = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "DECISIONS.md")),
    *sorted(GUIDE.rglob("*.md")),
]
PATH = re.compile(r"`((?:ingest|index|app|eval|src|tests|docs|corpus)/[\w./-]*)`")
FOLDERS = ("ingest", "index", "app", "eval")
PACKAGES = sorted(
    path.parent for folder in FOLDERS for path in ROOT.glob(f"{folder}/**/__init__.py")
)


def small_system() -> FakeSystem:
    document = make_document("Developed by Amgen, it was the first.\n")
    return FakeSystem(document, {"developed": ["Amgen"]}, nearest=("Amgen",))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(opener(small_system())) as address:
        yield address


def example(file: Path, start: str) -> str:
    """The one code block of a file that begins with `start`."""
    blocks = re.findall(r"```\w*\n(.*?)```", file.read_text("utf-8"), re.DOTALL)
    (block,) = (block for block in blocks if block.startswith(start))
    return str(block)


def run(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.skipif(
    not shutil.which("curl"), reason="no curl here: `apt-get install curl` brings it"
)
def test_the_curl_example(address: str) -> None:
    code = example(ROOT / "README.md", "curl")
    assert PORT in code
    assert '"answer":"Amgen"' in run(["sh", "-c", code.replace(PORT, address)])


def test_the_python_example(address: str) -> None:
    code = example(GUIDE / "guide" / "programs.md", "import json")
    assert PORT in code
    printed = run([sys.executable, "-c", code.replace(PORT, address)])
    assert printed == "Amgen 0.82\ncorpus/small.md 13-18: Amgen\n"


def test_the_example_of_another_servers_library(tmp_path: Path) -> None:
    code = example(GUIDE / "guide" / "programs.md", "import inquote")
    assert "https://docs.example.org/inquote" in code
    with served_library(make_library(tmp_path), writable=False) as address:
        printed = run(
            [sys.executable, "-c", code.replace("https://docs.example.org/inquote", address)]
        )
    assert re.findall(r"^zoo/(\w+)\.md \d+ \d+$", printed, re.MULTILINE)


class SmallLibrary(contextlib.AbstractContextManager["SmallLibrary"]):
    """What `open_library` gives, over a system without models."""

    def __init__(self, location: str) -> None:
        assert location == "inquote-library"
        self.document = small_system().document

    def ask(
        self, question: str, history: Sequence[str] = (), scope: Sequence[str] | None = None
    ) -> Answer:
        return small_system().ask(question, history)

    def __exit__(self, *_: object) -> None:
        pass


def printed_by(code: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(inquote, "open_library", SmallLibrary)
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, names)
    return printed.getvalue()


def test_the_library_example(monkeypatch: pytest.MonkeyPatch) -> None:
    code = example(ROOT / "README.md", "import inquote")
    assert printed_by(code, monkeypatch) == "Amgen 0.82\ncorpus/small.md 13 18 Amgen\n"


def test_the_library_example_of_the_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    code = example(GUIDE / "guide" / "library.md", "import inquote")
    printed = printed_by(code, monkeypatch)
    assert printed == "Amgen 0.82\nAnd when was it approved? None\n"


@pytest.mark.parametrize("file", PROSE, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_the_paths_that_are_named_exist(file: Path) -> None:
    named = set(PATH.findall(file.read_text("utf-8")))
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_tree_names_every_package(package: Path) -> None:
    assert re.search(rf"^ *{package.name}/ ", (GUIDE / "tree.md").read_text("utf-8"), re.MULTILINE)
