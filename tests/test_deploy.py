"""The files of the container do what the guide says, as far as that can be seen without one."""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from places import ROOT

DEPLOY = ROOT / "deploy"


@pytest.fixture(scope="module")
def services() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, continued lines joined."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    pairs = [line.partition(" ") for line in lines if line and not line.startswith("#")]
    return [(name, rest.strip()) for name, _, rest in pairs]


def test_all_that_the_image_runs_is_the_script_that_is_tried_without_it() -> None:
    runs = [rest for name, rest in instructions() if name == "RUN"]
    assert runs == [
        "sh /source/deploy/steps.sh build /source /opt/inquote",
        "sh /opt/steps.sh user",
    ]
    assert sum(name == "FROM" for name, _ in instructions()) == 2


def test_the_image_is_run_by_nobody_special_and_says_whether_it_lives() -> None:
    settings = dict(instructions())
    assert settings["USER"] == "10001:10001"
    assert settings["VOLUME"] == "/library"
    assert settings["HEALTHCHECK"].endswith('CMD ["sh", "/opt/steps.sh", "health"]')
    assert "user_id=10001" in (DEPLOY / "steps.sh").read_text("utf-8")


def test_the_service_can_write_its_library_alone(services: Any) -> None:
    inquote = services["inquote"]
    assert inquote["read_only"] is True
    assert inquote["cap_drop"] == ["ALL"]
    assert inquote["security_opt"] == ["no-new-privileges:true"]
    assert inquote["volumes"] == ["library:/library", "${DOCUMENTS:-./documents}:/documents:ro"]
    assert "ports" not in inquote
    assert services["caddy"]["ports"] == ["80:80", "443:443"]


def test_the_unit_of_systemd_writes_its_state_alone() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "inquote.service")
    service = unit["Service"]
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
    assert service["StateDirectory"] == "inquote"
    assert "--library ${STATE_DIRECTORY}/library" in service["ExecStart"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_has_nothing_to_say_against_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "inquote.service").read_text("utf-8")
    unit = tmp_path / "inquote.service"
    unit.write_text(text.replace("/opt/inquote/bin/inquote", "/bin/true"))
    command = ["systemd-analyze", "verify", "--man=no", unit]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["steps.sh", "alone.sh"])
def test_scripts_are_of_the_shell_that_every_image_has(name: str) -> None:
    assert subprocess.run(["sh", "-n", DEPLOY / name]).returncode == 0


def test_ci_runs_the_steps_as_another_user() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert 'deploy/alone.sh "" .venv/bin/python' in lines
    assert os.access(DEPLOY / "alone.sh", os.X_OK)


def test_what_a_project_requires_is_taken_along_and_nothing_else(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text(
        "[build-system]\nrequires = ['iniconfig']\n"
        "[project]\ndependencies = ['httpx', 'colorama; sys_platform == \"win32\"']\n"
    )
    target = tmp_path / "site-packages"
    command = [sys.executable, DEPLOY / "packages.py", project, target]
    subprocess.run(command, check=True)
    names = {path.name for path in target.iterdir() if path.is_dir()}
    assert {"httpx", "httpcore", "anyio", "certifi", "iniconfig"} <= names
    assert names.isdisjoint({"pytest", "_pytest", "torch", "colorama"})
    assert (target / "httpx" / "__init__.py").read_bytes() == Path(httpx.__file__).read_bytes()


def test_nothing_names_where_packages_come_from() -> None:
    for path in filter(Path.is_file, DEPLOY.iterdir()):
        text = path.read_text("utf-8")
        assert "https://" not in text.replace("https://${SERVER_NAME", "")
