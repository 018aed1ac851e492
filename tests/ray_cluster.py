"""A Ray cluster of two worker processes on loopback, in a process of its own."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from places import ROOT

SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # on loopback only
    "RAY_AUTH_MODE": "token",
    "RAY_raylet_start_wait_time_s": "300",  # a machine may be busy
    "RAY_agent_register_timeout_ms": "300000",
    "RAY_worker_niceness": "0",
    "RAY_TMPDIR": tempfile.gettempdir(),
}
AGENTS = (b"ray::DashboardAgent", b"ray::RuntimeEnvAgent")
_PROGRAM = """
import sys
import ray

ray.init(
    address="local", num_cpus=int(sys.argv[1]), include_dashboard=False, _temp_dir=sys.argv[2],
    object_store_memory=200_000_000, log_to_driver=False, logging_level="ERROR",
)
print(ray.get_runtime_context().gcs_address, flush=True)
sys.stdin.read()
ray.shutdown()
"""


@dataclass(frozen=True)
class Cluster:
    """A running cluster, and the settings of those who join it."""

    address: str
    settings: dict[str, str]

    def workers(self) -> list[int]:
        """Return the processes that work for it."""
        token = f"RAY_AUTH_TOKEN={self.settings['RAY_AUTH_TOKEN']}".encode()
        return [
            pid
            for pid, command in _processes(token)
            if command.startswith(b"ray::") and not command.startswith(AGENTS)
        ]

    def kill(self) -> None:
        """Kill all of it."""
        token = f"RAY_AUTH_TOKEN={self.settings['RAY_AUTH_TOKEN']}".encode()
        for pid, command in _processes(token):
            if b"raylet" in command or b"gcs_server" in command or command.startswith(b"ray::"):
                kill(pid)


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _processes(setting: bytes) -> list[tuple[int, bytes]]:
    """The processes that have a setting in their environment, each with its command."""
    processes = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if setting in (folder / "environ").read_bytes().split(b"\0"):
                processes.append((int(folder.name), (folder / "cmdline").read_bytes()))
    return processes


@contextmanager
def ray_cluster(processors: int = 2) -> Iterator[Cluster]:
    """Start a cluster, and stop it in the end; this process's environment joins it meanwhile."""
    settings = {**SETTINGS, "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    settings["PYTHONPATH"] = str(ROOT / "tests")
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
            process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, str(processors), folder],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            assert process.stdin is not None and process.stdout is not None
            try:
                address = process.stdout.readline().strip()
                assert address, "Ray did not start"
                yield Cluster(address, settings)
            finally:
                with contextlib.suppress(OSError):
                    process.stdin.close()
                process.stdout.close()
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
