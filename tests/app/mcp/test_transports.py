"""The server over both transports, driven by the SDK's own client."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from asked_endpoints import make_library, served_library
from places import ROOT

pytestmark = pytest.mark.server
PATIENCE = 240  # seconds
# What `inquote mcp` runs, over the models' fakes.
STDIO = """
import asyncio, sys
from pathlib import Path
from asked_endpoints import open_fakes
from inquote.app.mcp.transports import serve_stdio
from inquote.app.service.service import Service

service = Service(lambda: open_fakes(Path(sys.argv[1])), at_once=False)
asyncio.run(serve_stdio(service, "https://docs.example.org"))
service.close()
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("zoo"))


@pytest.fixture(scope="module")
def address(library: Path) -> Iterator[str]:
    with served_library(library) as address:
        yield address


def stdio(library: Path) -> StdioServerParameters:
    paths = {"PYTHONPATH": str(ROOT / "tests")}
    return StdioServerParameters(
        command=sys.executable, args=["-c", STDIO, str(library)], env=paths
    )


async def drive(target: Any, mode: str) -> dict[str, Any]:
    """Use each tool and a resource once."""
    async with Client(target, mode=mode, read_timeout_seconds=PATIENCE) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert names == ["ask", "search", "read", "documents", "verify_citation"]
        question = {"question": "An otter weighs how many kilograms?"}
        answer = (await client.call_tool("ask", question)).structured_content
        assert answer is not None
        (citation,) = answer["citations"]
        place = {key: citation[key] for key in ("document", "start", "end")}
        verdict = await client.call_tool("verify_citation", {**place, "quote": citation["quote"]})
        assert (verdict.structured_content or {})["is_verbatim"] is True
        text = (await client.call_tool("read", place)).structured_content
        assert (text or {})["text"] == citation["quote"]
        passages = await client.call_tool("search", {"query": "afloat", "limit": 1})
        assert len((passages.structured_content or {})["passages"]) == 1
        refused = await client.call_tool("ask", {"question": "?"})
        assert refused.is_error
        resources = (await client.list_resources()).resources
        (content,) = (await client.read_resource(resources[0].uri)).contents
        assert content.text.startswith("Otters")  # type: ignore[union-attr]
        return answer


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_sdk_s_client_over_http(address: str, mode: str) -> None:
    answer = asyncio.run(drive(f"{address}/mcp", mode))
    assert answer["citations"][0]["link"].startswith(f"{address}/#document=zoo%2Fotters.md&")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_sdk_s_client_over_stdio(library: Path, mode: str) -> None:
    answer = asyncio.run(drive(stdio(library), mode))
    link = answer["citations"][0]["link"]
    assert link.startswith("https://docs.example.org/#document=zoo%2Fotters.md&")


def test_the_command_starts_without_a_library_and_says_so(tmp_path: Path) -> None:
    async def ask() -> str:
        command = "from inquote.app.cli.commands import main; main()"
        arguments = ["-c", command, "mcp", "--library", str(tmp_path / "none")]
        server = StdioServerParameters(command=sys.executable, args=arguments)
        async with Client(server, read_timeout_seconds=PATIENCE) as client:
            result = await client.call_tool("ask", {"question": "Who made it?"})
            assert result.is_error
            return result.content[0].text  # type: ignore[union-attr]

    assert "make one with: inquote ingest" in asyncio.run(ask())


def test_nothing_but_the_protocol_is_printed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from inquote.app.cli.commands import main; main()", "mcp"]
    ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}\nno JSON\n'
    done = subprocess.run(
        [*command, "--library", str(tmp_path / "none")],
        input=ping,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert all(line.startswith('{"jsonrpc":"2.0"') for line in done.stdout.splitlines())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("more", [[], ["--http", "0"]], ids=["stdio", "http"])
def test_ctrl_c_ends_it_with_a_sentence_at_most(more: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from inquote.app.cli.start import main; main()", "mcp"]
    with subprocess.Popen(
        [*command, "--library", str(tmp_path / "none"), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin and process.stdout
        process.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
        process.stdin.flush()
        assert process.stdout.readline()  # the answer, or the address
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
        said = process.stderr.read() if process.stderr else ""
    if more:
        assert (process.returncode, said) == (0, "")
    else:
        assert process.returncode == 130
        assert said == "Stopped; nothing of the library was changed.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--no-auth"], "Say on which port"),
        (["--host", "0.0.0.0"], "Say on which port"),
        (["--http", "0", "--host", "0.0.0.0"], "lets others in"),
        (["--page-url", "nowhere"], "--page-url nowhere is no address"),
    ],
)
def test_options_that_contradict_are_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from inquote.app.cli.commands import app
    from inquote.app.cli.terminal import run_program

    with pytest.raises(SystemExit) as ended:
        run_program(lambda: app(["mcp", *arguments], standalone_mode=False))
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err
