"""The manifests for Kubernetes: the chats' are valid, the ingest's are parsed and reviewed."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from inquote.app.cli.commands import app
from places import ROOT

pytestmark = pytest.mark.scale
MANIFESTS = ROOT / "deploy" / "kubernetes"


def objects(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((MANIFESTS / name).read_text("utf-8")))


def options_of(command: str) -> set[str]:
    """The options that a command of inquote takes."""
    from typer.main import get_command

    commands = get_command(app).commands  # type: ignore[attr-defined]
    options: set[str] = set()
    for parameter in commands[command].params:
        options |= {*parameter.opts, *parameter.secondary_opts}
    return options


def test_the_chats_are_valid() -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    kinds = []
    for described in objects("chat.yaml"):
        kubernetes_validate.validate(described, kubernetes_validate.latest_version(), strict=True)
        kinds.append(described["kind"])
    assert kinds == ["Deployment", "Service"]


def test_the_service_leads_to_the_chats() -> None:
    deployment, service = objects("chat.yaml")
    pod = deployment["spec"]["template"]
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    [container] = pod["spec"]["containers"]
    assert service["spec"]["ports"][0]["targetPort"] == container["ports"][0]["name"]
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["spec"]["volumes"]}


def test_the_commands_take_their_options() -> None:
    [container] = objects("chat.yaml")[0]["spec"]["template"]["spec"]["containers"]
    given = {argument.partition("=")[0] for argument in container["args"]}
    assert given - options_of(container["command"][1]) == set()
    [job] = objects("ingest.yaml")
    words = job["spec"]["entrypoint"].split()
    assert words[:2] == ["inquote", "ingest"]
    assert {word for word in words if word.startswith("--")} - options_of("ingest") == set()


def test_all_machines_of_the_ingest_see_the_corpus() -> None:
    [job] = objects("ingest.yaml")
    cluster = job["spec"]["rayClusterSpec"]
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    assert cluster["authOptions"] == {"mode": "token"}
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    for group in groups:
        [container] = group["template"]["spec"]["containers"]
        paths = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        assert paths["corpus"] == "/corpus"


def test_manifests_that_were_not_run_say_so() -> None:
    for name in ("chat.yaml", "ingest.yaml"):
        assert "# NOT RUN: no Kubernetes was at hand." in Path(MANIFESTS / name).read_text("utf-8")
