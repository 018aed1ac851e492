"""Watch folders: wait until what changes there is quiet and whole, and have it ingested."""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import watchfiles

from inquote.app.service.jobs import LibraryJobs
from inquote.index.models.embedder import Embedder
from inquote.index.progress import Progress
from inquote.index.stores.base import Store
from inquote.index.updating.following import Follower, Look
from inquote.index.updating.report import IngestReport
from inquote.ingest.errors import InquoteError, LibraryBusy, LibraryMismatch
from inquote.ingest.text import printable

QUIET_SECONDS = 1.0  # without a change before files count as whole
PATIENCE_SECONDS = 30.0  # after which files that still change are left for later
LOOK_SECONDS = 30.0  # between looks where nothing is told: shares do not tell what others change
RETRY_SECONDS = 300.0  # after which what failed is tried again, though no file has changed
_POLL_SECONDS = 0.1
_TOLD_MILLISECONDS = 1_000  # after which it is seen whether the watched paths are still there
log = logging.getLogger("inquote")

Take = Callable[[Look, frozenset[Path]], None]
"""Ingests what was seen, but for files that are still being written."""


class Watch:
    """Watches the paths of a follower, and calls `take` when something there has changed.

    `say` gets a sentence for a person. `quiet`, `patience` and `every` are seconds.
    """

    def __init__(
        self,
        follower: Follower,
        take: Take,
        say: Callable[[str], None],
        *,
        quiet: float = QUIET_SECONDS,
        patience: float = PATIENCE_SECONDS,
        every: float = LOOK_SECONDS,
    ) -> None:
        self._follower = follower
        self._take = take
        self._say = say
        self._quiet = quiet
        self._patience = patience
        self._every = every
        self._said: list[str] = []  # what is the matter at present
        self._failed: tuple[Look, float] | None = None  # what was not taken, and when to try again
        self.stop = threading.Event()

    def run(self) -> None:
        """Take in what changed while nobody watched, and then what changes, until `stop` is set.

        Raises `LibraryMismatch` where the library was made in another way.
        """
        self._follow()
        for _ in wakes(self._follower.paths, self.stop, self._every, self._say):
            self._follow()

    def _follow(self) -> None:
        """Ingest until the files are those of the last ingest; what fails is tried again later."""
        while not self.stop.is_set():
            look, held = self._settle()
            problems = list(look.absent.values())
            try:
                if self._is_due(look):
                    self._take(look, held)
            except LibraryBusy as error:
                self._note([*problems, f"{error} It is waited for."])
                self.stop.wait(self._quiet)
                continue
            except LibraryMismatch:
                raise
            except InquoteError as error:
                if self.stop.is_set():
                    return
                problems += [str(error)] if look.present else []
                self._failed = look, time.monotonic() + RETRY_SECONDS
            self._note(problems)
            if not held:
                return

    def _is_due(self, look: Look) -> bool:
        """Return whether there is something to ingest that did not fail a moment ago."""
        if self.stop.is_set() or not self._follower.has_changed(look):
            return False
        if self._failed is None or look != self._failed[0]:
            return True
        return time.monotonic() > self._failed[1]

    def _settle(self) -> tuple[Look, frozenset[Path]]:
        """Look until two looks are the same, and return the second, and the files that differ.

        There are some only where they changed all the time.
        """
        look = self._follower.look()
        if not self._follower.has_changed(look):
            return look, frozenset()
        deadline = time.monotonic() + self._patience
        while True:
            self.stop.wait(self._quiet)
            before, look = look, self._follower.look()
            held = look.differing(before)
            is_quiet = not held and look.present == before.present
            if is_quiet or self.stop.is_set() or time.monotonic() > deadline:
                return look, held

    def _note(self, problems: list[str]) -> None:
        """Say what is the matter, each once, until it is over."""
        for problem in problems:
            if problem not in self._said:
                self._say(problem)
        self._said = problems


def wakes(
    paths: Sequence[Path], stop: threading.Event, every: float, say: Callable[[str], None]
) -> Iterator[None]:
    """Yield when something may have changed below some paths, at least so often, until `stop`.

    Where the system cannot watch them all, that is said, and it is looked every so often.
    """
    has_failed = False
    while not stop.is_set():
        watched = _identities(paths)
        try:
            yield from _told(watched, paths, stop, every)
        except (OSError, RuntimeError) as error:
            if not has_failed:
                reason = printable(str(error))
                say(f"Changes are not told here ({reason}); the folders are looked at anyway.")
            has_failed = True
        if not watched or has_failed:
            stop.wait(every)
            yield


def _told(
    watched: dict[Path, tuple[int, int]], paths: Sequence[Path], stop: threading.Event, every: float
) -> Iterator[None]:
    """Yield when the system tells of changes, as long as the paths are the ones watched."""
    if not watched:
        return
    changes = watchfiles.watch(
        *watched,
        watch_filter=None,
        stop_event=stop,
        rust_timeout=_TOLD_MILLISECONDS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )
    last = -math.inf  # at first for what came before the watching began
    for changed in changes:
        if changed or time.monotonic() - last >= every:
            yield
            last = time.monotonic()
        if _identities(paths) != watched:
            return


def _identities(paths: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    """Map the paths that are there to their devices and inodes."""
    identities = {}
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        identities[path] = (status.st_dev, status.st_ino)
    return identities


def watch_for_page(jobs: LibraryJobs, follower: Follower) -> Watch:
    """Begin to watch in a thread; each ingest is a job of the page, which tells of it.

    `jobs` end it when they are closed.
    """

    def take(look: Look, held: frozenset[Path]) -> None:
        def work(store: Store, embedder: Embedder, progress: Progress) -> IngestReport:
            while True:
                try:
                    return follower.ingest(look, held, store, embedder, progress)
                except LibraryBusy:  # another process writes; the job is stopped through progress
                    progress("waiting", 0, 1)

        names = ", ".join(printable(path.name) for path in look.present or look.absent)
        job = jobs.follow(f"Following {names}", work)
        while job.running:
            time.sleep(_POLL_SECONDS)
            if watch.stop.is_set():
                jobs.stop()
        if job.problem:
            raise InquoteError(job.problem)

    watch = Watch(follower, take, log.warning)
    begin(watch, jobs.at_close)
    return watch


def begin(watch: Watch, at_close: Callable[[Callable[[], None]], None]) -> None:
    """Run a watch in a thread of its own; what `at_close` is given ends it."""

    def run() -> None:
        try:
            watch.run()
        except InquoteError as error:
            log.error("%s", error)

    thread = threading.Thread(target=run, name="inquote-watch")
    thread.start()

    def end() -> None:
        watch.stop.set()
        thread.join()

    at_close(end)
