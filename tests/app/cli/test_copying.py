"""The command that copies a library."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from inquote.app.cli.commands import app
from inquote.index.stores.local.store import LocalStore
from store_writing import write


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["copy", *map(str, arguments)])
    return result.exit_code, result.output if result.exception is None else str(result.exception)


def test_a_library_is_copied_and_named(tmp_path: Path) -> None:
    write(LocalStore(tmp_path / "a"), {"zoo.md": "A newt."})
    code, output = run(tmp_path / "a", tmp_path / "b")
    assert code == 0
    assert "1 documents with 1 passages, generations 1 to 1." in output
    code, output = run(tmp_path / "a", tmp_path / "c", "--json")
    assert json.loads(output)["documents"] == 1


@pytest.mark.parametrize(
    ("target", "sentence"),
    [("ftp://host/b", "No library can be opened at ftp://"), ("s3://key@bucket/b", "credentials")],
)
def test_a_place_that_cannot_be_is_refused(tmp_path: Path, target: str, sentence: str) -> None:
    write(LocalStore(tmp_path / "a"), {"zoo.md": "A newt."})
    code, output = run(tmp_path / "a", target)
    assert code != 0
    assert sentence in output
