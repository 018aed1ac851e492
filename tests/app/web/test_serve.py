"""The server as a process: its address, and the signals that stop it."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from inquote.app.web.server import DRAIN_SECONDS, ServerError, serve
from places import ROOT
from read_elsewhere import PATIENCE, wait_for

SERVE = """
import sys, time
from inquote.app.web.server import serve
from fake_system import FakeSystem
class Slow(FakeSystem):
    def ask(self, question, history=(), scope=None):
        print("asked", flush=True)
        time.sleep(1.5)
        return super().ask(question, history)
    def close(self):
        print("closed", flush=True)
serve(Slow, port=0, open_browser=False)
print("left", flush=True)
"""


@pytest.mark.server
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_running_request_finish(number: signal.Signals, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    child = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert child.stdout
    try:
        port = int(re.search(r":(\d+)", child.stdout.readline())[1])  # type: ignore[index]
        httpx.get(
            f"http://127.0.0.1:{port}/api/pane", timeout=30
        )  # answers once the system is open
        with (
            socket.create_connection(("127.0.0.1", port)) as page,
            socket.create_connection(("127.0.0.1", port)) as ask,
        ):
            page.sendall(b"GET /gradio_api/heartbeat/abc HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b"200 OK" in page.recv(4096)
            body = json.dumps({"question": "approved"}).encode()
            head = f"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
            ask.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
            assert child.stdout.readline() == "asked\n"
            child.send_signal(number)
            answer = b""
            ask.settimeout(10)
            while chunk := ask.recv(65536):
                answer += chunk
        assert b'"answer":"2015"' in answer
        assert child.wait(DRAIN_SECONDS - 5) == 0  # without waiting for the page that is open
        assert child.stdout.read() == "closed\nleft\n"
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


SERVE_TWO = """
import sys
from functools import partial
from pathlib import Path
from inquote.app.service.readers import Readers
from inquote.app.web.server import serve
from read_elsewhere import open_obedient
open_system = partial(open_obedient, Path(sys.argv[1]))
readers = Readers(open_system, 2)
serve(open_system, port=0, open_browser=False, readers=readers)
print("left", len(readers.processes), flush=True)
"""


@pytest.mark.server
def test_ctrl_c_lets_other_processes_finish_their_questions_and_ends_them(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE_TWO, tmp_path],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        process_group=0,
    )
    assert server.stdout
    try:
        lines = iter(server.stdout.readline, "")
        address = next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
        while httpx.get(f"{address}/readyz", timeout=PATIENCE).status_code == 503:
            time.sleep(0.1)
        with ThreadPoolExecutor() as pool:
            body = {"question": "wait until approved"}
            asked = pool.submit(httpx.post, f"{address}/api/ask", json=body, timeout=PATIENCE)
            wait_for(tmp_path / "read")
            os.killpg(server.pid, signal.SIGINT)  # as a terminal does
            (tmp_path / "go").touch()
            assert asked.result().json()["answer"] == "2015"
        assert server.wait(DRAIN_SECONDS) == 0
        assert server.stdout.read().endswith("left 0\n")
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def test_a_port_that_is_taken_is_one_sentence_with_its_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            ServerError, match=f"Cannot listen on port {port} of 127.0.0.1: Address already in use"
        ):
            serve(lambda: pytest.fail("must not be opened"), port=port, open_browser=False)


def test_a_host_that_is_not_here_is_one_sentence() -> None:
    with pytest.raises(ServerError, match=r"192\.0\.2\.1"):
        serve(
            lambda: pytest.fail("must not be opened"), host="192.0.2.1", port=0, open_browser=False
        )


def test_a_server_that_still_starts_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    async def starting(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(30)

    monkeypatch.setattr("inquote.app.web.server.create_app", starting)
    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell's background jobs ignore it
    with pytest.raises(KeyboardInterrupt):
        serve(lambda: pytest.fail("must not be opened"), port=0, open_browser=False)
    signal.signal(signal.SIGINT, before)
