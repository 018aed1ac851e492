"""What the README shows is run as it stands there, but for the port."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from fake_system import FakeSystem, make_document, opener
from places import ROOT
from serving import served

README = (ROOT / "README.md").read_text("utf-8")
PORT = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    document = make_document("Developed by Amgen, it was the first.\n")
    with served(opener(FakeSystem(document, {"developed": ["Amgen"]}))) as address:
        yield address


def example(start: str) -> str:
    """The one code block that begins with `start`."""
    blocks = [
        block
        for block in re.findall(r"```\w*\n(.*?)```", README, re.DOTALL)
        if block.startswith(start)
    ]
    assert len(blocks) == 1
    assert PORT in blocks[0]
    return blocks[0]


def run(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.skipif(
    not shutil.which("curl"), reason="no curl here: `apt-get install curl` brings it"
)
def test_the_curl_example(address: str) -> None:
    assert '"answer":"Amgen"' in run(["sh", "-c", example("curl").replace(PORT, address)])


def test_the_python_example(address: str) -> None:
    printed = run([sys.executable, "-c", example("import json").replace(PORT, address)])
    assert printed == "Amgen 0.82\ncorpus/small.md 13-18: Amgen\n"
