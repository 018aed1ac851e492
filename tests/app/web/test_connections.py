"""Connections that idle, dawdle or never end, against a real server with few file descriptors."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from places import ROOT

pytestmark = pytest.mark.server

SERVE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
from inquote.app.web import connections
from inquote.app.web.server import serve
from fake_system import FakeSystem
connections.HEADER_SECONDS = connections.PIECE_SECONDS = float(sys.argv[1])
serve(FakeSystem, port=0, open_browser=False)
"""
HOST = b"Host: 127.0.0.1\r\n"
ASK = b"POST /api/ask HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
STREAM = b"GET /gradio_api/heartbeat/abc HTTP/1.1\r\n" + HOST + b"\r\n"


@dataclass
class Running:
    port: int
    log: Path

    def connect(self, send: bytes = b"") -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.settimeout(20)
        connection.sendall(send)
        return connection

    def asks(self) -> int:
        question = {"question": "approved"}
        return httpx.post(
            f"http://127.0.0.1:{self.port}/api/ask", json=question, timeout=20
        ).status_code


@contextlib.contextmanager
def running(tmp_path: Path, seconds: float) -> Iterator[Running]:
    """A server with 64 file descriptors, whose clients have so many seconds to send."""
    log = tmp_path / "log"
    with log.open("w") as errors:
        child = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(seconds)],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        )
    assert child.stdout
    try:
        match = re.search(r":(\d+)", child.stdout.readline())
        assert match
        server = Running(int(match[1]), log)
        while server.asks() == 503:
            time.sleep(0.05)
        yield server
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("patient"), seconds=60) as server:
        yield server


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("strict"), seconds=1) as server:
        yield server


def read_all(connection: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            received += piece
    return received


def read_until(connection: socket.socket, wanted: bytes) -> None:
    received = b""
    while wanted not in received:
        piece = connection.recv(4096)
        assert piece, received
        received += piece


def test_beside_idlers_others_are_served_and_open_pages_stay(patient: Running) -> None:
    with contextlib.ExitStack() as idlers:
        page = idlers.enter_context(patient.connect(STREAM))
        read_until(page, b"ALIVE")
        sent = [b"", b"GET / HT", ASK, ASK + b"Content-Length: 9\r\n\r\n{"]
        for n in range(80):
            idlers.enter_context(patient.connect(sent[n % 4]))
        assert [patient.asks() for _ in range(10)] == [200] * 10
        page.setblocking(False)
        with contextlib.suppress(BlockingIOError):  # nothing has come
            assert page.recv(4096) != b""  # which would be its end
    assert patient.log.stat().st_size < 2000


def test_where_only_open_pages_are_a_new_connection_is_told_so(patient: Running) -> None:
    before = patient.log.read_text()
    with contextlib.ExitStack() as pages:
        told = b""
        for _ in range(64):
            page = pages.enter_context(patient.connect(STREAM))
            with contextlib.suppress(ConnectionResetError):
                told = page.recv(4096)
            if b" 200 OK" not in told:
                break
        assert b"503" in told and b"Too many connections are open" in told
    added = patient.log.read_text().removeprefix(before)
    assert added == "A connection was refused: too many are open.\n"


def drip(connection: socket.socket, data: bytes, seconds: float) -> bytes:
    """Send a byte at a time for so long, and return what comes back."""
    end = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(0.1)
            if time.monotonic() > end:
                raise AssertionError("the server still listens")
    return read_all(connection)


@pytest.mark.parametrize(
    ("begun", "rest"),
    [
        (b"", b"GET / HTTP/1.1\r\n" + b"x-a: b\r\n" * 50),
        (b"GET /docs HTTP/1.1\r\n" + HOST + b"\r\n", b"GET / HTTP/1.1\r\n" + b"x-a: b\r\n" * 50),
        (ASK + b"Content-Length: 500\r\n\r\n", b"x" * 500),
        (ASK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 100),
        (b"POST /nothing HTTP/1.1\r\n" + HOST + b"Content-Length: 500\r\n\r\n", b"x" * 500),
    ],
)
def test_who_sends_too_slowly_is_let_go(strict: Running, begun: bytes, rest: bytes) -> None:
    lines = len(strict.log.read_text().splitlines())
    with strict.connect(begun) as connection:
        reply = drip(connection, rest, seconds=15)
        assert strict.asks() == 200
    if b"nothing" in begun:
        assert reply.startswith(b"HTTP/1.1 404 ")
    elif b"docs" not in begun:
        assert reply == b"" or reply.startswith(b"HTTP/1.1 408 ")
    assert len(strict.log.read_text().splitlines()) <= lines + 1


def test_a_large_body_has_the_time_that_it_needs(strict: Running) -> None:
    body = b'{"question": "approved", "history": ["' + b"x" * 200_000 + b'"]}'
    head = ASK + f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with strict.connect(head) as connection:
        for at in range(0, len(body), 20_000):
            connection.sendall(body[at : at + 20_000])
            time.sleep(0.25)
        assert b" 200 OK" in read_all(connection)


@pytest.mark.parametrize("kind", [b"Content-Length: 20000000", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("expect", [b"", b"Expect: 100-continue\r\n"])
@pytest.mark.parametrize(
    ("path", "statuses"),
    [(b"/api/ask", (413,)), (b"/api/corpus/files", (413, 403)), (b"/nothing", (404,))],
)  # 403 is said of files that come without their size, for this server takes none
def test_who_sends_too_much_reads_why(
    patient: Running, path: bytes, statuses: tuple[int, ...], expect: bytes, kind: bytes
) -> None:
    head = b"POST " + path + b" HTTP/1.1\r\n" + HOST + expect + kind + b"\r\n\r\n"
    before, after = (b"186a0\r\n", b"\r\n") if b"chunked" in kind else (b"", b"")
    with patient.connect(head) as connection:
        for _ in range(200):
            connection.sendall(before + b"x" * 100_000 + after)
        reply = read_all(connection).removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert int(reply.split()[1]) in statuses
    assert reply.endswith(b'"}')


def test_an_open_page_has_no_deadline(strict: Running) -> None:
    with strict.connect(STREAM) as page, strict.connect() as idler:
        read_until(page, b"ALIVE")
        assert read_all(idler) == b""  # closed, for it asked nothing
        time.sleep(1.5)
        page.setblocking(False)
        with pytest.raises(BlockingIOError):  # still open
            page.recv(4096)
