"""S3 on loopback for the tests, as a process of its own, and a proxy before it that fails."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

BUCKET = "library-tests"
_START_SECONDS = 120.0


def environment(endpoint: str) -> dict[str, str]:
    """What a process needs to find the bucket."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "test-key",
        "AWS_SECRET_ACCESS_KEY": "test-secret",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "LANCE_LOG": "error",
    }


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextlib.contextmanager
def object_store(log: Path) -> Iterator[str]:
    """Start moto's server with an empty bucket; its address."""
    pytest.importorskip("moto.server")
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=output,
            stderr=output,
            env={**os.environ, **environment("")},
        )
    try:
        _await(port, process)
        _request(port, "PUT", f"/{BUCKET}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        with contextlib.suppress(OSError):
            _request(port, "GET", "/moto-api/")
            return
        time.sleep(0.05)
    raise RuntimeError("moto's server did not start")


def _request(port: int, method: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(connection):
        connection.request(method, path)
        return connection.getresponse().status


def new_location() -> str:
    """A place in the bucket that nobody uses."""
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"


def _error(status: int) -> bytes:
    code = {403: "AccessDenied", 503: "SlowDown"}.get(status, "InternalError")
    return f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()


class FaultyProxy:
    """Passes requests on to an object store, and answers in its place where `fault` says so.

    `fault` gets (method, path) and returns the status to answer with, or seconds to wait, or None;
    a negative status is answered after the request was carried out.
    """

    def __init__(self, endpoint: str) -> None:
        self.fault: Callable[[str, str], int | float | None] = lambda method, path: None
        self.requests: list[tuple[str, str]] = []
        self._target = endpoint.removeprefix("http://")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length) if length else None
                proxy.requests.append((self.command, self.path))
                fault = proxy.fault(self.command, self.path)
                if isinstance(fault, float):
                    time.sleep(fault)
                elif isinstance(fault, int) and fault > 0:
                    return self._answer(fault, {}, _error(fault))
                headers = dict(self.headers.items())
                connection = http.client.HTTPConnection(proxy._target, timeout=120)
                with contextlib.closing(connection):
                    connection.request(self.command, self.path, body, headers)
                    response = connection.getresponse()
                    content = response.read()
                if isinstance(fault, int):
                    return self._answer(-fault, {}, _error(-fault))
                self._answer(response.status, dict(response.getheaders()), content)

            def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                size = headers.get("Content-Length") if self.command == "HEAD" else None
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", size or str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = pass_on

            def log_message(self, *_: object) -> None:
                pass

        return Handler
