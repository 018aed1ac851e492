"""The driver of a cluster, in a process of its own: what a dying cluster ends is this process.

It reads a `Job` from standard input, runs its files through the stages, and writes messages to
standard output: what became of each file, and the questions of the workers, which are answered on
standard input. Where standard input ends, the ingest is over.
"""

import contextlib
import os
import pickle
import secrets
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from typing import IO, Any

from inquote.index.distributed.failures import sentence_about
from inquote.index.distributed.work import LOCAL, Job
from inquote.ingest.errors import IngestError
from inquote.ingest.files.processes import receive, send

PATIENCE = 120  # seconds that a cluster may be without processors

SETTINGS = {  # of Ray, read when it is imported
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_raylet_start_wait_time_s": "120",  # a busy machine may be slow to start
    "RAY_agent_register_timeout_ms": "120000",
}
LOCAL_SETTINGS = {  # a cluster of this machine listens on loopback, and to this ingest only
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_AUTH_MODE": "token",
    "RAY_worker_niceness": "0",
}


class Link:
    """The pipes to the ingest's process; several threads write."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self.incoming = incoming
        self._outgoing = outgoing
        self._lock = threading.Lock()
        self.over = False  # whether all is sent

    def send(self, kind: str, content: bytes = b"", **header: object) -> None:
        """Write one message."""
        with self._lock:
            send(self._outgoing, {"kind": kind, **header}, content)


def main() -> None:
    """Run one job."""
    # What Ray prints must not get between the messages.
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    link = Link(sys.stdin.buffer, outgoing)
    _, content = receive(link.incoming)
    job: Job = pickle.loads(content)
    with contextlib.suppress(BrokenPipeError):
        try:
            with connected(job.address, job.folder):
                _run(job, link)
        except Exception as error:
            link.send("failed", sentence_about(error, job.address).encode())
    os._exit(0)  # a thread still waits for an answer


@contextlib.contextmanager
def connected(address: str, folder: str, processors: int | None = None) -> Iterator[None]:
    """Join the cluster at an address, or start one on this machine that keeps files in a folder."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    if address == LOCAL:
        os.environ.update(LOCAL_SETTINGS, RAY_AUTH_TOKEN=secrets.token_hex(32))
    import ray

    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "CRITICAL"}
    if address == LOCAL:
        quiet |= {"include_dashboard": False, "_temp_dir": folder}
        quiet["num_cpus"] = processors or os.cpu_count()
    try:
        ray.init(address=address, **quiet)
        yield
    finally:
        ray.shutdown()


def _run(job: Job, link: Link) -> None:
    """Run a job's files through the stages, and send what became of them as it comes."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    from inquote.index.distributed.desk import Desk
    from inquote.index.distributed.pipeline import outcomes

    # The desk stands on the driver's own machine.
    _await_processors()
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
    desk = (
        ray.remote(Desk)
        .options(
            num_cpus=0,
            max_restarts=-1,
            max_task_retries=-1,
            max_concurrency=10_000,
            scheduling_strategy=here,
        )
        .remote()
    )
    questions = threading.Thread(target=_pass_questions, args=(desk, link), daemon=True)
    questions.start()
    answers = threading.Thread(target=_pass_answers, args=(desk, link, job.folder), daemon=True)
    answers.start()
    for file, vectors in outcomes(job, desk):
        link.send("file", file + vectors, file=len(file))
    link.over = True
    link.send("end")
    ray.kill(desk)  # which ends the thread that waits for it
    questions.join(PATIENCE)


def _await_processors() -> None:
    """Wait until the cluster has a processor; raise `IngestError` where it gets none."""
    import ray

    until = time.monotonic() + PATIENCE
    while not ray.cluster_resources().get("CPU"):
        if time.monotonic() > until:
            raise IngestError("The Ray cluster has no processors; add a worker to it.")
        time.sleep(0.5)


def _pass_questions(desk: Any, link: Link) -> None:
    import ray

    with contextlib.suppress(Exception):  # the main thread meets it too, and says so
        while True:
            for name, keys in ray.get(desk.questions.remote()):
                link.send("question", pickle.dumps(keys), name=name)


def _pass_answers(desk: Any, link: Link, folder: str) -> None:
    """Pass answers on; leave the cluster at once where the ingest's process is gone."""
    import ray

    with contextlib.suppress(Exception):
        while True:
            header, content = receive(link.incoming)
            desk.answer.remote(header["name"], pickle.loads(content))
    if not link.over:
        with contextlib.suppress(Exception):
            ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)  # nobody else may be left to do it
        os._exit(1)


if __name__ == "__main__":
    main()
