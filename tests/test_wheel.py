"""The wheel holds all that runs, under one name: installed apart, it works from an empty folder."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from places import ROOT

pytestmark = pytest.mark.slow

QUESTIONS = ROOT / "eval" / "questions" / "imlygic.jsonl"


def run(*command: str | Path, **more: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **more)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel alone is installed; what it requires comes from the tests' own Python."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    python = Path(sys.executable)
    made = ("-o", ".venv/installed", f"BIN={python.parent}", f"WHEELS={wheels}")
    run("make", *made, "wheel", cwd=ROOT)
    (wheel,) = wheels.glob("inquote-*.whl")
    pip = (python, "-m", "pip", "install", "--disable-pip-version-check", "--no-index")
    run(*pip, "--no-deps", "--target", target, wheel)
    return target


@pytest.fixture
def environment(installed: Path) -> dict[str, str]:
    """The variables with which Python takes inquote from where the wheel is installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INQUOTE")}
    return {**kept, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}


@pytest.fixture
def inquote(installed: Path) -> Path:
    return installed / "bin" / "inquote"


def test_one_name_is_installed(installed: Path) -> None:
    names = {path.name for path in installed.iterdir()} - {"bin"}
    assert len(names) == 2
    assert "inquote" in names
    assert any(re.fullmatch(r"inquote-[\d.]+\.dist-info", name) for name in names)


def test_it_is_imported_from_there(
    installed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    code = "import inquote, inquote.ingest.text as t; print(inquote.__version__, t.__file__)"
    version, file = run(sys.executable, "-c", code, env=environment, cwd=tmp_path).split()
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert Path(file) == installed / "inquote" / "ingest" / "text.py"


def test_its_version_is_told(inquote: Path, environment: dict[str, str], tmp_path: Path) -> None:
    told = run(sys.executable, inquote, "--version", env=environment, cwd=tmp_path)
    assert re.search(r"\d+\.\d+\.\d+", told)


def test_a_file_is_parsed_in_a_child(
    inquote: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "otters.html").write_text("<p>An otter weighs 12 kilograms.")
    ingest = (sys.executable, inquote, "ingest", "otters.html")
    assert "added: " in run(*ingest, env=environment, cwd=tmp_path)


def test_questions_are_evaluated_from_an_empty_folder(
    environment: dict[str, str], tmp_path: Path
) -> None:
    few = QUESTIONS.read_text("utf-8").splitlines()[:6]
    (tmp_path / "few.jsonl").write_text("\n".join(few), "utf-8")
    evaluate = (sys.executable, "-m", "inquote.eval", "run", "--part", "tune")
    run(*evaluate, "few.jsonl", "--json", env=environment, cwd=tmp_path)
    (predictions,) = (tmp_path / "inquote-runs").glob("*/predictions.jsonl")
    assert '"verbatim_violations"' in predictions.with_name("report.json").read_text("utf-8")


@pytest.fixture
def chat(inquote: Path, environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The address of a chat without a library, which it prints once it listens."""
    command = (sys.executable, inquote, "chat", "--no-browser", "--port", "0")
    with subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = next(iter(process.stdout), "")
        try:
            yield re.findall(r"http://[\d.]+:\d+", line)[0]
        finally:
            process.terminate()


def test_the_chat_answers_without_a_library(chat: str) -> None:
    with urlopen(chat, timeout=60) as response:
        assert b"inquote" in response.read()
