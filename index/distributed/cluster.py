"""Have a Ray cluster read, cut and embed the files of an ingest; nothing here imports Ray.

The library is written in this process, by its one draft. It begins to read by itself, for the
workers of a cluster take seconds to start: a few files never wait for them. The driver of the
cluster is a child (`driver.py`), for a cluster that dies takes its driver's process with it.
"""

import contextlib
import os
import pickle
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import numpy as np

from inquote import __version__
from inquote.index.distributed.failures import gone, unreachable
from inquote.index.distributed.work import LOCAL, CutFile, Job, Trouble, Work
from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress
from inquote.index.stores.base import CutDocument, DocumentRecord, Draft
from inquote.index.stores.recipe import recipe_of
from inquote.index.updating.workers import TextAhead
from inquote.index.updating.writer import PassageWriter
from inquote.ingest.errors import IngestError
from inquote.ingest.files.collect import FileOutcome, Limits, LoadedFile, read_files
from inquote.ingest.files.find import UPLOADS, SkippedFile, SourceFile
from inquote.ingest.files.processes import end, receive, send

AUTO = "auto"  # the address of the cluster that this machine is part of
HEAD_START = 10.0  # seconds of reading and embedding here before the cluster is asked, as it takes
PATIENCE = 30  # seconds that a cluster may take to be left
_ADDRESS = re.compile(r"([\w.-]{1,253}|\[[0-9a-fA-F:]{2,39}\]):(\d{1,5})")


class RayCluster:
    """`Workers` of a Ray cluster at `address`: "local", "auto" or HOST:PORT.

    Raises `IngestError` where Ray is not installed, or nothing listens at the address.
    """

    def __init__(self, address: str, embedder: Embedder, originals: bool = True) -> None:
        _check(address)
        self.address = address
        self._embedder = embedder
        self._originals = originals
        self._writer: ClusterWriter | None = None
        self._wanted = 0  # embeddings that the library lacked so far
        self._awaited: set[str] = set()  # the keys of those that did not come yet

    def read(
        self,
        sources: Sequence[SourceFile],
        digests: Mapping[str, str],
        limits: Limits,
        progress: Progress,
    ) -> Generator[FileOutcome | TextAhead, None, None]:
        """Yield the outcome of each source, in any order; embeddings go to the writer.

        Raises `IngestError` with one sentence where the cluster fails.
        """
        self._writer, self._wanted, self._awaited = None, 0, set()
        done, announced = 0, False
        with contextlib.closing(_begin_here(sources, digests, limits)) as outcomes:
            for outcome in outcomes:
                done += 1
                progress("reading", done, len(sources))
                announced = announced or not isinstance(outcome, SkippedFile)
                yield outcome
        left = sources[done:]
        if not left:
            return
        with _folder() as folder, _driver(self._job(folder, left, digests, limits)) as child:
            for header, content in self._messages(child):
                if header["kind"] == "question":
                    if not self._writer and not announced:
                        announced = True
                        yield TextAhead()
                    self._answer(child, header["name"], pickle.loads(content))
                    continue
                outcome = self._take(content, header["file"])
                done += 1
                progress("reading", done, len(sources))
                announced = announced or not isinstance(outcome, SkippedFile)
                yield outcome
        if done != len(sources):
            raise IngestError(
                f"The Ray cluster at {self.address} gave back {done} of {len(sources)} files; "
                "the library was not changed."
            )

    def writer(
        self, draft: Draft, embedder: Embedder, progress: Progress, originals: bool
    ) -> PassageWriter:
        """Return a writer of what the cluster cut; what it did not cut is cut here."""
        self._writer = ClusterWriter(draft, embedder, progress, originals)
        return self._writer

    def _job(
        self,
        folder: str,
        sources: Sequence[SourceFile],
        digests: Mapping[str, str],
        limits: Limits,
    ) -> Job:
        folders: dict[str, str] = {}
        for source in sources:
            if source.root != UPLOADS:
                folders.setdefault(source.root, os.fspath(source.path.parent))
        work = Work(
            uuid.uuid4().hex,
            self._embedder,
            recipe_of(self._embedder),
            __version__,
            limits,
            self._originals,
            folders,
        )
        files = tuple((source, digests.get(source.id, "")) for source in sources)
        return Job(self.address, folder, work, files)

    def _messages(self, child: subprocess.Popen[bytes]) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Yield the driver's messages up to its end; raise `IngestError` where it fails."""
        assert child.stdout is not None
        while True:
            try:
                header, content = receive(child.stdout)
            except (OSError, EOFError, ValueError, struct.error) as error:
                raise IngestError(gone(self.address)) from error
            if header["kind"] == "end":
                return
            if header["kind"] == "failed":
                raise IngestError(content.decode())
            yield header, content

    def _answer(self, child: subprocess.Popen[bytes], name: str, keys: list[str]) -> None:
        """Say which embeddings the library lacks; without a draft nobody wants any."""
        missing = self._writer.missing(keys) if self._writer else []
        self._wanted += len(set(missing) - self._awaited)
        self._awaited.update(missing)
        assert child.stdin is not None
        with contextlib.suppress(OSError):  # a driver that is gone is met when it is read from
            send(child.stdin, {"name": name}, pickle.dumps(missing))

    def _take(self, content: bytes, length: int) -> FileOutcome:
        """Return the outcome of a file, after its embeddings were stored."""
        file: CutFile | Trouble = pickle.loads(content[:length])
        if isinstance(file, Trouble):
            raise IngestError(file.message)
        if self._writer:
            self._store(self._writer, *pickle.loads(content[length:]))
            if isinstance(file.outcome, LoadedFile):
                self._writer.cuts[file.outcome.document.id] = file
        return file.outcome

    def _store(self, writer: "ClusterWriter", keys: list[str], matrix: np.ndarray) -> None:
        """Store embeddings; those that two workers made at the same time are stored once."""
        new = [row for row, key in enumerate(keys) if key in self._awaited]
        if new:
            writer.put([keys[row] for row in new], matrix[new], self._wanted)
            self._awaited.difference_update(keys)


class ClusterWriter(PassageWriter):
    """Writes documents that others cut; `cuts` holds these by id until they are written."""

    def __init__(
        self, draft: Draft, embedder: Embedder, progress: Progress, originals: bool
    ) -> None:
        super().__init__(draft, embedder, progress, originals)
        self.cuts: dict[str, CutFile] = {}

    def missing(self, keys: Sequence[str]) -> list[str]:
        """Return which keys have no sound embedding."""
        return list(self._draft.missing(keys, self.recipe.dimension))

    def cut(self, record: DocumentRecord) -> CutDocument:
        """Return a document as it was cut; documents that others did not cut are cut here."""
        file = self.cuts.get(record.document.id)
        self.cuts.clear()  # those before were not to be written
        if file is None or file.chunks is None:
            return super().cut(record)
        return CutDocument(record, file.chunks, file.keys)


def _begin_here(
    sources: Sequence[SourceFile], digests: Mapping[str, str], limits: Limits
) -> Generator[FileOutcome, None, None]:
    """Yield the outcomes of the first files, as many as the head start allows."""
    ends = time.monotonic() + HEAD_START
    with contextlib.closing(read_files(sources, digests, limits)) as outcomes:
        while time.monotonic() < ends and (outcome := next(outcomes, None)):
            yield outcome


def _check(address: str) -> None:
    """Raise `IngestError` where Ray is missing, or an address leads nowhere."""
    if not all(find_spec(name) for name in ("ray", "pyarrow", "pandas")):
        raise IngestError('Ray is not installed; install it with: pip install "inquote[scale]"')
    if address in (LOCAL, AUTO):
        return
    parts = _ADDRESS.fullmatch(address)
    if not parts or int(parts[2]) > 65_535:
        raise IngestError(
            f"{address} is no address of a Ray cluster; give local, auto or HOST:PORT, "
            "as ray start prints it."
        )
    try:
        socket.create_connection((parts[1].strip("[]"), int(parts[2])), timeout=5).close()
    except OSError as error:
        raise IngestError(unreachable(address)) from error


def _folder() -> tempfile.TemporaryDirectory[str]:
    """Make a folder for a cluster of this machine; its name is short, as sockets lie in it."""
    return tempfile.TemporaryDirectory(prefix="inquote-ray-", ignore_cleanup_errors=True)


@contextmanager
def _driver(job: Job) -> Iterator[subprocess.Popen[bytes]]:
    """Start the driver of a job; leave the cluster in the end, whatever happened.

    It is not interrupted by the keys that interrupt this process.
    """
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "inquote.index.distributed.driver"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert child.stdin is not None and child.stdout is not None
    try:
        with contextlib.suppress(OSError):
            send(child.stdin, {}, pickle.dumps(job))
        yield child
    finally:
        with contextlib.suppress(OSError):
            child.stdin.close()
        child.stdout.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        end(child)
